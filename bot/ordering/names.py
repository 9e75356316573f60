"""Names of people in what is said: "det er Astrid her", "jeg heter Hansen", "han Olaf".

A name is nobody's wish, however much a brand sounds like it.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.ordering.fillers import FILLERS
from bot.ordering.lemmas import word_set
from bot.ordering.norwegian import Kind, Token
from bot.ordering.segment import Judge

TITLES = word_set("fru frua fruen frøken herr herre doktor dr søster bror tante onkel pastor gamle")
_CALLED = (("jeg", "heter"), ("navnet", "er"), ("navnet", "mitt", "er"), ("mitt", "navn", "er"))
_PERSON = frozenset({"han", "hun", "ho", "hu", "na", "n"})
_SELF = (("det", "er"), ("dette", "er"), ("her", "er"), ("det", "er", "jo"), ("det", "er", "bare"))
_HERE = frozenset({"her", "igjen", "som", "ringer"})
_LONGEST = 4


def names(tokens: Sequence[Token], judge: Judge) -> set[int]:
    """Places of the tokens that are somebody's name or title."""
    found: set[int] = set()
    plains = [token.plain for token in tokens]
    for at, token in enumerate(tokens):
        if token.kind is not Kind.WORD:
            continue
        if token.plain in TITLES and token.plain != "gamle":
            found.update(range(at, _end(tokens, at + 1, judge, 1)))
        for opening in _CALLED:
            if tuple(plains[at : at + len(opening)]) == opening:
                start = at + len(opening)
                found.update(range(start, _end(tokens, start, judge, 2)))
        if token.plain in _PERSON and at + 1 < len(tokens) and _is_name(tokens, at + 1, judge, True):
            found.add(at + 1)
        for opening in _SELF:
            if tuple(plains[at : at + len(opening)]) == opening:
                found.update(_introduced(tokens, at + len(opening), judge))
    return found


def _end(tokens: Sequence[Token], at: int, judge: Judge, most: int) -> int:
    end = at
    while end < len(tokens) and end - at < most and _is_name(tokens, end, judge, False):
        end += 1
    return end


def _introduced(tokens: Sequence[Token], at: int, judge: Judge) -> range:
    """ "det er gamle fru Hansen her": the words up to "her" that may all be a name."""
    for end in range(at + 1, min(at + _LONGEST + 1, len(tokens))):
        here = tokens[end]
        if here.plain in _HERE or (here.kind is Kind.COMMA and tokens[at].text[:1].isupper()):
            inside = range(at, end)
            if all(tokens[n].plain in TITLES or _is_name(tokens, n, judge, False) for n in inside):
                return inside
            return range(0)
    return range(0)


def _is_name(tokens: Sequence[Token], at: int, judge: Judge, capital: bool) -> bool:
    """Whether a word may be a name: written so where it counts, else no word of anything else."""
    token = tokens[at]
    if token.kind is not Kind.WORD or token.plain in FILLERS:
        return False
    if token.text[:1].isupper():
        return True
    return not capital and judge.coverage((token.said,)) < 1.0 or token.said.endswith("sen")
