"""Finding recipients; their history, usual list, and what is known of them."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from bot.casework.actor import Actor
from bot.casework.recipients import ALLERGEN_NAMES, DIET_NAMES, PAGE
from bot.errors import KurvError, StaleRevision
from bot.staff.guard import Doer, Parts, Who
from bot.staff.pages import page
from bot.staff.parts import StaffParts
from bot.staff.person_pages import RecipientId, base_of, person_page, person_values

router = APIRouter(default_response_class=HTMLResponse)

Text = Annotated[str, Form(max_length=2000)]
Key = Annotated[str, Form(max_length=60)]
ProductId = Annotated[str, Form(max_length=60)]
SAVED = "Lagret."


@router.get("/mottakere")
def find(
    request: Request,
    who: Who,
    parts: Parts,
    sok: Annotated[str, Query(max_length=100)] = "",
    fra_nr: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> HTMLResponse:
    """Recipients by name or number."""
    found = parts.office.recipients.find(who, sok, fra_nr)
    return page(request, "recipients.html", found=found, text=sok, offset=fra_nr, size=PAGE)


@router.get("/mottaker/{recipient_id}/historikk")
def history(request: Request, who: Who, parts: Parts, recipient_id: RecipientId) -> HTMLResponse:
    """Earlier orders."""
    values = person_values(parts, who, recipient_id)
    orders = parts.office.recipients.history(who, recipient_id)
    return person_page(request, "history.html", "/historikk", orders=orders, **values)


@router.get("/mottaker/{recipient_id}/fast")
def usual(request: Request, who: Who, parts: Parts, recipient_id: RecipientId) -> HTMLResponse:
    """The usual list."""
    values = person_values(parts, who, recipient_id)
    lines = parts.office.recipients.usual(who, recipient_id)
    return person_page(request, "usual.html", "/fast", lines=lines, **values)


@router.post("/mottaker/{recipient_id}/fast", response_model=None)
def set_usual(
    who: Doer,
    parts: Parts,
    recipient_id: RecipientId,
    product_id: ProductId,
    quantity: Annotated[Decimal, Form(ge=0, le=99)],
) -> Response:
    """Put a product on the usual list, change how much, or take it off."""
    parts.office.recipients.set_usual_line(who, recipient_id, product_id, quantity)
    return RedirectResponse(f"{base_of(recipient_id)}/fast", status_code=303)


@router.post("/mottaker/{recipient_id}/fast/fra-bestilling", response_model=None)
def usual_from(who: Doer, parts: Parts, recipient_id: RecipientId, order_id: Key) -> Response:
    """Make an earlier order the usual list."""
    parts.office.recipients.usual_from(who, recipient_id, order_id)
    return RedirectResponse(f"{base_of(recipient_id)}/fast", status_code=303)


@router.get("/mottaker/{recipient_id}/om")
def about(request: Request, who: Who, parts: Parts, recipient_id: RecipientId) -> HTMLResponse:
    """What is known of the recipient, to look at and to change."""
    return _about(request, who, parts, recipient_id)


@router.post("/mottaker/{recipient_id}/om", response_model=None)
def edit(
    request: Request,
    who: Doer,
    parts: Parts,
    recipient_id: RecipientId,
    version: Key,
    display_name: Text = "",
    address: Text = "",
    delivery: Key = "",
    next_of_kin: Text = "",
    note: Text = "",
    allergies: Annotated[list[str] | None, Form()] = None,
    diets: Annotated[list[str] | None, Form()] = None,
    budget: Key = "",
    alcohol_policy: Key = "",
    tobacco_policy: Key = "",
    substitutes: Key = "ask",
    reminders: Key = "",
) -> Response:
    """Store what is known of the recipient."""
    try:
        fields = {
            "display_name": display_name.strip(),
            "address": address.strip(),
            "delivery": delivery.strip() or None,
            "next_of_kin": next_of_kin.strip(),
            "note": note.strip(),
            "allergies": tuple(sorted(set(allergies or ()))),
            "diets": tuple(sorted(set(diets or ()))),
            "budget": _kroner(budget),
            "alcohol_policy": alcohol_policy or None,
            "tobacco_policy": tobacco_policy or None,
            "substitutes": substitutes,
            "reminders": bool(reminders),
        }
        parts.office.recipients.edit(who, recipient_id, version, fields)
    except StaleRevision as stale:
        return _about(request, who, parts, recipient_id, 409, str(stale), "care")
    except KurvError as error:
        if error.code != KurvError.code:
            raise
        return _about(request, who, parts, recipient_id, 400, str(error), "stop")
    return _about(request, who, parts, recipient_id, notice=SAVED)


def _about(
    request: Request,
    who: Actor,
    parts: StaffParts,
    recipient_id: str,
    status: int = 200,
    notice: str = "",
    look: str = "good",
) -> HTMLResponse:
    values = person_values(parts, who, recipient_id)
    return person_page(
        request, "about.html", "/om", status, notice=notice, look=look,
        allergens=ALLERGEN_NAMES, diets=DIET_NAMES, **values,
    )  # fmt: skip


def _kroner(text: str) -> Decimal | None:
    """An amount as people type it; None when nothing is.

    Raises:
        KurvError: it is no amount.
    """
    plain = text.strip().replace("\u00a0", "").replace(" ", "").replace(",", ".")
    if not plain:
        return None
    try:
        amount = Decimal(plain)
        fits = amount.is_finite() and amount == amount.quantize(Decimal("0.01"))
    except InvalidOperation:
        fits = False
    if not fits:
        raise KurvError("Skriv beløpsgrensen som et tall, for eksempel 800.")
    return amount
