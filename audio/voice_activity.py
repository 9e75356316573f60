"""Whether a frame of 20 ms holds speech (WebRTC's detector behind a level gate)."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import webrtcvad

from audio.frames import samples

FRAME_SECONDS = 0.02
"""The length of a frame that `VoiceActivity` takes."""


class SpeechDetector(Protocol):
    """Tells whether 20 ms of sound hold speech: `VoiceActivity`, or another one."""

    def is_speech(self, frame: bytes) -> bool:
        """Whether this frame is speech."""


class VoiceActivity:
    """Tells speech from silence and steady noise, frame by frame.

    ``strictness`` from 0 (everything may be speech) to 3. Frames quieter than ``floor_dbfs``
    (decibels below full scale) are never speech: WebRTC's detector normalises the level away and
    so takes the hiss of a silent line for a voice now and then.
    """

    def __init__(
        self, sample_rate: int = 16_000, strictness: int = 2, floor_dbfs: float = -55.0
    ) -> None:
        """Prepare for frames of 20 ms at 8, 16, 32 or 48 kHz."""
        self._sample_rate = sample_rate
        self._frame_bytes = round(sample_rate * FRAME_SECONDS) * 2
        self._floor = 32768 * 10 ** (floor_dbfs / 20)
        self._detector = webrtcvad.Vad(strictness)

    def is_speech(self, frame: bytes) -> bool:
        """Whether this frame is speech; a shorter last frame is filled up with silence."""
        wave = samples(frame).astype(np.float32)
        if not len(wave) or float(np.sqrt(np.mean(wave * wave))) < self._floor:
            return False
        padded = frame[: self._frame_bytes].ljust(self._frame_bytes, b"\0")
        return bool(self._detector.is_speech(padded, self._sample_rate))
