"""The life of an order: draft -> read back -> confirmed -> submitted -> acknowledged | failed.

The rules that keep a person from getting what they did not order stand here and nowhere else: only
a basket that was read back in full can be confirmed, only at the revision that was read, and only
a confirmed basket can be sent.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from enum import Enum

from bot.errors import KurvError, StaleRevision
from bot.ordering.basket import Basket


class Status(str, Enum):
    """Where an order is in its life."""

    DRAFT = "draft"
    READ_BACK = "read_back"
    CONFIRMED = "confirmed"
    SUBMITTED = "submitted"
    ACKNOWLEDGED = "acknowledged"
    FAILED = "failed"
    CANCELLED = "cancelled"


#: The order can still be changed by talking; a recipient has at most one such order.
OPEN = (Status.DRAFT, Status.READ_BACK)

#: Nothing more happens to the order, unless the grocer says late that it has it after all.
ENDED = (Status.ACKNOWLEDGED, Status.FAILED, Status.CANCELLED)

_CHANGED = "Kurven er endret siden den ble lest opp; hør den en gang til og bekreft på nytt."
_CLOSED = "Bestillingen er allerede bekreftet og kan ikke endres; lag en ny."
_NOT_CONFIRMED = "Bestillingen er ikke bekreftet og kan ikke sendes."
_ON_ITS_WAY = "Bestillingen er allerede sendt til butikken; ring dem for å endre den."
_EMPTY = "Kurven er tom; legg noe i den før du bestiller."
_OVER = "Bestillingen er avsluttet."


@dataclass(frozen=True)
class Order:
    """One order of one recipient; immutable, every step returns a new order.

    Attributes:
        order_id: ours, unique for ever.
        recipient_id: who gets the goods.
        basket: what is ordered.
        status: where the order is in its life.
        read_revision: the basket revision that was read back, while that still counts.
        confirmed_revision: the basket revision that was confirmed.
        confirmed_by: who confirmed: "recipient" or the actor's id; told apart for ever.
        confirmed_with: how: "voice" and "typed" are the recipient's own; "beside" and "behalf" are
            staff, with the recipient beside them or alone. None in orders of an older Kurv.
        approved_by: who let it go to the grocer, where that takes a second person.
        delivery: when the goods are wanted, in Norwegian ("torsdag kveld"); None: whenever.
        grocer_reference: the grocer's number, once acknowledged.
        grocer_total: everything that is to be paid, in kroner, as the grocer acknowledged it.
        arrives: when the goods come, from and to, with their zone, as the grocer acknowledged it.
        failure: one Norwegian sentence, once failed.
        sold_out: product ids that the grocer could not deliver, once failed for that reason.
        reminded: whether we have asked about something that seems forgotten: once in an order.
        version: how many times the store has saved the order; 0 for one that it has not seen. The
            store refuses to save over a version that was not read.
    """

    order_id: str
    recipient_id: str
    basket: Basket = field(default_factory=Basket)
    status: Status = Status.DRAFT
    read_revision: int | None = None
    confirmed_revision: int | None = None
    confirmed_by: str | None = None
    confirmed_with: str | None = None
    approved_by: str | None = None
    delivery: str | None = None
    grocer_reference: str | None = None
    grocer_total: Decimal | None = None
    arrives: tuple[datetime, datetime] | None = None
    failure: str | None = None
    sold_out: tuple[str, ...] = ()
    reminded: bool = False
    version: int = field(default=0, compare=False)

    @property
    def is_open(self) -> bool:
        """Whether talking can still change the order."""
        return self.status in OPEN

    @property
    def idempotency_key(self) -> str:
        """What makes sending the order again harmless: "order id:confirmed revision".

        Raises:
            StaleRevision: the order is not confirmed.
        """
        if self.confirmed_revision is None:
            raise StaleRevision(_NOT_CONFIRMED)
        return f"{self.order_id}:{self.confirmed_revision}"

    def with_basket(self, basket: Basket) -> "Order":
        """The order with a later basket; a read-back of an earlier one no longer counts.

        Raises:
            StaleRevision: the order is no longer open, or `basket` does not follow from the
                order's own basket.
        """
        if basket == self.basket:
            return self
        if not self.is_open:
            raise StaleRevision(_CLOSED)
        if basket.revision <= self.basket.revision:
            raise StaleRevision(_CHANGED)
        return replace(self, basket=basket, status=Status.DRAFT, read_revision=None)

    def with_delivery(self, wish: str | None) -> "Order":
        """The order with another wish for when the goods come; the read-back still counts.

        Raises:
            StaleRevision: the order is no longer open.
        """
        if wish == self.delivery:
            return self
        if not self.is_open:
            raise StaleRevision(_CLOSED)
        return replace(self, delivery=wish)

    def with_reminder(self) -> "Order":
        """The order in which a forgotten thing was asked about; the read-back still counts."""
        return replace(self, reminded=True)

    def read_back(self) -> "Order":
        """The whole basket has been read to the person.

        Raises:
            KurvError: there is nothing in the basket.
            StaleRevision: the order is no longer open.
        """
        if not self.is_open:
            raise StaleRevision(_CLOSED)
        if not self.basket.lines:
            raise KurvError(_EMPTY)
        return replace(self, status=Status.READ_BACK, read_revision=self.basket.revision)

    def unread(self) -> "Order":
        """The read-back does not count: it was talked over, or the person said no.

        Raises:
            StaleRevision: the order is no longer open.
        """
        if not self.is_open:
            raise StaleRevision(_CLOSED)
        return replace(self, status=Status.DRAFT, read_revision=None)

    def confirm(self, revision: int, by: str, how: str | None = None) -> "Order":
        """Confirm the basket that was read back at `revision`.

        Doing it again changes nothing, neither the status nor who confirmed.

        Raises:
            StaleRevision: `revision` is not the one that was read back, or the basket has changed
                since, or the order was cancelled.
        """
        if self.confirmed_revision == revision and self.status is not Status.CANCELLED:
            return self
        if self.status is not Status.READ_BACK or self.read_revision != revision:
            raise StaleRevision(_CHANGED if self.is_open else _CLOSED)
        return replace(
            self,
            status=Status.CONFIRMED,
            confirmed_revision=revision,
            confirmed_by=by,
            confirmed_with=how,
        )

    def confirm_shown(self, revision: int, by: str, how: str) -> "Order":
        """Confirm the whole basket that somebody has before their eyes; raises as `confirm`."""
        if self.confirmed_revision == revision:
            return self.confirm(revision, by, how)
        return self.read_back().confirm(revision, by, how)

    def submitted(self) -> "Order":
        """The order is being handed to the grocer.

        Raises:
            StaleRevision: the order is not confirmed, or its fate is known already.
        """
        if self.status is Status.SUBMITTED:
            return self
        if self.status is not Status.CONFIRMED:
            raise StaleRevision(_NOT_CONFIRMED if self.is_open else _OVER)
        return replace(self, status=Status.SUBMITTED)

    def acknowledged(
        self,
        reference: str,
        total: Decimal | None = None,
        arrives: tuple[datetime, datetime] | None = None,
    ) -> "Order":
        """The grocer has the order.

        That also holds for an order that we had given up: what the grocer says is true.

        Raises:
            StaleRevision: the order was never submitted, or has another reference.
        """
        if self.status is Status.ACKNOWLEDGED and self.grocer_reference == reference:
            return self
        if self.status not in (Status.SUBMITTED, Status.FAILED):
            raise StaleRevision(_NOT_CONFIRMED if self.is_open else _OVER)
        return replace(
            self,
            status=Status.ACKNOWLEDGED,
            grocer_reference=reference,
            grocer_total=total,
            arrives=arrives,
            failure=None,
            sold_out=(),
        )

    def failed(self, reason: str, sold_out: tuple[str, ...] = ()) -> "Order":
        """The grocer does not take the order; `reason` is one Norwegian sentence.

        Raises:
            StaleRevision: the order was not confirmed, or the grocer has it.
        """
        if self.status not in (Status.CONFIRMED, Status.SUBMITTED):
            raise StaleRevision(_NOT_CONFIRMED if self.is_open else _OVER)
        return replace(self, status=Status.FAILED, failure=reason, sold_out=sold_out)

    def cancelled(self) -> "Order":
        """Nobody wants the order any more.

        Raises:
            StaleRevision: it is too late, the grocer has it or may have it.
        """
        if self.status is Status.CANCELLED:
            return self
        if self.status not in (*OPEN, Status.CONFIRMED):
            raise StaleRevision(_ON_ITS_WAY)
        return replace(self, status=Status.CANCELLED)
