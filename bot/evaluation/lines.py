"""Compares an expected line with an order line that was read: leniently in words, not in sense."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from rapidfuzz import fuzz

from bot.ordering.amount import Amount
from bot.ordering.lemmas import basic_forms
from bot.ordering.lines import Act, OrderLine

#: How alike two spellings of a ware must be, 0 to 100 (rapidfuzz, without blanks).
ALIKE = 75.0
_BASE = {
    "dl": ("l", Decimal("0.1")),
    "hg": ("kg", Decimal("0.1")),
    "g": ("kg", Decimal("0.001")),
}
_MEASURED = re.compile(r"liter|kilo|hekto|gram|desi|\b(?:l|dl|kg|g|hg)\b")
_MEASURES = frozenset({"l", "kg"})


def same_ware(expected: str, said: str) -> bool:
    """Whether the words of one are in the other, spelled nearly so."""
    wanted, found = _squeezed(expected), _squeezed(said)
    if not wanted or not found:
        return wanted == found
    if fuzz.token_sort_ratio(_basic(expected), _basic(said)) >= ALIKE:
        return True  # "torsk fesk" for "fesk, helst torsk", "pølsa" for "pølser"
    return fuzz.partial_ratio(wanted, found) >= ALIKE if len(wanted) <= len(found) else (
        fuzz.ratio(wanted, found) >= ALIKE
    )  # fmt: skip


def same_amount(expected: Mapping[str, Any], line: OrderLine) -> bool:
    """Whether as much is meant; one pack may be said or left out, a size may be in the phrase."""
    amount = line.amount
    if expected.get("vague"):
        return amount is None or amount.vague or amount.little or amount.upper is not None
    if "upper" in expected:
        return amount is not None and amount.upper == Decimal(str(expected["upper"]))
    quantity, unit = _in_base(expected)
    if amount is None:
        return quantity == 1 or (unit in _MEASURES and bool(_MEASURED.search(line.phrase)))
    if amount.vague or amount.upper is not None:
        return False
    if unit in _MEASURES:
        if amount.unit in _MEASURES:
            return amount.unit == unit and amount.value == quantity
        return amount.value == 1 and bool(_MEASURED.search(line.phrase))
    return _counted(amount, quantity)


def same_line(expected: Mapping[str, Any], line: OrderLine, acts: frozenset[str]) -> bool:
    """Whether a line means what was expected; `acts` are those that the line may have."""
    ware = str(expected.get("ware", expected.get("phrase", "")))
    if ware and not same_ware(ware, line.phrase):
        return False
    if not ware and line.phrase and "ware" not in expected and "phrase" in expected:
        return False
    out = expected.get("instead_of")
    if out and not same_ware(str(out), line.instead_of or ""):
        return False
    taken_out = _is_so_many_less(expected, line)
    if bool(expected.get("relative")) and not (line.relative or taken_out):
        return False
    if not same_amount(expected, line):
        return False
    return line.act is None or line.act.value in acts or taken_out


def _is_so_many_less(expected: Mapping[str, Any], line: OrderLine) -> bool:
    """ "ta bort to av brusene": taking out two is a change by minus two."""
    less = bool(expected.get("relative")) and str(expected.get("quantity", "")).startswith("-")
    return less and line.act is Act.REMOVE and line.amount is not None and line.amount.value > 0


def _counted(amount: Amount, quantity: Decimal) -> bool:
    packs = amount.abbreviated and amount.pack_pieces == abs(quantity)
    return amount.unit not in _MEASURES and (packs or abs(amount.value) == abs(quantity))


def _in_base(expected: Mapping[str, Any]) -> tuple[Decimal, str]:
    value = Decimal(str(expected.get("quantity", "1")))
    unit = str(expected.get("unit", ""))
    base, factor = _BASE.get(unit, (unit, Decimal(1)))
    return value * factor, base


def _basic(text: str) -> str:
    """The words of a text, each in its basic form."""
    return " ".join(basic_forms(word)[-1] for word in text.casefold().split())


def _squeezed(text: str) -> str:
    plain = re.sub(r"[^a-zæøå0-9]", "", text.casefold())
    # Dialect and nynorsk spellings of the same sounds; what is compared is the ware, not the pen.
    for old, new in (("jø", "ø"), ("ei", "e"), ("au", "ø"), ("kv", "hv"), ("mæ", "me")):
        plain = plain.replace(old, new)
    return re.sub(r"(.)\1", r"\1", plain)
