"""A live line both ways: what a microphone with its loudspeaker and a telephone call have alike."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from typing import Protocol

from audio.errors import AudioError

LINE_RATE = 16_000
"""Hz of the sound that every line hands over, whatever it runs at itself: the recogniser's."""

KEYS = frozenset("0123456789*#")
"""The keys of a telephone."""


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """A telephone key was pressed: one of `KEYS`."""

    key: str

    def __post_init__(self) -> None:
        """Refuse what is no key. Raises ValueError."""
        if self.key not in KEYS:
            raise ValueError("no telephone key")


class SourceLost(AudioError):
    """The microphone was gone in the middle of things; `Line.receive` may be called again."""


class Line(Protocol):
    """One live line both ways: a microphone with its loudspeaker, or a telephone call."""

    def receive(self) -> AsyncIterator[bytes | KeyPressed]:
        """What comes in, in real time, also while we play.

        Sound is frames of 20 ms, 16-bit little-endian mono at `LINE_RATE`; the line converts.
        Ends at hang-up or at the end of the source. Raises SourceLost when a device broke: it may
        be called again, and AudioError when there is no sense in that.
        """

    async def play(self, sound: AsyncIterator[bytes] | Iterable[bytes], sample_rate: int) -> float:
        """Play PCM pieces of ``sample_rate`` Hz as they come, at the pace of the clock.

        Returns when the last sample has been played out, or soon after `stop`: the seconds that
        were really played. Cancelling it stops the sound too. Raises AudioError when the
        loudspeaker fails. Plays one thing at a time.
        """

    def stop(self) -> None:
        """Stop what is being played; it falls silent within 200 ms. Harmless when nothing is."""

    async def hang_up(self) -> None:
        """End the line; `receive` ends. Harmless when it has ended already."""

    async def transfer(self) -> bool:
        """Hand the call to a person where the exchange can do that. False: it cannot."""
