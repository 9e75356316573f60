"""Signed tokens: who may talk, and as whom; pure but for the comparison of secrets.

The municipality's own processes carry the service token and speak for any recipient. A tablet gets
a conversation token, `<recipient>.<expiry>.<signature>`, which fixes the recipient.
"""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is calling: a process of ours (`recipient_id` None), or one recipient's device."""

    recipient_id: str | None


def conversation_token(secret: str, recipient_id: str, expires: int) -> str:
    """A token that lets a device talk as `recipient_id` until `expires` (seconds since 1970)."""
    name = urlsafe_b64encode(recipient_id.encode()).decode().rstrip("=")
    return f"{name}.{expires}.{_signature(secret, name, expires)}"


def caller(secret: str, token: str, now: float) -> Caller | None:
    """Who holds this token; None when it is wrong or has expired at `now` (seconds since 1970)."""
    if hmac.compare_digest(token.encode(), secret.encode()):
        return Caller(None)
    parts = token.split(".")
    if len(parts) != 3 or not parts[1].isascii() or not parts[1].isdigit():
        return None
    name, expires = parts[0], int(parts[1])
    if not hmac.compare_digest(parts[2].encode(), _signature(secret, name, expires).encode()):
        return None
    if now >= expires:
        return None
    return Caller(urlsafe_b64decode(name + "=" * (-len(name) % 4)).decode())


def _signature(secret: str, name: str, expires: int) -> str:
    message = f"{name}.{expires}".encode()
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
