"""The basket: immutable, with a revision that grows with every change and never otherwise.

The revision is what a person confirms: "ja" means *this* basket, so two different baskets of one
order never have the same revision.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

UNITS = ("stk", "kg")
_ORE = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class BasketLine:
    """One product and how much of it.

    Attributes:
        product_id: the grocer's id.
        name: as it is said and shown: "Tine Lettmelk 1 % 1 l".
        quantity: packs when `unit` is "stk", kilograms when it is "kg"; more than zero.
        unit: "stk" or "kg".
        unit_price: kroner for one pack or one kilogram, deposit not included.
        deposit: bottle deposit (pant) in kroner for one pack.

    Raises:
        TypeError: an amount is not a Decimal.
        ValueError: an amount is not finite or below zero, or the unit is unknown.
    """

    product_id: str
    name: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    deposit: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        for value in (self.quantity, self.unit_price, self.deposit):
            _check_amount(value)
        if not self.quantity:
            raise ValueError("a basket line holds more than nothing")
        if self.unit not in UNITS:
            raise ValueError(f"unknown unit {self.unit!r}")

    @property
    def sum(self) -> Decimal:
        """What the line costs in kroner, without deposit, rounded to øre."""
        return to_ore(self.quantity * self.unit_price)

    @property
    def deposit_sum(self) -> Decimal:
        """The deposit on all packs of the line, in kroner."""
        return to_ore(self.quantity * self.deposit)


@dataclass(frozen=True, slots=True)
class Basket:
    """What somebody wants to buy; each method returns a new basket and leaves this one alone.

    Attributes:
        lines: in the order in which they were asked for, each product once.
        revision: 0 for a new basket; one more with every change.
    """

    lines: tuple[BasketLine, ...] = ()
    revision: int = 0

    def __post_init__(self) -> None:
        if len({line.product_id for line in self.lines}) != len(self.lines):
            raise ValueError("a product stands in a basket only once")

    @property
    def total(self) -> Decimal:
        """What the goods cost together, in kroner, without deposit."""
        return sum((line.sum for line in self.lines), Decimal("0.00"))

    @property
    def deposit_total(self) -> Decimal:
        """The deposit on everything in the basket, in kroner."""
        return sum((line.deposit_sum for line in self.lines), Decimal("0.00"))

    def line(self, product_id: str) -> BasketLine | None:
        """The line of a product, or None when it is not in the basket."""
        return next((line for line in self.lines if line.product_id == product_id), None)

    def add(self, line: BasketLine) -> "Basket":
        """Put `line` in; when the product is there already its quantity grows.

        The newest name and price hold. A product keeps its place in the list.

        Raises:
            ValueError: the product is in the basket in another unit.
        """
        held = self.line(line.product_id)
        if held is None:
            return self._changed((*self.lines, line))
        return self._with(line.product_id, _together(held, line))

    def set_quantity(self, product_id: str, quantity: Decimal) -> "Basket":
        """Make the quantity of a product `quantity`; zero takes it out.

        A product that is not in the basket changes nothing.

        Raises:
            TypeError, ValueError: `quantity` is no Decimal, or below zero.
        """
        _check_amount(quantity)
        held = self.line(product_id)
        if held is None:
            return self
        if not quantity:
            return self.remove(product_id)
        return self._with(product_id, replace(held, quantity=quantity))

    def remove(self, product_id: str) -> "Basket":
        """Take a product out; one that is not in the basket changes nothing."""
        return self._changed(tuple(line for line in self.lines if line.product_id != product_id))

    def replace(self, product_id: str, line: BasketLine) -> "Basket":
        """Put `line` where `product_id` stands, which goes out.

        When the new product is in the basket already, the quantities add up in its own place. When
        `product_id` is not in the basket, `line` is added.
        """
        if self.line(product_id) is None:
            return self.add(line)
        if product_id == line.product_id:
            return self._with(product_id, line)
        if (held := self.line(line.product_id)) is not None:
            rest = tuple(each for each in self.lines if each.product_id != product_id)
            together = _together(held, line)
            return self._changed(
                tuple(together if each.product_id == line.product_id else each for each in rest)
            )
        return self._with(product_id, line)

    def clear(self) -> "Basket":
        """Take everything out."""
        return self._changed(())

    def restore(self, lines: Iterable[BasketLine]) -> "Basket":
        """Make the basket hold exactly `lines`, as a new revision (for "angre")."""
        return self._changed(tuple(lines))

    def as_event_lines(self) -> list[dict[str, str]]:
        """The lines as in the command-line contract: all amounts as strings."""
        return [
            {
                "product_id": line.product_id,
                "name": line.name,
                "quantity": plain(line.quantity),
                "unit_price": f"{line.unit_price:.2f}",
                "sum": f"{line.sum:.2f}",
            }
            for line in self.lines
        ]

    def _with(self, product_id: str, line: BasketLine) -> "Basket":
        """The basket with `line` in the place of `product_id`."""
        return self._changed(
            tuple(line if held.product_id == product_id else held for held in self.lines)
        )

    def _changed(self, lines: tuple[BasketLine, ...]) -> "Basket":
        return self if lines == self.lines else Basket(lines, self.revision + 1)


def to_ore(amount: Decimal) -> Decimal:
    """Kroner rounded to øre, half an øre upwards as a till does it."""
    return amount.quantize(_ORE, ROUND_HALF_UP)


def plain(quantity: Decimal) -> str:
    """A quantity without superfluous zeros or exponent: "2", "0.4"."""
    return format(quantity.normalize(), "f")


def _together(held: BasketLine, more: BasketLine) -> BasketLine:
    if held.unit != more.unit:
        raise ValueError(f"{more.product_id} is sold by {held.unit}, not by {more.unit}")
    return replace(more, quantity=held.quantity + more.quantity)


def _check_amount(value: Decimal) -> None:
    if not isinstance(value, Decimal):
        raise TypeError(f"amounts are Decimal, not {type(value).__name__}")
    if not value.is_finite() or value < 0:
        raise ValueError(f"{value} is not an amount")
