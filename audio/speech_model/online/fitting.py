"""Trains the network on a graphics card, if wanted against the clock: minutes, not epochs."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from audio.speech_model import network as networks
from audio.speech_model.export import DECODER, LEAST_PRIOR, PRIOR_POWER
from audio.speech_model.features import DIMENSION
from audio.speech_model.online.budget import Budget
from audio.speech_model.online.cepstra import Cepstra, to_mfcc, without_mean
from audio.speech_model.online.disturbing import disturb
from audio.speech_model.online.hearing import Hearing, Streams, shares_of, weights
from audio.speech_model.online.pool import Pool
from audio.speech_model.online.sequences import bigram, near, sequence_loss
from audio.speech_model.online.wanted import label_table, mixed, targets
from audio.speech_model.phones import PHONES

Progress = Callable[[str, float], None]
#: Given a network, the mean and the priors; returns figures, of which "error" decides.
Judge = Callable[[networks.Network, Tensor, Tensor], Mapping[str, float]]

_SMOOTHING = 0.05
_WARPS = (0.88, 1.14)
_SHARE_WARPED = 0.6
_SHARE_MASKED = 0.2
_WIDEST_MASK = 8
_SHARE_GAPPED = 0.3
_LONGEST_GAP = 14
#: Beside the sequences, the labels hold the network where it is.
_LABELS_BESIDE = 0.15
_SEQUENCE_RATE = 0.12


@dataclass(frozen=True)
class Course:
    """How to train: *seconds*, or *steps*, on what *shares* draws of each kind of speech.

    *trust* tells by kind how much labels count beside the teacher's beliefs; *sequences* is the
    share of the time at the end in which whole sequences of sounds are learned.
    """

    shares: Mapping[str, float]
    seconds: float = math.inf
    steps: float = math.inf
    trust: Mapping[str, float] = field(default_factory=dict)
    width: int = 384
    narrow: int = 128
    layers: int = 9
    rate: float = 2.5e-3
    sequences: float = 0.0
    frames_a_step: int = 60_000
    seed: int = 1
    judge_seconds: float = 45.0
    graphs: bool = False


def fit(
    pool: Pool,
    course: Course,
    checkpoint: Path,
    *,
    start_from: Path | None = None,
    judge: Judge | None = None,
    progress: Progress | None = None,
) -> Path:
    """Train on *pool* (tensors, on the device to train on) and return the checkpoint.

    *start_from* begins with the weights of another checkpoint, whose shape is kept. Every now and
    then the mean of the latest weights is judged and kept as the checkpoint; at the end, the last
    weights themselves if they are better. What was learned before sequences are is kept as well,
    as ``NAME.labels.pt``.
    """
    trainer = _Trainer(pool, course, start_from)
    return trainer.run(checkpoint, judge, progress)


class _Trainer:
    def __init__(self, pool: Pool, course: Course, start_from: Path | None) -> None:
        torch.manual_seed(course.seed)
        self.pool, self.course = pool, course
        self.device = pool.waves.device
        self.rng = np.random.default_rng(course.seed)
        self.hearing = Hearing(pool, weights(pool, course.shares), course.frames_a_step)
        self.cepstra = Cepstra(self.device)
        self.to_mfcc = to_mfcc(self.device)
        self.to_mel = torch.linalg.inv(to_mfcc()).to(self.device)
        self.table = label_table(self.device)
        trust = [shares_of(facts.kind, course.trust)[1] or 0.5 for facts in pool.facts]
        self.trust = torch.tensor(trust, device=self.device)
        if start_from is not None:
            self.net, stored = networks.load(str(start_from))
            self.mean = torch.from_numpy(np.asarray(stored["mean"])).float().to(self.device)
        else:
            shape = networks.Shape(course.width, course.narrow, course.layers)
            self.net = networks.Network(shape)
            self.mean = self._mean()
        self.net.to(self.device).train()
        self.averaged = copy.deepcopy(self.net).requires_grad_(False)
        self.counts = torch.ones(len(PHONES), device=self.device)
        self.running = torch.zeros((), device=self.device)
        self.follows: Tensor | None = None
        self.log_prior = torch.zeros(len(PHONES), device=self.device)
        self.graphs: dict[tuple[int, bool], Any] = {}
        # Graphs take turns, so that they may use the same memory.
        self.graph_pool = torch.cuda.graph_pool_handle() if course.graphs else None

    @torch.no_grad()
    def _mean(self) -> Tensor:
        """Return the mean row of the speech as it will be heard."""
        total, count = torch.zeros(DIMENSION, device=self.device), 0.0
        for number in range(8 if self.device.type == "cuda" else 3):
            streams = self.hearing.draw(number % len(self.hearing.chances))
            rows = self.cepstra.frames(disturb(streams.waves), streams.frames, streams.hop)
            heard = self._heard(streams)[:, :, None]
            total += (rows * heard).sum((0, 1))
            count += float(heard.sum())
        return total / count

    def _heard(self, streams: Streams) -> Tensor:
        at = torch.arange(streams.frames, device=self.device) * streams.hop[:, None]
        return (at <= streams.end[:, None]).float()

    def _inputs(self, streams: Streams) -> Tensor:
        """Return normalised rows (streams, frames, 40) of the streams as they might reach us."""
        count = len(streams.which)
        draw = torch.rand(count, 2, device=self.device)
        warp = _WARPS[0] + (_WARPS[1] - _WARPS[0]) * draw[:, 0]
        warp = torch.where(draw[:, 1] < _SHARE_WARPED, warp, 1.0)
        rows = self.cepstra.frames(disturb(streams.waves), streams.frames, streams.hop, warp)
        heard = self._heard(streams)[:, :, None]
        usual = (rows * heard).sum(1) / heard.sum(1).clamp_min(1.0)
        usual = usual + torch.randn_like(usual)
        rows = without_mean(rows, self.mean, streams.before, usual)
        return self._masked(rows) + 0.3 * torch.randn_like(rows)

    def _masked(self, rows: Tensor) -> Tensor:
        """Leave out a band of some streams and a moment of others."""
        count, frames, _ = rows.shape
        draw = torch.rand(6, count, 1, device=self.device)
        width = 1 + (_WIDEST_MASK * draw[0]).floor()
        first = ((DIMENSION - width) * draw[1]).floor()
        bins = torch.arange(DIMENSION, device=self.device)
        masked = (bins >= first) & (bins < first + width) & (draw[2] < _SHARE_MASKED)
        change = (self.to_mfcc * (~masked).float()[:, None]) @ self.to_mel
        rows = torch.bmm(rows, change.transpose(1, 2))
        length = 2 + (_LONGEST_GAP * draw[3]).floor()
        begin = ((frames - length) * draw[4]).floor()
        at = torch.arange(frames, device=self.device)
        gap = (at >= begin) & (at < begin + length) & (draw[5] < _SHARE_GAPPED)
        return torch.where(gap[:, :, None], 0.0, rows)

    def _learn(self, bucket: int, in_sequence: bool) -> None:
        """Add the gradients of one step of a bucket; nothing here waits for the device."""
        torch._foreach_zero_([p.grad for p in self.net.parameters()])
        with torch.no_grad():
            streams = self.hearing.draw(bucket)
            rows = self._inputs(streams)
            side = self.net.shape.side
            edges = rows[:, :1].expand(-1, side, -1), rows[:, -1:].expand(-1, side, -1)
            rows = torch.cat([edges[0], rows, edges[1]], 1).nan_to_num()
            goal = targets(self.pool, streams)
            allowed = self.table[goal.label]
        kind = self.device.type
        with torch.autocast(kind, torch.bfloat16, enabled=kind == "cuda"):
            found = self.net(rows)
        scores = found.float().log_softmax(2)
        with torch.no_grad():
            split = (scores + allowed.clamp_min(1e-30).log()).softmax(2)
            wanted = mixed(split, goal.belief, allowed, self.trust[streams.which])
            self.counts += (wanted * goal.weight[:, :, None]).sum((0, 1))
        total = goal.weight.sum().clamp_min(1.0)
        each = (1 - _SMOOTHING) * (wanted * scores).sum(2) + _SMOOTHING * scores.mean(2)
        loss = -(each * goal.weight).sum() / total
        if in_sequence and self.follows is not None:
            likely = float(DECODER["acoustic-scale"]) * (scores - self.log_prior)
            whole = sequence_loss(likely, near(wanted), self.follows, goal.weight)
            loss = whole + _LABELS_BESIDE * loss
        loss.backward()
        self.running.lerp_(loss.detach(), 0.02)

    def _replayed(self, bucket: int, in_sequence: bool) -> None:
        """Do :meth:`_learn`, if wanted as a graph of the device: launching costs more than it."""
        if not self.course.graphs:
            return self._learn(bucket, in_sequence)
        key = bucket, in_sequence
        if key not in self.graphs:
            aside = torch.cuda.Stream()
            aside.wait_stream(torch.cuda.current_stream())
            with torch.cuda.stream(aside):
                for _ in range(3):
                    self._learn(bucket, in_sequence)
            torch.cuda.current_stream().wait_stream(aside)
            self.graphs[key] = torch.cuda.CUDAGraph()
            with torch.cuda.graph(self.graphs[key], pool=self.graph_pool):
                self._learn(bucket, in_sequence)
        self.graphs[key].replay()
        return None

    def _rate(self, share: float) -> float:
        """Return the rate at *share* of the time: up, down, and low while sequences are learned."""
        first = 1 - self.course.sequences
        if share >= first:
            return self.course.rate * _SEQUENCE_RATE * (1 - share) / max(1e-9, 1 - first)
        share /= first
        if share < 0.05:
            return self.course.rate * (0.05 + share) / 0.1
        return self.course.rate * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * share)))

    def run(self, checkpoint: Path, judge: Judge | None, progress: Progress | None) -> Path:
        course, parameters = self.course, list(self.net.parameters())
        for parameter in parameters:
            parameter.grad = torch.zeros_like(parameter)
        optimiser = torch.optim.AdamW(
            parameters, course.rate, weight_decay=1e-3, fused=self.device.type == "cuda"
        )
        mine = [x for x in self.net.state_dict().values() if x.is_floating_point()]
        averages = [x for x in self.averaged.state_dict().values() if x.is_floating_point()]
        budget, judged = Budget(course.seconds, course.steps), time.monotonic()
        step, best = 0, math.inf
        while (share := budget.spent(step)) < 1:
            in_sequence = share >= 1 - course.sequences
            if in_sequence and self.follows is None:
                self._begin_sequences()
                before = checkpoint.with_suffix(".labels.pt")
                self._keep(self.averaged, before, step, judge, progress, share)
            bucket = int(self.rng.choice(len(self.hearing.chances), p=self.hearing.chances))
            self._replayed(bucket, in_sequence)
            torch.nn.utils.clip_grad_norm_(parameters, 5.0)
            optimiser.param_groups[0]["lr"] = self._rate(share)
            optimiser.step()
            step += 1
            torch._foreach_lerp_(averages, mine, max(0.004, 1 / (step + 1)))
            if step % 25 == 0:
                told = float(self.running)  # waits for the device, so that the clock is right
                if progress is not None and step % 200 == 0:
                    progress(f"trener: {step} steg, tap {told:.3f}", share)
            if time.monotonic() - judged > course.judge_seconds:
                best = self._keep(self.averaged, checkpoint, step, judge, progress, share)
                judged = time.monotonic()
        best = self._keep(self.averaged, checkpoint, step, judge, progress, 1.0)
        last = checkpoint.with_name(checkpoint.name + ".last")
        if judge is not None and self._keep(self.net, last, step, judge, progress, 1.0) < best:
            last.replace(checkpoint)
        last.unlink(missing_ok=True)
        return checkpoint

    def _begin_sequences(self) -> None:
        known = [
            number for number, facts in enumerate(self.pool.facts)
            if shares_of(facts.kind, self.course.shares)[1] > 0
        ]  # fmt: skip
        chosen = self.rng.permutation(known)[:4000]
        self.follows = bigram(self.pool, chosen).to(self.device)
        self.log_prior = (self._priors().clamp_min(LEAST_PRIOR).log() * PRIOR_POWER).detach()

    def _priors(self) -> Tensor:
        return self.counts / self.counts.sum()

    def _keep(
        self, net: networks.Network, path: Path, step: int, judge: Judge | None,
        progress: Progress | None, share: float,
    ) -> float:  # fmt: skip
        figures: Mapping[str, float] = {}
        priors = self._priors()
        if judge is not None:
            training = net.training
            net.eval()
            figures = judge(net, self.mean, priors)
            net.train(training)
        kept = copy.deepcopy(net).cpu()
        extra = {
            "step": step,
            "mean": self.mean.double().cpu().numpy(),
            "priors": priors.double().cpu().numpy(),
            "phones": PHONES,
            "held_out_error": figures.get("error"),
            "figures": dict(figures),
        }
        scratch = path.with_name(path.name + ".part")
        networks.save(str(scratch), kept, extra)
        scratch.replace(path)
        if progress is not None:
            told = ", ".join(f"{name} {value:.3f}" for name, value in figures.items())
            progress(f"trener: {step} steg{'; ' if told else ''}{told}", share)
        return float(figures.get("error", math.inf))
