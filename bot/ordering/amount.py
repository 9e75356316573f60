"""How much of something was asked for: a count, a measure, packs, a range or something vague."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from bot.ordering.norwegian import Kind, Token
from bot.ordering.numbers import NUMBER_WORDS, read_number, read_number_word
from bot.ordering.units import (
    CAUTIOUS_PACKS,
    GENITIVE_MEASURES,
    MEASURES,
    PACKS,
    PERCENT,
    SIZE_WORDS,
    pack_of,
)

ARTICLES = frozenset({"en", "ei", "et", "ett", "ein", "eitt", "eit"})


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount as it was said.

    Attributes:
        value: the number; fractions are exact ("halvannen" = 1.5); negative only for "en mindre".
        unit: "" for a bare number; "l" or "kg" for measures (converted); else the lemma of a pack
            word ("pakke", "flaske", "boks", "stk" …).
        upper: the other end of a range ("tre-fire": value 3, upper 4); must be asked.
        vague: "noen", "litt", "et par" (value 2), "nok": must be asked.
        pack_pieces: "sekspakning" = 6: how many pieces the pack should hold, not a count.
        little: "litt", "en slump": one pack is likely to be enough.
        abbreviated: "4 pk" is a pack of four pieces where there is one, else four packs.
    """

    value: Decimal
    unit: str = ""
    upper: Decimal | None = None
    vague: bool = False
    pack_pieces: int | None = None
    little: bool = False
    abbreviated: bool = False


@dataclass(frozen=True, slots=True)
class Read:
    """An amount found in tokens.

    Attributes:
        amount: what it says.
        end: index of the first token after it.
        article: it is only "en/ei/et" so far, which may also be an article.
        size: it is a measure in the genitive or a percentage: a property of the ware.
    """

    amount: Amount
    end: int
    article: bool = False
    size: bool = False


# Phrases that are no number but say how much. Value 2 for "et par": a guess worth asking with "ja".
_VAGUE: tuple[tuple[tuple[str, ...], int], ...] = tuple(
    sorted(
        (
            (tuple(words.split()), value)
            for value, rows in (
                (
                    2,
                    "et par|ett par|et par stykker|par|eit par|et par tre|en to tre|et par stk",
                ),
                (
                    1,
                    "dobbelt så mye|halvparten så mye|dobbelt så mange|halvparten så mange|"
                    "noen|noen få|noen stykker|litt|bittelitt|lite grann|litt grann|en del|mange|"
                    "masse|mye|nok|en haug|en haug med|flere|en slump|en skvett|en dæsj|"
                    "en god del|ganske mange|ganske mye|et lite lass|en neve|"
                    "dobbelt opp med|dobbelt opp|"
                    "litt forskjellig|noen få stykker|masser av|et utvalg|en klatt|diverse|"
                    "litt diverse|en smule|så mye som mulig|en mengde",
                ),
            )
            for words in rows.split("|")
        ),
        key=lambda entry: -len(entry[0]),
    )
)
_VAGUE_FIRST: dict[str, list[tuple[tuple[str, ...], int]]] = {}
for _entry in _VAGUE:
    _VAGUE_FIRST.setdefault(_entry[0][0], []).append(_entry)
_LITTLE = frozenset({"litt", "bittelitt", "lite", "litte"})
# "noe melk" and "noe brød" say no more than "melk": `noe` is a filler, not an amount.

# Words that with a number before them are part of a ware's name.
_NAME_AFTER_NUMBER = frozenset(
    {"up", "korn", "korns", "kornet", "oster", "øyer", "islands", "slag", "sorter", "frø", "min",
     "minutter", "minutters", "watt", "w", "volt", "lags", "lag", "years", "meter", "cm", "mm",
     "m", "prosentig", "formaggi", "stjerners", "urter"}
)  # fmt: skip
#: Numbers too long to be meant, or not as people write them: how many must be asked.
_UNREADABLE = re.compile(r"\d{10,}$|\d+[eE]\d+$")
_TIMES = frozenset({"x", "×", "gange", "ganger", "gonger", "gong"})
_FEW = range(1, 13)
_PACK_SIZES = frozenset({3, 4, 5, 6, 8, 9, 10, 12, 16, 18, 20, 24, 30})


def _words(tokens: Sequence[Token], start: int, most: int = 7) -> list[str]:
    out: list[str] = []
    for token in tokens[start : start + most]:
        if token.kind in (Kind.WORD, Kind.NUMBER, Kind.AND):
            out.append(token.said)
        else:
            break
    return out


def read_amount(tokens: Sequence[Token], start: int) -> Read | None:
    """Read an amount that begins at token `start`, or None.

    Sizes that belong to the ware ("1,5 %", "400 grams", "halvliter", "7 up") come back with
    `size=True`, so that the caller keeps them in the phrase.
    """
    token = tokens[start]
    if token.kind not in (Kind.WORD, Kind.NUMBER):
        return None
    words = _words(tokens, start)
    first = words[0]
    if _UNREADABLE.match(token.text):
        return _with_unit(tokens, start + 1, Amount(Decimal(1), vague=True))
    if first == "mellom":
        return _between(tokens, start)
    if first in _TIMES:
        return _times_first(tokens, start)
    pieces = pack_of(first)
    if pieces is not None:
        return Read(Amount(Decimal(1), "pakke", pack_pieces=pieces), start + 1)
    half_unit = MEASURES.get(first)
    if half_unit is not None and first.startswith("halvkilo"):
        return Read(Amount(half_unit[1], "kg"), start + 1)
    # "par" alone is an amount only before a ware ("par liter"), never after its article.
    vague = _read_vague([t.plain for t in tokens[start : start + len(words)]])
    if vague is not None:
        value, used = vague
        amount = Amount(Decimal(value), vague=True, little=words[0] in _LITTLE)
        return _with_unit(tokens, start + used, amount, words[:used] == ["nok"])
    number = read_number(words)
    if number is None:
        return None
    worth, used = number
    end = start + used
    after = tokens[end].said if end < len(tokens) else ""
    if after in PERCENT:
        fat = end + 1 < len(tokens) and tokens[end + 1].said in ("fett", "fettprosent", "fete")
        return Read(Amount(worth), end + 1 + fat, size=True)
    if after in _NAME_AFTER_NUMBER and (used == 1) and worth == int(worth):
        return Read(Amount(worth), end + 1, size=True)
    upper = _read_upper(tokens, end, worth, used)
    if upper is not None:
        high, end = upper
        return _with_unit(tokens, end, Amount(worth, upper=high))
    article = used == 1 and first in ARTICLES and token.text.casefold() not in ("én", "ett", "éin")
    return _with_unit(tokens, end, Amount(worth), article=article)


def _between(tokens: Sequence[Token], start: int) -> Read | None:
    """ "mellom to og tre kilo"."""
    low = read_number(_words(tokens, start + 1, 1))
    joint = start + 2
    if low is None or joint >= len(tokens) or tokens[joint].plain != "og":
        return None
    high = read_number(_words(tokens, joint + 1))
    if high is None or high[0] <= low[0]:
        return None
    return _with_unit(tokens, joint + 1 + high[1], Amount(low[0], upper=high[0]))


def _times_first(tokens: Sequence[Token], start: int) -> Read | None:
    if start + 1 >= len(tokens) or tokens[start].said not in ("x", "×"):
        return None
    number = read_number(_words(tokens, start + 1))
    if number is None:
        return None
    return _with_unit(tokens, start + 1 + number[1], Amount(number[0]))


def _read_vague(words: Sequence[str]) -> tuple[int, int] | None:
    for phrase, value in _VAGUE_FIRST.get(words[0], ()):
        if tuple(words[: len(phrase)]) == phrase:
            return value, len(phrase)
    return None


def _read_upper(
    tokens: Sequence[Token], end: int, value: Decimal, used: int
) -> tuple[Decimal, int] | None:
    """The upper end of "tre-fire", "tre til fire", "tre eller fire", "tre fire"."""
    if end >= len(tokens):
        return None
    joint = tokens[end]
    skip = 0
    if joint.kind is Kind.DASH and joint.text in "-–—":
        skip = 1
    elif joint.plain in ("til", "eller", "te") and joint.kind is Kind.WORD:
        skip = 1
        if joint.plain == "eller" and end + 1 < len(tokens):
            again = tokens[end + 1]
            if again.plain in ("kanskje", "rettere"):
                skip = 2 if again.plain == "kanskje" else 0
    following = _words(tokens, end + skip, 4)
    if not following or (following[0] in ARTICLES):
        return None
    number = read_number(following)
    if number is None:
        return None
    high, more = number
    if skip:
        if high > value:
            return high, end + skip + more
        return None
    # Two numbers in a row are a range only when they follow each other ("to tre stykker").
    spelled = tokens[end].said in NUMBER_WORDS and tokens[end - 1].said in NUMBER_WORDS
    if spelled and used == 1 and high == value + 1 and int(value) in _FEW:
        counted = end + more < len(tokens) and tokens[end + more].said in PACKS
        if end >= 1 and tokens[end - 1].said in ARTICLES and not counted:
            return None
        return high, end + more
    return None


def _with_unit(
    tokens: Sequence[Token], end: int, amount: Amount, bare: bool = False, article: bool = False
) -> Read:
    """Take the unit that follows, if one does."""
    if bare or end >= len(tokens):
        return Read(amount, end, article)
    word = tokens[end].said
    if word in _TIMES and tokens[end].kind is Kind.WORD:
        end += 1
        if end >= len(tokens):
            return Read(amount, end)
        article = False
        word = tokens[end].said
    # "en halv kartong", "en stor flaske": the pack word may come after an adjective of size.
    pieces = pack_of(word)
    if pieces is not None:
        return Read(replace(amount, unit="pakke", pack_pieces=pieces), end + 1)
    if word in GENITIVE_MEASURES:
        return Read(amount, end + 1, size=True)
    measure = MEASURES.get(word)
    if word == "lita" and amount.value < 2:
        # "to lita mjølk" is litres, "ei lita flaske" a small one.
        measure = None
    if measure is not None:
        base, factor = measure
        upper = None if amount.upper is None else amount.upper * factor
        found = replace(amount, value=amount.value * factor, unit=base, upper=upper)
        return Read(found, end + 1)
    if word in SIZE_WORDS:
        return Read(amount, end, article)
    pack = PACKS.get(word)
    if pack is None:
        return Read(amount, end, article)
    if word in CAUTIOUS_PACKS and article and not _ware_follows(tokens, end + 1):
        return Read(amount, end, article)
    if word in ("pakning", "pk", "pack") and amount.value in _PACK_SIZES and amount.upper is None:
        # "seks pakning øl", "12 pk egg": the singular says that it is the size of one pack.
        pieces = int(amount.value)
        short = word == "pk"
        return Read(Amount(Decimal(1), "pakke", pack_pieces=pieces, abbreviated=short), end + 1)
    return Read(replace(amount, unit=pack), end + 1)


def _ware_follows(tokens: Sequence[Token], at: int) -> bool:
    return at < len(tokens) and tokens[at].kind is Kind.WORD and tokens[at].plain != "og"


def is_number_word(word: str) -> bool:
    """Whether a single word is a number in words or digits."""
    return word[:1].isdigit() or read_number_word(word) is not None
