"""What a person may eat and wants to be asked about, and what they have agreed to.

Allergies and diets are health data: only their keys are stored ("egg", "vegetar"), never a text.
"""

import sqlalchemy as sa
from alembic import op

from bot.store.column_types import ExactDecimal, UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns and the table of consents."""
    op.add_column(
        "people", sa.Column("allergies", sa.JSON, nullable=False, server_default=sa.text("'[]'"))
    )
    op.add_column(
        "people", sa.Column("diets", sa.JSON, nullable=False, server_default=sa.text("'[]'"))
    )
    op.add_column("people", sa.Column("substitutes", sa.Text, nullable=False, server_default="ask"))
    op.add_column(
        "people", sa.Column("reminders", sa.Boolean, nullable=False, server_default=sa.true())
    )
    op.add_column(
        "orders", sa.Column("reminded", sa.Boolean, nullable=False, server_default=sa.false())
    )
    op.create_table(
        "consents",
        sa.Column("consent_id", sa.Integer, nullable=False),
        sa.Column(
            "order_id",
            sa.Text,
            sa.ForeignKey("orders.order_id", name="fk_consents_order_id"),
            nullable=False,
        ),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("product_id", sa.Text, nullable=False, server_default=""),
        sa.Column("instead_of", sa.Text, nullable=False, server_default=""),
        sa.Column("amount", ExactDecimal),
        sa.Column("given_by", sa.Text, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("consent_id", name="pk_consents"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_consents_order_id", "consents", ["order_id"])


def downgrade() -> None:
    """Take them out again; what they held is lost."""
    op.drop_table("consents")
    op.drop_column("orders", "reminded")
    for column in ("reminders", "substitutes", "diets", "allergies"):
        op.drop_column("people", column)
