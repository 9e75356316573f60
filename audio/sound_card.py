"""A microphone with its loudspeaker as a line (`audio.line.Line`).

Both are driven by threads of their own: PortAudio blocks, and an event loop must not.
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import threading
from collections.abc import AsyncIterator, Iterable
from concurrent.futures import ThreadPoolExecutor

from audio.errors import AudioError
from audio.line import KeyPressed
from audio.microphone import Microphone, SoundCardSpeaker

_PATIENCE = 3.0
"""Seconds that closing the microphone may take; one that was pulled out may never close."""
_Captured = bytes | AudioError | None


class SoundCardLine:
    """The sound devices of this machine; see `audio.line.Line`.

    Nothing cancels the echo: a talk through a loudspeaker must be half duplex
    (``DuplexSettings(barge_in=False)``), with a headset it may be full duplex.
    """

    def __init__(self, microphone: Microphone, loudspeaker: SoundCardSpeaker) -> None:
        """Take over both devices; they are opened when they are used."""
        self._microphone = microphone
        self._loudspeaker = loudspeaker
        self._player = ThreadPoolExecutor(1, "loudspeaker")
        self._captured: asyncio.Queue[_Captured] = asyncio.Queue()
        self._stopped = threading.Event()
        self._over = False
        self._capturing: threading.Thread | None = None

    async def receive(self) -> AsyncIterator[bytes | KeyPressed]:
        """Frames from the microphone; see `audio.line.Line.receive`."""
        self._captured = asyncio.Queue()
        closed = threading.Event()
        loop = asyncio.get_running_loop()
        # A daemon, because a device that hangs must not keep the program alive.
        self._capturing = threading.Thread(
            target=self._capture,
            args=(loop, self._captured, closed),
            name="microphone",
            daemon=True,
        )
        self._capturing.start()
        try:
            while not self._over:
                captured = await self._captured.get()
                if captured is None:
                    return
                if isinstance(captured, AudioError):
                    raise captured
                yield captured
        finally:
            closed.set()

    def _capture(
        self,
        loop: asyncio.AbstractEventLoop,
        captured: asyncio.Queue[_Captured],
        closed: threading.Event,
    ) -> None:
        end: _Captured = None
        # The loop may end before the microphone has given its last frame.
        with contextlib.suppress(RuntimeError):
            try:
                for frame in self._microphone.frames():
                    if closed.is_set():
                        return
                    loop.call_soon_threadsafe(captured.put_nowait, frame)
            except AudioError as error:
                end = error
            loop.call_soon_threadsafe(captured.put_nowait, end)

    async def play(self, sound: AsyncIterator[bytes] | Iterable[bytes], sample_rate: int) -> float:
        """Play through the loudspeaker; see `audio.line.Line.play`."""
        pieces: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        stopped = self._stopped = threading.Event()
        playing = asyncio.get_running_loop().run_in_executor(
            self._player,
            self._loudspeaker.play,
            iter(pieces.get, None),
            sample_rate,
            stopped,
        )
        try:
            async for piece in _each(sound):
                if stopped.is_set() or playing.done():
                    break
                pieces.put(piece)
            pieces.put(None)
            return await asyncio.shield(playing)
        except asyncio.CancelledError:
            stopped.set()
            raise
        finally:
            pieces.put(None)

    def stop(self) -> None:
        """Stop what is being played."""
        self._stopped.set()

    async def hang_up(self) -> None:
        """Close the devices."""
        self._over = True
        self.stop()
        self._captured.put_nowait(None)
        self._player.shutdown(wait=False)
        if self._capturing is not None:
            await asyncio.to_thread(self._capturing.join, _PATIENCE)

    async def transfer(self) -> bool:
        """There is nobody to hand a microphone to."""
        return False


async def _each(sound: AsyncIterator[bytes] | Iterable[bytes]) -> AsyncIterator[bytes]:
    if isinstance(sound, AsyncIterator):
        async for piece in sound:
            yield piece
    else:
        for piece in sound:
            yield piece
