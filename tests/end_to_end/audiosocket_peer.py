"""An AudioSocket peer as Asterisk is one: opens a connection, sends what it likes, keeps the bytes.

Helper of `test_audiosocket_peer.py`. Written from Asterisk's description of the protocol and from
nothing of ours, so that the server's mistakes are not repeated here. Blocking sockets, and a
thread that writes down every byte with the time that it came at.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from dataclasses import dataclass

HANGUP, IDENTITY, DIGIT, AUDIO_8K, AUDIO_16K, ERROR = 0x00, 0x01, 0x03, 0x10, 0x12, 0xFF


@dataclass(frozen=True)
class Message:
    """A message that came, and when (monotonic seconds)."""

    kind: int
    payload: bytes
    at: float


class Broken(AssertionError):
    """The bytes that came are no AudioSocket messages."""


class Peer:
    """One connection to an AudioSocket server; a context manager."""

    def __init__(self, host: str, port: int) -> None:
        """Connect, and begin to listen."""
        self._socket = socket.create_connection((host, port), timeout=10)
        self._socket.settimeout(None)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._pieces: list[tuple[float, bytes]] = []
        self._messages: list[Message] = []
        self._rest = bytearray()
        self._read = 0  # pieces that are in `_messages` and `_rest`
        self._reading = threading.Lock()
        self._closed = threading.Event()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def __enter__(self) -> Peer:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._listener.join(5)
        self._socket.close()

    def _listen(self) -> None:
        with contextlib.suppress(OSError):
            while data := self._socket.recv(65536):
                self._pieces.append((time.monotonic(), data))
        self._closed.set()

    def send_bytes(self, data: bytes) -> bool:
        """Send bytes as they are; False when the server has closed the connection."""
        try:
            self._socket.sendall(data)
        except OSError:
            return False
        return True

    def send(self, kind: int, payload: bytes = b"") -> bool:
        """Send a message with a true length."""
        return self.send_bytes(struct.pack(">BH", kind, len(payload)) + payload)

    def stop_sending(self) -> None:
        """Say that nothing more will come, and go on listening."""
        self._socket.shutdown(socket.SHUT_WR)

    def speak(self, pcm: bytes, kind: int = AUDIO_8K, frame: int = 320) -> bool:
        """Send sound in frames by the clock, 20 ms each; False when it was cut off."""
        due = time.monotonic()
        for start in range(0, len(pcm), frame):
            if not self.send(kind, pcm[start : start + frame]):
                return False
            due += 0.02
            time.sleep(max(0.0, due - time.monotonic()))
        return True

    @property
    def closed(self) -> bool:
        """True once the server has closed the connection."""
        return self._closed.is_set()

    def wait_closed(self, seconds: float) -> bool:
        """Wait for the server to close the connection."""
        return self._closed.wait(seconds)

    def messages(self) -> list[Message]:
        """Every whole message that has come. Raises Broken for bytes that are none."""
        closed = self.closed
        with self._reading:
            for at, piece in self._pieces[self._read :]:
                self._read += 1
                self._rest += piece
                self._take_whole(at)
            if closed and self._read == len(self._pieces) and self._rest:
                raise Broken(f"{len(self._rest)} bytes are left over at the end")
            return list(self._messages)

    def _take_whole(self, at: float) -> None:
        while len(self._rest) >= 3:
            kind, length = self._rest[0], self._rest[1] << 8 | self._rest[2]
            if kind not in (HANGUP, AUDIO_8K, AUDIO_16K, ERROR):
                raise Broken(f"kind {kind:#04x} after {len(self._messages)} messages")
            if kind == HANGUP and length:
                raise Broken(f"a hang-up of {length} bytes")
            if len(self._rest) < 3 + length:
                return
            self._messages.append(Message(kind, bytes(self._rest[3 : 3 + length]), at))
            del self._rest[: 3 + length]

    def heard(self) -> list[Message]:
        """The sound that has come."""
        return [one for one in self.messages() if one.kind in (AUDIO_8K, AUDIO_16K)]
