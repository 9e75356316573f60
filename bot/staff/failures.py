"""What goes wrong, as a page for people and as JSON for scripts: always one Norwegian sentence."""

from __future__ import annotations

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.exceptions import HTTPException

from bot.casework.actor import NotAllowed
from bot.errors import KurvError, StaleRevision, StoreError
from bot.staff.guard import NotSignedIn
from bot.staff.pages import page

SIGN_IN = "/logg-inn"
NOT_FOUND = "Denne siden finnes ikke, eller den hører ikke til ditt område."
NOT_UNDERSTOOD = "Noe i skjemaet kunne ikke leses; gå tilbake og prøv igjen."


def wants_page(request: Request) -> bool:
    """Whether a person's browser asks, rather than one of our scripts."""
    return "text/html" in request.headers.get("accept", "") and not request.headers.get(
        "x-kurv-part"
    )


def failure(request: Request, status: int, sentence: str, code: str) -> Response:
    """The page, or the JSON, that tells what went wrong."""
    if not wants_page(request):
        return JSONResponse({"code": code, "message": sentence}, status_code=status)
    return page(request, "failure.html", status, sentence=sentence)


def status_of(error: KurvError) -> int:
    """The HTTP status for an error of ours."""
    if isinstance(error, NotAllowed):
        return 404  # 403 would tell that it exists
    if isinstance(error, StaleRevision):
        return 409
    if isinstance(error, StoreError) or error.retryable:
        return 503
    return 400


def install(app: FastAPI) -> None:
    """Let the application answer errors in our own words."""

    @app.exception_handler(NotSignedIn)
    def not_signed_in(request: Request, error: NotSignedIn) -> Response:
        if wants_page(request):
            return RedirectResponse(SIGN_IN, status_code=303)
        return JSONResponse({"code": "not_signed_in", "message": "Logg inn på nytt."}, 401)

    @app.exception_handler(KurvError)
    def known(request: Request, error: KurvError) -> Response:
        return failure(request, status_of(error), str(error), error.code)

    @app.exception_handler(RequestValidationError)
    def unreadable(request: Request, error: RequestValidationError) -> Response:
        return failure(request, 400, NOT_UNDERSTOOD, "not_understood")

    @app.exception_handler(HTTPException)
    def http(request: Request, error: HTTPException) -> Response:
        return failure(request, error.status_code, NOT_FOUND, "not_found")
