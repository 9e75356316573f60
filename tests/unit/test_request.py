"""Tier: unit. Utterances to order lines: what golden lines cannot say, and what always holds."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.ordering.amount import Amount
from bot.ordering.cues import Cue, read_cue
from bot.ordering.dialect import in_bokmaal
from bot.ordering.fillers import DETERMINERS, FILLERS, LINKS
from bot.ordering.names import names
from bot.ordering.norwegian import Kind, tokenise
from bot.ordering.request import Act, Request, parse
from bot.ordering.segment import Judge
from bot.ordering.talk_words import COMMENTS, VERBS
from bot.ordering.vocabulary import Vocabulary
from tests.unit.small_vocabulary import PRODUCTS, SmallVocabulary

VOCABULARY = SmallVocabulary()
parse("leggja", VOCABULARY)  # the table of sounds is made at the first need of it

_PIECES = st.sampled_from(
    """
    melk|brød|to|en|tre liter|et par|noen|,|og|.|nei|jeg mente|ikke|uten|med|i|til|bytt|med te
    ta bort|legg til|endre|i stedet for|i stedet|heller|enn|men|den grønne|av dem|av hver|eh|takk
    jeg vil ha|hva koster|makrell i tomat|salt og pepper chips|zxyq|mormor|fire til seks|bare|mer
    mindre|bort|egg|kaffe|tre-fire|1,5 %|halvliter|eller|lettmelk|🙂|<b>|vent|skal jeg ikke ha|x 2
    kan du|glem|glem ikke|sekspakning|400 gram|jeg skal bake|har dere|det siste|den|rød og grønn|a
    """.replace("\n", "|").split("|")
)
_UTTERANCES = st.lists(_PIECES, min_size=1, max_size=14).map(
    lambda parts: " ".join(part.strip() for part in parts)
)


#: "åttiseks år", "to uker", "3B": numbers that count nothing that can be ordered.
_NO_ORDER = re.compile(r"\w+ (?:år|uker|dager|timer|måneder)\b|\d+[A-Z]\b")


def content(text: str, words: Vocabulary | None = None) -> list[tuple[int, int, str]]:
    """Places of the words that no table of fillers, links, cues, verbs or comments explains."""
    judge = Judge(words or SmallVocabulary())
    tokens = in_bokmaal(tokenise(text), judge)
    silent = names(tokens, judge)
    told = [match.span() for match in _NO_ORDER.finditer(text)]
    at = 0
    while at < len(tokens):
        cue = read_cue(tokens, at)
        if cue is not None:
            silent.update(range(at, cue[1]))
            at = cue[1]
        else:
            at += 1
    return [
        (token.start, token.end, token.text)
        for number, token in enumerate(tokens)
        if number not in silent
        and not any(start <= token.start and token.end <= end for start, end in told)
        and token.kind in (Kind.WORD, Kind.NUMBER)
        and token.plain not in FILLERS | LINKS | DETERMINERS | VERBS | COMMENTS
    ]


def places(request: Request) -> list[tuple[int, int]]:
    """All spans of lines and of words without a place."""
    return [line.span for line in request.lines] + [
        (start, end) for start, end, _ in request.unaccounted
    ]


@settings(max_examples=400, deadline=None)
@given(_UTTERANCES)
@example("melk ikke glem brød")
@example("rød og grønn paprika nei gul")
def test_every_content_word_is_in_a_line_or_unaccounted(text: str) -> None:
    spans = places(parse(text, VOCABULARY))
    for start, end, word in content(text):
        assert any(a <= start and end <= b for a, b in spans), (word, text)


@settings(max_examples=300, deadline=None)
@given(_UTTERANCES)
def test_what_is_unaccounted_is_said_as_it_was_said(text: str) -> None:
    request = parse(text, VOCABULARY)
    assert all(text[start:end] == said for start, end, said in request.unaccounted)
    assert all(0 <= line.span[0] <= line.span[1] <= len(text) for line in request.lines)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300))
@example("\x00\ud800")
@example("''-''")
@example("1/0 0/0 ½½ %% x x2x 2x2")
def test_no_text_can_make_it_fail(text: str) -> None:
    parse(text, VOCABULARY)


@settings(deadline=None)
@given(st.lists(st.sampled_from([name for name in PRODUCTS if " " not in name]), min_size=1,
                max_size=8, unique=True))  # fmt: skip
def test_a_list_gives_each_ware_once_with_or_without_commas(names: list[str]) -> None:
    for text in (", ".join(names), " og ".join(names), "\n".join(names), " ".join(names)):
        assert [line.phrase for line in parse(text, VOCABULARY).lines] == names


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(2, 20), st.sampled_from(["egg", "smør", "epler", "cola"])),
        min_size=1,
        max_size=6,
    )
)
def test_amounts_stay_with_their_wares(wishes: list[tuple[int, str]]) -> None:
    for mark in (", ", " og ", " "):
        text = mark.join(f"{count} {name}" for count, name in wishes)
        lines = parse(text, VOCABULARY).lines
        assert [(line.amount, line.phrase) for line in lines] == [
            (Amount(Decimal(count)), name) for count, name in wishes
        ]


@pytest.mark.parametrize(
    "text",
    [
        "melk " * 2000,
        "to liter melk og " * 600,
        "asdfg " * 1700,
        "æ" * 10_000,
        "nei " * 2500,
        "1" * 10_000,
        "ikke men eller bytt med " * 420,
        "<script>alert('melk')</script>" * 330,
        "🥛🍞" * 5000,
        "fem og tyve " * 800,
        "-".join(["to"] * 3000),
        "a-" * 5000,
    ],
    ids=lambda text: text[:20],
)
def test_ten_thousand_characters_are_read(text: str) -> None:
    """How long it takes: tests/benchmarks/requests.py."""
    request = parse(text[:10_000], VOCABULARY)
    assert all(0 <= start < end <= 10_000 for start, end, _ in request.unaccounted)


def test_an_unknown_ware_with_an_amount_is_a_line_to_be_asked_about() -> None:
    (line,) = parse("to zxyqer", VOCABULARY).lines
    assert (line.phrase, line.amount) == ("zxyqer", Amount(Decimal(2)))


def test_a_story_is_not_ordered_and_not_lost() -> None:
    request = parse("mannen min elsket vaflene mine og jeg trenger egg", VOCABULARY)
    assert [line.phrase for line in request.lines] == ["egg"]
    assert "vaflene" in " ".join(text for _, _, text in request.unaccounted)


def test_a_question_beside_an_order_is_no_order() -> None:
    request = parse("legg til to melk og hva koster kaffen", VOCABULARY)
    assert [line.phrase for line in request.lines] == ["melk"]
    assert [text for _, _, text in request.questions] == ["kaffen"]
    assert request.unaccounted == request.questions


def test_a_question_alone_names_its_ware_without_an_act() -> None:
    request = parse("hva koster kaffen", VOCABULARY)
    assert [(line.phrase, line.act) for line in request.lines] == [("kaffen", None)]
    assert request.questions


def test_alternatives_are_not_both_ordered() -> None:
    request = parse("cola eller juice", VOCABULARY)
    assert [(line.phrase, line.or_else) for line in request.lines] == [("cola", ("juice",))]


def test_the_span_covers_the_words_of_the_line() -> None:
    text = "ja, to liter lettmelk og brød"
    first, second = parse(text, VOCABULARY).lines
    assert text[slice(*first.span)] == "to liter lettmelk"
    assert text[slice(*second.span)] == "brød"


def test_to_of_each_without_wares_is_meant_for_each() -> None:
    (line,) = parse("to av hver", VOCABULARY).lines
    assert line.each
    assert line.amount == Amount(Decimal(2))


def test_an_exchange_can_be_told_in_two_clauses() -> None:
    (line,) = parse("bytt kaffen, ta heller te", VOCABULARY).lines
    assert (line.act, line.phrase, line.instead_of) == (Act.REPLACE, "te", "kaffen")


def test_cues_are_longest_match() -> None:
    tokens = tokenise("ikke glem melken")
    assert read_cue(tokens, 0) == (Cue.ADD, 2)


def test_the_article_that_ends_a_description_counts_nothing() -> None:
    (line,) = parse("brød, et sånt stort et", VOCABULARY).lines
    assert line.amount is None


def test_one_of_two_wares_is_one_line() -> None:
    (line,) = parse("cola eller juice", VOCABULARY).lines
    assert line.or_else == ("juice",)


def test_a_story_is_told_apart_from_what_was_not_understood() -> None:
    request = parse("jeg skal bake kake, jeg må ha melk", VOCABULARY)
    assert [line.phrase for line in request.lines] == ["melk"]
    assert request.chatter == request.unaccounted
