"""Tier: unit. Whose turn it is: a pure machine, whatever happens in whatever order."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from audio.endpointing import TurnSettings
from audio.turn_taking import (
    READING_KEYS,
    Action,
    AnswerKey,
    BeginUtterance,
    DuplexSettings,
    Earcon,
    EndUtterance,
    ReadBackTalkedOver,
    Silence,
    State,
    StopSpeech,
    TurnTaking,
)

FRAME = 0.02


def feed(turns: TurnTaking, seconds: float, speech: bool, partial: str = "") -> list[Action]:
    """What follows from so many seconds of sound."""
    return [
        action for _ in range(round(seconds / FRAME)) for action in turns.sound(speech, partial)
    ]


def listening(duplex: DuplexSettings | None = None) -> TurnTaking:
    turns = TurnTaking(duplex=duplex)
    turns.spoken()
    assert turns.state is State.LISTENING
    return turns


def speaking(reading: bool = False, duplex: DuplexSettings | None = None) -> TurnTaking:
    turns = TurnTaking(duplex=duplex)
    turns.speak(reading=reading)
    assert turns.is_speaking
    return turns


def test_an_utterance_begins_with_the_sound_before_it_and_ends_after_a_pause() -> None:
    turns = listening()
    (begun,) = feed(turns, 0.6, True)
    assert isinstance(begun, BeginUtterance)
    assert 0.42 <= begun.lead <= 0.74
    assert turns.state is State.HEARING
    (ended,) = feed(turns, 1.2, False)
    assert isinstance(ended, EndUtterance)
    assert ended.kept
    assert turns.state is State.THINKING


def test_half_a_second_of_voice_stops_our_speech_without_any_word() -> None:
    turns = speaking()
    assert [type(each) for each in feed(turns, 0.48, True)] == [BeginUtterance]
    assert feed(turns, 0.04, True) == [StopSpeech()]
    assert turns.state is State.HEARING


def test_words_stop_our_speech_sooner_and_a_cough_does_not() -> None:
    turns = speaking()
    assert StopSpeech() in feed(turns, 0.34, True, "nei vent")
    turns = speaking()
    happened = [*feed(turns, 0.4, True), *feed(turns, 2.0, False)]
    assert StopSpeech() not in happened
    assert not any(each.kept for each in happened if isinstance(each, EndUtterance))
    assert turns.state is State.SPEAKING


def test_a_cough_that_outlasts_our_speech_is_nobody_who_was_not_understood() -> None:
    turns = speaking()
    feed(turns, 0.4, True)
    turns.spoken()
    (ended,) = feed(turns, 1.2, False)
    assert isinstance(ended, EndUtterance)
    assert turns.decoded(False) == []
    assert turns.state is State.LISTENING


def test_somebody_who_begins_as_we_end_is_heard() -> None:
    turns = speaking()
    feed(turns, 0.2, True)
    turns.spoken()
    assert turns.state is State.HEARING
    (ended,) = [*feed(turns, 0.3, True, "ja"), *feed(turns, 1.0, False, "ja")]
    assert isinstance(ended, EndUtterance)
    assert ended.kept


def test_who_goes_on_while_we_think_is_heard_before_we_speak() -> None:
    turns = TurnTaking()
    feed(turns, 0.6, True)
    turns.speak()
    assert not turns.is_speaking
    assert turns.state is State.HEARING


def test_thinking_is_told_after_a_while_and_again() -> None:
    turns = TurnTaking()
    assert feed(turns, 0.76, False) == []
    assert feed(turns, 0.06, False) == [Earcon("thinking")]
    assert feed(turns, 2.9, False) == []
    assert feed(turns, 0.2, False) == [Earcon("thinking")]


def test_silences_count_up_and_a_word_begins_anew() -> None:
    turns = listening()
    assert feed(turns, 8.0, False) == [Silence(1)]
    turns.spoken()
    assert feed(turns, 8.0, False) == [Silence(2)]
    turns.spoken()
    feed(turns, 0.4, True)
    feed(turns, 2.0, False)
    assert turns.decoded(True) == []
    turns.spoken()
    assert feed(turns, 8.0, False) == [Silence(1)]


def test_patience_grows_for_who_wants_slow_speech() -> None:
    turns = listening()
    turns.settings = TurnSettings().for_rate(0.8)
    assert feed(turns, 9.9, False) == []
    assert feed(turns, 0.2, False) == [Silence(1)]


def test_half_duplex_hears_nothing_of_itself_nor_its_echo() -> None:
    turns = speaking(duplex=DuplexSettings(barge_in=False))
    assert feed(turns, 3.0, True) == []
    turns.spoken()
    assert feed(turns, 0.14, True) == []
    assert not turns.hears
    assert [type(each) for each in feed(turns, 0.3, True)] == [BeginUtterance]


@pytest.mark.parametrize("key", sorted("0123456789*#"))
def test_a_read_back_is_ended_only_by_keys_that_confirm_nothing(key: str) -> None:
    turns = speaking(reading=True)
    expected = [StopSpeech(), AnswerKey(key)] if key in READING_KEYS else []
    assert turns.pressed(key) == expected


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 40)), max_size=25))
def test_a_read_back_is_never_stopped_and_talked_over_from_half_a_second(
    parts: list[tuple[bool, int]],
) -> None:
    turns = speaking(reading=True)
    runs = [0]
    for speech, frames in parts:
        for _ in range(frames):
            assert turns.sound(speech, "ord") == []
            if speech:
                runs[-1] += 1
            elif runs[-1]:
                runs.append(0)
    # What flickers for less than 0.1 s is no speech.
    voiced = sum(run for run in runs if run >= 5)
    told = [each for each in turns.spoken() if isinstance(each, ReadBackTalkedOver)]
    assert bool(told) == (voiced >= 25)
    assert turns.state is (State.THINKING if told else State.LISTENING)


def test_nothing_is_said_unasked_until_both_have_been_silent_for_a_moment() -> None:
    turns = listening()
    feed(turns, 0.58, False)
    assert not turns.may_speak_unasked
    feed(turns, 0.02, False)
    assert turns.may_speak_unasked
    feed(turns, 0.02, True)
    assert not turns.may_speak_unasked
    feed(turns, 0.06, False)  # that was a flicker of noise
    assert turns.may_speak_unasked
    assert turns.speak() == [] and turns.is_speaking
    assert not turns.may_speak_unasked


class AnyTalk(RuleBasedStateMachine):
    """Everything that can happen, in any order."""

    @initialize(barge_in=st.booleans())
    def begin(self, barge_in: bool) -> None:
        self.turns = TurnTaking(duplex=DuplexSettings(barge_in=barge_in))
        self.barge_in = barge_in
        self.open = self.over = False
        self.sounding = ""
        self.silences = 0
        self.undecoded = False

    def happen(self, actions: list[Action], words: bool = False) -> None:
        for action in actions:
            assert not self.over, "nothing happens on a line that is gone"
            if isinstance(action, BeginUtterance):
                assert not self.open, "never two utterances"
                self.open = True
            elif isinstance(action, EndUtterance):
                assert self.open, "ended once"
                self.open = False
                self.undecoded = action.kept
            elif isinstance(action, StopSpeech):
                assert self.sounding
                self.sounding = ""
            elif isinstance(action, Silence):
                self.silences += 1
                assert action.step == self.silences, "one step at a time"
            elif isinstance(action, AnswerKey):
                self.silences = 0

    @rule(speech=st.booleans(), seconds=st.sampled_from([0.02, 0.1, 0.3, 1.0, 9.0]))
    def sound(self, speech: bool, seconds: float) -> None:
        for _ in range(round(seconds / FRAME)):
            kind = self.sounding
            partial = "ord" if self.open else ""
            actions = self.turns.sound(speech, partial)
            self.happen(actions)
            assert not (speech and self.turns.may_speak_unasked), "not into somebody's first word"
            if kind in ("reading", "closing"):
                assert actions == [], "what must be heard is not stopped by speech"
            if kind and not self.barge_in:
                assert actions == []
        if speech and self.barge_in and seconds >= 1.0:
            assert self.sounding != "speaking", "a second of words always stops us"

    @precondition(lambda self: not self.sounding)
    @rule(kind=st.sampled_from(["speaking", "reading", "closing"]))
    def speak(self, kind: str) -> None:
        if self.turns.state is State.CLOSING:
            return
        was = self.turns.state
        self.happen(self.turns.speak(reading=kind == "reading", closing=kind == "closing"))
        if self.turns.is_speaking:
            assert was not in (State.HEARING, State.OVER)
            self.sounding = kind

    @rule(more=st.booleans())
    def spoken(self, more: bool) -> None:
        if not self.sounding and self.turns.state is not State.THINKING:
            assert self.turns.spoken(more=more) == []
            return
        self.sounding = ""
        self.happen(self.turns.spoken(more=more))

    @precondition(lambda self: self.undecoded)
    @rule(words=st.booleans())
    def decoded(self, words: bool) -> None:
        self.undecoded = False
        if words:
            self.silences = 0
        self.happen(self.turns.decoded(words))

    @rule(key=st.sampled_from("0123456789*#"))
    def press(self, key: str) -> None:
        reading, heeded = self.sounding == "reading", self.turns.state
        actions = self.turns.pressed(key)
        self.happen(actions)
        if heeded not in (State.OVER, State.CLOSING) and not (reading and key not in READING_KEYS):
            assert actions[-1] == AnswerKey(key)

    @rule()
    def lose(self) -> None:
        if self.turns.state is not State.CLOSING:
            self.happen(self.turns.lost())

    @precondition(lambda self: not self.over)
    @rule(sure=st.sampled_from([False, False, False, True]))
    def close(self, sure: bool) -> None:
        if sure:
            self.happen(self.turns.close())
            self.over = True
            assert not self.open, "every utterance is ended"

    @invariant()
    def agrees(self) -> None:
        if not hasattr(self, "turns"):
            return
        assert self.turns.utterance_open == self.open
        assert bool(self.sounding) == self.turns.is_speaking
        if self.turns.may_speak_unasked:
            assert self.turns.state is State.LISTENING and not self.open and not self.sounding
        if self.turns.state is State.OVER:
            assert not self.turns.is_speaking


TestAnyTalk = AnyTalk.TestCase
TestAnyTalk.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
