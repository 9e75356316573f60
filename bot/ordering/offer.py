"""A question with yes or no about goods that are not in the basket (yet)."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

#: "Glemte du kaffe?", "det blir 520 kroner", "X inneholder egg".
REMINDER, BUDGET, CONTAINS = "reminder", "budget", "contains"
#: The act of a `ProductQuestion` about what comes instead of something that is sold out.
SUBSTITUTE = "substitute"


@dataclass(frozen=True, slots=True)
class Offer:
    """Goods that go into the basket when the person says yes, and are left out when they say no.

    Attributes:
        kind: `REMINDER`, `BUDGET` or `CONTAINS`: why they are asked about.
        phrase: what the goods are called in "da lar jeg … være".
        lines: product ids and how much of each comes in besides what is there.
        instead_of: the product id that goes out for them, if any.
        substitute: whether that one is sold out, so that the yes is a consent to a substitute.
        knowing: whether the person has agreed to what the goods contain.
        every_days: for a reminder, the usual time between two purchases.
    """

    kind: str
    phrase: str
    lines: tuple[tuple[str, Decimal], ...]
    instead_of: str | None = None
    substitute: bool = False
    every_days: int = 0
    knowing: bool = False

    @property
    def options(self) -> tuple[str, ...]:
        """The products that it is about."""
        return tuple(product_id for product_id, _ in self.lines)

    def to_dict(self) -> dict[str, Any]:
        """The offer as JSON-able data."""
        return {
            "offer": self.kind,
            "phrase": self.phrase,
            "lines": [[product_id, str(quantity)] for product_id, quantity in self.lines],
            "instead_of": self.instead_of,
            "substitute": self.substitute,
            "every_days": self.every_days,
            "knowing": self.knowing,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Offer":
        """Read what `to_dict` wrote."""
        return cls(
            data["offer"],
            data["phrase"],
            tuple((product_id, Decimal(quantity)) for product_id, quantity in data["lines"]),
            data["instead_of"],
            data["substitute"],
            data["every_days"],
            data["knowing"],
        )
