"""PCM frames: 16-bit little-endian mono sound in bytes, and changing its sample rate."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import soxr
from numpy.typing import NDArray

#: Bytes of one sample.
SAMPLE_WIDTH = 2


def samples(pcm: bytes) -> NDArray[np.int16]:
    """Return the samples of PCM bytes; a last odd byte is left out."""
    return np.frombuffer(pcm[: len(pcm) // SAMPLE_WIDTH * SAMPLE_WIDTH], dtype="<i2")


def pcm_bytes(wave: NDArray[Any]) -> bytes:
    """Return samples on the 16-bit scale as PCM bytes, clipped where they are too loud."""
    return np.clip(np.rint(wave), -32768, 32767).astype("<i2").tobytes()


def frames(pcm: bytes, sample_rate: int, milliseconds: int = 20) -> Iterator[bytes]:
    """Cut PCM into frames of this many milliseconds; the last one may be shorter."""
    size = sample_rate * milliseconds // 1000 * SAMPLE_WIDTH
    for start in range(0, len(pcm), size):
        yield pcm[start : start + size]


def seconds(pcm: bytes, sample_rate: int) -> float:
    """Return how long the sound lasts."""
    return len(pcm) / SAMPLE_WIDTH / sample_rate


def resample(pcm: bytes, from_rate: int, to_rate: int) -> bytes:
    """Change the sample rate (Hz) of a whole sound."""
    if from_rate == to_rate:
        return pcm
    return pcm_bytes(soxr.resample(samples(pcm).astype(np.float32), from_rate, to_rate))


class Resampler:
    """Changes the sample rate of a stream, frame by frame, without seams.

    It may hold back some samples until more arrive; :meth:`flush` gives the last ones.
    """

    def __init__(self, from_rate: int, to_rate: int) -> None:
        """Prepare for mono sound from one rate to another, both in Hz."""
        self._same = from_rate == to_rate
        self._stream = soxr.ResampleStream(from_rate, to_rate, 1, dtype="float32")

    def push(self, pcm: bytes) -> bytes:
        """Return as much of the new rate's sound as is ready."""
        if self._same:
            return pcm
        return pcm_bytes(self._stream.resample_chunk(samples(pcm).astype(np.float32)))

    def flush(self) -> bytes:
        """Return what was held back; the stream ends with it."""
        if self._same:
            return b""
        return pcm_bytes(self._stream.resample_chunk(np.zeros(0, np.float32), last=True))
