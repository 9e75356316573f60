"""HTTP to the grocer: sessions, time limits, and every failure as one of our errors.

Nothing is retried here but a request that met an expired session: whether another failure may be
repeated depends on what was asked, and that is known one level up.
"""

import time
from collections.abc import Mapping
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import httpx

from bot.errors import (
    GrocerAuthError,
    GrocerError,
    GrocerOverloaded,
    GrocerRejected,
    GrocerTimeout,
    GrocerUnavailable,
    SettingsError,
)
from bot.grocers.decimal_json import dumps, loads
from bot.grocers.kolonial_shapes import snake_case

#: Seconds to connect and to wait for the next byte; a whole answer may take three times the latter.
CONNECT_SECONDS = 3.0
ANSWER_SECONDS = 8.0
#: No answer of this API is longer, in bytes.
LONGEST_ANSWER = 32 * 1024 * 1024

USER_AGENT = "kurv/1.0"


class Refused(GrocerRejected):
    """HTTP 4xx with the grocer's own reason.

    Attributes:
        reason: the grocer's code ("cart_changed"), or "".
        numbers: the grocer's ids of the products that it is about.
    """

    def __init__(self, message: str, reason: str = "", numbers: tuple[int, ...] = ()) -> None:
        super().__init__(message)
        self.reason = reason
        self.numbers = numbers


class _LoggedOut(GrocerAuthError):
    """HTTP 401."""


class KolonialHttp:
    """One grocer, many accounts. Safe to use from several threads."""

    def __init__(
        self,
        url: str,
        client_token: str,
        password: str,
        *,
        connect_seconds: float = CONNECT_SECONDS,
        answer_seconds: float = ANSWER_SECONDS,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """Connects at the first request.

        Args:
            url: base of the API, such as `https://oda.com/no/api/v1/`.
            client_token: what the grocer gave this client.
            password: the service password of the accounts.

        Raises:
            SettingsError: not an HTTP address.
        """
        base = _base(url)
        # A client has one cookie jar, but we are many customers: nothing may go into it.
        no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
        self._client = httpx.Client(
            base_url=base,
            headers={
                "Accept": "application/json",
                "User-Agent": USER_AGENT,
                "X-Client-Token": client_token,
            },
            cookies=no_cookies,
            timeout=httpx.Timeout(answer_seconds, connect=connect_seconds),
            transport=transport,
            verify=base.scheme == "https",  # without TLS, spare the tenth of a second of set-up
            trust_env=False,
        )
        self._longest_seconds = 3 * answer_seconds
        self._password = password
        self._sessions: dict[str, str] = {}

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def get(
        self, path: str, *, user: str | None = None, params: Mapping[str, str] | None = None
    ) -> Any:
        """The answer to a GET, keys in snake_case; `user` None: without logging in.

        Raises:
            GrocerError: of the kind that fits.
        """
        return self._request("GET", path, user, params=params)

    def post(
        self,
        path: str,
        body: Mapping[str, Any],
        *,
        user: str,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """The answer to a POST, keys in snake_case.

        Raises:
            GrocerError: of the kind that fits; after a retryable one it is not known whether the
                grocer acted.
        """
        return self._request("POST", path, user, body=body, headers=headers)

    def _request(self, method: str, path: str, user: str | None, **what: Any) -> Any:
        if user is None:
            return self._once(method, path, None, **what)
        session = self._sessions.get(user)
        if session is not None:
            try:
                return self._once(method, path, session, **what)
            except GrocerAuthError:
                # An expired session (401, at some grocers 403): nothing was done, so the same
                # request may go again.
                self._sessions.pop(user, None)
        session = self._login(user)
        try:
            return self._once(method, path, session, **what)
        except _LoggedOut as error:
            # Our password is good, so this is the grocer's trouble and may pass.
            self._sessions.pop(user, None)
            raise GrocerUnavailable(
                "Butikken logget oss ut igjen; vi prøver en gang til."
            ) from error

    def _login(self, user: str) -> str:
        body = {"username": user, "password": self._password}
        response, answer = self._send("POST", "user/login/", None, body=body)
        session = response.cookies.get("sessionid")
        if not session and isinstance(answer, Mapping):
            session = answer.get("sessionid")
        if not isinstance(session, str) or not session:
            raise GrocerRejected("Butikken ga oss ingen innlogging; en ansatt må se på det.")
        self._sessions[user] = session
        return session

    def _once(self, method: str, path: str, session: str | None, **what: Any) -> Any:
        return self._send(method, path, session, **what)[1]

    def _send(
        self,
        method: str,
        path: str,
        session: str | None,
        *,
        body: Mapping[str, Any] | None = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[httpx.Response, Any]:
        sent = dict(headers or {})
        if session is not None:
            sent["Cookie"] = f"sessionid={session}"
        if body is not None:
            sent["Content-Type"] = "application/json"
        request = self._client.build_request(
            method,
            path,
            params=params,
            headers=sent,
            content=None if body is None else dumps(body).encode(),
        )
        try:
            response = self._client.send(request, stream=True)
            try:
                content = self._read(response)
            finally:
                response.close()
        except httpx.TimeoutException as error:
            raise GrocerTimeout("Butikken svarte ikke i tide; vi prøver igjen.") from error
        except httpx.RequestError as error:
            raise GrocerUnavailable("Vi får ikke kontakt med butikken; vi prøver igjen.") from error
        if response.is_success:
            return response, _parsed(content)
        raise _failure(response.status_code, content)

    def _read(self, response: httpx.Response) -> bytes:
        """The whole body; a server that trickles or never ends is given up."""
        until = time.monotonic() + self._longest_seconds
        content = bytearray()
        for chunk in response.iter_bytes():
            content += chunk
            if time.monotonic() > until:
                raise GrocerTimeout("Butikken ble ikke ferdig med å svare; vi prøver igjen.")
            if len(content) > LONGEST_ANSWER:
                raise GrocerUnavailable("Butikken svarte med altfor mye; vi prøver igjen.")
        return bytes(content)


def _base(url: str) -> httpx.URL:
    try:
        urlsplit(url)  # stricter about brackets than httpx
        base = httpx.URL(url if url.endswith("/") else url + "/")
    except (ValueError, httpx.InvalidURL):
        base = httpx.URL()
    if base.scheme not in ("http", "https") or not base.host:
        raise SettingsError(
            f"KURV_GROCER_URL er «{url}», men må være en adresse som begynner med http:// "
            "eller https://."
        )
    return base


def _parsed(content: bytes) -> Any:
    if not content:
        return {}
    try:
        return snake_case(loads(content))
    except ValueError as error:
        # A proxy's "back soon" page comes with status 200 too.
        raise GrocerUnavailable("Butikken svarte med noe uleselig; vi prøver igjen.") from error


def _failure(status: int, content: bytes) -> GrocerError:
    if status in (425, 429):
        return GrocerOverloaded("Butikken har det for travelt akkurat nå; vi prøver igjen.")
    if status in (408, 504):
        return GrocerTimeout("Butikken svarte ikke i tide; vi prøver igjen.")
    if status >= 500:
        return GrocerUnavailable("Butikken har en feil hos seg; vi prøver igjen.")
    if status in (401, 403):
        kind = _LoggedOut if status == 401 else GrocerAuthError
        return kind("Butikken godtar ikke innloggingen vår; en ansatt må se på det.")
    reason, numbers = _reason(content)
    return Refused(
        f"Butikken sa nei til bestillingen (svar {status}); en ansatt må se på det.",
        reason,
        numbers,
    )


def _reason(content: bytes) -> tuple[str, tuple[int, ...]]:
    try:
        answer = snake_case(loads(content))
    except ValueError:
        return "", ()
    if not isinstance(answer, Mapping):
        return "", ()
    numbers = answer.get("product_ids")
    return (
        str(answer.get("code", "")),
        tuple(each for each in numbers if isinstance(each, int))
        if isinstance(numbers, list)
        else (),
    )
