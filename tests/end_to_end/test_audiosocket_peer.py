"""Tier: end_to_end. The AudioSocket server, byte for byte, with a peer written independently."""

from __future__ import annotations

import asyncio
import struct
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np
import pytest

from audio.line import KeyPressed
from audio.phone.audiosocket import AudioSocketLine
from audio.phone.server import AudioSocketServer
from tests.end_to_end.audiosocket_peer import AUDIO_8K, DIGIT, ERROR, HANGUP, IDENTITY, Peer

SAID = (8000 * np.sin(np.arange(4 * 8000) * 2 * np.pi * 440 / 8000)).astype("<i2").tobytes()


class Server:
    """The server in a thread of its own, with what its calls have heard."""

    def __init__(self) -> None:
        self.sound: dict[uuid.UUID, int] = {}
        self.keys: dict[uuid.UUID, str] = {}
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self._server = AudioSocketServer(self._answer, self._answer, limit=20)
        self.port = self._do(self._server.start("127.0.0.1", 0))

    def _do(self, work: object) -> int:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(20)  # type: ignore[arg-type]

    def stop(self) -> None:
        self._do(self._server.stop(lambda line: line.hang_up()))
        self._loop.call_soon_threadsafe(self._loop.stop)

    async def _answer(self, line: AudioSocketLine) -> None:
        """Say four seconds when there is sound or a key; `#` is answered with a hang-up."""
        self.sound[line.call], self.keys[line.call] = 0, ""
        saying: asyncio.Task[float] | None = None
        async for heard in line.receive():
            if isinstance(heard, KeyPressed):
                self.keys[line.call] += heard.key
                if heard.key == "#":
                    await line.hang_up()
            else:
                self.sound[line.call] += len(heard)
                saying = saying or asyncio.ensure_future(line.play([SAID], 8000))
        if saying is not None:
            await saying

    @property
    def calls(self) -> int:
        return self._server.calls


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.stop()


@pytest.fixture
def peer(server: Server) -> Iterator[Peer]:
    with Peer("127.0.0.1", server.port) as peer:
        yield peer


def until(true: Callable[[], object], seconds: float = 5.0) -> bool:
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.01)
    return bool(true())


def introduced(peer: Peer) -> uuid.UUID:
    call = uuid.uuid4()
    assert peer.send(IDENTITY, call.bytes)
    return call


def works(server: Server) -> bool:
    """True when a new call is heard: the server has not suffered."""
    with Peer("127.0.0.1", server.port) as peer:
        call = introduced(peer)
        peer.send(DIGIT, b"5")
        return until(lambda: server.keys.get(call) == "5")


def test_sound_comes_as_20_ms_frames_by_the_clock_without_a_gap(server: Server, peer: Peer) -> None:
    introduced(peer)
    peer.speak(bytes(320 * 150))
    assert until(lambda: len(peer.heard()) >= 200, 8)
    frames = peer.heard()[:200]
    assert {frame.kind for frame in frames} == {AUDIO_8K}
    assert {len(frame.payload) for frame in frames} == {320}
    times = np.array([frame.at for frame in frames])
    # The first few come at once, ahead of their time; from then on the clock says when.
    assert (times[-1] - times[9]) / 190 == pytest.approx(0.020, rel=0.02)
    # How far the frames are from the time that is due: a listener has 60 ms of patience. The few
    # that came while this machine did something else are made up for.
    away = times - times[0] - np.arange(200) * 0.020
    assert np.ptp(np.sort(away)[5:-5]) < 0.060
    # Nothing is lost, doubled or shifted: it is the same tone, sample by sample.
    heard = np.frombuffer(b"".join(frame.payload for frame in frames), "<i2").astype(float)
    said = np.frombuffer(SAID, "<i2").astype(float)[: len(heard)]
    assert np.corrcoef(heard, said)[0, 1] > 0.999


def test_messages_cut_anywhere_mean_the_same(server: Server, peer: Peer) -> None:
    call = uuid.uuid4()
    whole = struct.pack(">BH", IDENTITY, 16) + call.bytes
    for key in b"12#":
        whole += 10 * (struct.pack(">BH", AUDIO_8K, 320) + bytes(320))
        whole += struct.pack(">BH", DIGIT, 1) + bytes([key])
    cuts = [
        0,
        1,
        2,
        3,
        5,
        19,
        20,
        22,
        23,
        300,
        342,
        343,
        344,
        3249,
        3250,
        3251,
        3252,
        3253,
        len(whole),
    ]
    for start, end in pairwise(cuts):
        peer.send_bytes(whole[start:end])
        time.sleep(0.01)
    assert until(lambda: server.keys.get(call) == "12#")
    assert server.sound[call] > 0
    assert peer.wait_closed(5)
    assert peer.messages()[-1].kind == HANGUP


def test_our_hang_up_is_one_message_and_then_the_end(server: Server, peer: Peer) -> None:
    call = introduced(peer)
    peer.send(DIGIT, b"#")
    assert peer.wait_closed(5)
    assert [(one.kind, one.payload) for one in peer.messages()] == [(HANGUP, b"")]
    assert server.keys[call] == "#"


def test_a_callers_hang_up_ends_the_call_while_we_speak(server: Server, peer: Peer) -> None:
    call = introduced(peer)
    peer.speak(bytes(320 * 10))
    assert until(lambda: len(peer.heard()) > 10)
    peer.send(HANGUP)
    assert peer.wait_closed(3)
    count = len(peer.heard())
    assert count < 60
    assert until(lambda: server.calls == 0), call


@pytest.mark.parametrize(
    "bytes_sent",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\x01", id="a-header-cut-short"),
        pytest.param(b"\x01\x00\x10" + bytes(15), id="a-uuid-cut-short"),
        pytest.param(b"\x01\x00\x0f" + bytes(15), id="a-uuid-of-15-bytes"),
        pytest.param(b"\x01\x00\x11" + bytes(17), id="a-uuid-of-17-bytes"),
        pytest.param(b"\x10\x01\x40" + bytes(320), id="sound-before-the-uuid"),
        pytest.param(b"\x03\x00\x015", id="a-key-before-the-uuid"),
        pytest.param(b"\x00\x00\x00", id="a-hang-up-before-the-uuid"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", id="another-protocol"),
        pytest.param(b"\x01\xff\xff" + bytes(65535), id="a-huge-uuid"),
    ],
)
def test_what_does_not_begin_as_a_call_is_refused(
    bytes_sent: bytes, server: Server, peer: Peer
) -> None:
    peer.send_bytes(bytes_sent)
    peer.stop_sending()
    assert peer.wait_closed(7)
    assert peer.heard() == []
    assert works(server)


@pytest.mark.parametrize(
    "bytes_sent",
    [
        pytest.param(b"\x10\x01\x41" + bytes(321), id="an-odd-number-of-bytes"),
        pytest.param(b"\x10\x01\x40" + bytes(100), id="less-than-its-length"),
        pytest.param(b"\x10\x01", id="a-header-cut-short"),
        pytest.param(b"\xff\x00\x01\x01", id="an-error"),
        pytest.param(b"\x10\xff\xff" + bytes(60000), id="a-huge-length"),
    ],
)
def test_a_call_that_breaks_ends_alone(bytes_sent: bytes, server: Server, peer: Peer) -> None:
    with Peer("127.0.0.1", server.port) as other:
        kept = introduced(other)
        introduced(peer)
        peer.speak(bytes(320 * 5))
        peer.send_bytes(bytes_sent)
        peer.stop_sending()
        assert peer.wait_closed(5)
        assert ERROR not in {one.kind for one in peer.messages()}
        other.send(DIGIT, b"7")
        assert until(lambda: server.keys.get(kept) == "7")
    assert works(server)


def test_kinds_that_we_do_not_know_are_passed_over(server: Server, peer: Peer) -> None:
    call = introduced(peer)
    for kind in (0x02, 0x11, 0x20, 0x7F, 0xFE):
        assert peer.send(kind, b"whatever it is")
    peer.send(DIGIT, b"x")  # no key of a telephone
    peer.send(DIGIT, b"8")
    assert until(lambda: server.keys.get(call) == "8")
    assert not peer.closed


def test_a_second_uuid_does_not_change_whose_call_it_is(server: Server, peer: Peer) -> None:
    call, other = introduced(peer), uuid.uuid4()
    assert until(lambda: call in server.keys)
    peer.send(IDENTITY, other.bytes)
    peer.send(DIGIT, b"3")
    assert until(lambda: server.keys[call] == "3" or peer.closed)
    assert other not in server.keys


def test_a_call_has_one_connection(server: Server, peer: Peer) -> None:
    call = introduced(peer)
    assert until(lambda: call in server.keys)
    with Peer("127.0.0.1", server.port) as thief:
        thief.send(IDENTITY, call.bytes)
        assert thief.wait_closed(5)
        assert thief.heard() == []
    peer.send(DIGIT, b"6")
    assert until(lambda: server.keys[call] == "6")
