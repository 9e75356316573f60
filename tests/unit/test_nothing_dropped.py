"""Tier: unit. No content word of any golden utterance is dropped without a trace."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import bot
from bot.data_files import load_shop
from bot.evaluation.sets import read_sets
from bot.ordering.lines import OrderLine
from bot.ordering.request import parse
from bot.ordering.vocabulary import Vocabulary
from tests.unit.test_request import content, places

DATA = Path(bot.__file__).parent / "data"
GOLDEN = Path(__file__).resolve().parents[1] / "golden"


@cache
def vocabulary() -> Vocabulary:
    """The shipped shop's words."""
    return load_shop(DATA / "catalogue.csv", DATA / "synonyms.yml").vocabulary


def _is_order(line: OrderLine) -> bool:
    """Whether a line says what is to be done and how much, not only "for lite frukt"."""
    if line.act is None or line.amount is None or line.relative:
        return False
    return not line.amount.vague


def utterances() -> list[str]:
    """All that is said in the golden sets, the held-out ones too: only what is lost is told."""
    return [each.text for golden in read_sets(GOLDEN) for each in golden.utterances]


def lost_words(text: str) -> list[str]:
    """Content words that are in no line, no question and not among what was not understood."""
    request = parse(text, vocabulary())
    spans = places(request) + [(start, end) for start, end, _ in request.questions]
    return [
        word
        for start, end, word in content(text, vocabulary())
        if not any(first <= start and end <= last for first, last in spans)
    ]


def test_there_are_at_least_800_golden_utterances() -> None:
    assert len(set(utterances())) >= 800


def test_each_content_word_ends_in_a_line_a_question_or_is_said_back() -> None:
    lost = {text: words for text in utterances() if (words := lost_words(text))}
    assert lost == {}


def test_a_story_that_needs_no_answer_has_no_amount_and_no_order_in_it() -> None:
    """Chatter is the only thing that is passed over without a word: it must not hide an order."""
    hidden = []
    for text in utterances():
        for start, end, story in parse(text, vocabulary()).chatter:
            inner = parse(story, vocabulary())
            if any(_is_order(line) for line in inner.lines):
                hidden.append((text, text[start:end]))
    assert hidden == []
