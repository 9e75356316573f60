"""Signing in through the municipality's own service: OpenID Connect, authorisation code with PKCE.

Authlib speaks the protocol. Whoever comes back is let in only with an id token that the service
has signed for us and for this very attempt, at the level of assurance that is required, and only
when an account of ours knows them.
"""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx2
import structlog
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from bot.casework.accounts import Accounts
from bot.casework.lock_out import SignInRefused
from bot.errors import KurvError, SettingsError
from bot.store import Store

log = structlog.get_logger(__name__)

#: Seconds that somebody may take at the service, that its description is believed, that it may
#: take to answer, and that clocks may differ.
PATIENCE, BELIEVED, ANSWER, SKEW = 600, 3600.0, 10.0, 60
#: Signatures with a key that only the service has; never `none`, never with our shared secret.
ALGORITHMS = ["RS256", "PS256", "ES256", "RS384", "RS512", "PS384", "PS512", "ES384", "ES512"]
_LOOPBACK = ("127.0.0.1", "localhost", "::1")

_REFUSED = "Innloggingen ble ikke fullført; prøv igjen."


class ServiceSilent(KurvError):
    """The sign-in service does not answer, or not as it should."""

    code = "sign_in_service"
    retryable = True


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """Which service, and what it must vouch for.

    Attributes:
        issuer: its address.
        client_id, client_secret: ours there.
        levels: values of `claim` that are good enough.
        claim: the claim of the id token that tells the level.
    """

    issuer: str
    client_id: str
    client_secret: str
    levels: tuple[str, ...]
    claim: str = "acr"

    @classmethod
    def read(
        cls, issuer: str, client_id: str, client_secret: str, level: str
    ) -> ServiceSettings | None:
        """From the texts of the environment; None when there is no service.

        Args:
            level: accepted levels, comma separated; "claim=level" where it is not in `acr`.

        Raises:
            SettingsError: something is missing, or passwords would travel openly.
        """
        if not issuer:
            return None
        claim, equals, values = level.rpartition("=")
        levels = tuple(each.strip() for each in values.split(",") if each.strip())
        if not client_id or not levels:
            raise SettingsError(
                "KURV_OIDC_ISSUER er satt; da må også KURV_OIDC_CLIENT_ID og KURV_OIDC_LEVEL være "
                "det."
            )
        if not _is_private(issuer):
            raise SettingsError("KURV_OIDC_ISSUER må begynne med https://.")
        return cls(issuer, client_id, client_secret, levels, claim if equals else "acr")


@dataclass(frozen=True, slots=True)
class Departure:
    """Where to send the browser, and what it must bring back (a sealed note, in a cookie)."""

    url: str
    note: str


class SignInService:
    """The sign-in service, as we use it. Safe to share between threads."""

    def __init__(
        self, settings: ServiceSettings, store: Store, accounts: Accounts, return_url: str
    ) -> None:
        """Take the settings; nothing is asked yet.

        Args:
            return_url: the page of ours to which it sends people back.
        """
        self._settings = settings
        self._store = store
        self._accounts = accounts
        self._return_url = return_url
        self._http = httpx2.Client(timeout=ANSWER, follow_redirects=False)
        self._guard = threading.Lock()
        self._description: dict[str, Any] = {}
        self._keys: KeySet | None = None
        self._read_at = -BELIEVED

    @property
    def name(self) -> str:
        """Its host, for the button."""
        return urlsplit(self._settings.issuer).hostname or ""

    def depart(self) -> Departure:
        """Begin an attempt.

        Raises:
            ServiceSilent: the service does not answer.
        """
        description, _ = self._service()
        secret = {
            "state": secrets.token_urlsafe(32),
            "nonce": secrets.token_urlsafe(32),
            "verifier": secrets.token_urlsafe(48),
        }
        url, _ = self._client().create_authorization_url(
            description["authorization_endpoint"],
            state=secret["state"],
            nonce=secret["nonce"],
            code_verifier=secret["verifier"],
            acr_values=" ".join(self._settings.levels),
            # An iPad has many users: the one before must not be signed in with one touch.
            prompt="login",
        )
        return Departure(url, self._store.vault.note(json.dumps(secret)))

    def arrive(self, note: str, answer: Mapping[str, str]) -> str:
        """Finish an attempt.

        Args:
            note: what `depart` gave.
            answer: the parameters with which the browser came back.

        Returns:
            The token of the new session.

        Raises:
            SignInRefused: they may not come in; the text says what to do.
            ServiceSilent: the service does not answer.
        """
        kept = self._store.vault.read_note(note, PATIENCE)
        secret = json.loads(kept) if kept else {}
        # Before anything else: an answer to another browser's attempt is not ours to look at.
        if not secret or not secrets.compare_digest(
            secret["state"].encode(), answer.get("state", "").encode()
        ):
            raise SignInRefused(_REFUSED)
        if answer.get("iss", self._settings.issuer) != self._settings.issuer:
            raise SignInRefused(_REFUSED)
        if not answer.get("code"):
            raise SignInRefused("Innloggingen ble avbrutt; prøv igjen.")
        claims = self._claims(answer["code"], secret)
        self._check_level(claims)
        subject = f"{self._settings.issuer} {claims['sub']}"
        with self._store.transaction(read_only=True) as uow:
            member = uow.staff_by_subject(subject)
        if member is None:
            log.warning("sign_in_refused", code="unknown_subject")
            raise SignInRefused(
                "Du har ingen konto i Kurv. Gi administratoren denne koden: " + claims["sub"]
            )
        return self._accounts.begin(member)

    def _claims(self, code: str, secret: dict[str, str]) -> CodeIDToken:
        description, keys = self._service()
        try:
            tokens = self._client().fetch_token(
                description["token_endpoint"],
                grant_type="authorization_code",
                code=code,
                code_verifier=secret["verifier"],
            )
            decoded = self._decoded(tokens["id_token"], keys)
            claims = CodeIDToken(
                decoded.claims,
                decoded.header,
                options={
                    "iss": {"essential": True, "value": self._settings.issuer},
                    "aud": {"essential": True, "value": self._settings.client_id},
                    "sub": {"essential": True},
                },
                params={
                    "nonce": secret["nonce"],
                    "client_id": self._settings.client_id,
                    "access_token": tokens.get("access_token"),
                },
            )
            claims.validate(now=int(time.time()), leeway=SKEW)
        except httpx2.HTTPError as error:
            raise _silent(error) from error
        except (AuthlibBaseError, JoseError, KeyError, TypeError, ValueError) as error:
            log.warning("sign_in_refused", code="id_token", kind=type(error).__name__)
            raise SignInRefused(_REFUSED) from error
        if not isinstance(claims["sub"], str) or not claims["sub"]:
            raise SignInRefused(_REFUSED)
        return claims

    def _decoded(self, id_token: str, keys: KeySet) -> jwt.Token:
        try:
            return jwt.decode(id_token, keys, algorithms=ALGORITHMS)
        except (JoseError, ValueError):
            # Perhaps it has changed its keys since we read them; once is enough.
            _, keys = self._service(anew=True)
            return jwt.decode(id_token, keys, algorithms=ALGORITHMS)

    def _check_level(self, claims: CodeIDToken) -> None:
        if str(claims.get(self._settings.claim, "")) not in self._settings.levels:
            log.warning("sign_in_refused", code="level")
            raise SignInRefused(
                "Du må logge inn på et høyere sikkerhetsnivå; velg en sterkere innlogging."
            )

    def _client(self) -> OAuth2Client:
        return OAuth2Client(
            client_id=self._settings.client_id,
            client_secret=self._settings.client_secret or None,
            token_endpoint_auth_method=(
                "client_secret_basic" if self._settings.client_secret else "none"
            ),
            scope="openid",
            redirect_uri=self._return_url,
            code_challenge_method="S256",
            timeout=ANSWER,
            follow_redirects=False,
        )

    def _service(self, anew: bool = False) -> tuple[dict[str, Any], KeySet]:
        """What the service says of itself, and its keys; asked once an hour."""
        with self._guard:
            fresh = time.monotonic() - self._read_at < BELIEVED
            if self._keys is None or not fresh or anew:
                self._description = self._described()
                self._keys = KeySet.import_key_set(self._get(self._description["jwks_uri"]))
                self._read_at = time.monotonic()
            return self._description, self._keys

    def _described(self) -> dict[str, Any]:
        issuer = self._settings.issuer
        found = self._get(issuer.rstrip("/") + "/.well-known/openid-configuration")
        ends = [
            found.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")
        ]
        if found.get("issuer") != issuer or not all(
            isinstance(end, str) and _is_private(end) for end in ends
        ):
            log.error("sign_in_service_wrong", code="description")
            raise ServiceSilent("Innloggingstjenesten er ikke den som er satt opp; si fra til IKT.")
        return found

    def _get(self, url: str) -> Any:
        try:
            return self._http.get(url).raise_for_status().json()
        except (httpx2.HTTPError, ValueError) as error:
            raise _silent(error) from error


def _silent(error: Exception) -> ServiceSilent:
    log.error("sign_in_service_silent", kind=type(error).__name__)
    return ServiceSilent("Innloggingstjenesten svarer ikke; prøv igjen om litt.")


def _is_private(url: str) -> bool:
    """Whether nobody on the way can listen."""
    address = urlsplit(url)
    return address.scheme == "https" or (address.scheme == "http" and address.hostname in _LOOPBACK)
