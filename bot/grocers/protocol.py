"""What Kurv asks of a grocer, whoever it is.

The rest of Kurv knows these types and nothing of HTTP, carts or sessions. Times carry their zone
and are Norwegian wall-clock time; money is in kroner.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

WEEKDAYS = ("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag")


@dataclass(frozen=True, slots=True)
class Slot:
    """A time in which the grocer can deliver.

    Attributes:
        slot_id: the grocer's id; short-lived, so never store it: store a weekday and a time.
        opens, closes: between these the goods are brought.
        cutoff: an order must be in before this.
        price: what the delivery costs, in kroner.
        available: neither full nor closed.
    """

    slot_id: str
    opens: datetime
    closes: datetime
    cutoff: datetime
    price: Decimal
    available: bool = True

    @property
    def weekday(self) -> str:
        """The Norwegian name of the day of delivery, in lower case: "torsdag"."""
        return WEEKDAYS[self.opens.weekday()]


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """One line of an order as the grocer has it.

    Attributes:
        product_id: our id; "" for something that our catalogue does not have.
        quantity: packs, or kilograms of a ware sold by weight.
        sum: kroner, deposit not included.
    """

    product_id: str
    name: str
    quantity: Decimal
    sum: Decimal


@dataclass(frozen=True, slots=True)
class Receipt:
    """The grocer's acknowledgement of an order.

    Attributes:
        reference: the grocer's order number.
        total: everything that is to be paid, in kroner: goods, deposits and fees. It is therefore
            not the sum of the lines.
        delivery: when the goods come; None when the grocer has not said.
        lines: what was ordered, as the grocer understood it.
        status: CONFIRMED, PACKING, EN_ROUTE, DELIVERED or CANCELLED.
    """

    reference: str
    total: Decimal
    delivery: Slot | None
    lines: tuple[ReceiptLine, ...] = ()
    status: str = "CONFIRMED"


@dataclass(frozen=True, slots=True)
class Found:
    """A product that the grocer's own search found.

    Attributes:
        product_id: our id, or "" when our catalogue does not have it.
        grocer_id: the grocer's id.
        price: kroner for a pack, or for a kilogram.
    """

    product_id: str
    grocer_id: str
    name: str
    price: Decimal
    available: bool


class Grocer(Protocol):
    """A shop that delivers. Every method raises only `bot.errors.GrocerError` and its kinds."""

    def submit(
        self,
        key: str,
        recipient_id: str,
        lines: Sequence[tuple[str, Decimal]],
        delivery: str | None = None,
    ) -> Receipt:
        """Order exactly these lines, once.

        Idempotent on `key`: called again after a failure or a crash at any point, with the same
        arguments, the grocer ends with the order exactly once and the same receipt comes back.

        Args:
            key: "order id:revision".
            recipient_id: whose order it is.
            lines: our product ids and how much of each: packs or kilograms, more than zero.
            delivery: when it is wanted, in Norwegian ("torsdag kveld"); an open slot that fits
                best is taken, else the first open one. See `Receipt.delivery`.

        Raises:
            SoldOut: some lines cannot be had; nothing was ordered.
            GrocerRejected: the grocer will not take this order.
            GrocerUnavailable: try again later, with the same key.
        """
        ...

    def availability(self, product_ids: Sequence[str]) -> Mapping[str, bool]:
        """Whether each product can be ordered now; False also for what the grocer does not have."""
        ...

    def slots(self, recipient_id: str | None = None) -> list[Slot]:
        """The times that are still open for delivery to this recipient, soonest first."""
        ...

    def search(self, text: str) -> list[Found]:
        """What the grocer's own search finds for a text or a barcode, best first."""
        ...
