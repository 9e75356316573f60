"""Opening the database: engine settings, start-up with a deadline, and what went wrong in words."""

import contextlib
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, event
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import QueuePool, StaticPool
from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_exponential

from bot.errors import StoreError

_KINDS = ("sqlite", "postgresql")
#: What a SQLite address has for a file when there is none.
IN_MEMORY = (None, "", ":memory:")
#: How long one waits at most for another writer of a SQLite file, in seconds.
BUSY_SECONDS = 5.0
#: A transaction that only reads does not take SQLite's write lock.
READ_ONLY = "kurv_read_only"

_PASSING = (
    "database is locked",
    "connection refused",
    "the database system is starting up",
    "no such file or directory",  # the socket of a PostgreSQL server that is still starting
    "timeout expired",
    "too many clients",
)


def read_url(url: str) -> URL:
    """Parse and check the database's address.

    Raises:
        StoreError: it is not an address, or of a kind that Kurv does not speak.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise StoreError(
            "KURV_DATABASE er ikke en gyldig databaseadresse; skriv for eksempel "
            "«sqlite:////var/lib/kurv/kurv.db» eller «postgresql://bruker@vert/kurv»."
        ) from error
    if parsed.get_backend_name() not in _KINDS:
        raise StoreError(
            f"Databasen i KURV_DATABASE er av typen «{parsed.get_backend_name()}», "
            "men Kurv kan bare bruke sqlite og postgresql."
        )
    return parsed


def one_writer(url: URL) -> bool:
    """Whether the database lets only one write at a time."""
    return url.get_backend_name() == "sqlite"


def make_engine(url: URL, open_seconds: float) -> Engine:
    """An engine with Kurv's settings; nothing is opened yet.

    Args:
        url: as `read_url` gave it.
        open_seconds: how long opening may take at most.

    Raises:
        StoreError: the driver in the address is unknown.
    """
    try:
        if url.get_backend_name() == "sqlite":
            return _sqlite(url, min(BUSY_SECONDS, open_seconds))
        return create_engine(
            url,
            future=True,
            pool_pre_ping=True,
            connect_args={"connect_timeout": 5, "application_name": "kurv"},
        )
    except (NoSuchModuleError, ImportError, ArgumentError) as error:
        raise StoreError(
            f"Driveren «{url.drivername}» i KURV_DATABASE finnes ikke; "
            "bruk «sqlite» eller «postgresql»."
        ) from error


def _sqlite(url: URL, busy_seconds: float) -> Engine:
    in_memory = url.database in IN_MEMORY
    engine = create_engine(
        url,
        future=True,
        poolclass=StaticPool if in_memory else QueuePool,
        connect_args={"check_same_thread": False, "timeout": busy_seconds},
    )

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, record: Any) -> None:
        # The driver must not begin transactions of its own: `_begin` decides.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        # FULL is the default; said here because a confirmed order must outlive a power cut.
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A writer takes its lock at once: a lock taken at the first write could fail half-way.
        read_only = connection.get_execution_options().get(READ_ONLY, False)
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine


def create_private(url: URL) -> None:
    """Make a new SQLite file that only its owner can read: it says who orders what.

    Its side files get the same permissions. What cannot be made here fails, in words, on opening.
    """
    if url.get_backend_name() != "sqlite" or url.database in IN_MEMORY or "uri" in url.query:
        return
    with contextlib.suppress(OSError):
        Path(str(url.database)).touch(mode=0o600, exist_ok=True)


def open_within(engine: Engine, seconds: float) -> None:
    """Connect once, waiting for a server that is starting or a file that is busy.

    Args:
        seconds: how long to go on trying; a cause that will not pass ends it at once.

    Raises:
        StoreError: the database could not be opened.
    """
    trying = Retrying(
        retry=retry_if_exception(_will_pass),
        stop=stop_after_delay(seconds),
        wait=wait_exponential(multiplier=0.1, max=1),
        reraise=True,
    )
    try:
        for attempt in trying:
            with attempt, engine.connect():
                pass
    except (SQLAlchemyError, OSError) as error:
        raise in_words(error, engine.url) from error


def _will_pass(error: BaseException) -> bool:
    text = str(error).casefold()
    return isinstance(error, OperationalError) and any(sign in text for sign in _PASSING)


def busy(url: URL) -> StoreError:
    """Another writer has taken too long."""
    return StoreError(_sqlite_sentence("busy", url))


def in_words(error: Exception, url: URL) -> StoreError:
    """What went wrong, as an error that may be shown: no password, no statement, no values."""
    cause = str(getattr(error, "orig", error)).strip().casefold()
    return StoreError(
        _sqlite_sentence(cause, url)
        if url.get_backend_name() == "sqlite"
        else _server_sentence(cause, url)
    )


def _sqlite_sentence(cause: str, url: URL) -> str:
    where = f"Databasen «{url.database or 'i minnet'}»"
    if "unable to open" in cause:
        return f"{where} kan ikke åpnes; sjekk at mappen finnes og at du har lov til å skrive der."
    if "readonly" in cause or "permission" in cause:
        return f"{where} kan bare leses; gi brukeren som kjører Kurv, lov til å skrive."
    if "locked" in cause or "busy" in cause:
        return f"{where} er opptatt av et annet program; lukk det og prøv igjen."
    if "not a database" in cause or "malformed" in cause:
        return f"{where} er ikke en hel databasefil; sett inn en sikkerhetskopi."
    if "full" in cause or "i/o error" in cause:
        return f"{where} kan ikke skrives; sjekk at disken ikke er full."
    if "no such table" in cause or "no such column" in cause:
        return f"{where} mangler tabeller; start Kurv på nytt, så oppdateres den."
    return f"{where} ga en feil; se i loggen."


def _server_sentence(cause: str, url: URL) -> str:
    host = url.host or url.query.get("host") or "denne maskinen"
    where = f"databasen «{url.database or ''}» på {host}"
    if "password" in cause or "authentication" in cause or "role" in cause:
        return f"Kurv slipper ikke inn i {where}; sjekk brukernavn og passord i KURV_DATABASE."
    if "does not exist" in cause and "database" in cause:
        return f"Det finnes ingen {where.removeprefix('databasen ')}; opprett databasen først."
    if "does not exist" in cause:
        return f"I {where} mangler det tabeller; start Kurv på nytt, så oppdateres den."
    if "permission" in cause:
        return f"Brukeren i KURV_DATABASE har ikke lov til å skrive i {where}."
    if "connect" in cause or "server" in cause or "timeout" in cause or "socket" in cause:
        return f"Får ikke kontakt med {where}; sjekk at den kjører og at adressen er riktig."
    return f"Det oppsto en feil i {where}; se i loggen."
