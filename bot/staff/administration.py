"""The administrator's pages: who may sign in, and the municipality's rules."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from bot.casework.actor import Actor, NotAllowed, Role
from bot.casework.staffing import POLICIES, Staffing
from bot.errors import KurvError
from bot.staff.guard import Doer, Parts, Who
from bot.staff.pages import page

router = APIRouter(default_response_class=HTMLResponse)

StaffId = Annotated[str, Path(max_length=64)]
Names = Annotated[list[str] | None, Form()]
Days = Annotated[int, Form(ge=1, le=36_500)]
Policy = Annotated[str, Form(max_length=20)]
#: What the roles are called, and what they let somebody do.
ROLES = {
    Role.ORDERER: "Bestiller: ser og endrer kurver, bekrefter",
    Role.APPROVER: "Godkjenner: slipper fram bestillinger som trenger det",
    Role.ADMINISTRATOR: "Administrator: kontoer og kommunens regler",
    Role.PRIVACY: "Personvern: tilgangslogg, innsyn og sletting",
}


def _staffing(parts: Parts) -> Staffing:
    if parts.staffing is None:
        raise NotAllowed("Kontoene styres ikke herfra.")
    return parts.staffing


Staff = Annotated[Staffing, Depends(_staffing)]


@router.get("/ansatte")
def accounts(request: Request, who: Who, staff: Staff) -> HTMLResponse:
    """The accounts of the municipality."""
    return _accounts(request, who, staff)


@router.post("/ansatte/{staff_id}/endre", response_model=None)
def change(
    request: Request,
    who: Doer,
    staff: Staff,
    staff_id: StaffId,
    roles: Names = None,
    districts: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Other roles and districts."""
    try:
        staff.change(staff_id, roles or (), districts.split(","), who)
    except NotAllowed:
        raise
    except KurvError as error:
        return _accounts(request, who, staff, str(error), 400)
    return RedirectResponse("/ansatte", status_code=303)


@router.post("/ansatte/{staff_id}/steng", response_model=None)
def close(who: Doer, staff: Staff, staff_id: StaffId) -> Response:
    """Close an account."""
    staff.close(staff_id, who)
    return RedirectResponse("/ansatte", status_code=303)


@router.get("/kommunen")
def rules(request: Request, who: Who, staff: Staff) -> HTMLResponse:
    """The municipality's rules."""
    return _rules(request, who, staff)


@router.post("/kommunen", response_model=None)
def save_rules(
    request: Request,
    who: Doer,
    staff: Staff,
    keep_orders_days: Days,
    keep_log_days: Days,
    second_person: Policy = "",
    alcohol_policy: Policy = "",
    tobacco_policy: Policy = "",
) -> Response:
    """Store the municipality's rules."""
    changed = replace(
        staff.municipality(who),
        second_person=bool(second_person),
        alcohol_policy=alcohol_policy or None,
        tobacco_policy=tobacco_policy or None,
        keep_orders_days=keep_orders_days,
        keep_log_days=keep_log_days,
    )
    try:
        staff.save_municipality(changed, who)
    except NotAllowed:
        raise
    except KurvError as error:
        return _rules(request, who, staff, str(error), 400, "stop")
    return _rules(request, who, staff, "Lagret.")


def _accounts(
    request: Request, who: Actor, staff: Staffing, notice: str = "", status: int = 200
) -> HTMLResponse:
    found = staff.accounts(who)
    return page(request, "accounts.html", status, accounts=found, roles=ROLES, notice=notice)


def _rules(
    request: Request,
    who: Actor,
    staff: Staffing,
    notice: str = "",
    status: int = 200,
    look: str = "good",
) -> HTMLResponse:
    found = staff.municipality(who)
    return page(
        request, "rules.html", status, rules=found, policies=POLICIES, notice=notice, look=look
    )
