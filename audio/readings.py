"""The readings of an utterance that a recogniser holds possible, and how sure each word is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

#: Readings that are weighed at most. With ten, sureness tells right words from wrong ones as well
#: as the whole lattice does (docs/speech-experiments.md).
MOST = 10


@dataclass(frozen=True)
class Reading:
    """One way in which an utterance may be meant; ``share`` of all, 0 to 1."""

    text: str
    share: float

    @property
    def words(self) -> list[str]:
        """Return the words."""
        return self.text.split()


def weighed(scored: Sequence[tuple[str, float]]) -> tuple[Reading, ...]:
    """Return texts with their log likelihoods as readings, likeliest first; each text once."""
    if not scored:
        return ()
    best = max(score for _, score in scored)
    mass: dict[str, float] = {}
    for text, score in scored:
        mass[text] = mass.get(text, 0.0) + math.exp(score - best)
    total = sum(mass.values())
    ranked = sorted(mass.items(), key=lambda pair: -pair[1])
    return tuple(Reading(text, value / total) for text, value in ranked)


def sureness(words: Sequence[str], readings: Sequence[Reading]) -> list[float]:
    """Return for each word the share of the readings that have it in its place."""
    found = [0.0] * len(words)
    for reading in readings:
        matcher = SequenceMatcher(None, words, reading.words, autojunk=False)
        for block in matcher.get_matching_blocks():
            for at in range(block.a, block.a + block.size):
                found[at] += reading.share
    return [min(1.0, share) for share in found]


def weighed_anew(readings: Sequence[Reading], bonus: Sequence[float]) -> tuple[Reading, ...]:
    """Return the readings with shares that take in a *bonus* for each, in natural logarithms."""
    return weighed(
        [
            (reading.text, math.log(max(reading.share, 1e-12)) + more)
            for reading, more in zip(readings, bonus, strict=True)
        ]
    )


def joined(pieces: Sequence[Sequence[Reading]]) -> tuple[Reading, ...]:
    """Return readings of a whole utterance from those of its pieces, one after another."""
    whole: list[Reading] = [Reading("", 1.0)]
    for piece in pieces:
        if not piece:
            continue
        whole = [
            Reading(f"{a.text} {b.text}".strip(), a.share * b.share) for a in whole for b in piece
        ]
        whole = sorted(whole, key=lambda reading: -reading.share)[:MOST]
    return tuple(whole)
