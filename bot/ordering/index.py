"""The inverted index of a catalogue: from a word, however spelled, to the products with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from bot.ordering.catalogue import Product
from bot.ordering.compounds import Splitter
from bot.ordering.entries import Enterer, Entry
from bot.ordering.near_words import WordFinder
from bot.ordering.product_names import read_name
from bot.ordering.pronunciation import Pronounce

#: How well the name of a product's department explains a word that was said.
CATEGORY_SURE = 0.9

Hits = dict[int, tuple[float, int]]


class Index:
    """Words of the shop, and where they stand."""

    def __init__(
        self,
        products: Sequence[Product],
        also: Iterable[str] = (),
        pronounce: Pronounce | None = None,
        spell: Callable[[str], str] | None = None,
    ) -> None:
        """Indexes products.

        Args:
            products: the assortment.
            also: further words that people use (from the synonyms).
            pronounce: how words sound.
            spell: the usual spelling of a word, for products named in another ("Kulturmjølk").
        """
        names = [read_name(product) for product in products]
        self.words: set[str] = set()
        for name in names:
            self.words.update(name.brand, name.tokens, name.pack, name.category)
        self.also = frozenset(word for word in also if len(word) > 1)
        self.split = Splitter(self.words | self.also)
        self._postings: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self._category_postings: dict[str, list[int]] = defaultdict(list)
        enterer = Enterer(names, self.split, spell)
        entries: list[Entry] = []
        for number, name in enumerate(names):
            entry, words, department = enterer.enter(name)
            entries.append(entry)
            for word, bits in words.items():
                self._postings[word].append((number, bits))
            for word in department:
                self._category_postings[word].append(number)
        self.entries = tuple(entries)
        known = {**self._postings, **self._category_postings}
        self._finder = WordFinder(known, self.split, pronounce)
        #: See :class:`WordFinder`.
        self.find = self._finder.find
        self.alike = self._finder.alike
        self.nearest = self._finder.nearest

    def knows(self, word: str) -> bool:
        """Whether the word, in any form, stands in a product, a category or a synonym."""
        return word in self.also or bool(self.find(word, fuzzy=False))

    def is_word(self, word: str) -> bool:
        """Whether the word stands so, or in another form, in a product, category or synonym."""
        if word in self.also:
            return True
        return any(sure > 0.95 for sure in self.find(word, fuzzy=False).values())

    def hits(self, found: dict[str, float]) -> Hits:
        """The products with one of these words: product number -> (how sure, explained bits)."""
        hits: Hits = {}
        for word, sure in found.items():
            postings = self._postings.get(word, ())
            if not hits:
                hits = {number: (sure, bits) for number, bits in postings}
                continue
            for number, bits in postings:
                old = hits.get(number)
                if old is None or sure > old[0] + 0.01:
                    hits[number] = (sure, bits)
                elif sure > old[0] - 0.01:
                    hits[number] = (max(sure, old[0]), bits | old[1])
        for word, sure in found.items():
            if sure > 0.9:
                for number in self._category_postings.get(word, ()):
                    if number not in hits:
                        hits[number] = (sure * CATEGORY_SURE, 0)
        return hits
