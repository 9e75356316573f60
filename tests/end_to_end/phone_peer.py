"""An exchange's side of AudioSocket, for tests: one call that speaks, presses and hears."""

import asyncio
import contextlib
import struct
from uuid import UUID, uuid4

from tests.end_to_end.hearing import Turns

RATES = {0x10: 8000, 0x12: 16000}


class PhonePeer:
    """A caller: sends sound every 20 ms as long as the call lasts, silence when nothing is said.

    `heard` is all sound that came, with the loop time of each frame in `times`; `ended` tells
    that the other side has hung up.
    """

    def __init__(self, kind: int = 0x10, call: UUID | None = None) -> None:
        self.kind, self.call = kind, call or uuid4()
        self.rate = RATES[kind]
        self.heard = bytearray()
        self.kinds: set[int] = set()
        self.times: list[float] = []
        self.ended = asyncio.Event()
        self.hung_up_by_peer = False
        self._to_say = bytearray()
        self._spoken = asyncio.Event()
        self._turns = Turns(self.rate)
        self._tasks: list[asyncio.Task[None]] = []

    async def connect(self, host: str, port: int, announce: bool = True) -> "PhonePeer":
        self._reader, self._writer = await asyncio.open_connection(host, port)
        if announce:
            self.send(0x01, self.call.bytes)
        self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._talk())]
        return self

    def send(self, kind: int, payload: bytes = b"") -> None:
        self._writer.write(struct.pack("!BH", kind, len(payload)) + payload)

    async def say(self, pcm: bytes) -> None:
        """Say PCM at the call's rate; returns when it was said, or the call is over."""
        if self.ended.is_set():
            return
        self._turns.skip(self.heard)
        self._spoken.clear()
        self._to_say += pcm
        await self._spoken.wait()

    async def press(self, keys: str) -> None:
        self._turns.skip(self.heard)
        for key in keys:
            self.send(0x03, key.encode())
            await asyncio.sleep(0.1)

    async def turn(self, patience: float = 60.0) -> bytes:
        """What the other side says next, up to the tone that asks for an answer or the hang-up."""
        deadline = asyncio.get_running_loop().time() + patience
        while True:
            ended = self.ended.is_set()
            if (turn := self._turns.next(bytes(self.heard), ended)) is not None:
                return turn
            assert asyncio.get_running_loop().time() < deadline, f"nothing for {patience} s"
            await asyncio.sleep(0.05)

    async def hang_up(self) -> None:
        with contextlib.suppress(OSError):
            self.send(0x00)
        await self.close()

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._writer.close()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()

    async def _talk(self) -> None:
        loop = asyncio.get_running_loop()
        size = self.rate // 50 * 2
        due = loop.time()
        with contextlib.suppress(OSError):
            while not self.ended.is_set():
                frame = bytes(self._to_say[:size]).ljust(size, b"\0")
                del self._to_say[:size]
                self.send(self.kind, frame)
                if not self._to_say:
                    self._spoken.set()
                due += 0.02
                await asyncio.sleep(max(0.0, due - loop.time()))
        self._spoken.set()

    async def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while True:
                kind, size = struct.unpack("!BH", await self._reader.readexactly(3))
                payload = await self._reader.readexactly(size)
                if kind in RATES:
                    self.kinds.add(kind)
                    self.heard += payload
                    self.times.append(loop.time())
                elif kind == 0x00:
                    self.hung_up_by_peer = True
                    break
        self.ended.set()
