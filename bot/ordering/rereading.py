"""Other ways to read a phrase that nothing in the shop explains, likeliest first.

People and recognisers split words that the synonyms know only whole ("jo gurt"), join words that
stand apart ("frossentorsk"), misspell the sayings of the synonyms ("dopappir"), say "te" for "til",
and add what the ware is for ("sirup til lefsa").
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from rapidfuzz.distance import OSA

from bot.ordering.index import Index, deletions
from bot.ordering.lemmas import basic_forms, sound
from bot.ordering.phrase import SOFT
from bot.ordering.synonyms import Synonyms

#: What comes after one of these says what the ware is for or lies in.
_PURPOSE = frozenset(("til", "te", "på", "for"))
#: A saying is looked for by its sound when it is at least this long: short ones are too alike.
_LONG_ENOUGH = 6
_LONG_PART = 3
#: One mistake for so many letters.
_LETTERS_A_MISTAKE = 6


class Rereader:
    """Rereads phrases with what the synonyms and the shop know."""

    def __init__(self, synonyms: Synonyms, index: Index) -> None:
        """Learns how the sayings sound."""
        self._synonyms = synonyms
        self._index = index
        self._sayings: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        for joined, words in {"".join(words): words for words in synonyms.phrases}.items():
            key = sound(joined)
            if len(key) >= _LONG_ENOUGH - 1:
                for each in {key, *deletions(key)}:
                    self._sayings[each].append(words)

    def readings(self, tokens: Sequence[str]) -> Iterator[tuple[str, ...]]:
        """Other words for the same phrase; the meaning is the whole phrase's."""
        said = tuple(tokens)
        seen = {said}
        for reading in (
            self._as_dialect(said),
            self._joined(said),
            self._nearest_saying(said),
            self._misspelled(said),
            self._apart(said),
        ):
            if reading is not None and reading not in seen:
                seen.add(reading)
                yield reading

    @staticmethod
    def without_purpose(tokens: Sequence[str]) -> tuple[str, ...] | None:
        """The phrase without what the ware is for; None when it says no such thing."""
        for at, word in enumerate(tokens):
            if at and word in _PURPOSE and at + 1 < len(tokens):
                return tuple(tokens[:at])
        return None

    @staticmethod
    def _as_dialect(said: tuple[str, ...]) -> tuple[str, ...] | None:
        """ "fløte te kaffien": an inner "te" is "til"."""
        if "te" not in said[1:-1]:
            return None
        return said[:1] + tuple("til" if word == "te" else word for word in said[1:-1]) + said[-1:]

    def _joined(self, said: tuple[str, ...]) -> tuple[str, ...] | None:
        """ "jo gurt": neighbours that together are a known spelling."""
        out: list[str] = []
        at = 0
        while at < len(said):
            for length in (3, 2):
                pair = "".join(said[at : at + length])
                spelled = self._synonyms.spell(pair)
                if len(said) - at >= length and spelled != pair:
                    out.append(spelled)
                    at += length
                    break
            else:
                out.append(said[at])
                at += 1
        return tuple(out) if len(out) < len(said) else None

    def _nearest_saying(self, said: tuple[str, ...]) -> tuple[str, ...] | None:
        """The saying that sounds like the whole phrase, when there is only one."""
        joined = "".join(said)
        if len(joined) < _LONG_ENOUGH:
            return None
        key = sound(joined)
        found: dict[tuple[str, ...], int] = {}
        for each in {key, *deletions(key)}:
            for words in self._sayings.get(each, ()):
                saying = "".join(words)
                mistakes = OSA.distance(joined, saying)
                if mistakes * _LETTERS_A_MISTAKE <= len(saying) + 2 and saying[0] == joined[0]:
                    found[words] = mistakes
        if not found:
            return None
        least = min(found.values())
        nearest = [words for words, mistakes in found.items() if mistakes == least]
        meanings = {self._synonyms.resolve(words).words for words in nearest}
        return nearest[0] if len(meanings) == 1 else None

    def _misspelled(self, said: tuple[str, ...]) -> tuple[str, ...] | None:
        """ "ei flaske zaaloo": unknown words as the sayings that they sound like."""
        if len(said) < 2:
            return None
        out: list[str] = []
        for word in said:
            known = word in SOFT or self._index.knows(word) or self._synonyms.spell(word) != word
            out.extend((word,) if known else self._nearest_saying((word,)) or (word,))
        return tuple(out)

    def _apart(self, said: tuple[str, ...]) -> tuple[str, ...] | None:
        """ "frossentorsk": the halves of a compound that the shop has no word for."""
        out: list[str] = []
        for word in said:
            if len(word) >= _LONG_ENOUGH and word.isalpha() and not self._index.knows(word):
                out.extend(self._halves(word) or (word,))
            else:
                out.append(word)
        return tuple(out) if len(out) > len(said) else None

    def _halves(self, word: str) -> tuple[str, str] | None:
        """The longest known tail with a front that is known as well."""
        for at in range(_LONG_PART, len(word) - _LONG_PART + 1):
            front, tail = word[:at], word[at:]
            spelled = self._synonyms.spell(tail)
            if not (spelled != tail or self._known(tail)):
                continue
            front = self._synonyms.spell(front)
            if self._known(front):
                return front, spelled
        return None

    def _known(self, word: str) -> bool:
        """Whether it is a whole word of the shop or of the people, not only half of one."""
        words, also = self._index.words, self._index.also
        return any(form in words or form in also for form in basic_forms(word))
