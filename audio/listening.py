"""The ear of a talk: decoding in worker threads, so that the talk itself never waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TypeVar

from audio.dialogue import Event
from audio.recognizer import UNKNOWN_WORD, Recognizer, Transcript

T = TypeVar("T")

_BATCH = 3
"""Frames that are decoded at a time at least: each trip to a worker thread costs something too."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What a person said: ``confidence`` 0 to 1."""

    text: str
    confidence: float

    @classmethod
    def of(cls, transcript: Transcript) -> Heard:
        """What a transcript says to a dialogue: speech without one known word is no word."""
        text = transcript.text.strip()
        return cls(text, transcript.confidence) if words_of(text) else cls("", 0.0)

    def as_event(self) -> Event:
        """The event of the command line's contract."""
        return {"event": "heard", "text": self.text, "confidence": round(self.confidence, 3)}


def words_of(text: str) -> str:
    """The text without what the ear did not know."""
    return " ".join(word for word in text.split() if word != UNKNOWN_WORD)


class Ear:
    """Decodes one utterance at a time. All methods are called on the event loop.

    ``workers`` holds the threads that decode (None: the loop's own); ``on_partial`` gets the text
    so far, for a screen.
    """

    def __init__(
        self,
        recognizer: Recognizer,
        workers: Executor | None = None,
        on_partial: Callable[[str], None] | None = None,
    ) -> None:
        """Take over a recogniser; nothing else may use it meanwhile."""
        self._recognizer = recognizer
        self._workers = workers
        self._on_partial = on_partial
        self._waiting: list[bytes] = []
        self._decoding: asyncio.Task[None] | None = None
        self._open = False
        self._told = ""
        self._number = 0
        self._turn = asyncio.Lock()
        self._resets = True

    @property
    def partial(self) -> str:
        """The known words of the open utterance so far; it may lag a little behind the sound."""
        return words_of(self._told) if self._open else ""

    def begin(self, frames: Sequence[bytes]) -> None:
        """An utterance begins, with these frames."""
        self._open, self._told, self._resets = True, "", True
        self._number += 1
        self._waiting = list(frames)
        self._go_on()

    def hear(self, frame: bytes) -> None:
        """The next 20 ms; without an open utterance they are not for us."""
        if self._open:
            self._waiting.append(frame)
            if len(self._waiting) >= _BATCH:
                self._go_on()

    def forget(self) -> None:
        """The utterance was none."""
        self._open = False
        self._waiting = []

    async def finish(self) -> Heard:
        """The utterance is over: what was said. Its last sound is decoded first."""
        self._open = False
        rest, self._waiting = b"".join(self._waiting), []
        resets, self._resets = self._resets, True
        return await self._work(lambda: self._final(rest, resets))

    async def close(self) -> None:
        """Leave the recogniser in peace."""
        self.forget()
        async with self._turn:
            return

    def _go_on(self) -> None:
        if self._decoding is None or self._decoding.done():
            self._decoding = asyncio.get_running_loop().create_task(self._decode())

    async def _decode(self) -> None:
        while self._waiting:
            number, resets, self._resets = self._number, self._resets, False
            sound, self._waiting = b"".join(self._waiting), []
            partial = await self._work(lambda: self._accept(sound, resets))  # noqa: B023
            if partial and self._open and number == self._number:
                self._told = partial
                if self._on_partial is not None:
                    self._on_partial(partial)

    async def _work(self, function: Callable[[], T]) -> T:
        # A lock is first come, first served: sound is decoded in the order in which it came.
        async with self._turn:
            return await asyncio.get_running_loop().run_in_executor(self._workers, function)

    # These two run in a worker thread, one at a time.

    def _accept(self, sound: bytes, resets: bool) -> str | None:
        if resets:
            self._recognizer.reset()
        return self._recognizer.accept(sound)

    def _final(self, rest: bytes, resets: bool) -> Heard:
        if rest:
            self._accept(rest, resets)
        return Heard.of(self._recognizer.final())
