"""JSON whose numbers are exact: `Decimal` in both directions, never a float."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any


def loads(text: str | bytes) -> Any:
    """Parse JSON; numbers with a fraction become `Decimal`, the others `int`.

    Raises:
        ValueError: not JSON, or with NaN or infinite numbers (which JSON does not have).
    """
    return json.loads(text, parse_float=Decimal, parse_constant=_refuse)


def dumps(value: Any) -> str:
    """Write JSON; a `Decimal` becomes a plain number with all its digits."""
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise ValueError(f"{value} is not a JSON number")
        return format(value, "f")
    if isinstance(value, Mapping):
        inner = (f"{json.dumps(str(key))}:{dumps(each)}" for key, each in value.items())
        return "{" + ",".join(inner) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(dumps(each) for each in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON number")
