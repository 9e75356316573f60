"""The first page: what needs doing now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from bot.casework.actor import Actor, Role
from bot.casework.today import PAGE, Duty, Overview
from bot.grocers.local_time import UTC
from bot.staff.guard import Doer, Parts, Who
from bot.staff.pages import page, wants_part
from bot.staff.parts import StaffParts

router = APIRouter(default_response_class=HTMLResponse)

TaskId = Annotated[int, Path(ge=1, le=2**31 - 1)]


@dataclass(frozen=True, slots=True)
class Tile:
    """One number at the top of the page."""

    count: int
    title: str
    anchor: str
    look: str


@dataclass(frozen=True, slots=True)
class Shown:
    """The overview as the page shows it: what the actor can do first, what others must do last."""

    overview: Overview
    duties: list[Duty]
    tiles: list[Tile]

    @property
    def now(self) -> datetime:
        """The moment of the page."""
        return self.overview.now

    @property
    def deliver(self) -> date:
        """The day of delivery that the deadline is for."""
        return self.overview.deadline.date() + timedelta(days=1)


@router.get("/")
def today(request: Request, who: Who, parts: Parts) -> Response:
    """Everything that waits for the one who is signed in."""
    if not who.roles & {Role.ORDERER, Role.APPROVER}:
        return page(request, "welcome.html")
    return _overview(request, who, parts)


@router.get("/bestillinger")
def sent(
    request: Request, who: Who, parts: Parts, fra_nr: Annotated[int, Query(ge=0, le=100_000)] = 0
) -> HTMLResponse:
    """The orders on their way."""
    found, total = parts.office.today.sent(who, fra_nr)
    return page(
        request, "sent.html", sent=found, total=total, offset=fra_nr, size=PAGE,
        now=datetime.now(UTC),
    )  # fmt: skip


@router.post("/oppgave/{task_id}/ferdig", response_model=None)
def close_task(
    request: Request,
    who: Doer,
    parts: Parts,
    task_id: TaskId,
    tilbake: Annotated[str, Form(max_length=200)] = "/",
) -> Response:
    """A task was done."""
    parts.office.today.close_task(who, task_id)
    if wants_part(request):
        return _overview(request, who, parts)
    # Only to a page of ours: "//elsewhere" would leave the house.
    ours = tilbake.startswith("/") and not tilbake.startswith(("//", "/\\"))
    return RedirectResponse(tilbake if ours else "/", status_code=303)


def _overview(request: Request, who: Actor, parts: StaffParts) -> HTMLResponse:
    found = parts.office.today.overview(who)
    mine = [duty for duty in found.duties if duty.mine]
    others = [duty for duty in found.duties if not duty.mine]
    urgent = any(duty.kind.weight == 0 for duty in mine)
    tiles = [
        Tile(len(mine), "trenger deg", "oppgaver", "pressing" if urgent else "waiting"),
        Tile(len(found.calls), "snakker nå", "samtaler", "talking"),
        Tile(found.waiting_count, "kurver venter på ja", "kurver", ""),
        Tile(found.sent_count, "bestilt og på vei", "sendt", ""),
    ]
    name = "today_lists.html" if wants_part(request) else "today.html"
    return page(request, name, o=Shown(found, [*mine, *others], tiles), now=found.now)
