"""The sign-in of the demonstration; these routes exist only there."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from bot.casework.actor import NotAllowed
from bot.casework.demo_sign_in import DemoSignIn
from bot.staff.guard import Parts, cookie_name
from bot.staff.pages import page
from bot.staff.parts import StaffParts

router = APIRouter(default_response_class=HTMLResponse)
Key = Annotated[str, Path(max_length=60)]


@router.get("/logg-inn/demo/{key}", response_model=None)
def ask(request: Request, parts: Parts, key: Key) -> Response:
    """A button and no more: looking at a link does not use it up."""
    return page(request, "demo.html", member=_demo(parts).member(key))


@router.post("/logg-inn/demo/{key}", response_model=None)
def take(request: Request, parts: Parts, key: Key) -> Response:
    """Sign in, once."""
    token = _demo(parts).take(key)
    parts.accounts.sign_out(request.cookies.get(cookie_name(parts), ""))
    response = RedirectResponse("/", status_code=303)
    response.set_cookie(
        cookie_name(parts), token, path="/", secure=parts.secure, httponly=True, samesite="strict"
    )
    return response


def _demo(parts: StaffParts) -> DemoSignIn:
    if parts.demo is None:
        raise NotAllowed("Dette er ingen demonstrasjon.")
    return parts.demo
