"""Where one ware ends and the next begins in words without commas, by dynamic programming.

The vocabulary says how well words together name one product; the best cut of a run of words is the
one that explains most of them with fewest wares. Link words ("i", "med", "uten") tie rather than
cut: "makrell i tomat" is one ware, "kaffe med melk" two when no product is called so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.ordering.norwegian import Token
from bot.ordering.vocabulary import Vocabulary
from bot.ordering.wares import COMPOUND_HEADS, COMPOUNDS, WARES

_LONGEST = 6
_ALONE = 0.35  # cost of each ware: fewer are better when the words are explained as well
_UNKNOWN = 0.25  # cost of a single unknown word, low enough that it does not stick to a neighbour
_CLASH = 1.2  # two wares in a row that no compound joins ("ost skinke") are two wares
_GAP = 0.3  # a filler was said between two words ("melk takk brød")
_TIED = frozenset({"i", "på", "uten", "u", "utan", "m", "med", "og", "&"})
_TIGHT = frozenset({"i", "på", "uten", "u", "utan", "m", "og", "&", "av", "fra", "ved"})


@dataclass(frozen=True, slots=True)
class Word:
    """A content word of a run.

    Attributes:
        token: the word.
        link: link tokens said just before it ("med", "i"); empty when none.
        gap: a filler was said just before it.
        size: it tells the pack's size or fat content, and belongs to the ware beside it.
        glued: never cut before it ("salt og pepper chips").
    """

    token: Token
    link: tuple[Token, ...] = ()
    gap: bool = False
    size: bool = False
    glued: bool = False


@dataclass(frozen=True, slots=True)
class Segment:
    """One ware's words, with how well the vocabulary knows them together (0 to 1)."""

    words: tuple[Word, ...]
    known: float


class Judge:
    """Coverage of word groups, remembered while one utterance is read."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._kept: dict[tuple[str, ...], float] = {}

    def coverage(self, words: Sequence[str]) -> float:
        """How well `words` together name one product, 0 to 1."""
        key = tuple(words)
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = float(self._vocabulary.coverage(key))
        return found

    def is_saying(self, words: Sequence[str]) -> bool:
        """Whether people call one ware just so, link words and all."""
        return self._vocabulary.is_saying(words)


_WITHOUT = frozenset({"uten", "u", "utan"})


def _absent(words: Sequence[Word]) -> set[int]:
    """Places of words that name what the ware before them lacks: "uten (tilsatt) sukker"."""
    found: set[int] = set()
    for at, word in enumerate(words):
        lacking = bool(at and word.link) and word.link[0].plain in _WITHOUT
        if lacking or (at - 1 in found and words[at - 1].token.said == "tilsatt"):
            found.add(at)
    return found


def cut(words: Sequence[Word], judge: Judge) -> list[Segment]:
    """The best cut of `words` into wares.

    Sizes go with the ware after them, else before them; what a ware lacks goes with it.
    """
    absent = _absent(words)
    core = [word for at, word in enumerate(words) if not word.size and at not in absent]
    if not core:
        return [Segment(tuple(words), 0.6)] if words else []
    segments = _cut_core(core, judge)
    if len(core) == len(words):
        return segments
    owner: dict[int, int] = {}
    for number, segment in enumerate(segments):
        for word in segment.words:
            owner[word.token.start] = number
    groups: list[list[Word]] = [list(segment.words) for segment in segments]
    for at, word in enumerate(words):
        if word.token.start in owner:
            continue
        known = owner.get
        after = next((p for w in words[at:] if (p := known(w.token.start)) is not None), None)
        before = next(
            (p for w in reversed(words[:at]) if (p := known(w.token.start)) is not None), None
        )
        first, second = (before, after) if at in absent else (after, before)
        place = first if first is not None else second
        groups[place or 0].append(word)
    return [
        Segment(tuple(sorted(group, key=lambda word: word.token.start)), segment.known)
        for group, segment in zip(groups, segments, strict=True)
    ]


def _cut_core(words: Sequence[Word], judge: Judge) -> list[Segment]:
    count = len(words)
    if count == 0:
        return []
    longest = _LONGEST if count <= 40 else 3 if count <= 200 else 2
    said = [word.token.said for word in words]
    known = [judge.coverage((word,)) for word in said]
    best: list[float] = [0.0] + [-1e9] * count
    back: list[tuple[int, float]] = [(0, 0.0)] * (count + 1)
    for end in range(1, count + 1):
        for start in range(max(0, end - longest), end):
            if words[start].glued:
                continue
            if start + 1 == end:
                covered = known[start]
            elif not any(known[start:end]):
                continue
            else:
                covered = judge.coverage(said[start:end])
            value = best[start] + _worth(words, start, end, covered)
            value -= _CLASH * _clashes(words, start, end, judge)
            if value > best[end]:
                best[end] = value
                back[end] = (start, covered)
    segments: list[Segment] = []
    end = count
    while end:
        start, covered = back[end]
        segments.append(Segment(tuple(words[start:end]), covered))
        end = start
    segments.reverse()
    return segments


def _worth(words: Sequence[Word], start: int, end: int, covered: float) -> float:
    count = end - start
    value = count * covered * covered
    if count == 1 and covered < 0.5:
        value -= _UNKNOWN
    else:
        value -= _ALONE
    for word in words[start + 1 : end]:
        if word.gap:
            value -= _GAP
        if word.link and word.link[0].plain in _TIED:
            value += 0.3
    first = words[start]
    if start and first.link and first.link[0].plain in _TIGHT:
        value -= 0.6
    return value


def _clashes(words: Sequence[Word], start: int, end: int, judge: Judge) -> int:
    found = 0
    for at in range(start + 1, end):
        one, other = words[at - 1].token.said, words[at].token.said
        if words[at].link or words[at].glued or one not in WARES or other not in WARES:
            continue
        alone = at == 1 and (len(words) == 2 or words[2].size)
        if alone and one in COMPOUND_HEADS and judge.coverage((other + one,)) >= 0.95:
            continue  # "syltetøy jordbær", as a shop's list has it
        compound = other in COMPOUND_HEADS or (one, other) in COMPOUNDS
        if not compound or judge.coverage((one + other,)) < 0.9:
            found += 1
    return found
