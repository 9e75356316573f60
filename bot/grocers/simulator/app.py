"""The simulated grocer as a web application: the documented Kolonial API and the newer shapes.

Documented (public API description): login with a `sessionid` cookie, client token and user agent
on every request, categories, products, search by text or barcode, the cart with signed changes,
product lists. In the newer web API's shapes: delivery slots, orders. Not documented anywhere, and
therefore this simulator's own: `slots/<id>/reserve/`, `checkout/`, `orders/<number>/cancel/`, and
the fields `article_number` (the catalogue's product id) and `external_reference` (the client's own
order number). A contract with a grocer decides these; the client has them in one place.

Below `/_simulator/` it is told what to do and says what it did; it listens on the loopback
interface unless told otherwise, and nothing there names a customer.
"""

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Request, Response

from bot.grocers.local_time import UTC
from bot.grocers.simulator.admin import admin_router
from bot.grocers.simulator.checkout import Checkout
from bot.grocers.simulator.customers import Customers, ProductLists
from bot.grocers.simulator.errors import ApiError
from bot.grocers.simulator.failures import (
    App,
    Failure,
    FailurePlan,
    Message,
    Receive,
    Scope,
    Send,
    fail,
)
from bot.grocers.simulator.items import read_changes
from bot.grocers.simulator.orders import Orders
from bot.grocers.simulator.shop import Shop
from bot.grocers.simulator.slots import Slots
from bot.grocers.simulator.tables import open_database
from bot.grocers.simulator.wire import BODY, ExactJson, camel_case
from bot.ordering.catalogue import Catalogue

BASE = "/api/v1"
ADMIN = "/_simulator"
#: So many requests are remembered.
REMEMBERED = 5000


class Simulator:
    """The simulated grocer; `application` is what a web server runs."""

    def __init__(
        self,
        database: Path,
        catalogue: Catalogue,
        *,
        client_token: str = "kurv",
        password: str = "kurv",
        failures: Sequence[Failure] = (),
        slot_capacity: int = 1000,
        camel_case_keys: bool = False,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Open the shop.

        Args:
            database: where carts, orders and ids are kept; made when it is not there.
            catalogue: exactly what is sold.
            client_token: what `X-Client-Token` must say.
            password: of every account.
            failures: what shall go wrong from the start.
            slot_capacity: how many orders one delivery time takes.
            camel_case_keys: answer with camelCase keys, as parts of the newer API do.
            clock: the time now, with a zone.
        """
        engine = open_database(database)
        self.shop = Shop(engine, catalogue)
        self.customers = Customers(engine, password)
        self.lists = ProductLists(engine, self.shop)
        self.slots = Slots(engine, clock, slot_capacity)
        self.orders = Orders(engine, self.shop, clock)
        self.checkout = Checkout(engine, self.shop, self.slots, self.orders, clock)
        self.plan = FailurePlan(failures)
        self.requests: deque[dict[str, Any]] = deque(maxlen=REMEMBERED)
        self._engine = engine
        self._client_token = client_token
        self._camel_case = camel_case_keys
        self._clock = clock
        inner = FastAPI(title="Simulated grocer", docs_url=None, redoc_url=None, openapi_url=None)
        inner.add_exception_handler(ApiError, self._refusal)
        inner.include_router(self._api(), prefix=BASE)
        inner.include_router(admin_router(self), prefix=ADMIN)
        self.application: App = self._watched(inner)

    # -- around every request -----------------------------------------------------------------

    def _watched(self, inner: App) -> App:
        """Log each API request and let it meet its failure."""

        async def application(scope: Scope, receive: Receive, send: Send) -> None:
            path = scope.get("path", "")
            if scope["type"] != "http" or not path.startswith(BASE + "/"):
                await inner(scope, receive, send)
                return
            endpoint = path[len(BASE) :].strip("/")
            failure = self.plan.next_for(scope["method"], endpoint)
            entry = {
                "at": self._clock().isoformat(timespec="milliseconds"),
                "method": scope["method"],
                "endpoint": endpoint,
                "failure": failure.kind if failure else None,
                "status": None,
            }
            self.requests.append(entry)
            began = time.perf_counter()

            async def noted(message: Message) -> None:
                if message["type"] == "http.response.start":
                    entry["status"] = message["status"]
                await send(message)

            try:
                if failure is None:
                    await inner(scope, receive, noted)
                else:
                    self._prepare(failure)
                    await fail(failure, inner, scope, receive, noted)
            finally:
                entry["milliseconds"] = int((time.perf_counter() - began) * 1000)

        return application

    def _prepare(self, failure: Failure) -> None:
        if failure.kind == "logged_out":
            self.customers.logout_everybody()
        elif failure.kind == "sold_out":
            numbers = [self.number(each) for each in failure.products]
            for number in numbers or self.checkout.cart_products()[:1]:
                self.set_availability(number, "sold_out")

    def _refusal(self, _request: Request, error: Exception) -> Response:
        assert isinstance(error, ApiError)
        return self._json({"code": error.code, **error.details}, error.status)

    def _json(self, content: Any, status: int = 200) -> Response:
        return ExactJson(camel_case(content) if self._camel_case else content, status)

    # -- who asks -----------------------------------------------------------------------------

    def _known_client(self, request: Request) -> None:
        if request.headers.get("x-client-token") != self._client_token:
            raise ApiError(403, "client_token_required")
        if not request.headers.get("user-agent"):
            raise ApiError(403, "user_agent_required")

    def _visitor(self, request: Request) -> int | None:
        return self.customers.user_of(request.cookies.get("sessionid", ""))

    def _user(self, request: Request) -> int:
        user_id = self._visitor(request)
        if user_id is None:
            raise ApiError(401, "login_required")
        return user_id

    # -- the grocer's API ---------------------------------------------------------------------

    def _api(self) -> APIRouter:
        router = APIRouter(dependencies=[Depends(self._known_client)])
        self._add_account(router)
        self._add_shop(router)
        self._add_cart(router)
        self._add_lists(router)
        self._add_orders(router)
        return router

    def _add_account(self, router: APIRouter) -> None:
        @router.post("/user/login/")
        def login(body: Any = BODY) -> Response:
            fields = body if isinstance(body, Mapping) else {}
            token = self.customers.login(
                str(fields.get("username", "")), str(fields.get("password", ""))
            )
            response = self._json({"is_authenticated": True, "sessionid": token})
            response.set_cookie("sessionid", token, httponly=True, samesite="lax")
            return response

        @router.post("/user/logout/")
        def logout(request: Request) -> Response:
            self.customers.logout(request.cookies.get("sessionid", ""))
            return self._json({"is_authenticated": False})

    def _add_shop(self, router: APIRouter) -> None:
        @router.get("/productcategories/")
        def categories() -> Response:
            return self._json({"results": self.shop.categories()})

        @router.get("/productcategories/{number}/")
        def category(number: int) -> Response:
            return self._json(self.shop.category(number))

        @router.get("/products/{number}/")
        def product(number: int) -> Response:
            return self._json(self.shop.detail(number))

        @router.get("/search/")
        def search(q: str = "") -> Response:
            return self._json({"query": q, "products": self.shop.search(q)})

    def _add_cart(self, router: APIRouter) -> None:
        @router.get("/cart/")
        def cart(user_id: int = Depends(self._user)) -> Response:
            return self._json(self.checkout.cart(user_id))

        @router.post("/cart/items/")
        def cart_items(user_id: int = Depends(self._user), body: Any = BODY) -> Response:
            return self._json(self.checkout.change_cart(user_id, read_changes(body)))

        @router.post("/cart/clear/")
        def cart_clear(user_id: int = Depends(self._user)) -> Response:
            return self._json(self.checkout.clear_cart(user_id))

    def _add_lists(self, router: APIRouter) -> None:
        user = Depends(self._user)

        @router.get("/product-lists/")
        def lists(page: int = 1, user_id: int = user) -> Response:
            return self._json(self.lists.all(user_id, max(page, 1)))

        @router.post("/product-lists/")
        def create(user_id: int = user, body: Any = BODY) -> Response:
            title, description = _title(body)
            if not title:
                raise ApiError(400, "title_required")
            return self._json(self.lists.create(user_id, title, description or ""), 201)

        @router.get("/product-lists/{list_id}/")
        def one(list_id: int, user_id: int = user) -> Response:
            return self._json(self.lists.one(user_id, list_id))

        @router.post("/product-lists/{list_id}/")
        def rename(list_id: int, user_id: int = user, body: Any = BODY) -> Response:
            return self._json(self.lists.rename(user_id, list_id, *_title(body)))

        @router.delete("/product-lists/{list_id}/")
        def remove(list_id: int, user_id: int = user) -> Response:
            self.lists.delete(user_id, list_id)
            return self._json({"success": True})

        @router.post("/product-lists/{list_id}/products/")
        def change(list_id: int, user_id: int = user, body: Any = BODY) -> Response:
            return self._json(self.lists.change(user_id, list_id, read_changes(body)))

        @router.get("/product-lists/{list_id}/suggestions/")
        def suggestions(list_id: int, user_id: int = user) -> Response:
            return self._json({"products": self.lists.suggestions(user_id, list_id)})

    def _add_orders(self, router: APIRouter) -> None:
        user = Depends(self._user)

        @router.get("/slots/")
        def slots(user_id: int | None = Depends(self._visitor)) -> Response:
            return self._json({"results": self.slots.offered(user_id)})

        @router.post("/slots/{slot_id}/reserve/")
        def reserve(slot_id: int, user_id: int = user) -> Response:
            return self._json(self.slots.hold(user_id, slot_id))

        @router.post("/checkout/")
        def checkout(request: Request, user_id: int = user, body: Any = BODY) -> Response:
            fields = body if isinstance(body, Mapping) else {}
            reference, slot_id = fields.get("external_reference"), fields.get("slot_id")
            if not isinstance(reference, str) or not reference:
                raise ApiError(400, "external_reference_required")
            if not isinstance(slot_id, int):
                raise ApiError(400, "slot_id_required")
            order, is_new = self.checkout.place(
                user_id,
                reference=reference,
                idempotency_key=request.headers.get("idempotency-key") or reference,
                slot_id=slot_id,
                expected={each.product_id: each.milli for each in read_changes(fields)},
            )
            return self._json(order, 201 if is_new else 200)

        @router.get("/orders/")
        def orders(page: int = 1, user_id: int = user) -> Response:
            return self._json(self.orders.page(user_id, max(page, 1)))

        @router.get("/orders/{number}/")
        def order(number: str, user_id: int = user) -> Response:
            return self._json(self.orders.order(user_id, number))

        @router.post("/orders/{number}/cancel/")
        def cancel(number: str, user_id: int = user) -> Response:
            return self._json(self.orders.cancel(user_id, number))

    # -- what the simulator is told -----------------------------------------------------------

    def number(self, product_id: str) -> int:
        """The integer of a product.

        Raises:
            ApiError: 404.
        """
        number = self.shop.ids.get(product_id)
        if number is None:
            raise ApiError(404, "product_not_found", product_id=product_id)
        return number

    def set_availability(self, number: int, code: str) -> None:
        """Say that a product can be had ("available") or why not."""
        with self._engine.begin() as connection:
            self.shop.set_availability(connection, number, code)


def create_app(database: Path, catalogue: Catalogue, **options: Any) -> App:
    """The simulated grocer as an ASGI application; the options are those of `Simulator`.

    Hanging up (failures `timeout`, `drop`, `drop_after`) needs the server in
    `bot.grocers.simulator.server`.
    """
    return Simulator(database, catalogue, **options).application


def _title(body: Any) -> tuple[str | None, str | None]:
    fields = body if isinstance(body, Mapping) else {}
    title, description = fields.get("title"), fields.get("description")
    return (
        title if isinstance(title, str) else None,
        description if isinstance(description, str) else None,
    )
