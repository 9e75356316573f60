"""What stands before every route: host, origin, size, rate, headers, and errors without words.

An ASGI layer outside everything else, so that no answer leaves without the headers, not even that
of an unforeseen error.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
import traceback
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger(__name__)

#: No inline script or style, nothing from elsewhere, and nobody may frame us.
CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": CONTENT_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-robots-tag": "noindex",
}
STRICT_TRANSPORT = "max-age=31536000"
#: Bytes of a request's body, and seconds in which it must have come. Our forms are small.
LARGEST_BODY, BODY_SECONDS = 64 * 1024, 20.0
LARGEST_URL = 4096
_NO_TEXT = "Noe i det som ble sendt, kan ikke leses."
_SAFE = ("GET", "HEAD", "OPTIONS")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Rate:
    """Requests that may come: `burst` at once, then `each_second`."""

    each_second: float
    burst: float


#: Everything from one address (a whole department), one browser that has a session's cookie, one
#: without, and attempts to sign in.
ADDRESS, BROWSER, STRANGER = Rate(200, 1000), Rate(20, 120), Rate(20, 120)
SIGNING_IN = Rate(1, 30)
SIGN_IN_PATH = "/logg-inn"


class Limiter:
    """Counts requests by key, in memory; keys that were not seen for long are forgotten."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, keys: int = 10_000) -> None:
        self._clock = clock
        self._most = keys
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def allows(self, key: str, rate: Rate) -> bool:
        """Take one request of a key; False: there were too many."""
        now = self._clock()
        left, since = self._left.pop(key, (rate.burst, now))
        left = min(rate.burst, left + (now - since) * rate.each_second)
        allowed = left >= 1
        self._left[key] = (left - 1 if allowed else left, now)
        while len(self._left) > self._most:
            self._left.popitem(last=False)
        return allowed


class Refused(Exception):
    """A request that does not reach the application."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


class Protection:
    """Wraps an application."""

    def __init__(self, app: ASGIApp, url: str, cookie: str, limiter: Limiter | None = None) -> None:
        """Protect an application.

        Args:
            url: what browsers reach it by, such as "https://kurv.kommune.no".
            cookie: the name of the session's cookie.
            limiter: counts requests; None: a new one.
        """
        address = urlsplit(url)
        self._app = app
        self._secure = address.scheme == "https"
        self._hosts = {address.hostname or ""}
        if address.hostname in _LOOPBACK:
            self._hosts |= set(_LOOPBACK)
        self._cookie = cookie
        self._limiter = limiter or Limiter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            elif scope["type"] == "websocket":  # we have none
                await send({"type": "websocket.close", "code": 1008})
            return
        begun = False

        async def guarded(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                self._add_headers(scope["path"], message)
            await send(message)

        try:
            self._check(scope)
            receive = await _whole_body(scope, receive)
            await self._app(scope, receive, guarded)
        except Refused as refused:
            await _answer(refused, scope, receive, guarded)
        except Exception as error:
            # Neither its text nor a local: they may hold what is known about somebody.
            log.error("request_broke", kind=type(error).__name__, at=_where(error))
            if not begun:
                broken = Refused(500, "Noe gikk galt hos oss; prøv igjen om litt.")
                await _answer(broken, scope, receive, guarded)

    def _check(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        if _host_of(f"//{headers.get('host', '')}") not in self._hosts:
            raise Refused(400, "Denne adressen hører ikke til Kurv.")
        # No name and no database knows this character; what would come of it is an error.
        if b"%00" in scope["query_string"] or "\x00" in scope["path"]:
            raise Refused(400, _NO_TEXT)
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > LARGEST_URL:
            raise Refused(414, "Adressen er for lang.")
        if scope["method"] not in _SAFE and not self._from_us(headers):
            raise Refused(403, "Skjemaet kom fra et annet nettsted og ble ikke brukt.")
        if not self._in_time(scope, headers):
            raise Refused(429, "Det kom for mange forespørsler; vent litt og prøv igjen.")

    def _from_us(self, headers: Headers) -> bool:
        """Whether a form was sent by a page of ours; browsers say so, scripts may be silent."""
        if headers.get("sec-fetch-site", "same-origin") != "same-origin":
            return False
        origin = headers.get("origin")
        return origin is None or (
            _host_of(origin) in self._hosts
            and origin.partition("://")[2].casefold() == headers.get("host", "").casefold()
        )

    def _in_time(self, scope: Scope, headers: Headers) -> bool:
        client = scope.get("client")
        address = client[0] if client else "?"
        if not self._limiter.allows(f"address {address}", ADDRESS):
            return False
        if scope["path"].startswith(SIGN_IN_PATH) and scope["method"] not in _SAFE:
            return self._limiter.allows(f"sign in {address}", SIGNING_IN)
        token = _cookie(headers, self._cookie)
        if token:
            key = hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
            return self._limiter.allows(f"browser {key}", BROWSER)
        return self._limiter.allows(f"stranger {address}", STRANGER)

    def _add_headers(self, path: str, message: Message) -> None:
        headers = MutableHeaders(scope=message)
        for name, value in HEADERS.items():
            headers[name] = value
        if self._secure:
            headers["strict-transport-security"] = STRICT_TRANSPORT
        # What is about people stays in no cache; our own files are asked for again each time.
        headers["cache-control"] = "no-cache" if path.startswith("/static/") else "no-store"


async def _whole_body(scope: Scope, receive: Receive) -> Receive:
    """Read the body before anything else, if it is small enough; then hand it out.

    Raises:
        Refused: it is too large, cannot be text, or did not come in time.
    """
    length = Headers(scope=scope).get("content-length", "0")
    if not length.isdigit() or int(length) > LARGEST_BODY:
        raise Refused(413, "Det som ble sendt, er for stort.")
    body, size, more = [], 0, True
    while more:
        try:
            message = await asyncio.wait_for(receive(), BODY_SECONDS)
        except asyncio.TimeoutError:
            raise Refused(408, "Det tok for lang tid; prøv igjen.") from None
        if message["type"] != "http.request":
            return _first_then(message, receive)
        body.append(message.get("body", b""))
        size += len(body[-1])
        more = message.get("more_body", False)
        if size > LARGEST_BODY:
            raise Refused(413, "Det som ble sendt, er for stort.")
    whole = b"".join(body)
    if b"%00" in whole or b"\x00" in whole:
        raise Refused(400, _NO_TEXT)
    return _first_then({"type": "http.request", "body": whole, "more_body": False}, receive)


def _first_then(first: Message, rest: Receive) -> Receive:
    waiting = [first]

    async def receive() -> Message:
        return waiting.pop() if waiting else await rest()

    return receive


async def _answer(refused: Refused, scope: Scope, receive: Receive, send: Send) -> None:
    response = PlainTextResponse(refused.sentence, status_code=refused.status)
    if refused.status == 429:
        response.headers["retry-after"] = "10"
    await response(scope, receive, send)


def _host_of(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def _cookie(headers: Headers, name: str) -> str:
    for part in headers.get("cookie", "").split(";"):
        key, _, value = part.strip().partition("=")
        if key == name:
            return value
    return ""


def _where(error: BaseException) -> str:
    """The innermost line of ours."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "/site-packages/" not in frame.filename]
    last = (ours or frames)[-1]
    return f"{Path(last.filename).name}:{last.lineno}"
