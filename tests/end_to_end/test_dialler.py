"""Tier: end_to_end. Asking the SIP program's own control door to ring and to hand a call over."""

import asyncio
import uuid
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from audio.phone.sip_control import control
from bot.calls.dialler import DiallerError, HttpDialler

pytestmark = pytest.mark.asyncio


class Line:
    """Stands for the SIP program's calls, behind its real door."""

    has_staff = True

    def __init__(self) -> None:
        self.outcome = "answered"
        self.taken: bool | None = True
        self.asked: list[tuple[uuid.UUID, str]] = []

    async def dial(self, name: uuid.UUID, number: str) -> str:
        self.asked.append((name, number))
        return self.outcome

    async def transfer(self, name: uuid.UUID) -> bool | None:
        return self.taken


@pytest_asyncio.fixture()
async def door() -> AsyncIterator[tuple[Line, str]]:
    line = Line()
    server = control(line, ("127.0.0.1", 0), "hemmelig")
    yield line, f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


async def test_ringing_and_handing_over(door: tuple[Line, str]) -> None:
    line, url = door
    dialler, call = HttpDialler(url, "hemmelig"), uuid.uuid4()
    for outcome in ("answered", "busy", "no_answer"):
        line.outcome = outcome
        assert await asyncio.to_thread(dialler.dial, str(call), "+4722334455") == outcome
    assert line.asked[0] == (call, "+4722334455")
    assert await asyncio.to_thread(dialler.transfer, call) is True
    for taken in (False, None):
        line.taken = taken
        assert await asyncio.to_thread(dialler.transfer, call) is False
    dialler.close()


async def test_a_program_that_refuses_or_is_away(door: tuple[Line, str]) -> None:
    _, url = door
    for dialler in (HttpDialler(url, "feil"), HttpDialler("http://127.0.0.1:9", "hemmelig")):
        with pytest.raises(DiallerError):
            await asyncio.to_thread(dialler.dial, str(uuid.uuid4()), "+4722334455")
        assert await asyncio.to_thread(dialler.transfer, uuid.uuid4()) is False
        dialler.close()
