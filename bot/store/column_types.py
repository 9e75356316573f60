"""Column types that keep what Python has: exact decimals, and moments in UTC."""

from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

from sqlalchemy import DateTime, Numeric, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine


class ExactDecimal(TypeDecorator):  # SQLAlchemy 1.4 is untyped
    """A `Decimal`, exactly: text in SQLite (which has only floats), NUMERIC elsewhere."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The column type in this kind of database."""
        kind = Text() if dialect.name == "sqlite" else Numeric(asdecimal=True)
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        """Python to database; a float is refused, it would not be exact."""
        if value is None:
            return None
        if not isinstance(value, Decimal):
            raise TypeError(f"only Decimal is stored exactly, not {type(value).__name__}")
        return format(value, "f") if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """Database to Python."""
        return None if value is None else Decimal(value)


class UtcDateTime(TypeDecorator):
    """A moment: stored in UTC, always with its zone in Python."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Python to database; a moment without a zone is refused, it could mean anything."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError("a moment needs its zone")
        moment = value.astimezone(timezone.utc)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Database to Python."""
        if value is None:
            return None
        return (
            value.replace(tzinfo=timezone.utc)
            if value.tzinfo is None
            else (value.astimezone(timezone.utc))
        )
