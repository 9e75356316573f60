"""What the shop has words for: tells products apart from chatter before anything is matched."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from bot.ordering.catalogue import Catalogue
from bot.ordering.compounds import linked
from bot.ordering.index import Index
from bot.ordering.phrase import SOFT
from bot.ordering.synonyms import Synonyms

#: A likeness below this is chatter that happens to look like a ware.
_ALIKE = 0.82
#: Words that stand in one product but name neither the ware nor its brand are two wares perhaps.
_NO_HEAD = 0.6
_MAX_WORDS = 8


class Vocabulary(Protocol):
    """What the request parser asks about words; it never sees a product."""

    def coverage(self, words: Sequence[str]) -> float:
        """How well ``words`` TOGETHER name one product or synonym, 0 to 1.

        1 means that every word stands in one and the same product or synonym. Tolerant of
        inflection, of compounds split or joined, and of small misspellings.
        """
        ...

    def knows(self, word: str) -> bool:
        """Whether the word occurs in some product, brand, category or synonym."""
        ...


class ProductVocabulary:
    """The vocabulary of a catalogue with its synonyms."""

    def __init__(
        self, catalogue: Catalogue, synonyms: Synonyms, index: Index | None = None
    ) -> None:
        """Indexes the catalogue, unless the matcher's index of it is at hand."""
        self._index = index or Index(catalogue.products, synonyms.known_words)
        self._synonyms = synonyms
        self._sayings = frozenset("".join(words) for words in synonyms.phrases)
        self._places: dict[str, tuple[float, dict[int, int]]] = {}
        self._known: dict[str, bool] = {}

    def coverage(self, words: Sequence[str]) -> float:
        """See `Vocabulary`. The share of the words that the best product has, and how surely."""
        said = [word.casefold() for word in words[:_MAX_WORDS]]
        if not said:
            return 0.0
        if self._is_saying(said):
            return 1.0
        joined = self._at("".join(said)) if 1 < len(said) <= 3 else None
        if joined is not None and joined[0] >= 0.9 and joined[1]:
            return joined[0]
        content = [word for word in said if word not in SOFT] or said
        found = [self._at(word) for word in content]
        sure = [each[0] for each in found]
        if len(content) == 1:
            return sure[0] if found[0][1] else 0.0
        best = 0.0
        entries = self._index.entries
        order = sorted(range(len(found)), key=lambda at: len(found[at][1]))
        tried: set[int] = set()
        # The best product has the rarest word, or it lacks it and has the next rarest.
        for nth, at in enumerate(order):
            if (len(content) - nth) / len(content) <= best:
                break
            for number in found[at][1]:
                if number in tried:
                    continue
                tried.add(number)
                bits = 0
                value = 0.0
                for place, (_, numbers) in enumerate(found):
                    more = numbers.get(number)
                    if more is not None:
                        bits |= more
                        value += sure[place]
                value /= len(content)
                if value > best:
                    entry = entries[number]
                    if not bits & entry.head and not bits & entry.brand_bits:
                        value *= _NO_HEAD
                    if value > best:
                        best = value
                        if best >= 0.999:
                            return 1.0
        return best

    def knows(self, word: str) -> bool:
        """See `Vocabulary`."""
        word = word.casefold()
        known = self._known.get(word)
        if known is None:
            if len(self._known) > 50_000:
                self._known.clear()
            known = self._known[word] = (
                self._synonyms.spell(word) != word
                or word in self._sayings
                or self._index.knows(word)
                or self._index.split.both_known(word) is not None
            )
        return known

    def _is_saying(self, words: Sequence[str]) -> bool:
        if "".join(words) in self._sayings:
            return True
        return "".join(self._synonyms.spell(word) for word in words) in self._sayings

    def _at(self, word: str) -> tuple[float, dict[int, int]]:
        """How sure the word is, and the products with it with the places that it explains."""
        kept = self._places.get(word)
        if kept is not None:
            return kept
        index = self._index
        spelled = self._synonyms.spell(word)
        found = index.find(spelled, fuzzy=False) or index.find(word)
        found = {other: sure for other, sure in found.items() if sure >= _ALIKE}
        numbers = {number: bits for number, (_, bits) in index.hits(found).items()}
        sure = max(found.values(), default=0.0)
        parts = index.split.both_known(spelled)
        if parts:
            front: dict[str, float] = {}
            for each in linked(parts[0]):
                front.update(index.find(each, fuzzy=False))
            fronts = index.hits(front)
            for number, (_, bits) in index.hits(index.find(parts[1], fuzzy=False)).items():
                if number in fronts:
                    numbers.setdefault(number, bits | fronts[number][1])
                    sure = max(sure, 0.95)
        sure = 1.0 if sure >= 0.95 else sure
        if len(self._places) > 20_000:
            self._places.clear()
        self._places[word] = sure, numbers
        return sure, numbers
