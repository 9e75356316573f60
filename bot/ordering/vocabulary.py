"""What the shop has words for: tells products apart from chatter before anything is matched."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from bot.ordering.catalogue import Catalogue
from bot.ordering.compounds import linked
from bot.ordering.entries import TAIL_BITS, Entry
from bot.ordering.index import Index
from bot.ordering.phrase import SOFT
from bot.ordering.synonyms import Synonyms, either_spelling
from bot.ordering.ware_words import is_adjective

#: A likeness below this is chatter that happens to look like a ware.
_ALIKE = 0.82
#: Words that one product has, but that a person says when they want two wares.
_TWO_WARES = 0.6
_MAX_WORDS = 8
#: What nobody says and nobody misses of a name may be left out, and its brand.
_ALL_SAID = 2.0


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

    def is_saying(self, words: Sequence[str]) -> bool:
        """Whether people call one ware just so, link words and all: "fløte til kaffen"."""
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
        self._alone: dict[str, bool] = {}

    def coverage(self, words: Sequence[str]) -> float:
        """See `Vocabulary`. The share of the words that the best product has, and how surely."""
        said = [word.casefold() for word in words[:_MAX_WORDS]]
        if not said:
            return 0.0
        if self.is_saying(said):
            return 1.0
        if 1 < len(said) <= 3:
            joined = self._index.find("".join(said), fuzzy=False)
            if joined and max(joined.values()) >= 0.9:
                return 1.0
        content = [word for word in said if word not in SOFT] or said
        found = [self._at(word) for word in content]
        sure = [each[0] for each in found]
        if len(content) == 1:
            return sure[0] if found[0][1] else 0.0
        alone = [self._stands_alone(word) for word in content]
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
                bits = has = 0
                value = 0.0
                for place, (_, numbers) in enumerate(found):
                    more = numbers.get(number)
                    if more is not None:
                        bits |= more
                        has += 1
                        value += sure[place]
                value /= len(content)
                if value <= best:
                    continue
                if has > 1 and not self._is_one(entries[number], bits, found, alone, number):
                    value *= _TWO_WARES
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

    def _is_one(
        self,
        entry: Entry,
        bits: int,
        found: Sequence[tuple[float, dict[int, int]]],
        alone: Sequence[bool],
        number: int,
    ) -> bool:
        """Whether the words name this one product, and not the wares that it is made of.

        "Epler bananer" are two wares, although a smoothie has both words; "melk sjokolade" too,
        although "melkesjokolade" has both.
        """
        if not bits & (entry.head | entry.brand_bits):
            return False
        if sum(alone) < 2:
            return True
        if sum(cost for bit, cost in entry.costs if not bits & bit) <= _ALL_SAID:
            return True  # "fiskeboller i hvit saus": nothing of the name was left out
        explained = 0
        for (_, numbers), ware in zip(found, alone, strict=True):
            more = numbers.get(number, 0)
            if ware and (not more or (more & entry.adjuncts and not more & entry.head)):
                return False
            if ware and _same_place(more, explained):
                return False
            if ware:
                explained |= more
        return bool(bits & entry.head)

    def _stands_alone(self, word: str) -> bool:
        """Whether the word by itself is what a person would ask for: a staple, a bare name."""
        known = self._alone.get(word)
        if known is None:
            if len(self._alone) > 50_000:
                self._alone.clear()
            spelled = [self._synonyms.spell(word)]
            known = not is_adjective(word) and (
                self._synonyms.staple(spelled) is not None
                or self._synonyms.vague(spelled) is not None
                or any(
                    bits & entry.head == entry.head and len(entry.ware) == 1
                    for number, bits in self._at(word)[1].items()
                    if (entry := self._index.entries[number]).head
                )
            )
            self._alone[word] = known
        return known

    def is_saying(self, words: Sequence[str]) -> bool:
        """See `Vocabulary`."""
        spelled = [self._synonyms.spell(word) for word in words]
        return any("".join(form) in self._sayings for form in either_spelling(words, spelled))

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


def _same_place(some: int, others: int) -> bool:
    """Whether two words explain halves of one and the same word."""
    return bool(some & (others | (others & TAIL_BITS) >> 1 | (others & ~TAIL_BITS) << 1))
