"""The privacy officer's pages: who looked at whom, and what somebody may ask about themselves."""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import HTMLResponse

from bot.casework.actor import Actor, NotAllowed
from bot.casework.export_pdf import export_pdf
from bot.casework.privacy import PAGE, Privacy
from bot.errors import KurvError
from bot.staff.guard import Doer, Parts, Who
from bot.staff.pages import page

router = APIRouter(default_response_class=HTMLResponse)

About = Annotated[str, Form(max_length=200)]
#: How what was done reads; what is not here is shown as it is stored.
ACTIONS = {
    "sign_in": "logget inn", "sign_out": "logget ut", "list": "så listen over mottakere",
    "profile": "så opplysningene", "history": "så tidligere bestillinger", "basket": "så kurven",
    "show_person": "så opplysningene", "set_person": "endret opplysningene",
    "edit_person": "endret opplysningene", "read_log": "leste tilgangsloggen",
    "export": "hentet ut alt", "erase": "slettet alt", "confirm": "bekreftet bestillingen",
    "approve": "godkjente bestillingen", "assigned": "la til i kommunen",
    "account_added": "laget konto", "account_changed": "endret konto",
    "account_closed": "stengte konto", "account_reset": "ga nytt passord",
    "municipality_changed": "endret kommunens regler", "log_pruned": "ryddet gamle innslag",
    "sealed": "forseglet på nytt",
    "usual": "så den faste listen", "set_usual": "endret den faste listen",
    "products": "søkte etter varer", "read_back": "så det som skal sendes",
    "order": "så bestillingen", "talk": "leste samtalen", "follow": "fulgte samtalen",
    "change_basket": "endret kurven", "speak": "skrev til Kurv", "close_task": "lukket en oppgave",
    "send_back": "sendte bestillingen tilbake", "send_receipt": "sendte kvittering",
    "join_call": "ble med i samtalen", "lead_call": "tok over samtalen",
    "hand_back_call": "ga samtalen tilbake", "leave_call": "gikk ut av samtalen",
    "say_in_call": "sa noe i samtalen", "transfer_call": "satte over samtalen",
    "identified": "kom inn på telefonen", "pin_failed": "gal PIN", "pin_locked": "PIN låst",
    "pin_unlocked": "PIN låst opp", "caller_added": "kan ringe", "caller_removed": "kan ikke ringe",
    "ring_agreed": "avtalte ringetid", "import_purchases": "leste inn kjøp",
}  # fmt: skip


def _privacy(parts: Parts) -> Privacy:
    if parts.privacy is None:
        raise NotAllowed("Personvernsidene er ikke satt opp her.")
    return parts.privacy


Officer = Annotated[Privacy, Depends(_privacy)]


@router.get("/personvern")
def log(
    request: Request,
    who: Who,
    privacy: Officer,
    om: Annotated[str, Query(max_length=200)] = "",
) -> HTMLResponse:
    """The access log, of everybody or about one person."""
    return _log(request, who, privacy, om.strip())


@router.post("/personvern/kontroll")
def verify(request: Request, who: Doer, privacy: Officer) -> HTMLResponse:
    """Whether the access log is as it was written."""
    chain = privacy.verify(who)
    if chain.broken_at is not None:
        notice = f"Loggen er endret: innslag {chain.broken_at} er ikke slik det ble skrevet."
        return _log(request, who, privacy, "", notice, 409, "stop")
    notice = f"Loggen er hel. Noter dette et annet sted: {chain.head[0]}:{chain.head[1]}"
    return _log(request, who, privacy, "", notice)


@router.post("/personvern/innsyn", response_model=None)
def export(
    request: Request,
    who: Doer,
    privacy: Officer,
    recipient_id: About = "",
    form: Annotated[str, Form(max_length=10)] = "pdf",
) -> Response:
    """Everything that is stored about a person, as a file."""
    found = privacy.export(who, recipient_id.strip())
    if form == "json":
        content = json.dumps(found, ensure_ascii=False, indent=2).encode()
        kind, name = "application/json", "innsyn.json"
    else:
        content, kind, name = export_pdf(found), "application/pdf", "innsyn.pdf"
    # No part of the name comes from the request: a header is no place for it.
    return Response(
        content, media_type=kind, headers={"content-disposition": f'attachment; filename="{name}"'}
    )


@router.post("/personvern/slett", response_model=None)
def erase(
    request: Request,
    who: Doer,
    privacy: Officer,
    recipient_id: About = "",
    again: About = "",
    reason: About = "",
) -> Response:
    """Erase everything about a person; the number is written twice, there is no way back."""
    about = recipient_id.strip()
    if again.strip() != about:
        notice = "De to numrene var ikke like; ingenting er slettet."
        return _log(request, who, privacy, "", notice, 400, "stop")
    try:
        privacy.erase(who, about, reason)
    except NotAllowed:
        raise
    except KurvError as error:
        return _log(request, who, privacy, "", str(error), 400, "stop")
    return _log(request, who, privacy, about, "Slettet. Beløp uten navn står igjen.")


def _log(
    request: Request,
    who: Actor,
    privacy: Privacy,
    about: str,
    notice: str = "",
    status: int = 200,
    look: str = "good",
) -> HTMLResponse:
    entries = privacy.log(who, about or None)
    return page(
        request, "access_log.html", status, entries=entries, about=about, actions=ACTIONS,
        notice=notice, look=look, most=PAGE,
    )  # fmt: skip
