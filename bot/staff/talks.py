"""The same bot, typed by staff: for a recipient, or with them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from bot.casework.actor import Actor
from bot.errors import DialogueError, KurvError
from bot.staff.guard import Doer, Parts, Who
from bot.staff.pages import page, wants_part
from bot.staff.parts import StaffParts
from bot.staff.person_pages import RecipientId, base_of, person_page, person_values
from bot.staff.words import first

router = APIRouter(default_response_class=HTMLResponse)
Beside = Literal["ja", "nei"]
_HOW = {"ja": "beside", "nei": "behalf"}


@dataclass(frozen=True, slots=True)
class Said:
    """One utterance as the page shows it."""

    look: str
    who: str
    text: str


@router.get("/mottaker/{recipient_id}/samtale")
def talk(request: Request, who: Who, parts: Parts, recipient_id: RecipientId) -> HTMLResponse:
    """What was said, for a page that is open."""
    return show_talk(request, who, parts, recipient_id)


@router.post("/mottaker/{recipient_id}/samtale", response_model=None)
def say(
    request: Request,
    who: Doer,
    parts: Parts,
    recipient_id: RecipientId,
    text: Annotated[str, Form(min_length=1, max_length=500)],
    beside: Annotated[Beside, Form()] = "ja",
) -> Response:
    """Type a sentence to Kurv."""
    parts.office.talking.may_speak(who, recipient_id)
    if parts.talk is None:
        raise DialogueError("Boten er ikke startet her; rett kurven selv.")
    try:
        parts.office.takeovers.require_floor(who, recipient_id)
        parts.talk.say(recipient_id, text, actor=who.key, how=_HOW[beside])
    except KurvError as error:
        if error.code != KurvError.code:
            raise
        return show_talk(request, who, parts, recipient_id, beside, 409, str(error))
    if wants_part(request):
        return show_talk(request, who, parts, recipient_id, beside)
    return RedirectResponse(f"{base_of(recipient_id)}#samtale", status_code=303)


def talk_values(
    parts: StaffParts, who: Actor, recipient_id: str, beside: Beside = "ja"
) -> dict[str, Any]:
    """What the talk's part of a page needs."""
    shown = parts.office.talking.show(who, recipient_id)
    person = first(shown.person.display_name or recipient_id)

    def as_shown(speaker: str, text: str) -> Said:
        if speaker == "kurv":
            return Said("kurv", "Kurv", text)
        if speaker == "recipient":
            return Said("person", person, text)
        return Said("staff", shown.names.get(speaker, "En kollega"), text)

    talk: list[Said] = []
    for each in shown.said:
        said = as_shown(each.speaker, each.text)
        if talk and talk[-1].who == said.who:  # one turn is one bubble
            said = replace(said, text=f"{talk.pop().text} {said.text}")
        talk.append(said)
    return {
        "talk": talk,
        "options": shown.options,
        "beside": beside,
        "inside": parts.office.takeovers.now(who, recipient_id),
        "transfers": parts.transfers,
    }


def show_talk(
    request: Request,
    who: Actor,
    parts: StaffParts,
    recipient_id: str,
    beside: Beside = "ja",
    status: int = 200,
    notice: str = "",
) -> HTMLResponse:
    """The talk alone; as a whole page only when a browser without our script was refused."""
    values = person_values(parts, who, recipient_id)
    values |= talk_values(parts, who, recipient_id, beside)
    if wants_part(request) or not notice:
        return page(request, "talk.html", status, notice=notice, **values)
    return person_page(request, "talk_page.html", "", status, notice=notice, **values)
