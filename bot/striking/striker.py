"""Strikes out of an utterance what is beside the matter."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from bot.dictionary import Dictionary, dictionary
from bot.ordering.essence import Struck
from bot.ordering.norwegian import Token, tokenise
from bot.ordering.vocabulary import Vocabulary
from bot.striking.features import Word, words_of
from bot.striking.network import Network, network

#: A word is struck out when it is so likely that it may be.
LIKELY = 0.6
#: A ware that is not named again is struck out when it is so likely; else it is told of.
SURE = 0.95
_MOST_WORDS = 400
_LINKS = frozenset(("i", "på", "med", "uten", "av", "til", "og"))
_ONE_WARE = 0.95
#: Words that say how a ware is meant stay with it: "ikke mer melk" is no melk.
_BOUND = frozenset(("ikke", "ingen", "uten", "aldri", "litt", "noe", "noen", "par"))
#: They stand so near it.
_NEAR = 4
#: Verbs that take a ware out.
_REMOVING = frozenset(("stryk", "fjern", "slett", "dropp", "kutt", "sløyf", "avbestill"))
#: Sorts of words that name nothing.
_NO_NAMES = frozenset(("small", "number", "unit", "and", "past", "verb"))
#: A turn is asked about a few times while it is taken; what was said is not kept longer.
_TURNS_KEPT = 8


class Striker:
    """Finds what may be struck out, for one shop's words."""

    def __init__(self, network: Network, vocabulary: Vocabulary, words: Dictionary) -> None:
        self._network = network
        self._vocabulary = vocabulary
        self._words = words

    def struck(self, text: str) -> Struck:
        """What of `text` may be struck out, and which wares among it may have been meant."""
        tokens = tokenise(text)
        if not tokens or len(tokens) > _MOST_WORDS:
            return Struck()
        words = words_of(tokens, self._vocabulary, self._words)
        chances = self._network.chances(words)
        for group in self._groups(tokens, words):
            together = sum(chances[at] for at in group) / len(group)
            for at in group:
                chances[at] = together
        for at in _ordered(words):
            if chances[at] < SURE:
                chances[at - 2 : at + 1] = [0.0] * 3
        for at in _taken_out(words):
            chances[at - 1 : at + 1] = [0.0] * 2
        out = reunited(words, [chance >= LIKELY for chance in chances])
        if is_torn(words, out):
            return Struck()
        kept = {words[at].plain for at in range(len(words)) if not out[at]}
        doubted = [
            at
            for at, word in enumerate(words)
            if out[at]
            and word.is_ware
            and word.plain not in kept
            and (chances[at] < SURE or is_counted(words, at))
        ]
        return Struck(
            tuple(_place(token) for token, each in zip(tokens, out, strict=True) if each),
            tuple(_place(tokens[at]) for at in doubted),
        )

    def _groups(self, tokens: Sequence[Token], words: Sequence[Word]) -> Iterator[range]:
        """Words that go out together: those of one number, and those of one ware."""
        at = 0
        while at < len(words):
            end = at + 1
            if words[at].sort == "number":
                while end < len(words) and _goes_on(words, end):
                    end += 1
            elif words[at].is_named:
                while (more := self._longer(tokens, words, at, end)) > end:
                    end = more
            if end > at + 1:
                yield range(at, end)
            at = end

    def _longer(self, tokens: Sequence[Token], words: Sequence[Word], at: int, end: int) -> int:
        """How far a ware's name from `at` goes beyond `end`."""
        last = end + 1 if end < len(words) and words[end].plain in _LINKS else end
        if last < len(words) and words[last].is_named:
            said = [token.said for token in tokens[at : last + 1]]
            if self._vocabulary.coverage(said) >= _ONE_WARE:
                return last + 1
        return end


def reunited(words: Sequence[Word], out: Sequence[bool]) -> list[bool]:
    """The same words struck out, but for the ware of an amount that would be left without one.

    "Fire liter lettmelk, å nei, to liter holder": the amount holds, and so must its ware.
    """
    result = list(out)
    for at, word in enumerate(words):
        if result[at] and word.plain in _BOUND and _goes_with_ware(words, result, at):
            result[at] = False
        if result[at] or word.sort != "number" or _has_ware(words, result, at):
            continue
        ware = _next_word(words, result, at)
        ware = _last_ware(words, result, at) if ware is None else ware
        if ware is not None:
            result[ware] = False
    return result


def _ordered(words: Sequence[Word]) -> Iterator[int]:
    """The wares of which a pack or measure is named: "en pakke te" is rather ordered than told."""
    for at in range(2, len(words)):
        if words[at].is_ware and words[at - 1].sort == "unit" and words[at - 2].sort == "number":
            yield at


def _taken_out(words: Sequence[Word]) -> Iterator[int]:
    """The wares that a verb takes out and that were not named before: "stryk brusen"."""
    for at in range(1, len(words)):
        named = {word.plain for word in words[: at - 1]}
        if words[at].is_ware and words[at - 1].plain in _REMOVING and words[at].plain not in named:
            yield at


def is_counted(words: Sequence[Word], at: int) -> bool:
    """Whether an amount stands before the ware at `at`: "et brød" is never passed over."""
    before = at - 2 if at > 1 and words[at - 1].sort == "unit" else at - 1
    return before >= 0 and words[before].sort == "number"


def is_torn(words: Sequence[Word], out: Sequence[bool]) -> bool:
    """Whether a ware is kept without the amount before it and no other amount is there.

    "Ta seks egg, nei, heller tolv" cannot come to "ta egg": then nothing is struck out.
    """
    if any(word.sort == "number" and not gone for word, gone in zip(words, out, strict=True)):
        return False
    return any(
        word.is_ware and not out[at] and is_counted(words, at) for at, word in enumerate(words)
    )


def _goes_with_ware(words: Sequence[Word], out: Sequence[bool], at: int) -> bool:
    """Whether a kept ware follows the word at `at`, small words between."""
    for place in range(at + 1, min(at + 1 + _NEAR, len(words))):
        if words[place].is_named:
            return not out[place]
        if words[place].mark:
            return False
    return False


def _has_ware(words: Sequence[Word], out: Sequence[bool], at: int) -> bool:
    """Whether the amount at `at` stands beside a ware that is kept."""
    for by in (1, -1):
        place = at + by
        while 0 <= place < len(words):
            word = words[place]
            if not out[place] and word.is_named:
                return True
            if not out[place] and (word.sort == "number" or word.is_stop):
                break
            place += by
    return False


def _next_word(words: Sequence[Word], out: Sequence[bool], at: int) -> int | None:
    """The word that the pack at `at` is of, when that was struck out: "en pose tørrfôr"."""
    place = at + 2
    there = place < len(words) and words[at + 1].sort == "unit" and not out[at + 1]
    if there and out[place] and not words[place].mark and words[place].sort not in _NO_NAMES:
        return place
    return None


def _last_ware(words: Sequence[Word], out: Sequence[bool], at: int) -> int | None:
    """The last ware before an amount that was struck out."""
    return next(
        (place for place in range(at - 1, -1, -1) if out[place] and words[place].is_ware), None
    )


def _goes_on(words: Sequence[Word], at: int) -> bool:
    """Whether a number goes on at `at`: "hundre og femti"."""
    if words[at].sort == "number":
        return True
    return (
        words[at].plain == "og"
        and at + 1 < len(words)
        and words[at + 1].sort == "number"
        and words[at - 1].plain in ("hundre", "tusen")
    )


def _place(token: Token) -> tuple[int, int]:
    return token.start, token.end


def striking(vocabulary: Vocabulary) -> Callable[[str], Struck]:
    """`Striker.struck` of the shipped model for one shop's words; see `bot.ordering.essence`."""
    return lru_cache(maxsize=_TURNS_KEPT)(Striker(network(), vocabulary, dictionary()).struck)
