"""The first tables: people, orders, outbox, tasks, access log.

The access log is append-only: triggers refuse every change and removal, whoever asks.
"""

import sqlalchemy as sa
from alembic import op

from bot.store.column_types import ExactDecimal, UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_SQLITE_TRIGGERS = (
    """
    CREATE TRIGGER access_log_no_update BEFORE UPDATE ON access_log
    BEGIN SELECT RAISE(ABORT, 'the access log is append-only'); END
    """,
    """
    CREATE TRIGGER access_log_no_delete BEFORE DELETE ON access_log
    BEGIN SELECT RAISE(ABORT, 'the access log is append-only'); END
    """,
)
_POSTGRESQL_TRIGGERS = (
    """
    CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the access log is append-only'; END $$
    """,
    """
    CREATE TRIGGER access_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON access_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """,
)


def upgrade() -> None:
    """Make the tables, indexes and triggers."""
    op.create_table(
        "people",
        sa.Column("recipient_id", sa.Text, nullable=False),
        sa.Column("display_name", sa.Text, nullable=False, server_default=""),
        sa.Column("speech_rate", sa.Float, nullable=False, server_default="1"),
        sa.Column("alcohol_policy", sa.Text),
        sa.Column("tobacco_policy", sa.Text),
        sa.Column("delivery", sa.Text),
        sa.Column("budget", ExactDecimal),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("recipient_id", name="pk_people"),
    )
    op.create_table(
        "orders",
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("order_id", sa.Text, nullable=False),
        sa.Column(
            "recipient_id",
            sa.Text,
            sa.ForeignKey("people.recipient_id", name="fk_orders_recipient_id"),
            nullable=False,
        ),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("read_revision", sa.Integer),
        sa.Column("confirmed_revision", sa.Integer),
        sa.Column("confirmed_by", sa.Text),
        sa.Column("delivery", sa.Text),
        sa.Column("grocer_reference", sa.Text),
        sa.Column("grocer_total", ExactDecimal),
        sa.Column("arrives_from", sa.Text),
        sa.Column("arrives_to", sa.Text),
        sa.Column("failure", sa.Text),
        sa.Column("sold_out", sa.JSON, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("changed_at", UtcDateTime, nullable=False),
        sa.UniqueConstraint("order_id", name="uq_orders_order_id"),
        sa.CheckConstraint("revision >= 0", name="ck_orders_revision"),
        sa.PrimaryKeyConstraint("sequence", name="pk_orders"),
        sqlite_autoincrement=True,
    )
    is_open = sa.text("status IN ('draft', 'read_back')")
    op.create_index(
        "uq_orders_open",
        "orders",
        ["recipient_id"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    op.create_index("ix_orders_recipient_id_sequence", "orders", ["recipient_id", "sequence"])
    op.create_table(
        "order_lines",
        sa.Column(
            "order_id",
            sa.Text,
            sa.ForeignKey("orders.order_id", name="fk_order_lines_order_id"),
            nullable=False,
        ),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("product_id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("quantity", ExactDecimal, nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("unit_price", ExactDecimal, nullable=False),
        sa.Column("deposit", ExactDecimal, nullable=False),
        sa.UniqueConstraint(
            "order_id", "revision", "product_id", name="uq_order_lines_order_id_revision_product_id"
        ),
        sa.PrimaryKeyConstraint("order_id", "revision", "position", name="pk_order_lines"),
    )
    op.create_table(
        "talks",
        sa.Column(
            "recipient_id",
            sa.Text,
            sa.ForeignKey("people.recipient_id", name="fk_talks_recipient_id"),
            nullable=False,
        ),
        sa.Column("state", sa.JSON, nullable=False),
        sa.Column("changed_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("recipient_id", name="pk_talks"),
    )
    op.create_table(
        "outbox",
        sa.Column("entry_id", sa.Integer, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column(
            "order_id",
            sa.Text,
            sa.ForeignKey("orders.order_id", name="fk_outbox_order_id"),
            nullable=False,
        ),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column(
            "recipient_id",
            sa.Text,
            sa.ForeignKey("people.recipient_id", name="fk_outbox_recipient_id"),
            nullable=False,
        ),
        sa.Column("delivery", sa.Text),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("due_at", UtcDateTime, nullable=False),
        sa.Column("leased_by", sa.Text),
        sa.Column("leased_until", UtcDateTime),
        sa.Column("last_error", sa.Text),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("changed_at", UtcDateTime, nullable=False),
        sa.UniqueConstraint("key", name="uq_outbox_key"),
        sa.CheckConstraint(
            "status IN ('waiting', 'done', 'failed', 'withdrawn')", name="ck_outbox_status"
        ),
        sa.PrimaryKeyConstraint("entry_id", name="pk_outbox"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_status_due_at", "outbox", ["status", "due_at"])
    op.create_index("ix_outbox_recipient_id", "outbox", ["recipient_id"])
    op.create_table(
        "tasks",
        sa.Column("task_id", sa.Integer, nullable=False),
        sa.Column(
            "recipient_id",
            sa.Text,
            sa.ForeignKey("people.recipient_id", name="fk_tasks_recipient_id"),
            nullable=False,
        ),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False, server_default=""),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("done_at", UtcDateTime),
        sa.PrimaryKeyConstraint("task_id", name="pk_tasks"),
        sqlite_autoincrement=True,
    )
    is_undone = sa.text("done_at IS NULL")
    op.create_index(
        "uq_tasks_open",
        "tasks",
        ["recipient_id", "kind", "note"],
        unique=True,
        sqlite_where=is_undone,
        postgresql_where=is_undone,
    )
    op.create_table(
        "access_log",
        sa.Column("entry_id", sa.Integer, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("recipient_id", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("entry_id", name="pk_access_log"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_access_log_recipient_id", "access_log", ["recipient_id"])
    op.create_table(
        "usual_lines",
        sa.Column(
            "recipient_id",
            sa.Text,
            sa.ForeignKey("people.recipient_id", name="fk_usual_lines_recipient_id"),
            nullable=False,
        ),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("product_id", sa.Text, nullable=False),
        sa.Column("quantity", ExactDecimal, nullable=False),
        sa.PrimaryKeyConstraint("recipient_id", "position", name="pk_usual_lines"),
    )
    op.create_table(
        "purchases",
        sa.Column("purchase_id", sa.Integer, nullable=False),
        sa.Column(
            "recipient_id",
            sa.Text,
            sa.ForeignKey("people.recipient_id", name="fk_purchases_recipient_id"),
            nullable=False,
        ),
        sa.Column("product_id", sa.Text, nullable=False),
        sa.Column("quantity", ExactDecimal, nullable=False),
        sa.Column("bought_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("purchase_id", name="pk_purchases"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_purchases_recipient_id", "purchases", ["recipient_id"])

    sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in _SQLITE_TRIGGERS if sqlite else _POSTGRESQL_TRIGGERS:
        op.execute(statement)


def downgrade() -> None:
    """There is nothing before the first tables; remove the database instead.

    Raises:
        RuntimeError: always.
    """
    raise RuntimeError("the first migration is not undone: it would drop every order")
