"""What something may cost: "under femti kroner", "til rundt hundre kroner"."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from bot.ordering.norwegian import Kind, Token, tokenise
from bot.ordering.numbers import read_number

_MONEY = frozenset({"kr", "kroner", "krone", "kronor", "kroners", "lapp", "lappen", "spenn"})
_BEFORE = {
    "under", "til", "rundt", "omtrent", "ca", "cirka", "maks", "maksimum", "høyst", "inntil",
    "opptil", "for", "mindre", "enn", "ikke", "over", "mer", "på", "et", "en", "te", "billigere",
}  # fmt: skip
_ABOUT = frozenset({"rundt", "omtrent", "ca", "cirka", "sånn", "cirkus"})
_AT_LEAST = frozenset({"over", "minst"})


@dataclass(frozen=True, slots=True)
class Limit:
    """What one thing may cost, in kroner.

    Attributes:
        least, most: the bounds; `least` is 0 when only an upper one was said.
        said: the amount that was named.
        rest: the text without the price.
    """

    least: Decimal
    most: Decimal
    said: Decimal
    rest: str


def read_limit(text: str) -> Limit | None:
    """A price limit in `text`, or None. An amount of money without "under", "til" … is none."""
    tokens = tokenise(text)
    words = [token.said for token in tokens]
    for at, token in enumerate(tokens):
        if token.kind not in (Kind.WORD, Kind.NUMBER):
            continue
        number = read_number(words[at : at + 6])
        if number is None or number[0] <= 0:
            continue
        end = at + number[1]
        if end >= len(tokens) or tokens[end].plain not in _MONEY:
            continue
        start = at
        while start and tokens[start - 1].plain in _BEFORE | _ABOUT:
            start -= 1
        lead = {each.plain for each in tokens[start:at]}
        if not lead - {"et", "en"}:
            return None
        return _limit(text, tokens, start, end, number[0], lead)
    return None


def _limit(
    text: str, tokens: list[Token], start: int, end: int, said: Decimal, lead: set[str]
) -> Limit:
    rest = f"{text[: tokens[start].start]} {text[tokens[end].end :]}".strip()
    if lead & _AT_LEAST and "ikke" not in lead:
        return Limit(said, Decimal(100_000), said, rest)
    if lead & _ABOUT:
        return Limit(said * Decimal("0.7"), said * Decimal("1.2"), said, rest)
    return Limit(Decimal(0), said, said, rest)
