"""Staff in a running call: beside Kurv, instead of it, and out again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from bot.casework.actor import Actor
from bot.errors import KurvError
from bot.staff.guard import Doer, Parts
from bot.staff.pages import wants_part
from bot.staff.parts import StaffParts
from bot.staff.person_pages import RecipientId, base_of
from bot.staff.talks import show_talk

router = APIRouter(default_response_class=HTMLResponse)
Act = Callable[[Actor, str], None]


@router.post("/mottaker/{recipient_id}/samtale/bli-med", response_model=None)
def join(request: Request, who: Doer, parts: Parts, recipient_id: RecipientId) -> Response:
    """Be in the call beside Kurv."""
    return _done(request, who, parts, recipient_id, parts.office.takeovers.join)


@router.post("/mottaker/{recipient_id}/samtale/ta-over", response_model=None)
def lead(request: Request, who: Doer, parts: Parts, recipient_id: RecipientId) -> Response:
    """Talk with the caller instead of Kurv."""
    return _done(request, who, parts, recipient_id, parts.office.takeovers.lead)


@router.post("/mottaker/{recipient_id}/samtale/gi-tilbake", response_model=None)
def hand_back(request: Request, who: Doer, parts: Parts, recipient_id: RecipientId) -> Response:
    """Let Kurv go on."""
    return _done(request, who, parts, recipient_id, parts.office.takeovers.hand_back)


@router.post("/mottaker/{recipient_id}/samtale/forlat", response_model=None)
def leave(request: Request, who: Doer, parts: Parts, recipient_id: RecipientId) -> Response:
    """Be in the call no more."""
    return _done(request, who, parts, recipient_id, parts.office.takeovers.leave)


@router.post("/mottaker/{recipient_id}/samtale/sett-over", response_model=None)
def fetch(request: Request, who: Doer, parts: Parts, recipient_id: RecipientId) -> Response:
    """Have the call handed over to the telephone of staff."""
    return _done(request, who, parts, recipient_id, parts.office.takeovers.fetch)


@router.post("/mottaker/{recipient_id}/samtale/si", response_model=None)
def say(
    request: Request,
    who: Doer,
    parts: Parts,
    recipient_id: RecipientId,
    text: Annotated[str, Form(min_length=1, max_length=500)],
) -> Response:
    """Have a sentence spoken to the caller."""

    def spoken(actor: Actor, recipient: str) -> None:
        parts.office.takeovers.say(actor, recipient, text)

    return _done(request, who, parts, recipient_id, spoken)


def _done(
    request: Request, who: Actor, parts: StaffParts, recipient_id: str, act: Act
) -> Response:
    status, notice = 200, ""
    try:
        act(who, recipient_id)
    except KurvError as error:
        if error.code != KurvError.code:
            raise
        status, notice = 409, str(error)  # the call is over, or a colleague was quicker
    if wants_part(request) or notice:
        return show_talk(request, who, parts, recipient_id, status=status, notice=notice)
    return RedirectResponse(f"{base_of(recipient_id)}#samtale", status_code=303)
