"""Orders that were confirmed: looked over by a second person, followed, and receipts of them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Path, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from bot.casework.actor import Actor
from bot.errors import KurvError, StaleRevision
from bot.staff.guard import Doer, Parts, Who
from bot.staff.pages import page
from bot.staff.parts import StaffParts

router = APIRouter(default_response_class=HTMLResponse)

OrderId = Annotated[str, Path(min_length=1, max_length=60)]
Revision = Annotated[int, Form(ge=0, le=1_000_000)]


@router.get("/bestilling/{order_id}")
def order(request: Request, who: Who, parts: Parts, order_id: OrderId) -> HTMLResponse:
    """A confirmed order."""
    return _order(request, who, parts, order_id)


@router.post("/bestilling/{order_id}/godkjenn", response_model=None)
def approve(
    request: Request, who: Doer, parts: Parts, order_id: OrderId, revision: Revision
) -> Response:
    """Let it go to the grocer."""
    try:
        parts.office.approvals.approve(who, order_id, revision)
    except StaleRevision as stale:
        return _order(request, who, parts, order_id, 409, str(stale), "care")
    return RedirectResponse(f"/bestilling/{order_id}", status_code=303)


@router.post("/bestilling/{order_id}/send-tilbake", response_model=None)
def send_back(
    request: Request, who: Doer, parts: Parts, order_id: OrderId, revision: Revision
) -> Response:
    """Make it a basket again."""
    try:
        sent_back = parts.office.approvals.send_back(who, order_id, revision)
    except StaleRevision as stale:
        return _order(request, who, parts, order_id, 409, str(stale), "care")
    return RedirectResponse(f"/mottaker/{sent_back.recipient_id}", status_code=303)


@router.get("/bestilling/{order_id}/kvittering")
def receipt(request: Request, who: Who, parts: Parts, order_id: OrderId) -> HTMLResponse:
    """The receipt, to print."""
    shown = parts.office.approvals.show(who, order_id)
    return page(request, "receipt.html", shown=shown)


@router.post("/bestilling/{order_id}/sms", response_model=None)
def send_receipt(request: Request, who: Doer, parts: Parts, order_id: OrderId) -> Response:
    """The receipt as a text message to the recipient."""
    try:
        numbers = parts.office.receipts.send(who, order_id)
    except KurvError as error:
        if error.code != KurvError.code:
            raise
        return _order(request, who, parts, order_id, 400, str(error), "care")
    told = "Kvitteringen er sendt på SMS."
    if numbers > 1:
        told = f"Kvitteringen er sendt på SMS til {numbers} numre."
    return _order(request, who, parts, order_id, notice=told)


def _order(
    request: Request,
    who: Actor,
    parts: StaffParts,
    order_id: str,
    status: int = 200,
    notice: str = "",
    look: str = "good",
) -> HTMLResponse:
    shown = parts.office.approvals.show(who, order_id)
    return page(request, "order.html", status, shown=shown, notice=notice, look=look)
