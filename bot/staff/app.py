"""The staff web as one application."""

from __future__ import annotations

from collections import Counter

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.types import ASGIApp

from bot.staff import (
    administration,
    baskets,
    demo,
    failures,
    orders,
    privacy_pages,
    recipients,
    sign_in,
    stream,
    take_over,
    talks,
    today,
)
from bot.staff.guard import cookie_name
from bot.staff.pages import HERE
from bot.staff.parts import StaffParts
from bot.staff.protection import Protection


class StaffApp(FastAPI):
    """FastAPI with our protection outside everything, its own error handling included."""

    def build_middleware_stack(self) -> ASGIApp:
        """The application as the server calls it."""
        parts: StaffParts = self.state.parts
        return Protection(super().build_middleware_stack(), parts.url, cookie_name(parts))


def create_app(parts: StaffParts) -> FastAPI:
    """The application; nothing is opened or started by this."""
    app = StaffApp(title="Kurv for ansatte", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.parts = parts
    app.state.open_streams = Counter()
    failures.install(app)
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    for router in (
        sign_in.router,
        today.router,
        recipients.router,
        baskets.router,
        talks.router,
        orders.router,
        stream.router,
        take_over.router,
        administration.router,
        privacy_pages.router,
    ):
        app.include_router(router)
    if parts.demo is not None:
        app.include_router(demo.router)
    return app
