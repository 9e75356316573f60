"""Tier: end_to_end. The AudioSocket server over real sockets: sound, keys, broken peers."""

import asyncio
import math
from array import array
from collections.abc import Iterator
from itertools import pairwise
from uuid import uuid4

import pytest

from audio.line import KeyPressed
from audio.phone.audiosocket import AudioSocketLine
from audio.phone.server import AudioSocketServer, Handler
from tests.end_to_end.phone_peer import PhonePeer

pytestmark = pytest.mark.asyncio


def tone(seconds: float, rate: int, hertz: float = 440.0) -> bytes:
    count = round(seconds * rate)
    wave = (round(8000 * math.sin(2 * math.pi * hertz * n / rate)) for n in range(count))
    return array("h", wave).tobytes()


async def nothing(line: AudioSocketLine) -> None:
    return None


class Answering:
    """A server that answers with `handler`, at a free port."""

    def __init__(self, handler: Handler, busy: Handler = nothing, limit: int = 20) -> None:
        self.server = AudioSocketServer(handler, busy, limit=limit)

    async def __aenter__(self) -> "Answering":
        self.port = await self.server.start("127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.server.stop(nothing)

    async def caller(self, kind: int = 0x10) -> PhonePeer:
        return await PhonePeer(kind).connect("127.0.0.1", self.port)


@pytest.mark.parametrize("kind", [0x10, 0x12])
async def test_sound_goes_both_ways_in_the_kind_of_the_call(kind: int) -> None:
    got: list[bytes | KeyPressed] = []

    async def answer(line: AudioSocketLine) -> None:
        async for heard in line.receive():
            got.append(heard)
            if len(got) == 100:
                break
        assert await line.play([tone(0.5, 22050)], 22050) == pytest.approx(0.5, abs=0.03)

    async with Answering(answer) as phone:
        peer = await phone.caller(kind)
        await peer.say(tone(1.0, peer.rate))
        await asyncio.wait_for(peer.ended.wait(), 5)
        assert peer.hung_up_by_peer
        await peer.close()
    assert all(isinstance(frame, bytes) and len(frame) == 640 for frame in got)
    assert peer.kinds == {kind}
    assert len(peer.heard) / 2 / peer.rate == pytest.approx(0.5, abs=0.021)
    # A second of a 440 Hz tone crosses zero 880 times at any rate.
    samples = array("h", b"".join(frame for frame in got if isinstance(frame, bytes)))
    signs = [sample > 0 for sample in samples if abs(sample) > 500]
    assert sum(a != b for a, b in pairwise(signs)) == pytest.approx(880, abs=20)


async def test_speech_is_paced_by_the_clock_and_stops_within_200_ms() -> None:
    played: list[float] = []
    stopped_at = 0.0

    async def answer(line: AudioSocketLine) -> None:
        nonlocal stopped_at
        played.append(await line.play(iter([tone(1.0, 8000)]), 8000))
        playing = asyncio.create_task(line.play([tone(20.0, 8000)], 8000))
        await asyncio.sleep(0.5)
        line.stop()
        stopped_at = asyncio.get_running_loop().time()
        played.append(await playing)

    async with Answering(answer) as phone:
        peer = await phone.caller()
        await asyncio.wait_for(peer.ended.wait(), 10)
        await peer.close()
    assert played[0] == pytest.approx(1.0, abs=0.03)
    assert played[1] == pytest.approx(0.5, abs=0.15)
    assert peer.times[49] - peer.times[0] == pytest.approx(0.94, abs=0.1)
    assert peer.times[-1] - stopped_at < 0.2
    assert len(peer.heard) < 8000 * 2 * 1.8


async def test_keys_and_unknown_kinds_and_the_end() -> None:
    got: list[bytes | KeyPressed] = []
    over = asyncio.Event()

    async def answer(line: AudioSocketLine) -> None:
        async for heard in line.receive():
            got.append(heard)
        over.set()

    async with Answering(answer) as phone:
        peer = await phone.caller()
        peer.send(0x7E, b"something of tomorrow")
        await peer.press("1A#")
        await peer.hang_up()
        await asyncio.wait_for(over.wait(), 5)
    assert [heard.key for heard in got if isinstance(heard, KeyPressed)] == ["1", "#"]


BROKEN = {
    "half a sample": b"\x10\x00\x01\x00",
    "two keys in one": b"\x03\x00\x0212",
    "an error of the peer": b"\xff\x00\x01\x01",
    "the end in the middle of a message": b"\x10\x01\x40\x00\x00",
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN.keys())
async def test_a_broken_message_ends_that_call_only(broken: bytes) -> None:
    ended: list[AudioSocketLine] = []

    async def answer(line: AudioSocketLine) -> None:
        async for _ in line.receive():
            pass
        ended.append(line)

    async with Answering(answer) as phone:
        well, bad = await phone.caller(), PhonePeer()
        reader, writer = await asyncio.open_connection("127.0.0.1", phone.port)
        writer.write(b"\x01\x00\x10" + bad.call.bytes + broken)
        writer.write_eof()
        await asyncio.wait_for(reader.read(), 5)
        writer.close()
        assert [line.call for line in ended] == [bad.call]
        assert not well.ended.is_set() and phone.server.calls == 1
        await well.hang_up()


@pytest.mark.parametrize(
    "start", [b"", b"\x10\x00\x02\x00\x00", b"\x01\x00\x04abcd", b"GET / HTTP/1.1\r\n\r\n"]
)
async def test_who_does_not_begin_with_a_call_is_not_answered(start: bytes) -> None:
    answered: list[AudioSocketLine] = []

    async def answer(line: AudioSocketLine) -> None:
        answered.append(line)

    async with Answering(answer) as phone:
        reader, writer = await asyncio.open_connection("127.0.0.1", phone.port)
        writer.write(start)
        writer.write_eof()
        assert await asyncio.wait_for(reader.read(), 5) == b""
        writer.close()
    assert answered == []


async def test_too_many_hear_that_it_is_busy_and_the_same_call_comes_once() -> None:
    async def answer(line: AudioSocketLine) -> None:
        async for _ in line.receive():
            pass

    async def busy(line: AudioSocketLine) -> None:
        await line.play([tone(0.3, 8000)], 8000)

    async with Answering(answer, busy, limit=2) as phone:
        first, second = await phone.caller(), await phone.caller()
        while phone.server.calls < 2:
            await asyncio.sleep(0.01)
        twin = await PhonePeer(call=first.call).connect("127.0.0.1", phone.port)
        third = await phone.caller()
        for peer in (twin, third):
            await asyncio.wait_for(peer.ended.wait(), 5)
            await peer.close()
        assert third.hung_up_by_peer and len(third.heard) / 16000 == pytest.approx(0.3, abs=0.03)
        assert not twin.heard
        await first.hang_up()
        while phone.server.calls == 2:
            await asyncio.sleep(0.01)
        fourth = await phone.caller()
        await asyncio.sleep(0.3)
        assert not fourth.ended.is_set()
        for peer in (second, fourth):
            await peer.hang_up()


async def test_stopping_says_goodbye_to_every_call() -> None:
    async def answer(line: AudioSocketLine) -> None:
        try:
            await line.play([tone(30.0, 8000)], 8000)
        finally:
            await line.hang_up()  # as a session does

    async def goodbye(line: AudioSocketLine) -> None:
        await line.play([tone(0.4, 8000, 1000.0)], 8000)

    server = AudioSocketServer(answer, nothing, limit=5)
    port = await server.start("127.0.0.1", 0)
    peers = [await PhonePeer().connect("127.0.0.1", port) for _ in range(3)]
    while not all(peer.heard for peer in peers):
        await asyncio.sleep(0.02)
    await asyncio.wait_for(server.stop(goodbye), 10)
    for peer in peers:
        await asyncio.wait_for(peer.ended.wait(), 2)
        assert peer.hung_up_by_peer
        last = array("h", bytes(peer.heard[-16 * 300 :]))
        crossings = sum(a < 0 <= b for a, b in pairwise(last))
        assert crossings == pytest.approx(300, abs=20)
        await peer.close()


async def test_a_voice_that_fails_is_told_and_the_next_thing_is_played() -> None:
    failed: list[Exception] = []

    def broken() -> Iterator[bytes]:
        yield tone(0.1, 8000)
        raise OSError("the voice died")

    async def answer(line: AudioSocketLine) -> None:
        try:
            await line.play(broken(), 8000)
        except OSError as error:
            failed.append(error)
        await line.play([tone(0.2, 8000)], 8000)

    async with Answering(answer) as phone:
        peer = await phone.caller()
        await asyncio.wait_for(peer.ended.wait(), 5)
        await peer.close()
    assert len(failed) == 1
    assert len(peer.heard) / 16000 == pytest.approx(0.3, abs=0.03)


async def test_transferring_is_the_exchanges() -> None:
    asked, results = [], []

    async def transfer(line: AudioSocketLine) -> bool:
        asked.append(line.call)
        return True

    async def answer(line: AudioSocketLine) -> None:
        results.append(await line.transfer())

    server = AudioSocketServer(answer, nothing, limit=5, transfer=transfer)
    port = await server.start("127.0.0.1", 0)
    peer = await PhonePeer(call=uuid4()).connect("127.0.0.1", port)
    await asyncio.wait_for(peer.ended.wait(), 5)
    await peer.close()
    await server.stop(nothing)
    assert asked == [peer.call] and results == [True]
