"""A recipient's basket: seen live, mended, filled, read back and confirmed."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from bot.casework.actor import Actor
from bot.casework.products import MOST_SHOWN
from bot.errors import KurvError, StaleRevision
from bot.staff.guard import Doer, Parts, Who
from bot.staff.pages import page, wants_part
from bot.staff.parts import StaffParts
from bot.staff.person_pages import RecipientId, base_of, person_page, person_values
from bot.staff.talks import talk_values

router = APIRouter(default_response_class=HTMLResponse)

Revision = Annotated[int, Form(ge=0, le=1_000_000)]
Quantity = Annotated[Decimal, Form(ge=0, le=99)]
ProductId = Annotated[str, Form(max_length=60)]
OrderId = Annotated[str, Form(max_length=60)]
Why = Annotated[Literal["", "task", "call", "list", "search"], Query()]


@router.get("/mottaker/{recipient_id}")
def basket_page(
    request: Request, who: Who, parts: Parts, recipient_id: RecipientId, fra: Why = ""
) -> HTMLResponse:
    """The basket as it is now, and the talk beside it."""
    return _basket_page(request, who, parts, recipient_id, why=fra)


@router.get("/mottaker/{recipient_id}/kurv")
def basket(request: Request, who: Who, parts: Parts, recipient_id: RecipientId) -> HTMLResponse:
    """The basket alone, for a page that is open."""
    return _basket(request, who, parts, recipient_id)


@router.post("/mottaker/{recipient_id}/kurv/antall", response_model=None)
def set_quantity(
    request: Request, who: Doer, parts: Parts, recipient_id: RecipientId,
    revision: Revision, product_id: ProductId, quantity: Quantity,
) -> Response:  # fmt: skip
    """More or less of a line, or none."""

    def change() -> None:
        parts.office.baskets.set_quantity(who, recipient_id, revision, product_id, quantity)

    return _changed(request, who, parts, recipient_id, change)


@router.post("/mottaker/{recipient_id}/kurv/legg", response_model=None)
def add(
    request: Request, who: Doer, parts: Parts, recipient_id: RecipientId,
    revision: Revision, product_id: ProductId, quantity: Quantity,
) -> Response:  # fmt: skip
    """Put a product in."""

    def change() -> None:
        parts.office.baskets.add(who, recipient_id, revision, product_id, quantity)

    return _changed(request, who, parts, recipient_id, change)


@router.post("/mottaker/{recipient_id}/kurv/bytt", response_model=None)
def replace(
    request: Request, who: Doer, parts: Parts, recipient_id: RecipientId,
    revision: Revision, gone: ProductId, product_id: ProductId, quantity: Quantity,
) -> Response:  # fmt: skip
    """Another product instead of a line."""

    def change() -> None:
        parts.office.baskets.replace(who, recipient_id, revision, gone, product_id, quantity)

    return _changed(request, who, parts, recipient_id, change)


@router.post("/mottaker/{recipient_id}/kurv/vanlig", response_model=None)
def add_usual(
    request: Request, who: Doer, parts: Parts, recipient_id: RecipientId, revision: Revision
) -> Response:
    """What is on the usual list."""

    def change() -> None:
        parts.office.baskets.add_usual(who, recipient_id, revision)

    return _changed(request, who, parts, recipient_id, change)


@router.post("/mottaker/{recipient_id}/kurv/angre", response_model=None)
def undo(
    request: Request, who: Doer, parts: Parts, recipient_id: RecipientId, revision: Revision
) -> Response:
    """The last change taken back."""

    def change() -> None:
        parts.office.baskets.undo(who, recipient_id, revision)

    return _changed(request, who, parts, recipient_id, change)


@router.post("/mottaker/{recipient_id}/kurv/levering", response_model=None)
def set_delivery(
    request: Request, who: Doer, parts: Parts, recipient_id: RecipientId,
    revision: Revision, wish: Annotated[str, Form(max_length=60)] = "",
) -> Response:  # fmt: skip
    """When this order's goods are wanted; back to what will be sent."""
    try:
        parts.office.baskets.set_delivery(who, recipient_id, revision, wish)
    except StaleRevision as stale:
        return _read_back(request, who, parts, recipient_id, 409, str(stale))
    except KurvError as error:
        if error.code != KurvError.code:
            raise
        return _read_back(request, who, parts, recipient_id, 400, str(error))
    return RedirectResponse(f"{base_of(recipient_id)}/bekreft", status_code=303)


@router.get("/mottaker/{recipient_id}/varer")
def products(
    request: Request, who: Who, parts: Parts, recipient_id: RecipientId,
    sok: Annotated[str, Query(max_length=100)] = "",
    instead: Annotated[str, Query(alias="for", max_length=60)] = "",
    liste: Literal["", "fast"] = "",
) -> HTMLResponse:  # fmt: skip
    """Goods to choose from: found by a text, or what can come instead of a line."""
    office = parts.office
    gone = office.products.product(instead) if instead else None
    if gone is not None and not sok:
        cards = office.products.instead_of(who, recipient_id, gone.product_id)
    else:
        cards = office.products.search(who, recipient_id, sok)
    values = person_values(parts, who, recipient_id)
    revision = office.baskets.show(who, recipient_id).revision
    return person_page(
        request, "products.html", "/fast" if liste else "", cards=cards, text=sok, gone=gone,
        revision=revision, usual=bool(liste), most=MOST_SHOWN, **values,
    )  # fmt: skip


@router.get("/mottaker/{recipient_id}/bekreft", response_model=None)
def read_back(request: Request, who: Who, parts: Parts, recipient_id: RecipientId) -> Response:
    """Exactly what will be sent."""
    return _read_back(request, who, parts, recipient_id)


@router.post("/mottaker/{recipient_id}/bekreft", response_model=None)
def confirm(
    request: Request, who: Doer, parts: Parts, recipient_id: RecipientId,
    order_id: OrderId, revision: Revision, how: Annotated[Literal["beside", "behalf"], Form()],
) -> Response:  # fmt: skip
    """Order it: with the recipient who says yes, or on their behalf."""
    try:
        order = parts.office.closing.confirm(who, recipient_id, order_id, revision, how == "beside")
    except StaleRevision as stale:
        return _read_back(request, who, parts, recipient_id, 409, str(stale))
    return RedirectResponse(f"/bestilling/{order.order_id}", status_code=303)


# -- inside ------------------------------------------------------------------------------------


def _changed(
    request: Request, who: Actor, parts: StaffParts, recipient_id: str, change: Callable[[], None]
) -> Response:
    """Make a change and show what came of it; a stale page is shown the basket as it is now."""
    status, notice = 200, ""
    try:
        change()
    except StaleRevision as stale:
        status, notice = 409, str(stale)
    except KurvError as error:
        if error.code != KurvError.code:
            raise
        status, notice = 400, str(error)
    if wants_part(request):
        return _basket(request, who, parts, recipient_id, status, notice)
    if notice:
        return _basket_page(request, who, parts, recipient_id, status, notice)
    return RedirectResponse(base_of(recipient_id), status_code=303)


def _basket(
    request: Request,
    who: Actor,
    parts: StaffParts,
    recipient_id: str,
    status: int = 200,
    notice: str = "",
) -> HTMLResponse:
    values = person_values(parts, who, recipient_id)
    shown = parts.office.baskets.show(who, recipient_id)
    return page(request, "basket.html", status, basket=shown, notice=notice, **values)


def _basket_page(
    request: Request,
    who: Actor,
    parts: StaffParts,
    recipient_id: str,
    status: int = 200,
    notice: str = "",
    why: str = "",
) -> HTMLResponse:
    values = person_values(parts, who, recipient_id, why)
    shown = parts.office.baskets.show(who, recipient_id)
    talk = talk_values(parts, who, recipient_id)
    return person_page(
        request, "basket_page.html", "", status, basket=shown, notice=notice, **talk, **values
    )


def _read_back(
    request: Request,
    who: Actor,
    parts: StaffParts,
    recipient_id: str,
    status: int = 200,
    notice: str = "",
) -> Response:
    values = person_values(parts, who, recipient_id)
    try:
        back = parts.office.closing.read_back(who, recipient_id)
    except KurvError as error:
        if error.code != KurvError.code:
            raise
        # Nothing to confirm, perhaps because it has been: the basket's page says so.
        return _basket_page(request, who, parts, recipient_id, status, notice or str(error))
    return person_page(request, "confirm.html", "", status, back=back, notice=notice, **values)
