"""Tier: end_to_end. The command line keeps the contract that scripts rely on, to the letter."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.commands import json_lines, kurv, turns

FIELDS = {
    "heard": {"event", "text", "confidence"},
    "said": {"event", "text"},
    "question": {"event", "options"},
    "order": {"event", "order_id", "status", "grocer_reference", "lines", "total"},
    "error": {"event", "code", "message"},
    "basket": {"event", "stage", "revision", "lines", "total"},
}
LINE = {"product_id", "name", "quantity", "unit_price", "sum"}


def check(event: dict[str, Any]) -> None:
    """One event has exactly the fields of the contract, amounts as strings."""
    assert set(event) - {"recipient"} == FIELDS[event["event"]]
    for line in event.get("lines", ()):
        assert set(line) == LINE
        assert all(isinstance(value, str) for value in line.values())
        assert Decimal(line["quantity"]) * Decimal(line["unit_price"]) == Decimal(line["sum"])
    if "total" in event:
        sums = sum((Decimal(line["sum"]) for line in event["lines"]), Decimal(0))
        assert Decimal(event["total"]) == sums
    for option in event.get("options", ()):
        assert set(option) == {"product_id", "name"}


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> list[list[dict[str, Any]]]:
    said = [
        ("r17", "to norvegia og et kneippbrød"),
        ("r18", "kaffe"),
        ("r17", "det var alt"),
        ("r18", "den første"),
        ("r17", "ja"),
        ("r17", "ja"),
        ("r18", "hva er i kurven"),
    ]
    lines = [json.dumps({"recipient": who, "text": text}) for who, text in said]
    typed = "\n".join([*lines, "{not json", ""])
    result = kurv("chat", "--json", state=tmp_path_factory.mktemp("state"), typed=typed)
    assert result.returncode == 0, result.stderr
    events = json_lines(result.stdout)
    assert events.pop()["event"] == "error"  # the line that is no JSON; no talk, so no basket
    return turns(events)


def test_every_event_has_the_fields_of_the_contract(talk: list[list[dict[str, Any]]]) -> None:
    for turn in talk:
        for event in turn:
            check(event)


def test_each_recipient_has_a_basket_of_their_own(talk: list[list[dict[str, Any]]]) -> None:
    assert [turn[-1]["recipient"] for turn in talk] == [
        "r17", "r18", "r17", "r18", "r17", "r17", "r18",
    ]  # fmt: skip
    assert [line["quantity"] for line in talk[0][-1]["lines"]] == ["2", "1"]
    assert talk[1][-1]["lines"] == []
    assert talk[1][-1]["stage"] == "choosing"
    assert any(event["event"] == "question" for event in talk[1])
    assert len(talk[3][-1]["lines"]) == 1
    assert talk[6][-1]["lines"] == talk[3][-1]["lines"]


def test_only_a_confirmed_basket_is_sent_and_only_once(talk: list[list[dict[str, Any]]]) -> None:
    assert talk[2][-1]["stage"] == "read_back"
    orders = [event for turn in talk for event in turn if event["event"] == "order"]
    assert len(orders) == 1
    assert orders[0]["status"] == "acknowledged"
    assert orders[0]["grocer_reference"]
    assert orders[0]["lines"] == talk[2][-1]["lines"]


def test_plain_lines_talk_for_one_recipient(tmp_path: Path) -> None:
    typed = "norvegia\n\ndet var alt\nja\n"
    result = kurv("chat", "--json", "--recipient", "r1", state=tmp_path, typed=typed)
    found = turns(json_lines(result.stdout))
    assert [turn[-1]["stage"] for turn in found] == ["ordering", "read_back", "submitted"]
    assert all("recipient" not in event for turn in found for event in turn)
    orders = json_lines(kurv("orders", "--json", state=tmp_path).stdout)
    assert [order["status"] for order in orders] == ["acknowledged"]


def test_match(tmp_path: Path) -> None:
    found = json_lines(
        kurv("match", "--json", "norvegia", "melk", "trampoline", state=tmp_path).stdout
    )
    assert [each["outcome"] for each in found] == ["certain", "choice", "unknown"]
    assert [set(each) for each in found] == [{"phrase", "outcome", "candidates"}] * 3
    assert set(found[0]["candidates"][0]) == {"product_id", "name", "score"}
    assert 2 <= len(found[1]["candidates"]) <= 3
    piped = json_lines(kurv("match", "--json", state=tmp_path, typed="norvegia\n\nmelk\n").stdout)
    assert [each["phrase"] for each in piped] == ["norvegia", "melk"]


def test_match_with_another_catalogue(tmp_path: Path) -> None:
    catalogue = tmp_path / "varer.csv"
    catalogue.write_text(
        "product_id,name,brand,size,unit,price,category,gtin,restricted,deposit\n"
        "x1,Geitmelk,Fjellgård,1 l,stk,39.90,Melk,,,\n"
        "x2,Grovbrød,Bakeren,750 g,stk,44.00,Brød,,,\n",
        encoding="utf-8",
    )
    result = kurv("match", "--json", "geitmelk", state=tmp_path, KURV_CATALOGUE=str(catalogue))
    (found,) = json_lines(result.stdout)
    assert found["outcome"] == "certain"
    assert found["candidates"][0]["product_id"] == "x1"


def test_a_bad_catalogue_is_one_sentence_that_names_the_line(tmp_path: Path) -> None:
    catalogue = tmp_path / "varer.csv"
    catalogue.write_text(
        "product_id,name,brand,size,unit,price,category,gtin,restricted,deposit\n"
        "x1,Geitmelk,,1 l,stk,gratis,Melk,,,\n",
        encoding="utf-8",
    )
    result = kurv("match", "--json", "melk", state=tmp_path, KURV_CATALOGUE=str(catalogue))
    assert result.returncode != 0
    (event,) = json_lines(result.stdout)
    assert event["event"] == "error" and "2" in event["message"] and "gratis" in event["message"]


@pytest.mark.parametrize(
    ("arguments", "settings"),
    [
        (["order", "--wav", "finnes-ikke.wav"], {}),
        (["transcribe", "finnes-ikke.wav"], {}),
        (["match", "melk"], {"KURV_CATALOGUE": "/finnes/ikke.csv"}),
        (["match", "melk"], {"KURV_ALCOHOL": "kanskje"}),
        (["orders"], {"KURV_DATABASE": "sqlite:////finnes/ikke/kurv.db"}),
    ],
)
def test_what_a_user_gets_wrong_is_one_sentence(
    arguments: list[str], settings: dict[str, str], tmp_path: Path
) -> None:
    result = kurv(*arguments, state=tmp_path, **settings)
    assert result.returncode == 1
    assert result.stderr.startswith("Feil: ")
    assert "Traceback" not in result.stderr
