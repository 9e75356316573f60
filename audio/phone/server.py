"""The AudioSocket server: many calls at once, each with a line of its own."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable
from uuid import UUID

import structlog

from audio.phone.audiosocket import AudioSocketLine, Transfer
from audio.phone.framing import CALL, BrokenFrame, Message

log = structlog.get_logger(__name__)

Handler = Callable[[AudioSocketLine], Awaitable[None]]
"""What is done with a call, or said to a caller."""

_INTRODUCTION = 5.0
"""Seconds within which a connection must tell its call's UUID."""
_LEAVING = 15.0
"""Seconds that whoever answers gets to finish after the caller has hung up."""
_GOODBYE = 10.0
"""Seconds that a last sentence may take."""


class AudioSocketServer:
    """Answers calls until it is stopped. A call that fails ends alone, and is logged by its id."""

    def __init__(
        self,
        answer: Handler,
        busy: Handler,
        *,
        limit: int,
        transfer: Transfer | None = None,
    ) -> None:
        """Put the parts together; nothing is listened to yet.

        ``answer`` leads a call and returns when it is over. ``busy`` tells a caller that all
        ``limit`` places are taken; as many again can be told so at the same time.
        """
        self._answer, self._busy = answer, busy
        self._limit = limit
        self._transfer = transfer
        self._server: asyncio.AbstractServer | None = None
        self._calls: dict[AudioSocketLine, asyncio.Task[None]] = {}
        self._refused: set[AudioSocketLine] = set()
        self._connections: set[asyncio.Task[None]] = set()
        self._closing = False

    @property
    def calls(self) -> int:
        """How many calls are being answered."""
        return len(self._calls)

    async def start(self, host: str, port: int) -> int:
        """Listen, on a free port when it is 0; returns the port. Raises OSError."""
        self._server = await asyncio.start_server(self._connected, host, port)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self, goodbye: Handler) -> None:
        """Answer no more; callers hear ``goodbye`` and are hung up."""
        self._closing = True
        if self._server is not None:
            self._server.close()
        running = dict(self._calls)
        await asyncio.gather(*(self._part(line, task, goodbye) for line, task in running.items()))
        for connection in list(self._connections):
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _part(
        self, line: AudioSocketLine, leading: asyncio.Task[None], goodbye: Handler
    ) -> None:
        line.held = True  # whoever leads the call hangs up when it is taken from them
        line.stop()
        leading.cancel()
        await asyncio.wait([leading], timeout=_LEAVING)
        await self._bounded(line, goodbye)
        line.held = False
        await line.hang_up()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        me = asyncio.current_task()
        assert me is not None
        self._connections.add(me)
        try:
            line = await self._introduced(reader, writer)
            if line is not None:
                await self._lead(line)
        finally:
            self._connections.discard(me)
            writer.close()

    async def _introduced(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> AudioSocketLine | None:
        """The connection as a line, when it begins with the UUID of a call."""
        peer: socket.socket = writer.get_extra_info("socket")
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            call = await asyncio.wait_for(_call_of(reader), _INTRODUCTION)
        except (BrokenFrame, asyncio.TimeoutError, EOFError, OSError):
            log.warning("connection_refused", code="no_call")
            return None
        return AudioSocketLine(call, reader, writer, self._transfer)

    async def _lead(self, line: AudioSocketLine) -> None:
        pumping = asyncio.create_task(line.pump())
        try:
            if self._closing or any(line.call == other.call for other in self._calls):
                log.warning("connection_refused", call=str(line.call), code="call_known")
            elif len(self._calls) < self._limit:
                await self._answered(line, pumping)
            elif len(self._refused) < self._limit:
                self._refused.add(line)
                await self._bounded(line, self._busy)
        finally:
            self._refused.discard(line)
            line.held = False
            await line.hang_up()
            pumping.cancel()
            await asyncio.gather(pumping, return_exceptions=True)

    async def _answered(self, line: AudioSocketLine, pumping: asyncio.Task[None]) -> None:
        """Let the call be led; whoever leads it may finish when the caller is gone."""
        leading = asyncio.create_task(self._guarded(line))
        self._calls[line] = leading
        try:
            await asyncio.wait({leading, pumping}, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.wait({leading}, timeout=_LEAVING)
            leading.cancel()
            await asyncio.gather(leading, return_exceptions=True)
            while self._closing and line in self._calls and not pumping.done():
                await asyncio.wait({pumping}, timeout=_GOODBYE)  # it is being said goodbye to
        finally:
            leading.cancel()
            self._calls.pop(line, None)

    async def _guarded(self, line: AudioSocketLine) -> None:
        try:
            await self._answer(line)
        except Exception as error:  # a fault in one call must not end the others
            log.error("call_broke", call=str(line.call), kind=type(error).__name__)

    async def _bounded(self, line: AudioSocketLine, handler: Handler) -> None:
        with contextlib.suppress(Exception):
            await asyncio.wait_for(handler(line), _GOODBYE)


async def _call_of(reader: asyncio.StreamReader) -> UUID:
    """The UUID that a connection begins with."""
    kind, *size = await reader.readexactly(3)
    if kind != CALL:
        raise BrokenFrame("Den første meldingen må være samtalens nummer.")
    return Message(kind, await reader.readexactly(int.from_bytes(size, "big"))).call
