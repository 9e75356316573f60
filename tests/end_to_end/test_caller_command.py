"""Tier: end_to_end. `kurv caller`: numbers, codes and agreed times, without printing secrets."""

import re
from pathlib import Path

import pytest

from bot.calls.pins import matches
from bot.parts import open_store
from bot.settings import Settings
from bot.store import Store
from tests.end_to_end.commands import kurv


def store_in(state: Path) -> Store:
    """The store that the commands write, with the key that they seal numbers with."""
    database = {"KURV_DATABASE": f"sqlite:///{state / 'kurv.db'}"}
    return open_store(Settings.from_environment(database))


def test_numbers_come_and_go(tmp_path: Path) -> None:
    add = ("caller", "add", "--recipient", "r1", "--phone", "22 33 44 55")
    added = kurv(*add, state=tmp_path, typed="2468\n")
    assert added.returncode == 0, added.stderr
    assert "2468" not in added.stdout and "2233" not in added.stdout
    with store_in(tmp_path).transaction() as uow:
        (caller,) = uow.callers(phone="+4722334455")
        assert matches("2468", caller.pin) and "2468" not in caller.pin
        assert [entry.action for entry in uow.accesses("r1")] == ["caller_added"]
    made = kurv(
        "caller", "add", "--recipient", "r2", "--phone", "+4722334455", "--generate",
        state=tmp_path,
    )  # fmt: skip
    pin = re.search(r"Koden er (\d{4})", made.stdout)
    assert pin is not None and "0" not in pin[1]
    same = kurv(
        "caller", "add", "--recipient", "r3", "--phone", "+4722334455",
        state=tmp_path, typed="2468\n",
    )  # fmt: skip
    assert same.returncode == 1 and "annen kode" in same.stderr
    listed = kurv("caller", "list", state=tmp_path).stdout
    assert "r1" in listed and "r2" in listed and "2233" not in listed
    agreed = kurv(
        "caller", "schedule", "add", "--recipient", "r1", "--day", "tirsdag", "--at", "10:30",
        state=tmp_path,
    )  # fmt: skip
    assert "Avtale 1: r1, tirsdag 10:30" in agreed.stdout
    assert "10:30" in kurv("caller", "schedule", "list", state=tmp_path).stdout
    assert kurv("caller", "remove", "--recipient", "r1", state=tmp_path).returncode == 0
    with store_in(tmp_path).transaction() as uow:
        assert uow.schedules() == [] and uow.callers(recipient_id="r1") == []


@pytest.mark.parametrize(
    ("arguments", "typed", "says"),
    [
        (("add", "--recipient", "r1", "--phone", "123"), "2468\n", "landkode"),
        (("add", "--recipient", "r1", "--phone", "22334455"), "12\n", "fire til seks siffer"),
        (("add", "--recipient", "r1", "--phone", "22334455"), "1024\n", "menneske"),
        (("remove", "--recipient", "r1"), "", "ikke noe slikt nummer"),
        (("schedule", "remove", "7"), "", "ingen avtale 7"),
        (("schedule", "add", "--recipient", "r1", "--day", "tir", "--at", "21"), "", "08 og 20"),
        (("schedule", "add", "--recipient", "r1", "--day", "søndag", "--at", "12"), "", "søndager"),
        (("schedule", "add", "--recipient", "r1", "--day", "x", "--at", "12"), "", "ukedag"),
    ],
)  # fmt: skip
def test_mistakes_are_one_clear_sentence(
    arguments: tuple[str, ...], typed: str, says: str, tmp_path: Path
) -> None:
    result = kurv("caller", *arguments, state=tmp_path, typed=typed)
    assert result.returncode == 1
    assert says in result.stderr and len(result.stderr.strip().splitlines()) == 1
