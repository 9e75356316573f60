"""What a talk measures of itself, for whoever wants to know; nothing here knows a monitoring
system."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Protocol


@dataclass(frozen=True, slots=True)
class TurnTimes:
    """Seconds that each stage of one turn took, from the end of speech to our first sound."""

    final_text: float
    """From the end of the utterance decided to its final text."""
    reply: float
    """From there to the dialogue's events."""
    first_sound: float
    """From there to the first synthesised sound."""
    first_frame: float
    """From there until the line had taken the first 20 ms of it."""

    @property
    def total(self) -> float:
        """From the end of the utterance decided to the first sound on the line."""
        return sum(self.as_dict().values())

    def as_dict(self) -> dict[str, float]:
        """Stage -> seconds, in order."""
        return {each.name: getattr(self, each.name) for each in fields(self)}


class Observer(Protocol):
    """Is told what was measured. Called on the event loop: it must be quick and not fail."""

    def turn(self, times: TurnTimes) -> None:
        """A turn's answer has begun to sound."""

    def interrupted(self, seconds: float) -> None:
        """The person interrupted us; our speech had stopped after so long."""

    def talked_over(self) -> None:
        """A read-back was talked over."""


class Unobserved:
    """An `Observer` for talks that nobody measures."""

    def turn(self, times: TurnTimes) -> None:
        """Not wanted."""

    def interrupted(self, seconds: float) -> None:
        """Not wanted."""

    def talked_over(self) -> None:
        """Not wanted."""


@dataclass(slots=True)
class Collected:
    """An `Observer` that keeps everything: for benchmarks and tests."""

    turns: list[TurnTimes] = field(default_factory=list)
    stops: list[float] = field(default_factory=list)
    read_backs_talked_over: int = 0

    def turn(self, times: TurnTimes) -> None:
        """Keep the turn's times."""
        self.turns.append(times)

    def interrupted(self, seconds: float) -> None:
        """Keep how long our speech went on."""
        self.stops.append(seconds)

    def talked_over(self) -> None:
        """Count it."""
        self.read_backs_talked_over += 1


class StopWatch:
    """Times the stages of one turn, in the order of `TurnTimes`; ``clock`` gives seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Start now."""
        self._clock = clock
        self._marks = [clock()]

    def mark(self) -> None:
        """The current stage is over."""
        self._marks.append(self._clock())

    @property
    def stages_done(self) -> int:
        """How many stages are over."""
        return len(self._marks) - 1

    def times(self) -> TurnTimes:
        """The turn's times. Raises ValueError unless all stages are over."""
        if self.stages_done != len(fields(TurnTimes)):
            raise ValueError("the turn is not over")
        stages = (end - start for start, end in zip(self._marks, self._marks[1:], strict=False))
        return TurnTimes(*stages)
