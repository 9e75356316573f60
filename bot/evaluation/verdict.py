"""What became of a case, and the counts of many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum


class Outcome(str, Enum):
    """What a person would have noticed."""

    RIGHT = "right"
    HASTY = "hasty"  #: one that would do was taken, and said, where a question was expected
    ASKED = "asked"  #: a question, or "det forstod jeg ikke", where none was needed
    WRONG = "wrong"  #: silently wrong: something else was taken, or something was left out
    MISSED = "missed"  #: asked without the right ware, or "fant jeg ikke"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One case, judged.

    Attributes:
        said: the phrase or utterance.
        expected, got: readable, for the list of failures.
    """

    set_name: str
    said: str
    kind: str
    dialect: str
    outcome: Outcome
    expected: str = ""
    got: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of verdicts."""

    count: int
    right: int
    hasty: int
    asked: int
    wrong: int
    missed: int

    def share(self, number: int) -> str:
        """`number` as a percentage of all, e.g. "97.5"."""
        return f"{100 * number / self.count:.1f}" if self.count else "-"


def figures(verdicts: Iterable[Verdict]) -> Figures:
    """Count the outcomes."""
    counts = Counter(verdict.outcome for verdict in verdicts)
    return Figures(
        sum(counts.values()),
        counts[Outcome.RIGHT],
        counts[Outcome.HASTY],
        counts[Outcome.ASKED],
        counts[Outcome.WRONG],
        counts[Outcome.MISSED],
    )
