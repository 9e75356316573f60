"""Tier: unit. Whatever is said, whoever classifies it: the promises of a talk hold.

The talk's life as a state machine, nonsense of all kinds, and the cases that the fuzzer found.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from bot.ordering.acts import read_act
from bot.ordering.answer import read_answer, read_quantity_answer
from bot.ordering.request import parse
from tests.fuzz.talker import ACTS, SHOP, Talker
from tests.fuzz.words import AMOUNTS, NONSENSE, SPEECH, STRANGE, WARES

FINDS: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parents[1] / "fuzz" / "finds.yml").read_text(encoding="utf-8")
)

acts = st.sampled_from(ACTS)
wares = st.sampled_from(WARES)
pieces = st.sampled_from((*WARES, *AMOUNTS, *SPEECH, *STRANGE))
spoken = st.lists(pieces, min_size=1, max_size=8).map(" ".join)
written = st.text(max_size=200)
nonsense = st.lists(st.sampled_from(NONSENSE), min_size=1, max_size=5).map(" ".join)

quick = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("find", FINDS, ids=lambda find: find["name"])
def test_what_the_fuzzer_found_stays_mended(find: dict[str, Any]) -> None:
    talker = Talker()
    for act, text in find["turns"]:
        talker.says(act, text)
    held = {pid: str(quantity) for pid, quantity in talker.basket.items()}
    assert held == {pid: str(quantity) for pid, quantity in find["basket"].items()}


@quick
@given(st.one_of(spoken, written))
def test_every_reader_reads_anything(text: str) -> None:
    read_act(text)
    read_answer(text, SHOP.catalogue.products[:3])
    read_quantity_answer(text)
    for line in parse(text, SHOP.vocabulary).lines:
        if line.phrase:
            SHOP.find(line.phrase)


@quick
@given(st.lists(st.tuples(acts, st.one_of(spoken, written)), min_size=1, max_size=5))
def test_any_talk_keeps_the_promises(turns: list[tuple[str, str]]) -> None:
    talker = Talker()
    for act, text in turns:
        talker.says(act, text)


@quick
@given(act=acts, text=nonsense, opening=st.sampled_from(["to loff og en kaviar", "tre melk", ""]))
def test_nonsense_changes_no_basket(act: str, text: str, opening: str) -> None:
    talker = Talker()
    if opening:
        talker.says("add", opening)
    # These acts need no words: they mean what they mean whatever stands beside them.
    if act not in ("undo", "affirm"):
        talker.nothing_changed(act, text)


@quick
@given(known=st.sampled_from(["loff", "kaviar", "grandiosa"]), unknown=st.sampled_from(
    ["drageblod", "xqzwxq", "trampoline"]
), swapped=st.booleans())  # fmt: skip
def test_what_is_not_found_is_said_and_the_rest_is_kept(
    known: str, unknown: str, swapped: bool
) -> None:
    talker = Talker()
    first, second = (unknown, known) if swapped else (known, unknown)
    outcome = talker.says("add", f"to {first} og to {second}")
    assert talker.basket == {known: 2}
    assert unknown in " ".join(outcome.texts)


@quick
@given(st.sampled_from(STRANGE), st.sampled_from(["loff", "kaviar"]), st.booleans())
def test_dirt_beside_a_ware_never_multiplies_it(dirt: str, ware: str, before: bool) -> None:
    talker = Talker()
    talker.says("add", f"{dirt} {ware}" if before else f"{ware} {dirt}")
    assert talker.basket.get(ware, 0) <= 7


@pytest.mark.parametrize("piece", ["blabla ", "loff ", "a", "nei ", "og ", "🍞", "<b>"])
@pytest.mark.parametrize("act", ["add", "out_of_scope", "remove"])
def test_ten_thousand_characters_are_answered_shortly_and_soon(piece: str, act: str) -> None:
    talker = Talker()
    talker.says("add", "en brunost")
    talker.says(act, piece * (10_000 // len(piece)))
    assert talker.basket.get("brunost") == 1


class WholeTalk(RuleBasedStateMachine):
    """A talk from anywhere to anywhere; `Talker` checks every turn."""

    def __init__(self) -> None:
        super().__init__()
        self.talker = Talker()

    @rule(ware=wares, amount=st.sampled_from(AMOUNTS))
    def order(self, ware: str, amount: str) -> None:
        self.talker.says("add", f"{amount} {ware}")

    @rule(ware=wares)
    def take_away(self, ware: str) -> None:
        self.talker.says("remove", f"ta bort {ware}")

    @rule(act=acts, text=spoken)
    def say_anything(self, act: str, text: str) -> None:
        self.talker.says(act, text)

    @rule(text=nonsense)
    def babble(self, text: str) -> None:
        self.talker.nothing_changed("nlu_fallback", text)

    @rule(text=st.sampled_from(["ja", "ja takk", "nei", "angre", "avbryt", "den første", "to"]))
    def answer(self, text: str) -> None:
        self.talker.says(read_act(text) or "choose", text)

    @rule()
    def finish(self) -> None:
        self.talker.says("done", "det var alt")

    @precondition(lambda self: self.talker.stage == "read_back" and not self.talker.talk.unclear)
    @rule()
    def confirm(self) -> None:
        before = len(self.talker.sent)
        self.talker.says("affirm", "ja")
        assert len(self.talker.sent) == before + 1
        self.talker.says("affirm", "ja")
        assert len(self.talker.sent) == before + 1

    @precondition(lambda self: self.talker.stage == "read_back")
    @rule(text=st.sampled_from(["ja men uten loff", "ja og en kaviar", "ja ikke", "jaha xqzwxq"]))
    def almost_confirm(self, text: str) -> None:
        before = len(self.talker.sent)
        self.talker.says("affirm", text)
        assert len(self.talker.sent) == before


TestWholeTalk = WholeTalk.TestCase
TestWholeTalk.settings = settings(
    max_examples=25, stateful_step_count=15, deadline=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
