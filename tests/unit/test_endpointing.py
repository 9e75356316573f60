"""Tier: unit. When a person has begun to speak and when they have finished."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.endpointing import (
    Endpointer,
    NoInput,
    SpeechEnded,
    SpeechStarted,
    TurnEvent,
    TurnSettings,
    needed_pause,
)

FRAME = 0.02


def run(
    endpointer: Endpointer, seconds: float, is_speech: bool, partial: str = ""
) -> list[tuple[float, TurnEvent]]:
    """Feed so many seconds; (seconds from their begin, event) for all that happened."""
    happened = []
    for number in range(1, round(seconds / FRAME) + 1):
        event = endpointer.feed(FRAME, is_speech, partial)
        if event is not None:
            happened.append((number * FRAME, event))
    return happened


def spoken(partial: str, numbers_complete: bool = False) -> tuple[float, TurnEvent]:
    """Say something, then be silent: (seconds of silence, event) of what came first."""
    endpointer = Endpointer()
    endpointer.numbers_complete = numbers_complete
    assert isinstance(run(endpointer, 0.6, True, partial)[0][1], SpeechStarted)
    return run(endpointer, 5.0, False, partial)[0]


def test_speech_is_believed_after_an_eighth_of_a_second_with_its_beginning() -> None:
    ((after, event),) = run(Endpointer(), 0.3, True)
    assert after == pytest.approx(0.12)
    assert isinstance(event, SpeechStarted)
    assert 0.3 + 0.12 <= event.lead <= 0.5 + 2 * 0.12


def test_a_click_is_not_speech() -> None:
    endpointer = Endpointer()
    for _ in range(20):
        assert run(endpointer, 0.06, True) == []
        assert run(endpointer, 0.2, False) == []


@pytest.mark.parametrize(
    ("partial", "pause"),
    [
        ("jeg vil ha lettmelk", 0.9),
        ("", 0.9),
        ("ja", 0.6),
        ("nei takk", 0.6),
        ("det var alt", 0.6),
        ("nei det var alt takk", 0.6),
        ("lettmelk og", 1.8),
        ("jeg vil ha", 1.8),
        ("nei to", 1.8),
        ("jeg trenger tjuefem", 1.8),
        ("2", 1.8),
        ("melk tre liter", 1.8),
        ("to melk tre brød", 1.3),
        ("to melk og tre brød", 0.9),
    ],
)
def test_the_pause_that_ends_an_utterance_depends_on_its_last_words(
    partial: str, pause: float
) -> None:
    after, event = spoken(partial)
    assert isinstance(event, SpeechEnded)
    assert not event.cut
    assert after == pytest.approx(pause, abs=FRAME)


def test_a_number_ends_an_answer_to_a_question_about_numbers() -> None:
    assert spoken("to", numbers_complete=True)[0] == pytest.approx(0.6, abs=FRAME)
    assert spoken("nummer to", numbers_complete=True)[0] == pytest.approx(0.9, abs=FRAME)


def test_words_that_arrive_late_still_prolong_the_pause() -> None:
    endpointer = Endpointer()
    run(endpointer, 0.5, True, "lettmelk")
    assert run(endpointer, 0.8, False, "lettmelk") == []
    assert run(endpointer, 0.9, False, "lettmelk og") == []
    ((_, event),) = run(endpointer, 0.2, False, "lettmelk og")
    assert isinstance(event, SpeechEnded)


def test_a_click_in_the_silence_does_not_prolong_it_but_speech_does() -> None:
    endpointer = Endpointer()
    run(endpointer, 0.5, True)
    run(endpointer, 0.5, False)
    run(endpointer, 0.04, True)
    ((after, _),) = run(endpointer, 1.0, False)
    assert after == pytest.approx(0.36, abs=FRAME)

    run(endpointer, 0.5, True)
    run(endpointer, 0.5, False)
    run(endpointer, 0.1, True)
    ((after, _),) = run(endpointer, 1.0, False)
    assert after == pytest.approx(0.9, abs=FRAME)


def test_silence_is_told_after_eight_seconds_and_again_after_eight_more() -> None:
    happened = run(Endpointer(), 17.0, False)
    waits = [event.waited for _, event in happened if isinstance(event, NoInput)]
    assert waits == pytest.approx([8.0, 8.0])
    assert [after for after, _ in happened] == pytest.approx([8.0, 16.0])


def test_somebody_who_begins_as_the_wait_ends_is_heard() -> None:
    endpointer = Endpointer()
    assert run(endpointer, 7.96, False) == []
    ((_, event),) = run(endpointer, 0.2, True)
    assert isinstance(event, SpeechStarted)


def test_a_radio_does_not_go_on_for_ever() -> None:
    happened = run(Endpointer(), 31.0, True)
    (ended,) = [event for _, event in happened if isinstance(event, SpeechEnded)]
    assert ended.cut
    assert ended.voiced == pytest.approx(30.0)


def test_slow_speech_brings_longer_patience() -> None:
    slow = TurnSettings().for_rate(0.8)
    assert slow.pause == pytest.approx(0.9 / 0.8)
    assert needed_pause("lettmelk og", slow) == pytest.approx(1.8 / 0.8)
    assert TurnSettings().for_rate(1.3) == TurnSettings()
    assert TurnSettings().for_rate(0.1).no_input == pytest.approx(12.0)


chunks = st.lists(
    st.tuples(
        st.sampled_from([0.01, 0.02, 0.03]),
        st.booleans(),
        st.sampled_from(["", "ja", "melk", "melk og", "to"]),
        st.integers(1, 80),
    ),
    max_size=40,
)


@given(chunks)
def test_starts_and_ends_alternate_and_nothing_is_told_out_of_turn(
    parts: list[tuple[float, bool, str, int]],
) -> None:
    endpointer = Endpointer()
    settings = endpointer.settings
    speaking = False
    silence = waited = length = 0.0
    for seconds, is_speech, partial, times in parts:
        for _ in range(times):
            event = endpointer.feed(seconds, is_speech, partial)
            waited += seconds
            length += seconds
            silence = 0.0 if is_speech else silence + seconds
            if isinstance(event, SpeechStarted):
                assert not speaking
                assert is_speech
                assert event.lead >= settings.pre_roll + settings.onset
                speaking, length = True, 0.0
            elif isinstance(event, SpeechEnded):
                assert speaking
                # Never cut off while the person is talking, unless it became too long.
                assert event.cut or event.silence >= settings.short_pause - 1e-6
                assert event.voiced <= length + event.silence + 1.0
                speaking, waited = False, 0.0
            elif isinstance(event, NoInput):
                assert not speaking
                assert event.waited == pytest.approx(waited)
                waited = 0.0
            assert endpointer.speaking == speaking
            if speaking:
                # No utterance outlasts the longest pause that there is.
                assert silence < settings.long_pause + 0.04
                assert length < settings.longest + 0.04


@given(chunks, chunks)
def test_what_went_before_a_restart_is_forgotten(
    before: list[tuple[float, bool, str, int]], after: list[tuple[float, bool, str, int]]
) -> None:
    used, fresh = Endpointer(), Endpointer()
    for seconds, is_speech, partial, times in before:
        for _ in range(times):
            used.feed(seconds, is_speech, partial)
    used.restart()
    for seconds, is_speech, partial, times in after:
        for _ in range(times):
            assert used.feed(seconds, is_speech, partial) == fresh.feed(seconds, is_speech, partial)
