"""What all pages about one recipient have in common: name, tabs, and the moment."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import Path, Request
from fastapi.responses import HTMLResponse

from bot.casework.actor import Actor
from bot.casework.recipients import Profile
from bot.grocers.local_time import UTC
from bot.staff.pages import page
from bot.staff.parts import StaffParts

RecipientId = Annotated[str, Path(min_length=1, max_length=100)]
_TABS = (
    ("", "Kurv"),
    ("/fast", "Fast liste"),
    ("/historikk", "Bestillinger"),
    ("/om", "Om"),
)


def base_of(recipient_id: str) -> str:
    """The address of a recipient's first page."""
    return f"/mottaker/{recipient_id}"


def person_values(
    parts: StaffParts, who: Actor, recipient_id: str, why: str = ""
) -> dict[str, Any]:
    """What every page about a recipient needs.

    Raises:
        NotAllowed: the recipient is not the actor's.
    """
    profile: Profile = parts.office.recipients.profile(who, recipient_id, why)
    return {
        "profile": profile,
        "name": profile.person.display_name or profile.person.recipient_id,
        "base": base_of(recipient_id),
        "now": datetime.now(UTC),
    }


def person_page(
    request: Request, template: str, here: str, status: int = 200, **values: Any
) -> HTMLResponse:
    """A page about one recipient; `here` is its tab."""
    tabs = [
        {"href": values["base"] + path, "title": title, "here": path == here}
        for path, title in _TABS
    ]
    return page(request, template, status, tabs=tabs, **values)
