"""Short tones: "I am listening" and "I am thinking". Soft, and low enough for old ears."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from audio.frames import pcm_bytes

EARCON_RATE = 16_000
"""Hz of the tones' sound."""

_LEVEL = 0.12
"""Of full scale: audible beside speech (whose peaks are near 0.7), and no alarm."""
_FADE = 0.02
"""Seconds at both ends, so that no click is heard."""

#: name -> tones in turn, each as (Hz, seconds). Hearing fades above 1,000 Hz first.
EARCONS: dict[str, tuple[tuple[float, float], ...]] = {
    "listening": ((523.25, 0.07), (783.99, 0.09)),
    "thinking": ((440.0, 0.08), (0.0, 0.06), (440.0, 0.08)),
}


@lru_cache
def earcon(name: str) -> bytes:
    """The tone of this name as 16-bit mono sound at `EARCON_RATE`. Raises KeyError."""
    return b"".join(_tone(pitch, seconds) for pitch, seconds in EARCONS[name])


def _tone(pitch: float, seconds: float) -> bytes:
    count = round(seconds * EARCON_RATE)
    time = np.arange(count) / EARCON_RATE
    fade = np.minimum(1.0, np.minimum(time, time[::-1]) / _FADE)
    return pcm_bytes(np.sin(2 * np.pi * pitch * time) * fade * _LEVEL * 32767)
