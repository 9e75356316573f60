"""Makes the simulated grocer fail on request, as real ones do without being asked.

A pure ASGI layer around the application: it can keep silent, answer wrongly, or let the
application do its work and then lose the answer.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

#: Where `server.py` leaves the connection of a request, so that it can be cut.
CONNECTION = "kurv.connection"

KINDS: Mapping[str, str] = {
    "timeout": "does nothing and says nothing for `seconds`, then hangs up",
    "slow": "waits `seconds`, then does its work, whether or not the client is still there",
    "overloaded": "HTTP 425, nothing done",
    "error": "HTTP 500, nothing done",
    "error_after": "does its work, then says HTTP 500",
    "drop": "hangs up, nothing done",
    "drop_after": "does its work, then hangs up without an answer",
    "garbage": "HTTP 200 with a web page that is no JSON, nothing done",
    "logged_out": "ends all sessions first, so that the request meets HTTP 401",
    "sold_out": "sells out `products` (or what is in the cart, when none are named) first",
}


@dataclass(frozen=True, slots=True)
class Failure:
    """One planned failure.

    Attributes:
        kind: one of `KINDS`.
        endpoint: a pattern for the path below the API's base, without slashes at the ends:
            "cart/items", "products/*", "*".
        method: "GET" or "POST"; "" for any.
        times: how many requests it meets; None: all, until it is taken back.
        skip: how many matching requests it lets pass first.
        seconds: for `timeout` and `slow`.
        products: our product ids, for `sold_out`.
    """

    kind: str
    endpoint: str = "*"
    method: str = ""
    times: int | None = 1
    skip: int = 0
    seconds: float = 60.0
    products: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what could never happen."""
        if self.kind not in KINDS:
            raise ValueError(f"unknown failure {self.kind!r}; one of: {', '.join(KINDS)}")
        if (self.times is not None and self.times < 1) or self.skip < 0 or self.seconds < 0:
            raise ValueError("times must be at least 1, skip and seconds at least 0")

    @classmethod
    def parse(cls, text: str) -> "Failure":
        """Read the start-up option `KIND[:ENDPOINT[:TIMES]]`; TIMES may be "always".

        Raises:
            ValueError: no such kind, or no such number.
        """
        kind, _, rest = text.partition(":")
        endpoint, _, times = rest.partition(":")
        count = None if times == "always" else int(times or 1)
        return cls(kind, endpoint.strip("/") or "*", times=count)

    def meets(self, method: str, endpoint: str) -> bool:
        """Whether it is about this request."""
        return self.method in ("", method) and fnmatch(endpoint, self.endpoint)


class FailurePlan:
    """The failures that are still to come. Used from the event loop only, so it needs no lock."""

    def __init__(self, failures: Sequence[Failure] = ()) -> None:
        self._planned = list(failures)

    def add(self, failure: Failure) -> None:
        """Plan one more; earlier ones come first."""
        self._planned.append(failure)

    def clear(self) -> None:
        """Let everything succeed from now on."""
        self._planned.clear()

    def pending(self) -> tuple[Failure, ...]:
        """What is still to come."""
        return tuple(self._planned)

    def next_for(self, method: str, endpoint: str) -> Failure | None:
        """The failure that this request meets, used up by it; None: it goes through."""
        for index, each in enumerate(self._planned):
            if not each.meets(method, endpoint):
                continue
            if each.skip:
                self._planned[index] = replace(each, skip=each.skip - 1)
                continue
            if each.times == 1:
                del self._planned[index]
            elif each.times is not None:
                self._planned[index] = replace(each, times=each.times - 1)
            return each
        return None


async def fail(failure: Failure, app: App, scope: Scope, receive: Receive, send: Send) -> None:
    """Let one request meet its failure. The kinds that only prepare something run `app` too."""
    # The body is taken in first: a client that hangs up while we wait must not take it along.
    body = await _whole_body(receive)
    again = _replay(body, receive)
    if failure.kind == "timeout":
        await _until_gone(receive, failure.seconds)
        await _hang_up(scope, receive)
    elif failure.kind == "drop":
        await _hang_up(scope, receive)
    elif failure.kind == "drop_after":
        await app(scope, again, _discard)
        await _hang_up(scope, receive)
    elif failure.kind == "error_after":
        await app(scope, again, _discard)
        await _answer(send, 500, b'{"code":"server_error"}')
    elif failure.kind == "overloaded":
        await _answer(send, 425, b'{"code":"overloaded"}')
    elif failure.kind == "error":
        await _answer(send, 500, b'{"code":"server_error"}')
    elif failure.kind == "garbage":
        await _answer(send, 200, b"<html>Vi er straks tilbake</html>", b"text/html")
    else:
        if failure.kind == "slow":
            await asyncio.sleep(failure.seconds)
        await app(scope, again, send)


async def _whole_body(receive: Receive) -> bytes:
    body = b""
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return body
        body += message.get("body", b"")
        if not message.get("more_body"):
            return body


def _replay(body: bytes, receive: Receive) -> Receive:
    given = False

    async def replay() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


async def _until_gone(receive: Receive, seconds: float) -> None:
    async def gone() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    try:
        await asyncio.wait_for(gone(), seconds)
    except asyncio.TimeoutError:
        return


async def _hang_up(scope: Scope, receive: Receive) -> None:
    scope[CONNECTION].abort()
    await _until_gone(receive, 5)


async def _discard(_message: Message) -> None:
    return None


async def _answer(send: Send, status: int, body: bytes, kind: bytes = b"application/json") -> None:
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
