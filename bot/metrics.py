"""What the voice measures, for Prometheus; `kurv serve` shows it at /metrics.

Numbers only: nothing here names a person, a call or what was said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram

#: Seconds; the first reply shall come within 0.25 (half of the turns) and 0.5 (95 %).
BUCKETS = (0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.35, 0.5, 0.75, 1.0, 2.0, 5.0)


class Times(Protocol):
    """The stages of one turn; see `audio.metrics.TurnTimes`."""

    @property
    def total(self) -> float:
        """Seconds from the end of speech to our first sound."""

    def as_dict(self) -> Mapping[str, float]:
        """Stage -> seconds."""


class VoiceMetrics:
    """An `audio.metrics.Observer` that counts for Prometheus. Safe to share between calls."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        """Register the figures; once for each registry."""
        self._turn = Histogram(
            "kurv_turn_seconds",
            "End of speech decided to first reply sound.",
            buckets=BUCKETS,
            registry=registry,
        )
        self._stage = Histogram(
            "kurv_turn_stage_seconds",
            "Each stage's share of a turn.",
            ["stage"],
            buckets=BUCKETS,
            registry=registry,
        )
        self._stop = Histogram(
            "kurv_speech_stop_seconds",
            "Interruption decided to our speech stopped.",
            buckets=BUCKETS,
            registry=registry,
        )
        self._over = Counter(
            "kurv_read_backs_talked_over", "Read-backs that were talked over.", registry=registry
        )
        self._calls = Counter("kurv_calls", "Telephone calls begun.", registry=registry)
        self._running = Gauge("kurv_calls_running", "Telephone calls now.", registry=registry)
        self._sent = Counter("kurv_frames_sent", "20 ms frames sent to calls.", registry=registry)
        self._late = Counter(
            "kurv_frames_late", "Frames that came too late and left a gap.", registry=registry
        )

    def turn(self, times: Times) -> None:
        """A turn's answer has begun to sound."""
        self._turn.observe(times.total)
        for stage, seconds in times.as_dict().items():
            self._stage.labels(stage).observe(seconds)

    def interrupted(self, seconds: float) -> None:
        """Our speech was stopped, after so long."""
        self._stop.observe(seconds)

    def talked_over(self) -> None:
        """A read-back was talked over."""
        self._over.inc()

    @contextmanager
    def call(self) -> Iterator[None]:
        """Count a call while it lasts."""
        self._calls.inc()
        with self._running.track_inprogress():
            yield

    def frames(self, sent: int, late: int) -> None:
        """Count frames that a call has been sent since it was last asked."""
        self._sent.inc(sent)
        self._late.inc(late)
