"""All speech in one piece of memory, with the label of every 5 ms."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audio.errors import CorpusError
from audio.speech_model import shards
from audio.speech_model.foreign import LABEL_NUMBER, UNKNOWN
from audio.speech_model.phones import PHONES
from audio.speech_model.shards import SAMPLE_RATE, Utterance

#: Samples that one label stands for.
GRID = 80

#: Zeros between utterances, so that an interpolation may look beyond their ends.
GAP = 32

_ARRAYS = ("waves", "starts", "lengths", "labels", "label_starts", "peaks")
_BELIEFS = ("beliefs", "belief_starts", "belief_counts")


@dataclass(frozen=True)
class Facts:
    """What is known of an utterance beside its sound: ``kind`` is the name of its shards."""

    kind: str
    speaker: str
    text: str
    words: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Pool:
    """Speech as arrays (or tensors, see :meth:`on`): int16 samples, uint8 labels and beliefs.

    ``starts`` and ``lengths`` are in samples; utterance n has its label number at
    ``labels[label_starts[n] + sample // GRID]``. ``beliefs`` are a teacher's rows (see
    :mod:`audio.speech_model.teacher`) in 255ths; ``belief_counts`` is 0 where it said nothing.
    """

    waves: Any
    starts: Any
    lengths: Any
    labels: Any
    label_starts: Any
    peaks: Any
    beliefs: Any
    belief_starts: Any
    belief_counts: Any
    facts: tuple[Facts, ...]

    def on(self, device: str) -> Pool:
        """Return the pool with tensors in the memory of a device."""
        import torch

        moved = {
            name: torch.from_numpy(np.ascontiguousarray(getattr(self, name))).to(device)
            for name in (*_ARRAYS, *_BELIEFS)
        }
        return replace(self, **moved)

    def seconds(self) -> NDArray[np.float64]:
        """Return the length of each utterance."""
        lengths = self.lengths
        numbers = lengths if isinstance(lengths, np.ndarray) else lengths.cpu().numpy()
        return np.asarray(numbers / SAMPLE_RATE, np.float64)

    def save(self, folder: Path) -> None:
        """Write the speech (arrays) to *folder*; beliefs have :func:`save_beliefs`."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in _ARRAYS:
            np.save(folder / f"{name}.npy", getattr(self, name))
        listed = [[f.kind, f.speaker, f.text, [" ".join(w) for w in f.words]] for f in self.facts]
        (folder / "facts.json").write_text(json.dumps(listed), encoding="utf-8")


def load(folder: Path) -> Pool:
    """Read what :meth:`Pool.save` wrote, and the beliefs if they are there."""
    arrays = {name: np.load(folder / f"{name}.npy") for name in _ARRAYS}
    listed = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
    facts = tuple(
        Facts(kind, speaker, text, tuple(tuple(w.split()) for w in words))
        for kind, speaker, text, words in listed
    )
    if (folder / "beliefs.npy").exists():
        believed = {name: np.load(folder / f"{name}.npy") for name in _BELIEFS}
    else:
        believed = _no_beliefs(len(facts))
    return Pool(**arrays, **believed, facts=facts)


def save_beliefs(
    folder: Path, beliefs: NDArray[np.uint8], starts: NDArray[np.int64], counts: NDArray[np.int64]
) -> None:
    """Write a teacher's beliefs about the pool in *folder*."""
    arrays: tuple[NDArray[Any], ...] = (beliefs, starts, counts)
    for name, array in zip(_BELIEFS, arrays, strict=True):
        np.save(folder / f"{name}.npy", array)


def _no_beliefs(count: int) -> dict[str, Any]:
    none = np.zeros((1, len(PHONES)), np.uint8)
    return dict(
        zip(_BELIEFS, (none, np.zeros(count, np.int64), np.zeros(count, np.int64)), strict=True)
    )


def grid_labels(utterance: Utterance) -> NDArray[np.uint8]:
    """Return the label of every GRID samples; without spans nothing is known."""
    count = max(1, -(-len(utterance.samples) // GRID))
    if not utterance.spans:
        return np.full(count, LABEL_NUMBER[UNKNOWN], np.uint8)
    labels = np.zeros(count, np.uint8)
    rate = SAMPLE_RATE / GRID
    for start, end, sound in utterance.spans:
        labels[max(0, round(start * rate)) : max(0, round(end * rate))] = LABEL_NUMBER[sound]
    return labels


def kind_of(path: Path) -> str:
    """Return the name of a shard without its number: "kokoro-train-1", "people-nb"."""
    return re.sub(r"-\d+$", "", path.stem)


def _read(path: Path) -> tuple[NDArray[np.int16], NDArray[np.uint8], list[Any]]:
    waves: list[NDArray[np.int16]] = []
    labels: list[NDArray[np.uint8]] = []
    known: list[Any] = []
    gap = np.zeros(GAP, np.int16)
    for utterance in shards.read(path):
        grid = grid_labels(utterance)
        samples = utterance.samples
        waves += [samples, gap]
        labels.append(grid)
        facts = Facts(kind_of(path), utterance.speaker, utterance.text, utterance.words)
        peak = int(np.abs(samples.astype(np.int32)).max()) if len(samples) else 0
        known.append((len(samples), len(grid), peak, facts))
    if not known:
        return np.zeros(0, np.int16), np.zeros(0, np.uint8), known
    return np.concatenate(waves), np.concatenate(labels), known


def read_pool(paths: Sequence[Path], workers: int = 1) -> Pool:
    """Read shards, *workers* at a time; raises CorpusError when there is no speech in them."""
    if workers > 1:
        with ProcessPoolExecutor(workers) as pool:
            parts = list(pool.map(_read, paths, chunksize=max(1, len(paths) // (8 * workers))))
    else:
        parts = [_read(path) for path in paths]
    known = [each for part in parts for each in part[2]]
    if not known:
        raise CorpusError("Det er ingen tale å trene på.")
    lengths = np.array([each[0] for each in known], np.int64)
    grids = np.array([each[1] for each in known], np.int64)
    facts = tuple(each[3] for each in known)
    return Pool(
        waves=np.concatenate([np.zeros(GAP, np.int16), *(part[0] for part in parts)]),
        starts=GAP + np.cumsum(lengths + GAP) - lengths - GAP,
        lengths=lengths,
        labels=np.concatenate([part[1] for part in parts]),
        label_starts=np.cumsum(grids) - grids,
        peaks=np.array([each[2] for each in known], np.float32),
        **_no_beliefs(len(facts)),
        facts=facts,
    )
