"""The first page: what needs doing now."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from bot.staff.guard import Parts, Who
from bot.staff.pages import page

router = APIRouter(default_response_class=HTMLResponse)


@router.get("/")
def today(request: Request, who: Who, parts: Parts) -> HTMLResponse:
    """Everything that waits for the one who is signed in."""
    return page(request, "today.html", people=parts.office.today(who))
