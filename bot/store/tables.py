"""The tables of the store, as the newest migration leaves them (a test compares the two)."""

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
    true,
)

from bot.store.column_types import ExactDecimal, UtcDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

people = Table(
    "people",
    metadata,
    Column("recipient_id", Text, primary_key=True),
    Column("speech_rate", Float, nullable=False, server_default="1"),
    Column("alcohol_policy", Text),
    Column("tobacco_policy", Text),
    Column("delivery", Text),
    Column("budget", ExactDecimal),
    Column("substitutes", Text, nullable=False, server_default="ask"),
    Column("reminders", Boolean, nullable=False, server_default=true()),
    # Name, address, health and the like: one JSON document, sealed (bot/store/vault.py).
    Column("private", Text, nullable=False, server_default=""),
    Column("municipality", Text, nullable=False, server_default=""),
    Column("district", Text, nullable=False, server_default=""),
    Column("created_at", UtcDateTime, nullable=False),
)
Index("ix_people_municipality_district", people.c.municipality, people.c.district)

orders = Table(
    "orders",
    metadata,
    Column("sequence", Integer, primary_key=True),
    Column("order_id", Text, nullable=False),
    Column("recipient_id", Text, ForeignKey("people.recipient_id"), nullable=False),
    Column("status", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("read_revision", Integer),
    Column("confirmed_revision", Integer),
    Column("confirmed_by", Text),
    Column("confirmed_with", Text),
    Column("approved_by", Text),
    Column("delivery", Text),
    Column("grocer_reference", Text),
    Column("grocer_total", ExactDecimal),
    # With their offset, as ISO 8601: the wall-clock time is what was promised.
    Column("arrives_from", Text),
    Column("arrives_to", Text),
    Column("failure", Text),
    Column("sold_out", JSON, nullable=False),
    Column("reminded", Boolean, nullable=False, server_default=false()),
    Column("version", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    UniqueConstraint("order_id"),
    CheckConstraint("revision >= 0", name="revision"),
    sqlite_autoincrement=True,
)
_OPEN = text("status IN ('draft', 'read_back')")
#: One open order per recipient, whoever writes.
Index(
    "uq_orders_open",
    orders.c.recipient_id,
    unique=True,
    sqlite_where=_OPEN,
    postgresql_where=_OPEN,
)
Index("ix_orders_recipient_id_sequence", orders.c.recipient_id, orders.c.sequence)

#: Every revision of every basket; the basket as it is now is the one with the order's revision.
order_lines = Table(
    "order_lines",
    metadata,
    Column("order_id", Text, ForeignKey("orders.order_id"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("product_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("quantity", ExactDecimal, nullable=False),
    Column("unit", Text, nullable=False),
    Column("unit_price", ExactDecimal, nullable=False),
    Column("deposit", ExactDecimal, nullable=False),
    UniqueConstraint("order_id", "revision", "product_id"),
)

#: What the person agreed to besides the basket itself; never changed, only added to.
consents = Table(
    "consents",
    metadata,
    Column("consent_id", Integer, primary_key=True),
    Column("order_id", Text, ForeignKey("orders.order_id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("product_id", Text, nullable=False, server_default=""),
    Column("instead_of", Text, nullable=False, server_default=""),
    Column("amount", ExactDecimal),
    Column("given_by", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    sqlite_autoincrement=True,
)
Index("ix_consents_order_id", consents.c.order_id)

talks = Table(
    "talks",
    metadata,
    Column("recipient_id", Text, ForeignKey("people.recipient_id"), primary_key=True),
    Column("state", JSON, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("entry_id", Integer, primary_key=True),
    Column("key", Text, nullable=False),
    Column("order_id", Text, ForeignKey("orders.order_id"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("recipient_id", Text, ForeignKey("people.recipient_id"), nullable=False),
    Column("delivery", Text),
    Column("status", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("leased_by", Text),
    Column("leased_until", UtcDateTime),
    Column("last_error", Text),
    Column("created_at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    UniqueConstraint("key"),
    CheckConstraint("status IN ('waiting', 'done', 'failed', 'withdrawn')", name="status"),
    sqlite_autoincrement=True,
)
Index("ix_outbox_status_due_at", outbox.c.status, outbox.c.due_at)
Index("ix_outbox_recipient_id", outbox.c.recipient_id)

tasks = Table(
    "tasks",
    metadata,
    Column("task_id", Integer, primary_key=True),
    Column("recipient_id", Text, ForeignKey("people.recipient_id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("note", Text, nullable=False, server_default=""),
    Column("created_at", UtcDateTime, nullable=False),
    Column("done_at", UtcDateTime),
    sqlite_autoincrement=True,
)
_UNDONE = text("done_at IS NULL")
#: The same open task is not made twice, however often its cause happens.
Index(
    "uq_tasks_open",
    tasks.c.recipient_id,
    tasks.c.kind,
    tasks.c.note,
    unique=True,
    sqlite_where=_UNDONE,
    postgresql_where=_UNDONE,
)

#: Append-only: the migrations add triggers that refuse every change, and every removal outside of
#: `access_gaps`.
access_log = Table(
    "access_log",
    metadata,
    Column("entry_id", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", Text, nullable=False),
    Column("recipient_id", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    # Of this entry and the hash before it; null only in what was written before there was a chain.
    Column("hash", Text),
    sqlite_autoincrement=True,
)
Index("ix_access_log_recipient_id", access_log.c.recipient_id)
Index("uq_access_log_hash", access_log.c.hash, unique=True)

#: What the access log no longer holds, because its time was over: a chain may be followed across a
#: gap. Only entries within a gap can be removed, and a gap only when a wider one covers it.
access_gaps = Table(
    "access_gaps",
    metadata,
    Column("gap_id", Integer, primary_key=True),
    Column("first_id", Integer, nullable=False),
    Column("last_id", Integer, nullable=False),
    Column("hash", Text),  # of the last entry that was removed
    Column("entries", Integer, nullable=False),
    Column("removed_at", UtcDateTime, nullable=False),
    Column("proof", Text, nullable=False),  # all of this, sealed: whoever has no key makes no gap
    CheckConstraint("first_id <= last_id", name="order"),
    sqlite_autoincrement=True,
)

#: People whose data was erased: whose staff may read what the access log still says about them.
erased_people = Table(
    "erased_people",
    metadata,
    Column("recipient_id", Text, primary_key=True),
    Column("municipality", Text, nullable=False),
    Column("district", Text, nullable=False),
    Column("erased_at", UtcDateTime, nullable=False),
)

usual_lines = Table(
    "usual_lines",
    metadata,
    Column("recipient_id", Text, ForeignKey("people.recipient_id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("product_id", Text, nullable=False),
    Column("quantity", ExactDecimal, nullable=False),
)

#: What was bought before Kurv, or outside it; what was bought through Kurv is in the orders.
purchases = Table(
    "purchases",
    metadata,
    Column("purchase_id", Integer, primary_key=True),
    Column("recipient_id", Text, ForeignKey("people.recipient_id"), nullable=False),
    Column("product_id", Text, nullable=False),
    Column("quantity", ExactDecimal, nullable=False),
    Column("bought_at", UtcDateTime, nullable=False),
    sqlite_autoincrement=True,
)
Index("ix_purchases_recipient_id", purchases.c.recipient_id)
