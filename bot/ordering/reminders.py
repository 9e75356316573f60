"""What a person seems to have forgotten, from the rhythm in which they buy it. Pure: no clock.

A ware is due when about as much time has gone by as usually lies between two purchases of it. One
that they seem to have stopped buying is not, and neither is one that was bought only now and then.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from statistics import median, median_low
from typing import TypeVar

K = TypeVar("K", bound=Hashable)

#: So many days of purchase make a rhythm.
FEWEST_PURCHASES = 3
#: Only the latest purchases count: habits change.
_LATEST = 8
#: Due from this part of the usual interval on: an order is made a little before a thing runs out.
_EARLY = 0.8
#: After so many intervals without a purchase they have stopped.
_STOPPED = 3
#: Longer intervals than this are no habit that one forgets.
_LONGEST_DAYS = 45


@dataclass(frozen=True, slots=True)
class Purchase:
    """One product that was bought once: packs, or kilograms of what is sold by weight."""

    product_id: str
    quantity: Decimal
    day: date


@dataclass(frozen=True, slots=True)
class Due:
    """A ware that is usually bought about now.

    Attributes:
        product_id: the product of that ware that was bought last.
        quantity: how much of it is usually bought at a time.
        every_days: the usual time between two purchases, in days.
    """

    product_id: str
    quantity: Decimal
    every_days: int


def due(
    purchases: Iterable[Purchase],
    today: date,
    kind_of: Callable[[str], K | None],
    leave_out: Collection[K],
) -> list[Due]:
    """The wares that are due, the firmest habit first.

    Args:
        purchases: everything that was bought, in any order; later days than `today` are ignored.
        kind_of: product id -> which ware it is; None for one that we never remind of.
        leave_out: wares that are in the basket already, or that the person does not want.
    """
    by_kind: dict[K, list[Purchase]] = defaultdict(list)
    for purchase in purchases:
        kind = kind_of(purchase.product_id)
        if kind is not None and kind not in leave_out and purchase.day <= today:
            by_kind[kind].append(purchase)
    found = [(len(bought), each) for bought in by_kind.values() if (each := _due(bought, today))]
    return [each for _, each in sorted(found, key=lambda one: (-one[0], one[1].product_id))]


def _due(bought: list[Purchase], today: date) -> Due | None:
    days = sorted({purchase.day for purchase in bought})[-_LATEST:]
    if len(days) < FEWEST_PURCHASES:
        return None
    intervals = [(later - earlier).days for earlier, later in pairwise(days)]
    every = median(intervals)
    waited = (today - days[-1]).days
    if every > _LONGEST_DAYS or not every * _EARLY <= waited <= every * _STOPPED:
        return None
    latest = [purchase for purchase in bought if purchase.day == days[-1]]
    product_id = min(purchase.product_id for purchase in latest)
    usual = sorted((each.day, each.quantity) for each in bought if each.product_id == product_id)
    return Due(product_id, median_low(much for _, much in usual[-_LATEST:]), round(every))


def how_often(days: int) -> str:
    """An interval as people say it: "hver uke"."""
    for longest, words in (
        (4, "flere ganger i uken"),
        (10, "hver uke"),
        (17, "annenhver uke"),
        (24, "hver tredje uke"),
        (38, "hver måned"),
    ):
        if days <= longest:
            return words
    return "jevnlig"
