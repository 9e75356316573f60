"""Finds the sounds in speech that comes without their times, with a network trained so far."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from audio.speech_model import shards
from audio.speech_model.alignment import CannotAlign, align
from audio.speech_model.examples import FRAME_MIDDLE
from audio.speech_model.features import FRAME_RATE, SUBSAMPLING, mfcc, normalise
from audio.speech_model.foreign import members
from audio.speech_model.shards import Utterance
from audio.speech_model.training import scores_of, torch_module

Progress = Callable[[str, float], None]


def between(scores: NDArray[np.float32], frames: int) -> NDArray[np.float32]:
    """Return scores of every frame, given those of every third one."""
    at = np.minimum(np.arange(frames) / SUBSAMPLING, len(scores) - 1)
    low = np.minimum(at.astype(int), max(0, len(scores) - 2))
    share = (at - low)[:, None].astype(np.float32)
    high = np.minimum(low + 1, len(scores) - 1)
    return np.asarray((1 - share) * scores[low] + share * scores[high])


def label_scores(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the scores of all labels: an ambiguous one is as likely as its likeliest sound."""
    table = members()
    found = [scores[:, table[n] > 0].max(axis=1) for n in range(len(table))]
    return np.stack(found, axis=1)


def align_shards(
    sources: Sequence[Path],
    destination: Path,
    checkpoint: Path,
    *,
    worst_share: float = 0.03,
    progress: Progress | None = None,
) -> list[Path]:
    """Write the speech of *sources* with times into *destination*; return the files.

    The worst *worst_share* of each file, where speech and sounds fit least, is left out.
    """
    from audio.speech_model import network as networks

    torch_module().set_num_threads(1)
    net, stored = networks.load(str(checkpoint))
    net.eval()
    mean = np.asarray(stored["mean"])
    prior = np.log(np.maximum(np.asarray(stored["priors"]), 1e-4))
    made: list[Path] = []
    for number, source in enumerate(sources):
        target = destination / source.name
        made.append(target)
        if not target.exists():
            found: list[tuple[float, Utterance]] = []
            for utterance in shards.read(source):
                rows = normalise(mfcc(utterance.samples), mean)
                if len(rows) < 10:
                    continue
                scores = between(scores_of(net, rows), len(rows))
                try:
                    spans, score = align(
                        label_scores(scores - 0.5 * prior), utterance.words, 1 / FRAME_RATE
                    )
                except CannotAlign:
                    continue
                shifted = tuple((a + FRAME_MIDDLE, b + FRAME_MIDDLE, s) for a, b, s in spans)
                found.append((score, replace(utterance, spans=shifted)))
            found.sort(key=lambda pair: -pair[0])
            kept = found[: max(1, round(len(found) * (1 - worst_share)))]
            if not kept:
                continue
            shards.write(target, [utterance for _, utterance in kept])
        if progress is not None:
            progress(f"finner lydene: {source.stem}", (number + 1) / len(sources))
    return [path for path in made if path.exists()]
