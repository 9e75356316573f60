"""Trains the acoustic network on speech in shards (needs torch).

The steps, each of which can be killed and started again:

1. :func:`align_shards` finds the sounds in speech that comes without times;
2. :func:`prepare` makes disturbed copies and their features;
3. :func:`fit` trains, writes a checkpoint after every part of an epoch and resumes from it.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audio.errors import CorpusError, TrainingUnavailable
from audio.speech_model import shards
from audio.speech_model.augment import disturb, stretch, surround
from audio.speech_model.disguise import Disguise
from audio.speech_model.features import DIMENSION, FRAME_RATE, SUBSAMPLING, mfcc, normalise
from audio.speech_model.foreign import LABEL_NUMBER, members
from audio.speech_model.phones import PHONES
from audio.speech_model.shards import SAMPLE_RATE, Utterance

Progress = Callable[[str, float], None]

#: Output frames of one training example: 1.8 s.
_EXAMPLE = 60

#: Faster and slower than it was said, by leaving out or repeating frames.
_PACES = (0.85, 1.2)

#: A frame's features stand for the sound at its middle, in seconds after its start.
_FRAME_MIDDLE = 0.0125


def _torch() -> Any:
    try:
        import torch
    except ImportError as error:
        raise TrainingUnavailable(
            "Treningen trenger torch: installer kurv[train], se docs/speech.md."
        ) from error
    return torch


@dataclass(frozen=True)
class Features:
    """Rows of MFCCs and the label of each, of many utterances one after another.

    ``weights`` tells for each utterance how often it is drawn, compared with others.
    """

    rows: NDArray[np.float16]
    labels: NDArray[np.uint8]
    lengths: NDArray[np.int64]
    weights: NDArray[np.float32]


def frame_labels(
    spans: Sequence[tuple[float, float, str]], frames: int, lead: float, factor: float
) -> NDArray[np.uint8]:
    """Return the label number of every frame.

    *spans* are the times in the clean speech, which was then played *factor* times faster and
    given *lead* seconds of silence before it.
    """
    labels = np.zeros(frames, np.uint8)
    for start, end, sound in spans:
        first = round((lead + start / factor - _FRAME_MIDDLE) * FRAME_RATE)
        last = round((lead + end / factor - _FRAME_MIDDLE) * FRAME_RATE)
        labels[max(0, first) : max(0, last)] = LABEL_NUMBER[sound]
    return labels


def prepare(
    sources: Sequence[Path], cache: Path, copies: int, *, progress: Progress | None = None
) -> list[Path]:
    """Make *copies* disturbed versions of each shard's speech and return the feature files.

    Files that are there already are kept. Speech without times is left out.
    """
    cache.mkdir(parents=True, exist_ok=True)
    made: list[Path] = []
    for number, source in enumerate(sources):
        utterances: list[Utterance] | None = None
        for copy in range(copies):
            target = cache / f"{source.stem}-{copy}.npz"
            made.append(target)
            if target.exists():
                continue
            if utterances is None:
                utterances = [u for u in shards.read(source) if u.spans]
            _write_features(target, utterances, f"{source.stem}-{copy}")
        if progress is not None:
            progress(f"lydtrekk: {source.stem}", (number + 1) / len(sources))
    return made


def _write_features(target: Path, utterances: list[Utterance], name: str) -> None:
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    others = [u.samples for u in utterances]
    rows: list[NDArray[np.float16]] = []
    labels: list[NDArray[np.uint8]] = []
    for utterance in utterances:
        factor = float(rng.uniform(0.86, 1.16))
        wave = stretch(utterance.samples, factor)
        lead, tail = (int(rng.uniform(0.05, 0.6) * SAMPLE_RATE) for _ in range(2))
        sound = disturb(surround(wave, lead, tail), rng, others)
        features = mfcc(sound).astype(np.float16)
        rows.append(features)
        labels.append(frame_labels(utterance.spans, len(features), lead / SAMPLE_RATE, factor))
    scratch = target.with_name(target.name + ".part.npz")
    np.savez(
        scratch,
        rows=np.concatenate(rows) if rows else np.zeros((0, DIMENSION), np.float16),
        labels=np.concatenate(labels) if labels else np.zeros(0, np.uint8),
        lengths=np.array([len(row) for row in rows], np.int64),
    )
    scratch.replace(target)


def load_features(paths: Sequence[Path], weights: Sequence[float] | None = None) -> Features:
    """Read feature files, each with its weight (1 if not given); raises CorpusError without any."""
    rows, labels, lengths, shares = [], [], [], []
    for path, weight in zip(paths, weights or [1.0] * len(paths), strict=True):
        with np.load(path) as stored:
            rows.append(stored["rows"])
            labels.append(stored["labels"])
            lengths.append(stored["lengths"])
        shares.append(np.full(len(lengths[-1]), weight, np.float32))
    if not rows or not sum(len(row) for row in rows):
        raise CorpusError("Det er ingen tale å trene på.")
    return Features(
        np.concatenate(rows), np.concatenate(labels), np.concatenate(lengths),
        np.concatenate(shares),
    )  # fmt: skip


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
    return Features(rows, features.labels, features.lengths, features.weights)


@dataclass(frozen=True)
class Plan:
    """How to train."""

    epochs: float = 6.0
    batch: int = 48
    rate: float = 2e-3
    width: int = 512
    narrow: int = 128
    layers: int = 8
    threads: int = 1
    device: str = "cpu"
    checkpoint_seconds: float = 120.0


def fit(
    features: Features,
    held_out: Features | None,
    checkpoint: Path,
    plan: Plan,
    *,
    start_from: Path | None = None,
    resume: bool = True,
    progress: Progress | None = None,
) -> Path:
    """Train on *features* (not normalised; they are normalised in place) and return the checkpoint.

    With *resume*, a checkpoint of an unfinished run goes on where it was; *start_from* begins
    with the weights of another one, which may have fewer layers. Progress tells the held-out
    share of wrong frames.
    """
    torch = _torch()
    from audio.speech_model import network as networks

    torch.manual_seed(1)
    torch.set_num_threads(plan.threads)
    rng = np.random.default_rng(1)
    begun = 0
    stored: dict[str, Any] | None = None
    if resume and checkpoint.exists():
        net, stored = networks.load(str(checkpoint))
        begun = int(stored.get("step", 0))
        mean = np.asarray(stored["mean"])
    elif start_from is not None:
        net, other = networks.load(str(start_from))
        if plan.layers > net.shape.layers:
            net = networks.grow(net, plan.layers)
        mean = np.asarray(other["mean"])
    else:
        net = networks.Network(networks.Shape(plan.width, plan.narrow, plan.layers))
        mean = mean_of(features)
    net.to(plan.device)
    data = normalise_all(features, mean, in_place=True)
    test = normalise_all(held_out, mean) if held_out is not None else None
    table = members()
    examples, chances = _examples(data)
    priors = phone_shares(data, table)
    disguise = Disguise(mean)
    allowed = torch.from_numpy(np.log(np.maximum(table, 1e-30))).to(plan.device)
    steps = max(1, int(plan.epochs * len(examples) / plan.batch))
    optimiser = torch.optim.AdamW(net.parameters(), plan.rate, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, plan.rate, total_steps=steps + 1, pct_start=0.08 if start_from else 0.15
    )
    if stored is not None and "optimiser" in stored:
        optimiser.load_state_dict(stored["optimiser"])
        schedule.load_state_dict(stored["schedule"])

    def keep(step: int, error: float | None) -> None:
        extra = {
            "step": step,
            "steps": steps,
            "mean": mean,
            "priors": priors,
            "phones": PHONES,
            "held_out_error": error,
        }
        if step < steps:
            extra |= {"optimiser": optimiser.state_dict(), "schedule": schedule.state_dict()}
        scratch = checkpoint.with_name(checkpoint.name + ".part")
        networks.save(str(scratch), net, extra)
        scratch.replace(checkpoint)

    kind = torch.device(plan.device).type
    half = _half_is_faster(torch, kind)
    side = net.shape.side
    last_kept = time.monotonic()
    running = 0.0
    net.train()
    for step in range(begun, steps):
        chosen = examples[np.searchsorted(chances, rng.random(plan.batch))]
        x, y = _batch(data, chosen, side, rng)
        change, offset = disguise.draw(len(x), rng)
        inputs = torch.baddbmm(
            torch.from_numpy(offset[:, None]).to(plan.device),
            torch.from_numpy(x).to(plan.device),
            torch.from_numpy(change).to(plan.device),
        )
        inputs = inputs + 0.3 * torch.randn_like(inputs)
        with torch.autocast(kind, dtype=torch.bfloat16, enabled=half):
            found = net(inputs)
        scores = found.float().flatten(0, 1).log_softmax(1)
        # Any sound that the label may be is right.
        label = torch.from_numpy(y).flatten().to(plan.device)
        right = (scores + allowed[label]).logsumexp(1)
        loss = -(0.95 * right + 0.05 * scores.mean(1)).mean()
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 5.0)
        optimiser.step()
        schedule.step()
        running = 0.99 * running + 0.01 * float(loss.detach())
        if time.monotonic() - last_kept > plan.checkpoint_seconds:
            error = frame_error(net, test) if test is not None else None
            keep(step + 1, error)
            last_kept = time.monotonic()
            net.train()
            if progress is not None:
                told = "" if error is None else f", ukjente stemmer: {100 * error:.1f} % feil"
                loss_told = running / (1 - 0.99 ** (step + 1 - begun))
                progress(f"trener: tap {loss_told:.3f}{told}", (step + 1) / steps)
    error = frame_error(net, test) if test is not None else None
    keep(steps, error)
    if progress is not None:
        told = "" if error is None else f": ukjente stemmer {100 * error:.1f} % feil"
        progress(f"trent{told}", 1.0)
    return checkpoint


def _half_is_faster(torch: Any, kind: str) -> bool:
    """Whether the device multiplies 16-bit numbers faster; half the time on processors that do."""
    if kind == "cpu":
        supported = getattr(torch.cpu, "_is_avx512_bf16_supported", None)
        return bool(supported and supported())
    return bool(kind == "cuda" and torch.cuda.is_bf16_supported())


def phone_shares(features: Features, table: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return how common each phone is in what is drawn; an ambiguous label counts for each part."""
    weights = np.repeat(features.weights, features.lengths)[::SUBSAMPLING]
    counts = np.bincount(features.labels[::SUBSAMPLING], weights, minlength=len(table))
    plain = counts[: len(PHONES)]
    shares = table * np.maximum(plain, 1.0)
    shares /= shares.sum(axis=1, keepdims=True)
    phones = counts @ shares
    return np.asarray(phones / phones.sum())


def _examples(features: Features) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return (first row, rows, row where it starts) of the examples, and their chances summed."""
    found: list[tuple[int, int, int]] = []
    weights: list[float] = []
    start = 0
    size = _EXAMPLE * SUBSAMPLING
    for length, weight in zip(features.lengths, features.weights, strict=True):
        for at in range(0, max(1, int(length) - size // 2), size):
            found.append((start, int(length), at))
            weights.append(float(weight))
        start += int(length)
    chances = np.cumsum(np.array(weights, np.float64))
    return np.array(found, np.int64), chances / chances[-1]


def _batch(
    features: Features, chosen: NDArray[np.int64], side: int, rng: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return inputs with context and the labels of the output frames, at another pace."""
    wide = np.arange(-side, SUBSAMPLING * (_EXAMPLE - 1) + 1 + side)
    outputs = np.arange(0, SUBSAMPLING * _EXAMPLE, SUBSAMPLING)
    x = np.empty((len(chosen), len(wide), DIMENSION), np.float32)
    y = np.empty((len(chosen), _EXAMPLE), np.int64)
    for row, (start, length, at) in enumerate(chosen):
        at += int(rng.integers(-30, 31))
        pace = rng.uniform(*_PACES)
        inputs, targets = (
            start + np.clip(at + np.rint(frames * pace), 0, length - 1).astype(int)
            for frames in (wide, outputs)
        )
        x[row] = features.rows[inputs]
        y[row] = features.labels[targets]
        if rng.random() < 0.5:
            # A gap in time: the network must not lean on single frames.
            gap = int(rng.integers(2, 12))
            where = int(rng.integers(0, len(wide) - gap))
            x[row, where : where + gap] = 0
    return x, y


def frame_error(net: Any, features: Features) -> float:
    """Return the share of speech frames (normalised features) whose phone is heard wrong."""
    torch = _torch()
    net.eval()
    table = members()
    wrong = total = 0
    start = 0
    with torch.no_grad():
        for length in features.lengths:
            rows = features.rows[start : start + length].astype(np.float32)
            labels = features.labels[start : start + length][::SUBSAMPLING]
            start += length
            found = scores_of(net, rows)[: len(labels)].argmax(axis=1)
            speech = labels[: len(found)] != 0
            wrong += int((table[labels[: len(found)], found] == 0)[speech].sum())
            total += int(speech.sum())
    return wrong / max(1, total)


def between(scores: NDArray[np.float32], frames: int) -> NDArray[np.float32]:
    """Return scores of every frame, given those of every third one."""
    at = np.minimum(np.arange(frames) / SUBSAMPLING, len(scores) - 1)
    low = np.minimum(at.astype(int), max(0, len(scores) - 2))
    share = (at - low)[:, None].astype(np.float32)
    high = np.minimum(low + 1, len(scores) - 1)
    return np.asarray((1 - share) * scores[low] + share * scores[high])


def scores_of(net: Any, rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return log posteriors for every third frame (rows are normalised)."""
    torch = _torch()
    side = net.shape.side
    count = (len(rows) + SUBSAMPLING - 1) // SUBSAMPLING
    wanted = np.arange(-side, SUBSAMPLING * (count - 1) + 1 + side)
    device = next(net.parameters()).device
    with torch.no_grad():
        x = torch.from_numpy(rows[np.clip(wanted, 0, len(rows) - 1)][None]).to(device)
        found: NDArray[np.float32] = net(x)[0].log_softmax(1).cpu().numpy()
    return found


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
    from audio.speech_model.alignment import CannotAlign, align

    _torch().set_num_threads(1)
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
                shifted = tuple((a + _FRAME_MIDDLE, b + _FRAME_MIDDLE, s) for a, b, s in spans)
                found.append((score, replace(utterance, spans=shifted)))
            found.sort(key=lambda pair: -pair[0])
            kept = found[: max(1, round(len(found) * (1 - worst_share)))]
            if not kept:
                continue
            shards.write(target, [utterance for _, utterance in kept])
        if progress is not None:
            progress(f"finner lydene: {source.stem}", (number + 1) / len(sources))
    return [path for path in made if path.exists()]
