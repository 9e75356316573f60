"""A product as the matcher sees it: its words, what explains them, and what each costs unsaid.

A product is a row of places, one for each word of its brand and name. A place has two halves,
because a compound can be explained by halves: "melk" explains the tail of "lettmelk", and what is
left over (the front, "lett") costs something. Which places and halves are explained is kept as bits
of an integer: bit 2p is the front of place p, bit 2p+1 its tail. Each bit has a price, which is
what a product loses when the person did not say that part.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.ordering.catalogue import Product
from bot.ordering.compounds import Splitter, linked
from bot.ordering.lemmas import basic_forms
from bot.ordering.phrase import SOFT, SizeFact
from bot.ordering.product_names import (
    BRAND_IS_HEAD,
    Name,
    head_place,
    homes_of,
    is_at_home_elsewhere,
    opening,
    usual_words,
)
from bot.ordering.ware_words import (
    ADJUNCT,
    AND,
    CUTS,
    FRESH_SHELVES,
    IN_NORWEGIAN,
    MARKED,
    MINOR,
    PRESERVED_ONLY,
    STATES,
    STORE_BRANDS,
    WITHOUT,
    is_minor,
)

COST_HEAD = 34.0
COST_FRONT = 6.0
COST_WORD = 6.0
COST_MARKED = 12.0
COST_ADJUNCT = 5.0
COST_BRAND = 1.0
COST_MINOR = 0.7
COST_NUMBER = 0.5
#: Sliced or frozen: people mostly mean the other one, but not always.
COST_STATE = 5.0
COST_SOFT = 0.3
#: "uten fruktkjøtt" is another ware than "fruktkjøtt"; more than an ordinary word.
COST_WITHOUT = 4.0

_STATE_COSTS = {**dict.fromkeys(STATES, COST_STATE), "fersk": 2.5, "frossen": 5.5}

#: The tail half of every place.
TAIL_BITS = int("10" * 64, 2)


@dataclass(frozen=True, slots=True)
class Entry:
    """A product as the matcher sees it.

    Attributes:
        product: the product.
        costs: (bit, price) of every half place, dear ones first.
        total: the sum of all prices.
        sizes: every size that stands on it.
        brand: words of the brand.
        ware: its words in order, brand left out.
        kind: what makes it the same ware as another of another size or brand: the basic forms of
            its words, without those that nobody says and nobody misses.
        words: all its words, brand included.
        head: the bits of the word that says what it is.
        brand_bits: the bits of the brand.
        first: the bits of the first word of the name, when that may name the ware by itself; of a
            compound that only adds a cut or a form ("steinbitfilet") the bits of its front.
        negated: the bits of what is not in it ("… uten skinn").
        adjuncts: the bits of what only says what is in it ("… med melk").
        category: words of its department.
        store_brand: whether it is a chain's own brand.
        fresh: whether it is sold fresh and says nothing else.
    """

    product: Product
    costs: tuple[tuple[int, float], ...]
    total: float
    sizes: frozenset[SizeFact]
    brand: tuple[str, ...]
    ware: tuple[str, ...]
    kind: frozenset[str]
    words: frozenset[str]
    head: int
    brand_bits: int
    first: int
    negated: int
    adjuncts: int
    category: tuple[str, ...]
    store_brand: bool
    fresh: bool = False


class Enterer:
    """Makes entries of one shop's products."""

    def __init__(
        self, names: Sequence[Name], split: Splitter, spell: Callable[[str], str] | None
    ) -> None:
        """Learns from all names what the departments are made of.

        Args:
            names: the products.
            split: takes compounds apart.
            spell: the usual spelling of a word, for products named in another ("Kulturmjølk").
        """
        self._split = split
        self._spell = spell
        self._usual = usual_words(names, split)
        self._homes = homes_of(names)

    def enter(self, name: Name) -> tuple[Entry, dict[str, int], list[str]]:
        """Returns a product's entry, the bits that words explain, and words of its department."""
        head_at = head_place(name, self._usual, self._homes, self._split)
        if name.brand_words and is_at_home_elsewhere(name, name.tokens[head_at], self._homes):
            # "Fanta sitron" is a Fanta, not a lemon.
            head_at = BRAND_IS_HEAD
        places = _Places(name, head_at, opening(name, self._homes), self._split)
        seen = places.seen
        self._also_called(name, seen, places.head)
        tails = [p[1] for word in name.category if (p := self._split.both_known(word))]
        department = [w for w in dict.fromkeys((*name.category, *tails)) if w not in seen]
        words = frozenset((*name.tokens, *name.brand))
        ware = tuple(word for word in name.tokens if word not in name.brand_words) or name.tokens
        prices = sorted(((b, c) for b, c in places.costs.items() if c > 0), key=lambda x: -x[1])
        entry = Entry(
            product=name.product,
            costs=tuple((1 << bit, cost) for bit, cost in prices),
            total=sum(places.costs.values()),
            sizes=name.sizes,
            brand=name.brand_words,
            ware=ware,
            kind=frozenset(_base(word) for word in ware if not is_minor(word)) or frozenset(ware),
            words=words,
            head=places.head,
            brand_bits=places.brand_bits,
            first=places.first,
            negated=places.negated,
            adjuncts=places.adjuncts,
            category=name.category,
            store_brand=any(brand <= words for brand in STORE_BRANDS),
            fresh=not FRESH_SHELVES.isdisjoint(name.category)
            and not any(form in PRESERVED_ONLY for word in words for form in basic_forms(word)),
        )
        return entry, seen, department

    def _also_called(self, name: Name, seen: dict[str, int], head: int) -> None:
        """Adds what people say for words of the name: in Norwegian, in the usual spelling."""
        for word, bits in tuple(seen.items()):
            norwegian = IN_NORWEGIAN.get(word)
            in_brand = word in name.brand or word in name.brand_words
            if norwegian is not None and not in_brand and not bits & head:
                seen.setdefault(norwegian, bits)
            usual_word = self._spell(word) if self._spell else word
            if usual_word not in seen:
                seen[usual_word] = bits


class _Places:
    """The places of one product: what each half costs, and which words explain it."""

    def __init__(self, name: Name, head_at: int, opened_at: int, split: Splitter) -> None:
        self.costs: dict[int, float] = {}
        self.seen: dict[str, int] = defaultdict(int)
        self.head = self.brand_bits = self.adjuncts = self.first = self.negated = 0
        self._name = name
        self._head_at = head_at
        self._split = split
        self._brand_cost = COST_BRAND  # for the first word only: a long brand is not more unsaid
        place = 0
        for word in name.brand:
            self.seen[word] |= 3 << (2 * place)
            self._enter_brand(place)
            place += 1
        adjunct = without = False
        for at, word in enumerate(name.tokens):
            if word in ADJUNCT:
                adjunct = adjunct or at > max(head_at, 0)
                without = word in WITHOUT or (without and word in AND)
            both = 3 << (2 * place)
            if without and word not in WITHOUT:
                self.negated |= both
            if adjunct:
                self.adjuncts |= both
            parts = split(word)
            self._enter_word(place, at, word, parts, adjunct)
            if at == opened_at:
                self.first = 1 << (2 * place) if parts and parts[1] in CUTS else both
            place += 1
        for word in name.pack:
            # "1 potte", "boks": it may be said, and nobody misses it.
            self.seen[word] |= 3 << (2 * place)
            place += 1

    def _enter_brand(self, place: int) -> None:
        both = 3 << (2 * place)
        self.brand_bits |= both
        self.costs[2 * place + 1] = self._brand_cost
        if self._head_at == BRAND_IS_HEAD and not self.head:
            self.head = both
            self.costs[2 * place + 1] = COST_HEAD
        self._brand_cost = 0.0

    def _enter_word(
        self, place: int, at: int, word: str, parts: tuple[str, str] | None, adjunct: bool
    ) -> None:
        """Enters one word of the name, with the words that explain it or a half of it."""
        front, tail = 1 << (2 * place), 2 << (2 * place)
        self.seen[word] |= front | tail
        if at == self._head_at:
            self.head = front | tail
            self.costs[2 * place + 1] = COST_HEAD
            if parts:
                self.costs[2 * place] = _front_cost(parts[0])
        elif word in self._name.brand_words:
            self._enter_brand(place)
        elif self._is_repeated(word):
            # "Lettmelk ekstra lett": the second one says nothing new.
            self.costs[2 * place + 1] = COST_MINOR
        else:
            cost = _word_cost(word, adjunct)
            if cost is None:
                cost = COST_WORD
                if parts:
                    cost = self.costs[2 * place] = COST_WORD / 2
            self.costs[2 * place + 1] = cost
        if parts:
            for part in linked(parts[0]):
                self.seen[part] |= front
            self.seen[parts[1]] |= tail
            inner = self._split.both_known(parts[1])
            if inner:
                self.seen[inner[1]] |= tail

    def _is_repeated(self, word: str) -> bool:
        return any(
            parts and word in linked(parts[0])
            for parts in (self._split(other) for other in self._name.tokens if other != word)
        )


def _word_cost(word: str, adjunct: bool) -> float | None:
    """What a word that is neither brand nor head costs unsaid; None for an ordinary one."""
    forms = basic_forms(word)
    form = forms[-1] if len(forms) == 2 else word
    if word == "uten":
        return COST_WITHOUT
    if word in SOFT or len(word) == 1:
        return COST_SOFT
    if form in _STATE_COSTS or word in _STATE_COSTS:
        return _STATE_COSTS.get(word) or _STATE_COSTS[form]
    if form in MARKED or word in MARKED:
        return COST_MARKED
    if word in MINOR or form in MINOR:
        return COST_MINOR
    if word[0].isdigit():
        return COST_NUMBER
    return COST_ADJUNCT if adjunct else None


def _front_cost(front: str) -> float:
    forms = basic_forms(front)
    return COST_MARKED if any(form in MARKED for form in forms) else COST_FRONT


def _base(word: str) -> str:
    """One form for all the forms of a word."""
    return min(basic_forms(word), key=len)
