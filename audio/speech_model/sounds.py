"""Sound files of any kind as the 16 kHz samples that everything here works with."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import soxr
from numpy.typing import NDArray

from audio.errors import UnreadableAudio
from audio.speech_model.shards import SAMPLE_RATE


def read_sound(
    path: Path, start: float | None = None, end: float | None = None
) -> NDArray[np.int16]:
    """Return a sound file, or its part from second *start* to *end*, as 16 kHz mono samples.

    WAV files need nothing else; other kinds need soundfile (kurv[train]). Raises UnreadableAudio.
    """
    try:
        with wave.open(str(path), "rb") as stream:
            if stream.getsampwidth() == 2:
                first, last = _span(start, end, stream.getframerate(), stream.getnframes())
                stream.setpos(first)
                found = np.frombuffer(stream.readframes(last - first), "<i2")
                mono = found.reshape(-1, stream.getnchannels()).astype(np.float64).mean(axis=1)
                return _fitted(mono, stream.getframerate())
    except (wave.Error, EOFError, OSError):
        pass
    try:
        import soundfile

        facts = soundfile.info(str(path))
        first, last = _span(start, end, facts.samplerate, facts.frames)
        content, rate = soundfile.read(
            str(path), dtype="float64", always_2d=True, start=first, stop=last
        )
    except ImportError as error:
        raise UnreadableAudio(
            f"{path} er ikke en WAV-fil; andre formater krever soundfile (kurv[train])."
        ) from error
    except (OSError, RuntimeError) as error:
        raise UnreadableAudio(f"Lydfilen {path} kan ikke leses.") from error
    return _fitted(content.mean(axis=1) * 32767, int(rate))


def _span(start: float | None, end: float | None, rate: int, frames: int) -> tuple[int, int]:
    """The first frame and the one after the last, both within the file."""
    first = min(round((start or 0.0) * rate), frames)
    last = frames if end is None else min(round(end * rate), frames)
    return first, max(first, last)


def _fitted(mono: NDArray[np.float64], rate: int) -> NDArray[np.int16]:
    wide = mono if rate == SAMPLE_RATE else soxr.resample(mono, rate, SAMPLE_RATE)
    return np.clip(np.rint(wide), -32768, 32767).astype(np.int16)
