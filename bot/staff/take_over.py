"""Staff in a telephone call: listen in, speak to the caller, take over, hand back, leave."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
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


class Step(str, Enum):
    """What staff may do in a call."""

    JOIN = "bli-med"
    LEAD = "ta-over"
    HAND_BACK = "gi-tilbake"
    LEAVE = "forlat"
    FETCH = "sett-over"


@router.post("/mottaker/{recipient_id}/telefon/{step}", response_model=None)
def take_step(
    request: Request, who: Doer, parts: Parts, recipient_id: RecipientId, step: Step
) -> Response:
    """Join, lead, hand back, leave, or have the call put through to a telephone."""
    takeovers = parts.office.takeovers
    act = {
        Step.JOIN: takeovers.join,
        Step.LEAD: takeovers.lead,
        Step.HAND_BACK: takeovers.hand_back,
        Step.LEAVE: takeovers.leave,
        Step.FETCH: takeovers.fetch,
    }[step]
    return _done(request, who, parts, recipient_id, act)


@router.post("/mottaker/{recipient_id}/telefon", response_model=None)
def speak(
    request: Request,
    who: Doer,
    parts: Parts,
    recipient_id: RecipientId,
    text: Annotated[str, Form(min_length=1, max_length=300)],
) -> Response:
    """Have a sentence spoken to the caller."""

    def say(actor: Actor, recipient: str) -> None:
        parts.office.takeovers.say(actor, recipient, text)

    return _done(request, who, parts, recipient_id, say)


def _done(
    request: Request,
    who: Actor,
    parts: StaffParts,
    recipient_id: str,
    act: Callable[[Actor, str], None],
) -> Response:
    try:
        act(who, recipient_id)
    except KurvError as error:
        if error.code != KurvError.code:
            raise
        # The call is over, or a colleague was quicker: the page shows how it is now, and why.
        return show_talk(request, who, parts, recipient_id, status=409, notice=str(error))
    if wants_part(request):
        return show_talk(request, who, parts, recipient_id)
    return RedirectResponse(f"{base_of(recipient_id)}#samtale", status_code=303)
