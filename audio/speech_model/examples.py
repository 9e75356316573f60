"""What a network is trained on: disturbed copies of speech as features, a label for every frame."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from audio.errors import CorpusError
from audio.speech_model import shards
from audio.speech_model.augment import disturb, stretch, surround
from audio.speech_model.features import DIMENSION, FRAME_RATE, SUBSAMPLING, mfcc, normalise
from audio.speech_model.foreign import LABEL_NUMBER
from audio.speech_model.phones import PHONES
from audio.speech_model.shards import SAMPLE_RATE, Utterance
from audio.speech_model.teacher import beliefs_at, read_rows

Progress = Callable[[str, float], None]

#: Output frames of one training example: 1.8 s.
EXAMPLE = 60

#: Faster and slower than it was said, by leaving out or repeating frames.
_PACES = (0.85, 1.2)

#: A frame's features stand for the sound at its middle, in seconds after its start.
FRAME_MIDDLE = 0.0125


@dataclass(frozen=True)
class Features:
    """Rows of MFCCs and the label of each, of many utterances one after another.

    ``weights`` tells for each utterance how often it is drawn, compared with others. ``beliefs``
    are a teacher's, for each row and sound in 255ths; rows of zeros where it said nothing.
    """

    rows: NDArray[np.float16]
    labels: NDArray[np.uint8]
    lengths: NDArray[np.int64]
    weights: NDArray[np.float32]
    beliefs: NDArray[np.uint8]


def frame_labels(
    spans: Sequence[tuple[float, float, str]], frames: int, lead: float, factor: float
) -> NDArray[np.uint8]:
    """Return the label number of every frame.

    *spans* are the times in the clean speech, which was then played *factor* times faster and
    given *lead* seconds of silence before it.
    """
    labels = np.zeros(frames, np.uint8)
    for start, end, sound in spans:
        first = round((lead + start / factor - FRAME_MIDDLE) * FRAME_RATE)
        last = round((lead + end / factor - FRAME_MIDDLE) * FRAME_RATE)
        labels[max(0, first) : max(0, last)] = LABEL_NUMBER[sound]
    return labels


def prepare(
    sources: Sequence[Path],
    cache: Path,
    copies: int,
    *,
    beliefs: Path | None = None,
    progress: Progress | None = None,
) -> list[Path]:
    """Make *copies* disturbed versions of each shard's speech and return the feature files.

    Files that are there already are kept. Speech without times is left out. *beliefs* is the
    folder of what a teacher believes about shards, see :mod:`audio.speech_model.teaching`.
    """
    cache.mkdir(parents=True, exist_ok=True)
    made: list[Path] = []
    for number, source in enumerate(sources):
        utterances: list[tuple[Utterance, NDArray[np.uint8]]] | None = None
        for copy in range(copies):
            target = cache / f"{source.stem}-{copy}.npz"
            made.append(target)
            if target.exists():
                continue
            if utterances is None:
                utterances = _with_beliefs(source, beliefs)
            _write_features(target, utterances, f"{source.stem}-{copy}")
        if progress is not None:
            progress(f"lydtrekk: {source.stem}", (number + 1) / len(sources))
    return made


def _with_beliefs(source: Path, folder: Path | None) -> list[tuple[Utterance, NDArray[np.uint8]]]:
    """Return the utterances that have times, each with a teacher's beliefs or none."""
    utterances = shards.read(source)
    none = np.zeros((0, len(PHONES)), np.uint8)
    beliefs = [none] * len(utterances)
    if folder is not None and (folder / source.name).exists():
        beliefs = read_rows(folder / source.name)
    return [pair for pair in zip(utterances, beliefs, strict=True) if pair[0].spans]


def _write_features(
    target: Path, utterances: list[tuple[Utterance, NDArray[np.uint8]]], name: str
) -> None:
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    others = [u.samples for u, _ in utterances]
    rows: list[NDArray[np.float16]] = []
    labels: list[NDArray[np.uint8]] = []
    believed: list[NDArray[np.uint8]] = []
    for utterance, beliefs in utterances:
        factor = float(rng.uniform(0.86, 1.16))
        wave = stretch(utterance.samples, factor)
        lead, tail = (int(rng.uniform(0.05, 0.6) * SAMPLE_RATE) for _ in range(2))
        sound = disturb(surround(wave, lead, tail), rng, others)
        features = mfcc(sound).astype(np.float16)
        rows.append(features)
        before = lead / SAMPLE_RATE
        labels.append(frame_labels(utterance.spans, len(features), before, factor))
        middles = np.arange(len(features)) / FRAME_RATE + FRAME_MIDDLE
        believed.append(beliefs_at(beliefs, (middles - before) * factor))
    scratch = target.with_name(target.name + ".part.npz")
    np.savez(
        scratch,
        rows=np.concatenate(rows) if rows else np.zeros((0, DIMENSION), np.float16),
        labels=np.concatenate(labels) if labels else np.zeros(0, np.uint8),
        lengths=np.array([len(row) for row in rows], np.int64),
        **({"beliefs": np.concatenate(believed)} if any(len(b) for _, b in utterances) else {}),
    )
    scratch.replace(target)


def load_features(paths: Sequence[Path], weights: Sequence[float] | None = None) -> Features:
    """Read feature files, each with its weight (1 if not given); raises CorpusError without any."""
    rows, labels, lengths, shares, beliefs = [], [], [], [], []
    for path, weight in zip(paths, weights or [1.0] * len(paths), strict=True):
        with np.load(path) as stored:
            rows.append(stored["rows"])
            labels.append(stored["labels"])
            lengths.append(stored["lengths"])
            none = np.zeros((len(rows[-1]), len(PHONES)), np.uint8)
            beliefs.append(stored.get("beliefs", none))
        shares.append(np.full(len(lengths[-1]), weight, np.float32))
    if not rows or not sum(len(row) for row in rows):
        raise CorpusError("Det er ingen tale å trene på.")
    return Features(
        np.concatenate(rows), np.concatenate(labels), np.concatenate(lengths),
        np.concatenate(shares), np.concatenate(beliefs),
    )  # fmt: skip


def foreign(features: Features) -> NDArray[np.bool_]:
    """Return for each utterance whether it has a sound that may be several of ours."""
    ambiguous = np.concatenate([[0], np.cumsum(features.labels >= len(PHONES))])
    ends = np.cumsum(features.lengths)
    return np.asarray(ambiguous[ends] > ambiguous[ends - features.lengths])


def mean_of(features: Features) -> NDArray[np.float64]:
    """Return the mean row, which stands in for a speaker's own until enough was heard."""
    return np.asarray(
        features.rows[:: max(1, len(features.rows) // 500_000)].mean(axis=0, dtype=np.float64)
    )


def normalise_all(
    features: Features, mean: NDArray[np.float64], *, in_place: bool = False
) -> Features:
    """Return the features after online CMVN, utterance by utterance.

    *in_place* overwrites the rows: hundreds of hours are many gigabytes.
    """
    rows = features.rows if in_place else np.empty_like(features.rows)
    start = 0
    for length in features.lengths:
        rows[start : start + length] = normalise(features.rows[start : start + length], mean)
        start += length
    return replace(features, rows=rows)


def phone_shares(features: Features, table: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return how common each phone is in what is drawn; an ambiguous label counts for each part."""
    weights = np.repeat(features.weights, features.lengths)[::SUBSAMPLING]
    counts = np.bincount(features.labels[::SUBSAMPLING], weights, minlength=len(table))
    plain = counts[: len(PHONES)]
    shares = table * np.maximum(plain, 1.0)
    shares /= shares.sum(axis=1, keepdims=True)
    phones = counts @ shares
    return np.asarray(phones / phones.sum())


def cut(features: Features) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return (first row, rows, row where it starts) of the examples, and their chances summed."""
    found: list[tuple[int, int, int]] = []
    weights: list[float] = []
    start = 0
    size = EXAMPLE * SUBSAMPLING
    for length, weight in zip(features.lengths, features.weights, strict=True):
        for at in range(0, max(1, int(length) - size // 2), size):
            found.append((start, int(length), at))
            weights.append(float(weight))
        start += int(length)
    chances = np.cumsum(np.array(weights, np.float64))
    return np.array(found, np.int64), chances / chances[-1]


def batch(
    features: Features, chosen: NDArray[np.int64], side: int, rng: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.uint8]]:
    """Return inputs with context, labels and beliefs of the output frames, at another pace."""
    wide = np.arange(-side, SUBSAMPLING * (EXAMPLE - 1) + 1 + side)
    outputs = np.arange(0, SUBSAMPLING * EXAMPLE, SUBSAMPLING)
    x = np.empty((len(chosen), len(wide), DIMENSION), np.float32)
    y = np.empty((len(chosen), EXAMPLE), np.int64)
    believed = np.empty((len(chosen), EXAMPLE, features.beliefs.shape[1]), np.uint8)
    for row, (start, length, at) in enumerate(chosen):
        at += int(rng.integers(-30, 31))
        pace = rng.uniform(*_PACES)
        inputs, targets = (
            start + np.clip(at + np.rint(frames * pace), 0, length - 1).astype(int)
            for frames in (wide, outputs)
        )
        x[row] = features.rows[inputs]
        y[row] = features.labels[targets]
        believed[row] = features.beliefs[targets]
        if rng.random() < 0.3:
            # A gap in time: the network must not lean on single frames.
            gap = int(rng.integers(2, 12))
            where = int(rng.integers(0, len(wide) - gap))
            x[row, where : where + gap] = 0
    return x, y, believed
