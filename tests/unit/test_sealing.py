"""Tier: unit. What is told about people is sealed in the database, and keys can be changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from bot.errors import StoreError
from bot.store import Store
from bot.store.staff_book import Municipality
from bot.store.vault import Vault
from tests.unit.test_privacy import MILK, World

TOLD = ("Storgata 12", "Ola, sønn", "krykker", "4722334455", '"egg"', "melk, takk", "Jeg la til")
OLD, NEW = (Fernet.generate_key().decode() for _ in range(2))


class Sealed(World):
    """A person of whom everything is known, and the bytes of the database."""

    def __init__(self, folder: Path, sealed: bool = True) -> None:
        super().__init__(folder, sealed)
        self.folder = folder
        self.add_staff("kari", "orderer")
        with self.store.transaction() as uow:
            order = uow.open_order("r1")
            order = uow.save_order(order.with_basket(order.basket.add(MILK)))
            uow.add_utterance(order.order_id, "r1", "recipient", "to liter melk, takk")

    def with_keys(self, *keys: str) -> Store:
        self.store.close()
        self.vault = Vault(keys)
        self.store = Store(f"sqlite:///{self.folder / 'kurv.db'}", self.clock, vault=self.vault)
        return self.store

    def bytes(self) -> bytes:
        """The database file, without what was once in it."""
        with self.store._engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("VACUUM")
            connection.exec_driver_sql("BEGIN")
        self.store.close()
        return (self.folder / "kurv.db").read_bytes()

    def everything(self) -> list[object]:
        with self.store.transaction() as uow:
            return [
                uow.person("r1"), uow.callers(), uow.callers(phone="+4722334455"),
                uow.pin_failures("+4722334455"), uow.schedules(), uow.talk("r1"),
                uow.utterances("r1"), uow.staff(), uow.broken_access(),
            ]  # fmt: skip


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Sealed]:
    made = Sealed(tmp_path)
    yield made
    made.store.close()


def test_nothing_that_is_told_about_a_person_stands_open_in_the_file(world: Sealed) -> None:
    found = world.everything()
    assert "Storgata 12" in str(found) and "+4722334455" in str(found)
    stored = world.bytes()
    for told in TOLD:
        assert told.encode() not in stored, told


def test_keys_can_be_changed_and_the_old_one_thrown_away(world: Sealed) -> None:
    first = world.vault._keys[0]
    with world.store.transaction() as uow:
        uow.save_municipality(Municipality("baerum", "Bærum", keep_log_days=100))
    world.log(3)
    world.clock.forward(86400 * 101)
    world.retention.run()  # the access log has a gap, and the gap a proof
    with world.store.transaction() as uow:
        uow.add_utterance(uow.open_order("r1").order_id, "r1", "recipient", "to liter melk, takk")
        uow.set_pin_failures("+4722334455", 1, None)
    before = world.everything()
    both = world.with_keys(NEW, first)
    assert world.everything() == before, "everything stays readable before it is sealed anew"
    with both.transaction() as uow:
        changed = uow.seal_anew()
    assert changed >= 9
    with both.transaction() as uow:
        assert uow.seal_anew() == 0, "the second time there is nothing to do"
    assert world.everything() == before
    world.with_keys(NEW)
    assert world.everything() == before
    assert before[-1] is None


def test_what_was_stored_open_is_sealed(tmp_path: Path) -> None:
    """As after an update from a Kurv without keys, or when a key is set for the first time."""
    world = Sealed(tmp_path, sealed=False)
    before = world.everything()
    assert b"krykker" in world.bytes()
    world.with_keys(NEW)
    assert world.everything() == before, "a number without a fingerprint is found too"
    with world.store.transaction() as uow:
        assert uow.seal_anew() >= 10
    assert world.everything() == before
    stored = world.bytes()
    for told in TOLD:
        assert told.encode() not in stored, told


def test_a_missing_key_is_a_sentence_and_changes_nothing(world: Sealed) -> None:
    stranger = world.with_keys(OLD)
    with pytest.raises(StoreError, match="KURV_DATA_KEY"), stranger.transaction() as uow:
        uow.seal_anew()
    with pytest.raises(StoreError, match="KURV_DATA_KEY"), stranger.transaction() as uow:
        uow.person("r1")


def test_a_number_is_found_by_a_fingerprint_that_needs_the_key() -> None:
    first, second = Vault([OLD]), Vault([NEW, OLD])
    number = "+4722334455"
    assert first.fingerprint(number) == Vault([OLD]).fingerprint(number) != number
    assert second.fingerprint(number) != first.fingerprint(number)
    assert first.fingerprint(number) in second.fingerprints(number)
    assert Vault().fingerprint(number) == number


def test_a_note_is_ours_unchanged_and_young(world: Sealed) -> None:
    note = world.vault.note("hei")
    assert world.vault.read_note(note, 60) == "hei"
    assert world.vault.read_note(note[:-4] + "AAA=", 60) is None
    assert world.vault.read_note(note, -1) is None
    assert Vault([OLD]).read_note(note, 60) is None
    open_vault = Vault()
    assert open_vault.read_note(open_vault.note("hei"), 60) == "hei"
    assert Vault().read_note(open_vault.note("hei"), 60) is None
