"""Runs the sets against the bot: phrases and utterances."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from bot.evaluation.hearing import Listener
from bot.evaluation.matching import added, judge_phrases
from bot.evaluation.report import Results
from bot.evaluation.sets import GoldenSet, known_failures
from bot.evaluation.utterances import judge_utterances
from bot.ordering.shop import Shop


def measure(
    folder: Path, sets: Iterable[GoldenSet], shop: Shop, act_of: Callable[[str], str]
) -> Results:
    """Judge the phrases and the utterances.

    Args:
        folder: where the known failures are.
        act_of: the act that the trained bot hears in a text.
    """
    results = Results()
    margins = []
    listener = Listener(shop, act_of)
    for golden in sets:
        if golden.held_out:
            results.held_out.add(golden.name)
        if golden.phrases:
            verdicts, calibration = judge_phrases(golden, shop)
            margins.append(calibration)
        else:
            verdicts = judge_utterances(golden, listener)
        results.verdicts += verdicts
    results.margins = added(margins)
    known = known_failures(folder)
    results.known = known["phrases"] | known["utterances"]
    return results
