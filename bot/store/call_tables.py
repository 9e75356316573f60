"""The tables of the telephone: who may call, calls, and agreed times at which we ring."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
)

from bot.store.column_types import UtcDateTime
from bot.store.tables import metadata

#: A number may belong to several recipients (a household): the PIN tells who is calling. That
#: somebody's number is here tells that they get help, so it is kept as a fingerprint (`phone`) by
#: which a call finds it, and sealed (`number`), E.164; see `bot.store.vault`.
callers = Table(
    "callers",
    metadata,
    Column("phone", Text, primary_key=True),
    Column("recipient_id", Text, ForeignKey("people.recipient_id"), primary_key=True),
    Column("number", Text, nullable=False, server_default=""),
    Column("pin", Text, nullable=False),  # salt and scrypt hash, never the digits
    Column("pin_length", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)
Index("ix_callers_recipient_id", callers.c.recipient_id)

#: Wrong PINs of a number since the last right one, whichever call they were in.
pin_failures = Table(
    "pin_failures",
    metadata,
    Column("phone", Text, primary_key=True),  # its fingerprint
    Column("failures", Integer, nullable=False),
    Column("locked_until", UtcDateTime),
    Column("changed_at", UtcDateTime, nullable=False),
)

#: That there was a call, and what came of it; neither sound nor words nor the number.
calls = Table(
    "calls",
    metadata,
    Column("call_id", Text, primary_key=True),
    Column("recipient_id", Text, ForeignKey("people.recipient_id")),
    Column("direction", Text, nullable=False),
    Column("began_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("outcome", Text),
    CheckConstraint("direction IN ('in', 'out')", name="direction"),
)
Index("ix_calls_ended_at", calls.c.ended_at)
Index("ix_calls_recipient_id", calls.c.recipient_id)

schedules = Table(
    "schedules",
    metadata,
    Column("schedule_id", Integer, primary_key=True),
    Column("recipient_id", Text, ForeignKey("people.recipient_id"), nullable=False),
    Column("phone", Text, nullable=False),  # sealed
    Column("weekday", Integer, nullable=False),  # 0 is Monday
    Column("minute", Integer, nullable=False),  # since midnight, in Norway
    Column("holidays", Boolean, nullable=False),  # agreed for Sundays and holidays too
    Column("created_at", UtcDateTime, nullable=False),
    CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
    CheckConstraint("minute BETWEEN 0 AND 1439", name="minute"),
    UniqueConstraint("recipient_id", "weekday", "minute"),
    sqlite_autoincrement=True,
)

#: One agreed time of one day. Whoever rings takes a lease first; a ring whose lease ran out
#: counts as an attempt, so that a crash can never make us ring more often.
rings = Table(
    "rings",
    metadata,
    Column("ring_id", Integer, primary_key=True),
    Column(
        "schedule_id",
        Integer,
        ForeignKey("schedules.schedule_id", ondelete="CASCADE"),
        nullable=False,
    ),
    Column("day", Text, nullable=False),  # ISO 8601, in Norway
    Column("agreed_at", UtcDateTime, nullable=False),
    Column("status", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("leased_until", UtcDateTime),
    Column("call_id", Text),
    Column("changed_at", UtcDateTime, nullable=False),
    UniqueConstraint("schedule_id", "day"),
    CheckConstraint("status IN ('waiting', 'done', 'given_up')", name="status"),
    sqlite_autoincrement=True,
)
Index("ix_rings_status_due_at", rings.c.status, rings.c.due_at)
Index("ix_rings_call_id", rings.c.call_id)
