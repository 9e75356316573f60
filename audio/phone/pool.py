"""Recognisers that calls take turns with: one is needed only while somebody speaks.

A recogniser that has been used holds 40 MB of what it has worked out of the graph; people on the
telephone listen more than they speak.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from audio.recognizer import Recognizer, Transcript

_KEPT = 4
"""Recognisers that are kept while nobody needs them: a new one begins with nothing worked out."""


class RecognizerPool:
    """Lends recognisers for an utterance each. May be used from any thread."""

    def __init__(self, make: Callable[[], Recognizer], sample_rate: int) -> None:
        """``make`` gives a new recogniser of this rate; none is made yet."""
        self.sample_rate = sample_rate
        self._make = make
        self._idle: list[Recognizer] = []
        self._changing = threading.Lock()

    def recognizer(self) -> Recognizer:
        """A recogniser for one conversation, which borrows one while it hears something."""
        return _Borrowing(self)

    def take(self) -> Recognizer:
        """Lend a recogniser that has heard nothing yet."""
        with self._changing:
            if self._idle:
                return self._idle.pop()
        return self._make()

    def give_back(self, recognizer: Recognizer) -> None:
        """Take back one that has been reset, or has given its final text."""
        with self._changing:
            if len(self._idle) < _KEPT:
                self._idle.append(recognizer)


class _Borrowing:
    """See `RecognizerPool.recognizer` and `audio.recognizer.Recognizer`.

    One thing is done at a time, whoever asks: what is given back must not be in use any more.
    """

    def __init__(self, pool: RecognizerPool) -> None:
        self.sample_rate = pool.sample_rate
        self._pool = pool
        self._borrowed: Recognizer | None = None
        self._using = threading.Lock()

    def accept(self, pcm: bytes) -> str | None:
        """Take a frame; return the text so far when it has changed, else None."""
        with self._using:
            if self._borrowed is None:
                self._borrowed = self._pool.take()
            return self._borrowed.accept(pcm)

    def final(self) -> Transcript:
        """Return the utterance, and be ready for the next one."""
        with self._using:
            borrowed, self._borrowed = self._borrowed or self._pool.take(), None
            heard = borrowed.final()
            self._pool.give_back(borrowed)
            return heard

    def reset(self) -> None:
        """Forget what was heard of this utterance."""
        with self._using:
            borrowed, self._borrowed = self._borrowed, None
            if borrowed is not None:
                borrowed.reset()
                self._pool.give_back(borrowed)
