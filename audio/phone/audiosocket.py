"""One telephone call over AudioSocket, as a line."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from uuid import UUID

import structlog

from audio.frames import SAMPLE_WIDTH
from audio.line import LINE_RATE, KeyPressed
from audio.phone.doubling import Doubler
from audio.phone.framing import (
    ERROR,
    HANGUP,
    KEY,
    SOUND_RATES,
    BrokenFrame,
    Decoder,
    Message,
    encode,
)
from audio.phone.pacing import FRAME_SECONDS, Pacer
from audio.phone.playout import Playout

log = structlog.get_logger(__name__)

Transfer = Callable[["AudioSocketLine"], Awaitable[bool]]
"""Hands a call to a person, whatever has to be said about it; False: it stays here."""

_FRAME = round(LINE_RATE * FRAME_SECONDS) * SAMPLE_WIDTH
_KEPT = round(30 / FRAME_SECONDS)
"""Frames that wait at most to be heard; a listener who is further behind loses the oldest."""
_UNSENT = 3
"""Frames in our own sending buffer above which the peer has stopped reading: more would be heard
late, and could not be stopped."""
_LOST = 20.0
"""Seconds without a byte after which the peer is gone: exchanges send silence too."""
_STUCK = 10.0
"""Seconds after which a peer that does not read is given up."""
_READ = 4096
_PARTING = 2.0
"""Seconds that closing the connection may take."""


class AudioSocketLine:
    """The line of one call; see `audio.line.Line`.

    Sound goes out in the kind (8 or 16 kHz) in which it came in last. ``late_frames`` of
    ``sent_frames`` left a gap.
    """

    def __init__(
        self,
        call: UUID,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        transfer: Transfer | None = None,
    ) -> None:
        """Take over a connection on which the call has told its UUID; `pump` must run."""
        self.call = call
        self.late_frames = 0
        self.sent_frames = 0
        self._reader, self._writer, self._decoder = reader, writer, Decoder()
        self._transfer = transfer
        self._heard: deque[bytes | KeyPressed] = deque()
        self._news = asyncio.Event()
        self._kind = next(iter(SOUND_RATES))
        self._doubler: Doubler | None = None
        self._rest = b""
        self._over = False
        self._told = False
        self._playing = False
        self._stop = False
        self.held = False
        """While it is held, hanging up waits: somebody has something more to say."""

    # -- in -----------------------------------------------------------------------------------

    async def pump(self) -> None:
        """Take in what comes until the call is over; the end of every line's life."""
        try:
            await self._pump()
        except BrokenFrame:
            log.warning("call_broke", call=str(self.call), code="broken_frame")
        except asyncio.TimeoutError:
            log.warning("call_broke", call=str(self.call), code="peer_silent")
        except OSError:
            log.warning("call_broke", call=str(self.call), code="connection_lost")
        finally:
            self._end()

    async def _pump(self) -> None:
        data = b""
        while not self._over:
            for message in self._decoder.feed(data):
                if not self._take(message):
                    self._told = True  # the peer knows: it said so itself
                    return
            data = await asyncio.wait_for(self._reader.read(_READ), _LOST)
            if not data:
                if self._decoder.pending:
                    raise BrokenFrame("Forbindelsen sluttet midt i en melding.")
                return

    def _take(self, message: Message) -> bool:
        """Take one message in; False when it ends the call. Unknown kinds mean nothing to us."""
        if message.kind in SOUND_RATES:
            self._hear(message)
        elif message.kind == KEY:
            if key := message.key:
                self._heard.append(KeyPressed(key))
                self._news.set()
        elif message.kind == ERROR:
            log.warning("call_broke", call=str(self.call), code="peer_error")
            return False
        return message.kind != HANGUP

    def _hear(self, message: Message) -> None:
        if message.kind != self._kind:
            self._kind, self._doubler, self._rest = message.kind, None, b""
        sound = message.sound
        if SOUND_RATES[self._kind] != LINE_RATE:
            self._doubler = self._doubler or Doubler()
            sound = self._doubler.push(sound)
        sound = self._rest + sound
        whole = len(sound) - len(sound) % _FRAME
        self._heard.extend(sound[at : at + _FRAME] for at in range(0, whole, _FRAME))
        self._rest = sound[whole:]
        while len(self._heard) > _KEPT:
            self._heard.popleft()
        self._news.set()

    async def receive(self) -> AsyncIterator[bytes | KeyPressed]:
        """What comes in; see `audio.line.Line.receive`. Ends when the call is over."""
        while True:
            while self._heard:
                yield self._heard.popleft()
            if self._over:
                return
            self._news.clear()
            await self._news.wait()

    # -- out ----------------------------------------------------------------------------------

    async def play(self, sound: AsyncIterator[bytes] | Iterable[bytes], sample_rate: int) -> float:
        """Play at the pace of the clock; see `audio.line.Line.play`."""
        if self._playing:
            raise RuntimeError("one thing is played at a time")
        kind, now = self._kind, asyncio.get_running_loop().time
        self._playing, self._stop = True, False
        frames = Playout(sound, sample_rate, SOUND_RATES[kind])
        pacer = Pacer(now())
        try:
            while (frame := await self._ready(frames)) is not None:
                if pacer.sent == 0:
                    pacer = Pacer(now())  # the voice's own time to begin is no gap
                await asyncio.sleep(pacer.wait(now()))
                if self._silenced:
                    break
                await self._send(Message(kind, frame))
                pacer.count(now())
            while not self._silenced and (left := pacer.end - now()) > 0:
                await asyncio.sleep(min(left, FRAME_SECONDS))
            return pacer.sounded(now())
        finally:
            frames.close()
            self.sent_frames += pacer.sent
            self.late_frames += pacer.late
            self._playing = False

    async def _ready(self, frames: Playout) -> bytes | None:
        """The next frame; None when there is none or it is not wanted any more."""
        return None if self._silenced else await frames.next()

    async def _send(self, message: Message) -> None:
        """Send one frame; wait for a peer that does not read, and give it up when it stays so."""
        size = len(encode(message))
        waited = 0.0
        while self._writer.transport.get_write_buffer_size() > _UNSENT * size:
            if waited >= _STUCK:
                log.warning("call_broke", call=str(self.call), code="peer_stuck")
                self._end()
            if self._silenced:
                return
            await asyncio.sleep(FRAME_SECONDS)
            waited += FRAME_SECONDS
        if not self._over:
            self._writer.write(encode(message))

    @property
    def _silenced(self) -> bool:
        return self._stop or self._over

    def stop(self) -> None:
        """Stop what is being played: at most `LEAD` seconds of it are still on their way."""
        self._stop = True

    # -- the end ------------------------------------------------------------------------------

    async def hang_up(self) -> None:
        """Tell the peer that the call is over, and close the connection; not while `held`."""
        if self.held:
            return
        self._end()
        if not self._told:
            self._told = True
            with contextlib.suppress(OSError, RuntimeError):
                self._writer.write(encode(Message(HANGUP)))
        self._writer.close()
        with contextlib.suppress(OSError, asyncio.TimeoutError):
            await asyncio.wait_for(self._writer.wait_closed(), _PARTING)

    async def transfer(self) -> bool:
        """Hand the call to a person through the exchange; False: it stays here."""
        return self._transfer is not None and not self._over and await self._transfer(self)

    def _end(self) -> None:
        self._over = True
        self._news.set()
