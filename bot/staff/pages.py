"""Templates: how things look on a page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates

from bot.casework.actor import SignedIn

HERE = Path(__file__).resolve().parent
_templates = Jinja2Templates(HERE / "templates")


def page(request: Request, name: str, status: int = 200, **values: Any) -> HTMLResponse:
    """One page or part of a page, with `who` and the session's form token at hand."""
    found: SignedIn | None = getattr(request.state, "session", None)
    shown = {
        "who": found.actor if found else None,
        "form_token": found.form_token if found else "",
        **values,
    }
    return _templates.TemplateResponse(request, name, shown, status_code=status)
