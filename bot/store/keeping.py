"""Queries that keep no more than is needed: what is over goes, of orders the amounts stay."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql import Select

from bot.ordering.basket import BasketLine
from bot.ordering.order import OPEN, Status
from bot.store.access_log import AccessLog
from bot.store.call_tables import callers, calls, pin_failures, rings, schedules
from bot.store.order_book import OrderBook
from bot.store.people import People
from bot.store.staff_tables import takeovers, utterances
from bot.store.tables import (
    access_log,
    consents,
    erased_people,
    order_lines,
    orders,
    outbox,
    people,
    purchases,
    talks,
    tasks,
    usual_lines,
)

#: Orders whose person and goods are gone belong to nobody's recipient of this municipality.
_NOBODY = "slettet:"
_ON_ITS_WAY = (Status.CONFIRMED.value, Status.SUBMITTED.value)
_OPEN = [status.value for status in OPEN]


class Keeping(OrderBook, People, AccessLog):
    """Removal of what is no longer needed."""

    def is_on_its_way(self, recipient_id: str) -> bool:
        """Whether the grocer may be working on an order of the person."""
        row = self._connection.execute(
            select(orders.c.order_id)
            .where(orders.c.recipient_id == recipient_id)
            .where(orders.c.status.in_(_ON_ITS_WAY))
        ).first()
        return row is not None

    def orders_over(self, municipality: str, before: datetime) -> list[str]:
        """Ids of orders of a municipality's people that were last changed before a moment.

        Those that are on their way are not over.
        """
        query = (
            select(orders.c.order_id)
            .join(people, people.c.recipient_id == orders.c.recipient_id)
            .where(people.c.municipality == municipality)
            .where(people.c.recipient_id.not_like(f"{_NOBODY}%"))
            .where(orders.c.status.not_in(_ON_ITS_WAY))
            .where(orders.c.changed_at < before)
        )
        return list(self._connection.execute(query).scalars())

    def keep_amounts(self, order_ids: Iterable[str], municipality: str) -> int:
        """Of delivered orders keep number, time and amounts for the books, and nobody's name.

        Orders that came to nothing go altogether.

        Returns:
            How many orders it was.
        """
        count = 0
        for order_id in order_ids:
            order = self.order(order_id)
            if order is None:
                continue
            count += 1
            self._connection.execute(delete(order_lines).where(order_lines.c.order_id == order_id))
            for table in (consents, utterances):
                self._connection.execute(delete(table).where(table.c.order_id == order_id))
            if order.status is not Status.ACKNOWLEDGED:
                self._connection.execute(delete(outbox).where(outbox.c.order_id == order_id))
                self._connection.execute(delete(orders).where(orders.c.order_id == order_id))
                continue
            nobody = self._nobody(municipality)
            self._connection.execute(
                update(orders)
                .where(orders.c.order_id == order_id)
                .values(
                    recipient_id=nobody, delivery=None, arrives_from=None, arrives_to=None,
                    failure=None, sold_out=[],
                )
            )  # fmt: skip
            self._connection.execute(
                update(outbox)
                .where(outbox.c.order_id == order_id)
                .values(recipient_id=nobody, delivery=None)
            )
            if order.basket.lines:
                goods, deposit = order.basket.total, order.basket.deposit_total
                line = BasketLine("", "Varer", Decimal(1), "stk", goods, deposit)
                self._connection.execute(
                    insert(order_lines).values(
                        order_id=order_id, revision=order.basket.revision, position=0,
                        product_id=line.product_id, name=line.name, quantity=line.quantity,
                        unit=line.unit, unit_price=line.unit_price, deposit=line.deposit,
                    )
                )  # fmt: skip
            self._known.pop(order_id, None)
        return count

    def erase_person(self, recipient_id: str) -> None:
        """Remove everything about a person but the amounts of their orders and the access log.

        The tasks about them, their calls and their numbers go too.
        """
        person = self.person(recipient_id, create=False)
        theirs = select(orders.c.order_id).where(orders.c.recipient_id == recipient_id)
        self.keep_amounts(list(self._connection.execute(theirs).scalars()), person.municipality)
        of_schedules = select(schedules.c.schedule_id).where(
            schedules.c.recipient_id == recipient_id
        )
        self._connection.execute(delete(rings).where(rings.c.schedule_id.in_(of_schedules)))
        numbers = select(callers.c.phone).where(callers.c.recipient_id == recipient_id)
        self._connection.execute(delete(pin_failures).where(pin_failures.c.phone.in_(numbers)))
        for table in (
            schedules, callers, calls, talks, tasks, usual_lines, purchases, utterances, takeovers,
        ):  # fmt: skip
            self._connection.execute(delete(table).where(table.c.recipient_id == recipient_id))
        self._connection.execute(delete(people).where(people.c.recipient_id == recipient_id))
        self._connection.execute(
            delete(erased_people).where(erased_people.c.recipient_id == recipient_id)
        )
        self._connection.execute(
            insert(erased_people).values(
                recipient_id=recipient_id,
                municipality=person.municipality,
                district=person.district,
                erased_at=self._clock(),
            )
        )

    def was_erased(self, recipient_id: str) -> bool:
        """Whether the person's data was erased."""
        query = select(erased_people.c.recipient_id).where(
            erased_people.c.recipient_id == recipient_id
        )
        return self._connection.execute(query).first() is not None

    def municipality_of(self) -> dict[str, str]:
        """The municipality of everybody who is or was a recipient."""
        found: dict[str, str] = {}
        for table in (erased_people, people):
            rows = self._connection.execute(select(table.c.recipient_id, table.c.municipality))
            found.update({row.recipient_id: row.municipality for row in rows})
        return found

    def drop_words(self, abandoned_before: datetime, settled_before: datetime) -> int:
        """Forget what was said in talks that are over; returns how many utterances.

        Args:
            abandoned_before: an open basket that nobody has touched since keeps no words.
            settled_before: the state of a talk without an open basket is kept so long.
        """
        in_talk = (
            select(orders.c.recipient_id)
            .where(orders.c.status.in_(_OPEN))
            .where(orders.c.changed_at >= abandoned_before)
        )
        gone = self._connection.execute(
            delete(utterances)
            .where(utterances.c.recipient_id.not_in(in_talk))
            .where(utterances.c.at < settled_before)
        )
        self._connection.execute(
            delete(talks)
            .where(talks.c.recipient_id.not_in(in_talk))
            .where(talks.c.changed_at < settled_before)
        )
        return int(gone.rowcount)

    def drop_old(self, municipality: str, before: datetime) -> dict[str, int]:
        """Remove a municipality's calls, done tasks and imported purchases from before a moment.

        Returns:
            How many of each.
        """
        theirs = select(people.c.recipient_id).where(people.c.municipality == municipality)
        return {
            "calls": self._delete(
                calls, calls.c.recipient_id.in_(theirs), calls.c.ended_at < before
            ),
            "tasks": self._delete(
                tasks, tasks.c.recipient_id.in_(theirs), tasks.c.done_at < before
            ),
            "purchases": self._delete(
                purchases, purchases.c.recipient_id.in_(theirs), purchases.c.bought_at < before
            ),
        }

    def drop_nobodys(self, before: datetime) -> int:
        """Remove calls and done tasks that belong to no municipality, and old wrong PINs."""
        nobodys = select(people.c.recipient_id).where(people.c.municipality == "")
        return (
            self._delete(
                calls,
                or_(calls.c.recipient_id.is_(None), calls.c.recipient_id.in_(nobodys)),
                calls.c.ended_at < before,
            )
            + self._delete(tasks, tasks.c.recipient_id.in_(nobodys), tasks.c.done_at < before)
            + self._delete(pin_failures, pin_failures.c.changed_at < before)
        )

    def drop_erased(self) -> int:
        """Forget that people were erased whom the access log no longer names."""
        named = select(access_log.c.recipient_id).where(
            access_log.c.recipient_id == erased_people.c.recipient_id
        )
        gone = self._connection.execute(delete(erased_people).where(~named.exists()))
        return int(gone.rowcount)

    def rows_about(self, recipient_id: str) -> dict[str, list[dict[str, Any]]]:
        """Rows that have no query of their own: calls, purchases, talk, consents."""
        queries: dict[str, Select] = {
            "calls": select(calls).where(calls.c.recipient_id == recipient_id),
            "purchases": select(purchases).where(purchases.c.recipient_id == recipient_id),
            "takeovers": select(takeovers).where(takeovers.c.recipient_id == recipient_id),
        }
        return {
            name: [dict(row._mapping) for row in self._connection.execute(query)]
            for name, query in queries.items()
        }

    def order_ids(self, recipient_id: str) -> Sequence[str]:
        """Ids of all orders of a person, the newest first, empty ones too."""
        query = (
            select(orders.c.order_id)
            .where(orders.c.recipient_id == recipient_id)
            .order_by(orders.c.sequence.desc())
        )
        return list(self._connection.execute(query).scalars())

    def order_times(self, order_id: str) -> tuple[datetime, datetime]:
        """When an order was begun, and last changed."""
        row = self._connection.execute(
            select(orders.c.created_at, orders.c.changed_at).where(orders.c.order_id == order_id)
        ).one()
        return row.created_at, row.changed_at

    def _delete(self, table: Any, *where: Any) -> int:
        query = delete(table)
        for clause in where:
            query = query.where(clause)
        return int(self._connection.execute(query).rowcount)

    def _nobody(self, municipality: str) -> str:
        """Whose the amounts are; no staff see them, they belong to no municipality's people."""
        name = f"{_NOBODY}{municipality}"
        try:
            with self._connection.begin_nested():
                self._connection.execute(
                    insert(people).values(recipient_id=name, created_at=self._clock())
                )
        except IntegrityError:
            pass  # it is there already
        return name
