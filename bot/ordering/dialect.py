"""Dialect and nynorsk forms of small words, by how they sound.

`bot.ordering.norwegian` lists the forms that everybody uses. What it does not list is found here: a
word that neither the shop nor bokmål knows, and that sounds like one small word ("leggja", "sagde",
"vøri"), is read as that. Wares are left alone: what `mjelk` is, the matcher knows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from rapidfuzz import fuzz

from bot.ordering.cues import cue_words
from bot.ordering.fillers import DESCRIBING, FILLERS
from bot.ordering.lemmas import sound, word_set
from bot.ordering.norwegian import Kind, Token
from bot.ordering.numbers import read_number_word
from bot.ordering.segment import Judge
from bot.ordering.talk_words import COMMENTS, STORY_NOUNS, VERBS
from bot.ordering.units import MEASURES, PACKS, SIZE_WORDS

_SHORTEST = 4
_SHORTEST_SOUND = 3
_ALIKE = 60.0
#: Endings that dialects change: the infinitive, the past, the definite form.
_ENDINGS = re.compile(r"(?:ja|je|jer|jar|ar|er|a|å|e|i|r)$")
#: Too like a ware, or too like each other.
_NOT_BY_SOUND = word_set("kake bake måtte rette matte hatt kappe sei lakk rette sette tørre salte")

SMALL_WORDS = frozenset(FILLERS | VERBS | COMMENTS | STORY_NOUNS | cue_words())
_LEFT_ALONE = SMALL_WORDS | DESCRIBING


def _key(word: str) -> str:
    stem = _ENDINGS.sub("", word) if len(word) > _SHORTEST else word
    return sound(stem).replace("ø", "e")


@lru_cache(maxsize=1)
def _by_sound() -> dict[str, list[str]]:
    table: dict[str, list[str]] = {}
    for word in sorted(SMALL_WORDS):
        if len(word) >= _SHORTEST - 1 and word not in _NOT_BY_SOUND:
            table.setdefault(_key(word), []).append(word)
    return table


@lru_cache(maxsize=8192)
def small_word(word: str) -> str | None:
    """The small word of bokmål that a folded word sounds like, or None."""
    if len(word) < _SHORTEST or word in _LEFT_ALONE or not word.isalpha():
        return None
    if read_number_word(word) is not None or word in MEASURES or word in PACKS:
        return None
    if word in SIZE_WORDS or word in _NOT_BY_SOUND:
        return None
    key = _key(word)
    if len(key) < _SHORTEST_SOUND:
        return None
    like = [(fuzz.ratio(word, other), other) for other in _by_sound().get(key, ())]
    best = max(like, default=(0.0, ""))
    return best[1] if best[0] >= _ALIKE else None


def in_bokmaal(tokens: Sequence[Token], judge: Judge) -> list[Token]:
    """The tokens with small words of dialect read as bokmål, wares left as they were said."""
    out: list[Token] = []
    for at, token in enumerate(tokens):
        after = tokens[at + 1] if at + 1 < len(tokens) else None
        if token.kind is Kind.WORD:
            token = _read(token, out, after, judge)
        out.append(token)
    return out


_KNOWN = 0.82
_SURE = 0.95
#: Words that only dialect has.
_DIALECT = word_set("æ å itj mæ dæ ka kor nåkka nån ei hiv dæm me e ittj ikkje eg")
_DEFINITE = ("an", "a", "ane", "ene", "en", "et")
_THEM = frozenset({"de", "dem", "det", "den"})
#: After these "te" is "til".
_TOWARDS = STORY_NOUNS | word_set(
    """
    meg deg oss dere han hun henne middag middagen frokost frokosten kvelds lunsj lunsjen kaffen
    kaffien maten kok steiking bakst baking jul påske helga helgen barna oldebarna barnebarna seg
    """
)
_MODALS = word_set("skal skulle kan kunne vil ville må måtte å få bør burde la lot")
_COUNTED = frozenset(MEASURES) | frozenset(PACKS)


def _read(token: Token, before: list[Token], after: Token | None, judge: Judge) -> Token:
    said = token.said
    small = before[-1:] and before[-1].said in ("et", "ett", "eit", "eitt")
    if said == "lite" and after is not None and (small or after.said in PACKS):
        return replace(token, said="liten", plain="liten")  # "lite flaske pepsi", "et lite brød"
    if said == "førr" and not _is_forty(before, after, judge):
        return replace(token, said="for", plain="for")
    if said in ("e", "æ") and after is not None and after.said in _COUNTED | {"par", "paar"}:
        return replace(token, said="et" if after.said in ("par", "paar") else "en", plain="en")
    counted = bool(before) and (
        before[-1].kind is Kind.NUMBER or read_number_word(before[-1].said) is not None
    )
    if (
        said == "tå"
        and after is not None
        and counted
        and (after.said.endswith(_DEFINITE) or after.plain in _THEM)
    ):
        return replace(token, said="av", plain="av")
    doing = after is not None and (after.plain in VERBS or after.plain in _MODALS)
    if said in ("eg", "æg") and counted and not doing:
        return replace(token, said="egg", plain="egg")
    last = before[-1] if before else None
    closes = after is None or after.kind is not Kind.WORD
    if (
        said == "te"
        and closes
        and last is not None
        and last.said.endswith(("a", "an"))
        and (
            last.plain not in _LEFT_ALONE
            and judge.coverage((last.said,)) >= _KNOWN
            and _DIALECT.intersection(other.said for other in before)
        )
    ):
        return replace(token, said="til", plain="til")  # "å så poteta te"
    number = len(before) > 1 and (
        before[-2].kind is Kind.NUMBER or read_number_word(before[-2].said) is not None
    )
    number = number and before[-1].said not in _COUNTED
    if said == "te" and closes and number and judge.coverage((before[-1].said,)) >= _KNOWN:
        return replace(token, said="til", plain="til")  # "fem egg te"
    if said == "te" and before and after is not None and _is_place(after, judge):
        return replace(token, said="til", plain="til")  # "på tur te Røros"
    if said == "te" and after is not None and after.said == "å" and before:
        return replace(token, said="til", plain="til")
    if said == "te" and after is not None and after.plain in _TOWARDS and before:
        return replace(token, said="til", plain="til")
    split = before[-1].said + "e" + after.said if before and after is not None else ""
    if (
        said == "e"
        and after is not None
        and after.plain not in SMALL_WORDS
        and (
            judge.coverage((after.said,)) >= _SURE
            and not (split and judge.coverage((split,)) >= _SURE)  # "fisk e pudding"
        )
    ):
        return replace(token, said="en", plain="en")
    if said == "paar":
        return replace(token, said="par", plain="par")
    if token.plain != said:
        return token
    # "skal du hør", "kan du send": the infinitive without its e.
    near = [other.plain for other in before[-3:]]
    if said in _LEFT_ALONE:
        return token
    if said + "e" in VERBS and said not in _COUNTED and _MODALS.intersection(near):
        return replace(token, plain=said + "e")
    found = small_word(said)
    if found is not None and judge.coverage((said,)) < _KNOWN:
        return replace(token, plain=found)
    return token


def _is_place(token: Token, judge: Judge) -> bool:
    """Whether a word is written as a name and is no ware's."""
    return token.text[:1].isupper() and judge.coverage((token.said,)) < _SURE


def _is_forty(before: list[Token], after: Token | None, judge: Judge) -> bool:
    """Whether "førr" is the number and not "for": only before something that is counted."""
    if before and before[-1].plain in ("tom", "tomme", "slutt", "fri", "glad", "redd", "opp"):
        return False
    if after is None or after.kind is not Kind.WORD:
        return after is None or after.kind is not Kind.AND
    if after.said in _COUNTED:
        return True
    return after.plain not in SMALL_WORDS and judge.coverage((after.said,)) >= _KNOWN
