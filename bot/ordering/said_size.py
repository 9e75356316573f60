"""The size that was said with an amount: "karbonadedeig 600 gram", "dopapir tolvpakning".

An amount is first of all how much is wanted, and whole packs often make it up. But it may name a
pack that another brand or kind has, and it may be one that no pack makes up: neither is passed
over.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from bot.ordering.catalogue import Product
from bot.ordering.packs import plan
from bot.ordering.phrase import SizeFact

if TYPE_CHECKING:
    from bot.ordering.amount import Amount

_MEASURES = ("l", "kg")
#: Pieces that lie in a pack: rolls, and eggs on a tray.
_IN_PACKS = ("stk", "rull", "brett", "pakke", "pose", "eske")
#: A smaller number counts packs, not what is in one.
_FEWEST_IN_PACK = 4
#: A measure below this is what stands on one pack: nobody means two bottles by "halvannen liter".
_ONE_PACK = Decimal(2)
#: So many packs of another size than the usual one are not what somebody meant by a measure.
_MANY_SMALL = 3
#: What comes may be this much more or less than was said before that must be asked about.
_NEAR = Decimal("0.3")


def pack_facts(amount: Amount) -> tuple[SizeFact, ...]:
    """The sizes of one pack that an amount may name, likeliest first; none for a plain count."""
    value = abs(amount.value)
    if amount.upper is not None or amount.vague or not value:
        return ()
    if amount.pack_pieces:
        return (("stk", Decimal(amount.pack_pieces)),)
    if amount.unit in _MEASURES:
        return ((amount.unit, _plain(value)),)
    if value != value.to_integral_value():
        # "lettmelk en komma syttifem": nobody orders so many packs.
        return (("l", value), ("kg", value)) if amount.unit == "" and value > 1 else ()
    if value >= _FEWEST_IN_PACK and amount.unit in ("", *_IN_PACKS):
        return (("stk", _plain(value)),)
    return ()


def filled_by(
    product: Product, siblings: Sequence[Product], usual: Product, amount: Amount
) -> Product | None:
    """The pack that somebody may have meant by the amount, None when there is none.

    Args:
        product: what was found for the amount.
        siblings: the same ware of the same brand in its other sizes.
        usual: what is taken when no amount is said.
    """
    packs = plan(product, amount, siblings)
    if not packs.exact:
        return None
    if product.unit == "kg" or packs.quantity == 1:
        return packs.product
    content = packs.product.content
    if amount.unit not in _MEASURES:
        # Single cans or buns make up any number; packs of some may not be what was meant.
        single = content is None or content.unit != "stk" or content.amount == 1
        return packs.product if single else None
    many = packs.product.product_id != usual.product_id and packs.quantity >= _MANY_SMALL
    return None if many or abs(amount.value) < _ONE_PACK else packs.product


def is_near(product: Product, siblings: Sequence[Product], amount: Amount) -> bool:
    """Whether the nearest packs come so near to what was said that saying so is enough."""
    packs = plan(product, amount, siblings)
    if packs.exact:
        return packs.quantity < _MANY_SMALL
    content = packs.product.content
    if content is None or amount.unit not in _MEASURES or content.unit != amount.unit:
        return amount.pack_pieces is None  # of pieces the number is said
    value = abs(amount.value)
    return abs(packs.quantity * content.amount - value) <= _NEAR * value


def _plain(value: Decimal) -> Decimal:
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()
