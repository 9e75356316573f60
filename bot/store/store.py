"""The store as a whole: opening it, bringing its tables up to date, and transactions."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime, timezone
from pathlib import Path

import structlog
from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError

from bot.errors import StoreError
from bot.store.engine import (
    BUSY_SECONDS,
    READ_ONLY,
    busy,
    create_private,
    in_words,
    make_engine,
    one_writer,
    open_within,
    read_url,
)
from bot.store.unit_of_work import UnitOfWork
from bot.store.vault import Vault

log = structlog.get_logger(__name__)

_MIGRATIONS = Path(__file__).resolve().parent / "migrations"


def utc_now() -> datetime:
    """The moment it is now, in UTC."""
    return datetime.now(timezone.utc)


class Store:
    """One database. Safe to share between threads; other processes may use it at the same time."""

    def __init__(
        self,
        url: str,
        clock: Callable[[], datetime] = utc_now,
        open_seconds: float = 10.0,
        vault: Vault | None = None,
    ) -> None:
        """Take the address of the database; it is opened by `migrate` or the first transaction.

        Args:
            url: an SQLAlchemy URL, of SQLite or PostgreSQL.
            clock: the moment it is now, with its zone.
            open_seconds: how long `migrate` waits for a database that is starting or busy.
            vault: seals what is told about people; None: it is stored as it is, and what was
                sealed cannot be read.

        Raises:
            StoreError: the address cannot be used.
        """
        self.clock = clock
        self.vault = vault or Vault()
        self.changed: Callable[[frozenset[str]], None] = lambda recipient_ids: None
        """Called after each commit of this store that changed something that staff follow."""
        self._url = read_url(url)
        self._open_seconds = open_seconds
        self._patience = min(BUSY_SECONDS, open_seconds)
        self._engine = make_engine(self._url, open_seconds)
        # SQLite lets one write at a time, and has the others look again and again, ever more
        # seldom: under load some wait for seconds. Those of this process stand in line instead.
        self._writers = threading.Lock() if one_writer(self._url) else None

    def migrate(self) -> None:
        """Open the database and bring its tables up to date; does nothing the second time.

        Several processes may do this at once: one migrates, the others wait for it.

        Raises:
            StoreError: it cannot be opened within the deadline, or a newer Kurv has written it.
        """
        create_private(self._url)
        open_within(self._engine, self._open_seconds)
        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
        try:
            with self._engine.begin() as connection:
                if connection.dialect.name == "postgresql":
                    # SQLite has taken its write lock; here two first starts must be kept apart.
                    connection.exec_driver_sql("SELECT pg_advisory_xact_lock(4711001)")
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
        except CommandError as error:
            raise StoreError(
                "Databasen er skrevet av en nyere utgave av Kurv; bruk den utgaven."
            ) from error
        except SQLAlchemyError as error:
            log.error("migration_failed", error=type(error).__name__)
            raise in_words(error, self._url) from error

    @contextmanager
    def transaction(self, read_only: bool = False) -> Iterator[UnitOfWork]:
        """One database transaction: all of it happens, or, when the block raises, nothing.

        Keep it short and never call the grocer within it: in SQLite it keeps all other writers
        waiting. A transaction within a transaction waits for itself and fails.

        Args:
            read_only: only look; others may write meanwhile.

        Raises:
            StoreError: the database failed; nothing was changed.
            StaleRevision: somebody else changed what was to be saved; nothing was changed.
        """
        options = {READ_ONLY: True} if read_only else {}
        try:
            with (
                nullcontext() if read_only else self._turn_to_write(),
                self._engine.connect().execution_options(**options) as connection,
                connection.begin(),
            ):
                uow = UnitOfWork(connection, self.clock, self.vault)
                yield uow
        except SQLAlchemyError as error:
            # Neither statement nor values: they hold what people order.
            cause = type(getattr(error, "orig", None) or error).__name__
            log.error("transaction_failed", error=type(error).__name__, cause=cause)
            raise in_words(error, self._url) from error
        if uow.touched:
            self.changed(frozenset(uow.touched))

    @contextmanager
    def _turn_to_write(self) -> Iterator[None]:
        if self._writers is None:
            yield
            return
        if not self._writers.acquire(timeout=self._patience):
            log.error("transaction_failed", error="busy")
            raise busy(self._url)
        try:
            yield
        finally:
            self._writers.release()

    def close(self) -> None:
        """Close all connections; the store may be used again."""
        self._engine.dispose()
