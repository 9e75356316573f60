"""Real databases for tests: a SQLite file, and a PostgreSQL server that the tests start.

The server runs only for one test session, without network, as an unprivileged user. Where the
PostgreSQL programs are not installed its tests are skipped under the name "postgresql".
"""

import atexit
import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from pathlib import Path
from uuid import uuid4

import psycopg2
import pytest

from bot.store import Store

KINDS = ("sqlite", "postgresql")
_PORT = "54329"


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 12, 0, tzinfo=timezone.utc)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@lru_cache
def _template() -> Path:
    """A migrated SQLite file: copying it is quicker than migrating again for every test."""
    folder = Path(tempfile.mkdtemp(prefix="kurv-template-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    store = Store(f"sqlite:///{folder / 'kurv.db'}")
    store.migrate()
    store.close()
    return folder / "kurv.db"


def migrated_sqlite(folder: Path) -> str:
    """The URL of a new SQLite database in `folder`, its tables up to date."""
    return f"sqlite:///{shutil.copy(_template(), folder / 'kurv.db')}"


@lru_cache
def postgresql_programs() -> Path | None:
    """The folder with initdb and postgres, newest version first."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    on_path = shutil.which("initdb")
    candidates = [*found, *([Path(on_path)] if on_path else [])]
    return next((each.parent for each in candidates if (each.parent / "postgres").exists()), None)


def _unprivileged() -> tuple[list[str], int | None]:
    """The start of a command line that gives up root, and the user it becomes."""
    if os.geteuid() != 0:
        return [], None
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    user = names.get("postgres") or names["nobody"]
    ids = [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    return ["setpriv", *ids, "--pdeathsig=INT"], user.pw_uid


@contextlib.contextmanager
def running_postgresql() -> Iterator[str]:
    """A PostgreSQL server on a private socket; yields the folder of the socket."""
    programs = postgresql_programs()
    if programs is None:
        pytest.skip("postgresql")
    become, uid = _unprivileged()
    # Not pytest's own folder: a socket's path may have at most 107 characters.
    folder = Path(tempfile.mkdtemp(prefix="kurv-pg-"))
    if uid is not None:
        os.chown(folder, uid, -1)
    data = folder / "data"
    initdb = [str(programs / "initdb"), "-D", str(data), "-U", "kurv", "--auth=trust"]
    subprocess.run(
        [*become, *initdb, "-E", "UTF8", "--locale=C", "--no-sync"],
        check=True,
        cwd=folder,
        stdout=subprocess.DEVNULL,
    )
    settings = {"listen_addresses": "", "fsync": "off", "max_connections": "60", "port": _PORT}
    server = subprocess.Popen(
        [*become, str(programs / "postgres"), "-D", str(data), "-k", str(folder)]
        + [part for name, value in settings.items() for part in ("-c", f"{name}={value}")],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=(folder / "log").open("w"),
    )
    try:
        _wait_for(folder)
        yield str(folder)
    finally:
        server.send_signal(signal.SIGINT)  # "fast" shutdown
        server.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(folder: Path) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            _connect(str(folder)).close()
        except psycopg2.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


def _connect(socket: str) -> "psycopg2.extensions.connection":
    connection = psycopg2.connect(host=socket, port=_PORT, user="kurv", dbname="postgres")
    connection.autocommit = True
    return connection


def make_database(socket: str) -> str:
    """Make an empty database on the server with this socket; returns its URL."""
    name = f"kurv_{uuid4().hex[:12]}"
    connection = _connect(socket)
    connection.cursor().execute(f"CREATE DATABASE {name}")
    connection.close()
    return f"postgresql://kurv@/{name}?host={socket}&port={_PORT}"


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The socket folder of a running PostgreSQL server."""
    with running_postgresql() as socket:
        yield socket


@pytest.fixture
def postgresql_url(postgresql: str) -> str:
    """The URL of an empty PostgreSQL database."""
    return make_database(postgresql)


@pytest.fixture(params=KINDS, scope="session")
def new_database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], str]:
    """Makes an empty database and returns its URL; of each kind in turn."""
    if request.param == "sqlite":
        return lambda: f"sqlite:///{tmp_path_factory.mktemp('store') / 'kurv.db'}"
    socket = request.getfixturevalue("postgresql")
    return lambda: make_database(socket)


@pytest.fixture
def database_url(new_database: Callable[[], str]) -> str:
    """The URL of an empty database, of each kind in turn."""
    return new_database()


@pytest.fixture
def clock() -> Clock:
    """A clock that the test sets."""
    return Clock()


@pytest.fixture
def store(database_url: str, clock: Clock) -> Iterator[Store]:
    """A migrated store, of each kind in turn."""
    opened = Store(database_url, clock)
    opened.migrate()
    yield opened
    opened.close()
