"""Tier: unit. One conversation with scripted sound, ears and answers; time is only counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from audio.errors import AudioError, UnreadableAudio
from audio.frames import pcm_bytes, samples
from audio.recognizer import Transcript
from audio.session import Event, Session, SourceLost
from audio.wavefile import write_wave

FRAME_BYTES = 640
SILENCE = bytes(FRAME_BYTES)


def voice(word: int) -> bytes:
    """A frame that stands for speech: every sample is the number of a word."""
    return pcm_bytes(np.full(320, word))


WORDS = {1: "to liter lettmelk", 2: "nei tre", 3: "ja", 4: "melk og", 5: "[unk]"}


@dataclass
class Ear:
    """A recogniser that reads the numbers in the frames as words."""

    sample_rate: int = 16_000
    confidence: float = 0.9
    heard: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    taken: int = 0

    def reset(self) -> None:
        self.heard, self.taken = [], 0

    def accept(self, pcm: bytes) -> str | None:
        self.taken += len(pcm)
        before = self.text()
        for value in np.unique(samples(pcm)):
            if value and int(value) not in self.heard:
                self.heard.append(int(value))
        return self.text() if self.text() != before else None

    def text(self) -> str:
        return " ".join(WORDS.get(word, "") for word in self.heard).strip()

    def final(self) -> Transcript:
        self.seconds.append(self.taken / 32_000)
        return Transcript(self.text(), self.confidence if self.text() else 1.0, ())


@dataclass
class Answers:
    """A dialogue that notes what it was told and answers from a script."""

    script: list[list[Event]] = field(default_factory=list)
    told: list[tuple[str, float | None]] = field(default_factory=list)

    def say(self, text: str, confidence: float | None = None) -> list[Event]:
        self.told.append((text, confidence))
        if self.script:
            return self.script.pop(0)
        return [said("Ja vel."), basket("ordering")]


@dataclass
class Mouth:
    """A synthesizer and loudspeaker that write down what is said, and how fast."""

    sample_rate: int = 22_050
    spoken: list[tuple[str, float]] = field(default_factory=list)
    failing: bool = False

    def speak(self, text: str, rate: float = 1.0) -> bytes:
        return b"".join(self.stream(text, rate))

    def stream(self, text: str, rate: float = 1.0) -> Iterator[bytes]:
        if self.failing:
            raise AudioError("Stemmen er borte.")
        self.spoken.append((text, rate))
        yield b"\0\0"

    def play(self, sound: Iterable[bytes], sample_rate: int) -> bool:
        assert sample_rate == self.sample_rate
        return bool(list(sound))

    def close(self) -> None:
        """Nothing is held."""


class Line:
    """A source with scripted frames; a SourceLost in the script is raised."""

    def __init__(self, *parts: list[bytes] | SourceLost) -> None:
        self.parts = list(parts)
        self.dropped = 0

    def frames(self) -> Iterator[bytes]:
        while self.parts:
            part = self.parts.pop(0)
            if isinstance(part, SourceLost):
                raise part
            yield from part

    def drop(self) -> None:
        self.dropped += 1


class Loud:
    def is_speech(self, frame: bytes) -> bool:
        return bool(samples(frame).any())


def said(text: str) -> Event:
    return {"event": "said", "text": text}


def basket(stage: str) -> Event:
    return {"event": "basket", "stage": stage, "revision": 0, "lines": [], "total": "0.00"}


def quiet(seconds: float) -> list[bytes]:
    return [SILENCE] * round(seconds / 0.02)


def speech(word: int, seconds: float = 0.5) -> list[bytes]:
    return [voice(word)] * round(seconds / 0.02)


def session(ear: Ear, answers: Answers, mouth: Mouth | None = None, **options: Any) -> Session:
    return Session(ear, answers, mouth, mouth, detector=Loud(), **options)


def test_each_file_is_one_utterance_and_is_heard_to_its_end(tmp_path: Path) -> None:
    # The pause in the first file is longer than any that ends a live utterance.
    for name, frames in (
        ("a", speech(1) + quiet(3) + speech(2)),
        ("b", speech(3)),
    ):
        write_wave(tmp_path / f"{name}.wav", b"".join(frames))
    ear, answers = Ear(), Answers()
    events = list(session(ear, answers).hear_files([tmp_path / "a.wav", tmp_path / "b.wav"]))
    assert answers.told == [("to liter lettmelk nei tre", 0.9), ("ja", 0.9)]
    assert [event["event"] for event in events] == ["heard", "said", "basket"] * 2
    assert events[0] == {"event": "heard", "text": "to liter lettmelk nei tre", "confidence": 0.9}
    # Silence after the file lets the recogniser finish its last word.
    assert ear.seconds == pytest.approx([4.3, 0.8])


def test_a_file_without_words_reaches_the_dialogue_as_nothing_heard(tmp_path: Path) -> None:
    write_wave(tmp_path / "a.wav", b"".join(quiet(1)))
    answers = Answers()
    events = list(session(Ear(), answers).hear_file(tmp_path / "a.wav"))
    assert answers.told == [("", None)]
    assert events[0] == {"event": "heard", "text": "", "confidence": 0.0}


def test_an_unreadable_file_stops_before_the_dialogue(tmp_path: Path) -> None:
    answers = Answers()
    with pytest.raises(UnreadableAudio):
        list(session(Ear(), answers).hear_file(tmp_path / "a.wav"))
    assert answers.told == []


def test_low_confidence_reaches_the_dialogue() -> None:
    answers = Answers()
    line = Line(quiet(0.5) + speech(1) + quiet(2))
    list(session(Ear(confidence=0.31), answers).listen(line))
    assert answers.told == [("to liter lettmelk", 0.31)]


def test_a_live_talk_goes_on_until_the_order_is_submitted() -> None:
    answers = Answers([[said("Tre liter."), basket("read_back")], [basket("submitted")]])
    mouth = Mouth()
    line = Line(
        quiet(1) + speech(1) + quiet(0.5) + speech(2) + quiet(2.5),
        speech(3) + quiet(2),
        speech(1) + quiet(2),
    )
    partials: list[str] = []
    events = list(session(Ear(), answers, mouth, on_partial=partials.append).listen(line))
    assert answers.told == [("to liter lettmelk nei tre", 0.9), ("ja", 0.9)]
    assert [event["event"] for event in events] == ["heard", "said", "basket", "heard", "basket"]
    assert mouth.spoken == [("Tre liter.", 1.0)]
    assert partials == ["to liter lettmelk", "to liter lettmelk nei tre", "ja"]
    assert line.dropped == 1


def test_the_recogniser_gets_the_sound_before_the_onset_but_not_the_wait() -> None:
    ear = Ear()
    list(session(ear, Answers()).listen(Line(quiet(5) + speech(3, 0.4) + quiet(1))))
    (seconds,) = ear.seconds
    assert 0.4 + 0.3 + 0.6 <= seconds <= 0.4 + 0.7 + 0.7


def test_the_end_waits_longer_after_og_than_after_ja() -> None:
    ear, answers = Ear(), Answers()
    list(session(ear, answers).listen(Line(speech(4) + quiet(1.5) + speech(1) + quiet(2.5))))
    assert answers.told == [("melk og to liter lettmelk", 0.9)]
    ear, answers = Ear(), Answers()
    list(session(ear, answers).listen(Line(speech(3) + quiet(1.5) + speech(1) + quiet(2.5))))
    assert [text for text, _ in answers.told] == ["ja", "to liter lettmelk"]


def test_silence_is_told_and_after_four_times_the_talk_ends() -> None:
    answers = Answers()
    events = list(session(Ear(), answers).listen(Line(quiet(60))))
    assert answers.told == [("", None)] * 4
    assert "heard" not in {event["event"] for event in events}


def test_a_cough_is_not_somebody_who_was_not_understood() -> None:
    answers = Answers()
    list(session(Ear(), answers).listen(Line(speech(9, 0.2) + quiet(2))))
    assert answers.told == []
    list(session(Ear(), answers).listen(Line(speech(9, 0.6) + quiet(2))))
    assert answers.told == [("", None)]


def test_speech_without_a_known_word_is_not_understood_and_an_unknown_word_is_shown() -> None:
    answers = Answers()
    line = Line(speech(5) + quiet(2), speech(1) + speech(5) + quiet(2))
    list(session(Ear(), answers).listen(line))
    assert answers.told == [("", None), ("to liter lettmelk [unk]", 0.9)]


def test_what_is_said_as_the_line_ends_is_still_heard() -> None:
    answers = Answers()
    list(session(Ear(), answers).listen(Line(speech(1))))
    assert [text for text, _ in answers.told] == ["to liter lettmelk"]


def test_a_rate_from_the_dialogue_slows_the_voice_and_is_not_passed_on() -> None:
    answers = Answers([[{"event": "rate", "value": "0.8"}, said("Slik?"), basket("ordering")]])
    mouth = Mouth()
    talk = session(Ear(), answers, mouth)
    events = list(talk.listen(Line(speech(3) + quiet(2), speech(3) + quiet(2))))
    assert "rate" not in {event["event"] for event in events}
    assert mouth.spoken == [("Slik?", 0.8), ("Ja vel.", 0.8)]
    talk.set_rate(0.01)
    assert talk.rate == 0.5


def test_a_microphone_that_goes_away_is_told_aloud_and_half_an_utterance_is_forgotten() -> None:
    answers, mouth = Answers(), Mouth()
    lost = SourceLost("Mikrofonen ble borte.")
    events = list(
        session(Ear(), answers, mouth).listen(Line(speech(1), lost, speech(3) + quiet(2)))
    )
    assert answers.told == [("ja", 0.9)]
    assert events[0] == {
        "event": "error",
        "code": "microphone",
        "message": "Mikrofonen ble borte.",
    }
    assert mouth.spoken[0] == ("Mikrofonen ble borte.", 1.0)


def test_a_voice_that_fails_is_told_once_and_the_talk_goes_on() -> None:
    answers = Answers()
    events = list(
        session(Ear(), answers, Mouth(failing=True)).listen(
            Line(speech(3) + quiet(2), speech(1) + quiet(2))
        )
    )
    assert [event["event"] for event in events] == [
        *["heard", "said", "error", "basket"],
        *["heard", "said", "basket"],
    ]
    assert events[2]["code"] == "voice"


def test_a_greeting_is_passed_on_and_spoken() -> None:
    mouth = Mouth()
    greeting = [said("God dag!"), basket("ordering")]
    assert list(session(Ear(), Answers(), mouth).tell(greeting)) == greeting
    assert mouth.spoken == [("God dag!", 1.0)]


def test_the_screen_is_told_each_time_it_is_the_persons_turn() -> None:
    turns: list[None] = []
    talk = session(Ear(), Answers(), on_listening=lambda: turns.append(None))
    list(talk.listen(Line(speech(3) + quiet(2), speech(1) + quiet(1))))
    assert len(turns) == 3
