"""How well each product explains the words of a phrase.

Every word of the phrase is a slot with the products that explain it: as the word itself, in another
form, joined with its neighbour, as a compound taken apart, or with a mistake. A product's score is
the share of the phrase that it explains, less what it says and the person did not.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from bot.ordering.catalogue import Catalogue
from bot.ordering.compounds import linked
from bot.ordering.entries import TAIL_BITS, Entry
from bot.ordering.index import Hits, Index
from bot.ordering.match import MAX_OPTIONS
from bot.ordering.near_words import LONGEST_WORD
from bot.ordering.phrase import BIG, SMALL, SOFT, Words
from bot.ordering.pronunciation import Pronounce
from bot.ordering.synonyms import Synonyms
from bot.ordering.weighing import Demands, Scored, Slot, Weigher, is_number, lacks

_SPLIT_SURE = 0.95
#: The halves of a compound the other way round, and how long each must be.
_OTHER_WAY = 0.95
_SHORTEST_HALF = 3
_TAIL_ONLY = 0.45
#: A half that is only half of another compound in the product ("havsmør", "smør havsalt"): ask.
_BORROWED = 0.85
#: The tail of another compound that names the ware: "kaffeost" is no "kaffe skånerost".
_OF_ANOTHER = 0.84
_MAX_DETAILED = 90
#: Where hardly anything fits, products that fit this much less are looked at too.
_FAR = 0.55


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
        self._totals = [entry.total for entry in self.index.entries]
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
        hits = index.hits(found) if found else {}
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
            hits = index.hits(found)
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
        sums = self._sums(slots)
        if not sums:
            return []
        slack = 0.26 * weight + sum(slot.weight for slot in slots if is_number(slot))
        slack += sum(slot.weight for slot in slots if slot.unwanted)
        floor = max(sums.values()) - slack
        chosen = [number for number, value in sums.items() if value >= floor]
        entries = self.index.entries
        if len(chosen) < MAX_OPTIONS:
            chosen = [number for number, value in sums.items() if value >= _FAR * floor]
        if len(chosen) > _MAX_DETAILED:
            chosen = self._likeliest(chosen, sums)
        texts = [slot.text for slot in slots]
        together = (a + b for a, b in pairwise(texts))
        threes = ("".join(texts[at : at + 3]) for at in range(len(texts) - 2))
        is_other = self._synonyms.other_wares([*texts, *together, *threes])
        meets = self._demanded(demands)
        weigh = Weigher(entries, slots, words, meets, is_other).weigh
        scored = [weigh(number) for number in chosen]
        scored.sort(key=lambda each: (-each.score, each.number))
        return scored

    def _sums(self, slots: Sequence[Slot]) -> dict[int, float]:
        """How much of the phrase each product explains at most, by number."""
        sums: dict[int, float] = {}
        entries = self.index.entries
        for slot in slots:
            if slot.soft:
                continue
            share = slot.weight
            hits = slot.hits
            if slot.unwanted:
                hits = {n: hit for n, hit in hits.items() if lacks(entries[n], hit[1], slot)}
            if not sums:
                sums = {number: share * hit[0] for number, hit in hits.items()}
                continue
            so_far = sums.get
            for number, hit in hits.items():
                sums[number] = so_far(number, 0.0) + share * hit[0]
        return sums

    def _likeliest(self, chosen: list[int], sums: dict[int, float]) -> list[int]:
        """Those that explain most; of equals those that say least more."""
        chosen.sort(key=sums.__getitem__, reverse=True)
        least = sums[chosen[_MAX_DETAILED - 1]]
        equals = [number for number in chosen if sums[number] == least]
        equals.sort(key=lambda number: (self._totals[number], number))
        better = [number for number in chosen[:_MAX_DETAILED] if sums[number] > least]
        return [*better, *equals[: _MAX_DETAILED - len(better)]]

    def meeting(self, demands: Demands) -> list[tuple[int, Entry]]:
        """The products that are what a saying asks for, by number."""
        meets = self._demanded(demands)
        entries = enumerate(self.index.entries)
        return [each for each in entries if meets is None or meets(each[1])]

    def _demanded(self, demands: Demands) -> Callable[[Entry], bool] | None:
        """Whether a product is what a saying asks for; departments that the shop lacks are moot."""
        categories = _wanted(demands.categories, self._categories)
        brands = _wanted(demands.brands, self._brands)
        without = demands.without
        if not (categories or brands or without):
            return None

        def meets(entry: Entry) -> bool:
            product = entry.product
            if categories and product.category.casefold() not in categories:
                return False
            if brands and product.brand.casefold() not in brands:
                return False
            return not without or not any(word.startswith(without) for word in entry.words)

        return meets


def _wanted(demanded: Iterable[str], there: Container[str]) -> frozenset[str]:
    """What is demanded in lower case, when the shop has any of it."""
    wanted = frozenset(each.casefold() for each in demanded)
    return wanted if any(each in there for each in wanted) else frozenset()


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
