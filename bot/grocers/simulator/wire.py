"""JSON in and out of the simulated grocer."""

from collections.abc import Mapping
from typing import Any

from fastapi import Depends, Request, Response

from bot.grocers.decimal_json import dumps, loads
from bot.grocers.simulator.errors import ApiError


class ExactJson(Response):
    """JSON with exact numbers."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        """The body."""
        return dumps(content).encode()


async def read_body(request: Request) -> Any:
    """The JSON that a client sent; an empty body is an empty object.

    Raises:
        ApiError: 400, not JSON.
    """
    try:
        return loads(await request.body() or b"{}")
    except ValueError as error:
        raise ApiError(400, "malformed_json") from error


#: Gives an endpoint the parsed body.
BODY: Any = Depends(read_body)


def camel_case(value: Any) -> Any:
    """The same data with keys in camelCase."""
    if isinstance(value, Mapping):
        return {_camel_key(key): camel_case(each) for key, each in value.items()}
    if isinstance(value, list):
        return [camel_case(each) for each in value]
    return value


def _camel_key(key: str) -> str:
    first, *rest = key.split("_")
    return first + "".join(each.capitalize() for each in rest)
