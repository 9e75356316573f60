"""Tier: unit. Readings of an utterance: their shares, how sure words are, what fits the talk."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

from audio.in_context import InContext, fitting
from audio.readings import Reading, joined, sureness, weighed, weighed_anew
from audio.recognizer import Transcript


def test_scores_become_shares_and_the_same_text_counts_once() -> None:
    found = weighed([("to melk", 10.0), ("to melk", 10.0), ("du melk", 10.0 - math.log(2))])
    assert [reading.text for reading in found] == ["to melk", "du melk"]
    assert found[0].share == pytest.approx(0.8) and found[1].share == pytest.approx(0.2)
    assert weighed([]) == ()


def test_a_word_is_as_sure_as_the_readings_that_have_it() -> None:
    readings = weighed([("to liter melk", 0.0), ("to liter melka", 0.0), ("to melk", 0.0)])
    assert sureness(["to", "liter", "melk"], readings) == pytest.approx([1.0, 2 / 3, 2 / 3])


def test_pieces_are_put_together() -> None:
    first = weighed([("ja", 0.0), ("jo", -1.0)])
    found = joined([first, (), weighed([("to egg", 0.0)])])
    assert found[0].text == "ja to egg"
    assert sum(reading.share for reading in found) == pytest.approx(1.0)
    assert joined([]) == (Reading("", 1.0),)


def transcript(scored: Sequence[tuple[str, float]]) -> Transcript:
    readings = weighed(scored)
    return Transcript.of([(word, 0.1, 0.9) for word in readings[0].words], readings)


def test_what_fits_wins_over_what_sounds_a_little_better() -> None:
    heard = transcript([("nye er", -0.1), ("ni egg", -0.9)])

    def bonus(texts: Sequence[str]) -> list[float]:
        return [2.0 if "egg" in text else 0.0 for text in texts]

    found = fitting(heard, bonus)
    assert found.text == "ni egg"
    assert [word.word for word in found.words] == ["ni", "egg"]
    assert found.confidence > heard.confidence
    assert found.words[0].start == 0.1 and found.words[-1].end == 0.9


def test_what_is_clear_is_not_asked_about() -> None:
    def never(texts: Sequence[str]) -> list[float]:
        raise AssertionError(texts)

    clear = transcript([("ja", 0.0), ("jo", -9.0)])
    assert fitting(clear, never) is clear
    assert fitting(Transcript("", 1.0, ()), never).text == ""


def test_bonuses_only_shift_the_weights() -> None:
    readings = weighed([("a", 0.0), ("b", 0.0)])
    anew = weighed_anew(readings, [0.0, math.log(3)])
    assert anew[0].text == "b" and anew[0].share == pytest.approx(0.75)


class Ear:
    """A recogniser that has heard the same thing every time."""

    sample_rate = 16000

    def __init__(self) -> None:
        self.frames: list[bytes] = []

    def accept(self, pcm: bytes) -> str | None:
        self.frames.append(pcm)
        return "ni"

    def final(self) -> Transcript:
        return transcript([("nye er", -0.1), ("ni egg", -0.9)])

    def reset(self) -> None:
        self.frames = []


def test_an_ear_in_context_passes_everything_on() -> None:
    inner = Ear()
    ear = InContext(inner, lambda texts: [1.0 if "egg" in text else 0.0 for text in texts])
    assert ear.accept(b"12") == "ni" and inner.frames == [b"12"]
    assert ear.final().text == "ni egg"
    ear.reset()
    assert inner.frames == [] and ear.sample_rate == 16000
