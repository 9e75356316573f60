"""Tier: unit. Opening the database: tables made and kept up to date, and clear words when not."""

from __future__ import annotations

import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text

import bot.store
from bot.errors import StoreError
from bot.store import Person, Store
from bot.store.tables import metadata

if TYPE_CHECKING:
    from tests.databases import Clock

pytest_plugins = ("tests.databases",)

MIGRATIONS = Path(bot.store.__file__).resolve().parent / "migrations"


def test_the_migrations_make_exactly_the_tables_that_the_code_uses(
    store: Store, database_url: str
) -> None:
    engine = create_engine(database_url, future=True)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "include_name": lambda name, kind, parents: name != "sqlite_sequence",
            },
        )
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_migrating_again_changes_nothing(store: Store) -> None:
    with store.transaction() as uow:
        uow.person("r1")
    store.migrate()
    with store.transaction() as uow:
        assert [each.recipient_id for each in uow.people()] == ["r1"]


def test_several_may_migrate_at_once(database_url: str) -> None:
    stores = [Store(database_url) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda each: each.migrate(), stores))
    with stores[0].transaction() as uow:
        assert uow.people() == []
    for each in stores:
        each.close()


def test_sqlite_is_set_up_to_survive_crashes(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'kurv.db'}")
    store.migrate()
    with store._engine.connect() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "foreign_keys", "synchronous", "busy_timeout")
        }
    full = 2
    assert found == {
        "journal_mode": "wal",
        "foreign_keys": 1,
        "synchronous": full,
        "busy_timeout": 5000,
    }


def test_nobody_else_may_read_the_file(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'kurv.db'}")
    store.migrate()
    with store.transaction() as uow:
        uow.person("r1")
        modes = {each.name: each.stat().st_mode & 0o777 for each in tmp_path.iterdir()}
    assert modes == {"kurv.db": 0o600, "kurv.db-wal": 0o600, "kurv.db-shm": 0o600}


def test_a_store_in_memory(clock: Clock) -> None:
    store = Store("sqlite://", clock)
    store.migrate()
    with store.transaction() as uow:
        uow.person("r1")
    with store.transaction() as uow:
        assert len(uow.people()) == 1


def test_readers_do_not_wait_for_a_writer(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'kurv.db'}", open_seconds=1)
    store.migrate()
    with store.transaction() as writing:
        writing.person("r1")
        with store.transaction(read_only=True) as reading:
            assert reading.people() == []


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("bare tull", "ikke en gyldig databaseadresse"),
        ("mysql://kurv:hemmelig@vert/kurv", "bare bruke sqlite og postgresql"),
        ("postgresql+finnesikke://vert/kurv", "Driveren"),
    ],
)
def test_an_address_that_cannot_be_used(url: str, says: str) -> None:
    with pytest.raises(StoreError, match=says) as raised:
        Store(url)
    assert "hemmelig" not in str(raised.value)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    began = time.monotonic()
    with pytest.raises(StoreError, match="sjekk at mappen finnes"):
        Store(f"sqlite:///{tmp_path / 'borte' / 'kurv.db'}").migrate()
    assert time.monotonic() - began < 2, "what will not pass is not waited for"


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "kurv.db"
    path.write_bytes(b"Dette er en handleliste.\n" * 100)
    with pytest.raises(StoreError, match="ikke en hel databasefil"):
        Store(f"sqlite:///{path}").migrate()


def test_a_file_that_may_only_be_read(tmp_path: Path) -> None:
    path = tmp_path / "kurv.db"
    sqlite3.connect(path).execute("CREATE TABLE something (id)").connection.close()
    with pytest.raises(StoreError, match="kan bare leses"):
        Store(f"sqlite:///file:{path}?mode=ro&uri=true").migrate()


def test_a_file_that_another_program_keeps_to_itself(tmp_path: Path) -> None:
    path = tmp_path / "kurv.db"
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("CREATE TABLE something (id)")
    other.execute("BEGIN EXCLUSIVE")
    began = time.monotonic()
    with pytest.raises(StoreError, match="opptatt"):
        Store(f"sqlite:///{path}", open_seconds=0.5).migrate()
    assert time.monotonic() - began < 5
    other.close()


def test_a_server_that_does_not_answer() -> None:
    began = time.monotonic()
    with pytest.raises(StoreError, match="ikke kontakt") as raised:
        Store("postgresql://kurv:hemmelig@127.0.0.1:1/kurv", open_seconds=0.5).migrate()
    assert time.monotonic() - began < 5
    assert "hemmelig" not in str(raised.value)


def test_a_database_that_the_server_does_not_have(postgresql_url: str) -> None:
    url = postgresql_url.replace("/kurv_", "/borte_")
    with pytest.raises(StoreError, match="opprett databasen først"):
        Store(url).migrate()


def test_a_database_written_by_a_newer_kurv(store: Store, database_url: str) -> None:
    engine = create_engine(database_url, future=True)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(StoreError, match="nyere utgave"):
        store.migrate()


def test_a_database_that_was_not_migrated(database_url: str) -> None:
    with pytest.raises(StoreError, match="mangler"), Store(database_url).transaction() as uow:
        uow.person("r1")


def test_a_migration_that_fails_leaves_nothing_behind(database_url: str) -> None:
    engine = create_engine(database_url, future=True)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE tasks (in_the_way INTEGER)"))
    with pytest.raises(StoreError):
        Store(database_url).migrate()
    assert inspect(engine).get_table_names() == ["tasks"]
    engine.dispose()


def test_people_of_an_older_kurv_are_kept(database_url: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    engine = create_engine(database_url, future=True)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(
            text(
                "INSERT INTO people (recipient_id, display_name, budget, created_at)"
                " VALUES ('r1', 'Kari', 500, '2026-01-02 03:04:05')"
            )
        )
    engine.dispose()
    store = Store(database_url)
    store.migrate()
    with store.transaction() as uow:
        assert uow.person("r1") == Person("r1", display_name="Kari", budget=Decimal("500"))
