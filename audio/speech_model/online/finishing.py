"""The last step of the recipe on a graphics card: teacher and final network, from shards."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from audio.errors import CorpusError
from audio.speech_model.features import FRAME_RATE
from audio.speech_model.network import Shape
from audio.speech_model.online import lessons
from audio.speech_model.online import pool as pools
from audio.speech_model.online.fitting import Course, fit
from audio.speech_model.online.hearing import weights
from audio.speech_model.online.judging import Judge, Question
from audio.speech_model.online.listener import Listener, read_weights
from audio.speech_model.online.pool import Pool

Progress = Callable[[str, float], None]

#: Steps in which the teacher's head is learned: a minute of a large card.
_LESSONS = 2000

#: How much labels count beside the teacher: synthesisers tell theirs exactly.
_TRUST = {"espeak": 0.95, "kokoro": 0.7, "people": 0.5, "foreign": 0.5, "unknown": 0.01}

#: The last stretch of training, in which whole sequences of sounds are learned.
_SEQUENCES = 0.25

#: With hundreds of hours, make it wider.
_SHAPE = Shape(width=384, narrow=128, layers=9)

#: Questions are asked about so many utterances of a kind.
_ASKED = 200


def finish(
    sources: Sequence[Path],
    held_out: Sequence[Path],
    checkpoint: Path,
    *,
    kind_weights: Mapping[str, tuple[float, float]],
    teacher: Path | None = None,
    epochs: float = 4.0,
    device: str = "cuda",
    lessons_steps: int = _LESSONS,
    shape: Shape = _SHAPE,
    progress: Progress | None = None,
) -> Path:
    """Train the final network on shards whose sounds have times; return the checkpoint.

    *kind_weights* is :data:`audio.speech_model.recipe.WEIGHTS`. What a *teacher* (a Whisper model)
    believes is kept beside the checkpoint. *held_out* shards only tell the error. *shape* is
    the network's.

    Raises CorpusError without speech or when the teacher is no model.
    """
    device_pool = pools.read_pool([*sources, *held_out])
    kinds = [*_kinds(sources), *("test" for path in held_out for _ in range(_count(path)))]
    facts = [replace(f, kind=kind) for f, kind in zip(device_pool.facts, kinds, strict=True)]
    known = lessons.plain(device_pool.on("cpu"))
    for number, fact in enumerate(facts):
        if fact.kind == "people" and not known[number]:
            facts[number] = replace(fact, kind="foreign")
    pool = replace(device_pool, facts=tuple(facts)).on(device)
    shares = _shares(pool, kind_weights)
    if not shares:
        raise CorpusError("Det er ingen tale å trene på.")
    if teacher is not None:
        pool = _taught(pool, teacher, checkpoint.parent, shares, lessons_steps, progress)
    seconds = sum(s for s, f in zip(pool.seconds(), facts, strict=True) if f.kind in shares)
    course = Course(
        shares=shares, trust=_TRUST, sequences=_SEQUENCES,
        width=shape.width, narrow=shape.narrow, layers=shape.layers,
    )  # fmt: skip
    steps = max(1.0, epochs * seconds * FRAME_RATE / course.frames_a_step)
    asked = [n for n, fact in enumerate(facts) if fact.kind == "test"][:_ASKED]
    judge = Judge(pool, [Question("ukjente stemmer", tuple(asked))]) if asked else None
    return fit(pool, replace(course, steps=steps), checkpoint, judge=judge, progress=progress)


def _kinds(sources: Sequence[Path]) -> list[str]:
    kinds: list[str] = []
    for path in sources:
        named = (name for name in ("espeak", "kokoro", "unknown") if path.name.startswith(name))
        kinds += [next(named, "people")] * _count(path)
    return kinds


def _count(path: Path) -> int:
    with np.load(path) as stored:
        return len(stored["lengths"])


def _shares(pool: Pool, kind_weights: Mapping[str, tuple[float, float]]) -> dict[str, float]:
    """Return the share of each kind: its hours by how often each counts, see the recipe."""
    hours: dict[str, float] = {}
    for fact, seconds in zip(pool.facts, pool.seconds(), strict=True):
        if fact.kind != "test":
            hours[fact.kind] = hours.get(fact.kind, 0.0) + float(seconds) / 3600
    found = {}
    for kind, amount in hours.items():
        factor, most = kind_weights.get(kind, (1.0, 1e9))
        found[kind] = amount * max(1.0, min(factor, most / max(amount, 1e-9)))
    total = sum(found.values())
    return {kind: share / total for kind, share in found.items() if share > 0}


def _taught(
    pool: Pool,
    teacher: Path,
    folder: Path,
    shares: Mapping[str, float],
    steps: int,
    progress: Progress | None,
) -> Pool:
    """Return the pool with a teacher's beliefs; its head and the beliefs are kept in *folder*."""
    device = str(pool.waves.device)
    listener = Listener(read_weights(teacher / "model.bin")).to(device).eval()
    kept = folder / "head.pt"
    if kept.exists():
        head = lessons.Head(listener.width, listener.layers).to(device)
        head.load_state_dict(torch.load(kept, map_location=device, weights_only=True))
        head.eval()
    else:
        head = lessons.learn(pool, listener, weights(pool, shares), steps=steps, progress=progress)
        torch.save(head.state_dict(), kept)
    beliefs, starts, counts = (
        torch.from_numpy(array).to(device) for array in lessons.believe(pool, listener, head)
    )
    return replace(pool, beliefs=beliefs, belief_starts=starts, belief_counts=counts)
