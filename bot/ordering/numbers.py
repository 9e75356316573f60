"""Number words from zero to a few thousand in both counting styles and the main dialects.

`femogtyve`, `fem og tyve`, `tjuefem`, `tjue fem`, `førr`, `halvannen`, `to og en halv`, `kvart`,
`dusin`, `snes`, digits with comma or point, fractions. Pure; no guesses: a word that is not certain
to be a number is not read as one.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache

_ONES_ROWS = """
0: null
1: en ei et ett ein eitt eit eitt' ene'
2: to tvo tå två tvau
3: tre tri træ
4: fire fira fir
5: fem fæm femm
6: seks sæks sekks seis' sjeks
7: sju syv sjau sjy sjuv
8: åtte otte åtta åttå
9: ni nie
10: ti tie
11: elleve elve ellev ellve elløve ølløv
12: tolv tålv tøll tallv
13: tretten trettan trætten trættan
14: fjorten fjortan fjårten
15: femten femtan fæmten fæmtan
16: seksten sekstan sæksten sækstan seisten
17: sytten søtten søttan syttan søytten
18: atten attan
19: nitten nittan
"""
_TENS_ROWS = """
20: tjue tyve tjuge tjua tjuga
30: tretti tredve tredeve trædve trætti
40: førti førr fyrti førrti førri
50: femti fæmti
60: seksti sæksti
70: sytti søtti søytti
80: åtti åttio
90: nitti
"""
_HUNDRED = ("hundre", "hundrede", "hundra", "honder", "hondre")
_MILLION = frozenset({"million", "millioner", "millionar", "milliard", "milliarder"})
_THOUSAND = ("tusen", "tusind", "tusn")


def _rows(text: str) -> dict[str, int]:
    table: dict[str, int] = {}
    for row in text.strip().splitlines():
        value, words = row.split(":")
        table.update((word, int(value)) for word in words.split() if not word.endswith("'"))
    return table


_ONES = _rows(_ONES_ROWS)
_TENS = _rows(_TENS_ROWS)
_DIGITS = {word: value for word, value in _ONES.items() if 1 <= value <= 9}
_ARTICLES = frozenset({"en", "ei", "et", "ett", "ein", "eitt", "eit"})
_HALF = frozenset({"halv", "halve", "halvt", "hælv", "halvan"})
_HALF_EXTRA = {
    "halvannen": Decimal("1.5"),
    "halvannet": Decimal("1.5"),
    "halvanna": Decimal("1.5"),
    "halvanen": Decimal("1.5"),
    "halvonna": Decimal("1.5"),
    "halvannan": Decimal("1.5"),
    "halvonnan": Decimal("1.5"),
    "halvannens": Decimal("1.5"),
    "halvtanna": Decimal("1.5"),
    "halvanna't": Decimal("1.5"),
    "halvtredje": Decimal("2.5"),
    "trekvart": Decimal("0.75"),
}
_QUARTER = frozenset({"kvart", "fjerdedel", "fjerdedels"})
_SCORES = {
    "dusin": 12,
    "dusinet": 12,
    "tylft": 12,
    "tylfter": 12,
    "snes": 20,
    "snese": 20,
    "gross": 144,
}
_SYMBOLS = {"½": Decimal("0.5"), "¼": Decimal("0.25"), "¾": Decimal("0.75")}
_AND = frozenset({"og", "å", "&", "+"})
_COMMA = frozenset({"komma", "kåmma"})

NUMBER_WORDS = frozenset(_ONES) | frozenset(_TENS) | frozenset(_HUNDRED) | frozenset(_THOUSAND)


@lru_cache(maxsize=4096)
def read_number_word(word: str) -> int | None:
    """One closed number word ("femogtyve", "tjuefem", "tohundreogfemti"), or None."""
    if word in _ONES:
        return _ONES[word]
    if word in _TENS:
        return _TENS[word]
    if len(word) < 5 or len(word) > 40:
        return 100 if word in _HUNDRED else 1000 if word in _THOUSAND else None
    for names, size in ((_THOUSAND, 1000), (_HUNDRED, 100)):
        for name in names:
            head, found, tail = word.partition(name)
            if not found:
                continue
            count = 1 if not head else _DIGITS.get(head.removesuffix("-"))
            if count is None:
                continue
            tail = tail.removeprefix("og").removeprefix("å")
            rest = 0 if not tail else read_number_word(tail)
            if rest is not None and rest < size:
                return count * size + rest
    for tens, value in _TENS.items():
        if word.startswith(tens):
            digit = _DIGITS.get(word[len(tens) :].removeprefix("-"))
            if digit is not None:
                return value + digit
        if word.endswith(tens):
            head = word[: -len(tens)]
            for joint in ("og", "å", "a"):
                digit = _DIGITS.get(head.removesuffix(joint)) if head.endswith(joint) else None
                if digit is not None:
                    return value + digit
    return None


def _written(word: str) -> Decimal | None:
    """A number in digits: "2", "1,5", "1.5", "1/2", "½"."""
    if word in _SYMBOLS:
        return _SYMBOLS[word]
    if not word[:1].isdigit():
        return None
    if "/" in word:
        above, _, below = word.replace(" ", "").partition("/")
        if above.isdecimal() and below.isdecimal() and int(below) and len(above + below) <= 8:
            return Decimal(int(above)) / Decimal(int(below))
        return None
    number = word.replace(",", ".")
    whole, _, part = number.partition(".")
    if whole.isdecimal() and (not part or part.isdecimal()) and len(number) <= 14:
        return Decimal(number)
    return None


def _whole(words: Sequence[str], at: int) -> tuple[int, int] | None:
    """A whole number in words from `at`: (value, how many words)."""
    if at >= len(words):
        return None
    first = read_number_word(words[at])
    if first is None:
        return None
    used = 1
    following = words[at + 1] if at + 1 < len(words) else ""
    if 1 <= first <= 9 and following in _AND and at + 2 < len(words):
        tens = _TENS.get(words[at + 2])
        if tens is not None:
            return first + tens, 3
    if first in range(20, 100, 10) and following in _DIGITS and following not in _ARTICLES:
        return first + _DIGITS[following], 2
    if 1 <= first <= 9 and following in _HUNDRED:
        first *= 100
        used = 2
    elif 1 <= first <= 999 and following in _THOUSAND:
        first *= 1000
        used = 2
    if at + used < len(words) and words[at + used] in _MILLION:
        return first * 1_000_000, used + 1
    if first >= 100 and first % 100 == 0:
        size = 1000 if first % 1000 == 0 else 100
        skip = 1 if at + used < len(words) and words[at + used] in _AND else 0
        rest = _whole(words, at + used + skip)
        # "hundre og en" may be 101 or "hundre … og en melk": only "og" plus a real number counts.
        article = rest is not None and rest[1] == 1 and words[at + used + skip] in _ARTICLES
        if rest is not None and 0 < rest[0] < size and not article:
            return first + rest[0], used + skip + rest[1]
    return first, used


def read_number(words: Sequence[str]) -> tuple[Decimal, int] | None:
    """Read a number at the start of `words` (folded, lower case).

    Returns:
        The value and how many words it took, or None. Vague words ("noen", "et par") and ranges
        are not numbers: see `bot.ordering.amount`.
    """
    if not words:
        return None
    first = words[0]
    written = _written(first)
    if written is not None:
        if len(words) > 1 and "/" not in first and "," not in first and "." not in first:
            fraction = words[1]
            if fraction in _SYMBOLS or ("/" in fraction and _written(fraction) is not None):
                part = _written(fraction)
                if part is not None and part < 1:
                    return written + part, 2
        return _with_half(words, written, 1)
    if first in _HALF_EXTRA:
        if len(words) > 1 and words[1] in _SCORES:
            return _HALF_EXTRA[first] * _SCORES[words[1]], 2
        return _HALF_EXTRA[first], 1
    if first in _HALF:
        if len(words) > 1 and words[1] in _SCORES:
            return Decimal(_SCORES[words[1]]) / 2, 2
        if len(words) > 1 and words[1] in ("annen", "anna", "annet"):
            return Decimal("1.5"), 2
        return Decimal("0.5"), 1
    if first in _QUARTER:
        return Decimal("0.25"), 1
    if first in _SCORES:
        return Decimal(_SCORES[first]), 1
    if first in _ARTICLES and len(words) > 1:
        inner = _after_article(words)
        if inner is not None:
            return inner
    if first == "tre" and len(words) > 1 and words[1] in _QUARTER:
        return Decimal("0.75"), 2
    whole = _whole(words, 0)
    if whole is None:
        return None
    value, used = whole
    if used < len(words) and words[used] in _SCORES:
        return Decimal(value * _SCORES[words[used]]), used + 1
    if used + 1 < len(words) and words[used] in _COMMA:
        decimals = _whole(words, used + 1)
        if decimals is not None and decimals[0] < 100:
            return Decimal(f"{value}.{decimals[0]}"), used + 1 + decimals[1]
    return _with_half(words, Decimal(value), used)


def _after_article(words: Sequence[str]) -> tuple[Decimal, int] | None:
    """ "en halv", "et halvt dusin", "et dusin", "en kvart", "en halvannen"."""
    second = words[1]
    if second in _HALF or second in _QUARTER or second in _SCORES or second in _HALF_EXTRA:
        inner = read_number(words[1:])
        if inner is not None:
            return inner[0], inner[1] + 1
    return None


def _with_half(words: Sequence[str], value: Decimal, used: int) -> tuple[Decimal, int]:
    """ "to og en halv", "to og et halvt", "to og halv", "to en halv"."""
    rest = list(words[used : used + 3])
    if rest and rest[0] in _AND:
        after, skip = rest[1:], 1
    else:
        after, skip = rest, 0
    if after and after[0] in _ARTICLES and len(after) > 1 and (after[1] in _HALF):
        return value + Decimal("0.5"), used + skip + 2
    if skip and after and after[0] in _HALF:
        return value + Decimal("0.5"), used + skip + 1
    return value, used
