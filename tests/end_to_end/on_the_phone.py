"""Somebody on the telephone with a running `kurv serve`: speaks, presses keys, listens."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import httpx

from audio.frames import resample
from audio.synthesizer import EspeakSynthesizer
from bot.ordering.conversation import stage
from bot.ordering.order import Order
from bot.ordering.talk import Talk
from tests.end_to_end.callers import TRIES
from tests.end_to_end.hearing import Listener, Memory
from tests.end_to_end.phone_peer import PhonePeer
from tests.end_to_end.telephone_service import PIN, TOKEN, KurvService


@dataclass
class Phone:
    """A running service: how to call it, and what stands in its store."""

    service: KurvService
    listener: Listener
    voice: EspeakSynthesizer

    def announce(self, peer: PhonePeer, caller: str, token: str = TOKEN) -> int:
        """Tell who calls, as an exchange does; returns the HTTP status."""
        answer = httpx.post(
            f"{self.service.url}/webhooks/kurv/calls",
            json={"call": str(peer.call), "caller": caller},
            headers={"Authorization": f"Bearer {token}"},
        )
        return answer.status_code

    async def call(self, caller: str = "", kind: int = 0x10) -> OnThePhone:
        """Call, from a number or from one that is not told."""
        peer = PhonePeer(kind)
        if caller:
            assert await asyncio.to_thread(self.announce, peer, caller) == 204
        host, _, port = self.service.audiosocket.partition(":")
        return OnThePhone(self, await peer.connect(host, int(port)))

    def order(self, recipient: str) -> Order | None:
        """Somebody's newest order, None before there is any."""
        return next(iter(self.service.orders(recipient)), None)

    def lines(self, recipient: str) -> int:
        """How many lines it has."""
        order = self.order(recipient)
        return 0 if order is None else len(order.basket.lines)

    def stage(self, recipient: str) -> str:
        """Where somebody's talk is."""
        with self.service.store.transaction(read_only=True) as uow:
            talk = Talk.from_dict(uow.talk(recipient))
        order = self.order(recipient)
        return "" if order is None else stage(order, talk)

    def tasks(self, recipient: str) -> list[tuple[str, str]]:
        """What staff are asked to do about somebody: kinds and notes."""
        with self.service.store.transaction(read_only=True) as uow:
            return [(task.kind, task.note) for task in uow.tasks(recipient_id=recipient)]

    def identified(self, peer: PhonePeer) -> str | None:
        """Whom a call's PIN has told."""
        with self.service.store.transaction(read_only=True) as uow:
            call = uow.call(str(peer.call))
        return None if call is None else call.recipient_id

    async def outcome(self, peer: PhonePeer) -> str | None:
        """How the call ended, once it is put down."""
        for _ in range(300):
            with self.service.store.transaction(read_only=True) as uow:
                call = uow.call(str(peer.call))
            if call is not None and call.ended_at is not None:
                return call.outcome
            await asyncio.sleep(0.1)
        return None


@dataclass
class OnThePhone:
    """One call, from the caller's side."""

    phone: Phone
    peer: PhonePeer

    def __post_init__(self) -> None:
        self.memory = Memory(self.phone.listener, self.peer.rate)

    async def hears(self) -> bytes:
        """What is said next, until it is our turn or the call is over."""
        return await self.peer.turn()

    async def says(self, text: str, until: Callable[[], bool]) -> bytes:
        """Say something until it is understood; returns the last answer."""
        voice = self.phone.voice
        for _ in range(TRIES):
            sound = await asyncio.to_thread(voice.speak, text)
            await self.peer.say(resample(sound, voice.sample_rate, self.peer.rate))
            answer = await self.hears()
            if until():
                return answer
            assert not self.peer.ended.is_set(), f"hung up after «{text}»"
        raise AssertionError(f"«{text}» was not understood")

    async def presses(self, keys: str) -> bytes:
        """Press keys; returns the answer."""
        await self.peer.press(keys)
        return await self.hears()

    async def identifies(self) -> bytes:
        """Hear the greeting, and key the PIN; returns the answer."""
        await self.hears()
        return await self.presses(PIN)

    async def is_hung_up(self) -> bool:
        """Wait for the end of the call; whether the other side ended it as it should."""
        await asyncio.wait_for(self.peer.ended.wait(), 60)
        await self.peer.close()
        return self.peer.hung_up_by_peer
