"""The telephone: who may call and with which PIN, calls, and agreed times at which we ring."""

import sqlalchemy as sa
from alembic import op

from bot.store.column_types import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables and their indexes."""
    op.create_table(
        "callers",
        sa.Column("phone", sa.Text, nullable=False),
        _recipient("callers"),
        sa.Column("pin", sa.Text, nullable=False),
        sa.Column("pin_length", sa.Integer, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("phone", "recipient_id", name="pk_callers"),
    )
    op.create_index("ix_callers_recipient_id", "callers", ["recipient_id"])
    op.create_table(
        "pin_failures",
        sa.Column("phone", sa.Text, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("locked_until", UtcDateTime),
        sa.Column("changed_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("phone", name="pk_pin_failures"),
    )
    op.create_table(
        "calls",
        sa.Column("call_id", sa.Text, nullable=False),
        _recipient("calls", nullable=True),
        sa.Column("direction", sa.Text, nullable=False),
        sa.Column("began_at", UtcDateTime, nullable=False),
        sa.Column("ended_at", UtcDateTime),
        sa.Column("outcome", sa.Text),
        sa.CheckConstraint("direction IN ('in', 'out')", name="ck_calls_direction"),
        sa.PrimaryKeyConstraint("call_id", name="pk_calls"),
    )
    op.create_index("ix_calls_ended_at", "calls", ["ended_at"])
    op.create_index("ix_calls_recipient_id", "calls", ["recipient_id"])
    op.create_table(
        "schedules",
        sa.Column("schedule_id", sa.Integer, nullable=False),
        _recipient("schedules"),
        sa.Column("phone", sa.Text, nullable=False),
        sa.Column("weekday", sa.Integer, nullable=False),
        sa.Column("minute", sa.Integer, nullable=False),
        sa.Column("holidays", sa.Boolean, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name="ck_schedules_weekday"),
        sa.CheckConstraint("minute BETWEEN 0 AND 1439", name="ck_schedules_minute"),
        sa.UniqueConstraint(
            "recipient_id", "weekday", "minute", name="uq_schedules_recipient_id_weekday_minute"
        ),
        sa.PrimaryKeyConstraint("schedule_id", name="pk_schedules"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "rings",
        sa.Column("ring_id", sa.Integer, nullable=False),
        sa.Column(
            "schedule_id",
            sa.Integer,
            sa.ForeignKey("schedules.schedule_id", name="fk_rings_schedule_id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("day", sa.Text, nullable=False),
        sa.Column("agreed_at", UtcDateTime, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("due_at", UtcDateTime, nullable=False),
        sa.Column("leased_until", UtcDateTime),
        sa.Column("call_id", sa.Text),
        sa.Column("changed_at", UtcDateTime, nullable=False),
        sa.UniqueConstraint("schedule_id", "day", name="uq_rings_schedule_id_day"),
        sa.CheckConstraint("status IN ('waiting', 'done', 'given_up')", name="ck_rings_status"),
        sa.PrimaryKeyConstraint("ring_id", name="pk_rings"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_rings_status_due_at", "rings", ["status", "due_at"])
    op.create_index("ix_rings_call_id", "rings", ["call_id"])


def _recipient(table: str, nullable: bool = False) -> sa.Column:
    return sa.Column(
        "recipient_id",
        sa.Text,
        sa.ForeignKey("people.recipient_id", name=f"fk_{table}_recipient_id"),
        nullable=nullable,
    )


def downgrade() -> None:
    """Take them out again; what they held is lost."""
    for table in ("rings", "schedules", "calls", "pin_failures", "callers"):
        op.drop_table(table)
