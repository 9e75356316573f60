"""Queries about the outbox: confirmed orders on their way to the grocer.

An entry is `waiting` until the grocer's answer is stored. Whoever sends one takes a lease on it
first; a sender that dies lets go of it when the lease runs out.
"""

from datetime import datetime, timedelta

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql import ColumnElement

from bot.errors import StaleRevision
from bot.ordering.order import Order, Status
from bot.store.order_book import OrderBook
from bot.store.people import People
from bot.store.records import OutboxEntry
from bot.store.tables import outbox, people

_COLUMNS = tuple(outbox.c[name] for name in OutboxEntry.__dataclass_fields__)


class Outbox(OrderBook, People):
    """What is to be sent."""

    def enqueue(self, order: Order, later: timedelta = timedelta(0)) -> bool:
        """Put a confirmed, saved order into the outbox; a second time changes nothing.

        The time of delivery is fixed here: the order's wish, else the person's usual one.

        Args:
            later: how long it is left to whoever asks for this order by name; then it is anybody's.

        Returns:
            Whether the order was new in the outbox.

        Raises:
            StaleRevision: the order is not confirmed, or not stored as it is here.
        """
        key = order.idempotency_key
        if self._connection.execute(select(outbox.c.key).where(outbox.c.key == key)).first():
            return False
        stored = self.order(order.order_id)
        if stored is None or stored != order or order.status is not Status.CONFIRMED:
            raise StaleRevision("Bestillingen må være bekreftet og lagret før den kan sendes.")
        now = self._clock()
        try:
            with self._connection.begin_nested():
                self._connection.execute(
                    insert(outbox).values(
                        key=key,
                        order_id=order.order_id,
                        revision=order.confirmed_revision,
                        recipient_id=order.recipient_id,
                        delivery=order.delivery or self.person(order.recipient_id).delivery,
                        status="waiting",
                        attempts=0,
                        due_at=now + later,
                        created_at=now,
                        changed_at=now,
                    )
                )
        except IntegrityError:
            return False  # somebody else was a moment earlier
        return True

    def lease(
        self, holder: str, until: datetime, order_id: str | None = None
    ) -> OutboxEntry | None:
        """Take the oldest entry that is due and that nobody is sending.

        A person's orders are sent one after the other: they share one cart at the grocer. An order
        that was cancelled before this moment is withdrawn. The order of the entry becomes
        SUBMITTED in the same transaction: from here on it may be at the grocer.

        Args:
            holder: a name that no other sender has.
            until: when the lease runs out.
            order_id: take only this order's entry, even when it is waiting for a later attempt.

        Returns:
            The entry, or None when there is nothing to send.
        """
        passed_over: list[str] = []
        while True:
            row = self._connection.execute(
                select(*_COLUMNS)
                .where(self._free(order_id))
                .where(outbox.c.recipient_id.not_in(passed_over))
                .order_by(outbox.c.entry_id)
                .limit(1)
                .with_for_update(skip_locked=True)
            ).first()
            if row is None:
                return None
            # Whoever leases takes the person's lock, so that no two do at the same time.
            self._connection.execute(
                select(people.c.recipient_id)
                .where(people.c.recipient_id == row.recipient_id)
                .with_for_update(key_share=True)
            )
            if self._being_sent(row.recipient_id):
                passed_over.append(row.recipient_id)
                continue
            order = self.order(row.order_id)
            if order is not None and order.status in (Status.CONFIRMED, Status.SUBMITTED):
                break
            self._finish(outbox.c.entry_id == row.entry_id, "withdrawn")
        self.save_order(order.submitted())
        self._connection.execute(
            update(outbox)
            .where(outbox.c.entry_id == row.entry_id)
            .values(
                attempts=row.attempts + 1,
                leased_by=holder,
                leased_until=until,
                changed_at=self._clock(),
            )
        )
        return OutboxEntry(**{**row._mapping, "attempts": row.attempts + 1})

    def holds(self, entry: OutboxEntry, holder: str) -> bool:
        """Whether `holder` still has the lease on `entry`; nobody can take it in this transaction.

        A lease that ran out and that nobody took over still counts.
        """
        row = self._connection.execute(
            select(outbox.c.leased_by, outbox.c.status)
            .where(outbox.c.entry_id == entry.entry_id)
            .with_for_update()
        ).first()
        return row is not None and row.status == "waiting" and row.leased_by == holder

    def finish(self, entry: OutboxEntry, outcome: str, error: str | None = None) -> None:
        """The fate of `entry` is known: `done` or `failed`; `error` is a code for staff."""
        self._finish(outbox.c.entry_id == entry.entry_id, outcome, error)

    def postpone(self, entry: OutboxEntry, delay: timedelta, error: str) -> None:
        """Try `entry` again after `delay`; `error` is the code of what went wrong."""
        now = self._clock()
        self._connection.execute(
            update(outbox)
            .where(outbox.c.entry_id == entry.entry_id)
            .values(
                due_at=now + delay,
                leased_by=None,
                leased_until=None,
                last_error=error,
                changed_at=now,
            )
        )

    def waiting(self) -> list[OutboxEntry]:
        """Everything that the grocer has not answered yet, oldest first."""
        rows = self._connection.execute(
            select(*_COLUMNS).where(outbox.c.status == "waiting").order_by(outbox.c.entry_id)
        )
        return [OutboxEntry(**row._mapping) for row in rows]

    def _free(self, order_id: str | None) -> ColumnElement[bool]:
        now = self._clock()
        free = (outbox.c.status == "waiting") & (
            outbox.c.leased_until.is_(None) | (outbox.c.leased_until <= now)
        )
        if order_id is not None:
            return free & (outbox.c.order_id == order_id)
        return free & (outbox.c.due_at <= now)

    def _being_sent(self, recipient_id: str) -> bool:
        row = self._connection.execute(
            select(outbox.c.entry_id)
            .where(outbox.c.recipient_id == recipient_id)
            .where(outbox.c.status == "waiting")
            .where(outbox.c.leased_until > self._clock())
            .limit(1)
        ).first()
        return row is not None

    def _finish(self, where: ColumnElement[bool], outcome: str, error: str | None = None) -> None:
        self._connection.execute(
            update(outbox)
            .where(where)
            .values(
                status=outcome,
                leased_by=None,
                leased_until=None,
                last_error=error,
                changed_at=self._clock(),
            )
        )
