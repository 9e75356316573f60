"""Sound as it comes, into frames of 20 ms that are ready before they are due."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable

from audio.frames import SAMPLE_WIDTH, Resampler
from audio.phone.pacing import FRAME_SECONDS

_AHEAD = 100
"""Frames that are made before they are needed: two seconds."""
_END = b"the end"


class Playout:
    """The frames of one thing that is played, made in the background.

    Whatever makes the sound (a synthesiser) works in a thread when it is no async iterator.
    """

    def __init__(
        self, sound: AsyncIterator[bytes] | Iterable[bytes], from_rate: int, to_rate: int
    ) -> None:
        """Begin to make frames of ``to_rate`` from PCM of ``from_rate`` (Hz)."""
        self._frames: asyncio.Queue[bytes | Exception | None] = asyncio.Queue(_AHEAD)
        self._resampler = Resampler(from_rate, to_rate)
        self._size = round(to_rate * FRAME_SECONDS) * SAMPLE_WIDTH
        self._rest = b""
        self._task = asyncio.create_task(self._make(sound))

    async def next(self) -> bytes | None:
        """The next frame, None after the last. Raises what the maker of the sound raised."""
        frame = await self._frames.get()
        if isinstance(frame, Exception):
            raise frame
        return frame

    def close(self) -> None:
        """Make no more; what was made is forgotten."""
        self._task.cancel()

    async def _make(self, sound: AsyncIterator[bytes] | Iterable[bytes]) -> None:
        try:
            if isinstance(sound, AsyncIterator):
                async for piece in sound:
                    await self._put(self._resampler.push(piece))
            else:
                pieces = iter(sound)
                while (piece := await asyncio.to_thread(next, pieces, _END)) is not _END:
                    await self._put(self._resampler.push(piece))
            await self._put(self._resampler.flush())
            if self._rest:
                await self._frames.put(self._rest.ljust(self._size, b"\0"))
            await self._frames.put(None)
        except Exception as error:
            await self._frames.put(error)

    async def _put(self, sound: bytes) -> None:
        sound = self._rest + sound
        whole = len(sound) - len(sound) % self._size
        for start in range(0, whole, self._size):
            await self._frames.put(sound[start : start + self._size])
        self._rest = sound[whole:]
