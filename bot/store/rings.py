"""Queries about agreed times at which we ring people, and the rings themselves.

A ring is `waiting` until somebody was reached or we gave up. Whoever rings takes a lease first,
which counts the attempt and puts off the next one: whatever crashes, nobody is rung more often.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Row
from sqlalchemy.exc import IntegrityError

from bot.store.call_tables import rings, schedules
from bot.store.people import People
from bot.store.tables import people


@dataclass(frozen=True, slots=True)
class Schedule:
    """An agreed time in the week at which we ring somebody.

    Attributes:
        schedule_id: the store's number of it.
        phone: the number that is rung, E.164.
        weekday: 0 is Monday.
        minute: since midnight, in Norway.
        holidays: whether it was agreed for Sundays and public holidays too.
        created_at: when it was agreed; earlier times of that day do not count.
    """

    schedule_id: int
    recipient_id: str
    phone: str
    weekday: int
    minute: int
    holidays: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Ring:
    """One day's ring.

    Attributes:
        agreed_at: when it should have been.
        attempts: how often we have rung, this time included.
        call_id: the UUID of the latest attempt's call.
    """

    ring_id: int
    recipient_id: str
    phone: str
    holidays: bool
    agreed_at: datetime
    attempts: int
    call_id: str | None


_RING = (
    rings.c.ring_id,
    schedules.c.recipient_id,
    schedules.c.phone,
    schedules.c.holidays,
    rings.c.agreed_at,
    rings.c.attempts,
    rings.c.call_id,
)


class Rings(People):
    """What is to be rung."""

    def schedules(self, recipient_id: str | None = None) -> list[Schedule]:
        """The agreed times, of one person or all."""
        query = select(schedules).order_by(
            schedules.c.recipient_id, schedules.c.weekday, schedules.c.minute
        )
        if recipient_id is not None:
            query = query.where(schedules.c.recipient_id == recipient_id)
        return [self._schedule(row) for row in self._connection.execute(query)]

    def add_schedule(
        self, recipient_id: str, phone: str, weekday: int, minute: int, holidays: bool
    ) -> Schedule:
        """Agree on a time; the same time again only changes number and holidays."""
        self.person(recipient_id)
        the_same = (
            (schedules.c.recipient_id == recipient_id)
            & (schedules.c.weekday == weekday)
            & (schedules.c.minute == minute)
        )
        sealed = self._vault.seal(phone)
        changed = self._connection.execute(
            update(schedules).where(the_same).values(phone=sealed, holidays=holidays)
        )
        if not changed.rowcount:
            self._connection.execute(
                insert(schedules).values(
                    recipient_id=recipient_id,
                    phone=self._vault.seal(phone),
                    weekday=weekday,
                    minute=minute,
                    holidays=holidays,
                    created_at=self._clock(),
                )
            )
        return self._schedule(self._connection.execute(select(schedules).where(the_same)).one())

    def remove_schedule(self, schedule_id: int) -> bool:
        """Ring no more at this time; returns whether there was one."""
        self._connection.execute(delete(rings).where(rings.c.schedule_id == schedule_id))
        gone = self._connection.execute(
            delete(schedules).where(schedules.c.schedule_id == schedule_id)
        )
        return bool(gone.rowcount)

    def plan_ring(self, schedule_id: int, day: str, agreed_at: datetime) -> bool:
        """Put down today's ring; returns False when it stands there already."""
        values = {
            "schedule_id": schedule_id,
            "day": day,
            "agreed_at": agreed_at,
            "status": "waiting",
            "attempts": 0,
            "due_at": agreed_at,
            "changed_at": self._clock(),
        }
        try:
            with self._connection.begin_nested():
                self._connection.execute(insert(rings).values(**values))
        except IntegrityError:
            return False
        return True

    def planned(self, day: str) -> set[int]:
        """The schedules whose ring of that day is put down."""
        rows = self._connection.execute(select(rings.c.schedule_id).where(rings.c.day == day))
        return set(rows.scalars().all())

    def lease_ring(self, call_id: str, until: datetime, next_due: datetime) -> Ring | None:
        """Take a ring that is due and that nobody is ringing; one at a time for each person.

        Args:
            call_id: the UUID of the call that this attempt will be.
            until: when the lease runs out.
            next_due: when it is due again unless somebody was reached.
        """
        now = self._clock()
        passed_over: list[str] = []
        while True:
            row = self._connection.execute(
                select(*_RING)
                .join(schedules, schedules.c.schedule_id == rings.c.schedule_id)
                .where(rings.c.status == "waiting")
                .where(rings.c.due_at <= now)
                .where(rings.c.leased_until.is_(None) | (rings.c.leased_until <= now))
                .where(schedules.c.recipient_id.not_in(passed_over))
                .order_by(rings.c.due_at, rings.c.ring_id)
                .limit(1)
                .with_for_update(skip_locked=True, of=rings)
            ).first()
            if row is None:
                return None
            # Whoever leases takes the person's lock, so that no two do at the same time.
            self._connection.execute(
                select(people.c.recipient_id)
                .where(people.c.recipient_id == row.recipient_id)
                .with_for_update(key_share=True)
            )
            if not self._being_rung(row.recipient_id, now):
                break
            passed_over.append(row.recipient_id)
        self._connection.execute(
            update(rings)
            .where(rings.c.ring_id == row.ring_id)
            .values(
                attempts=row.attempts + 1,
                call_id=call_id,
                leased_until=until,
                due_at=next_due,
                changed_at=now,
            )
        )
        return replace(self._ring(row), attempts=row.attempts + 1, call_id=call_id)

    def ring_of_call(self, call_id: str) -> Ring | None:
        """The ring whose latest attempt this call is, while nobody was reached."""
        row = self._connection.execute(
            select(*_RING)
            .join(schedules, schedules.c.schedule_id == rings.c.schedule_id)
            .where(rings.c.call_id == call_id)
            .where(rings.c.status == "waiting")
        ).first()
        return None if row is None else self._ring(row)

    def hold_ring(self, ring_id: int, until: datetime) -> None:
        """Somebody answered: nobody rings them anew while the call lasts."""
        self._change(ring_id, leased_until=until, due_at=until)

    def put_off_ring(self, ring_id: int, until: datetime, count: bool = True) -> None:
        """Nobody was reached: ring again then. An attempt that was none is not counted."""
        values = {} if count else {"attempts": rings.c.attempts - 1}
        self._change(ring_id, leased_until=None, due_at=until, **values)

    def close_ring(self, ring_id: int, status: str) -> None:
        """Somebody was reached (`done`), or we ring no more today (`given_up`)."""
        self._change(ring_id, status=status, leased_until=None)

    def _change(self, ring_id: int, **values: object) -> None:
        self._connection.execute(
            update(rings)
            .where(rings.c.ring_id == ring_id)
            .values(changed_at=self._clock(), **values)
        )

    def _being_rung(self, recipient_id: str, now: datetime) -> bool:
        row = self._connection.execute(
            select(rings.c.ring_id)
            .join(schedules, schedules.c.schedule_id == rings.c.schedule_id)
            .where(schedules.c.recipient_id == recipient_id)
            .where(rings.c.status == "waiting")
            .where(rings.c.leased_until > now)
            .limit(1)
        ).first()
        return row is not None

    def _ring(self, row: Row) -> Ring:
        return Ring(**{**row._mapping, "phone": self._vault.open(row.phone)})

    def _schedule(self, row: Row) -> Schedule:
        return Schedule(
            row.schedule_id,
            row.recipient_id,
            self._vault.open(row.phone),
            row.weekday,
            row.minute,
            row.holidays,
            row.created_at,
        )
