"""How well one product answers a phrase: what it explains, less what it says and nobody asked for.

Hundreds of products are weighed for one phrase, so what the words of the phrase mean is worked out
once (`Weigher`) and each product costs a loop over them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bot.ordering.entries import COST_HEAD, COST_WORD, TAIL_BITS, Entry
from bot.ordering.index import Hits
from bot.ordering.lemmas import basic_forms
from bot.ordering.phrase import PACK_WORDS, SizeFact, Words, number_facts
from bot.ordering.ware_words import is_state

#: A word explained less than this is not explained.
EXPLAINED = 0.74
#: What a product loses, in points of a hundred: it is not what a saying asks for; it has another
#: size than the one said; a quiet word is not in it; only its department has a word.
_PENALTY_CONSTRAINT = 60.0
_PENALTY_SIZE = 18.0
_PENALTY_UNWANTED = 30.0
_PENALTY_SOFT = 0.3
_PENALTY_CATEGORY = 10.0
_PENALTY_OTHER_WARE = 25.0
#: A pack word counts as so many other words that the product does not have.
_UNSAID_PACK = 15
#: What a product gains when it has the size that was said.
BONUS_SIZE = 3.0
_FRESH = frozenset(("fersk",))
_SURELY_FRESH = 0.93
_LONG_WORD = 5
_SURE_BRAND = 0.88
#: What a product is without does not explain a word.
_NEGATED = 0.5
#: After one of these it is said what the ware is for.
_WHAT_FOR = frozenset(("til", "for"))
#: Who said the whole name said which ware it is.
_ALL_SAID = 2.0


@dataclass(frozen=True, slots=True)
class Slot:
    """One word of the phrase with the products that explain it."""

    text: str
    weight: float
    soft: bool
    hits: Hits
    known: bool
    unwanted: bool = False  # "uten paprika": what must not be in the ware


class Scored(NamedTuple):
    """A product with the sums of its case."""

    number: int
    entry: Entry
    score: float
    covered: float  # how much of the phrase it explains, 0..1
    weakest: float  # the least sure word
    missing: tuple[int, ...]  # words that it does not explain
    has_head: bool  # the word that says what it is was said
    left: float  # the price of what it says and the person did not
    size_ok: bool
    branded: bool = False  # its brand was said
    opened: bool = False  # the word that its name begins with was said
    by_department: bool = False  # a word is only explained by its department
    other_ware: bool = False  # one of its words makes it another ware than the one said
    share: float = 1.0  # how much it explains of the words that the shop knows, 0..1


@dataclass(frozen=True, slots=True)
class Demands:
    """What a saying asks of a product besides its words."""

    categories: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


class Weigher:
    """Weighs products against one phrase."""

    def __init__(
        self,
        entries: Sequence[Entry],
        slots: Sequence[Slot],
        words: Words,
        meets: Callable[[Entry], bool] | None,
        is_other: Callable[[Iterable[str]], bool],
        *,
        read_numbers: bool = True,
    ) -> None:
        """Prepares for a phrase.

        Args:
            entries: the products of the index.
            slots: the words of the phrase.
            words: the phrase as it was read, with its sizes.
            meets: whether a product is what a saying asks for; None when it asks for nothing.
            is_other: whether words of a product make it another ware than the one that was said.
            read_numbers: whether a bare number may be a size.
        """
        self._entries = entries
        self._words = words
        self._meets = meets
        self._is_other = is_other
        self._said = frozenset(slot.text for slot in slots)
        self._longest = max((len(slot.text) for slot in slots), default=0)
        self._with = "med" in words.tokens and "uten" not in words.tokens
        self._without = "uten" in words.tokens
        hard = [slot for slot in slots if not slot.soft]
        self._weight = sum(slot.weight for slot in hard)
        strange = sum(slot.weight for slot in hard if not (slot.hits or slot.known))
        self._of_the_shop = self._weight - strange
        self._slots = tuple(
            (
                place,
                slot.hits.get,
                slot.weight,
                slot.soft,
                slot.text in _WHAT_FOR,
                slot if slot.unwanted else None,
                not slot.soft and not _FRESH.isdisjoint(basic_forms(slot.text)),
                _UNSAID_PACK if slot.text in PACK_WORDS else 1,
                number_facts(slot.text) if read_numbers and is_number(slot) else (),
            )
            for place, slot in enumerate(slots)
        )

    def weigh(self, number: int) -> Scored:
        """Returns the case of one product."""
        entry = self._entries[number]
        negated = 0 if self._without else entry.negated
        covered, weakest = 0.0, 1.0
        bits = before = quiet = 0
        missing: list[int] = []
        category = apart = unwanted = False
        for place, hits, weight, soft, what_for, not_wanted, fresh, unsaid, facts in self._slots:
            hit = hits(number)
            sure = 0.0
            of_name = hit is None
            if not_wanted is not None:
                if hit is None:
                    sure = 1.0 if is_state(not_wanted.text) else 0.0  # what is not sliced is whole
                elif lacks(entry, hit[1], not_wanted):
                    sure, bits = 1.0, bits | hit[1]
                else:
                    unwanted = True
            elif hit is not None:
                sure, more = hit
                if more:
                    bits |= more
                    of_name = True
                    if more & negated == more:
                        sure *= _NEGATED
                else:
                    category = True
            elif fresh and entry.fresh:
                sure = _SURELY_FRESH  # "ferske blåbær": where nothing else is said, they are
            if what_for:
                apart = True
            elif hit is not None and not soft:
                if apart and hit[1] and _meet(before, hit[1]):
                    sure = 0.0  # "rømme til grøten" is no rømmegrøt
                before, apart = hit[1], False
            if soft:
                if hit is None:
                    quiet += unsaid
                continue
            if facts and sure < 0.9 and not entry.sizes.isdisjoint(facts):
                sure = 1.0
            covered += weight * sure
            if sure < EXPLAINED:
                missing.append(place)
            elif sure < weakest and of_name:
                weakest = sure
        left = 0.0
        for bit, cost in entry.costs:
            if not bits & bit:
                left += cost
        has_head = bool(bits & entry.head & TAIL_BITS) or not entry.head
        branded = bool(bits & entry.brand_bits) and self._names(entry)
        if branded and not has_head and weakest < _SURE_BRAND:
            branded = self._longest > _LONG_WORD  # "tinge" is not "Tine"
        if branded and not has_head:
            # "Evergood kokmalt": with the brand nobody says what the ware is.
            left -= COST_HEAD - COST_WORD
        elif category and not has_head:
            left *= 0.6
        share = covered / self._of_the_shop if self._of_the_shop > 0 else 1.0
        covered = covered / self._weight if self._weight else 1.0
        score = 100.0 * covered - left - _PENALTY_SOFT * quiet
        if category:
            score -= _PENALTY_CATEGORY
        size_ok = True
        for fact in self._words.sizes:
            gain = _gain(entry, fact)
            size_ok = size_ok and gain > 0
            score += gain
        if self._with and "uten" in entry.words:
            score -= 6.0
        elif self._without and "uten" not in entry.words:
            score -= 8.0
        if self._meets is not None and not self._meets(entry):
            score -= _PENALTY_CONSTRAINT
        if unwanted:
            score -= _PENALTY_UNWANTED
        other_ware = left > _ALL_SAID and self._is_other(entry.words)
        if other_ware:
            score -= _PENALTY_OTHER_WARE
        opened = bool(entry.first) and bits & entry.first == entry.first
        return Scored(
            number, entry, score, covered, weakest, tuple(missing), has_head, left, size_ok,
            branded, opened, category, other_ware, share,
        )  # fmt: skip

    def _names(self, entry: Entry) -> bool:
        """Whether the brand was said whole or nearly: "synnøve" is enough, "sun" no "Sun Maid"."""
        if len(entry.brand) < 2:
            return True
        return self._longest >= _LONG_WORD or len(self._said.intersection(entry.brand)) > 1


def lacks(entry: Entry, bits: int, slot: Slot) -> bool:
    """Whether a product says that it is without what was not wanted."""
    if bits & entry.negated == bits:
        return bool(bits)
    return any(word.startswith(slot.text) and "fri" in word for word in entry.words)


def is_number(slot: Slot) -> bool:
    """Whether a word of the phrase is a bare number that may be a size."""
    return slot.text[0].isdigit() and "%" not in slot.text


def _gain(entry: Entry, fact: SizeFact) -> float:
    """What a product gains or, below zero, loses by a size that was said."""
    content = entry.product.content
    if fact in entry.sizes:
        whole = content is None or fact[0] == "stk" or content.amount == fact[1]
        return BONUS_SIZE if whole else 0.5
    multiple = content is not None and content.unit == fact[0] and fact[1] % content.amount == 0
    return -_PENALTY_SIZE / (3 if multiple or entry.product.unit == "kg" else 1)


def _meet(some: int, others: int) -> bool:
    """Whether two words explain halves of one and the same word."""
    fronts, tails = some & ~TAIL_BITS, some & TAIL_BITS
    return bool(fronts << 1 & others & TAIL_BITS or tails >> 1 & others & ~TAIL_BITS)
