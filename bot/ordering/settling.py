"""What one turn says of one ware, settled: a later amount holds, and what is said twice is one.

Only within a turn: "to melk … og to melk" of a list is rare, "melk … to liter melk" a second start.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.ordering.lemmas import basic_forms
from bot.ordering.lines import Act, OrderLine, Request

_ADDING = (None, Act.ADD)
#: Between two of a list: "en melk og en melk til Kari" are two.
_AND = re.compile(r"\bog\b", re.IGNORECASE)
_LISTING = re.compile(r"[,;]|\bog\b", re.IGNORECASE)


def settled(request: Request, text: str) -> Request:
    """The request that `text` was read as, one line for each ware that is mended or repeated."""
    lines: list[OrderLine] = []
    for line in request.lines:
        last = lines[-1] if lines else None
        between = text[last.span[1] : line.span[0]] if last is not None else ""
        if last is not None and _mends(line, last, between):
            lines[-1] = replace(last, amount=line.amount, span=(last.span[0], line.span[1]))
        elif last is not None and _repeats(line, last, between):
            lines[-1] = line if line.amount is not None else last
        else:
            lines.append(line)
    if len(lines) == len(request.lines):
        return request
    return replace(request, lines=tuple(lines))


def _mends(line: OrderLine, last: OrderLine, between: str) -> bool:
    """Whether a line is only another amount of the ware before it: "to melk, nei, tre"."""
    return (
        not line.phrase
        and line.amount is not None
        and line.act in (*_ADDING, Act.CHANGE)
        and not (line.relative or line.each)
        and _AND.search(between) is None
        and bool(last.phrase)
        and last.act in _ADDING
        and not last.or_else
        and (last.amount is None or not line.amount.unit or line.amount.unit == last.amount.unit
             or _is_measured(line, last))
    )  # fmt: skip


def _is_measured(line: OrderLine, last: OrderLine) -> bool:
    """Whether both amounts measure: "en halv kilo, nei, tre hundre gram"."""
    amounts = (line.amount, last.amount)
    return all(each is not None and each.unit in ("kg", "l") for each in amounts)


def _repeats(line: OrderLine, last: OrderLine, between: str) -> bool:
    """Whether a line says again what the one before it said or began: "bananer, fem bananer"."""
    same = line.act == last.act or (line.act in _ADDING and last.act in _ADDING)
    if not same or line.relative or last.relative or not line.phrase or not last.phrase:
        return False
    if line.instead_of is not None or last.instead_of is not None or line.or_else or last.or_else:
        return False
    as_much = last.amount is None or line.amount is None or last.amount == line.amount
    counted = last.amount is not None and _LISTING.search(between) is not None
    return as_much and not counted and _forms(line.phrase) == _forms(last.phrase)


def _forms(phrase: str) -> Sequence[str]:
    return [basic_forms(word)[-1] for word in phrase.casefold().split()]
