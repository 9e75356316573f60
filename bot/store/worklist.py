"""Queries for the lists of the staff side: the people, orders and tasks of one municipality.

Each list is one or two queries, however many people there are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.engine import Row
from sqlalchemy.sql import ColumnElement, Select

from bot.ordering.order import OPEN, Order, Status
from bot.store.call_tables import calls
from bot.store.callers import Call
from bot.store.duties import Duties
from bot.store.order_book import OrderBook, arrives_of
from bot.store.people import People
from bot.store.records import Person, Task
from bot.store.tables import orders, people, tasks

#: Of these the grocer has not said whether they come.
_ON_THEIR_WAY = (Status.CONFIRMED.value, Status.SUBMITTED.value)


@dataclass(frozen=True, slots=True)
class Area:
    """Whose people are meant: a municipality, or some of its districts.

    Attributes:
        districts: empty: all of the municipality.
    """

    municipality: str
    districts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Dated:
    """An order with the moments at which it was begun and last changed."""

    order: Order
    created_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Shipment:
    """A confirmed order as a list shows it: without its goods.

    Attributes:
        total: what is to be paid, as the grocer acknowledged it.
        arrives: when the goods come, from and to.
    """

    order_id: str
    recipient_id: str
    status: Status
    total: Decimal | None
    arrives: tuple[datetime, datetime] | None
    changed_at: datetime


class Worklist(OrderBook, Duties, People):
    """What staff of one area have to do with."""

    def people_in(self, area: Area) -> list[Person]:
        """Everybody in an area, by id."""
        query = select(people).where(_within(area)).order_by(people.c.recipient_id)
        return [self._read_person(row) for row in self._connection.execute(query)]

    def people_of(self, recipient_ids: Collection[str]) -> dict[str, Person]:
        """Some people, by id; unknown ids are left out."""
        query = select(people).where(people.c.recipient_id.in_(sorted(recipient_ids)))
        found = (self._read_person(row) for row in self._connection.execute(query))
        return {person.recipient_id: person for person in found}

    def orders_in(
        self, area: Area, statuses: Iterable[Status], since: datetime, limit: int = 200
    ) -> list[Dated]:
        """Orders of an area in one of these states, changed since a moment, the newest first."""
        return self._dated(
            select(orders)
            .join(people, people.c.recipient_id == orders.c.recipient_id)
            .where(_within(area))
            .where(orders.c.status.in_([status.value for status in statuses]))
            .where(orders.c.changed_at >= since)
            .order_by(orders.c.sequence.desc())
            .limit(limit)
        )

    def shipments_in(
        self,
        area: Area,
        statuses: Iterable[Status],
        since: datetime,
        coming: date,
        lately: datetime,
    ) -> list[Shipment]:
        """The same without the goods, for long lists.

        Args:
            coming: those that came before this day (in the time that the grocer told) are left out.
            lately: those that were at the grocer before this, who told no time, are left out.
        """
        o = orders.c
        rows = self._connection.execute(
            select(
                o.order_id, o.recipient_id, o.status, o.grocer_total, o.arrives_from,
                o.arrives_to, o.changed_at,
            )
            .join(people, people.c.recipient_id == o.recipient_id)
            .where(_within(area))
            .where(o.status.in_([status.value for status in statuses]))
            .where(o.changed_at >= since)
            # ISO 8601: as texts they stand in the order of their wall-clock times.
            .where(
                (o.arrives_to >= coming.isoformat())
                | o.arrives_to.is_(None) & (o.status.in_(_ON_THEIR_WAY) | (o.changed_at > lately))
            )
            .order_by(o.sequence.desc())
        )  # fmt: skip
        return [
            Shipment(
                row.order_id, row.recipient_id, Status(row.status), row.grocer_total,
                arrives_of(row), row.changed_at,
            )
            for row in rows
        ]  # fmt: skip

    def orders_of(self, recipient_id: str, limit: int = 50) -> list[Dated]:
        """A person's orders, the newest first."""
        return self._dated(
            select(orders)
            .where(orders.c.recipient_id == recipient_id)
            .order_by(orders.c.sequence.desc())
            .limit(limit)
        )

    def dated_order(self, order_id: str) -> Dated | None:
        """An order by its id."""
        found = self._dated(select(orders).where(orders.c.order_id == order_id))
        return found[0] if found else None

    def draft(self, recipient_id: str) -> Order:
        """The order that the person is putting together, only to look at; see `open_order`."""
        found = self._first(
            select(orders)
            .where(orders.c.recipient_id == recipient_id)
            .where(orders.c.status.in_([status.value for status in OPEN]))
        )
        return found or Order(order_id=uuid4().hex[:16], recipient_id=recipient_id)

    def tasks_in(self, area: Area, others: Collection[str] = ()) -> list[Task]:
        """Open tasks about people of an area, and about `others` by id, oldest first."""
        query = (
            select(tasks)
            .join(people, people.c.recipient_id == tasks.c.recipient_id)
            .where(_within(area) | people.c.recipient_id.in_(list(others)))
            .where(tasks.c.done_at.is_(None))
            .order_by(tasks.c.task_id)
        )
        return [self._task(row) for row in self._connection.execute(query)]

    def task(self, task_id: int) -> Task | None:
        """A task by its number."""
        row = self._connection.execute(select(tasks).where(tasks.c.task_id == task_id)).first()
        return None if row is None else self._task(row)

    def calls_in(self, area: Area) -> list[Call]:
        """The calls of people of an area that are in progress and identified, oldest first."""
        query = (
            select(calls)
            .join(people, people.c.recipient_id == calls.c.recipient_id)
            .where(_within(area))
            .where(calls.c.ended_at.is_(None))
            .order_by(calls.c.began_at)
        )
        return [Call(**row._mapping) for row in self._connection.execute(query)]

    def call_of(self, recipient_id: str) -> Call | None:
        """The call that a person is in now, if any."""
        row = self._connection.execute(
            select(calls)
            .where(calls.c.recipient_id == recipient_id)
            .where(calls.c.ended_at.is_(None))
            .order_by(calls.c.began_at.desc())
            .limit(1)
        ).first()
        return None if row is None else Call(**row._mapping)

    def count_people(self, area: Area) -> int:
        """How many people there are in an area."""
        query = select(func.count()).select_from(people).where(_within(area))
        return int(self._connection.execute(query).scalar_one())

    def _dated(self, query: Select) -> list[Dated]:
        rows = self._connection.execute(query).all()
        baskets = self._baskets(rows)
        return [
            Dated(self._read(row, baskets[row.order_id]), row.created_at, row.changed_at)
            for row in rows
        ]

    @staticmethod
    def _task(row: Row) -> Task:
        return Task(row.task_id, row.recipient_id, row.kind, row.note, row.created_at, row.done_at)


def _within(area: Area) -> ColumnElement[bool]:
    # Nobody's people are nobody's: "" is never a municipality.
    theirs = (people.c.municipality == area.municipality) & (people.c.municipality != "")
    if area.districts:
        theirs &= people.c.district.in_(sorted(area.districts))
    return theirs
