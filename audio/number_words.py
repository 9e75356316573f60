"""Numbers as Norwegian (bokmål) words, in the counting style of today: tjuefem, not femogtyve."""

from __future__ import annotations

from decimal import Decimal


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_SMALL = _words(
    "null én to tre fire fem seks sju åtte ni ti elleve tolv tretten fjorten femten seksten "
    "sytten atten nitten"
)
_TENS = _words("_ _ tjue tretti førti femti seksti sytti åtti nitti")
_ORDINALS = _words(
    "nullte første andre tredje fjerde femte sjette sjuende åttende niende tiende ellevte tolvte "
    "trettende fjortende femtende sekstende syttende attende nittende"
)
_TENS_ORDINALS = {2: "tjuende", 3: "trettiende", 4: "førtiende", 5: "femtiende"}

LARGEST = 999_999_999
"""What `cardinal` can say; larger numbers are read digit by digit."""


def cardinal(number: int, neuter: bool = False) -> str:
    """A whole number from 0 to `LARGEST`. ``neuter``: 1 is "ett" (brød), else "én" (pakke)."""
    if not 0 <= number <= LARGEST:
        raise ValueError(f"not sayable as one number: {number}")
    for size, one, many in ((1_000_000, "million", "millioner"), (1000, "tusen", "tusen")):
        if number >= size:
            count, rest = divmod(number, size)
            if size == 1000:
                head = (
                    ("ett " if rest >= 100 else "") if count == 1 else f"{cardinal(count, True)} "
                )
            else:
                head = f"{cardinal(count)} "
            words = head + (one if count == 1 else many)
            if not rest:
                return words
            return f"{words} {'og ' if rest < 100 else ''}{cardinal(rest, neuter)}"
    if number >= 100:
        count, rest = divmod(number, 100)
        words = "hundre" if count == 1 else f"{_SMALL[count]} hundre"
        return f"{words} og {cardinal(rest, neuter)}" if rest else words
    if number >= 20:
        tens, ones = divmod(number, 10)
        # "tjueen" is written without an accent inside the word.
        return _TENS[tens] + ("" if not ones else "en" if ones == 1 else _SMALL[ones])
    return "ett" if number == 1 and neuter else _SMALL[number]


def ordinal(number: int) -> str:
    """A place in a row from 0 to 59 ("tredje"), enough for dates, floors and lists."""
    if not 0 <= number <= 59:
        raise ValueError(f"no ordinal for {number}")
    if number < 20:
        return _ORDINALS[number]
    tens, ones = divmod(number, 10)
    return _TENS[tens] + _ORDINALS[ones] if ones else _TENS_ORDINALS[tens]


def digits(text: str, group: int = 0) -> str:
    """Digit by digit; with ``group``, a comma (heard as a short pause) after so many digits."""
    values = [int(digit) for digit in text if digit.isdecimal()]
    words = ["en" if value == 1 else _SMALL[value] for value in values]
    if not group:
        return " ".join(words)
    parts = [" ".join(words[start : start + group]) for start in range(0, len(words), group)]
    return ", ".join(parts)


def decimal(number: Decimal, neuter: bool = False) -> str:
    """A number with or without decimals: 1.75 is "én komma syttifem", 0.05 "null komma null fem".

    Two decimals are read as one number, as people read sizes; other lengths digit by digit.
    """
    if number < 0:
        return f"minus {decimal(-number, neuter)}"
    if number > LARGEST:
        return digits(str(number))
    whole, _, fraction = format(number, "f").partition(".")
    fraction = fraction.rstrip("0")
    if not fraction:
        return cardinal(int(whole), neuter)
    if len(fraction) == 2 and fraction[0] != "0":
        tail = cardinal(int(fraction))
    else:
        tail = digits(fraction)
    return f"{cardinal(int(whole))} komma {tail}"
