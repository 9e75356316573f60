"""Tier: unit. One conversation with scripted sound, ears and answers; time is only counted.

The clock is the line: 20 ms pass with each frame that it hands over.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from audio.errors import AudioError, UnreadableAudio
from audio.frames import pcm_bytes, samples
from audio.line import KeyPressed, SourceLost
from audio.live_talk import Screen, TalkSettings
from audio.metrics import Collected
from audio.recognizer import Transcript
from audio.session import Event, Session, is_sent
from audio.turn_taking import DuplexSettings
from audio.wavefile import write_wave

FRAME_BYTES = 640
SILENCE = bytes(FRAME_BYTES)
#: In a script: the dialogue has something to say of its own accord.
NEWS = "news"


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
    greeting: list[Event] = field(default_factory=list)
    pressed: list[str] = field(default_factory=list)
    news: list[list[Event]] = field(default_factory=list)
    overs: int = 0
    ends: int = 0

    def begin(self) -> list[Event]:
        return self.greeting

    def say(self, text: str, confidence: float | None = None) -> list[Event]:
        self.told.append((text, confidence))
        return self.answer()

    def press(self, key: str) -> list[Event]:
        self.pressed.append(key)
        return self.answer()

    def talked_over(self) -> list[Event]:
        self.overs += 1
        return [said("En gang til."), said("Skal jeg bestille?"), basket("read_back")]

    def noticed(self) -> list[Event]:
        return self.news.pop(0) if self.news else []

    def ended(self) -> None:
        self.ends += 1

    def answer(self) -> list[Event]:
        return self.script.pop(0) if self.script else [said("Ja vel."), basket("ordering")]


@dataclass
class Mouth:
    """A synthesizer that writes down what is said, and how fast; a letter lasts 20 ms."""

    sample_rate: int = 16_000
    spoken: list[tuple[str, float]] = field(default_factory=list)
    failing: bool = False

    def speak(self, text: str, rate: float = 1.0) -> bytes:
        return b"".join(self.stream(text, rate))

    def stream(self, text: str, rate: float = 1.0) -> Iterator[bytes]:
        if self.failing:
            raise AudioError("Stemmen er borte.")
        self.spoken.append((text, rate))
        yield SILENCE * len(text)

    def close(self) -> None:
        """Nothing is held."""


class Inline(Executor):
    """Does the work at once, so that nothing depends on threads."""

    def submit(self, function: Callable[..., Any], /, *args: Any, **named: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(function(*args, **named))
        except Exception as error:
            future.set_exception(error)
        return future


@dataclass
class Scripted:
    """A line that hands over what the script holds; what it plays lasts as long as its frames."""

    script: list[bytes | KeyPressed | SourceLost | str]
    hung_up: bool = False
    transfers: bool | None = None
    asked_to_transfer: int = 0
    played: list[float] = field(default_factory=list)
    sounding: bool = False
    notice: Callable[[], None] = lambda: None

    def __post_init__(self) -> None:
        self._stopped = False
        self._frame = asyncio.Condition()
        self._count = 0

    async def receive(self) -> AsyncIterator[bytes | KeyPressed]:
        while self.script and not self.hung_up:
            item = self.script.pop(0)
            if isinstance(item, SourceLost):
                raise item
            if item == NEWS:
                self.notice()
                continue
            yield item
            self._count += isinstance(item, bytes)
            async with self._frame:
                self._frame.notify_all()
            for _ in range(40):  # everything that follows from it happens before the next
                await asyncio.sleep(0)

    async def play(self, sound: AsyncIterator[bytes] | Iterable[bytes], sample_rate: int) -> float:
        assert not self.sounding, "one thing at a time"
        self.sounding, self._stopped = True, False
        start = self._count
        try:
            pieces = [piece async for piece in sound] if isinstance(sound, AsyncIterator) else sound
            frames = round(len(b"".join(pieces)) / 2 / sample_rate / 0.02)
            async with self._frame:
                while self._count < start + frames and not self._stopped and not self.over:
                    await self._frame.wait()
        finally:
            self.sounding = False
        self.played.append(round((self._count - start) * 0.02, 2))
        return self.played[-1]

    @property
    def over(self) -> bool:
        return self.hung_up or not self.script

    def stop(self) -> None:
        self._stopped = True

    async def hang_up(self) -> None:
        self.hung_up = True

    async def transfer(self) -> bool:
        self.asked_to_transfer += 1
        return bool(self.transfers)


class Loud:
    def is_speech(self, frame: bytes) -> bool:
        return bool(samples(frame).any())


def said(text: str) -> Event:
    return {"event": "said", "text": text}


def basket(stage: str) -> Event:
    return {"event": "basket", "stage": stage, "revision": 0, "lines": [], "total": "0.00"}


def order(status: str = "acknowledged") -> Event:
    return {"event": "order", "order_id": "1", "status": status, "lines": [], "total": "0.00"}


def quiet(seconds: float) -> list[bytes]:
    return [SILENCE] * round(seconds / 0.02)


def speech(word: int, seconds: float = 0.5) -> list[bytes]:
    return [voice(word)] * round(seconds / 0.02)


@dataclass
class Talk:
    """What came of a talk."""

    events: list[Event]
    line: Scripted
    partials: list[str]
    turns: int
    measured: Collected

    @property
    def kinds(self) -> list[str]:
        return [event["event"] for event in self.events]


def talk(
    script: list[Any],
    answers: Answers,
    ear: Ear | None = None,
    mouth: Mouth | None = None,
    duplex: DuplexSettings | None = None,
    transfers: bool = False,
    tones: bool = False,
    **settings: Any,
) -> Talk:
    """Lead a talk on a scripted line to its end."""
    events: list[Event] = []
    partials: list[str] = []
    turns: list[None] = []
    measured = Collected()

    async def lead() -> Scripted:
        line = Scripted(script, transfers=transfers)
        session = Session(
            ear or Ear(),
            answers,
            mouth,
            settings=TalkSettings(tones=tones, **settings),
            duplex=duplex,
            detector=Loud(),
            screen=Screen(events.append, lambda: turns.append(None)),
            on_partial=partials.append,
            observer=measured,
            workers=Inline(),
        )
        line.notice = session.notice
        await asyncio.wait_for(session.run(line), 20)
        return line

    line = asyncio.run(lead())
    assert answers.ends == 1
    assert line.hung_up
    return Talk(events, line, partials, len(turns), measured)


def test_each_file_is_one_utterance_and_is_heard_to_its_end(tmp_path: Path) -> None:
    # The pause in the first file is longer than any that ends a live utterance.
    for name, frames in (
        ("a", speech(1) + quiet(3) + speech(2)),
        ("b", speech(3)),
    ):
        write_wave(tmp_path / f"{name}.wav", b"".join(frames))
    ear, answers = Ear(), Answers()
    files = [tmp_path / "a.wav", tmp_path / "b.wav"]
    events = list(Session(ear, answers).hear_files(files))
    assert answers.told == [("to liter lettmelk nei tre", 0.9), ("ja", 0.9)]
    assert [event["event"] for event in events] == ["heard", "said", "basket"] * 2
    assert events[0] == {"event": "heard", "text": "to liter lettmelk nei tre", "confidence": 0.9}
    # Silence after the file lets the recogniser finish its last word.
    assert ear.seconds == pytest.approx([4.3, 0.8])


def test_a_file_without_words_reaches_the_dialogue_as_nothing_heard(tmp_path: Path) -> None:
    write_wave(tmp_path / "a.wav", b"".join(quiet(1)))
    answers = Answers()
    events = list(Session(Ear(), answers).hear_file(tmp_path / "a.wav"))
    assert answers.told == [("", None)]
    assert events[0] == {"event": "heard", "text": "", "confidence": 0.0}


def test_an_unreadable_file_stops_before_the_dialogue(tmp_path: Path) -> None:
    answers = Answers()
    with pytest.raises(UnreadableAudio):
        list(Session(Ear(), answers).hear_file(tmp_path / "a.wav"))
    assert answers.told == []


def test_low_confidence_reaches_the_dialogue() -> None:
    answers = Answers()
    talk(quiet(0.5) + speech(1) + quiet(2), answers, Ear(confidence=0.31))
    assert answers.told == [("to liter lettmelk", 0.31)]


def test_a_live_talk_goes_on_until_the_order_is_sent() -> None:
    answers = Answers(
        [
            [said("Tre."), order("failed"), basket("ordering")],
            [said("Sendt."), order(), basket("submitted")],
        ],
        # Somebody who has ordered before: that is no end.
        greeting=[basket("submitted")],
    )
    mouth = Mouth()
    script = quiet(1) + speech(1) + quiet(0.5) + speech(2) + quiet(2.5)
    found = talk(
        script + speech(3) + quiet(2) + speech(1) + quiet(2),
        answers,
        mouth=mouth,
        is_over=is_sent,
    )
    assert answers.told == [("to liter lettmelk nei tre", 0.9), ("ja", 0.9)]
    assert found.kinds == ["basket"] + ["heard", "said", "order", "basket"] * 2
    assert mouth.spoken == [("Tre.", 1.0), ("Sendt.", 1.0)]
    assert found.partials == ["to liter lettmelk", "to liter lettmelk nei tre", "ja"]
    assert found.turns == 2
    assert len(found.measured.turns) == 2


def test_the_recogniser_gets_the_sound_before_the_onset_but_not_the_wait() -> None:
    ear = Ear()
    talk(quiet(5) + speech(3, 0.4) + quiet(1), Answers(), ear)
    (seconds,) = ear.seconds
    assert 0.4 + 0.3 + 0.6 <= seconds <= 0.4 + 0.7 + 0.7


def test_the_end_waits_longer_after_og_than_after_ja() -> None:
    answers = Answers()
    talk(speech(4) + quiet(1.5) + speech(1) + quiet(2.5), answers)
    assert answers.told == [("melk og to liter lettmelk", 0.9)]
    answers = Answers()
    talk(speech(3) + quiet(1.5) + speech(1) + quiet(2.5), answers)
    assert [text for text, _ in answers.told] == ["ja", "to liter lettmelk"]


def test_silence_is_told_three_times_and_then_the_line_is_left_in_peace() -> None:
    answers = Answers()
    found = talk(quiet(60), answers)
    assert answers.told == [("", None)] * 3
    assert "heard" not in found.kinds
    assert found.line.script, "the talk ended before the line did"


def test_a_word_begins_the_count_of_silences_anew() -> None:
    answers = Answers()
    talk(quiet(17) + speech(3) + quiet(1) + quiet(18), answers)
    assert [text for text, _ in answers.told] == ["", "", "ja", "", ""]


def test_a_cough_is_not_somebody_who_was_not_understood() -> None:
    answers = Answers()
    talk(speech(9, 0.2) + quiet(2), answers)
    assert answers.told == []
    answers = Answers()
    talk(speech(9, 0.6) + quiet(2), answers)
    assert answers.told == [("", None)]


def test_speech_without_a_known_word_is_not_understood_and_an_unknown_word_is_shown() -> None:
    answers = Answers()
    talk(speech(5) + quiet(2) + speech(1) + speech(5) + quiet(2), answers)
    assert answers.told == [("", None), ("to liter lettmelk [unk]", 0.9)]


def test_what_is_said_as_the_line_ends_is_still_heard() -> None:
    answers = Answers()
    talk(speech(1), answers)
    assert [text for text, _ in answers.told] == ["to liter lettmelk"]


def test_a_rate_from_the_dialogue_slows_the_voice_and_is_not_passed_on() -> None:
    answers = Answers([[{"event": "rate", "value": "0.8"}, said("Slik?"), basket("ordering")]])
    mouth = Mouth()
    found = talk(speech(3) + quiet(2) + speech(3) + quiet(2), answers, mouth=mouth)
    assert "rate" not in found.kinds
    assert mouth.spoken == [("Slik?", 0.8), ("Ja vel.", 0.8)]
    mouth = Mouth()
    talk(speech(3) + quiet(2), Answers(), mouth=mouth, rate=0.01)
    assert mouth.spoken == [("Ja vel.", 0.5)]


def test_a_microphone_that_goes_away_is_told_aloud_and_half_an_utterance_is_forgotten() -> None:
    answers, mouth = Answers(), Mouth()
    lost = SourceLost("Borte.")
    found = talk([*speech(1), lost, *quiet(1), *speech(3), *quiet(2)], answers, mouth=mouth)
    assert answers.told == [("ja", 0.9)]
    assert found.events[0] == {"event": "error", "code": "microphone", "message": "Borte."}
    assert mouth.spoken[0] == ("Borte.", 1.0)


def test_a_voice_that_fails_is_told_once_and_the_talk_goes_on() -> None:
    answers = Answers()
    mouth = Mouth(failing=True)
    found = talk(speech(3) + quiet(2) + speech(1) + quiet(2), answers, mouth=mouth)
    assert found.kinds == ["heard", "said", "basket", "error", "heard", "said", "basket"]
    assert found.events[3]["code"] == "voice"


def test_a_greeting_is_passed_on_and_spoken() -> None:
    mouth = Mouth()
    greeting = [said("God dag!"), basket("ordering")]
    assert talk(quiet(1), Answers(greeting=greeting), mouth=mouth).events == greeting
    assert mouth.spoken == [("God dag!", 1.0)]


LONG = said("Dette er en lang setning som tar over et sekund å si, ja nesten to.")


def test_words_over_our_speech_stop_it_and_are_heard_in_full() -> None:
    answers = Answers(greeting=[LONG, basket("ordering")])
    found = talk(quiet(0.3) + speech(1, 0.6) + quiet(2), answers, mouth=Mouth())
    assert answers.told == [("to liter lettmelk", 0.9)]
    # Words count after 0.3 s; what is stopped falls silent at once.
    assert 0.5 <= found.line.played[0] <= 0.8
    assert len(found.measured.stops) == 1


def test_a_cough_over_our_speech_does_not_stop_it() -> None:
    answers = Answers(greeting=[LONG, basket("ordering")])
    found = talk(quiet(0.2) + speech(9, 0.4) + quiet(3), answers, mouth=Mouth())
    assert answers.told == []
    assert found.line.played[0] == pytest.approx(len(LONG["text"]) * 0.02, abs=0.03)


def test_beside_a_loudspeaker_nothing_is_heard_while_we_speak() -> None:
    answers = Answers(greeting=[LONG, basket("ordering")])
    found = talk(
        quiet(0.2) + speech(1, 0.8) + quiet(3),
        answers,
        mouth=Mouth(),
        duplex=DuplexSettings(barge_in=False),
    )
    assert answers.told == []
    assert found.line.played[0] > 1.2


READ = [LONG, said("Skal jeg bestille?"), basket("read_back")]


def test_a_read_back_that_is_talked_over_goes_on_and_is_read_again() -> None:
    answers = Answers([[said("Sendt."), order(), basket("submitted")]], greeting=list(READ))
    mouth = Mouth()
    found = talk(
        quiet(0.2) + speech(3, 0.7) + quiet(4) + speech(3) + quiet(1),
        answers,
        mouth=mouth,
        is_over=is_sent,
    )
    assert answers.overs == 1
    assert answers.told == [("ja", 0.9)], "the yes over the read-back confirmed nothing"
    assert found.line.played[0] == pytest.approx(len(LONG["text"]) * 0.02, abs=0.03)
    assert [text for text, _ in mouth.spoken] == [
        LONG["text"],
        "En gang til.",
        "Skal jeg bestille?",
        "Sendt.",
    ]
    assert found.measured.read_backs_talked_over == 1


def test_the_question_after_a_read_back_may_be_answered_at_once() -> None:
    answers = Answers(greeting=list(READ))
    talk(quiet(len(LONG["text"]) * 0.02 + 0.1) + speech(3, 0.6) + quiet(1), answers, mouth=Mouth())
    assert answers.overs == 0
    assert answers.told == [("ja", 0.9)]


def test_a_key_interrupts_our_speech_and_is_answered() -> None:
    answers = Answers(greeting=[LONG, basket("ordering")])
    found = talk([*quiet(0.3), KeyPressed("2"), *quiet(2)], answers, mouth=Mouth())
    assert answers.pressed == ["2"]
    assert found.line.played[0] <= 0.4


def test_a_yes_by_key_before_the_end_of_the_read_back_is_nothing() -> None:
    answers = Answers(greeting=list(READ))
    found = talk([*quiet(0.3), KeyPressed("1"), *quiet(2)], answers, mouth=Mouth())
    assert answers.pressed == []
    assert found.line.played[0] > 1.2


@pytest.mark.parametrize(("key", "unread"), [("0", 1), ("2", 0), ("*", 0)])
def test_a_person_ends_a_read_back_by_key_and_it_does_not_count(key: str, unread: int) -> None:
    answers = Answers(greeting=list(READ))
    found = talk([*quiet(0.3), KeyPressed(key), *quiet(2)], answers, mouth=Mouth())
    assert answers.pressed == [key]
    assert answers.overs == unread
    assert found.line.played[0] <= 0.4


def test_a_read_back_that_could_not_be_said_is_not_confirmed_by_a_yes() -> None:
    answers = Answers(greeting=list(READ))
    talk(quiet(0.5) + speech(3) + quiet(1), answers, mouth=Mouth(failing=True))
    assert answers.overs == 1
    assert answers.told == [("ja", 0.9)]


def test_the_dialogue_hangs_up_after_its_last_words_which_nothing_interrupts() -> None:
    answers = Answers(greeting=[LONG, {"event": "hang_up"}])
    found = talk(quiet(0.2) + speech(1, 1.0) + quiet(5), answers, mouth=Mouth())
    assert found.kinds == ["said"]
    assert found.line.played == [pytest.approx(len(LONG["text"]) * 0.02, abs=0.03)]
    assert answers.told == []
    assert found.line.script


@pytest.mark.parametrize("possible", [True, False])
def test_a_call_that_cannot_be_transferred_goes_on(possible: bool) -> None:
    answers = Answers(greeting=[said("Et øyeblikk."), {"event": "transfer"}])
    found = talk(quiet(2) + speech(3) + quiet(2), answers, mouth=Mouth(), transfers=possible)
    assert found.line.asked_to_transfer == 1
    assert [text for text, _ in answers.told] == ([] if possible else ["ja"])
