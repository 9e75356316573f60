"""Which products are the same kind of ware: any coffee is coffee, whatever its brand and pack.

Used where one product may stand for another: reminders ("glemte du kaffe?") and substitutes.
"""

import re
from dataclasses import dataclass

from bot.ordering.catalogue import Product
from bot.ordering.wares import WARES

#: A short word at the end of another is usually chance ("anis" is no "is").
_SHORTEST_ENDING = 4


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of ware: what people call it ("kaffe"), within its department."""

    name: str
    department: str


def kind_of(product: Product) -> Kind:
    """The kind that a product belongs to; one that belongs to no everyday ware is its own."""
    department = product.category.casefold()
    for word in re.findall(r"[^\W\d]+", product.name.casefold()):
        if (ware := _ware(word)) is not None:
            return Kind(ware, department)
    return Kind(product.name, department)


def _ware(word: str) -> str | None:
    """The everyday ware that a word ends in ("lettmelk" is milk), else the one that it is."""
    ends = (word[-length:] for length in range(_SHORTEST_ENDING, len(word)))
    return next((end for end in ends if end in WARES), word if word in WARES else None)
