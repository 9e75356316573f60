"""The staff web as one application."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from bot.staff import failures, today
from bot.staff.pages import HERE
from bot.staff.parts import StaffParts


def create_app(parts: StaffParts) -> FastAPI:
    """The application; nothing is opened or started by this."""
    app = FastAPI(title="Kurv for ansatte", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.parts = parts
    failures.install(app)
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    for router in (today.router,):
        app.include_router(router)
    return app
