"""Signing in and out: the only routes for those who are not signed in."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from bot.casework.accounts import LONGEST_INPUT
from bot.casework.lock_out import SignInLocked, SignInRefused
from bot.casework.sign_in_service import PATIENCE, ServiceSilent
from bot.staff.guard import Doer, Parts, cookie_name
from bot.staff.pages import page
from bot.staff.parts import StaffParts

router = APIRouter(default_response_class=HTMLResponse)

#: Where the browser keeps the note of an attempt at the sign-in service.
NOTE_PATH = "/logg-inn"
Short = Annotated[str, Form(max_length=LONGEST_INPUT)]


def note_name(parts: StaffParts) -> str:
    """What the note's cookie is called; `__Secure-`: it may only be set over HTTPS."""
    return "__Secure-kurv-inn" if parts.secure else "kurv-inn"


@router.get("/logg-inn", response_model=None)
def ask(request: Request, parts: Parts) -> Response:
    """The page on which one signs in; for those who are signed in, the first page."""
    if parts.accounts.actor_of(request.cookies.get(cookie_name(parts), "")):
        return RedirectResponse("/", status_code=303)
    return _asked(request, parts)


@router.post("/logg-inn", response_model=None)
def sign_in(
    request: Request,
    parts: Parts,
    staff_id: Short = "",
    password: Short = "",
    code: Short = "",
) -> Response:
    """Sign in by name, password and one-time code."""
    address = request.client.host if request.client else "?"
    try:
        token = parts.accounts.sign_in(staff_id, password, code, address)
    except SignInRefused as refused:
        status = 429 if isinstance(refused, SignInLocked) else 403
        return _asked(request, parts, status, str(refused), staff_id)
    return _signed_in(request, parts, token, RedirectResponse("/", status_code=303))


@router.get("/logg-inn/tjeneste", response_model=None)
def depart(request: Request, parts: Parts) -> Response:
    """To the municipality's sign-in service."""
    if parts.service is None:
        return RedirectResponse("/logg-inn", status_code=303)
    try:
        departure = parts.service.depart()
    except ServiceSilent as silent:
        return _asked(request, parts, 503, str(silent))
    response = RedirectResponse(departure.url, status_code=303)
    # Lax: the service sends the browser back from its own site.
    response.set_cookie(
        note_name(parts), departure.note, max_age=PATIENCE, path=NOTE_PATH,
        secure=parts.secure, httponly=True, samesite="lax",
    )  # fmt: skip
    return response


@router.get("/logg-inn/svar", response_model=None)
def arrive(request: Request, parts: Parts) -> Response:
    """Back from the sign-in service."""
    if parts.service is None:
        return RedirectResponse("/logg-inn", status_code=303)
    note = request.cookies.get(note_name(parts), "")
    try:
        token = parts.service.arrive(note, dict(request.query_params))
    except SignInRefused as refused:
        response: Response = _asked(request, parts, 403, str(refused))
    except ServiceSilent as silent:
        response = _asked(request, parts, 503, str(silent))
    else:
        # A page and no redirect: a strict cookie does not follow one that began elsewhere.
        response = _signed_in(request, parts, token, page(request, "signed_in.html"))
    response.delete_cookie(note_name(parts), path=NOTE_PATH, secure=parts.secure, httponly=True)
    return response


@router.post("/logg-ut", response_model=None)
def sign_out(request: Request, parts: Parts, who: Doer) -> Response:
    """End the session; what the browser has kept of our pages goes too."""
    parts.accounts.sign_out(request.cookies.get(cookie_name(parts), ""))
    response = RedirectResponse("/logg-inn", status_code=303)
    response.delete_cookie(
        cookie_name(parts), path="/", secure=parts.secure, httponly=True, samesite="strict"
    )
    response.headers["clear-site-data"] = '"cache", "storage"'
    return response


def _asked(
    request: Request, parts: StaffParts, status: int = 200, sentence: str = "", staff_id: str = ""
) -> HTMLResponse:
    service = parts.service.name if parts.service else ""
    return page(
        request, "sign_in.html", status, sentence=sentence, staff_id=staff_id, service=service
    )


def _signed_in(request: Request, parts: StaffParts, token: str, response: Response) -> Response:
    # Whatever session the browser had, perhaps one that somebody planted, ends here.
    parts.accounts.sign_out(request.cookies.get(cookie_name(parts), ""))
    response.set_cookie(
        cookie_name(parts), token, path="/", secure=parts.secure, httponly=True, samesite="strict"
    )
    return response
