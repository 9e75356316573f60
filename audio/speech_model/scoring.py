"""How far what was heard is from what was said: edits, their rate and its uncertainty."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

_RESAMPLES = 1000


def matching(said: Sequence[str], heard: Sequence[str]) -> tuple[int, list[bool]]:
    """Return the edits between two word lists, and for each heard word whether it is right."""
    width = len(heard) + 1
    table = [list(range(width))]
    for i, word in enumerate(said, 1):
        row = [i]
        for j, other in enumerate(heard, 1):
            row.append(
                min(table[i - 1][j] + 1, row[j - 1] + 1, table[i - 1][j - 1] + (word != other))
            )
        table.append(row)
    right = [False] * len(heard)
    i, j = len(said), len(heard)
    while i and j:
        if table[i][j] == table[i - 1][j - 1] + (said[i - 1] != heard[j - 1]):
            right[j - 1] = said[i - 1] == heard[j - 1]
            i, j = i - 1, j - 1
        elif table[i][j] == table[i - 1][j] + 1:
            i -= 1
        else:
            j -= 1
    return table[-1][-1], right


def word_error_rate(pairs: Iterable[tuple[Sequence[str], Sequence[str]]]) -> float:
    """Return edits over words said, for (said, heard) pairs; raises ValueError without words."""
    edits = words = 0
    for said, heard in pairs:
        edits += matching(said, heard)[0]
        words += len(said)
    if not words:
        raise ValueError("no words to compare")
    return edits / words


def interval(errors: Sequence[int], words: Sequence[int], seed: int = 1) -> tuple[float, float]:
    """Return the 95 % interval of the error rate, resampling whole utterances."""
    rng = np.random.default_rng(seed)
    wrong, total = np.asarray(errors), np.asarray(words)
    picks = rng.integers(0, len(wrong), (_RESAMPLES, len(wrong)))
    rates = wrong[picks].sum(axis=1) / np.maximum(1, total[picks].sum(axis=1))
    low, high = np.quantile(rates, (0.025, 0.975))
    return float(low), float(high)
