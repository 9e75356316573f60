"""Trains the acoustic network on features and labels (needs torch).

:func:`fit` writes a checkpoint every now and then and goes on from it after a kill.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audio.errors import TrainingUnavailable
from audio.speech_model.disguise import Disguise
from audio.speech_model.examples import (
    Features,
    batch,
    cut,
    mean_of,
    normalise_all,
    phone_shares,
)
from audio.speech_model.features import SUBSAMPLING
from audio.speech_model.foreign import members
from audio.speech_model.phones import PHONES

Progress = Callable[[str, float], None]

#: A label whose sounds a teacher gives less than this together is doubted.
_DOUBTED = 0.02


def torch_module() -> Any:
    try:
        import torch
    except ImportError as error:
        raise TrainingUnavailable(
            "Treningen trenger torch: installer kurv[train], se docs/speech.md."
        ) from error
    return torch


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
    torch = torch_module()
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
    teacher = None
    if start_from is not None:
        teacher = networks.load(str(start_from))[0].to(plan.device).eval().requires_grad_(False)
    net.to(plan.device)
    data = normalise_all(features, mean, in_place=True)
    test = normalise_all(held_out, mean) if held_out is not None else None
    table = members()
    examples, chances = cut(data)
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
        x, y, believed = batch(data, chosen, side, rng)
        change, offset = disguise.draw(len(x), rng)
        inputs = torch.baddbmm(
            torch.from_numpy(offset[:, None]).to(plan.device),
            torch.from_numpy(x).to(plan.device),
            torch.from_numpy(change).to(plan.device),
        )
        inputs = inputs + 0.3 * torch.randn_like(inputs)
        with torch.autocast(kind, dtype=torch.bfloat16, enabled=half):
            found = net(inputs)
            split = found.detach() if teacher is None else _told(torch, teacher, x, side)
        scores = found.float().flatten(0, 1).log_softmax(1)
        # Which of the sounds that an ambiguous label may be is for the network to say that we began
        # with: left to itself, the new one would unlearn those that it finds less likely.
        label = torch.from_numpy(y).flatten().to(plan.device)
        wanted = (split.float().flatten(0, 1) + allowed[label]).softmax(1)
        wanted = taught(torch, wanted, torch.from_numpy(believed).to(plan.device), allowed[label])
        loss = -(0.95 * (wanted * scores).sum(1) + 0.05 * scores.mean(1)).mean()
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


def _told(torch: Any, teacher: Any, x: NDArray[np.float32], side: int) -> Any:
    """Return what a network that needs less context says of these frames, *side* to each side."""
    spare = side - teacher.shape.side
    seen = x[:, spare : x.shape[1] - spare]
    return teacher(torch.from_numpy(seen).to(next(teacher.parameters()).device))


def taught(torch: Any, wanted: Any, believed: Any, allowed: Any) -> Any:
    """Return what is wanted of each frame when a teacher has its say, else *wanted*.

    Half of it is the teacher's belief as it is, half its belief among the sounds that the label
    allows; where it believes in none of these, the label is wrong more often than the teacher.
    """
    belief = believed.flatten(0, 1).float()
    belief = belief / belief.sum(1, keepdim=True).clamp_min(1.0)
    within = belief * allowed.exp()
    share = within.sum(1, keepdim=True)
    agreed = torch.where(share > _DOUBTED, within / share.clamp_min(_DOUBTED), wanted)
    trust = torch.where(share > _DOUBTED, 0.5, 0.25)
    mixed = trust * agreed + (1 - trust) * belief
    return torch.where(belief.sum(1, keepdim=True) > 0, mixed, wanted)


def _half_is_faster(torch: Any, kind: str) -> bool:
    """Whether the device multiplies 16-bit numbers faster; half the time on processors that do."""
    if kind == "cpu":
        supported = getattr(torch.cpu, "_is_avx512_bf16_supported", None)
        return bool(supported and supported())
    return bool(kind == "cuda" and torch.cuda.is_bf16_supported())


def frame_error(net: Any, features: Features) -> float:
    """Return the share of speech frames (normalised features) whose phone is heard wrong."""
    torch = torch_module()
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


def scores_of(net: Any, rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return log posteriors for every third frame (rows are normalised)."""
    torch = torch_module()
    side = net.shape.side
    count = (len(rows) + SUBSAMPLING - 1) // SUBSAMPLING
    wanted = np.arange(-side, SUBSAMPLING * (count - 1) + 1 + side)
    device = next(net.parameters()).device
    with torch.no_grad():
        x = torch.from_numpy(rows[np.clip(wanted, 0, len(rows) - 1)][None]).to(device)
        found: NDArray[np.float32] = net(x)[0].log_softmax(1).cpu().numpy()
    return found
