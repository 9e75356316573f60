"""A vocabulary over a short list of products, for tests that need no catalogue."""

from __future__ import annotations

from collections.abc import Sequence

PRODUCTS = (
    "lettmelk tine", "helmelk tine", "melk q", "melk laktosefri", "brød grovbrød", "egg", "smør",
    "kaffe friele", "te", "sukker", "salt", "pepper", "hvetemel", "havregryn", "makrell tomat",
    "fløte", "poteter", "ost gulost", "skinke kokt", "epler", "bananer", "cola", "kjøttdeig",
    "yoghurt jordbær", "yoghurt jordbær banan", "paprika rød", "paprika grønn", "chips",
    "grov brød", "brun ost", "hvit ost", "tunfisk vann", "juice", "kaker", "leverpostei",
)  # fmt: skip
_ENDINGS = ("", "en", "a", "et", "ene", "er", "n", "e", "ne")


class SmallVocabulary:
    """The `Vocabulary` protocol over `PRODUCTS`, exact but for endings."""

    def __init__(self) -> None:
        self._products = [frozenset(words.split()) for words in PRODUCTS]

    def is_saying(self, words: Sequence[str]) -> bool:
        return False

    def coverage(self, words: Sequence[str]) -> float:
        """The best share of `words` that stands in one product."""
        best = 0
        for product in self._products:
            best = max(best, sum(_in(word, product) for word in words))
        return best / len(words) if words else 0.0

    def knows(self, word: str) -> bool:
        """Whether some product has the word."""
        return any(_in(word, product) for product in self._products)


def _in(word: str, product: frozenset[str]) -> bool:
    return any(word == known + ending for known in product for ending in _ENDINGS)
