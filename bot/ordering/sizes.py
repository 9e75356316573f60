"""What is printed on a pack ("1,5 l", "6x0,33 l", "ca 600 g") as an amount of something."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Size:
    """The content of one pack.

    Attributes:
        amount: everything in the pack, in `unit`: "6x0,33 l" is 1.98.
        unit: "l", "kg" or "stk" (pieces); no other unit occurs.
        pieces: how many equal pieces the amount is divided into, 1 when nothing is said:
            "6x0,33 l" is 6; "6 stk" is 1, because there the amount itself is the count.
    """

    amount: Decimal
    unit: str
    pieces: int = 1


_L, _KG, _STK = "l", "kg", "stk"

#: Unit as written -> (base unit, how many base units one of it is).
UNITS: dict[str, tuple[str, Decimal]] = {
    **dict.fromkeys(("l", "lt", "ltr", "liter"), (_L, Decimal(1))),
    **dict.fromkeys(("dl", "desiliter"), (_L, Decimal("0.1"))),
    **dict.fromkeys(("cl", "centiliter"), (_L, Decimal("0.01"))),
    **dict.fromkeys(("ml", "milliliter"), (_L, Decimal("0.001"))),
    **dict.fromkeys(("kg", "kilo", "kilogram"), (_KG, Decimal(1))),
    **dict.fromkeys(("hg", "hekto"), (_KG, Decimal("0.1"))),
    **dict.fromkeys(("g", "gr", "gram"), (_KG, Decimal("0.001"))),
    **dict.fromkeys(
        (
            "stk", "stykk", "stykker", "pk", "pack", "pakning", "rl", "rull", "ruller", "ark",
            "poser", "pose", "par", "tabl", "tabletter", "kapsler", "skiver", "porsjoner",
            "breve", "blad", "vask", "bleier", "egg",
        ),
        (_STK, Decimal(1)),
    ),
}  # fmt: skip

_NUMBER = r"\d+(?:[.,]\d+)?"
_UNIT = "|".join(sorted(UNITS, key=len, reverse=True))
_MEASURE = "|".join(unit for unit in sorted(UNITS, key=len, reverse=True) if UNITS[unit][0] != _STK)
_MULTIPLE = re.compile(rf"(\d+)\s*(?:stk\s*)?[x×*]\s*({_NUMBER})\s*({_MEASURE})\b", re.IGNORECASE)
_SIMPLE = re.compile(rf"(?<![\d.,])({_NUMBER})\s*-?\s*({_UNIT})\b", re.IGNORECASE)
_FRACTIONS = {"½": "0.5", "¼": "0.25", "¾": "0.75", "1/2": "0.5", "1/4": "0.25", "3/4": "0.75"}
_FRACTION = re.compile(r"(?<!\d)(?:½|¼|¾|1/2|1/4|3/4)(?!\d)")


def _decimal(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))


@lru_cache(maxsize=8192)
def parse_size(text: str) -> Size | None:
    """Reads the size printed on a pack; None when it says no amount ("stor", "30 m", "").

    A weight or a volume wins over a count beside it: "4 stk, 500 g" is 0.5 kg in 4 pieces.
    """
    text = _FRACTION.sub(lambda found: _FRACTIONS[found.group()], text)
    multiple = _MULTIPLE.search(text)
    if multiple:
        pieces = int(multiple.group(1))
        unit, factor = UNITS[multiple.group(3).lower()]
        amount = pieces * _decimal(multiple.group(2)) * factor
        return Size(_plain(amount), unit, pieces) if amount > 0 else None
    measure: Size | None = None
    count: Size | None = None
    for found in _SIMPLE.finditer(text):
        unit, factor = UNITS[found.group(2).lower()]
        amount = _decimal(found.group(1)) * factor
        if amount <= 0:
            continue
        size = Size(_plain(amount), unit)
        if unit == _STK:
            count = count or size
        else:
            measure = measure or size
    if measure and count and count.amount == count.amount.to_integral_value():
        return Size(measure.amount, measure.unit, int(count.amount))
    return measure or count


def _plain(amount: Decimal) -> Decimal:
    """The amount without trailing zeros and without an exponent: 0.400 -> 0.4, 10 -> 10."""
    if amount == amount.to_integral_value():
        return amount.quantize(Decimal(1))
    return amount.normalize()
