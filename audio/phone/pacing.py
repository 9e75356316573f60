"""When the next 20 ms of sound are due, by the clock: an hour of speech takes an hour; pure."""

from __future__ import annotations

FRAME_SECONDS = 0.02
LEAD = 0.08
"""Seconds that sound is sent ahead of its time: a short pause of ours is then not heard."""


class Pacer:
    """The time-table of one stretch of sound, in seconds of any steady clock.

    A frame that is sent later than it should have begun to sound leaves a gap: it is counted in
    ``late``, and the frames after it keep their distance to it instead of being hurried.
    """

    def __init__(self, now: float) -> None:
        """Begin: the first frame sounds now."""
        self._start = now
        self.sent = 0
        self.late = 0

    def wait(self, now: float) -> float:
        """Seconds until the next frame may be sent; 0 when it may go at once."""
        return max(0.0, self.end - LEAD - now)

    def count(self, now: float) -> None:
        """A frame is sent now."""
        gap = now - self.end
        if gap > 0 and self.sent:
            self.late += 1
            self._start += gap
        self.sent += 1

    @property
    def end(self) -> float:
        """The moment at which everything that was sent has sounded."""
        return self._start + self.sent * FRAME_SECONDS

    def sounded(self, now: float) -> float:
        """Seconds of what was sent that have sounded by now."""
        return min(self.sent * FRAME_SECONDS, max(0.0, now - self._start))
