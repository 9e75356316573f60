"""Tier: end_to_end. When all places of a real `kurv serve` are taken, and when it is stopped.

The last module that uses the running service: it ends it.
"""

from __future__ import annotations

import asyncio

import pytest

from audio.synthesizer import EspeakSynthesizer
from bot.calls import wording as said
from tests.end_to_end.conftest import CALLS
from tests.end_to_end.hearing import Listener
from tests.end_to_end.on_the_phone import Phone
from tests.end_to_end.telephone_service import KurvService

ASKED = f"{said.HELLO} {said.PIN}"


@pytest.mark.asyncio
async def test_who_finds_no_place_is_told_so_and_stopping_says_so_and_keeps_the_basket(
    service: KurvService, listener: Listener, voice: EspeakSynthesizer
) -> None:
    phone = Phone(service, listener, voice)
    service.add_caller("stopped", "+4722440005")
    calls = [await phone.call("+4722440005") for _ in range(CALLS)]
    first = calls[0]
    while not all(call.peer.heard for call in calls):  # they are being greeted
        await asyncio.sleep(0.05)
    for _ in range(2):  # nobody's place is lost by that
        refused = await phone.call("+4722440005")
        first.memory.keep(await refused.hears(), said.BUSY, ASKED)
        assert await refused.is_hung_up()
    await first.identifies()
    await first.says("jeg vil ha to norvegia", until=lambda: phone.lines("stopped") == 1)
    stopping = asyncio.create_task(asyncio.to_thread(service.stop))
    goodbye = await first.hears()
    if not first.peer.ended.is_set():  # it had been asked whether it was there
        goodbye = await first.hears()
    first.memory.keep(goodbye, said.CLOSING, ASKED, said.BUSY)
    assert all([await call.is_hung_up() for call in calls])
    assert await stopping == 0
    assert phone.lines("stopped") == 1
    first.memory.check()
