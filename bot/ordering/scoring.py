"""How well each product explains the words of a phrase.

Every word of the phrase is a slot with the products that explain it: as the word itself, in another
form, joined with its neighbour, as a compound taken apart, or with a mistake. A product's score is
the share of the phrase that it explains, less what it says and the person did not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from bot.ordering.catalogue import Catalogue
from bot.ordering.compounds import linked
from bot.ordering.index import (
    COST_HEAD,
    COST_WORD,
    LONGEST_WORD,
    TAIL_BITS,
    Entry,
    Hits,
    Index,
    is_state,
)
from bot.ordering.lemmas import basic_forms
from bot.ordering.match import MAX_OPTIONS
from bot.ordering.phrase import BIG, PACK_WORDS, SMALL, SOFT, Words, number_facts
from bot.ordering.pronunciation import Pronounce
from bot.ordering.synonyms import Synonyms

#: A word explained less than this is not explained.
EXPLAINED = 0.74
#: What a product loses, in points of a hundred: it is not what a saying asks for; it has another
#: size than the one said; a quiet word is not in it; only its department has a word.
_PENALTY_CONSTRAINT = 60.0
_PENALTY_SIZE = 18.0
_PENALTY_UNWANTED = 30.0
_PENALTY_SOFT = 0.3
_PENALTY_CATEGORY = 10.0
#: A pack word counts as so many other words that the product does not have.
_UNSAID_PACK = 15
#: What a product gains when it has the size that was said.
BONUS_SIZE = 3.0
_SPLIT_SURE = 0.95
_FRESH = frozenset(("fersk",))
_SURELY_FRESH = 0.93
#: The halves of a compound the other way round, and how long each must be.
_OTHER_WAY = 0.95
_SHORTEST_HALF = 3
_LONG_WORD = 5
_SURE_BRAND = 0.88
_TAIL_ONLY = 0.45
#: What a product is without does not explain a word.
_NEGATED = 0.5
#: A half that is only half of another compound in the product ("havsmør", "smør havsalt"): ask.
_BORROWED = 0.85
#: The tail of another compound that names the ware: "kaffeost" is no "kaffe skånerost".
_OF_ANOTHER = 0.84
#: After one of these it is said what the ware is for.
_WHAT_FOR = frozenset(("til", "for"))
#: Who said the whole name said which ware it is.
_ALL_SAID = 2.0
_MAX_DETAILED = 150
#: Where hardly anything fits, products that fit this much less are looked at too.
_FAR = 0.55


@dataclass(frozen=True, slots=True)
class Slot:
    """One word of the phrase with the products that explain it."""

    text: str
    weight: float
    soft: bool
    hits: Hits
    known: bool
    unwanted: bool = False  # "uten paprika": what must not be in the ware


@dataclass(frozen=True, slots=True)
class Scored:
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


class Scorer:
    """Scores the products of one catalogue; immutable after it is built, but for caches."""

    def __init__(
        self, catalogue: Catalogue, synonyms: Synonyms, pronounce: Pronounce | None = None
    ) -> None:
        """Builds the index: about 0.2 ms a product."""
        self.index = Index(catalogue.products, synonyms.known_words, pronounce, synonyms.spell)
        self._synonyms = synonyms
        self._categories = {each.category.casefold() for each in catalogue.products}
        self._brands = {each.brand.casefold() for each in catalogue.products}
        self._hit_cache: dict[tuple[str, bool], tuple[Hits, bool]] = {}

    def score(self, words: Words, demands: Demands) -> list[Scored]:
        slots = self.slots(words.tokens)
        ranked = self.rank(slots, words, demands)
        if ranked and not ranked[0].missing:
            return ranked
        # Nothing explains every word: look for mistakes in known words and in joined ones too.
        deeper = self._deeper(slots, ranked)
        if deeper is slots:
            return ranked
        again = self.rank(deeper, words, demands)
        return again if again else ranked

    def slots(self, tokens: Sequence[str]) -> list[Slot]:
        slots: list[Slot] = []
        joined: list[Hits] = [{} for _ in tokens]
        for length in (2, 3):
            for at in range(len(tokens) - length + 1):
                parts = tokens[at : at + length]
                if not all(part.isalpha() for part in parts):
                    continue
                hits = self._joined(parts)
                if hits:
                    for place in range(at, at + length):
                        _merge(joined[place], hits)
        all_soft = all(token in SOFT or token in BIG or token in SMALL for token in tokens)
        for place, token in enumerate(tokens):
            hits, known = self._hits(token, fuzzy=not joined[place])
            if joined[place]:
                hits = dict(hits)
                _merge(hits, joined[place])
                known = True
            weight = 0.6 if token[0].isdigit() else 1.0
            soft = not all_soft and (token in SOFT or token in BIG or token in SMALL)
            unwanted = not soft and _is_unwanted(tokens, place)
            if unwanted:
                hits = dict(hits)
                _merge(hits, self.index.hits(self.index.find(f"{token}fri", fuzzy=False)))
            slots.append(Slot(token, weight, soft, hits, known, unwanted))
        return slots

    def _joined(self, parts: Sequence[str]) -> Hits:
        """Products with the parts as one word: "grov brød" is "grovbrød"."""
        index = self.index
        found: dict[str, float] = {}
        for link in ("", "s", "e") if len(parts) == 2 else ("",):
            for word, sure in index.find(link.join(parts), fuzzy=False).items():
                found.setdefault(word, sure)
        turned = not found and len(parts) == 2 and min(map(len, parts)) > _SHORTEST_HALF
        if turned and not index.is_word(parts[1]):
            # "salami jubel": as a shop's list has it
            for word, sure in index.find(parts[1] + parts[0], fuzzy=False).items():
                found.setdefault(word, sure * _OTHER_WAY)
        return index.hits(found) if found else {}

    def _hits(self, token: str, fuzzy: bool) -> tuple[Hits, bool]:
        """The products that explain one word, and whether the shop knows the word."""
        index = self.index
        key = (token, fuzzy)
        kept = self._hit_cache.get(key)
        if kept is not None:
            return kept
        found = index.find(token, fuzzy=False)
        hits = dict(index.hits(found)) if found else {}
        parts = index.split(token)
        known = bool(found)
        if parts and (parts[0] in BIG or parts[0] in SMALL):
            parts = None  # "småkaker" are no kjøttkaker in a small pack
        if parts:
            front: dict[str, float] = {}
            for each in linked(parts[0]):
                front.update(index.find(each, fuzzy=False))
            tail = index.find(parts[1], fuzzy=False)
            known = known or bool(front and tail)
            _both(hits, index.hits(front), index.hits(tail), _SPLIT_SURE, self._head)
        if not hits and fuzzy:
            found = index.find(token)
            hits = dict(index.hits(found))
            if not found or max(found.values()) < 0.9:
                self._loosely_split(token, hits)
        if not known and parts and fuzzy:
            for number, (sure, bits) in index.hits(index.find(parts[1], fuzzy=False)).items():
                hits.setdefault(number, (sure * _TAIL_ONLY, bits))
        if len(self._hit_cache) > 5_000:
            self._hit_cache.clear()
        self._hit_cache[key] = hits, known
        return hits, known

    def _head(self, number: int) -> int:
        return self.index.entries[number].head

    def _loosely_split(self, token: str, hits: Hits) -> None:
        """A compound with a mistake in one half: "jorbærsyltetøy" for "syltetøy jordbær"."""
        index = self.index
        if not 7 <= len(token) <= LONGEST_WORD or not token.isalpha():
            return
        best: tuple[float, dict[str, float], dict[str, float]] | None = None
        for at in range(3, len(token) - 2):
            if token[:at] in BIG or token[:at] in SMALL:
                continue
            front: dict[str, float] = {}
            for each in linked(token[:at]):
                front.update(index.find(each, fuzzy=len(each) > 4, by_ear=False))
            if not front:
                continue
            tail = index.find(token[at:], fuzzy=len(token) - at > 4, by_ear=False)
            if not tail:
                continue
            value = max(front.values()) * max(tail.values())
            if best is None or value > best[0]:
                best = value, front, tail
        if best is not None and best[0] > 0.7:
            _both(hits, index.hits(best[1]), index.hits(best[2]), 0.97, self._head)

    def _deeper(self, slots: list[Slot], ranked: list[Scored]) -> list[Slot]:
        """The slots with likenesses for words that the best product leaves unexplained."""
        index = self.index
        missing = set(ranked[0].missing) if ranked else set(range(len(slots)))
        deeper = list(slots)
        changed = False
        for place in sorted(missing):
            slot = slots[place]
            if slot.soft:
                continue
            hits = dict(slot.hits)
            before = len(hits)
            for at in (place - 1, place):
                if at < 0 or at + 1 >= len(slots):
                    continue
                pair = (slots[at].text, slots[at + 1].text)
                if not all(part.isalpha() for part in pair):
                    continue
                # The word that is found must hold both, not be one of them with a tail.
                least = max(map(len, pair)) + (min(map(len, pair)) + 1) // 2
                alike = {
                    word: sure
                    for word, sure in index.find("".join(pair)).items()
                    if len(word) >= least
                }
                if alike and max(alike.values()) < 0.9:
                    more = index.hits(alike)
                    _merge(hits, more)
                    other = at if at != place else at + 1
                    merged = dict(deeper[other].hits)
                    _merge(merged, more)
                    deeper[other] = replace(deeper[other], hits=merged)
                    changed = True
            if slot.known:
                alike = {
                    word: sure * 0.92
                    for word, sure in index.alike(slot.text).items()
                    if sure < 0.99
                }
                if alike:
                    _merge(hits, index.hits(alike))
            if len(hits) != before:
                changed = True
                deeper[place] = replace(deeper[place], hits=hits)
        return deeper if changed else slots

    def rank(self, slots: Sequence[Slot], words: Words, demands: Demands) -> list[Scored]:
        """Scores the products that explain most of the slots."""
        weight = sum(slot.weight for slot in slots if not slot.soft)
        sums: dict[int, float] = {}
        for slot in slots:
            if slot.soft:
                continue
            share = slot.weight
            for number, (sure, bits) in slot.hits.items():
                if not slot.unwanted or self._lacks(number, bits, slot):
                    sums[number] = sums.get(number, 0.0) + share * sure
        number_slots = [
            place
            for place, slot in enumerate(slots)
            if slot.text[0].isdigit() and "%" not in slot.text
        ]
        if not sums:
            return []
        slack = 0.26 * weight + sum(slots[place].weight for place in number_slots)
        slack += sum(slot.weight for slot in slots if slot.unwanted)
        floor = max(sums.values()) - slack
        chosen = [number for number, value in sums.items() if value >= floor]
        entries = self.index.entries
        if len(chosen) < MAX_OPTIONS:
            chosen = [number for number, value in sums.items() if value >= _FAR * floor]
        if len(chosen) > _MAX_DETAILED:
            chosen.sort(key=lambda n: (-sums[n], entries[n].total, n))
            chosen = chosen[:_MAX_DETAILED]
        texts = [slot.text for slot in slots]
        together = (a + b for a, b in pairwise(texts))
        threes = ("".join(texts[at : at + 3]) for at in range(len(texts) - 2))
        is_other = self._synonyms.other_wares([*texts, *together, *threes])
        scored = [
            self.one(number, slots, weight, words, demands, number_slots, is_other)
            for number in chosen
        ]
        scored.sort(key=lambda each: (-each.score, each.number))
        return scored

    def _lacks(self, number: int, bits: int, slot: Slot) -> bool:
        """Whether a product says that it is without what was not wanted."""
        entry = self.index.entries[number]
        if bits & entry.negated == bits:
            return bool(bits)
        return any(word.startswith(slot.text) and "fri" in word for word in entry.words)

    def one(
        self,
        number: int,
        slots: Sequence[Slot],
        weight: float,
        words: Words,
        demands: Demands,
        number_slots: Sequence[int],
        is_other: Callable[[Iterable[str]], bool],
    ) -> Scored:
        entry = self.index.entries[number]
        covered = 0.0
        bits = 0
        weakest = 1.0
        missing: list[int] = []
        category = False
        quiet = 0
        without = "uten" in words.tokens
        before = 0
        apart = unwanted = False
        strange = sum(slot.weight for slot in slots if not (slot.soft or slot.hits or slot.known))
        for place, slot in enumerate(slots):
            hit = slot.hits.get(number)
            sure = 0.0
            more_of_name = False
            if slot.unwanted:
                if hit is None:
                    sure = 1.0 if is_state(slot.text) else 0.0  # what is not sliced is whole
                elif self._lacks(number, hit[1], slot):
                    sure, bits = 1.0, bits | hit[1]
                else:
                    unwanted = True
            elif hit is None:
                if entry.fresh and _FRESH.intersection(basic_forms(slot.text)):
                    sure = _SURELY_FRESH  # "ferske blåbær": where nothing else is said, they are
            else:
                sure, more = hit
                bits |= more
                more_of_name = bool(more)
                if not more:
                    category = True
                elif more & entry.negated == more and not without:
                    sure *= _NEGATED
            if slot.text in _WHAT_FOR:
                apart = True
            elif not slot.soft and hit is not None:
                if apart and hit[1] and _meet(before, hit[1]):
                    sure = 0.0  # "rømme til grøten" is no rømmegrøt
                before, apart = hit[1], False
            if slot.soft:
                if not hit:
                    quiet += _UNSAID_PACK if slot.text in PACK_WORDS else 1
                continue
            if (
                place in number_slots
                and sure < 0.9
                and any(fact in entry.sizes for fact in number_facts(slot.text))
            ):
                sure = 1.0
            covered += slot.weight * sure
            if sure < EXPLAINED:
                missing.append(place)
            elif sure < weakest and (more_of_name or hit is None):
                weakest = sure
        left = 0.0
        for bit, cost in entry.costs:
            if not bits & bit:
                left += cost
        has_head = bool(bits & entry.head & TAIL_BITS) or not entry.head
        branded = bool(bits & entry.brand_bits) and _names(entry, slots)
        if branded and not has_head and weakest < _SURE_BRAND:
            branded = max(len(slot.text) for slot in slots) > _LONG_WORD  # "tinge" is not "Tine"
        if branded and not has_head:
            # "Evergood kokmalt": with the brand nobody says what the ware is.
            left -= COST_HEAD - COST_WORD
        elif category and not has_head:
            left *= 0.6
        share = covered / (weight - strange) if weight > strange else 1.0
        covered = covered / weight if weight else 1.0
        score = 100.0 * covered - left - _PENALTY_SOFT * quiet
        if category:
            score -= _PENALTY_CATEGORY
        size_ok = True
        for fact in words.sizes:
            content = entry.product.content
            if fact in entry.sizes:
                whole = content is None or fact[0] == "stk" or content.amount == fact[1]
                score += BONUS_SIZE if whole else 0.5
            else:
                size_ok = False
                whole = (
                    content is not None
                    and content.unit == fact[0]
                    and fact[1] % content.amount == 0
                )
                score -= _PENALTY_SIZE / 3 if whole or entry.product.unit == "kg" else _PENALTY_SIZE
        if "med" in words.tokens and "uten" in entry.words and "uten" not in words.tokens:
            score -= 6.0
        elif "uten" in words.tokens and "uten" not in entry.words:
            score -= 8.0
        if not self.meets(entry, demands):
            score -= _PENALTY_CONSTRAINT
        if unwanted:
            score -= _PENALTY_UNWANTED
        other_ware = left > _ALL_SAID and is_other(entry.words)
        if other_ware:
            score -= 25.0
        return Scored(
            number,
            entry,
            score,
            covered,
            weakest,
            tuple(missing),
            has_head,
            left,
            size_ok,
            branded,
            bool(entry.first) and bits & entry.first == entry.first,
            category,
            other_ware,
            share,
        )

    def meets(self, entry: Entry, demands: Demands) -> bool:
        """Whether a product is what a saying asks for; departments that the shop lacks are moot."""
        product = entry.product
        if demands.categories and product.category not in demands.categories:
            wanted = {each.casefold() for each in demands.categories}
            if wanted & self._categories and product.category.casefold() not in wanted:
                return False
        if demands.brands:
            wanted = {each.casefold() for each in demands.brands}
            if wanted & self._brands and product.brand.casefold() not in wanted:
                return False
        if demands.without:
            for word in entry.words:
                if word.startswith(demands.without):
                    return False
        return True


def _names(entry: Entry, slots: Sequence[Slot]) -> bool:
    """Whether the brand was said whole or nearly: "synnøve" is enough, "sun" is not "Sun Maid"."""
    if len(entry.brand) < 2:
        return True
    said = {slot.text for slot in slots}
    return len(said.intersection(entry.brand)) > 1 or any(len(word) >= _LONG_WORD for word in said)


#: After one of these comes what the ware is to be without.
_NOT_WITH = frozenset(("uten", "ikke", "ikkje"))
_BETWEEN = frozenset(("å", "være", "vere", "noe", "noko", "er", "og", "eller"))


def _is_unwanted(tokens: Sequence[str], place: int) -> bool:
    """Whether a word says what the ware must be without: "uten paprika", "ikke skåret"."""
    for at in range(place - 1, -1, -1):
        if tokens[at] in _NOT_WITH:
            return True
        if tokens[at] not in _BETWEEN:
            return False
    return False


def _meet(some: int, others: int) -> bool:
    """Whether two words explain halves of one and the same word."""
    fronts, tails = some & ~TAIL_BITS, some & TAIL_BITS
    return bool(fronts << 1 & others & TAIL_BITS or tails >> 1 & others & ~TAIL_BITS)


def _merge(into: Hits, more: Hits) -> None:
    for number, hit in more.items():
        old = into.get(number)
        if old is None:
            into[number] = hit
        else:
            into[number] = (max(old[0], hit[0]), old[1] | hit[1])


def _is_whole(bits: int) -> bool:
    """Whether the bits are those of a whole word, not only of the tail of a longer one."""
    return bool((bits & TAIL_BITS) >> 1 & bits)


def _both(into: Hits, front: Hits, tail: Hits, factor: float, heads: Callable[[int], int]) -> None:
    """Adds the products that have both halves of a compound."""
    few, many = (front, tail) if len(front) < len(tail) else (tail, front)
    for number, (sure, bits) in few.items():
        other = many.get(number)
        if other is not None and not tail[number][1] and _is_whole(front[number][1]):
            # "kneippbrød": a Kneipp in the department of bread.
            into.setdefault(number, (min(sure, other[0]) * _BORROWED, front[number][1]))
        elif other is not None and tail[number][1] & TAIL_BITS:
            value = min(sure, other[0]) * factor
            whole = tail[number][1]
            if not front[number][1] & TAIL_BITS or not (_is_whole(whole) or whole & heads(number)):
                value *= _BORROWED  # "havsmør" is no "smør med havsalt"
            elif not _is_whole(whole):
                value *= _OF_ANOTHER  # "grillmat" is no "kattemat mixed grill"
            old = into.get(number)
            if old is None or value > old[0]:
                into[number] = (value, bits | other[1])
