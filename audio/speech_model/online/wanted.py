"""What the network should say of drawn streams: the labels' word and the teacher's."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from audio.speech_model.features import SUBSAMPLING
from audio.speech_model.foreign import members
from audio.speech_model.online.cepstra import WINDOW
from audio.speech_model.online.hearing import Streams
from audio.speech_model.online.pool import GRID, Pool
from audio.speech_model.shards import SAMPLE_RATE
from audio.speech_model.teacher import MARGIN, ROW_RATE

#: A label whose sounds a teacher gives less than this together is doubted, and trusted so much.
_DOUBTED = 0.02
_DOUBTED_TRUST = 0.25

_ROW = SAMPLE_RATE // ROW_RATE


@dataclass(frozen=True)
class Targets:
    """For each output frame: label number, teacher's belief (zeros for none), and its weight."""

    label: Tensor
    belief: Tensor
    weight: Tensor


def labels_at(pool: Pool, which: Tensor, place: Tensor) -> Tensor:
    """Return the labels of utterances at samples *place* (streams, times); outside is silence."""
    length = pool.lengths[which].float()[:, None]
    inside = (place >= 0) & (place < length)
    grid = (torch.minimum(place.clamp_min(0), length - 1) / GRID).long()
    found = pool.labels[pool.label_starts[which][:, None] + grid]
    return torch.where(inside, found, torch.zeros_like(found)).long()


def beliefs_at(pool: Pool, which: Tensor, place: Tensor) -> Tensor:
    """Return what the teacher believes at samples *place*, as shares; zeros where it said nothing.

    Outside of what it heard there is silence.
    """
    count = pool.belief_counts[which][:, None]
    row = (place / _ROW - 0.5).round().long() + MARGIN
    inside = (row >= 0) & (row < count)
    row = torch.minimum(row.clamp_min(0), (count - 1).clamp_min(0))
    found = pool.beliefs[pool.belief_starts[which][:, None] + row].float()
    found = found / found.sum(2, keepdim=True).clamp_min(1.0)
    silence = torch.zeros_like(found)
    silence[:, :, 0] = 1.0
    found = torch.where(inside[:, :, None], found, silence)
    return found * (count > 0)[:, :, None]


def targets(pool: Pool, streams: Streams) -> Targets:
    """Return what is known of every output frame of the streams."""
    frames = torch.arange(0, streams.frames, SUBSAMPLING, device=streams.hop.device)
    middle = frames * streams.hop[:, None] + WINDOW / 2
    place = streams.spoken_at(middle)
    return Targets(
        labels_at(pool, streams.which, place),
        beliefs_at(pool, streams.which, place),
        (middle <= streams.end[:, None]).float(),
    )


def label_table(device: torch.device | str) -> Tensor:
    """Return 1 where a label (row) may be a sound (column), else 0."""
    return torch.from_numpy(members()).to(device)


def mixed(split: Tensor, belief: Tensor, allowed: Tensor, trust: Tensor) -> Tensor:
    """Return what is wanted (streams, frames, sounds) of labels and teacher together.

    *allowed* is 1 for the sounds that the label may be, *split* how likely these are without a
    teacher. With one, its belief among these sounds counts by *trust* (streams), its belief as it
    is by the rest; where it believes in none of them, the label is wrong more often than it is.
    """
    within = belief * allowed
    share = within.sum(2, keepdim=True)
    agreed = torch.where(share > _DOUBTED, within / share.clamp_min(_DOUBTED), split)
    trust = trust[:, None, None]
    trust = torch.where(share > _DOUBTED, trust, trust.clamp_max(_DOUBTED_TRUST))
    heard = belief.sum(2, keepdim=True) > 0
    return torch.where(heard, trust * agreed + (1 - trust) * belief, split)
