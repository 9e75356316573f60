"""The simulated grocer's database: tables and how they are opened.

Amounts are text (exact decimals), quantities are thousandths, so that both stay exact in SQLite.
"""

from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    ForeignKey,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    create_engine,
    event,
)
from sqlalchemy.engine import Engine
from sqlalchemy.pool import QueuePool

metadata = MetaData()

products = Table(
    "products",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("article_number", Text, nullable=False, unique=True),
    Column("availability", Text, nullable=False, server_default="available"),
    sqlite_autoincrement=True,
)
users = Table(
    "users",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("username", Text, nullable=False, unique=True),
)
sessions = Table(
    "sessions",
    metadata,
    Column("token", Text, primary_key=True),
    Column("user_id", ForeignKey("users.id"), nullable=False),
)
cart_items = Table(
    "cart_items",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("user_id", ForeignKey("users.id"), nullable=False),
    Column("product_id", ForeignKey("products.id"), nullable=False),
    Column("quantity_milli", Integer, nullable=False),
    UniqueConstraint("user_id", "product_id"),
)
holds = Table(
    "holds",
    metadata,
    Column("user_id", ForeignKey("users.id"), primary_key=True),
    Column("window", Text, nullable=False),
    Column("expires", Integer, nullable=False),
)
orders = Table(
    "orders",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", Text, nullable=False, unique=True),
    Column("user_id", ForeignKey("users.id"), nullable=False),
    Column("external_reference", Text, nullable=False),
    Column("idempotency_key", Text, nullable=False),
    Column("window", Text, nullable=False),
    Column("delivery_price", Text, nullable=False),
    Column("handling_fee", Text, nullable=False),
    Column("total", Text, nullable=False),
    Column("created", Integer, nullable=False),
    Column("cancelled", Integer, nullable=False, server_default="0"),
    UniqueConstraint("user_id", "external_reference"),
    UniqueConstraint("user_id", "idempotency_key"),
    sqlite_autoincrement=True,
)
order_items = Table(
    "order_items",
    metadata,
    Column("order_id", ForeignKey("orders.id"), primary_key=True),
    Column("product_id", ForeignKey("products.id"), primary_key=True),
    Column("description", Text, nullable=False),
    Column("quantity_milli", Integer, nullable=False),
    Column("amount", Text, nullable=False),
    Column("deposit", Text, nullable=False),
)
product_lists = Table(
    "product_lists",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("user_id", ForeignKey("users.id"), nullable=False),
    Column("title", Text, nullable=False),
    Column("description", Text, nullable=False),
    sqlite_autoincrement=True,
)
product_list_items = Table(
    "product_list_items",
    metadata,
    Column("list_id", ForeignKey("product_lists.id", ondelete="CASCADE"), primary_key=True),
    Column("product_id", ForeignKey("products.id"), primary_key=True),
    Column("quantity_milli", Integer, nullable=False),
)


#: Seconds that a transaction waits for its turn.
_PATIENCE = 30


def open_database(path: Path) -> Engine:
    """Open or create the database; several threads and processes may use it at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        f"sqlite:///{path}",
        future=True,
        # Every transaction writes or may: with one connection threads stand in line for it, where
        # SQLite would have them look again and again.
        poolclass=QueuePool,
        pool_size=1,
        max_overflow=0,
        pool_timeout=_PATIENCE,
        connect_args={"check_same_thread": False, "timeout": _PATIENCE},
    )

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver must not begin transactions of its own
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        # One writer at a time from the first statement on: a cart is read and then changed.
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    metadata.create_all(engine)
    return engine
