"""Templates: how things look on a page."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates
from jinja2 import Environment, FileSystemLoader

from bot.casework.actor import Role, SignedIn
from bot.staff.words import FILTERS

HERE = Path(__file__).resolve().parent
#: Asks for a part of a page instead of the page; "auto" when the page asks by itself.
PART_HEADER = "x-kurv-part"
_environment = Environment(
    loader=FileSystemLoader(HERE / "templates"), autoescape=True, trim_blocks=True,
    lstrip_blocks=True,
)  # fmt: skip
_environment.filters.update(FILTERS)
_templates = Jinja2Templates(env=_environment)


@dataclass(frozen=True, slots=True)
class Link:
    """An entry of the main menu, for those with one of the roles."""

    href: str
    title: str
    roles: frozenset[Role]


#: The main menu; whoever adds a page for a role adds it here.
MENU = (
    Link("/", "I dag", frozenset({Role.ORDERER, Role.APPROVER})),
    Link("/mottakere", "Mottakere", frozenset({Role.ORDERER, Role.APPROVER})),
    Link("/ansatte", "Ansatte", frozenset({Role.ADMINISTRATOR})),
    Link("/kommunen", "Kommunen", frozenset({Role.ADMINISTRATOR})),
    Link("/personvern", "Personvern", frozenset({Role.PRIVACY})),
)


def wants_part(request: Request) -> bool:
    """Whether our script asks for a part of a page."""
    return PART_HEADER in request.headers


def page(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """One page or part of a page, with `who` and the session's form token at hand."""
    found: SignedIn | None = getattr(request.state, "session", None)
    shown = {
        "who": found.actor if found else None,
        "form_token": found.form_token if found else "",
        "links": [link for link in MENU if found and link.roles & found.actor.roles],
        **values,
    }
    return _templates.TemplateResponse(request, template, shown, status_code=status)
