"""What a client may write in "items": signed changes, checked before anything is applied."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bot.grocers.simulator.errors import ApiError

#: More than anybody buys; a client that sends more has a bug.
MOST = 1000


@dataclass(frozen=True, slots=True)
class Change:
    """One item of a request: a signed change in thousandths of a pack or kilogram."""

    product_id: int
    milli: int
    delete: bool = False


def read_changes(body: Any) -> list[Change]:
    """The items of a request body.

    Raises:
        ApiError: 400, not of the documented form.
    """
    items = body.get("items") if isinstance(body, Mapping) else None
    if not isinstance(items, list) or not items:
        raise ApiError(400, "items_required")
    return [_read_one(each) for each in items]


def _read_one(item: Any) -> Change:
    if not isinstance(item, Mapping):
        raise ApiError(400, "malformed_item")
    number, quantity = item.get("product_id"), item.get("quantity", 0)
    if not isinstance(number, int) or isinstance(number, bool):
        raise ApiError(400, "malformed_product_id")
    if not isinstance(quantity, (int, Decimal)) or isinstance(quantity, bool):
        raise ApiError(400, "malformed_quantity", product_ids=[number])
    milli = Decimal(quantity) * 1000
    if abs(milli) > MOST * 1000 or milli != milli.to_integral_value():
        raise ApiError(400, "malformed_quantity", product_ids=[number])
    return Change(number, int(milli), item.get("delete") is True)


def from_milli(milli: int) -> int | Decimal:
    """Thousandths as the number that the API shows: 2, or 0.8 for goods by weight."""
    whole, rest = divmod(milli, 1000)
    return whole if not rest else (Decimal(milli) / 1000).normalize()
