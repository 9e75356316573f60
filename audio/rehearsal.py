"""Spoken utterances made on this machine: for the demonstration order, tests and benchmarks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from audio.frames import resample
from audio.synthesizer import EspeakSynthesizer, Voice
from audio.wavefile import SAMPLE_RATE, write_wave

_SILENCE = 0.4
"""Seconds before and after what is said, as in a recording made by hand."""


def make_utterances(
    texts: Sequence[str], folder: Path, voice: Voice | None = None, rate: float = 1.0
) -> list[Path]:
    """Say each text into a WAV file of its own (16 kHz) and return the files in the same order.

    ``voice`` should be one that the speech model was not trained on. The folder is made when it
    is not there. Raises AudioError when the voice does not work.
    """
    folder.mkdir(parents=True, exist_ok=True)
    silence = bytes(2 * round(_SILENCE * SAMPLE_RATE))
    files = []
    with EspeakSynthesizer(voice) as synthesizer:
        for number, text in enumerate(texts, start=1):
            sound = resample(synthesizer.speak(text, rate), synthesizer.sample_rate, SAMPLE_RATE)
            file = folder / f"utterance-{number:02}.wav"
            write_wave(file, silence + sound + silence, SAMPLE_RATE)
            files.append(file)
    return files
