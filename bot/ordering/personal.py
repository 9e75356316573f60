"""What is known of one person besides their history: needs, limits, wishes, and the stock."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bot.ordering.basket import Basket
from bot.ordering.gates import NO_NEEDS, Needs
from bot.ordering.reminders import Purchase


class StockUnknown(Exception):
    """The turn cannot go on before the grocer was asked whether these can be had.

    The service asks, outside its transaction, and takes the turn anew. Nothing has happened yet.
    """

    def __init__(self, product_ids: Iterable[str]) -> None:
        self.product_ids = tuple(dict.fromkeys(product_ids))
        super().__init__(f"stock of {len(self.product_ids)} products")


@dataclass(frozen=True, slots=True)
class Personal:
    """What a turn takes into account for one person.

    Attributes:
        needs: allergies and diets.
        budget: kroner that one order should not exceed, deposit included; None: no limit.
        ask_substitutes: whether substitutes may be offered for what is sold out.
        in_stock: product id -> whether the grocer has it; None when that was not asked yet.
        purchases: gives what was bought and when; called only when it is needed.
        today: the day that it is, where the person is; None: nothing is reminded of.
        last: gives what was bought the last time, product id and quantity.
    """

    needs: Needs = NO_NEEDS
    budget: Decimal | None = None
    ask_substitutes: bool = True
    in_stock: Callable[[str], bool | None] = lambda product_id: True
    purchases: Callable[[], Iterable[Purchase]] = lambda: ()
    today: date | None = None
    last: Callable[[], tuple[tuple[str, Decimal], ...]] = lambda: ()

    def in_stock_of(self, product_ids: Iterable[str]) -> frozenset[str]:
        """Those that can be had.

        Raises:
            StockUnknown: some of them were not asked about yet.
        """
        found = {product_id: self.in_stock(product_id) for product_id in product_ids}
        unknown = [product_id for product_id, known in found.items() if known is None]
        if unknown:
            raise StockUnknown(unknown)
        return frozenset(product_id for product_id, has in found.items() if has)

    def passes_budget(self, before: Basket, after: Basket) -> bool:
        """Whether going from `before` to `after` passes the budget; once passed it is agreed to."""
        return self.budget is not None and payable(before) <= self.budget < payable(after)

    def is_over(self, basket: Basket) -> bool:
        """Whether the basket costs more than the budget."""
        return self.budget is not None and payable(basket) > self.budget


NOBODY = Personal()


def payable(basket: Basket) -> Decimal:
    """What is to be paid for the goods, deposit included; what bringing them costs is not known."""
    return basket.total + basket.deposit_total
