"""One conversation: sound in, text, the dialogue's answer, sound out.

The dialogue is whoever answers a text with events (see the command line's contract in the README);
this module knows nothing about groceries. It is half duplex: while the voice speaks, nothing is
listened to, so that it never hears itself.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from audio.dialogue import Dialogue, Event
from audio.endpointing import Endpointer, NoInput, SpeechEnded, SpeechStarted, TurnSettings
from audio.errors import AudioError
from audio.line import SourceLost
from audio.recognizer import UNKNOWN_WORD, Recognizer
from audio.synthesizer import FASTEST, SLOWEST, Synthesizer
from audio.voice_activity import FRAME_SECONDS, VoiceActivity
from audio.wavefile import read_frames

__all__ = ["Dialogue", "Event", "Session", "SourceLost"]


class FrameSource(Protocol):
    """Where live sound comes from: frames of 20 ms, 16-bit mono at the recogniser's rate."""

    def frames(self) -> Iterator[bytes]:
        """The sound from now on. Ends when the source does; raises SourceLost when it broke."""

    def drop(self) -> None:
        """Forget what has been captured and not been fetched yet."""


class Loudspeaker(Protocol):
    """Where speech goes to."""

    def play(self, sound: Iterable[bytes], sample_rate: int) -> bool:
        """Play to the end. Returns False when it was stopped before. Raises AudioError."""


class SpeechDetector(Protocol):
    """Tells whether 20 ms of sound hold speech: `VoiceActivity`, or another one."""

    def is_speech(self, frame: bytes) -> bool:
        """Whether this frame is speech."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What a person said: ``confidence`` 0 to 1."""

    text: str
    confidence: float

    def as_event(self) -> Event:
        """The event of the command line's contract."""
        return {"event": "heard", "text": self.text, "confidence": round(self.confidence, 3)}


_NUMBER_STAGES = frozenset({"choosing", "amount"})
_SHORTEST_FAILURE = 0.3
"""Seconds of voice below which sound that became no text was a cough, not a person not heard."""
_ECHO = 0.15
"""Seconds after we spoke that are not listened to: the room still sounds of our voice."""
_TAIL = 0.3
"""Seconds of silence after a file, so that its last word is decoded in full."""


def silence_after(sample_rate: int) -> bytes:
    """The silence that must follow a whole recording, so that its last word is decoded in full."""
    return bytes(2 * round(_TAIL * sample_rate))


def is_submitted(event: Event) -> bool:
    """The usual end of a live talk: a turn that ended with the order submitted."""
    return event.get("event") == "basket" and event.get("stage") == "submitted"


class Session:
    """One conversation with one person, from files or live.

    ``synthesizer`` and ``loudspeaker`` may be left out: then the answers are events only.
    ``on_partial`` gets the text so far while the person speaks, for a screen; ``on_listening`` is
    called each time the microphone is open and it is the person's turn.
    """

    def __init__(
        self,
        recognizer: Recognizer,
        dialogue: Dialogue,
        synthesizer: Synthesizer | None = None,
        loudspeaker: Loudspeaker | None = None,
        *,
        rate: float = 1.0,
        turn: TurnSettings | None = None,
        detector: SpeechDetector | None = None,
        on_partial: Callable[[str], None] | None = None,
        on_listening: Callable[[], None] | None = None,
    ) -> None:
        """Put the parts together; nothing is heard or said yet. ``rate``: see `set_rate`."""
        self._recognizer = recognizer
        self._dialogue = dialogue
        self._synthesizer = synthesizer
        self._loudspeaker = loudspeaker
        self._detector = detector or VoiceActivity(recognizer.sample_rate)
        self._turn = turn or TurnSettings()
        self._endpointer = Endpointer(self._turn)
        self._on_partial = on_partial
        self._on_listening = on_listening
        self._voice_failed = False
        self._deaf = 0.0
        self.rate = 1.0
        self.set_rate(rate)

    def set_rate(self, rate: float) -> None:
        """Speak faster or slower from the next sentence on (1 is normal), and wait accordingly."""
        self.rate = min(max(rate, SLOWEST), FASTEST)
        self._endpointer.settings = self._turn.for_rate(self.rate)

    # -- from files ---------------------------------------------------------------------------

    def hear_files(self, paths: Iterable[Path]) -> Iterator[Event]:
        """Hear each file as one utterance, in turn, and answer each."""
        for path in paths:
            yield from self.hear_file(path)

    def hear_file(self, path: Path) -> Iterator[Event]:
        """Hear a whole WAV file as one utterance, pauses and all, and answer it.

        Raises UnreadableAudio when there is no sound in it to be had.
        """
        rate = self._recognizer.sample_rate
        self._recognizer.reset()
        for frame in read_frames(path, rate):
            self._accept(frame)
        self._accept(silence_after(rate))
        yield from self._answer(self._final())

    # -- live ---------------------------------------------------------------------------------

    def listen(
        self,
        source: FrameSource,
        *,
        is_over: Callable[[Event], bool] = is_submitted,
        silences: int = 4,
    ) -> Iterator[Event]:
        """Talk until an event ``is_over``, the source ends, or ``silences`` waits in a row
        brought no word.

        The dialogue hears about each silence and decides what is said then; a person who has gone
        is left in peace after that. Raises SourceLost when the microphone does not come back.
        """
        quiet = 0
        while True:
            try:
                utterances = self._utterances(source)
                for heard in utterances:
                    quiet = 0 if heard and heard.text else quiet + 1
                    over = False
                    for event in self._answer(heard):
                        over = is_over(event) or over
                        yield event
                    if over or quiet >= silences:
                        return
                    # What was captured while we spoke was our own voice.
                    source.drop()
                return
            except SourceLost as lost:
                self._recognizer.reset()
                yield from self._tell(
                    [
                        {"event": "error", "code": "microphone", "message": str(lost)},
                        {"event": "said", "text": str(lost)},
                    ]
                )

    def tell(self, events: Iterable[Event]) -> Iterator[Event]:
        """Pass events on and speak what they say: for a greeting before the first turn."""
        yield from self._tell(events)

    def _utterances(self, source: FrameSource) -> Iterator[Heard | None]:
        """What is said, utterance by utterance; None for a silence that lasted too long."""
        recent: deque[bytes] = deque(
            maxlen=round((self._turn.pre_roll + 4 * self._turn.onset) / FRAME_SECONDS)
        )
        self._endpointer.restart()
        self._recognizer.reset()
        partial = ""
        told = False
        for frame in source.frames():
            if not told and self._on_listening is not None:
                self._on_listening()
            told = True
            if self._deaf > 0:
                self._deaf -= FRAME_SECONDS
                continue
            if self._endpointer.speaking:
                partial = self._accept(frame) or partial
            else:
                recent.append(frame)
            happened = self._endpointer.feed(
                FRAME_SECONDS, self._detector.is_speech(frame), partial
            )
            if isinstance(happened, SpeechStarted):
                lead = round(happened.lead / FRAME_SECONDS)
                partial = ""
                for earlier in list(recent)[-lead:]:
                    partial = self._accept(earlier) or partial
                recent.clear()
            elif isinstance(happened, SpeechEnded):
                heard = self._final()
                partial = ""
                if heard.text or happened.voiced >= _SHORTEST_FAILURE:
                    yield heard
                    self._endpointer.restart()
                    told = False
            elif isinstance(happened, NoInput):
                recent.clear()
                yield None
                self._endpointer.restart()
                told = False
        if self._endpointer.speaking:
            heard = self._final()
            if heard.text:
                yield heard

    # -- both ---------------------------------------------------------------------------------

    def _accept(self, frame: bytes) -> str | None:
        partial = self._recognizer.accept(frame)
        if partial and self._on_partial is not None:
            self._on_partial(partial)
        return partial

    def _final(self) -> Heard:
        transcript = self._recognizer.final()
        self._recognizer.reset()
        text = transcript.text.strip()
        if set(text.split()) <= {UNKNOWN_WORD}:
            # Speech without one known word is nothing that the dialogue could work with.
            return Heard("", 0.0)
        return Heard(text, transcript.confidence)

    def _answer(self, heard: Heard | None) -> Iterator[Event]:
        """One turn: what was heard, then the dialogue's answer, spoken."""
        if heard is None:
            events = self._dialogue.say("", None)
        else:
            yield heard.as_event()
            events = self._dialogue.say(heard.text, heard.confidence if heard.text else None)
        yield from self._tell(events)

    def _tell(self, events: Iterable[Event]) -> Iterator[Event]:
        for event in events:
            if event.get("event") == "rate":
                self.set_rate(float(event["value"]))
                continue
            if event.get("event") == "basket":
                self._endpointer.numbers_complete = event.get("stage") in _NUMBER_STAGES
            yield event
            if event.get("event") == "said":
                trouble = self._speak(str(event["text"]))
                if trouble:
                    yield trouble

    def _speak(self, text: str) -> Event | None:
        """Say a text aloud. A voice that fails is told once; the talk goes on in writing."""
        if self._synthesizer is None or self._loudspeaker is None:
            return None
        try:
            sound = self._synthesizer.stream(text, self.rate)
            self._loudspeaker.play(sound, self._synthesizer.sample_rate)
        except AudioError as error:
            if self._voice_failed:
                return None
            self._voice_failed = True
            return {"event": "error", "code": "voice", "message": str(error)}
        self._voice_failed = False
        self._deaf = _ECHO
        return None
