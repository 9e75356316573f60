"""The calls of the SIP program: answered, bridged to Kurv, rung, handed to staff, ended."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import re
import time
import urllib.request
import uuid
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

from audio.phone.sip_bridge import (
    FRAME_BYTES,
    FRAME_SECONDS,
    Bridge,
    KeyGhosts,
    LineGone,
    busy_tone,
    played,
)

log = logging.getLogger("kurv.sip")

_RING_SECONDS = 40.0  # how long a person is rung
_KURV_SECONDS = 5.0  # how long Kurv may take to answer before the caller is refused
_TRANSFER_SECONDS = 40.0

_Value = TypeVar("_Value")
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(frozen=True)
class Ends:
    """What calls are led between.

    Attributes:
        kurv: base URL of ``kurv serve``, and ``audiosocket`` its host and port for sound.
        token: the secret that Kurv asks for.
        domain: the host that numbers are rung at.
        staff: SIP address that calls are handed to; empty: nobody.
    """

    kurv: str
    audiosocket: tuple[str, int]
    token: str
    domain: str
    staff: str


def caller_number(*addresses: str | None) -> str:
    """Return the telephone number in the first address that has one, else an empty string.

    ``sip:+4799887766@host``, ``"Name" <tel:+47…>`` and bare numbers are understood.
    """
    for address in addresses:
        found = re.search(r"(?:sips?:|tel:|^)(\+?\d{3,15})(?=[@;>]|$)", address or "")
        if found:
            return found[1]
    return ""


class BaresipSound:
    """The sound of an answered baresip call; a renegotiation in mid-call is gone through."""

    def __init__(self, call: Any) -> None:
        """Take the call's sound; see `audio.phone.sip_bridge.CallSound`."""
        import baresip

        self._call, self._audio = call, call.audio
        self._no_sound = (baresip.AudioRestarted, baresip.AudioNotActive)
        self._closed = baresip.CallState.CLOSED

    async def ready(self, seconds: float = 5.0) -> bool:
        """Wait until sound can go both ways; False when that does not happen in time."""
        for _ in range(int(seconds / FRAME_SECONDS)):
            info = self._try(self._audio.info, None)
            if info is not None and info.tx_ready and info.rx_ready:
                return True
            await asyncio.sleep(FRAME_SECONDS)
        return False

    def read(self) -> bytes:
        """Return what the caller has said since the last time. Raises LineGone."""
        return self._try(lambda: bytes(self._audio.read(16 * FRAME_BYTES)), b"")

    def write(self, pcm: bytes) -> None:
        """Queue sound; what the two seconds of room cannot take is dropped. Raises LineGone."""
        self._try(lambda: self._audio.write(pcm), 0)

    def queued(self) -> int:
        """Return how many bytes wait to be played. Raises LineGone."""
        return self._try(lambda: int(self._audio.info().tx_buffered), 0)

    def _try(self, use: Callable[[], _Value], otherwise: _Value) -> _Value:
        # While the streams are being replaced there is no sound, but still a call.
        try:
            return use()
        except self._no_sound:
            if self._call.state is self._closed:
                raise LineGone from None
            return otherwise


class Gateway:
    """Calls between the telephone network and Kurv, each in a task of its own."""

    def __init__(self, ends: Ends, agent: Any) -> None:
        """Take every call that a baresip user agent gets."""
        import baresip

        self._ends, self._agent = ends, agent
        self._sip_error: type[Exception] = baresip.BaresipError
        self._calls: dict[uuid.UUID, Any] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        agent.on_incoming(lambda call: self._begin(self._answer(call)))

    @property
    def has_staff(self) -> bool:
        """True when there is somebody that calls can be handed to."""
        return bool(self._ends.staff)

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, call: Any) -> None:
        """An incoming call: it is answered when Kurv is there, else led to staff or refused."""
        name = uuid.uuid4()
        number = caller_number(call.headers.get("P-Asserted-Identity"), call.peer)
        streams = await self._to_kurv(name, number)
        try:
            if streams is None and not self.has_staff:
                log.error("call %s refused: Kurv does not answer", name)
                await call.reject()
                return
            await call.answer()
            await call.wait_established(10)
        except self._sip_error as error:
            log.info("call %s ended before it was answered: %s", name, type(error).__name__)
            if streams is not None:
                streams[1].close()
            return
        await self._carry(name, call, streams)

    async def _to_kurv(self, name: uuid.UUID, number: str) -> Streams | None:
        """Tell Kurv who calls and connect to it; None when it is not there."""
        try:
            await asyncio.to_thread(self._announce, name, number)
            return await asyncio.wait_for(
                asyncio.open_connection(*self._ends.audiosocket), _KURV_SECONDS
            )
        except (OSError, asyncio.TimeoutError) as error:
            log.error("call %s: no way to Kurv: %s", name, type(error).__name__)
            return None

    def _announce(self, name: uuid.UUID, number: str) -> None:
        request = urllib.request.Request(
            self._ends.kurv.rstrip("/") + "/webhooks/kurv/calls",
            json.dumps({"call": str(name), "caller": number}).encode(),
            {
                "Authorization": f"Bearer {self._ends.token}",
                "Content-Type": "application/json",
            },
        )
        with urllib.request.urlopen(request, timeout=_KURV_SECONDS) as answer:
            answer.read()

    async def _carry(self, name: uuid.UUID, call: Any, streams: Streams | None) -> None:
        """Carry an established call until it ends."""
        sound = BaresipSound(call)
        keys: asyncio.Queue[str] = asyncio.Queue()
        ghosts = KeyGhosts()

        def press(pressed: Any) -> None:
            if not ghosts.is_ghost(pressed.digit, time.monotonic()):
                keys.put_nowait(pressed.digit)

        call.on_dtmf(press)
        bridge = Bridge(sound, keys)
        self._calls[name] = call
        log.info("call %s answered", name)
        try:
            ready = await sound.ready()
            well = ready and streams is not None and await bridge.run(name, *streams)
            if not well and not (self.has_staff and await self.transfer(name)):
                log.error("call %s: Kurv is gone", name)
                sound.write(busy_tone())
                await played(sound)
        except LineGone:
            log.info("call %s: the caller hung up", name)
        finally:
            del self._calls[name]
            if streams is not None:
                streams[1].close()
            with contextlib.suppress(self._sip_error):
                await call.hangup()
            gaps, late = bridge.jitter.ran_dry, bridge.late
            log.info("call %s ended: %d gaps, %d late frames", name, gaps, late)

    async def dial(self, name: uuid.UUID, number: str) -> str:
        """Ring a person, and carry the call when it is answered.

        Returns ``answered``, ``busy``, ``declined``, ``no_answer`` or ``failed``.
        """
        import baresip

        try:
            call = await self._agent.dial(f"sip:{number}@{self._ends.domain}")
            await call.wait_established(_RING_SECONDS)
        except baresip.CallBusy:
            return "busy"
        except baresip.CallDeclined:
            return "declined"
        except baresip.CallTimeout:
            return "no_answer"
        except self._sip_error as error:
            log.error("call %s: %s", name, type(error).__name__)
            return "failed"
        self._begin(self._carry(name, call, await self._to_kurv(name, number)))
        return "answered"

    async def transfer(self, name: uuid.UUID) -> bool | None:
        """Hand a call to staff (REFER); False when they did not take it, None: no such call."""
        call = self._calls.get(name)
        if call is None:
            return None
        try:
            await call.transfer(self._ends.staff, timeout=_TRANSFER_SECONDS)
        except self._sip_error as error:
            log.error("call %s was not transferred: %s", name, type(error).__name__)
            return False
        log.info("call %s was transferred", name)
        return True

    async def close(self) -> None:
        """Hang up every call and wait until all are gone."""
        for call in list(self._calls.values()):
            with contextlib.suppress(self._sip_error):
                await call.hangup()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=5)
