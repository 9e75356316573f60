"""The loss of the last stretch: whole sequences of sounds compete, as they do in the decoder.

Maximum mutual information without lattices (Povey et al. 2016), with the simplest of graphs: any
sound may follow any other, as often as it does in what was said. The numerator allows of all these
sequences those which keep to the labels, each sound a frame earlier or later than its label says.
"""

from __future__ import annotations

from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor

from audio.speech_model.features import SUBSAMPLING
from audio.speech_model.online.cepstra import HOP
from audio.speech_model.online.pool import GRID, Pool
from audio.speech_model.phones import PHONES


def bigram(pool: Pool, utterances: NDArray[Any]) -> Tensor:
    """Return how likely each sound (column) is to follow each (row) in the next output frame.

    Counted in the plain labels of *utterances*.
    """
    step = SUBSAMPLING * HOP // GRID
    labels, starts = pool.labels.cpu(), pool.label_starts.cpu()
    count = len(PHONES)
    pairs = torch.full((count * count,), 0.05, dtype=torch.float64)
    ends = torch.cat([starts[1:], torch.tensor([len(labels)])])
    for number in utterances:
        row = labels[starts[number] : ends[number] : step].long()
        row = torch.cat([torch.zeros(2, dtype=torch.long), row, torch.zeros(2, dtype=torch.long)])
        plain = (row[:-1] < count) & (row[1:] < count)
        pairs += torch.bincount((row[:-1] * count + row[1:])[plain], minlength=count * count)
    table = pairs.view(count, count)
    return (table / table.sum(1, keepdim=True)).float()


class _Compared(torch.autograd.Function):
    """log of (what the allowed sequences have) / (what all have), for each stream."""

    @staticmethod
    def forward(ctx: Any, scores: Tensor, allowed: Tensor, follows: Tensor) -> Tensor:
        streams, frames, sounds = scores.shape
        top = scores.amax(2, keepdim=True)
        likely = (scores - top).exp()
        # Both at once: the streams as they are, and the streams with what is not allowed left out.
        both = torch.cat([likely, likely * allowed]).clamp_min(1e-30)
        forward = torch.empty_like(both)
        total = torch.zeros(2 * streams, device=scores.device)
        state = both[:, 0]
        for frame in range(frames):
            if frame:
                state = (state @ follows) * both[:, frame]
            sums = state.sum(1, keepdim=True)
            state = state / sums
            total = total + sums[:, 0].log()
            forward[:, frame] = state
        backward = torch.empty_like(both)
        state = torch.ones(2 * streams, sounds, device=scores.device)
        back = follows.T.contiguous()
        for frame in range(frames - 1, -1, -1):
            backward[:, frame] = state
            state = (state * both[:, frame]) @ back
            state = state / state.sum(1, keepdim=True)
        shares = forward * backward
        shares = shares / shares.sum(2, keepdim=True)
        ctx.save_for_backward(shares[streams:] - shares[:streams])
        return total[streams:] - total[:streams]

    @staticmethod
    def backward(ctx: Any, *grad: Tensor) -> tuple[Tensor, None, None]:
        (difference,) = ctx.saved_tensors
        return difference * grad[0][:, None, None], None, None


def near(wanted: Tensor, least: float = 0.05) -> Tensor:
    """Return 1 for the sounds which are wanted (shares) of a frame or of one beside it, else 0."""
    some = (wanted > least).float()
    padded = torch.nn.functional.pad(some, (0, 0, 1, 1))
    return torch.stack([padded[:, :-2], some, padded[:, 2:]]).amax(0)


def sequence_loss(scores: Tensor, allowed: Tensor, follows: Tensor, weight: Tensor) -> Tensor:
    """Return minus the mean share of a frame in the logarithm of (allowed / all sequences).

    *scores* are the decoder's (streams, frames, sounds): log posteriors less log priors, times its
    scale. Frames without *weight* allow everything and say nothing.
    """
    said = weight[:, :, None] > 0
    scores = torch.where(said, scores, torch.zeros_like(scores))
    allowed = torch.where(said, allowed, torch.ones_like(allowed))
    compared: Tensor = _Compared.apply(scores, allowed, follows)
    return -compared.sum() / weight.sum().clamp_min(1.0)
