"""From what a person calls a ware to the ware: certain, a choice of at most three, or unknown.

The rules, in the order in which they decide:

1. A word that was said must be explained by the product, else the answer is not certain.
2. What the person usually buys wins among the products that explain everything.
3. A product loses for what it says and the person did not: most for being another ware
   ("potetmos med melk" is no milk), much for what people always say when they want it
   (laktosefri, økologisk), little for a brand or a country.
4. The best product is certain when it leads clearly. Otherwise the person is asked, because a
   wrong brand or kind is worse than a question.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

from bot.ordering.catalogue import Catalogue, Product
from bot.ordering.compounds import linked
from bot.ordering.index import CATEGORY_SURE, COST_HEAD, COST_WORD, Entry, Hits, Index
from bot.ordering.lemmas import basic_forms, word_set
from bot.ordering.numbers import read_number
from bot.ordering.packs import plan
from bot.ordering.phrase import SOFT, SizeFact, Words, number_facts, read_words
from bot.ordering.synonyms import Reading, Synonyms, Target

if TYPE_CHECKING:
    from bot.ordering.amount import Amount

#: At most this many are read out.
MAX_OPTIONS = 3
#: A product that is this far ahead of every other is taken without asking.
MARGIN = 4.0
#: Below this likeness between a word and a product's word a person is asked.
SURE_WORD = 0.82
#: A word explained less than this is not explained.
EXPLAINED = 0.74
#: So far a product of another brand is looked for before one is taken.
WIDE_MARGIN = 8.0
#: So far other kinds are looked for when the best product says a kind that was not said.
WIDER_MARGIN = 13.0
#: A bare word that so many brands have names a shelf and not a ware.
MANY_BRANDS = 3
#: What the person bought before may be this much worse than the best and still be meant.
HISTORY_REACH = 26.0
#: So much explained, and a lone product is asked about although a word is missing.
_NEARLY = 0.7
#: Products below this score are not even asked about.
ASKING_SCORE = 40.0
#: So much of a phrase must be explained before the nearest products are worth a question.
WORTH_ASKING = 0.5

#: One doubtful word among others that are sure, as a share of the phrase that is explained.
_SURE_TOGETHER = 0.92
_KIND_UNSAID = 4.5
#: How much more than the plainest product another may say and still be the same ware.
_PLAIN_ENOUGH = 2.5
#: Below this nothing is taken without asking, however far ahead it is.
_SURE_SCORE = 60.0
_PENALTY_CONSTRAINT = 60.0
_PENALTY_SIZE = 18.0
_PENALTY_SOFT = 0.3
_PENALTY_CATEGORY = 10.0
#: A pack word counts as so many other words that the product does not have.
_UNSAID_PACK = 6
_BONUS_SIZE = 3.0
_SPLIT_SURE = 0.95
_TAIL_ONLY = 0.45
_MAX_WORDS = 12
_MAX_DETAILED = 300
#: Where hardly anything fits, products that fit this much less are looked at too.
_FAR = 0.55

#: Packs that come in sizes of their own: a "boks" of cola is a small one.
_PACK_WORDS = frozenset(("boks", "boksen", "flaske", "flaska", "flasken", "kartong", "beger"))

_BIG = word_set(
    """
    stor store stort storpakning største størst svær svære diger
    """
)
_SMALL = word_set(
    """
    liten lille lita små smått minste minst
    """
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A product with how well it fits, 0 to 100."""

    product: Product
    score: float


@dataclass(frozen=True, slots=True)
class Certain:
    """One product is meant.

    Attributes:
        reason: "history", "exact", "only", "margin", "synonym", "staple" or "size".
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
            that no product has together).
        candidates: the nearest products, may be empty; never to be taken without asking.
    """

    reason: str
    candidates: tuple[Candidate, ...]


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


_NO_HISTORY = History()


#: Ware and brand.
_Kind = tuple[tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class _Slot:
    """One word of the phrase with the products that explain it."""

    text: str
    weight: float
    soft: bool
    hits: Hits
    known: bool


@dataclass(frozen=True, slots=True)
class _Scored:
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
    by_department: bool = False  # a word is only explained by its department


@dataclass(frozen=True, slots=True)
class _Demands:
    """What a saying asks of a product besides its words."""

    categories: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


class Matcher:
    """Finds the products of one catalogue; immutable after it is built, but for caches."""

    def __init__(self, catalogue: Catalogue, synonyms: Synonyms) -> None:
        """Builds the index: about 0.2 ms a product."""
        self._catalogue = catalogue
        self._synonyms = synonyms
        self.index = Index(catalogue.products, synonyms.known_words)
        self._numbers = {each.product_id: n for n, each in enumerate(catalogue.products)}
        self._categories = {each.category.casefold() for each in catalogue.products}
        self._brands = {each.brand.casefold() for each in catalogue.products}
        self._by_name = {_squeezed(each.full_name): each for each in reversed(catalogue.products)}
        self._members: dict[_Kind, list[int]] = defaultdict(list)
        for number, entry in enumerate(self.index.entries):
            self._members[entry.ware, entry.brand].append(number)
        self._sizes = self._size_counts()
        self._targets: dict[Target, tuple[_Scored, ...]] = {}
        self._hit_cache: dict[tuple[str, bool], tuple[Hits, bool]] = {}

    def match(
        self, phrase: str, history: History = _NO_HISTORY, amount: Amount | None = None
    ) -> Match:
        """Finds the product that a phrase means.

        Args:
            phrase: how the person named the ware, amount left out ("tine lettmelk").
            history: what the person bought before.
            amount: what was said about the amount; it may decide between pack sizes.
        """
        words = read_words(phrase[:400])
        words = replace(words, tokens=_without_count(words.tokens)[:_MAX_WORDS])
        if not words.tokens:
            return Unknown("empty", ())
        named = self._by_name.get(_squeezed(phrase)) if len(words.tokens) > 1 else None
        if named is not None and words.sizes:
            whole = Candidate(named, 100.0)
            return Certain(whole, "exact", (whole,))
        general = self._general(words, history, amount)
        if general is not None:
            return general
        ranked, reading = self._ranked(words)
        return self._decide(ranked, words, history, amount, reading)

    def match_held(self, phrase: str, product_ids: Iterable[str]) -> Match:
        """Finds which of a few products a phrase means: those that lie in a basket.

        Everything else in the shop is out of the question, so "melken" is certain when one milk
        is held; the words are still understood with the whole shop's knowledge of compounds.
        """
        words = read_words(phrase[:400])
        words = replace(words, tokens=_without_count(words.tokens)[:_MAX_WORDS])
        numbers = [self._numbers[each] for each in product_ids if each in self._numbers]
        if not words.tokens or not numbers:
            return Unknown("empty", ())
        reading = self._synonyms.resolve(words.tokens)
        as_read = replace(words, tokens=read_words(" ".join(reading.words)).tokens)
        fit = max((self._held(each, numbers) for each in (words, as_read)), key=_best_score)
        if not fit:
            return Unknown("unlike", ())
        leads = len(fit) == 1 or fit[0].score - fit[1].score > MARGIN
        if leads:
            return Certain(_candidate(fit[0]), "only", _candidates(fit))
        return Choice(_candidates(fit), "close")

    def _held(self, words: Words, numbers: Sequence[int]) -> list[_Scored]:
        """The held products that explain every word, best first."""
        slots = self._slots(words.tokens)
        weight = sum(slot.weight for slot in slots if not slot.soft) or 1.0
        said = [slot.text for slot in slots]
        scored = [
            self._one(number, slots, weight, words, _Demands(), (), said) for number in numbers
        ]
        fit = [each for each in scored if not each.missing]
        return sorted(fit, key=lambda each: (-each.score, each.number))

    def _size_counts(self) -> Counter[tuple[tuple[str, ...], SizeFact | None]]:
        """How many brands sell a ware in a size."""
        seen = set()
        for entry in self.index.entries:
            content = entry.product.content
            if content is not None:
                size = (content.unit, content.amount / content.pieces)
                seen.add((_plain_ware(entry), size, entry.brand))
        return Counter((ware, size) for ware, size, _ in seen)

    # -- bare everyday words -------------------------------------------------------------------

    def _general(self, words: Words, history: History, amount: Amount | None) -> Match | None:
        """A staple ("melk") or a vague word ("pålegg"), when the phrase is nothing else."""
        found = self._bare(words.tokens)
        if found is None:
            return None
        targets, question, vague = found
        plausible: dict[int, _Scored] = {}
        offers: list[_Scored] = []
        for target in targets:
            products = self._target(target)
            for each in products:
                plausible.setdefault(each.number, each)
            if products:
                chosen = self._of_size(products, words, amount)
                if chosen.number not in {each.number for each in offers}:
                    offers.append(chosen)
        own: Match | None = None
        if not vague:
            ranked, reading = self._ranked(words)
            for each in ranked:
                if not each.missing and each.has_head:
                    plausible.setdefault(each.number, each)
            own = self._decide(ranked, words, _NO_HISTORY, amount, reading)
        usual = self._usual(plausible.values(), history)
        if usual is not None:
            return Certain(_candidate(usual), "history", _candidates([usual, *offers]))
        if not offers:
            return None
        if isinstance(own, Certain) and (words.sizes or _PACK_WORDS.intersection(words.tokens)):
            return own
        if not vague:
            default = self._default(offers, own)
            if default is not None:
                return Certain(_candidate(default), "staple", _candidates([default, *offers]))
        if len(offers) == 1:
            return None
        return Choice(_candidates(offers), "vague", question)

    def _bare(self, tokens: Sequence[str]) -> tuple[tuple[Target, ...], str, bool] | None:
        """What to offer for a bare word, how to ask, and whether it names no ware at all."""
        said = [word for word in tokens if word not in SOFT]
        ways = [list(tokens)]
        if len(said) == len(tokens) or not self.index.find("".join(tokens), fuzzy=False):
            ways.append(said)
        if len(said) == 1:
            ways += [[form] for form in basic_forms(said[0])[1:]]
            found = {} if self._synonyms.spell(said[0]) != said[0] else self.index.find(said[0])
            ways += [[form] for word in _likeliest(found) for form in basic_forms(word)]
        for words in ways:
            if not words:
                continue
            vague = self._synonyms.vague(words)
            if vague is not None:
                return vague.offers, vague.question, True
            staple = self._synonyms.staple(words)
            if staple is not None:
                return staple, "", False
        return None

    @staticmethod
    def _default(offers: Sequence[_Scored], own: Match | None) -> _Scored | None:
        """The offer to take without asking: the others are only other sizes of it or a chain's
        own brand, or the catalogue by itself leaves no doubt."""
        if isinstance(own, Certain):
            for each in offers:
                if each.entry.product.product_id == own.candidate.product.product_id:
                    return each
        first = offers[0]
        kind = _plain_kind(first.entry)
        for each in offers[1:]:
            same_ware = _plain_kind(each.entry) == kind
            if not same_ware or not (
                each.entry.store_brand or each.entry.brand in ((), first.entry.brand)
            ):
                return None
        return first

    def _target(self, target: Target) -> tuple[_Scored, ...]:
        """The products that a target of the synonyms names, best first."""
        found = self._targets.get(target)
        if found is None:
            words = read_words(" ".join(target.find))
            demands = _Demands(target.categories, target.brands, target.without)
            if words.tokens:
                ranked = self._score(words, demands)
                best = ranked[0].score if ranked else 0.0
                found = tuple(
                    each
                    for each in ranked
                    if not each.missing and each.score > max(best - 12.0, 40.0)
                )
            else:
                found = tuple(
                    _Scored(
                        n, entry, 90.0 - min(entry.total, 60.0) / 10, 1.0, 1.0, (), True, 0, True
                    )
                    for n, entry in enumerate(self.index.entries)
                    if self._meets(entry, demands)
                )
            self._targets[target] = found
        return found

    # -- scoring -------------------------------------------------------------------------------

    def _ranked(self, words: Words) -> tuple[list[_Scored], Reading | None]:
        """All plausible products, best first; by the synonyms' reading when that is better."""
        plain = self._score(words, _Demands())
        reading = self._synonyms.resolve(words.tokens)
        if reading.words == words.tokens and not reading.sayings:
            return plain, None
        again = read_words(" ".join(reading.words))
        other = self._score(
            Words(again.tokens, again.sizes | words.sizes),
            _Demands(reading.categories, reading.brands, reading.without),
        )
        if not other:
            return plain, None
        if plain and _is_named(plain[0]):
            return plain, None
        if plain and _worth(plain[0]) > _worth(other[0]) + 3.0:
            return plain, None
        return other, reading

    def _score(self, words: Words, demands: _Demands) -> list[_Scored]:
        slots = self._slots(words.tokens)
        ranked = self._rank(slots, words, demands)
        if ranked and not ranked[0].missing:
            return ranked
        # Nothing explains every word: look for mistakes in known words and in joined ones too.
        deeper = self._deeper(slots, ranked)
        if deeper is slots:
            return ranked
        again = self._rank(deeper, words, demands)
        return again if again else ranked

    def _slots(self, tokens: Sequence[str]) -> list[_Slot]:
        slots: list[_Slot] = []
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
        all_soft = all(token in SOFT or token in _BIG or token in _SMALL for token in tokens)
        for place, token in enumerate(tokens):
            hits, known = self._hits(token, fuzzy=not joined[place])
            if joined[place]:
                hits = dict(hits)
                _merge(hits, joined[place])
                known = True
            weight = 0.6 if token[0].isdigit() else 1.0
            soft = not all_soft and (token in SOFT or token in _BIG or token in _SMALL)
            slots.append(_Slot(token, weight, soft, hits, known))
        return slots

    def _joined(self, parts: Sequence[str]) -> Hits:
        """Products with the parts as one word: "grov brød" is "grovbrød"."""
        index = self.index
        found: dict[str, float] = {}
        for link in ("", "s", "e") if len(parts) == 2 else ("",):
            for word, sure in index.find(link.join(parts), fuzzy=False).items():
                found.setdefault(word, sure)
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
        if parts:
            front: dict[str, float] = {}
            for each in linked(parts[0]):
                front.update(index.find(each, fuzzy=False))
            tail = index.find(parts[1], fuzzy=False)
            known = known or bool(front and tail)
            _both(hits, index.hits(front), index.hits(tail), _SPLIT_SURE)
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

    def _loosely_split(self, token: str, hits: Hits) -> None:
        """A compound with a mistake in one half: "jorbærsyltetøy" for "syltetøy jordbær"."""
        index = self.index
        if len(token) < 7 or not token.isalpha():
            return
        best: tuple[float, dict[str, float], dict[str, float]] | None = None
        for at in range(3, len(token) - 2):
            front: dict[str, float] = {}
            for each in linked(token[:at]):
                front.update(index.find(each, fuzzy=len(each) > 4))
            if not front:
                continue
            tail = index.find(token[at:], fuzzy=len(token) - at > 4)
            if not tail:
                continue
            value = max(front.values()) * max(tail.values())
            if best is None or value > best[0]:
                best = value, front, tail
        if best is not None and best[0] > 0.7:
            _both(hits, index.hits(best[1]), index.hits(best[2]), 0.97)

    def _deeper(self, slots: list[_Slot], ranked: list[_Scored]) -> list[_Slot]:
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

    def _rank(self, slots: Sequence[_Slot], words: Words, demands: _Demands) -> list[_Scored]:
        """Scores the products that explain most of the slots."""
        weight = sum(slot.weight for slot in slots if not slot.soft)
        sums: dict[int, float] = {}
        for slot in slots:
            if slot.soft:
                continue
            share = slot.weight
            for number, (sure, _) in slot.hits.items():
                sums[number] = sums.get(number, 0.0) + share * sure
        number_slots = [
            place
            for place, slot in enumerate(slots)
            if slot.text[0].isdigit() and "%" not in slot.text
        ]
        if not sums:
            return []
        slack = 0.26 * weight + sum(slots[place].weight for place in number_slots)
        floor = max(sums.values()) - slack
        chosen = [number for number, value in sums.items() if value >= floor]
        entries = self.index.entries
        if len(chosen) < MAX_OPTIONS:
            chosen = [number for number, value in sums.items() if value >= _FAR * floor]
        if len(chosen) > _MAX_DETAILED:
            chosen.sort(key=lambda n: (-sums[n], entries[n].total, n))
            chosen = chosen[:_MAX_DETAILED]
        texts = [slot.text for slot in slots]
        said = [*texts, *(a + b for a, b in pairwise(texts))]
        scored = [
            self._one(number, slots, weight, words, demands, number_slots, said)
            for number in chosen
        ]
        scored.sort(key=lambda each: (-each.score, each.number))
        return scored

    def _one(
        self,
        number: int,
        slots: Sequence[_Slot],
        weight: float,
        words: Words,
        demands: _Demands,
        number_slots: Sequence[int],
        said: Sequence[str],
    ) -> _Scored:
        entry = self.index.entries[number]
        covered = 0.0
        bits = 0
        weakest = 1.0
        missing: list[int] = []
        category = False
        quiet = 0
        for place, slot in enumerate(slots):
            hit = slot.hits.get(number)
            sure = 0.0
            if hit is not None:
                sure, more = hit
                bits |= more
                if not more:
                    category = True
            if slot.soft:
                if not hit:
                    quiet += _UNSAID_PACK if slot.text in _PACK_WORDS else 1
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
            elif sure < weakest and sure != CATEGORY_SURE:
                weakest = sure
        left = 0.0
        for bit, cost in entry.costs:
            if not bits & bit:
                left += cost
        has_head = bool(bits & entry.head & _TAIL_BITS) or not entry.head
        branded = bool(bits & entry.brand_bits)
        if branded and not has_head:
            # "Evergood kokmalt": with the brand nobody says what the ware is.
            left -= COST_HEAD - COST_WORD
        elif category and not has_head:
            left *= 0.6
        covered = covered / weight if weight else 1.0
        score = 100.0 * covered - left - _PENALTY_SOFT * quiet
        if category:
            score -= _PENALTY_CATEGORY
        size_ok = True
        for fact in words.sizes:
            content = entry.product.content
            if fact in entry.sizes:
                whole = content is None or fact[0] == "stk" or content.amount == fact[1]
                score += _BONUS_SIZE if whole else 0.5
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
        if not self._meets(entry, demands):
            score -= _PENALTY_CONSTRAINT
        if self._synonyms.is_other_ware(said, entry.words):
            score -= 25.0
        return _Scored(
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
            category,
        )

    def _meets(self, entry: Entry, demands: _Demands) -> bool:
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

    # -- deciding ------------------------------------------------------------------------------

    def _decide(
        self,
        ranked: list[_Scored],
        words: Words,
        history: History,
        amount: Amount | None,
        reading: Reading | None,
    ) -> Match:
        if not ranked:
            return Unknown("unknown", ())
        best = ranked[0]
        complete = [each for each in ranked if not each.missing]
        usual = self._usual(
            (
                each
                for each in complete
                if each.weakest >= SURE_WORD
                and each.score >= complete[0].score - HISTORY_REACH
                and each.has_head >= complete[0].has_head
                and (each.size_ok or not complete[0].size_ok)
            ),
            history,
        )
        if usual is not None:
            return Certain(_candidate(usual), "history", _candidates([usual, *ranked]))
        if best.missing or best.score < 40.0:
            return self._nearest(ranked)
        if not best.has_head and not best.branded:
            return self._nearest(ranked)
        if best.score < _SURE_SCORE or (best.by_department and best.weakest < 0.97):
            return self._nearest(ranked)
        margin = MARGIN if best.weakest > 0.92 else MARGIN + 3.0
        group = [each for each in complete if best.score - each.score < margin]
        unsure = best.weakest < SURE_WORD and best.covered < _SURE_TOGETHER
        if unsure or (not best.size_ok and not _fills(best, words)):
            options = self._distinct(complete)
            if len(options) > 1 and options[1].score > best.score - 20.0:
                return Choice(_candidates(options), "close" if best.size_ok else "size")
            return self._nearest(ranked)
        if best.left < 0.05 and best.weakest >= 0.97 and best.score > 100.0 * best.covered - 1.5:
            # Every word of the product was said: what says more is something else.
            group = [each for each in group if each.left < 0.05 and best.score - each.score < 0.2]
        else:
            group = self._widened(group, complete, words)
        if len(group) == 1:
            reason = "synonym" if reading and reading.sayings else "margin"
            if len(complete) == 1:
                reason = "only"
            if best.left < 2.0 and best.weakest >= 0.97:
                reason = "exact"
            return Certain(_candidate(best), reason, _candidates(ranked))
        return self._among(group, complete, words, amount, ranked)

    def _widened(
        self, group: list[_Scored], complete: list[_Scored], words: Words
    ) -> list[_Scored]:
        """The group with what the score does not see, so that the person is asked after all."""
        best = group[0]
        reach = [each for each in complete if best.score - each.score < WIDE_MARGIN]
        branded = [each for each in reach if not each.entry.store_brand]
        if best.entry.store_brand and branded:
            # Nobody gets the chain's own brand who did not ask for it.
            group = [*group, *(each for each in branded if each not in group)]
            return group
        hard = [word for word in words.tokens if word not in SOFT]
        fit = [each for each in reach if each.has_head or each.branded]
        if best.left > _KIND_UNSAID or not best.has_head:
            # It says a kind that was not said. Is it one kind of many, or the only one?
            fit = [each for each in complete if best.score - each.score < WIDER_MARGIN]
            sizes = Counter(_kind(each) for each in fit)
            if len(sizes) > 1 and sizes[_kind(best)] * 2 <= len(fit):
                group = fit
        elif len(hard) == 1:
            brands = {each.entry.brand for each in fit if not each.entry.store_brand}
            if len(brands) >= MANY_BRANDS:
                # The name of a whole shelf, and one brand happens to add no word to it.
                group = fit
        return group

    def _among(
        self,
        group: list[_Scored],
        complete: list[_Scored],
        words: Words,
        amount: Amount | None,
        ranked: list[_Scored],
    ) -> Match:
        """Several products fit equally well: sizes, brands or kinds."""
        plain = min(each.left for each in group) + _PLAIN_ENOUGH
        branded = [each for each in group if not each.entry.store_brand]
        # A brand's special kind is no substitute for the plain ware of a chain.
        narrowed = branded if any(each.left <= plain for each in branded) else group
        kinds = {_kind(each) for each in narrowed}
        if len(kinds) == 1:
            chosen = self._size(narrowed, words, amount)
            if chosen is not None:
                reason = "size" if len(narrowed) > 1 else "margin"
                return Certain(_candidate(chosen), reason, _candidates([chosen, *ranked]))
            return Choice(_candidates(_spread(narrowed)), "size")
        options = self._distinct([*narrowed, *group], words, amount)
        if len(options) == 1:
            options = self._distinct([*narrowed, *group, *complete[:20]], words, amount)
        wares = {each.entry.ware for each in options}
        reason = "brand" if len(wares) == 1 else "vague" if len(group) > 6 else "close"
        return Choice(_candidates(options[:MAX_OPTIONS]), reason)

    def _nearest(self, ranked: list[_Scored]) -> Match:
        """Not every word is explained: ask about what is near, or say that it is not there."""
        near = [
            each
            for each in ranked
            if each.score > ASKING_SCORE
            and (
                (each.has_head and each.covered >= WORTH_ASKING and each.weakest > 0.85)
                or (each.has_head and each.covered > _NEARLY)
                or (each.branded and each.covered > _NEARLY)
            )
        ]
        if not near:
            # A department ("blomster") or the front of compounds ("hyse" of "hysefilet").
            near = [each for each in ranked if not each.missing and each.weakest > 0.9]
        options = self._distinct(near)
        if len(options) == 1 and options[0].covered > _NEARLY:
            # One product is nearly it: asked about beside the next best.
            rest = [each for each in ranked if each.covered >= 0.4 and each.score > 20.0]
            options = self._distinct([*options, *rest])
        close = _candidates(ranked)
        if len(options) > 1:
            return Choice(_candidates(options), "close")
        return Unknown("unlike" if ranked[0].covered >= 0.5 else "unknown", close)

    def _usual(self, plausible: Iterable[_Scored], history: History) -> _Scored | None:
        """What the person buys most among the plausible, the newest among equals."""
        if not history.counts and not history.last:
            return None
        last = {product_id: place for place, product_id in enumerate(history.last)}
        best: _Scored | None = None
        best_key: tuple[float, int, float] | None = None
        for each in plausible:
            product_id = each.entry.product.product_id
            count = history.counts.get(product_id, 0)
            if count <= 0 and product_id not in last:
                continue
            key = (-count, last.get(product_id, len(last)), -each.score)
            if best_key is None or key < best_key:
                best, best_key = each, key
        return best

    def _distinct(
        self,
        scored: Sequence[_Scored],
        words: Words | None = None,
        amount: Amount | None = None,
    ) -> list[_Scored]:
        """The best of each ware and brand, at most three; one size stands for all."""
        kinds: dict[_Kind, list[_Scored]] = {}
        for each in scored:
            kinds.setdefault(_kind(each), []).append(each)
            if len(kinds) > 12:
                break
        best: list[_Scored] = []
        for members in kinds.values():
            chosen = self._size(members, words, amount) if words else None
            best.append(chosen or members[0])
        return best[:MAX_OPTIONS]

    def _of_size(self, found: Sequence[_Scored], words: Words, amount: Amount | None) -> _Scored:
        """The first of a target's products, or its sibling that the amount asks for."""
        first = found[0]
        entries = self.index.entries
        siblings = [
            replace(first, number=number, entry=entries[number])
            for number in self._members[_kind(first)]
        ]
        return self._size(siblings, words, amount, standard=first) or first

    def _size(
        self,
        members: Sequence[_Scored],
        words: Words,
        amount: Amount | None,
        standard: _Scored | None = None,
    ) -> _Scored | None:
        """Which size of one ware is meant, None when that must be asked."""
        top = max(each.score for each in members)
        members = [each for each in members if top - each.score < 0.2] or members
        by_id = {each.entry.product.product_id: each for each in members}
        sizes = {each.entry.product.size.casefold() for each in by_id.values()}
        if len(sizes) == 1:
            return standard or members[0]
        by_content = sorted(
            (each for each in by_id.values() if each.entry.product.content is not None),
            key=lambda each: each.entry.product.content.amount,  # type: ignore[union-attr]
        )
        said = set(words.tokens)
        if by_content and said & _BIG:
            return by_content[-1]
        if by_content and said & _SMALL:
            return by_content[0]
        if words.sizes:
            fitting = [each for each in members if words.sizes <= each.entry.sizes]
            if fitting:
                return fitting[0]
        usual = standard or _standard(members) or self._common(list(by_id.values()))
        if amount is not None and (amount.unit in ("l", "kg") or amount.pack_pieces):
            first = usual or members[0]
            chosen = plan(
                first.entry.product, amount, [each.entry.product for each in by_id.values()]
            )
            if chosen.exact or usual is not None:
                return by_id[chosen.product.product_id]
            return None
        if amount is not None and amount.unit in ("", "stk") and amount.value > 1:
            pieces = [each for each in by_id.values() if ("stk", amount.value) in each.entry.sizes]
            if pieces:
                return pieces[0]
        return usual

    def _common(self, members: Sequence[_Scored]) -> _Scored | None:
        """The size that most brands of this ware have; a single one before a multipack of it."""
        single = [each for each in members if _pieces(each) == 1]
        if len(single) == 1 and all(
            each is single[0] or _unit_size(each) == _unit_size(single[0]) for each in members
        ):
            return single[0]
        if any(_unit(each) == "stk" for each in members):
            return None
        counts = [self._sizes[_plain_ware(each.entry), _unit_size(each)] for each in members]
        most = max(counts)
        if most > 1 and counts.count(most) == 1:
            return members[counts.index(most)]
        return None


_TAIL_BITS = int("10" * 64, 2)

#: The pack that "one" of a ware usually is, by the word that says what it is.
_STANDARD: tuple[tuple[str, tuple[SizeFact, ...]], ...] = tuple(
    (ware, tuple((unit, Decimal(amount)) for unit, amount in sizes))
    for ware, sizes in (
        ("melk", (("l", "1"), ("l", "1.75"))),
        ("juice", (("l", "1"),)),
        ("fløte", (("l", "0.3"), ("l", "0.33"), ("l", "0.5"))),
        ("rømme", (("kg", "0.3"), ("l", "0.3"))),
        ("kjøttdeig", (("kg", "0.4"),)),
        ("karbonadedeig", (("kg", "0.4"),)),
        ("mel", (("kg", "2"), ("kg", "1"))),
        ("sukker", (("kg", "1"),)),
        ("salt", (("kg", "1"),)),
        ("egg", (("stk", "12"),)),
        ("smør", (("kg", "0.5"),)),
        ("margarin", (("kg", "0.5"), ("kg", "0.54"))),
        ("ris", (("kg", "1"),)),
        ("havregryn", (("kg", "1.1"), ("kg", "1"), ("kg", "0.75"))),
        ("spaghetti", (("kg", "1"), ("kg", "0.5"))),
        ("makaroni", (("kg", "1"), ("kg", "0.5"))),
        ("kaffe", (("kg", "0.25"), ("kg", "0.5"))),
        ("gulost", (("kg", "1"), ("kg", "0.5"))),
        ("norvegia", (("kg", "1"), ("kg", "0.5"))),
        ("brunost", (("kg", "0.5"), ("kg", "1"))),
        ("cola", (("l", "1.5"),)),
        ("brus", (("l", "1.5"),)),
        ("solo", (("l", "1.5"),)),
        ("pepsi", (("l", "1.5"),)),
        ("poteter", (("kg", "2"), ("kg", "1"))),
        ("gulrøtter", (("kg", "1"), ("kg", "0.75"))),
    )
)


def _standard(members: Sequence[_Scored]) -> _Scored | None:
    """The size that people mean when they say none, for wares where nearly all mean the same."""
    for ware, sizes in _STANDARD:
        entry = members[0].entry
        if any(word.endswith(ware) for word in (*entry.ware, *entry.category)):
            for size in sizes:
                for each in members:
                    content = each.entry.product.content
                    if content is not None and (content.unit, content.amount) == size:
                        return each
    return None


def _pieces(each: _Scored) -> int:
    content = each.entry.product.content
    return content.pieces if content is not None else 1


def _unit(each: _Scored) -> str:
    content = each.entry.product.content
    return content.unit if content is not None else ""


def _unit_size(each: _Scored) -> SizeFact | None:
    """The size of one piece: a four-pack of 0.33 l cans has 0.33 l."""
    content = each.entry.product.content
    return (content.unit, content.amount / content.pieces) if content is not None else None


def _plain_ware(entry: Entry) -> tuple[str, ...]:
    """The ware without its fat content, in which brands differ a little."""
    return tuple(word for word in entry.ware if "%" not in word)


def _kind(each: _Scored) -> _Kind:
    """Ware and brand: what is left to choose within one kind is the size."""
    return each.entry.ware, each.entry.brand


#: Words that only say how a ware is packed or cut.
_PACKING = word_set(
    """
    løsvekt nett pose pakke boks kurv glass skorpefri skivet skiver oppskåret skåret i på og fersk
    original originale siktet naturell ca
    """
)


def _plain_kind(entry: Entry) -> frozenset[str]:
    """What kind of ware it is, however it is packed, cut or branded."""
    return frozenset(
        word for word in entry.ware if word not in _PACKING and "%" not in word and word.isalpha()
    )


def _is_named(each: _Scored) -> bool:
    """Whether the phrase is the very name of the product, brand or none."""
    return (
        not each.missing
        and each.weakest >= 0.97
        and each.left <= 1.1
        and not each.entry.store_brand
        and each.covered > 0.96
    ) or (not each.missing and each.left < 0.05 and each.covered > 0.999)


def _likeliest(found: Mapping[str, float]) -> list[str]:
    """The one word that a misspelled word means, when it is clear; none when it is not."""
    ranked = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    if not ranked or not SURE_WORD <= ranked[0][1] < 0.96:
        return []
    best = basic_forms(ranked[0][0])
    for word, sure in ranked[1:]:
        if ranked[0][1] - sure < 0.05 and not set(best).intersection(basic_forms(word)):
            return []
    return [ranked[0][0]]


def _worth(each: _Scored) -> float:
    return each.score - 30.0 * len(each.missing)


def _fills(best: _Scored, words: Words) -> bool:
    """Whether whole packs make up every size that was said ("to liter" from one-litre packs)."""
    product = best.entry.product
    content = product.content
    for unit, amount in words.sizes:
        if (unit, amount) in best.entry.sizes or (product.unit == "kg" and unit == "kg"):
            continue
        if content is None or content.unit != unit or amount % content.amount != 0:
            return False
        if amount != amount.to_integral_value():
            return False
    return True


def _spread(group: Sequence[_Scored]) -> list[_Scored]:
    """Up to three different sizes of one ware, in the order of their scores."""
    seen: set[str] = set()
    out: list[_Scored] = []
    for each in group:
        size = each.entry.product.size.casefold()
        if size not in seen:
            seen.add(size)
            out.append(each)
    return out[:MAX_OPTIONS]


def _candidate(each: _Scored) -> Candidate:
    return Candidate(each.entry.product, round(min(100.0, max(0.0, each.score)), 1))


def _candidates(scored: Iterable[_Scored]) -> tuple[Candidate, ...]:
    """At most three, each product once."""
    seen: dict[int, _Scored] = {}
    for each in scored:
        seen.setdefault(each.number, each)
        if len(seen) == MAX_OPTIONS:
            break
    return tuple(_candidate(each) for each in seen.values())


def _merge(into: Hits, more: Hits) -> None:
    for number, hit in more.items():
        old = into.get(number)
        if old is None:
            into[number] = hit
        else:
            into[number] = (max(old[0], hit[0]), old[1] | hit[1])


def _both(into: Hits, front: Hits, tail: Hits, factor: float) -> None:
    """Adds the products that have both halves of a compound."""
    few, many = (front, tail) if len(front) < len(tail) else (tail, front)
    for number, (sure, bits) in few.items():
        other = many.get(number)
        if other is not None and tail[number][1] & _TAIL_BITS:
            value = min(sure, other[0]) * factor
            old = into.get(number)
            if old is None or value > old[0]:
                into[number] = (value, bits | other[1])


def _best_score(fit: Sequence[_Scored]) -> float:
    return fit[0].score if fit else float("-inf")


def _squeezed(text: str) -> str:
    return " ".join(text.casefold().split())


def _without_count(tokens: tuple[str, ...]) -> tuple[str, ...]:
    """Leaves out a number at the start that counts packs ("to kneippbrød", "3 melk")."""
    if len(tokens) < 2:
        return tokens
    number = read_number(tokens[:4])
    if number is None or number[1] >= len(tokens) or tokens[number[1] - 1].startswith("halv"):
        return tokens
    return tokens[number[1] :]
