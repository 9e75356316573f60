"""Queries about staff who are in a recipient's telephone call: beside the bot, or instead of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Row
from sqlalchemy.sql import Select

from bot.store.call_tables import calls
from bot.store.part import Part
from bot.store.staff_tables import staff, staff_sessions, takeovers

#: With the bot; instead of it; and to be handed over to a telephone of staff.
BESIDE, INSTEAD, TRANSFER = "beside", "instead", "transfer"


@dataclass(frozen=True, slots=True)
class TakeOver:
    """Somebody of staff is in a recipient's call.

    Attributes:
        name: of the staff member, as it is told to the recipient.
        mode: "beside", "instead" or "transfer".
    """

    recipient_id: str
    staff_id: str
    name: str
    mode: str
    since: datetime


class TakeOvers(Part):
    """Who of staff is in whose call; one at a time."""

    def takeover(self, recipient_id: str) -> TakeOver | None:
        """Who is in the person's call."""
        row = self._connection.execute(
            _TAKEOVERS.where(takeovers.c.recipient_id == recipient_id)
        ).first()
        return None if row is None else _takeover(row)

    def takeovers(self) -> list[TakeOver]:
        """All of them, by recipient."""
        rows = self._connection.execute(_TAKEOVERS.order_by(takeovers.c.recipient_id))
        return [_takeover(row) for row in rows]

    def set_takeover(self, recipient_id: str, staff_id: str, mode: str) -> None:
        """Somebody is in a person's call in this way; whoever was in it before is not any more."""
        self.touched.add(recipient_id)
        values = {"staff_id": staff_id, "mode": mode}
        changed = self._connection.execute(
            update(takeovers).where(takeovers.c.recipient_id == recipient_id).values(**values)
        )
        if not changed.rowcount:
            self._connection.execute(
                insert(takeovers).values(recipient_id=recipient_id, since=self._clock(), **values)
            )

    def end_takeover(self, recipient_id: str) -> bool:
        """Nobody is in the person's call any more; returns whether somebody was."""
        ended = self._connection.execute(
            delete(takeovers).where(takeovers.c.recipient_id == recipient_id)
        )
        if ended.rowcount:
            self.touched.add(recipient_id)
        return bool(ended.rowcount)

    def lost_takeovers(self, idle: timedelta, longest_call: timedelta) -> list[str]:
        """The recipients in whose call somebody is who is signed in no more, or who are in none.

        Args:
            idle: how long a session lasts that nobody uses.
            longest_call: a call that began earlier has ended, whatever the store says.
        """
        now = self._clock()
        signed_in = (
            select(staff_sessions.c.staff_id)
            .where(staff_sessions.c.ended_at.is_(None))
            .where(staff_sessions.c.expires_at > now)
            .where(staff_sessions.c.seen_at > now - idle)
        )
        calling = (
            select(calls.c.recipient_id)
            .where(calls.c.recipient_id.is_not(None))
            .where(calls.c.ended_at.is_(None))
            .where(calls.c.began_at > now - longest_call)
        )
        lost = select(takeovers.c.recipient_id).where(
            takeovers.c.staff_id.not_in(signed_in) | takeovers.c.recipient_id.not_in(calling)
        )
        return list(self._connection.execute(lost).scalars())


_TAKEOVERS: Select = select(takeovers, staff.c.name).join(
    staff, staff.c.staff_id == takeovers.c.staff_id
)


def _takeover(row: Row) -> TakeOver:
    return TakeOver(row.recipient_id, row.staff_id, row.name, row.mode, row.since)
