"""Below `/_simulator/`: telling the simulated grocer to fail, and asking what it got."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request, Response

from bot.grocers.simulator.errors import ApiError
from bot.grocers.simulator.failures import Failure
from bot.grocers.simulator.shop import AVAILABILITY
from bot.grocers.simulator.wire import BODY, ExactJson, read_body

if TYPE_CHECKING:
    from bot.grocers.simulator.app import Simulator


def admin_router(simulator: "Simulator") -> APIRouter:
    """Failures, stock, the log of requests, and all orders; nothing here names a customer."""
    router = APIRouter()

    # The failure plan belongs to the event loop, so these are coroutines.
    @router.get("/failures")
    async def failures() -> Response:
        return _plan(simulator)

    @router.post("/failures")
    async def add_failure(request: Request) -> Response:
        simulator.plan.add(_failure(await read_body(request)))
        return _plan(simulator, 201)

    @router.delete("/failures")
    async def clear_failures() -> Response:
        simulator.plan.clear()
        return _plan(simulator)

    @router.get("/requests")
    async def requests() -> Response:
        return ExactJson({"requests": list(simulator.requests)})

    @router.delete("/requests")
    async def forget_requests() -> Response:
        simulator.requests.clear()
        return ExactJson({"requests": []})

    @router.post("/stock")
    def stock(body: Any = BODY) -> Response:
        fields = body if isinstance(body, Mapping) else {}
        product_id, code = str(fields.get("product_id")), fields.get("code", "sold_out")
        if code not in AVAILABILITY:
            raise ApiError(400, "unknown_availability", known=list(AVAILABILITY))
        simulator.set_availability(simulator.number(product_id), code)
        return ExactJson({"product_id": product_id, "code": code})

    @router.get("/orders")
    def orders() -> Response:
        return ExactJson({"orders": simulator.orders.everything()})

    return router


def _plan(simulator: "Simulator", status: int = 200) -> Response:
    return ExactJson({"failures": [_shown(each) for each in simulator.plan.pending()]}, status)


def _failure(body: Any) -> Failure:
    fields = body if isinstance(body, Mapping) else {}
    try:
        return Failure(
            kind=str(fields.get("kind", "")),
            endpoint=str(fields.get("endpoint", "*")).strip("/") or "*",
            method=str(fields.get("method", "")).upper(),
            times=None if fields.get("times", 1) is None else int(fields.get("times", 1)),
            skip=int(fields.get("skip", 0)),
            seconds=float(fields.get("seconds", 60)),
            products=tuple(str(each) for each in fields.get("products", ())),
        )
    except (TypeError, ValueError) as error:
        raise ApiError(400, "malformed_failure", detail=str(error)) from error


def _shown(failure: Failure) -> dict[str, Any]:
    return {
        "kind": failure.kind,
        "endpoint": failure.endpoint,
        "method": failure.method,
        "times": failure.times,
        "skip": failure.skip,
        "seconds": str(failure.seconds),
        "products": list(failure.products),
    }
