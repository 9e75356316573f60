"""Judges what the bot understands of whole utterances: the act, and each line of the order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.evaluation.hearing import EDITS, Heard, Listener
from bot.evaluation.lines import same_line, same_ware
from bot.evaluation.sets import GoldenSet, Utterance
from bot.evaluation.verdict import Outcome, Verdict
from bot.ordering.lines import Act, OrderLine

#: Acts whose wares are only what is asked about.
ASKING = frozenset({"price", "basket", "help", "delivery"})
#: Acts on which the bot asks again, so that nobody is misled.
ASKS_AGAIN = frozenset({"out_of_scope", "nlu_fallback", "help"})
#: Acts under which a line that says none itself is added when it is not in the basket yet.
_ADDING = frozenset({"add", "change", "replace"})


def judge_utterances(golden: GoldenSet, listener: Listener) -> list[Verdict]:
    """Every utterance of a set."""
    verdicts = []
    for utterance in golden.utterances:
        heard = (listener.hear if utterance.acts else listener.read)(utterance.text)
        outcome, why = judge(utterance, heard, listener)
        verdicts.append(
            Verdict(
                golden.name, utterance.text, utterance.kind, utterance.dialect, outcome,
                expected=f"{'/'.join(utterance.acts)} {_expected(utterance)}".strip(),
                got=f"{why}: {heard.act} {_got(heard)}" if why else "",
            )
        )  # fmt: skip
    return verdicts


def judge(utterance: Utterance, heard: Heard, listener: Listener) -> tuple[Outcome, str]:
    """What became of an utterance, and why it is not right ("" when it is)."""
    missing, extra = _differences(utterance, heard)
    # What is only asked about, or said back as not found, is not taken silently.
    taken = [line for line in extra if not line.phrase or listener.takes(line.phrase)]
    why = " and ".join(name for name, found in (("missing", missing), ("extra", extra)) if found)
    if taken or not _are_told(missing, heard):
        return (Outcome.ASKED if heard.act in ASKS_AGAIN else Outcome.WRONG), why
    if missing or (extra and heard.act in EDITS):
        return Outcome.ASKED, why
    if _act_is_right(utterance, heard):
        return Outcome.RIGHT, ""
    return (Outcome.ASKED if heard.act in ASKS_AGAIN else Outcome.WRONG), "act"


def _act_is_right(utterance: Utterance, heard: Heard) -> bool:
    """The act is one of the right ones, or the lines themselves say what is to be done."""
    if not utterance.acts or heard.act in utterance.acts:
        return True
    if heard.asks and ASKING.intersection(utterance.acts):
        return True
    if not heard.lines or not utterance.lines:
        return False
    said = all(line.act is not None for line in heard.lines)
    return said or ("add" in utterance.acts and heard.act in ASKS_AGAIN | _ADDING)


def _differences(
    utterance: Utterance, heard: Heard
) -> tuple[list[Mapping[str, Any]], list[OrderLine]]:
    """Expected lines that did not come, and lines that nobody expected."""
    left = _spread(utterance, heard)
    if not utterance.lines and EDITS.intersection(utterance.acts):
        return [], []  # "det samme i grovt": about what was spoken of last; the act is judged
    missing: list[Mapping[str, Any]] = []
    for expected in utterance.lines:
        allowed = _allowed(expected, heard)
        found = next((line for line in left if same_line(expected, line, allowed)), None)
        if found is not None and _default_fits(found, utterance, heard, allowed):
            left.remove(found)
        elif (both := _out_and_in(expected, left)) is not None:
            left = [line for line in left if line not in both]
        elif not ASKING.intersection(utterance.acts) or "act" in expected:
            missing.append(expected)
    asking = bool(ASKING.intersection(utterance.acts))
    return missing, [line for line in left if line.act is not None or not asking]


def _out_and_in(
    expected: Mapping[str, Any], lines: list[OrderLine]
) -> tuple[OrderLine, OrderLine] | None:
    """The two lines that do what an exchange does: the old ware goes out, the new one comes in."""
    old = str(expected.get("instead_of", ""))
    if expected.get("act") != "replace" or not old:
        return None
    new = {key: value for key, value in expected.items() if key not in ("act", "instead_of")}
    gone = next((e for e in lines if e.act is Act.REMOVE and same_ware(old, e.phrase)), None)
    come = (e for e in lines if e is not gone and same_line(new, e, frozenset({"add", "change"})))
    added = next(come, None)
    return None if gone is None or added is None else (gone, added)


def _spread(utterance: Utterance, heard: Heard) -> list[OrderLine]:
    """The lines; an exchange is two of them where a removal was expected."""
    removing = any(line.get("act") == "remove" for line in utterance.lines)
    lines = []
    for line in heard.lines:
        if removing and line.instead_of:
            gone = replace(line, phrase=line.instead_of, instead_of=None, amount=None)
            lines.append(replace(gone, act=Act.REMOVE))
            lines.append(replace(line, instead_of=None, act=Act.ADD))
        else:
            lines.append(line)
    return lines


def _allowed(expected: Mapping[str, Any], heard: Heard) -> frozenset[str]:
    """Changing what is not in the basket adds it, and a ware that was put right is changed."""
    own = str(expected.get("act", "add"))
    if own == "replace" and heard.act in ("replace", "change"):
        return frozenset({"replace", "change", "add"})  # "nei, det var smør jeg sa"
    return frozenset({own, "change"} if own in ("add", "replace") else {own})


def _default_fits(
    line: OrderLine, utterance: Utterance, heard: Heard, allowed: frozenset[str]
) -> bool:
    """A line that says no act takes the talk's; acts that leave the basket alone add."""
    if line.act is not None or not utterance.acts or heard.act in utterance.acts:
        return True
    return heard.act in allowed or ("add" in allowed and heard.act != "remove")


def _are_told(missing: list[Mapping[str, Any]], heard: Heard) -> bool:
    """Whether each missing ware is at least said back as not understood or not found."""
    return all(
        any(same_ware(str(line.get("ware", line.get("phrase", ""))), text) for text in heard.told)
        for line in missing
    )


def _expected(utterance: Utterance) -> str:
    return "; ".join(
        " ".join(f"{value}" if key in ("ware", "phrase") else f"{key}={value}"
                 for key, value in line.items())
        for line in utterance.lines
    )  # fmt: skip


def _got(heard: Heard) -> str:
    parts = []
    for line in heard.lines:
        amount = line.amount
        number = "" if amount is None else f"{'~' if amount.vague else ''}{amount.value:f} "
        unit = f"{amount.unit} " if amount is not None and amount.unit else ""
        act = f"{line.act.value} " if line.act is not None else ""
        out = f" instead of «{line.instead_of}»" if line.instead_of is not None else ""
        parts.append(f"{act}{number}{unit}«{line.phrase}»{out}")
    if heard.told:
        parts.append("said back: " + ", ".join(heard.told))
    return "; ".join(parts)
