"""Which of some phrases was said, by the sounds alone: the likeliest path through each of them."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from audio.speech_model.foreign import LABEL_NUMBER, members
from audio.speech_model.phones import Pronunciation, acoustic

_NEVER = -1e9


def label_likelihoods(scores: Tensor) -> Tensor:
    """Return scores of all labels (…, labels) of those of the sounds (…, sounds).

    An ambiguous label is as likely as its likeliest sound.
    """
    allowed = torch.from_numpy(members()).to(scores.device) > 0
    return torch.stack([scores[..., row.nonzero()[:, 0]].amax(-1) for row in allowed], -1)


def _states(said: Sequence[Sequence[Pronunciation]]) -> tuple[Tensor, Tensor, Tensor]:
    """Return labels, whether the state before may be skipped, and the last state, of each."""
    rows: list[list[int]] = []
    skips: list[list[bool]] = []
    for words in said:
        row, skip = [0], [False]
        for word in words:
            sounds = [LABEL_NUMBER[sound] for sound in acoustic(word)]
            row += [*sounds, 0]
            # The silence before a word may be skipped.
            skip += [True, *([False] * len(sounds))]
        rows.append(row)
        skips.append(skip)
    longest = max(map(len, rows))
    labels = torch.zeros(len(rows), longest, dtype=torch.long)
    may_skip = torch.zeros(len(rows), longest, dtype=torch.bool)
    for number, (row, skip) in enumerate(zip(rows, skips, strict=True)):
        labels[number, : len(row)] = torch.tensor(row)
        may_skip[number, : len(skip)] = torch.tensor(skip)
    return labels, may_skip, torch.tensor([len(row) - 1 for row in rows])


def name(scores: Tensor, lengths: Tensor, said: Sequence[Sequence[Pronunciation]]) -> Tensor:
    """Return which of *said* fits best each utterance.

    *scores* are log likelihoods (utterances, frames, labels; see :func:`label_likelihoods`),
    *lengths* their frames. A phrase is its words' sounds; silence may stand around each word.
    """
    device = scores.device
    labels, may_skip, last = (table.to(device) for table in _states(said))
    utterances, frames, _ = scores.shape
    phrases, states = labels.shape
    alpha = torch.full((utterances, phrases, states), _NEVER, device=device)
    alpha[:, :, 0] = 0.0
    alpha[:, :, 1] = torch.where(may_skip[:, 1], 0.0, _NEVER)
    alpha = alpha + scores[:, 0][:, labels]
    pad = torch.nn.functional.pad
    for frame in range(1, frames):
        step = pad(alpha, (1, 0), value=_NEVER)[:, :, :-1]
        jump = pad(alpha, (2, 0), value=_NEVER)[:, :, :-2]
        best = torch.maximum(torch.maximum(alpha, step), torch.where(may_skip, jump, _NEVER))
        moved = best + scores[:, frame][:, labels]
        alpha = torch.where((frame < lengths)[:, None, None], moved, alpha)
    end = alpha.gather(2, last[None, :, None].expand(utterances, -1, 1))[:, :, 0]
    before = (last - 1).clamp_min(0)
    end = torch.maximum(
        end, alpha.gather(2, before[None, :, None].expand(utterances, -1, 1))[:, :, 0]
    )
    return end.argmax(1)
