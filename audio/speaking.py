"""The voice of a talk: texts and tones onto a line, sentence by sentence as they are made."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import Executor

from audio.earcons import EARCON_RATE, earcon
from audio.frames import resample
from audio.line import Line
from audio.synthesizer import Synthesizer

_FIRST = 0.02
"""Seconds that the line is given first: it asks for more when these are on their way."""


class Mouth:
    """Says texts on one line, one at a time. ``workers`` holds the threads that synthesise."""

    def __init__(
        self, synthesizer: Synthesizer, line: Line, workers: Executor | None = None
    ) -> None:
        """Nothing is said yet."""
        self._synthesizer = synthesizer
        self._line = line
        self._workers = workers
        self._busy = asyncio.Lock()

    async def say(
        self, texts: Sequence[str], rate: float, mark: Callable[[], None], tone: str = ""
    ) -> float:
        """Say texts, and play a ``tone`` at their end; returns the seconds that sounded.

        ``mark`` is called when the first sound is made and when the line has taken it.
        Raises AudioError when the voice or the loudspeaker fails.
        """
        loop = asyncio.get_running_loop()
        sample_rate = await loop.run_in_executor(
            self._workers, lambda: self._synthesizer.sample_rate
        )
        pieces = (piece for text in texts for piece in self._synthesizer.stream(text, rate))
        last = resample(earcon(tone), EARCON_RATE, sample_rate) if tone else b""
        async with self._busy:
            sound = self._sound(pieces, sample_rate, mark, last)
            return await self._line.play(sound, sample_rate)

    async def tone(self, name: str) -> None:
        """Play an earcon, unless something else is being played."""
        if not self._busy.locked():
            async with self._busy:
                await self._line.play([earcon(name)], EARCON_RATE)

    def stop(self) -> None:
        """Fall silent at once."""
        self._line.stop()

    async def _sound(
        self, pieces: Iterator[bytes], sample_rate: int, mark: Callable[[], None], last: bytes
    ) -> AsyncIterator[bytes]:
        loop = asyncio.get_running_loop()
        first = True
        while (piece := await loop.run_in_executor(self._workers, next, pieces, None)) is not None:
            if first and piece:
                first = False
                head = round(_FIRST * sample_rate) * 2
                mark()
                yield piece[:head]
                mark()
                piece = piece[head:]
            yield piece
        yield last
