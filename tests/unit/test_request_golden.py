"""Tier: unit. Golden Norwegian requests over the shipped catalogue; known failures must shrink."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

import bot
from bot.data_files import load_shop
from bot.ordering.request import parse
from bot.ordering.vocabulary import Vocabulary
from tests.unit.golden_requests import cases, differences, known_failures
from tests.unit.test_request import content, places

DATA = Path(bot.__file__).parent / "data"


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """The shipped shop's words."""
    return load_shop(DATA / "catalogue.csv", DATA / "synonyms.yml").vocabulary


@pytest.mark.parametrize(
    ("say", "expected"), [(say, expected) for _, say, expected in cases()],
    ids=[f"{group}: {say[:60]}" for group, say, _ in cases()],
)  # fmt: skip
def test_golden_request(say: str, expected: tuple[dict[str, Any], ...]) -> None:
    wrong = differences(parse(say, vocabulary()), expected)
    if say in known_failures():
        assert wrong, f"passes now, so take it off known_failures.yml: {say}"
    else:
        assert not wrong, "\n".join(wrong)


def test_known_failures_are_golden_requests() -> None:
    assert known_failures() <= {say for _, say, _ in cases()}


def test_there_are_enough_of_them_and_none_twice() -> None:
    said = [say for _, say, _ in cases()]
    assert len(said) >= 250
    assert len(set(said)) == len(said)


def test_each_content_word_of_all_golden_requests_is_accounted_for() -> None:
    lost = []
    for _, say, _ in cases():
        spans = places(parse(say, vocabulary()))
        for start, end, word in content(say, vocabulary()):
            if not any(a <= start and end <= b for a, b in spans):
                lost.append((say, word))
    assert lost == []
