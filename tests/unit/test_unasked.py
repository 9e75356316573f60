"""Tier: unit. Speaking of our own accord in a talk: never into somebody's sentence, never lost."""

from __future__ import annotations

from typing import Any

import pytest

from audio.line import KeyPressed
from tests.unit.test_session import (
    NEWS,
    Answers,
    Mouth,
    basket,
    quiet,
    said,
    speech,
    talk,
)

CHANGED = "Kari har endret kurven."
ASKED = "Noe mer?"


def news() -> list[list[dict[str, Any]]]:
    return [[said(CHANGED), said(ASKED), basket("ordering")]]


def spoken(mouth: Mouth) -> list[str]:
    return [text for text, _ in mouth.spoken]


@pytest.mark.parametrize("seconds", [0.1, 0.5, 2.0])
def test_it_is_said_when_nobody_has_spoken_for_a_moment(seconds: float) -> None:
    mouth = Mouth()
    done = talk([*quiet(seconds), NEWS, *quiet(4)], Answers(news=news()), mouth=mouth)
    assert spoken(mouth) == [CHANGED, ASKED]
    assert done.kinds == ["said", "said", "basket"]


def test_nobody_is_spoken_to_in_the_middle_of_their_sentence() -> None:
    # "melk og" is followed by a pause that is longer than the calm we wait for.
    mouth, answers = Mouth(), Answers(news=news())
    script = [*quiet(1), *speech(4), NEWS, *quiet(1.2), *speech(3), *quiet(6)]
    done = talk(script, answers, mouth=mouth)
    assert answers.told == [("melk og ja", 0.9)]
    assert done.kinds[0] == "heard"
    assert spoken(mouth) == ["Ja vel.", CHANGED, ASKED]


def test_what_is_cut_off_is_said_once_more_before_the_next_answer() -> None:
    mouth, answers = Mouth(), Answers(news=news())
    # They begin to answer an earlier question just as we begin to tell; then they cut that off too.
    script = [*quiet(0.5), NEWS, *quiet(0.3), *speech(1, 0.7), *quiet(1.5), *speech(3, 0.7)]
    talk([*script, *quiet(8)], answers, mouth=mouth)
    assert answers.told[0] == ("to liter lettmelk", 0.9)
    assert spoken(mouth) == [CHANGED, ASKED, CHANGED, "Ja vel.", "Ja vel."]


def test_a_change_while_the_basket_is_read_comes_instead_of_the_question() -> None:
    mouth = Mouth()
    reading = [said("Da har du to melk."), said("Skal jeg bestille dette?"), basket("read_back")]
    answers = Answers(greeting=reading, news=news())
    talk([*quiet(0.1), NEWS, *quiet(6)], answers, mouth=mouth)
    assert spoken(mouth) == ["Da har du to melk.", CHANGED, ASKED]
    assert answers.overs == 0


def test_silence_that_nobody_minds_never_ends_the_talk() -> None:
    waiting = Answers(script=[[{"event": "wait"}] for _ in range(20)])
    talk([*quiet(60), *speech(3), *quiet(2)], waiting, mouth=Mouth())
    assert len(waiting.told) == 8 and waiting.told[-1] == ("ja", 0.9)


@pytest.mark.parametrize("said_or_pressed", ["said", "pressed"])
def test_what_somebody_else_will_answer_is_met_with_a_tone(said_or_pressed: str) -> None:
    waiting = Answers(script=[[{"event": "wait"}]])
    something = speech(3) if said_or_pressed == "said" else [KeyPressed("1")]
    done = talk([*quiet(0.5), *something, *quiet(3)], waiting, mouth=Mouth(), tones=True)
    assert len(done.line.played) == 1
    silent = Answers(script=[[]])  # a digit of a code is no reason for a tone
    done = talk([*quiet(0.5), KeyPressed("1"), *quiet(3)], silent, mouth=Mouth(), tones=True)
    assert done.line.played == []


def test_nothing_new_is_nothing_said() -> None:
    mouth = Mouth()
    assert talk([*quiet(1), NEWS, *quiet(2)], Answers(), mouth=mouth).kinds == []
    assert spoken(mouth) == []
