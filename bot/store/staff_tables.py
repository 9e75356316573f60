"""The tables of the staff side: municipalities, accounts, sessions, transcripts, take-overs."""

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
)
from sqlalchemy import false as sql_false

from bot.store.column_types import UtcDateTime
from bot.store.tables import metadata

#: Rules that one municipality has; a null policy means the setting of this installation.
municipalities = Table(
    "municipalities",
    metadata,
    Column("municipality", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("second_person", Boolean, nullable=False, server_default=sql_false()),
    Column("alcohol_policy", Text),
    Column("tobacco_policy", Text),
    Column("keep_orders_days", Integer, nullable=False),
    Column("keep_log_days", Integer, nullable=False),
)

staff = Table(
    "staff",
    metadata,
    Column("staff_id", Text, primary_key=True),
    Column("municipality", Text, ForeignKey("municipalities.municipality"), nullable=False),
    Column("name", Text, nullable=False),
    Column("roles", JSON, nullable=False),
    Column("districts", JSON, nullable=False),  # empty: all of the municipality
    # For those without a sign-in service: argon2 hash, and the sealed secret of one-time codes.
    Column("password", Text),
    Column("otp_secret", Text),
    Column("otp_used", Integer),  # the time step of the newest code: none counts twice
    # "issuer subject" of those who come from a sign-in service.
    Column("subject", Text, unique=True),
    Column("disabled_at", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
)
Index("ix_staff_municipality", staff.c.municipality)

#: Who is signed in. The token itself is only in the browser.
staff_sessions = Table(
    "staff_sessions",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("staff_id", Text, ForeignKey("staff.staff_id"), nullable=False),
    Column("form_token", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
)
Index("ix_staff_sessions_staff_id", staff_sessions.c.staff_id)

#: Failed attempts of an account or an address since the last that succeeded.
sign_in_failures = Table(
    "sign_in_failures",
    metadata,
    Column("key", Text, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("locked_until", UtcDateTime),
    Column("changed_at", UtcDateTime, nullable=False),
)

#: What was said and answered in the order that is open: sealed, and gone when the order is closed.
utterances = Table(
    "utterances",
    metadata,
    Column("entry_id", Integer, primary_key=True),
    Column("order_id", Text, ForeignKey("orders.order_id"), nullable=False),
    Column("recipient_id", Text, ForeignKey("people.recipient_id"), nullable=False),
    Column("speaker", Text, nullable=False),  # "recipient", "kurv", or "staff:<id>"
    Column("text", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("aloud", Boolean, nullable=False, server_default=sql_false()),  # staff to a caller
    sqlite_autoincrement=True,
)
Index("ix_utterances_recipient_id_entry_id", utterances.c.recipient_id, utterances.c.entry_id)
Index("ix_utterances_order_id", utterances.c.order_id)

#: Staff who are in a recipient's talk: beside the bot, or instead of it.
takeovers = Table(
    "takeovers",
    metadata,
    Column("recipient_id", Text, ForeignKey("people.recipient_id"), primary_key=True),
    Column("staff_id", Text, ForeignKey("staff.staff_id"), nullable=False),
    Column("mode", Text, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    CheckConstraint("mode IN ('beside', 'instead', 'transfer')", name="mode"),
)
