"""Reads the Kolonial API's answers: both key styles, the older and the newer shapes.

Keys arrive in snake_case or camelCase, amounts as strings or numbers, lists bare or wrapped. Here,
and only here, that becomes typed data; whatever is missing or senseless is `Malformed`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from bot.grocers.local_time import OSLO
from bot.grocers.protocol import Slot

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class Malformed(ValueError):
    """An answer that is JSON but not what the API promises."""


@dataclass(frozen=True, slots=True)
class Ware:
    """A product as the grocer knows it; `number` is the grocer's integer for it."""

    number: int
    article_number: str
    gtin: str
    name: str
    size: str
    price: Decimal
    available: bool


@dataclass(frozen=True, slots=True)
class CartLine:
    """How much of a product is in the cart, whether it can be had, and what it is called there."""

    number: int
    quantity: Decimal
    available: bool
    article_number: str = ""
    gtin: str = ""


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """One line of an order at the grocer; `amount` in kroner."""

    number: int
    description: str
    quantity: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class PlacedOrder:
    """An order at the grocer; `lines` is empty in a list of orders."""

    order_number: str
    reference: str
    total: Decimal
    status: str
    delivery: Slot | None
    lines: tuple[PlacedLine, ...] = ()


def snake_case(value: Any) -> Any:
    """The same data with every key in snake_case."""
    if isinstance(value, Mapping):
        return {_HUMP.sub("_", str(key)).lower(): snake_case(each) for key, each in value.items()}
    if isinstance(value, list):
        return [snake_case(each) for each in value]
    return value


def read_wares(answer: Any) -> list[Ware]:
    """The products of a search, in the grocer's order; other kinds of hits are left out.

    Raises:
        Malformed: the answer holds no list of products.
    """
    found = []
    for each in _listed(answer, "products", "results", "items"):
        kind = each.get("type", "product") if isinstance(each, Mapping) else None
        if kind == "product":
            found.append(read_ware(each))
    return found


def read_ware(answer: Any) -> Ware:
    """One product.

    Raises:
        Malformed: without id, name or price.
    """
    product = _mapping(answer)
    product = _mapping(product.get("attributes", product))
    availability = product.get("availability")
    available = product.get("is_available", True)
    if isinstance(availability, Mapping):
        available = availability.get("is_available", available)
    return Ware(
        number=_integer(product.get("id")),
        article_number=_text(product.get("article_number")),
        gtin=_text(product.get("gtin")),
        name=_text(product.get("full_name")) or _text(product.get("name")),
        size=_text(product.get("name_extra")),
        price=amount(product.get("gross_price")),
        available=available is True,
    )


def read_cart(answer: Any) -> dict[int, CartLine]:
    """The cart by product number; a product that stands in several groups is added up.

    Raises:
        Malformed: not a cart.
    """
    cart = _mapping(answer)
    lines: dict[int, CartLine] = {}
    items = (
        [item for group in _listed(cart, "groups") for item in _listed(group, "items")]
        if "groups" in cart
        else _listed(cart, "items")
    )
    for item in items:
        line = _mapping(item)
        ware = _mapping(line.get("product"))
        number = _integer(ware.get("id"))
        availability = ware.get("availability")
        available = not isinstance(availability, Mapping) or availability.get("is_available", True)
        before = lines.get(number)
        lines[number] = CartLine(
            number,
            amount(line.get("quantity")) + (before.quantity if before else 0),
            bool(available) and (before is None or before.available),
            _text(ware.get("article_number")),
            _text(ware.get("gtin")),
        )
    return lines


def read_slots(answer: Any) -> list[Slot]:
    """Delivery times in Norwegian wall-clock time, soonest first.

    Raises:
        Malformed: a slot without id or times.
    """
    slots = [_slot(_mapping(each)) for each in _listed(answer, "results", "slots")]
    return sorted(slots, key=lambda slot: slot.opens)


def read_order_list(answer: Any) -> list[PlacedOrder]:
    """Orders without their lines, newest first, whether or not they come grouped by month.

    Raises:
        Malformed: not a list of orders.
    """
    orders = []
    for each in _listed(answer, "results", "orders"):
        entry = _mapping(each)
        inside = _listed(entry, "orders") if "orders" in entry else [entry]
        orders += [_order(_mapping(one)) for one in inside]
    return orders


def read_order(answer: Any) -> PlacedOrder:
    """One order with its lines.

    Raises:
        Malformed: without number, amount or items.
    """
    order = _mapping(answer)
    return _order(_mapping(order.get("summary", order)), tuple(_placed_lines(order)))


def _placed_lines(order: Mapping[str, Any]) -> Iterator[PlacedLine]:
    items = order.get("items")
    if isinstance(items, Mapping):
        groups = _listed(items, "item_groups")
        flat = [each for group in groups for each in _listed(group, "items")]
    else:
        flat = _listed(order, "items")
    for each in flat:
        line = _mapping(each)
        yield PlacedLine(
            _integer(line.get("product_id")),
            _text(line.get("description")),
            amount(line.get("quantity")),
            amount(line.get("gross_amount")),
        )


def _order(summary: Mapping[str, Any], lines: tuple[PlacedLine, ...] = ()) -> PlacedOrder:
    delivery = summary.get("delivery")
    tracking = delivery.get("tracking") if isinstance(delivery, Mapping) else None
    step = tracking.get("step_name") if isinstance(tracking, Mapping) else None
    number = _text(summary.get("order_number")) or _text(summary.get("number"))
    if not number:
        raise Malformed("an order without a number")
    return PlacedOrder(
        order_number=number,
        reference=_text(summary.get("external_reference")),
        total=amount(summary.get("gross_amount")),
        status=_text(summary.get("status")) or _text(step) or "CONFIRMED",
        delivery=_slot(delivery)
        if isinstance(delivery, Mapping) and delivery.get("open_datetime")
        else None,
        lines=lines,
    )


def _slot(slot: Mapping[str, Any]) -> Slot:
    opens = moment(slot.get("open_datetime"))
    cutoff = slot.get("cutoff_time")
    return Slot(
        slot_id=_text(slot.get("id")),
        opens=opens,
        closes=moment(slot.get("close_datetime")),
        cutoff=moment(cutoff) if cutoff else opens - timedelta(hours=1),
        price=amount(slot.get("price", 0)),
        available=not slot.get("is_full") and not slot.get("is_unavailable"),
    )


def moment(value: Any) -> datetime:
    """An ISO 8601 time with a zone, as Norwegian wall-clock time.

    Raises:
        Malformed: not a time, or without a zone.
    """
    try:
        parsed = datetime.fromisoformat(_text(value).replace("Z", "+00:00"))
    except ValueError as error:
        raise Malformed("not a time") from error
    if parsed.tzinfo is None:
        raise Malformed("a time without a zone")
    return parsed.astimezone(OSLO)


def amount(value: Any) -> Decimal:
    """A number of kroner, packs or kilograms, exact.

    Raises:
        Malformed: not a finite number.
    """
    if isinstance(value, bool) or not isinstance(value, (str, int, Decimal)):
        raise Malformed("not an amount")
    try:
        number = Decimal(value)
    except InvalidOperation as error:
        raise Malformed("not an amount") from error
    if not number.is_finite():
        raise Malformed("not a finite amount")
    return number


def _integer(value: Any) -> int:
    if isinstance(value, str) and value.isdigit():
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise Malformed("not an id")
    return value


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise Malformed("not a text")
    return str(value)


def _mapping(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise Malformed("not an object")
    return value


def _listed(value: Any, *names: str) -> list[Any]:
    """The list itself, or the first of these members that is one."""
    if isinstance(value, list):
        return value
    for name in names:
        inside = _mapping(value).get(name)
        if isinstance(inside, list):
            return inside
    raise Malformed(f"no list {' or '.join(names)}")
