"""AudioSocket's messages as bytes, both ways; pure.

One message: a byte of kind, two bytes of length (big-endian), the payload. Sound is signed 16-bit
little-endian mono. Source: Asterisk's `res_audiosocket` and `app_audiosocket`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from audio.errors import AudioError
from audio.line import KEYS

HANGUP, CALL, KEY, ERROR = 0x00, 0x01, 0x03, 0xFF
"""The kinds that are not sound: the call is over, its UUID, a telephone key, something failed."""
SOUND_RATES = {0x10: 8000, 0x12: 16000}
"""The kinds of sound that we take and give, with their sample rates in Hz."""
_HEADER = 3
_LONGEST = 0xFFFF


class BrokenFrame(AudioError):
    """The peer sent something that is no AudioSocket message."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message: its kind (0 to 255) and its payload (65,535 bytes at most)."""

    kind: int
    payload: bytes = b""

    @property
    def call(self) -> UUID:
        """The call's UUID, of a CALL message. Raises BrokenFrame."""
        if len(self.payload) != 16:
            raise BrokenFrame("Samtalens nummer må være 16 byte.")
        return UUID(bytes=self.payload)

    @property
    def key(self) -> str:
        """The telephone key, of a KEY message; "" for one that phones of today lack (A to D).

        Raises BrokenFrame.
        """
        if len(self.payload) != 1:
            raise BrokenFrame("En tast må være ett tegn.")
        key = self.payload.decode("latin-1")
        return key if key in KEYS else ""

    @property
    def sound(self) -> bytes:
        """The samples, of a message of sound. Raises BrokenFrame on half a sample."""
        if len(self.payload) % 2:
            raise BrokenFrame("Lyden slutter midt i en prøve.")
        return self.payload


def encode(message: Message) -> bytes:
    """The message as it goes over the line. Raises ValueError when it is too long."""
    if len(message.payload) > _LONGEST:
        raise ValueError("a message holds 65,535 bytes at most")
    size = len(message.payload).to_bytes(2, "big")
    return bytes((message.kind,)) + size + message.payload


class Decoder:
    """Puts messages together from whatever pieces the network delivers."""

    def __init__(self) -> None:
        """Begin at the first byte of a connection."""
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[Message]:
        """Take bytes as they came; give every message that is whole now."""
        self._buffer += data
        while len(self._buffer) >= _HEADER:
            end = _HEADER + int.from_bytes(self._buffer[1:_HEADER], "big")
            if len(self._buffer) < end:
                return
            message = Message(self._buffer[0], bytes(self._buffer[_HEADER:end]))
            del self._buffer[:end]
            yield message

    @property
    def pending(self) -> int:
        """How many bytes of an unfinished message are waiting."""
        return len(self._buffer)
