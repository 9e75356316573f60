"""How well a network hears speech that was not trained on, in a second, while it is trained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from audio.speech_model.export import LEAST_PRIOR, PRIOR_POWER
from audio.speech_model.features import SUBSAMPLING
from audio.speech_model.network import Network
from audio.speech_model.online.cepstra import HOP, WINDOW, Cepstra, without_mean
from audio.speech_model.online.disturbing import telephone
from audio.speech_model.online.naming import label_likelihoods, name
from audio.speech_model.online.pool import Pool
from audio.speech_model.online.wanted import label_table, labels_at
from audio.speech_model.phones import Pronunciation
from audio.speech_model.shards import SAMPLE_RATE

_LEAD = SAMPLE_RATE // 4
_TAIL = SAMPLE_RATE // 2
#: Longer utterances are not asked about.
LONGEST = 4.8
_PART = 48


@dataclass(frozen=True)
class Question:
    """Some utterances of a pool, and the phrases that they might be, if they are to be named.

    A phrase may stand in *phrases* several times, with other pronunciations.
    """

    name: str
    utterances: tuple[int, ...]
    phrases: tuple[tuple[str, tuple[Pronunciation, ...]], ...] = ()
    by_telephone: bool = False


class Judge:
    """Asks a network all questions; usable as :data:`audio.speech_model.online.fitting.Judge`."""

    def __init__(self, pool: Pool, questions: Sequence[Question]) -> None:
        """Prepare the questions about *pool* (tensors); too long utterances are left out."""
        self._pool = pool
        seconds = pool.seconds()
        self._questions = [
            (question, [n for n in question.utterances if 0.1 < seconds[n] <= LONGEST])
            for question in questions
        ]
        self._cepstra = Cepstra(pool.waves.device)
        self._table = label_table(pool.waves.device)

    @torch.no_grad()
    def __call__(self, net: Network, mean: Tensor, priors: Tensor) -> Mapping[str, float]:
        """Return the share of names that are right and of frames that are wrong, by question.

        "error" is one number for all: the mean of frames wrong and of names wrong.
        """
        figures: dict[str, float] = {}
        wrong: list[float] = []
        for question, utterances in self._questions:
            if not utterances:
                continue
            frames, named, told = self._ask(question, utterances, net, mean, priors)
            if question.phrases:
                figures[f"{question.name} ord"] = named
                wrong.append(1 - named)
            if told:
                figures[f"{question.name} rammefeil"] = frames
                wrong.append(frames)
        if wrong:
            figures["error"] = float(np.mean(wrong))
        return figures

    def _ask(
        self, question: Question, utterances: list[int], net: Network, mean: Tensor, priors: Tensor
    ) -> tuple[float, float, bool]:
        device = self._pool.waves.device
        log_prior = priors.clamp_min(LEAST_PRIOR).log() * PRIOR_POWER
        seconds = self._pool.seconds()
        utterances = sorted(utterances, key=lambda n: seconds[n])
        wrong = said = torch.zeros((), device=device)
        right = 0
        for begin in range(0, len(utterances), _PART):
            part = utterances[begin : begin + _PART]
            which = torch.tensor(part, device=device)
            rows, counts = self._rows(which, mean, question.by_telephone)
            side = net.shape.side
            edges = rows[:, :1].expand(-1, side, -1), rows[:, -1:].expand(-1, side, -1)
            scores = net(torch.cat([edges[0], rows, edges[1]], 1)).log_softmax(2)
            at = torch.arange(scores.shape[1], device=device) * (SUBSAMPLING * HOP) + WINDOW // 2
            labels = labels_at(self._pool, which, (at - _LEAD)[None].expand(len(part), -1).float())
            allowed = self._table[labels].gather(2, scores.argmax(2, keepdim=True))[:, :, 0]
            spoken = (labels != 0) & (self._table[labels].sum(2) < self._table.shape[1])
            wrong = wrong + ((allowed == 0) & spoken).sum()
            said = said + spoken.sum()
            if question.phrases:
                likely = label_likelihoods(scores - log_prior)
                found = name(likely, counts, [words for _, words in question.phrases]).tolist()
                right += sum(
                    question.phrases[best][0] == self._pool.facts[number].text
                    for best, number in zip(found, part, strict=True)
                )
        told = float(said)
        return float(wrong) / max(1.0, told), right / len(utterances), told > 0

    def _rows(self, which: Tensor, mean: Tensor, by_telephone: bool) -> tuple[Tensor, Tensor]:
        """Return normalised rows of utterances with silence around, and output frames of each."""
        pool = self._pool
        length = pool.lengths[which]
        samples = -(-(int(length.max()) + _LEAD + _TAIL) // HOP) * HOP
        at = torch.arange(samples, device=which.device)[None] - _LEAD
        inside = (at >= 0) & (at < length[:, None])
        place = torch.minimum(at.clamp_min(0), length[:, None] - 1) + pool.starts[which][:, None]
        waves = torch.where(inside, pool.waves[place].float(), 0.0)
        if by_telephone:
            waves = telephone(waves)
        waves = waves + 2 * torch.randn_like(waves)
        frames = (samples - WINDOW) // HOP + 1
        rows = without_mean(self._cepstra.frames(waves, frames), mean)
        counts = (length + _LEAD + _TAIL - WINDOW) // HOP // SUBSAMPLING
        return rows, counts
