"""What can come instead of something that is sold out: the same kind of ware, near in price.

Pure; whether a substitute is in stock, the caller asks the grocer.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from rapidfuzz import fuzz

from bot.ordering.catalogue import Product
from bot.ordering.gates import Needs, Verdict
from bot.ordering.kinds import kind_of
from bot.ordering.match import History

#: At most so many are offered: whoever is tired cannot hold more (facts on voice design).
MOST_OFFERED = 2
#: Names less alike than this are another ware.
_LEAST_ALIKE = 70
#: A pack may be at most so many times larger or smaller.
_WIDEST_SIZE = Decimal(2)
#: It may cost so many times as much, or so many kroner more a pack, whichever is more.
_DEAREST_TIMES, _DEAREST_MORE = Decimal("1.6"), Decimal(20)
#: Words that somebody chose for a reason: what comes instead must have them too.
_KEPT = re.compile(
    r"laktosefri|glutenfri|sukkerfri|uten sukker|usaltet|usukret|koffeinfri|vegan|\bzero\b|\bmax\b"
    r"|\blight\b|alkoholfri|\baa\b|\baaa\b|\bbaby|\d+ mnd"
)


@dataclass(frozen=True, slots=True)
class Substitute:
    """A product that can come instead.

    Attributes:
        product: what comes.
        quantity: how many packs (or kilos) give about as much as was ordered.
        dearer: kroner more than what was ordered, for all of it; below zero when it is cheaper.
    """

    product: Product
    quantity: Decimal
    dearer: Decimal


def substitutes(
    gone: Product,
    quantity: Decimal,
    assortment: Iterable[Product],
    needs: Needs,
    history: History,
    leave_out: Collection[str] = (),
) -> list[Substitute]:
    """What can come instead of `quantity` of `gone`, best first.

    Never something that the person must not have, never something less known than what it stands
    for, and never restricted goods for something that is not restricted.
    """
    found = []
    for product in assortment:
        if product.product_id == gone.product_id or product.product_id in leave_out:
            continue
        if not _may_stand_for(gone, product, needs):
            continue
        each = instead_of(gone, quantity, product)
        if each is not None:
            found.append((_likeness(gone, each, history), each))
    found.sort(key=lambda one: (-one[0], abs(one[1].dearer), one[1].product.product_id))
    return [each for _, each in found]


def _may_stand_for(gone: Product, product: Product, needs: Needs) -> bool:
    if (product.category, product.unit) != (gone.category, gone.unit):
        return False
    if product.restricted is not gone.restricted:
        return False
    if not set(_KEPT.findall(_name(gone))) <= set(_KEPT.findall(_name(product))):
        return False
    same_kind = kind_of(product).name == kind_of(gone).name
    if not same_kind and fuzz.token_set_ratio(_name(gone), _name(product)) < _LEAST_ALIKE:
        return False
    verdict = needs.of(product)
    return verdict is Verdict.FINE or (
        verdict is Verdict.UNKNOWN and needs.of(gone) is not Verdict.FINE
    )


def instead_of(gone: Product, quantity: Decimal, product: Product) -> Substitute | None:
    """How much of `product` gives about as much as was ordered; None when that is unreasonable."""
    packs, fair = quantity, quantity * gone.price
    had, has = gone.content, product.content
    if had is not None and has is not None and had.unit == has.unit:
        ratio = had.amount / has.amount
        if not 1 / _WIDEST_SIZE <= ratio <= _WIDEST_SIZE:
            return None
        if gone.unit == "stk":
            packs = max((quantity * ratio).quantize(Decimal(1), ROUND_HALF_UP), Decimal(1))
            fair = gone.price * packs / ratio  # what that much of it would have cost
    price = packs * product.price
    if price > max(fair * _DEAREST_TIMES, fair + packs * _DEAREST_MORE):
        return None
    return Substitute(product, packs, price - quantity * gone.price)


def _likeness(gone: Product, each: Substitute, history: History) -> Decimal:
    """How well the substitute does, higher is better: name, then pack, habit, brand and price."""
    product = each.product
    score = Decimal(round(fuzz.token_sort_ratio(_name(gone), _name(product))))
    score += 25 if product.content == gone.content else -10
    if history.counts.get(product.product_id):
        score += 20
    if product.brand and product.brand == gone.brand:
        score += 5
    worth = product.price * each.quantity - each.dearer
    return score - (min(abs(each.dearer) / worth, Decimal(1)) * 30 if worth else 0)


def _name(product: Product) -> str:
    return product.name.casefold()
