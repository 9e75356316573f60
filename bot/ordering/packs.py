"""From "to liter lettmelk" to packs: which product and how many of it.

A measure ("to liter", "en halv kilo") is filled from the pack sizes that the ware has; a count is a
number of packs, unless it is the number of pieces in one ("seks egg" is one six-pack). Never more
than was asked for without saying so: then `PackPlan.exact` is False.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from bot.ordering.catalogue import Product
from bot.ordering.lemmas import word_set

if TYPE_CHECKING:
    from bot.ordering.amount import Amount

_ONE = Decimal(1)
_MEASURES = ("l", "kg")
_STEP = Decimal("0.1")

#: Words for something that holds pieces: "to brett egg" are two packs, never two eggs.
_PACK_WORDS = word_set(
    """
    pakke flaske boks brett kartong pose beger glass tube rull bunt klase eske kasse spann
    kurv pakning nett hermetikkboks
    """
)

#: What one piece weighs, in kilograms, for wares that are sold by weight and asked for by number.
#: Ordinary shop weights, rounded; a plan made with them is never exact.
_PIECE_KILOS: tuple[tuple[str, Decimal], ...] = tuple(
    (ware, Decimal(grams) / 1000)
    for ware, grams in (
        ("søtpotet", 400),
        ("potet", 120),
        ("gulrot", 100),
        ("gulrøtt", 100),
        ("hvitløk", 60),
        ("vårløk", 20),
        ("rødløk", 110),
        ("løk", 120),
        ("banan", 190),
        ("eple", 170),
        ("epler", 170),
        ("pære", 180),
        ("appelsin", 220),
        ("klementin", 90),
        ("mandarin", 90),
        ("sitron", 130),
        ("lime", 80),
        ("grapefrukt", 350),
        ("tomat", 110),
        ("agurk", 350),
        ("paprika", 200),
        ("squash", 300),
        ("aubergine", 350),
        ("kålrot", 900),
        ("kålrabi", 900),
        ("hodekål", 1200),
        ("blomkål", 800),
        ("brokkoli", 400),
        ("rødbet", 150),
        ("avokado", 200),
        ("kiwi", 90),
        ("plomme", 70),
        ("nektarin", 140),
        ("fersken", 150),
        ("mango", 400),
        ("ingefær", 100),
        ("pølse", 80),
        ("karbonade", 120),
        ("koteletter", 200),
        ("kotelett", 200),
    )
)


@dataclass(frozen=True, slots=True)
class PackPlan:
    """What goes into the basket for one order line.

    Attributes:
        product: the pack size that was chosen.
        quantity: packs, or kilograms when the product is sold by weight (`unit` "kg").
        exact: False when this is not just what was asked for; that must be said.
        wanted: what was asked for, None when no amount was said.
    """

    product: Product
    quantity: Decimal
    exact: bool
    wanted: Amount | None


def plan(product: Product, amount: Amount | None, siblings: Sequence[Product] = ()) -> PackPlan:
    """Fills an amount from the packs there are.

    Args:
        product: what the person chose; wins whenever it fills the amount as well as a sibling.
        amount: None means one pack (or one kilogram of a ware sold by weight).
        siblings: the same ware of the same brand in other sizes, `product` may be among them.
    """
    if amount is None:
        return PackPlan(product, _ONE, True, None)
    value = abs(amount.value)
    packs = (product, *(each for each in siblings if each.product_id != product.product_id))
    if amount.pack_pieces:
        return _of_pieces(packs, value, amount)
    if amount.unit in _MEASURES:
        return _measure(packs, value, amount)
    return _count(packs, value, amount)


def _measure(packs: Sequence[Product], value: Decimal, amount: Amount) -> PackPlan:
    """Litres or kilograms: the pack that fills them best, fewest packs among equals."""
    product = packs[0]
    if product.unit == "kg":
        if amount.unit == "kg":
            return PackPlan(product, _plain(value), True, amount)
        return PackPlan(product, _ONE, False, amount)
    ways: list[tuple[Decimal, int, Decimal, int, Product]] = []
    for number, pack in enumerate(packs):
        content = pack.content
        if pack.unit == "kg" or content is None or content.unit != amount.unit:
            continue
        count = _nearest_count(value, content.amount)
        off = abs(count * content.amount - value)
        # Among packs that fill exactly the one that was chosen comes first.
        ways.append((off, 0 if number == 0 else 1, count, number, pack))
    if not ways:
        # Its size is not known in this unit (litres of something in kilograms): packs, and say so.
        return PackPlan(product, max(_ONE, _whole(value)), False, amount)
    off, _, count, _, pack = min(ways, key=lambda way: way[:4])
    return PackPlan(pack, count, off == 0, amount)


def _nearest_count(value: Decimal, pack: Decimal) -> Decimal:
    """How many packs come nearest to `value`; the smaller number when two are as near."""
    count = max(_ONE, value // pack)
    more = count + 1
    return more if abs(more * pack - value) < abs(count * pack - value) else count


def _of_pieces(packs: Sequence[Product], value: Decimal, amount: Amount) -> PackPlan:
    """A "sekspakning": the pack with that many pieces, `value` of them."""
    wanted = Decimal(amount.pack_pieces or 1)
    for pack in packs:
        if _pieces(pack) == wanted:
            return PackPlan(pack, _whole(value), True, amount)
    product = packs[0]
    if amount.abbreviated:
        return PackPlan(product, _whole(value) * wanted, True, amount)  # "4 pk smør"
    pieces = _pieces(product)
    if pieces == 1 or pieces is None:
        # Single cans: six of them hold the same as a six-pack.
        return PackPlan(product, _whole(value) * wanted, pieces == 1, amount)
    return PackPlan(product, _nearest_count(value * wanted, pieces), False, amount)


def _count(packs: Sequence[Product], value: Decimal, amount: Amount) -> PackPlan:
    """A bare number, or a number of pack words or pieces."""
    product = packs[0]
    unit = amount.unit
    if product.unit == "kg":
        return _weighed(product, value, amount)
    rolls = unit == "rull" and (_pieces(product) or _ONE) > 1  # "fire ruller tørkerull"
    if unit in _PACK_WORDS and not rolls:
        return PackPlan(product, _whole(value), value == _whole(value), amount)
    in_pieces = [
        (pack, pieces) for pack in packs if (pieces := _pieces(pack)) is not None and pieces > 1
    ]
    if unit == "" and value != _whole(value) and value < 1:
        if "halv" in product.name.casefold().split():
            return PackPlan(product, _ONE, True, amount)  # "en halv agurk" is sold by the half
        return _half(packs, value, amount)
    for pack, pieces in in_pieces:
        if value == pieces:
            return PackPlan(pack, _ONE, True, amount)
    if in_pieces and _counted(product) and value > 1:
        # "tolv egg" where there are six-packs: two of them.
        fitting = [(value / pieces, pack) for pack, pieces in in_pieces if value % pieces == 0]
        if fitting and value > min(pieces for _, pieces in in_pieces):
            count, pack = min(fitting, key=lambda way: way[0])
            return PackPlan(pack, count, True, amount)
        smallest = min(pieces for _, pieces in in_pieces)
        if value > 3 or unit in ("stk", "rull"):
            pack, pieces = min(
                in_pieces,
                key=lambda way: (
                    abs(_nearest_count(value, way[1]) * way[1] - value),
                    _nearest_count(value, way[1]),
                ),
            )
            return PackPlan(pack, _nearest_count(value, pieces), value == smallest, amount)
    whole = _whole(value)
    return PackPlan(product, whole, whole == value, amount)


def _half(packs: Sequence[Product], value: Decimal, amount: Amount) -> PackPlan:
    """ "Et halvt brød": a pack of half the size if there is one, else a whole one and say so."""
    whole = packs[0].content
    if whole is not None:
        for pack in packs[1:]:
            content = pack.content
            if content and content.unit == whole.unit and content.amount == whole.amount * value:
                return PackPlan(pack, _ONE, True, amount)
    return PackPlan(packs[0], _ONE, False, amount)


def _weighed(product: Product, value: Decimal, amount: Amount) -> PackPlan:
    """A number of something that is sold by weight: about what that many pieces weigh."""
    name = product.name.casefold()
    for ware, kilos in _PIECE_KILOS:
        if ware in name:
            about = (value * kilos).quantize(_STEP, rounding=ROUND_HALF_UP)
            return PackPlan(product, _plain(max(about, _STEP)), False, amount)
    return PackPlan(product, _plain(value), False, amount)


def _counted(product: Product) -> bool:
    """Whether people count the pieces of this ware: a pack of eggs, not a pack of napkins."""
    content = product.content
    return content is not None and content.unit == "stk" and 1 < content.amount <= 30


def _pieces(product: Product) -> Decimal | None:
    """How many pieces one pack holds, None when that is not said."""
    content = product.content
    if content is None:
        return None
    if content.unit == "stk":
        return content.amount
    return Decimal(content.pieces)


def _whole(value: Decimal) -> Decimal:
    return max(_ONE, value.quantize(_ONE, rounding=ROUND_HALF_UP))


def _plain(value: Decimal) -> Decimal:
    return value.quantize(_ONE) if value == value.to_integral_value() else value.normalize()
