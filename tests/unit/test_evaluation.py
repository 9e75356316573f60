"""Tier: unit. The judges of `kurv evaluate understanding`: strict in sense, lenient in spelling."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot.errors import EvaluationError
from bot.evaluation.hearing import Listener
from bot.evaluation.lines import same_line, same_ware
from bot.evaluation.matching import judge_phrases
from bot.evaluation.report import Results, markdown, rows
from bot.evaluation.sets import EAST, GoldenSet, Phrase, Utterance, read_sets
from bot.evaluation.utterances import judge_utterances
from bot.evaluation.verdict import Outcome, Verdict, figures
from bot.ordering.amount import Amount
from bot.ordering.catalogue import Catalogue
from bot.ordering.lines import OrderLine
from bot.ordering.shop import Shop
from bot.ordering.synonyms import Synonyms

CATALOGUE = """product_id,name,brand,size,unit,price,category,gtin,restricted,deposit
m1,Helmelk,Tine,1 l,stk,20.90,Melk,,,
b1,Kneippbrød,Bakehuset,750 g,stk,24.90,Brød,,,
s1,Sukker,Dansukker,1 kg,stk,19.90,Bakevarer,,,
"""
SHOP = Shop(Catalogue.from_csv(CATALOGUE.splitlines()), Synonyms.empty())


def line(phrase: str, amount: Amount | None = None, **more: Any) -> OrderLine:
    return OrderLine(phrase, amount, more.pop("act", None), (0, len(phrase)), **more)


def outcome(text: str, act: str, acts: tuple[str, ...], *lines: dict[str, Any]) -> Outcome:
    golden = GoldenSet("s", False, utterances=(Utterance(text, "k", EAST, acts, lines),))
    [verdict] = judge_utterances(golden, Listener(SHOP, lambda _: act))
    return verdict.outcome


@pytest.mark.parametrize("expected, said, same", [
    ("helmelk", "hel melk", True), ("mjølk", "mjølka", True), ("brød", "kneippbrød", True),
    ("smør", "brød", False), ("egg", "", False),
])  # fmt: skip
def test_wares_are_compared_without_spelling(expected: str, said: str, same: bool) -> None:
    assert same_ware(expected, said) is same


def test_amounts_are_compared_in_base_units() -> None:
    wanted = {"quantity": "300", "unit": "g", "ware": "deig"}
    allowed = frozenset({"add"})
    assert same_line(wanted, line("deig", Amount(Decimal("0.3"), "kg")), allowed)
    assert not same_line(wanted, line("deig", Amount(Decimal("3"), "kg")), allowed)
    assert same_line({"ware": "deig"}, line("deig", Amount(Decimal(1), "pakke")), allowed)
    assert not same_line({"ware": "deig"}, line("deig", Amount(Decimal(2))), allowed)
    vague = {"vague": True, "ware": "deig"}
    assert same_line(vague, line("deig"), allowed)
    assert not same_line(vague, line("deig", Amount(Decimal(4))), allowed)


def test_a_right_utterance() -> None:
    wanted = {"quantity": "2", "unit": "l", "ware": "helmelk"}
    assert outcome("to liter helmelk", "add", ("add",), wanted) is Outcome.RIGHT


def test_another_amount_is_silently_wrong() -> None:
    wanted = {"quantity": "3", "unit": "l", "ware": "helmelk"}
    assert outcome("to liter helmelk", "add", ("add",), wanted) is Outcome.WRONG


def test_a_ware_that_nobody_asked_for_is_silently_wrong() -> None:
    assert outcome("sukker og helmelk", "add", ("add",), {"ware": "sukker"}) is Outcome.WRONG


def test_another_act_is_silently_wrong_and_asking_again_is_not() -> None:
    assert outcome("det var alt", "cancel", ("done",)) is Outcome.WRONG
    assert outcome("det var alt", "nlu_fallback", ("done",)) is Outcome.ASKED


def test_an_unsold_word_is_said_back_so_nothing_is_silent() -> None:
    assert outcome("sukker og trampoline", "add", ("add",), {"ware": "sukker"}) is Outcome.ASKED


@pytest.mark.parametrize("text, gold, products, expected", [
    ("sukker", "right", {"s1"}, Outcome.RIGHT), ("sukker", "right", {"b1"}, Outcome.WRONG),
    ("sukker", "ask", {"s1"}, Outcome.HASTY), ("trampoline", "unknown", set(), Outcome.RIGHT),
    ("trampoline", "right", {"b1"}, Outcome.MISSED),
])  # fmt: skip
def test_phrases(text: str, gold: str, products: set[str], expected: Outcome) -> None:
    phrase = Phrase(text, "k", EAST, gold, frozenset(products))
    verdicts, calibration = judge_phrases(GoldenSet("s", False, phrases=(phrase,)), SHOP)
    assert [verdict.outcome for verdict in verdicts] == [expected]
    taken = sum(row.taken for row in calibration.rows)
    assert taken == sum(row.taken for row in calibration.reasons.values()) == (text == "sukker")


def test_held_out_failures_are_counted_and_not_shown() -> None:
    wrong = Verdict("hidden", "hemmelig", "k", EAST, Outcome.WRONG, "a", "b")
    results = Results([wrong, wrong], {"hidden"})
    assert rows(results)[0][2].wrong == 2
    assert "hemmelig" not in markdown(results)
    assert "hemmelig" in markdown(results, show_held_out=True)


def test_shares() -> None:
    counted = figures([Verdict("s", "x", "k", EAST, Outcome.RIGHT)] * 3)
    assert counted.share(counted.right) == "100.0"
    assert figures([]).share(0) == "-"


def test_a_folder_without_sets_is_told_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="ingen prøvesett"):
        read_sets(tmp_path)
    (tmp_path / "matching.yml").write_text("[", encoding="utf-8")
    with pytest.raises(EvaluationError, match="kan ikke leses"):
        read_sets(tmp_path)


@pytest.mark.parametrize("text, act, acts, wanted, expected", [
    ("jeg har falt", "add", ("person",), (), Outcome.RIGHT),
    ("hva koster sukker", "nlu_fallback", ("price",), ({"ware": "sukker"},), Outcome.RIGHT),
    ("sukker", "affirm", ("add",), ({"ware": "sukker"},), Outcome.RIGHT),
    ("sukker og kneippbrød", "replace", ("add",),
     ({"ware": "sukker"}, {"ware": "brød"}), Outcome.RIGHT),
    ("ta bort sukker", "remove", ("add",), ({"ware": "sukker"},), Outcome.WRONG),
    ("bytt sukker med kneippbrød", "replace", ("remove", "add"),
     ({"act": "remove", "ware": "sukker"}, {"ware": "brød"}), Outcome.RIGHT),
])  # fmt: skip
def test_an_utterance_is_heard_as_the_talk_hears_it(
    text: str, act: str, acts: tuple[str, ...], wanted: tuple[dict[str, Any], ...],
    expected: Outcome,
) -> None:  # fmt: skip
    assert outcome(text, act, acts, *wanted) is expected
