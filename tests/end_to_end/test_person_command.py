"""Tier: end_to_end. `kurv person` as a newcomer uses it: set, show, read in, and clear errors."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.errors import KurvError
from bot.parts import open_store
from bot.settings import Settings


@pytest.fixture(autouse=True)
def _own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KURV_STATE", str(tmp_path))
    monkeypatch.delenv("KURV_DATABASE", raising=False)
    monkeypatch.delenv("KURV_CATALOGUE", raising=False)


def kurv(*arguments: str) -> dict[str, object]:
    result = CliRunner().invoke(app, ["person", *arguments, "--json"])
    if result.exception is not None:
        raise result.exception
    return json.loads(result.stdout.splitlines()[-1])


def accesses() -> list[str]:
    with open_store(Settings.from_environment()).transaction() as uow:
        return [entry.action for entry in uow.accesses("r1")]


def test_what_is_set_is_shown_and_logged() -> None:
    kurv(
        "set", "--recipient", "r1", "--budget", "499,50", "--allergy", "Hasselnøtter",
        "--allergy", "egg", "--diet", "vegetarisk", "--usual", "k1318=2, k1001=1.5",
        "--reminders", "off", "--substitutes", "never", "--alcohol", "block",
    )  # fmt: skip
    shown = kurv("show", "--recipient", "r1")
    assert shown["budget"] == "499.50"
    assert shown["allergies"] == ["egg", "nøtter"]
    assert shown["diets"] == ["vegetar"]
    assert shown["usual"] == [
        {"product_id": "k1318", "name": "Tine Lettmelk 1 % 1 l", "quantity": "2"},
        {"product_id": "k1001", "name": "Bananer", "quantity": "1.5"},
    ]
    assert (shown["reminders"], shown["substitutes"], shown["alcohol"]) == (False, "never", "block")
    assert accesses() == ["show_person", "set_person"]


def test_what_is_not_named_stays_and_ingen_takes_away() -> None:
    kurv("set", "--recipient", "r1", "--budget", "500", "--allergy", "egg", "--usual", "k1318=2")
    assert kurv("set", "--recipient", "r1", "--name", "Kari")["budget"] == "500.00"
    cleared = kurv(
        "set", "--recipient", "r1", "--budget", "ingen", "--allergy", "ingen", "--usual", "ingen"
    )
    assert (cleared["budget"], cleared["allergies"], cleared["usual"]) == (None, [], [])
    assert cleared["name"] == "Kari"


def test_purchases_are_read_in(tmp_path: Path) -> None:
    file = tmp_path / "bought.csv"
    file.write_text("product_id,quantity,date\nk1318,2,2026-11-02\nk1001,0.5,2026-11-09\n")
    assert kurv("bought", str(file), "--recipient", "r1")["purchases"] == 2
    with open_store(Settings.from_environment()).transaction() as uow:
        assert [product_id for product_id, _, _ in uow.bought("r1")] == ["k1001", "k1318"]
    assert accesses() == ["import_purchases"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--allergy", "notter"), "kjenner ikke allergien «notter»"),
        (("--diet", "keto"), "kjenner ikke dietten «keto»"),
        (("--budget", "mye"), "ikke et tall"),
        (("--budget", "-5"), "går ikke an"),
        (("--budget", "NaN"), "går ikke an"),
        (("--usual", "x9=2"), "finnes ikke i katalogen"),
        (("--usual", "k1318=0"), "går ikke an"),
        (("--usual", "k1318=1.5"), "går ikke an"),
        (("--usual", "k1318=1,k1318=2"), "to ganger"),
        (("--reminders", "kanskje"), "må være en av"),
    ],
)
def test_what_cannot_be_set_changes_nothing(arguments: tuple[str, str], says: str) -> None:
    with pytest.raises(KurvError, match=says):
        kurv("set", "--recipient", "r1", *arguments)
    assert accesses() == []


def test_somebody_unknown_cannot_be_shown() -> None:
    with pytest.raises(KurvError, match="ingen mottaker"):
        kurv("show", "--recipient", "r99")


def test_a_bad_line_of_purchases_is_named(tmp_path: Path) -> None:
    file = tmp_path / "bought.csv"
    file.write_text("product_id,quantity,date\nk1318,2,i går\n")
    with pytest.raises(KurvError, match="Linje 2"):
        kurv("bought", str(file), "--recipient", "r1")
