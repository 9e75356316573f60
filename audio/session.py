"""One conversation: sound in, text, the dialogue's answer, sound out; live or from files.

The dialogue is whoever answers a text with events (see the command line's contract in the README);
this module knows nothing about groceries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from pathlib import Path

from audio.dialogue import Dialogue, Event
from audio.line import Line
from audio.listening import Ear, Heard
from audio.live_talk import LiveTalk, Screen, TalkSettings
from audio.metrics import Observer
from audio.recognizer import Recognizer
from audio.speaking import Mouth
from audio.synthesizer import Synthesizer
from audio.turn_taking import DuplexSettings, TurnTaking
from audio.voice_activity import SpeechDetector, VoiceActivity
from audio.wavefile import read_frames

__all__ = ["Dialogue", "Event", "Session", "is_sent", "silence_after"]

_TAIL = 0.3
"""Seconds of silence after a file, so that its last word is decoded in full."""


def silence_after(sample_rate: int) -> bytes:
    """The silence that must follow a whole recording, so that its last word is decoded in full."""
    return bytes(2 * round(_TAIL * sample_rate))


def is_sent(event: Event) -> bool:
    """The usual end of a talk at a microphone: an order has been sent in this turn.

    The stage of the basket does not tell: somebody who has ordered before begins with it.
    """
    return event.get("event") == "order" and event.get("status") != "failed"


class Session:
    """One conversation with one person.

    ``recognizer`` is this session's own (the model behind it may be shared); ``synthesizer`` may
    be shared by all sessions, and left out: then the answers are events only.
    """

    def __init__(
        self,
        recognizer: Recognizer,
        dialogue: Dialogue,
        synthesizer: Synthesizer | None = None,
        *,
        settings: TalkSettings | None = None,
        duplex: DuplexSettings | None = None,
        detector: SpeechDetector | None = None,
        screen: Screen | None = None,
        on_partial: Callable[[str], None] | None = None,
        observer: Observer | None = None,
        workers: Executor | None = None,
    ) -> None:
        """Put the parts together; nothing is heard or said yet.

        ``on_partial`` gets the text so far while the person speaks, for a screen. ``workers``
        holds the threads for all that blocks (None: the event loop's own, which are few): three
        for each conversation that runs at once never wait for each other.
        """
        self._recognizer = recognizer
        self._dialogue = dialogue
        self._synthesizer = synthesizer
        self._settings = settings or TalkSettings()
        self._duplex = duplex
        self._detector = detector or VoiceActivity(recognizer.sample_rate)
        self._screen = screen
        self._on_partial = on_partial
        self._observer = observer
        self._workers = workers
        self._talk: LiveTalk | None = None

    async def run(self, line: Line) -> None:
        """Talk on a live line until the dialogue, the person or the line ends it.

        After it the line is hung up and the dialogue has been told that it is gone. Raises
        AudioError when the sound is gone for good, and what the dialogue raises.
        """
        voice = self._synthesizer
        mouth = None if voice is None else Mouth(voice, line, self._workers)
        self._talk = LiveTalk(
            line,
            self._dialogue,
            TurnTaking(self._settings.turn, self._duplex),
            Ear(self._recognizer, self._workers, self._on_partial),
            mouth,
            self._detector,
            self._settings,
            screen=self._screen,
            observer=self._observer,
            workers=self._workers,
        )
        await self._talk.run()

    def notice(self) -> None:
        """The dialogue has something to say of its own accord: it is asked what as soon as nobody
        speaks. Call it on the event loop that the talk runs in; it does nothing before or after.
        """
        if self._talk is not None:
            self._talk.notice()

    def hear_files(self, paths: Iterable[Path]) -> Iterator[Event]:
        """Hear each file as one utterance, in turn, and answer each."""
        for path in paths:
            yield from self.hear_file(path)

    def hear_file(self, path: Path) -> Iterator[Event]:
        """Hear a whole WAV file as one utterance, pauses and all, and answer it.

        Raises UnreadableAudio when there is no sound in it to be had.
        """
        self._recognizer.reset()
        for frame in read_frames(path, self._recognizer.sample_rate):
            self._accept(frame)
        self._accept(silence_after(self._recognizer.sample_rate))
        heard = Heard.of(self._recognizer.final())
        yield heard.as_event()
        for event in self._dialogue.say(heard.text, heard.confidence if heard.text else None):
            if event.get("event") not in ("rate", "transfer", "hang_up"):
                yield event

    def _accept(self, frame: bytes) -> None:
        partial = self._recognizer.accept(frame)
        if partial and self._on_partial is not None:
            self._on_partial(partial)
