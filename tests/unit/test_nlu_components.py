"""Tier: unit. What the classifier sees of a sentence, and what goes in and comes out of a turn."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.tokens import caller, conversation_token
from bot.nlu.word_classes import ACT_WORDS, NUMBER, PRODUCT, UNIT, ZERO, word_classes
from bot.settings import PROJECT_ROOT
from bot.training import fingerprint
from bot.turn import LONGEST, complete, events, heard

WARES = {"melk", "lettmelk", "brød", "kaffe", "sei", "god", "morgen"}


class Words:
    """A vocabulary of a few wares."""

    def knows(self, word: str) -> bool:
        return word in WARES

    def is_saying(self, words: Sequence[str]) -> bool:
        return False

    def coverage(self, words: Sequence[str]) -> float:
        return 1.0 if all(word in WARES for word in words) else 0.0


def seen(text: str) -> str:
    return " ".join(piece.form for piece in word_classes(text.split(), Words()))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("to liter lettmelk takk", f"{NUMBER} {UNIT} {PRODUCT} takk"),
        ("fem pakker kaffe takk", f"{NUMBER} {UNIT} {PRODUCT} takk"),
        ("lettmelk brød og kaffe", f"{PRODUCT} og {PRODUCT}"),
        ("et brød", f"{NUMBER} {PRODUCT}"),
        ("et menneske", "et menneske"),
        ("en gang til", "en gang til"),
        ("tusen takk", "tusen takk"),
        ("fem og tyve brød", f"{NUMBER} {PRODUCT}"),
        ("god morgen", "god morgen"),
        ("0", ZERO),
        ("ta bort melk", f"ta bort {PRODUCT}"),
    ],
)
def test_word_classes(text: str, expected: str) -> None:
    assert seen(text) == expected


@given(st.lists(st.sampled_from(sorted(WARES | {"to", "en", "liter", "ta", "xyz", "fem", "og"}))))
def test_word_classes_cover_every_word(words: list[str]) -> None:
    assert sum(piece.count for piece in word_classes(words, Words())) == len(words)


def test_the_same_sentence_about_other_wares_looks_the_same() -> None:
    assert seen("kan jeg få to lettmelk") == seen("kan jeg få fem kaffe")


def test_act_words_carry_no_units_or_amounts() -> None:
    assert not {"liter", "kilo", "pakke", "fem"} & ACT_WORDS


def test_importing_the_components_loads_nothing_heavy() -> None:
    code = (
        "import sys; import bot.nlu.tokenizer, bot.nlu.delexicaliser, bot.nlu.acts, "
        "bot.nlu.order_lines, bot.dialogue, bot.turn; "
        "print([m for m in ('spacy', 'vosk', 'pynini') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT_ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip().splitlines()[-1] == "[]"


def test_the_dialogue_module_alone_does_not_load_rasa() -> None:
    code = "import sys, bot.dialogue; print('rasa' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT_ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"


# -- training data ---------------------------------------------------------------------------------


def _examples() -> list[tuple[str, str]]:
    return [
        (line.strip()[2:].strip(), block["intent"])
        for path in sorted((PROJECT_ROOT / "nlu_data" / "nlu").glob("*.yml"))
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]
        for line in block["examples"].splitlines()
        if line.strip()
    ]


def test_no_example_stands_under_two_acts() -> None:
    acts: dict[str, set[str]] = {}
    for text, act in _examples():
        acts.setdefault(text.lower(), set()).add(act)
    assert {text: found for text, found in acts.items() if len(found) > 1} == {}


@pytest.mark.parametrize("name", ["nlu_heldout.yml", "nlu_unseen.yml"])
def test_the_benchmarks_sentences_are_not_learned(name: str) -> None:
    path = PROJECT_ROOT / "tests" / "benchmarks" / name
    held = yaml.safe_load(path.read_text(encoding="utf-8"))
    learned = {text.lower() for text, _ in _examples()}
    assert [text for texts in held.values() for text in texts if str(text).lower() in learned] == []


def test_every_act_has_many_examples() -> None:
    counts: dict[str, int] = {}
    for _, act in _examples():
        counts[act] = counts.get(act, 0) + 1
    assert min(counts.values()) >= 60


def test_the_fingerprint_follows_the_inputs(tmp_path: Path) -> None:
    root = tmp_path
    (root / "nlu_data").mkdir()
    (root / "bot" / "nlu").mkdir(parents=True)
    for name in ("config.yml", "domain.yml", "nlu_data/a.yml", "bot/nlu/b.py"):
        (root / name).write_text("x")
    before = fingerprint(root)
    assert fingerprint(root) == before
    (root / "nlu_data" / "a.yml").write_text("y")
    assert fingerprint(root) != before


# -- turns -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["/affirm", " /affirm", "//affirm", "\u200b/affirm", "\x00/ /affirm", "\ufeff/affirm"]
)
def test_a_leading_slash_is_taken_away(text: str) -> None:
    assert heard(text).text == "affirm"


@given(st.text())
def test_no_text_reaches_rasa_as_an_intent(text: str) -> None:
    said = heard(text).text
    assert not said.startswith("/")
    assert len(said) <= LONGEST
    assert said == said.strip()


def test_a_long_text_is_cut_between_words() -> None:
    said = heard("melk og brød " * 1000)
    assert said.cut
    assert said.text.split()[-1] in ("melk", "og", "brød")
    assert not heard("x" * LONGEST).cut


def test_a_cut_text_is_admitted() -> None:
    assert events([{"text": "Noe mer?"}], cut=True)[0]["event"] == "said"
    assert len(events([{"text": "Noe mer?"}], cut=True)) == 2


def test_a_turn_without_an_answer_is_a_failure_that_is_spoken() -> None:
    turn = complete([], None)
    assert [event["event"] for event in turn] == ["said", "error", "basket"]


def test_the_basket_is_last_and_the_only_one() -> None:
    one, two = {"event": "basket", "revision": 1}, {"event": "basket", "revision": 2}
    turn = complete([one, {"event": "said", "text": "Hei"}, two], None)
    assert turn == [{"event": "said", "text": "Hei"}, two]


def test_a_turn_that_does_not_know_the_basket_repeats_the_last_one() -> None:
    last = {"event": "basket", "revision": 7}
    assert complete([{"event": "said", "text": "Hei"}], last)[-1] == last


# -- who may talk ----------------------------------------------------------------------------------


def test_the_service_token_speaks_for_anybody() -> None:
    found = caller("secret", "secret", now=0)
    assert found is not None
    assert found.recipient_id is None


def test_a_conversation_token_speaks_for_one_recipient() -> None:
    found = caller("secret", conversation_token("secret", "bruker 17", expires=100), now=99)
    assert found is not None
    assert found.recipient_id == "bruker 17"


@pytest.mark.parametrize(
    "token",
    [
        "",
        "wrong",
        "a.b.c",
        "..",
        conversation_token("secret", "r1", expires=100),
        conversation_token("other", "r1", expires=1000),
        conversation_token("secret", "r1", expires=1000)[:-1] + "x",
        "æøå.1000.x",
    ],
)
def test_wrong_and_expired_tokens_open_nothing(token: str) -> None:
    assert caller("secret", token, now=500) is None
