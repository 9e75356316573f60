"""Reads the golden requests; a helper of the tests beside it."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from bot.ordering.request import OrderLine, Request

GOLDEN = Path(__file__).resolve().parent.parent / "golden"


@lru_cache(maxsize=1)
def cases() -> tuple[tuple[str, str, tuple[dict[str, Any], ...]], ...]:
    """Every golden request as (kind of difficulty, what is said, expected lines)."""
    groups = yaml.safe_load((GOLDEN / "requests.yml").read_text(encoding="utf-8"))
    return tuple(
        (group, entry["say"], tuple(entry["lines"]))
        for group, entries in groups.items()
        for entry in entries
    )


def known_failures() -> frozenset[str]:
    """What is said in the requests that may still fail."""
    listed = yaml.safe_load((GOLDEN / "known_failures.yml").read_text(encoding="utf-8"))
    return frozenset(listed["requests"] or ())


def as_mapping(line: OrderLine) -> dict[str, Any]:
    """An order line in the shape of the golden file, without its span."""
    found: dict[str, Any] = {}
    if line.act is not None:
        found["act"] = line.act.value
    amount = line.amount
    if amount is not None:
        found["quantity"] = _number(amount.value)
        if amount.upper is not None:
            found["upper"] = _number(amount.upper)
        if amount.unit:
            found["unit"] = amount.unit
        if amount.vague:
            found["vague"] = True
        if amount.pack_pieces is not None:
            found["pieces"] = amount.pack_pieces
    if line.relative:
        found["relative"] = True
    found["phrase"] = line.phrase
    if line.instead_of is not None:
        found["instead_of"] = line.instead_of
    return found


def differences(request: Request, expected: tuple[dict[str, Any], ...]) -> list[str]:
    """What is not as expected, one readable string a difference."""
    got = [as_mapping(line) for line in request.lines]
    if got == list(expected):
        return []
    return [f"expected {list(expected)}", f"got      {got}"]


def _number(value: Decimal) -> str:
    text = f"{value.normalize():f}"
    return "0" if text == "-0" else text
