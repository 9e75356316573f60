# /// script
# requires-python = ">=3.11"
# dependencies = ["authlib==1.9.10", "flask==3.1.3"]
# ///
"""An OpenID Connect server for tests: real redirects, PKCE, client secret, signatures, key changes.

A program of its own (``uv run --script``), because Flask is not a part of Kurv. Who signs in says
in the form who they are and at which level; `mischief` makes it answer as an attacker would.
"""

import os
import secrets
import sys
import time
from dataclasses import dataclass
from typing import Any

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # loopback only

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import AuthorizationCodeMixin, OpenIDCode
from flask import Flask, Response, jsonify, request
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

CLIENT, SECRET = "kurv", "hemmelig-i-proven"
FORM = """<!doctype html><title>Innlogging</title><form method="post">
<label>Hvem <input name="sub"></label> <label>Nivå <input name="acr" value="high"></label>
<label>Ugagn <input name="mischief"></label> <button name="action" value="in">Logg inn</button>
<button name="action" value="deny">Avbryt</button></form>"""


@dataclass(frozen=True)
class User:
    sub: str
    acr: str
    mischief: str

    def get_user_id(self) -> str:
        return self.sub


class Client(ClientMixin):
    def get_client_id(self) -> str:
        return CLIENT

    def get_default_redirect_uri(self) -> None:
        return None

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, uri: str) -> bool:
        return uri == sys.argv[2]

    def check_client_secret(self, secret: str) -> bool:
        return secrets.compare_digest(secret.encode(), SECRET.encode())

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_grant_type(self, grant: str) -> bool:
        return grant == "authorization_code"

    def check_response_type(self, kind: str) -> bool:
        return kind == "code"


@dataclass(frozen=True)
class Code(AuthorizationCodeMixin):
    code: str
    user: User
    redirect_uri: str
    scope: str
    nonce: str
    code_challenge: str
    code_challenge_method: str
    auth_time: int

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str:
        return self.nonce

    def get_auth_time(self) -> int:
        return self.auth_time

    def get_acr(self) -> str:
        return self.user.acr

    def get_amr(self) -> None:
        return None


class Keys:
    """What it signs with now; `change` is what a real service does now and then."""

    def __init__(self) -> None:
        self.change()
        self.strangers = RSAKey.generate_key(2048, {"kid": "fremmed", "use": "sig"})

    def change(self) -> None:
        self.now = RSAKey.generate_key(2048, {"kid": secrets.token_hex(4), "use": "sig"})


KEYS = Keys()
CODES: dict[str, Code] = {}
app = Flask(__name__)
server = AuthorizationServer()


class Grant(AuthorizationCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic"]  # noqa: RUF012

    def save_authorization_code(self, code: str, asked: Any) -> Code:
        data = asked.payload.data
        CODES[code] = Code(
            code, asked.user, asked.payload.redirect_uri, asked.payload.scope, data["nonce"],
            data["code_challenge"], data["code_challenge_method"], int(time.time()),
        )  # fmt: skip
        return CODES[code]

    def query_authorization_code(self, code: str, client: Client) -> Code | None:
        return CODES.get(code)

    def delete_authorization_code(self, code: Code) -> None:
        CODES.pop(code.code, None)

    def authenticate_user(self, code: Code) -> User:
        return code.user


class Identity(OpenIDCode):
    def exists_nonce(self, nonce: str, asked: Any) -> bool:
        return False

    def encode_id_token(self, token: dict[str, Any], asked: Any) -> str:
        """The signed id token, or what an attacker would put in its place."""
        code = asked.authorization_code
        mischief, now = code.user.mischief, int(time.time())
        claims = {
            "iss": issuer(), "aud": CLIENT, "sub": code.user.sub, "acr": code.user.acr,
            "nonce": code.nonce, "iat": now, "exp": now + 300,
        }  # fmt: skip
        header = {"alg": "RS256", "kid": KEYS.now.kid}
        changes: dict[str, dict[str, Any]] = {
            "nonce": {"nonce": "en annens"},
            "issuer": {"iss": "https://en.annen.no"},
            "audience": {"aud": "en annen tjeneste"},
            "expired": {"iat": now - 7200, "exp": now - 3600},
        }
        claims |= changes.get(mischief, {})
        if mischief == "key":
            return jwt.encode({**header, "kid": KEYS.now.kid}, claims, KEYS.strangers)
        if mischief == "shared":  # signed with what a client knows: the public key, the secret
            key = OctKey.import_key(SECRET)
            return jwt.encode({"alg": "HS256"}, claims, key, algorithms=["HS256"])
        if mischief == "unsigned":
            signed = jwt.encode(header, claims, KEYS.now).split(".")
            return f"eyJhbGciOiJub25lIn0.{signed[1]}."
        return jwt.encode(header, claims, KEYS.now)


def issuer() -> str:
    return request.host_url.rstrip("/")


@app.get("/.well-known/openid-configuration")
def description() -> Response:
    return jsonify(
        issuer=issuer(),
        authorization_endpoint=f"{issuer()}/authorize",
        token_endpoint=f"{issuer()}/token",
        jwks_uri=f"{issuer()}/keys",
        response_types_supported=["code"],
        subject_types_supported=["pairwise"],
        id_token_signing_alg_values_supported=["RS256"],
        code_challenge_methods_supported=["S256"],
    )


@app.get("/keys")
def keys() -> Response:
    return jsonify(KeySet([KEYS.now]).as_dict(private=False))


@app.post("/change-keys")
def change_keys() -> str:
    KEYS.change()
    return ""


@app.get("/authorize")
def form() -> Any:
    server.get_consent_grant(end_user=None)  # refuses what is wrong with the request
    return FORM


@app.post("/authorize")
def decided() -> Any:
    grant = server.get_consent_grant(end_user=None)
    if request.form["action"] == "deny":
        return server.create_authorization_response(grant=grant, grant_user=None)
    user = User(request.form["sub"], request.form["acr"], request.form.get("mischief", ""))
    return server.create_authorization_response(grant=grant, grant_user=user)


@app.post("/token")
def token() -> Any:
    return server.create_token_response()


if __name__ == "__main__":
    app.config["OAUTH2_REFRESH_TOKEN_GENERATOR"] = False
    server.init_app(app, query_client=lambda name: Client() if name == CLIENT else None,
                    save_token=lambda token, asked: None)  # fmt: skip
    server.register_grant(Grant, [CodeChallenge(required=True), Identity(require_nonce=True)])
    app.run("127.0.0.1", int(sys.argv[1]), debug=False)
