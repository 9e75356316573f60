"""The bridge between one SIP call and one AudioSocket connection; `sip.py` is the program.

Standard library only: it runs in that program's own small environment.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import struct
import time
import uuid
from typing import Protocol

# AudioSocket: one byte of kind, two of length (big-endian), payload.
HANG_UP, CALL_ID, KEY, SOUND = 0x00, 0x01, 0x03, 0x10
_HEADER = struct.Struct(">BH")
FRAME_SECONDS = 0.020
FRAME_BYTES = 320  # 20 ms of 16-bit mono at 8,000 Hz, as G.711 carries
_SILENCE = bytes(FRAME_BYTES)
_GIVE_UP_SECONDS = 0.3
_GOODBYE_SECONDS = 1.0
_STUCK_BYTES = 200 * FRAME_BYTES  # four seconds that Kurv has not read: it is not coming back


def message(kind: int, payload: bytes = b"") -> bytes:
    """Return one AudioSocket message."""
    return _HEADER.pack(kind, len(payload)) + payload


async def read_message(reader: asyncio.StreamReader) -> tuple[int, bytes] | None:
    """Return the next message's kind and payload; None when the other side is gone."""
    try:
        kind, length = _HEADER.unpack(await reader.readexactly(_HEADER.size))
        return kind, await reader.readexactly(length)
    except (asyncio.IncompleteReadError, ConnectionError):
        return None


class JitterBuffer:
    """Makes a steady 20 ms stream of sound that arrives unevenly.

    It waits for ``depth`` frames before it gives any, gives silence when it runs dry (and then
    waits again), and throws away the oldest sound above ``most`` frames, so that a delay does
    not stay for the rest of the call.
    """

    def __init__(self, depth: int = 3, most: int = 15) -> None:
        """Hold ``depth`` frames when the sound begins and ``most`` at the most."""
        self._depth, self._most = depth * FRAME_BYTES, most * FRAME_BYTES
        self._held = bytearray()
        self._filling = True
        self.ran_dry = 0  # times that sound was missing in the middle of it
        self.thrown_away = 0  # bytes

    def push(self, pcm: bytes) -> None:
        """Take sound of any length as it arrives."""
        self._held += pcm
        if len(self._held) > self._most:
            excess = (len(self._held) - self._depth) // 2 * 2
            del self._held[:excess]
            self.thrown_away += excess

    def take(self) -> bytes:
        """Return the 20 ms that are due now: exactly FRAME_BYTES."""
        if self._filling and len(self._held) < self._depth:
            return _SILENCE
        self._filling = False
        frame = bytes(self._held[:FRAME_BYTES])
        del self._held[:FRAME_BYTES]
        if len(frame) < FRAME_BYTES:
            self._filling = True
            self.ran_dry += 1
            frame += bytes(FRAME_BYTES - len(frame))
        return frame


def cushioned(frame: bytes, queued: int, depth: int = 2, most: int = 10) -> bytes:
    """Return what to send on for a frame when ``queued`` bytes wait to be played to the caller.

    ``depth`` frames of silence go before the first, so that a frame that is a little late leaves
    no hole in a word. When more than ``most`` wait, silence is left out until it is less.
    """
    if queued == 0 and frame.strip(b"\0"):
        return _SILENCE * depth + frame
    if queued > most * FRAME_BYTES and not frame.strip(b"\0"):
        return b""
    return frame


def busy_tone(seconds: float = 3.0) -> bytes:
    """Return the Norwegian busy tone: 425 Hz, half a second on and half a second off."""
    rate = 8000
    return b"".join(
        struct.pack("<h", int(6000 * math.sin(2 * math.pi * 425 * n / rate)))
        if n % rate < rate // 2
        else b"\0\0"
        for n in range(int(seconds * rate))
    )


class KeyGhosts:
    """Tells a key from its ghost: the packets of one press (RFC 4733) that a bad network brings in
    another order look like the same key again, at once.

    Nobody lets go of a key twice within ``apart`` seconds.
    """

    def __init__(self, apart: float = 0.2) -> None:
        """No key was pressed yet."""
        self._apart = apart
        self._last, self._at = "", -math.inf

    def is_ghost(self, key: str, now: float) -> bool:
        """Whether this key, let go of at ``now`` (seconds of any clock), is the last one again."""
        ghost = key == self._last and now - self._at < self._apart
        self._last, self._at = key, now
        return ghost


class CallSound(Protocol):
    """The sound of one call, 16-bit mono at 8,000 Hz; none of these wait."""

    def read(self) -> bytes:
        """Return what the caller has said since the last time; raises LineGone at its end."""

    def write(self, pcm: bytes) -> None:
        """Queue sound for the caller; raises LineGone when the call is over."""

    def queued(self) -> int:
        """Return how many bytes wait to be played; raises LineGone when the call is over."""


class LineGone(Exception):
    """The call has ended."""


async def played(sound: CallSound, most_seconds: float = 4.0) -> None:
    """Wait until what is queued has been played to the caller. Raises LineGone."""
    for _ in range(int(most_seconds / FRAME_SECONDS)):
        if not sound.queued():
            return
        await asyncio.sleep(FRAME_SECONDS)


class Bridge:
    """One call's sound, keys and hang-ups, both ways, until either side ends it."""

    def __init__(self, sound: CallSound, keys: asyncio.Queue[str]) -> None:
        """Join a call's sound and the keys that are pressed in it."""
        self._sound, self._keys = sound, keys
        self.jitter = JitterBuffer()
        self.late = 0  # frames sent more than one frame's time late

    async def run(
        self, call: uuid.UUID, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Carry the call; True when it ended as it should, False when Kurv was suddenly gone."""
        writer.write(message(CALL_ID, call.bytes))
        to_kurv = asyncio.ensure_future(self._to_kurv(writer))
        from_kurv = asyncio.ensure_future(self._from_kurv(reader))
        try:
            await asyncio.wait({to_kurv, from_kurv}, return_when=asyncio.FIRST_COMPLETED)
            # Both may end in the same moment: the caller hangs up and Kurv is stopped.
            return any(task.result() for task in (to_kurv, from_kurv) if task.done())
        finally:
            for task in (to_kurv, from_kurv):
                task.cancel()
            await asyncio.gather(to_kurv, from_kurv, return_exceptions=True)
            await self._say_goodbye(reader, writer)

    @staticmethod
    async def _say_goodbye(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Closed with sound unread, the connection would be reset and the hang-up be lost.
        with contextlib.suppress(OSError, asyncio.TimeoutError):
            writer.write(message(HANG_UP))
            writer.write_eof()
            await asyncio.wait_for(reader.read(), _GOODBYE_SECONDS)
        writer.close()

    async def _to_kurv(self, writer: asyncio.StreamWriter) -> bool:
        due = time.monotonic()
        while True:
            try:
                self.jitter.push(self._sound.read())
                while not self._keys.empty():
                    writer.write(message(KEY, self._keys.get_nowait().encode("ascii")))
                writer.write(message(SOUND, self.jitter.take()))
            except LineGone:
                return True
            if writer.transport.get_write_buffer_size() > _STUCK_BYTES:
                return False
            due += FRAME_SECONDS
            wait = due - time.monotonic()
            self.late += wait < -FRAME_SECONDS
            if wait < -_GIVE_UP_SECONDS:
                due -= wait  # this machine stood still: what was missed is not made up for
            await asyncio.sleep(max(0.0, wait))

    async def _from_kurv(self, reader: asyncio.StreamReader) -> bool:
        while (got := await read_message(reader)) is not None:
            kind, payload = got
            try:
                if kind == SOUND:
                    self._sound.write(cushioned(payload, self._sound.queued()))
                elif kind == HANG_UP:
                    await played(self._sound)  # what was said last is to be heard
                    return True
            except LineGone:
                return True
        return False
