"""Queries about the telephone: who may call, wrong PINs, and the calls themselves."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Row
from sqlalchemy.exc import IntegrityError

from bot.ordering.order import OPEN
from bot.store.call_tables import callers, calls, pin_failures
from bot.store.people import People
from bot.store.tables import orders


@dataclass(frozen=True, slots=True)
class Caller:
    """A recipient who may call from a number.

    Attributes:
        phone: the number, E.164 ("+4722334455").
        pin: salt and hash, as `bot.calls.pins` made them.
        pin_length: how many digits the PIN has.
    """

    phone: str
    recipient_id: str
    pin: str
    pin_length: int


@dataclass(frozen=True, slots=True)
class Call:
    """That there is or was a call.

    Attributes:
        recipient_id: who called, once they were identified.
        direction: "in", or "out" when we rang.
        outcome: what came of it; None while it lasts.
    """

    call_id: str
    recipient_id: str | None
    direction: str
    began_at: datetime
    ended_at: datetime | None
    outcome: str | None


class Callers(People):
    """Numbers, PINs and calls."""

    def callers(self, phone: str | None = None, recipient_id: str | None = None) -> list[Caller]:
        """Who may call; of one number, of one person, or all."""
        query = select(callers).order_by(callers.c.recipient_id, callers.c.phone)
        if phone is not None:
            query = query.where(callers.c.phone.in_(self._vault.fingerprints(phone)))
        if recipient_id is not None:
            query = query.where(callers.c.recipient_id == recipient_id)
        return [
            Caller(
                self._vault.open(row.number) or row.phone,
                row.recipient_id,
                row.pin,
                row.pin_length,
            )
            for row in self._connection.execute(query)
        ]

    def save_caller(self, caller: Caller) -> None:
        """Let somebody call from a number; the PIN is the person's at all their numbers."""
        self.person(caller.recipient_id)
        known = {each.phone for each in self.callers(recipient_id=caller.recipient_id)}
        self._connection.execute(
            update(callers)
            .where(callers.c.recipient_id == caller.recipient_id)
            .values(pin=caller.pin, pin_length=caller.pin_length)
        )
        if caller.phone not in known:
            self._connection.execute(
                insert(callers).values(
                    phone=self._vault.fingerprint(caller.phone),
                    number=self._vault.seal(caller.phone),
                    recipient_id=caller.recipient_id,
                    pin=caller.pin,
                    pin_length=caller.pin_length,
                    created_at=self._clock(),
                )
            )

    def remove_caller(self, recipient_id: str, phone: str | None = None) -> int:
        """Let somebody no longer call, from a number or at all; returns how many numbers."""
        gone = delete(callers).where(callers.c.recipient_id == recipient_id)
        if phone is not None:
            gone = gone.where(callers.c.phone.in_(self._vault.fingerprints(phone)))
        return int(self._connection.execute(gone).rowcount)

    def pin_failures(self, phone: str) -> tuple[int, datetime | None]:
        """How many wrong PINs in a row a number has given, and until when it is locked.

        Two calls of the same number wait for each other here.
        """
        row = self._connection.execute(
            select(pin_failures)
            .where(pin_failures.c.phone.in_(self._vault.fingerprints(phone)))
            .with_for_update()
        ).first()
        if row is None:
            return 0, None
        locked = row.locked_until
        return row.failures, locked if locked and locked > self._clock() else None

    def set_pin_failures(self, phone: str, failures: int, locked_until: datetime | None) -> None:
        """Store how many wrong PINs in a row a number has given; 0 unlocks it."""
        values = {
            "failures": failures,
            "locked_until": locked_until,
            "changed_at": self._clock(),
        }
        prints = self._vault.fingerprints(phone)
        query = update(pin_failures).where(pin_failures.c.phone.in_(prints))
        if self._connection.execute(query.values(**values)).rowcount:
            return
        try:
            with self._connection.begin_nested():
                self._connection.execute(insert(pin_failures).values(phone=prints[0], **values))
        except IntegrityError:  # another call of the same number was a moment earlier
            self._connection.execute(query.values(**values))

    # -- calls --------------------------------------------------------------------------------

    def begin_call(self, call_id: str, direction: str) -> None:
        """A call has begun; one that has the id of an earlier call is that call."""
        known = select(calls.c.call_id).where(calls.c.call_id == call_id)
        if self._connection.execute(known).first() is None:
            self._connection.execute(
                insert(calls).values(call_id=call_id, direction=direction, began_at=self._clock())
            )

    def identify_call(self, call_id: str, recipient_id: str) -> None:
        """It is known who calls."""
        self.touched.add(recipient_id)
        self._connection.execute(
            update(calls).where(calls.c.call_id == call_id).values(recipient_id=recipient_id)
        )

    def end_call(self, call_id: str, outcome: str) -> None:
        """A call is over; the first outcome counts."""
        known = self.call(call_id)
        if known is not None and known.recipient_id is not None:
            self.touched.add(known.recipient_id)
        self._connection.execute(
            update(calls)
            .where(calls.c.call_id == call_id)
            .where(calls.c.ended_at.is_(None))
            .values(ended_at=self._clock(), outcome=outcome)
        )

    def end_lost_calls(self, before: datetime) -> int:
        """Calls that began earlier and never ended broke with their process; returns how many."""
        lost = self._connection.execute(
            update(calls)
            .where(calls.c.ended_at.is_(None))
            .where(calls.c.began_at < before)
            .values(ended_at=self._clock(), outcome="interrupted")
        )
        return int(lost.rowcount)

    def calls(self, running: bool = False, limit: int = 100) -> list[Call]:
        """Calls, the newest first; only those in progress when `running`."""
        query = select(calls).order_by(calls.c.began_at.desc()).limit(limit)
        if running:
            query = query.where(calls.c.ended_at.is_(None))
        return [_call(row) for row in self._connection.execute(query)]

    def call(self, call_id: str) -> Call | None:
        """A call by its id."""
        row = self._connection.execute(select(calls).where(calls.c.call_id == call_id)).first()
        return None if row is None else _call(row)

    def is_calling(self, recipient_id: str, since: datetime) -> bool:
        """Whether the person is on the telephone with us, in a call that began after `since`."""
        return self.running_call(recipient_id, since) is not None

    def running_call(self, recipient_id: str, since: datetime) -> str | None:
        """The call that the person is in, if it began after `since`; the newest of several."""
        return self._connection.execute(
            select(calls.c.call_id)
            .where(calls.c.recipient_id == recipient_id)
            .where(calls.c.ended_at.is_(None))
            .where(calls.c.began_at > since)
            .order_by(calls.c.began_at.desc())
            .limit(1)
        ).scalar()

    def draft_changed_at(self, recipient_id: str) -> datetime | None:
        """When the person's open order was last changed; None without one."""
        return self._connection.execute(
            select(orders.c.changed_at)
            .where(orders.c.recipient_id == recipient_id)
            .where(orders.c.status.in_([status.value for status in OPEN]))
        ).scalar()


def _call(row: Row) -> Call:
    return Call(
        row.call_id, row.recipient_id, row.direction, row.began_at, row.ended_at, row.outcome
    )
