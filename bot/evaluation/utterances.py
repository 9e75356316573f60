"""Judges what the bot understands of whole utterances: the act, and each line of the order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bot.evaluation.lines import same_line, same_ware
from bot.evaluation.sets import GoldenSet, Utterance
from bot.evaluation.verdict import Outcome, Verdict
from bot.ordering.lines import OrderLine, Request

LINE_ACTS = frozenset({"add", "remove", "change", "replace"})
#: Acts whose lines are only what is asked about.
ASKING = frozenset({"price", "basket", "help", "delivery", "choose", "usual"})
#: Acts on which the bot asks again, so that nobody is misled.
ASKS_AGAIN = frozenset({"out_of_scope", "nlu_fallback", "help"})


def judge_utterances(
    golden: GoldenSet, parse: Callable[[str], Request], act_of: Callable[[str], str]
) -> list[Verdict]:
    """Every utterance of a set.

    Args:
        parse: reads the lines (`bot.ordering.request.parse` over the shop's words).
        act_of: the act that the trained bot hears.
    """
    verdicts = []
    for utterance in golden.utterances:
        request = parse(utterance.text)
        act = act_of(utterance.text) if utterance.acts else ""
        outcome, why = judge(utterance, request, act)
        verdicts.append(
            Verdict(
                golden.name, utterance.text, utterance.kind, utterance.dialect, outcome,
                expected=f"{'/'.join(utterance.acts)} {_expected(utterance)}".strip(),
                got=f"{why}: {act} {_got(request)}" if why else "",
            )
        )  # fmt: skip
    return verdicts


def judge(utterance: Utterance, request: Request, act: str) -> tuple[Outcome, str]:
    """What became of an utterance, and why it is not right ("" when it is)."""
    missing, extra = _differences(utterance, request, act)
    if missing or extra:
        told = act in ASKS_AGAIN or (not extra and _is_told(missing, request))
        why = " and ".join(part for part in ("missing" if missing else "", "extra" if extra else "")
                           if part)  # fmt: skip
        return (Outcome.ASKED if told else Outcome.WRONG), why
    if _act_is_right(utterance, request, act):
        return Outcome.RIGHT, ""
    return (Outcome.ASKED if act in ASKS_AGAIN else Outcome.WRONG), "act"


def _act_is_right(utterance: Utterance, request: Request, act: str) -> bool:
    """The act is one of the right ones, or the lines themselves say what is to be done."""
    if not utterance.acts or act in utterance.acts:
        return True
    said = bool(request.lines) and all(line.act is not None for line in request.lines)
    return act in LINE_ACTS and said and bool(utterance.lines)


def _differences(
    utterance: Utterance, request: Request, act: str
) -> tuple[list[Mapping[str, Any]], list[OrderLine]]:
    """Expected lines that did not come, and lines that nobody expected."""
    left = list(request.lines)
    missing: list[Mapping[str, Any]] = []
    for expected in utterance.lines:
        allowed = _allowed(utterance, expected)
        found = next((line for line in left if same_line(expected, line, allowed)), None)
        if found is not None and (found.act is not None or _default_fits(act, allowed)):
            left.remove(found)
        elif not _is_asked_about(utterance, expected, request):
            missing.append(expected)
    asking = bool(ASKING.intersection(utterance.acts))
    extra = [line for line in left if not (line.act is None and (asking or not line.phrase))]
    return missing, extra


def _allowed(utterance: Utterance, expected: Mapping[str, Any]) -> frozenset[str]:
    own = str(expected.get("act", "add"))
    if own == "add":
        others = LINE_ACTS.intersection(utterance.acts) - {"remove", "replace"}
        return frozenset({"add", *others})
    # "Nei, jeg mente fire": a change of what was said last, whichever word it is told with.
    return frozenset({own, "change"} if own == "replace" else {own})


def _default_fits(act: str, allowed: frozenset[str]) -> bool:
    """A line that says no act takes the talk's; acts that leave the basket alone add."""
    return act in allowed if act in LINE_ACTS else True


def _is_asked_about(utterance: Utterance, expected: Mapping[str, Any], request: Request) -> bool:
    if not ASKING.intersection(utterance.acts) or "act" in expected:
        return False
    ware = str(expected.get("ware", ""))
    return any(same_ware(ware, text) for _, _, text in request.questions)


def _is_told(missing: list[Mapping[str, Any]], request: Request) -> bool:
    """Whether each missing ware is at least said back as not understood."""
    told = [text for _, _, text in request.unaccounted]
    return all(any(same_ware(str(line.get("ware", "")), text) for text in told) for line in missing)


def _expected(utterance: Utterance) -> str:
    return "; ".join(
        " ".join(f"{value}" if key in ("ware", "phrase") else f"{key}={value}"
                 for key, value in line.items())
        for line in utterance.lines
    )  # fmt: skip


def _got(request: Request) -> str:
    parts = []
    for line in request.lines:
        amount = line.amount
        number = "" if amount is None else f"{'~' if amount.vague else ''}{amount.value:f} "
        unit = f"{amount.unit} " if amount is not None and amount.unit else ""
        act = f"{line.act.value} " if line.act is not None else ""
        out = f" instead of «{line.instead_of}»" if line.instead_of is not None else ""
        parts.append(f"{act}{number}{unit}«{line.phrase}»{out}")
    if request.unaccounted:
        parts.append("not understood: " + ", ".join(text for _, _, text in request.unaccounted))
    return "; ".join(parts)
