"""Judges what the matcher makes of product phrases, and how far its margin can be trusted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.evaluation.sets import GoldenSet, Phrase
from bot.evaluation.verdict import Outcome, Verdict
from bot.ordering.match import Certain, Choice, Match
from bot.ordering.shop import Shop

#: Lower ends of the margins (points between the best two candidates) that are counted together.
MARGINS = (0.0, 2.0, 5.0, 10.0, 20.0)


@dataclass(slots=True)
class MarginRow:
    """Phrases whose best two candidates lie this far apart.

    Attributes:
        least: lower end of the margin, points.
        taken, taken_right: without asking, and how many of them rightly.
        asked, asked_best: asked about, and how many of them with the right one read out first.
    """

    least: float
    taken: int = 0
    taken_right: int = 0
    asked: int = 0
    asked_best: int = 0


@dataclass(slots=True)
class ReasonRow:
    """Phrases of which one product was taken for the same reason (see `match.Certain`)."""

    reason: str
    taken: int = 0
    taken_right: int = 0


@dataclass(slots=True)
class Calibration:
    """How far a margin, or a reason, can be trusted."""

    rows: list[MarginRow] = field(default_factory=lambda: [MarginRow(least) for least in MARGINS])
    reasons: dict[str, ReasonRow] = field(default_factory=dict)

    def reason(self, name: str) -> ReasonRow:
        """The row of a reason."""
        return self.reasons.setdefault(name, ReasonRow(name))


def outcome(phrase: Phrase, match: Match) -> Outcome:
    """What a person would have noticed."""
    offered = {candidate.product.product_id for candidate in match.candidates}
    if isinstance(match, Certain):
        taken = match.candidate.product.product_id
        if taken not in phrase.products:
            return Outcome.WRONG
        return Outcome.RIGHT if phrase.outcome == "right" else Outcome.HASTY
    if isinstance(match, Choice):
        if phrase.outcome == "unknown":
            return Outcome.ASKED
        if phrase.products and not offered & phrase.products:
            return Outcome.MISSED
        return Outcome.RIGHT if phrase.outcome == "ask" else Outcome.ASKED
    return Outcome.RIGHT if phrase.outcome == "unknown" else Outcome.MISSED


def judge_phrases(golden: GoldenSet, shop: Shop) -> tuple[list[Verdict], Calibration]:
    """Every phrase of a set, and the calibration of the margin on it."""
    calibration = Calibration()
    verdicts = []
    for phrase in golden.phrases:
        match = shop.find(phrase.text)
        found = outcome(phrase, match)
        verdicts.append(
            Verdict(
                golden.name, phrase.text, phrase.kind, phrase.dialect, found,
                expected=_expected(phrase, shop), got=_got(match),
            )
        )  # fmt: skip
        _count(calibration, phrase, match, found)
    return verdicts, calibration


def added(tables: Iterable[Calibration]) -> Calibration:
    """The calibration over several sets."""
    total = Calibration()
    for table in tables:
        for sum_row, row in zip(total.rows, table.rows, strict=True):
            sum_row.taken += row.taken
            sum_row.taken_right += row.taken_right
            sum_row.asked += row.asked
            sum_row.asked_best += row.asked_best
        for each in table.reasons.values():
            sum_reason = total.reason(each.reason)
            sum_reason.taken += each.taken
            sum_reason.taken_right += each.taken_right
    return total


def _count(calibration: Calibration, phrase: Phrase, match: Match, found: Outcome) -> None:
    right = found in (Outcome.RIGHT, Outcome.HASTY)
    if isinstance(match, Certain):
        reason = calibration.reason(match.reason)
        reason.taken += 1
        reason.taken_right += right
    if not match.candidates or phrase.outcome == "unknown":
        return
    scores = [candidate.score for candidate in match.candidates]
    margin = scores[0] - scores[1] if len(scores) > 1 else 100.0
    rows = calibration.rows
    row = next(row for row in reversed(rows) if margin >= row.least or row is rows[0])
    if isinstance(match, Certain):
        row.taken += 1
        row.taken_right += right
    elif isinstance(match, Choice):
        row.asked += 1
        row.asked_best += match.candidates[0].product.product_id in phrase.products


def _expected(phrase: Phrase, shop: Shop) -> str:
    names = [
        product.full_name for product in shop.catalogue if product.product_id in phrase.products
    ]
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"{phrase.outcome}: {', '.join(names[:3]) or 'any offer'}{more}"


def _got(match: Match) -> str:
    names = [candidate.product.full_name for candidate in match.candidates]
    if isinstance(match, Certain):
        return f"took {match.candidate.product.full_name} ({match.reason})"
    return f"{'asked' if isinstance(match, Choice) else 'not found'}: {', '.join(names) or '-'}"
