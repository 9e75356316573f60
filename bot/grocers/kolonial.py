"""The client of the Kolonial (now Oda) API.

The API's cart takes *signed changes*, so a repeated request adds twice, and an answer that is lost
leaves us not knowing. This client therefore never trusts what it sent: it reads the cart, sends the
difference to what it should hold, and reads again, until there is no difference. An order is placed
with its own reference; whoever submits it again finds it by that before touching the cart. So each
step can be repeated, and after any failure the whole of it simply begins anew.

What the public API description does not settle, a contract with the grocer does. Until then:

- One account for each recipient, with the recipient's id as the user name and one service password:
  the documented API has one cart for each login and no "on behalf of". Recipients who are ordered
  for by staff thus never share a cart.
- `slots/`, `slots/<id>/reserve/`, `checkout/` and `orders/`, in the shapes of the newer web API.
  `checkout/` names the items that it expects in the cart, so that a change that was sent long ago
  and arrives in between is refused instead of ordered.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TypeVar
from urllib.parse import quote

import httpx
import tenacity

from bot.errors import GrocerError, GrocerRejected, GrocerUnavailable, KurvError, SoldOut
from bot.grocers.delivery import choose_slot
from bot.grocers.kolonial_http import (
    ANSWER_SECONDS,
    CONNECT_SECONDS,
    KolonialHttp,
    Refused,
)
from bot.grocers.kolonial_shapes import (
    CartLine,
    Malformed,
    PlacedOrder,
    read_cart,
    read_order,
    read_order_list,
    read_slots,
    read_ware,
    read_wares,
)
from bot.grocers.local_time import UTC
from bot.grocers.product_numbers import ProductNumbers
from bot.grocers.protocol import Found, Receipt, ReceiptLine, Slot
from bot.ordering.catalogue import Catalogue

_T = TypeVar("_T")

#: So often a cart is brought into line before it is taken to be beyond us.
_CART_ROUNDS = 4

#: Reasons after which the world is another: beginning anew will see it as it is now.
_MOVED_ON = {
    "cart_changed",
    "cart_empty",
    "slot_full",
    "slot_not_found",
    "slot_unavailable",
}


class KolonialGrocer:
    """A `bot.grocers.protocol.Grocer` over the Kolonial API. Safe to use from several threads."""

    def __init__(
        self,
        url: str,
        catalogue: Catalogue,
        *,
        client_token: str = "kurv",
        password: str = "kurv",
        attempts: int = 4,
        patience_seconds: float = 30.0,
        backoff_seconds: float = 0.25,
        connect_seconds: float = CONNECT_SECONDS,
        answer_seconds: float = ANSWER_SECONDS,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """Connects at the first request.

        Args:
            url: base of the API (KURV_GROCER_URL).
            catalogue: our products, whose ids the callers use.
            client_token: what the grocer gave this client.
            password: the service password of the recipients' accounts.
            attempts: how often one call is tried while its failures are retryable.
            patience_seconds: after so long no new attempt begins.
            backoff_seconds: about how long to wait before the second attempt; it doubles.
            connect_seconds, answer_seconds: time limits of one request.
            clock: the time now, with a zone.
            transport: another way to send requests, for tests.

        Raises:
            SettingsError: `url` is not an HTTP address.
        """
        self._http = KolonialHttp(
            url,
            client_token,
            password,
            connect_seconds=connect_seconds,
            answer_seconds=answer_seconds,
            transport=transport,
        )
        self._numbers = ProductNumbers(self._http, catalogue)
        self._attempts = attempts
        self._patience = patience_seconds
        self._backoff = backoff_seconds
        self._clock = clock
        self._locks: dict[str, threading.Lock] = {}

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    # -- the protocol -------------------------------------------------------------------------

    def submit(
        self,
        key: str,
        recipient_id: str,
        lines: Sequence[tuple[str, Decimal]],
        delivery: str | None = None,
    ) -> Receipt:
        """Order exactly these lines, once; see `bot.grocers.protocol.Grocer.submit`."""
        wanted: dict[str, Decimal] = {}
        for product_id, quantity in lines:
            if not quantity.is_finite() or quantity <= 0:
                raise GrocerRejected("En vare i bestillingen har et umulig antall.")
            wanted[product_id] = wanted.get(product_id, Decimal(0)) + quantity
        if not wanted:
            raise GrocerRejected("Bestillingen er tom, så det er ingenting å sende til butikken.")
        # One cart for each recipient: two orders in one process must not fill it together. Other
        # processes are held off by the checkout, which names what it expects in the cart.
        with self._locks.setdefault(recipient_id, threading.Lock()):
            return self._patiently(lambda: self._submit(key, recipient_id, wanted, delivery))

    def availability(self, product_ids: Sequence[str]) -> Mapping[str, bool]:
        """Whether each product can be ordered now; False also for what the grocer lacks."""
        return {
            each: self._patiently(lambda each=each: self._is_available(each))  # type: ignore[misc]
            for each in dict.fromkeys(product_ids)
        }

    def slots(self, recipient_id: str | None = None) -> list[Slot]:
        """The times that are still open for delivery, soonest first."""
        offered = self._patiently(lambda: read_slots(self._http.get("slots/", user=recipient_id)))
        now = self._clock()
        return [each for each in offered if each.available and each.cutoff > now]

    def search(self, text: str) -> list[Found]:
        """What the grocer's own search finds for a text or a barcode, best first."""
        wares = self._patiently(lambda: read_wares(self._http.get("search/", params={"q": text})))
        return [
            Found(
                product_id=self._numbers.recognise(each),
                grocer_id=str(each.number),
                name=each.name,
                price=each.price,
                available=each.available,
            )
            for each in wares
        ]

    # -- submitting, step by step; every step may be repeated -----------------------------------

    def _submit(
        self, key: str, recipient_id: str, wanted: Mapping[str, Decimal], delivery: str | None
    ) -> Receipt:
        earlier = self._find_order(key, recipient_id)
        if earlier is not None:
            for product_id in wanted:  # a new process must learn the numbers to name the lines
                self._numbers.number_of(product_id)
            return self._receipt(earlier)
        items = self._resolve(wanted)
        slot = self._reserve(recipient_id, delivery)
        self._fill_cart(recipient_id, items)
        order = self._place(key, recipient_id, slot, items)
        self._check_content(order, items)
        return self._receipt(order)

    def _find_order(self, key: str, user: str) -> PlacedOrder | None:
        """The order that was placed with this key.

        Raises:
            GrocerRejected: it was cancelled since, or another revision of it is on its way: then a
                second order must not follow by itself.
        """
        order_id = key.rpartition(":")[0]
        # The newest page is enough: what is submitted again was submitted a short while ago.
        orders = read_order_list(self._http.get("orders/", user=user))
        for each in orders:
            if each.reference == key:
                if each.status == "CANCELLED":
                    raise GrocerRejected(
                        f"Bestillingen er avbestilt hos butikken (ordre {each.order_number})."
                    )
                return read_order(self._http.get(f"orders/{quote(each.order_number)}/", user=user))
        for each in orders:
            if (
                order_id
                and each.reference.rpartition(":")[0] == order_id
                and each.status != "CANCELLED"
            ):
                raise GrocerRejected(
                    "Butikken har alt en tidligere utgave av bestillingen "
                    f"(ordre {each.order_number}); en ansatt må ordne det."
                )
        return None

    def _resolve(self, wanted: Mapping[str, Decimal]) -> dict[int, Decimal]:
        """The same order with the grocer's product numbers."""
        items: dict[int, Decimal] = {}
        missing = []
        for product_id, quantity in wanted.items():
            number = self._numbers.number_of(product_id)
            if number is None:
                missing.append(product_id)
            elif number in items:  # two products, one number: one of them is remembered wrongly
                raise self._renumbered([number])
            else:
                items[number] = quantity
        if missing:
            raise _sold_out(missing)
        return items

    def _reserve(self, user: str, delivery: str | None) -> Slot:
        slots = read_slots(self._http.get("slots/", user=user))
        slot = choose_slot(delivery, slots, self._clock())
        if slot is None:
            raise GrocerRejected(
                "Butikken har ingen ledige leveringstider; en ansatt må se på det."
            )
        self._http.post(f"slots/{quote(slot.slot_id)}/reserve/", {}, user=user)
        return slot

    def _fill_cart(self, user: str, items: Mapping[int, Decimal]) -> None:
        """Change the cart until it holds exactly these items.

        Raises:
            SoldOut: something in it cannot be had.
        """
        for _ in range(_CART_ROUNDS):
            cart = read_cart(self._http.get("cart/", user=user))
            changes = cart_changes(cart, items)
            if not changes:
                others = [line.number for line in cart.values() if not self._numbers.fits(line)]
                if others:
                    raise self._renumbered(others)
                gone = [number for number, line in cart.items() if not line.available]
                if gone:
                    raise self._sold_out_numbers(gone)
                return
            body = {
                "items": [
                    {"product_id": number, "quantity": _number(change)}
                    for number, change in changes.items()
                ]
            }
            self._http.post("cart/items/", body, user=user)
        raise self._why_missing(user, items)

    def _why_missing(self, user: str, items: Mapping[int, Decimal]) -> GrocerError:
        """Why the cart does not take what it was sent: because it cannot be had, as a rule."""
        cart = read_cart(self._http.get("cart/", user=user))
        lacking = [number for number in cart_changes(cart, items) if number in items]
        gone = [
            number
            for number in lacking
            if not read_ware(self._http.get(f"products/{number}/")).available
        ]
        if gone:
            return self._sold_out_numbers(gone)
        return GrocerUnavailable("Handlekurven hos butikken ble ikke riktig; vi prøver igjen.")

    def _place(self, key: str, user: str, slot: Slot, items: Mapping[int, Decimal]) -> PlacedOrder:
        body = {
            "external_reference": key,
            "slot_id": int(slot.slot_id) if slot.slot_id.isdecimal() else slot.slot_id,
            "items": [
                {"product_id": number, "quantity": _number(quantity)}
                for number, quantity in items.items()
            ],
        }
        headers = {"Idempotency-Key": quote(key, safe=":-._~")}
        return read_order(self._http.post("checkout/", body, user=user, headers=headers))

    def _check_content(self, order: PlacedOrder, items: Mapping[int, Decimal]) -> None:
        """Raises GrocerRejected when the grocer took down something else than was ordered."""
        placed = {line.number: line.quantity for line in order.lines}
        if placed != dict(items):
            raise GrocerRejected(
                "Butikken noterte andre varer enn de som ble bestilt "
                f"(ordre {order.order_number}); en ansatt må se på det."
            )

    def _receipt(self, order: PlacedOrder) -> Receipt:
        return Receipt(
            reference=order.order_number,
            total=order.total,
            delivery=order.delivery,
            lines=tuple(
                ReceiptLine(
                    product_id=self._numbers.product_of(line.number),
                    name=line.description,
                    quantity=line.quantity,
                    sum=line.amount,
                )
                for line in order.lines
            ),
            status=order.status,
        )

    # -- failures -----------------------------------------------------------------------------

    def _patiently(self, call: Callable[[], _T]) -> _T:
        """Try again while that can help."""
        retrying = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(self._attempts)
            | tenacity.stop_after_delay(self._patience),
            wait=tenacity.wait_random_exponential(multiplier=self._backoff, max=8),
            retry=tenacity.retry_if_exception(
                lambda error: isinstance(error, KurvError) and error.retryable
            ),
            reraise=True,
        )
        return retrying(self._understood, call)

    def _understood(self, call: Callable[[], _T]) -> _T:
        """The call, with the grocer's reasons turned into the error that fits them."""
        try:
            return call()
        except Malformed as error:
            raise GrocerRejected(
                "Butikken svarte på en måte vi ikke forstår; en ansatt må se på det."
            ) from error
        except Refused as error:
            if error.reason == "unavailable" and error.numbers:
                raise self._sold_out_numbers(error.numbers) from error
            if error.reason == "product_not_found" and error.numbers:
                # A number that we remembered is no longer good; the next attempt looks it up.
                for number in error.numbers:
                    self._numbers.forget(number)
                raise GrocerUnavailable(
                    "Butikken har byttet varenumre; vi prøver igjen."
                ) from error
            if error.reason in _MOVED_ON:
                raise GrocerUnavailable(
                    "Handlekurven eller leveringstiden endret seg underveis; vi prøver igjen."
                ) from error
            raise

    def _renumbered(self, numbers: Sequence[int]) -> GrocerUnavailable:
        """These numbers are not good any more; the next attempt looks the products up anew."""
        for number in numbers:
            self._numbers.forget(number)
        return GrocerUnavailable("Butikken har byttet varenumre; vi prøver igjen.")

    def _is_available(self, product_id: str) -> bool:
        number = self._numbers.number_of(product_id)
        if number is None:
            return False
        return read_ware(self._http.get(f"products/{number}/")).available

    def _sold_out_numbers(self, numbers: Sequence[int]) -> SoldOut:
        return _sold_out([self._numbers.product_of(each) for each in numbers])


def cart_changes(cart: Mapping[int, CartLine], items: Mapping[int, Decimal]) -> dict[int, Decimal]:
    """The signed changes that make the cart hold exactly these items; what is right is left out."""
    changes = {}
    for number in {**cart, **items}:
        has = cart[number].quantity if number in cart else Decimal(0)
        change = items.get(number, Decimal(0)) - has
        if change:
            changes[number] = change
    return changes


def _number(quantity: Decimal) -> int | Decimal:
    """As the API writes it: 2, or 0.8 for goods by weight."""
    return int(quantity) if quantity == quantity.to_integral_value() else quantity.normalize()


def _sold_out(product_ids: Sequence[str]) -> SoldOut:
    several = len(product_ids) > 1
    return SoldOut(
        "Noen av varene kan ikke leveres nå." if several else "En av varene kan ikke leveres nå.",
        product_ids,
    )
