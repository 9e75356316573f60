"""The one way in: every route but those of signing in depends on `signed_in` or `checked_form`."""

from __future__ import annotations

import hmac
from typing import Annotated

from fastapi import Depends, Form, Header, Request

from bot.casework.actor import Actor, NotAllowed, SignedIn
from bot.staff.parts import StaffParts

#: Where the browser keeps its session; `__Host-` binds it to this host, over HTTPS.
SECURE_COOKIE, LOCAL_COOKIE = "__Host-kurv", "kurv"


class NotSignedIn(Exception):
    """There is no session, or it has ended."""


def parts_of(request: Request) -> StaffParts:
    """The parts that this application was made of."""
    parts: StaffParts = request.app.state.parts
    return parts


def cookie_name(parts: StaffParts) -> str:
    """What the session's cookie is called here."""
    return SECURE_COOKIE if parts.secure else LOCAL_COOKIE


def session(request: Request) -> SignedIn:
    """The session of a request.

    Raises:
        NotSignedIn: it has none; a page leads to the sign-in, other requests get 401.
    """
    parts = parts_of(request)
    found = parts.accounts.actor_of(request.cookies.get(cookie_name(parts), ""))
    if found is None:
        raise NotSignedIn
    request.state.session = found
    return found


def signed_in(found: Annotated[SignedIn, Depends(session)]) -> Actor:
    """Who asks for a page."""
    return found.actor


def checked_form(
    found: Annotated[SignedIn, Depends(session)],
    form_token: Annotated[str, Form()] = "",
    x_form_token: Annotated[str, Header()] = "",
) -> Actor:
    """Who sends a form; it must be one of ours.

    Raises:
        NotAllowed: the form is not of this session.
    """
    given = x_form_token or form_token
    if not hmac.compare_digest(given.encode(), found.form_token.encode()):
        raise NotAllowed("Skjemaet er for gammelt; last siden på nytt og prøv igjen.")
    return found.actor


Who = Annotated[Actor, Depends(signed_in)]
Doer = Annotated[Actor, Depends(checked_form)]
Parts = Annotated[StaffParts, Depends(parts_of)]
