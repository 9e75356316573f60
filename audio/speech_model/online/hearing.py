"""Draws speech from the pool as streams: another throat, another pace, silence around it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from audio.speech_model.online.cepstra import HOP, WINDOW
from audio.speech_model.online.disturbing import fast_size
from audio.speech_model.online.pool import GAP, Pool
from audio.speech_model.shards import SAMPLE_RATE

#: Frames of a stream for utterances of up to so many seconds; longer ones are cut.
STREAMS: tuple[tuple[float, int], ...] = ((1.1, 181), (2.4, 301), (1e9, 541))

#: Sounds of a stream that lie within it: faster and higher, or slower and lower, as other throats.
_THROATS = (0.85, 1.18)
#: Longer or shorter steps between frames: slower and faster speech at the same pitch.
_PACES = (0.82, 1.2)

_TAPS = 12
_PHASES = 64


@dataclass(frozen=True)
class Streams:
    """Drawn streams.

    Sample n of a stream is sample ``(n - lead) * factor + offset`` of utterance ``which``; frame k
    begins at sample ``k * hop``. ``end`` is the last sample that is to be learned from; ``before``
    is how many frames a listener had heard before.
    """

    waves: Tensor
    frames: int
    which: Tensor
    factor: Tensor
    lead: Tensor
    offset: Tensor
    hop: Tensor
    end: Tensor
    before: Tensor

    def spoken_at(self, samples: Tensor) -> Tensor:
        """Return the sample of the clean utterance that is heard at these (streams, times)."""
        return (samples - self.lead[:, None]) * self.factor[:, None] + self.offset[:, None]


def shares_of(kind: str, shares: Mapping[str, float]) -> tuple[str, float]:
    """Return the longest name in *shares* that *kind* begins with, and its share (else 0)."""
    fitting = [name for name in shares if kind.startswith(name)]
    best = max(fitting, key=len, default="")
    return best, shares.get(best, 0.0)


def weights(pool: Pool, shares: Mapping[str, float]) -> NDArray[np.float64]:
    """Return how often each utterance is drawn: all of a kind have its share together.

    Within a kind each second counts the same. Utterances of no kind in *shares* have none.
    """
    names = [shares_of(facts.kind, shares) for facts in pool.facts]
    seconds = np.minimum(pool.seconds(), 6.0)
    total: dict[str, float] = {}
    for (name, _), length in zip(names, seconds, strict=True):
        total[name] = total.get(name, 0.0) + float(length)
    found = [share * s / total[name] for (name, share), s in zip(names, seconds, strict=True)]
    return np.array(found)


class Hearing:
    """Draws streams of a pool (tensors); *weight* is the chance of each utterance, 0 for never."""

    def __init__(self, pool: Pool, weight: NDArray[np.float64], frames_a_step: int = 60_000):
        """Sort the utterances into buckets by their length; raises ValueError without any."""
        self._pool = pool
        device = pool.waves.device
        seconds = pool.seconds()
        self._buckets: list[tuple[int, int, Tensor, Tensor]] = []
        masses: list[float] = []
        shortest = 0.0
        for longest, frames in STREAMS:
            inside = np.flatnonzero((seconds > shortest) & (seconds <= longest) & (weight > 0))
            shortest = longest
            if not len(inside):
                continue
            chances = np.cumsum(weight[inside])
            masses.append(float(chances[-1]))
            self._buckets.append(
                (
                    frames,
                    max(2, frames_a_step // frames),
                    torch.from_numpy(inside).to(device),
                    torch.from_numpy((chances / chances[-1]).astype(np.float32)).to(device),
                )
            )
        if not masses:
            raise ValueError("nothing to draw")
        # A step of any bucket has as many frames, so its chance is the bucket's share of seconds.
        self.chances = np.array(masses) / sum(masses)
        self._sinc = _interpolation().to(device)

    @property
    def sizes(self) -> list[tuple[int, int]]:
        """Return frames and streams of each bucket."""
        return [(frames, streams) for frames, streams, _, _ in self._buckets]

    def draw(self, bucket: int, *, paced: bool = True) -> Streams:
        """Return streams of one bucket, clean; without *paced* frames come every HOP samples."""
        frames, streams, members, chances = self._buckets[bucket]
        device = members.device
        pick = torch.searchsorted(chances, torch.rand(streams, device=device))
        which = members[pick.clamp_max(len(members) - 1)]
        length = self._pool.lengths[which].float()

        def between(low: float, high: float) -> Tensor:
            return torch.rand(streams, device=device) * (high - low) + low

        factor = between(*_THROATS)
        pace = between(*_PACES) if paced else torch.ones(streams, device=device)
        hop = HOP * pace
        lead = between(0.05, 0.6) * SAMPLE_RATE
        samples = fast_size(int((frames - 1) * HOP * (_PACES[1] if paced else 1.0)) + WINDOW + 1)
        # A longer utterance than fits begins at its beginning, or anywhere else.
        room = (length - frames * hop * factor).clamp_min(0.0)
        within = (torch.rand(streams, device=device) < 0.6) & (room > 0)
        offset = torch.where(within, torch.rand(streams, device=device) * room, 0.0)
        lead = torch.where(within, 0.0, lead)
        heard = torch.where(torch.rand(streams, device=device) < 0.2, between(20, 500), 0.0)
        before = torch.where(within, offset / factor / hop, heard).floor().clamp_max(590)
        end = lead + (length - offset) / factor + between(0.1, 0.6) * SAMPLE_RATE
        drawn = Streams(torch.empty(0), frames, which, factor, lead, offset, hop, end, before)
        at = torch.arange(samples, device=device, dtype=torch.float32)[None]
        place = drawn.spoken_at(at)
        place = torch.minimum(place.clamp_min(-GAP / 2), length[:, None] + GAP / 2)
        waves = self._interpolated(self._pool.starts[which], place, factor)
        return Streams(waves, frames, which, factor, lead, offset, hop, end, before)

    def _interpolated(self, start: Tensor, place: Tensor, factor: Tensor) -> Tensor:
        """Return the sound at *place* (streams, samples), by windowed sinc functions."""
        whole = place.floor()
        phase = ((place - whole) * _PHASES).long()
        row = phase + (factor > 1.0).long()[:, None] * _PHASES
        at = whole.long() + (start - _TAPS // 2 + 1)[:, None]
        found = torch.zeros_like(place)
        for tap in range(_TAPS):
            found.addcmul_(self._pool.waves[at].float(), self._sinc[tap][row])
            at += 1
        return found


def _interpolation() -> Tensor:
    """Return weights (taps, 2 * phases); the second half is for faster playing, and cuts lower."""
    tables = []
    for cut in (1.0, 0.87):
        shift = (torch.arange(_PHASES, dtype=torch.float64) + 0.5) / _PHASES
        distance = torch.arange(_TAPS)[:, None] - (_TAPS // 2 - 1) - shift
        window = torch.cos(torch.pi * distance / (_TAPS + 1)).clamp_min(0).square()
        table = cut * torch.sinc(cut * distance) * window
        tables.append(table / table.sum(0))
    return torch.cat(tables, 1).float().contiguous()
