"""Tier: unit. The SIP program's bridge: steady frames, cushions, hang-ups; no SIP in it."""

from __future__ import annotations

import asyncio
import struct
import uuid
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.phone.sip_bridge import (
    FRAME_BYTES,
    Bridge,
    JitterBuffer,
    KeyGhosts,
    LineGone,
    busy_tone,
    cushioned,
    message,
    read_message,
)
from audio.phone.sip_gateway import caller_number

LOUD = b"\x11\x22" * (FRAME_BYTES // 2)
QUIET = bytes(FRAME_BYTES)


@given(st.lists(st.integers(0, 2000).map(lambda count: count * 2), max_size=30))
def test_the_stream_is_steady_however_sound_arrives(pieces: list[int]) -> None:
    buffer = JitterBuffer(depth=3, most=15)
    number, taken = 0, b""
    for size in pieces:
        piece = b"".join(struct.pack("<H", 1 + number + n) for n in range(size // 2))
        number += size // 2
        buffer.push(piece)
        frame = buffer.take()
        assert len(frame) == FRAME_BYTES
        taken += frame
        assert len(buffer._held) <= 15 * FRAME_BYTES
    # What comes out is what went in, in its order, between silences; nothing is made up.
    sounded = [value for (value,) in struct.iter_unpack("<H", taken) if value]
    assert all(later > earlier for earlier, later in pairwise(sounded))
    assert 2 * len(sounded) + buffer.thrown_away <= 2 * number


def test_sound_that_is_a_little_late_leaves_no_gap() -> None:
    buffer = JitterBuffer(depth=3)
    for _ in range(3):
        buffer.push(LOUD)
    frames = [buffer.take(), buffer.take()]  # nothing came in these 40 ms
    buffer.push(LOUD * 3)
    frames += [buffer.take() for _ in range(4)]
    assert frames == [LOUD] * 6
    assert buffer.ran_dry == 0


def test_a_key_that_a_bad_network_repeats_is_pressed_once() -> None:
    ghosts = KeyGhosts()
    pressed = [("2", 1.0), ("2", 1.05), ("2", 1.2), ("4", 1.3), ("2", 1.35), ("2", 1.6), ("2", 1.9)]
    kept = [(key, at) for key, at in pressed if not ghosts.is_ghost(key, at)]
    assert kept == [("2", 1.0), *pressed[3:]]


def test_a_delay_does_not_stay() -> None:
    buffer = JitterBuffer(depth=3, most=15)
    buffer.push(LOUD * 40)
    assert len(buffer._held) == 3 * FRAME_BYTES
    assert buffer.thrown_away == 37 * FRAME_BYTES


def test_the_first_word_gets_a_cushion_and_silence_is_left_out_when_much_waits() -> None:
    assert cushioned(LOUD, queued=0) == QUIET * 2 + LOUD
    assert cushioned(LOUD, queued=FRAME_BYTES) == LOUD
    assert cushioned(QUIET, queued=0) == QUIET
    assert cushioned(QUIET, queued=11 * FRAME_BYTES) == b""
    assert cushioned(LOUD, queued=11 * FRAME_BYTES) == LOUD


@pytest.mark.parametrize(
    ("addresses", "number"),
    [
        (("sip:+4799887766@example.com",), "+4799887766"),
        (('"Ola 12345" <sip:22334455@10.0.0.1:5060>;tag=x',), "22334455"),
        (("<tel:+4799887766>",), "+4799887766"),
        ((None, "sip:22334455@x"), "22334455"),
        (("sip:anonymous@anonymous.invalid", None), ""),
        (("sip:kunde12345@10.0.0.1:5060",), ""),
        (("sip:12@x",), ""),
    ],
)
def test_the_callers_number(addresses: tuple[str | None, ...], number: str) -> None:
    assert caller_number(*addresses) == number


def test_the_busy_tone_is_on_and_off() -> None:
    tone = busy_tone(2.0)
    assert len(tone) == 2 * 16000
    assert any(tone[:8000]) and not any(tone[8000:16000]) and any(tone[16000:24000])


class FakeSound:
    """A call's sound: says LOUD for ever, keeps what is written, is gone when told."""

    def __init__(self) -> None:
        self.written = b""
        self.gone = False

    def read(self) -> bytes:
        if self.gone:
            raise LineGone
        return LOUD

    def write(self, pcm: bytes) -> None:
        if self.gone:
            raise LineGone
        self.written += pcm

    def queued(self) -> int:
        return 0


async def bridged(steps: list[bytes], sound: FakeSound, end: str) -> tuple[bool, list[int], bytes]:
    """Run a bridge against a server that writes `steps`; then one side ends the call.

    Returns how the bridge ended, and the kinds and the sound that the server got.
    """
    kinds: list[int] = []
    heard = bytearray()
    done = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for step in steps:
            writer.write(step)
        frames = 0
        while (got := await read_message(reader)) is not None:
            kinds.append(got[0])
            frames += got[0] == 0x10
            heard.extend(got[1] if got[0] == 0x10 else b"")
            if frames == 8 and end == "server hangs up":
                writer.write(message(0x00))
            elif frames == 8 and end == "server dies":
                break
            elif frames == 8:
                sound.gone = True
        writer.close()
        done.set()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    keys: asyncio.Queue[str] = asyncio.Queue()
    keys.put_nowait("5")
    streams = await asyncio.open_connection(*server.sockets[0].getsockname()[:2])
    well = await asyncio.wait_for(Bridge(sound, keys).run(uuid.uuid4(), *streams), 10)
    await asyncio.wait_for(done.wait(), 10)
    server.close()
    return well, kinds, bytes(heard)


@pytest.mark.asyncio
@pytest.mark.parametrize("end", ["server hangs up", "caller hangs up", "server dies"])
async def test_however_a_call_ends_the_other_side_is_told(end: str) -> None:
    sound = FakeSound()
    well, kinds, heard = await bridged([message(0x10, LOUD), message(0x7F, b"?")], sound, end)
    assert well is (end != "server dies")
    assert kinds[:3] == [0x01, 0x03, 0x10]
    assert kinds.count(0x01) == kinds.count(0x03) == 1
    if end != "server dies":
        assert kinds[-1] == 0x00 and kinds.count(0x00) == 1
    assert heard.strip(b"\0")[:FRAME_BYTES] == LOUD
    assert sound.written == QUIET * 2 + LOUD
