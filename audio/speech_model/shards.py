"""Speech on disk: utterances with what was said, in numbered files that survive a kill.

One file ``<name>-00012.npz`` holds some dozens of utterances at 16 kHz. It is written under
another name first, so that a file which is there is whole.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from audio.speech_model.phones import Pronunciation

#: The rate of all speech that the model is trained on and hears, in Hz.
SAMPLE_RATE = 16000


@dataclass(frozen=True)
class Utterance:
    """Speech and what is known about it.

    ``spans`` holds (first second, last second, sound) when the source knows the times (espeak-ng
    does), else it is empty and the sounds are aligned before training.
    """

    samples: NDArray[np.int16]
    text: str
    words: tuple[Pronunciation, ...]
    speaker: str
    source: str
    spans: tuple[tuple[float, float, str], ...] = ()

    @property
    def seconds(self) -> float:
        """Return the length in seconds."""
        return len(self.samples) / SAMPLE_RATE


def write(path: Path, utterances: Sequence[Utterance]) -> None:
    """Write a whole file or none."""
    facts = [
        {
            "text": u.text,
            "words": [" ".join(word) for word in u.words],
            "speaker": u.speaker,
            "source": u.source,
            "spans": u.spans,
        }
        for u in utterances
    ]
    lengths = np.array([len(u.samples) for u in utterances], np.int64)
    samples = np.concatenate([u.samples for u in utterances]).astype(np.int16)
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(path.name + ".part.npz")
    np.savez(scratch, samples=samples, lengths=lengths, facts=np.array(json.dumps(facts)))
    scratch.replace(path)


def read(path: Path) -> list[Utterance]:
    """Read one file."""
    with np.load(path) as stored:
        samples, lengths = stored["samples"], stored["lengths"]
        facts = json.loads(str(stored["facts"]))
    ends = np.cumsum(lengths)
    found = []
    for fact, end, length in zip(facts, ends, lengths, strict=True):
        found.append(
            Utterance(
                samples[end - length : end],
                fact["text"],
                tuple(tuple(word.split()) for word in fact["words"]),
                fact["speaker"],
                fact["source"],
                tuple((a, b, sound) for a, b, sound in fact["spans"]),
            )
        )
    return found


def shards(folder: Path, name: str = "*") -> list[Path]:
    """Return the files of a folder in order."""
    return sorted(p for p in folder.glob(f"{name}-*.npz") if not p.name.endswith(".part.npz"))


def read_all(folder: Path, name: str = "*") -> Iterator[Utterance]:
    """Read all utterances of a folder in order."""
    for path in shards(folder, name):
        yield from read(path)
