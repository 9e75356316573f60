"""What the shop has words for: tells products apart from chatter before anything is matched."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


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
