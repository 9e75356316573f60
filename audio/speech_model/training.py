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
from audio.speech_model.features import DIMENSION, FRAME_RATE, SUBSAMPLING, mfcc, normalise
from audio.speech_model.phones import PHONE_NUMBER, PHONES
from audio.speech_model.shards import SAMPLE_RATE, Utterance

Progress = Callable[[str, float], None]

#: Output frames of one training example: 1.8 s.
_EXAMPLE = 60

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
    """Rows of MFCCs and the phone of each, of many utterances one after another."""

    rows: NDArray[np.float16]
    labels: NDArray[np.uint8]
    lengths: NDArray[np.int64]


def frame_labels(
    spans: Sequence[tuple[float, float, str]], frames: int, lead: float, factor: float
) -> NDArray[np.uint8]:
    """Return the phone number of every frame.

    *spans* are the times in the clean speech, which was then played *factor* times faster and
    given *lead* seconds of silence before it.
    """
    labels = np.zeros(frames, np.uint8)
    for start, end, sound in spans:
        first = round((lead + start / factor - _FRAME_MIDDLE) * FRAME_RATE)
        last = round((lead + end / factor - _FRAME_MIDDLE) * FRAME_RATE)
        labels[max(0, first) : max(0, last)] = PHONE_NUMBER[sound]
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


def load_features(paths: Sequence[Path]) -> Features:
    """Read feature files; raises CorpusError when they hold nothing."""
    rows, labels, lengths = [], [], []
    for path in paths:
        with np.load(path) as stored:
            rows.append(stored["rows"])
            labels.append(stored["labels"])
            lengths.append(stored["lengths"])
    if not rows or not sum(len(row) for row in rows):
        raise CorpusError("Det er ingen tale å trene på.")
    return Features(np.concatenate(rows), np.concatenate(labels), np.concatenate(lengths))


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
    return Features(rows, features.labels, features.lengths)


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
    priors = np.bincount(data.labels[::SUBSAMPLING], minlength=len(PHONES)).astype(np.float64)
    priors /= priors.sum()
    examples = _examples(data)
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

    side = net.shape.side
    order = rng.permutation(len(examples))
    last_kept = time.monotonic()
    running = 0.0
    net.train()
    for step in range(begun, steps):
        at = step * plan.batch % len(order)
        if at < plan.batch:
            order = rng.permutation(len(examples))
        chosen = examples[np.take(order, range(at, at + plan.batch), mode="wrap")]
        x, y = _batch(data, chosen, side, rng)
        scores = net(torch.from_numpy(x).to(plan.device))
        loss = torch.nn.functional.cross_entropy(
            scores.flatten(0, 1),
            torch.from_numpy(y).flatten().to(plan.device),
            label_smoothing=0.05,
        )
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


def _examples(features: Features) -> NDArray[np.int64]:
    """Return (first row, rows) of the utterance and the row at which an example starts."""
    found: list[tuple[int, int, int]] = []
    start = 0
    size = _EXAMPLE * SUBSAMPLING
    for length in features.lengths:
        for at in range(0, max(1, int(length) - size // 2), size):
            found.append((start, int(length), at))
        start += int(length)
    return np.array(found, np.int64)


def _batch(
    features: Features, chosen: NDArray[np.int64], side: int, rng: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return inputs with context and the phones of the output frames."""
    wide = np.arange(-side, SUBSAMPLING * (_EXAMPLE - 1) + 1 + side)
    outputs = np.arange(0, SUBSAMPLING * _EXAMPLE, SUBSAMPLING)
    x = np.empty((len(chosen), len(wide), DIMENSION), np.float32)
    y = np.empty((len(chosen), _EXAMPLE), np.int64)
    for row, (start, length, at) in enumerate(chosen):
        at += int(rng.integers(-30, 31))
        x[row] = features.rows[start + np.clip(at + wide, 0, length - 1)]
        y[row] = features.labels[start + np.clip(at + outputs, 0, length - 1)]
        if rng.random() < 0.5:
            # A gap in time: the network must not lean on single frames.
            gap = int(rng.integers(2, 12))
            where = int(rng.integers(0, len(wide) - gap))
            x[row, where : where + gap] = 0
    x += 0.3 * rng.standard_normal(x.shape, dtype=np.float32)
    return x, y


def frame_error(net: Any, features: Features) -> float:
    """Return the share of speech frames (normalised features) whose phone is heard wrong."""
    torch = _torch()
    net.eval()
    wrong = total = 0
    start = 0
    with torch.no_grad():
        for length in features.lengths:
            rows = features.rows[start : start + length].astype(np.float32)
            labels = features.labels[start : start + length][::SUBSAMPLING]
            start += length
            found = scores_of(net, rows)[: len(labels)].argmax(axis=1)
            speech = labels[: len(found)] != 0
            wrong += int((found != labels[: len(found)])[speech].sum())
            total += int(speech.sum())
    return wrong / max(1, total)


def scores_of(net: Any, rows: NDArray[np.float32], shift: int = 0) -> NDArray[np.float32]:
    """Return log posteriors for every third frame from *shift* on (rows are normalised)."""
    torch = _torch()
    side = net.shape.side
    count = (len(rows) - shift + SUBSAMPLING - 1) // SUBSAMPLING
    wanted = np.arange(shift - side, shift + SUBSAMPLING * (count - 1) + 1 + side)
    device = next(net.parameters()).device
    with torch.no_grad():
        x = torch.from_numpy(rows[np.clip(wanted, 0, len(rows) - 1)][None]).to(device)
        found: NDArray[np.float32] = net(x)[0].log_softmax(1).cpu().numpy()
    return found


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
                scores = np.empty((len(rows), len(PHONES)), np.float32)
                for shift in range(SUBSAMPLING):
                    part = scores_of(net, rows, shift)
                    scores[shift::SUBSAMPLING] = part[: len(scores[shift::SUBSAMPLING])]
                try:
                    spans, score = align(scores - 0.5 * prior, utterance.words, 1 / FRAME_RATE)
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
