"""What the matcher answers: certain, a choice of at most three, or unknown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.ordering.catalogue import Product

#: At most this many are read out.
MAX_OPTIONS = 3


@dataclass(frozen=True, slots=True)
class Candidate:
    """A product with how well it fits, 0 to 100."""

    product: Product
    score: float


@dataclass(frozen=True, slots=True)
class Certain:
    """One product is meant.

    Attributes:
        reason: "history", "exact", "only", "margin", "synonym", "staple", "size" or "brand".
        candidates: it and what came closest, best first.
    """

    candidate: Candidate
    reason: str
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """Two or three products, best first, that must be asked about.

    Attributes:
        reason: "close", "vague", "size" or "brand": what they differ in.
        question: how to ask, in Norwegian, when the word has a question of its own; else "".
    """

    candidates: tuple[Candidate, ...]
    reason: str
    question: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nothing is meant that the shop has.

    Attributes:
        reason: "empty" (no word), "unknown" (words that the shop does not have), "unlike" (words
            that no product has together), "elsewhere" (no grocer sells it).
        candidates: the nearest products, may be empty; never to be taken without asking.
        told: what to say of it, in Norwegian, when there is more to say than that it is not here.
    """

    reason: str
    candidates: tuple[Candidate, ...]
    told: str = ""


Match = Certain | Choice | Unknown


@dataclass(frozen=True)
class History:
    """What a person bought before.

    Attributes:
        counts: product id -> times bought.
        last: product ids, newest first.
    """

    counts: Mapping[str, int] = field(default_factory=dict)
    last: tuple[str, ...] = ()
