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

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from bot.ordering.catalogue import Catalogue, Product
from bot.ordering.index import MINOR, Entry
from bot.ordering.lemmas import basic_forms, word_set
from bot.ordering.match import (
    MAX_OPTIONS,
    Candidate,
    Certain,
    Choice,
    History,
    Match,
    Unknown,
)
from bot.ordering.numbers import read_number
from bot.ordering.pack_choice import Kind, PackChooser, fills, kind_of, spread
from bot.ordering.phrase import BIG, PACK_WORDS, SMALL, SOFT, SizeFact, Words, read_words
from bot.ordering.pronunciation import Pronounce
from bot.ordering.rereading import Rereader
from bot.ordering.said_size import filled_by, is_near, pack_facts
from bot.ordering.scoring import BONUS_SIZE, Demands, Scored, Scorer
from bot.ordering.synonyms import Reading, Synonyms, Target

if TYPE_CHECKING:
    from bot.ordering.amount import Amount

__all__ = ["Candidate", "Certain", "Choice", "History", "Match", "Matcher", "Unknown"]

#: A product that is this far ahead of every other is taken without asking.
MARGIN = 4.0
#: Below this likeness between a word and a product's word a person is asked.
SURE_WORD = 0.82
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
#: A word that is explained as surely is not looked at twice.
_CLEAR = 0.9
#: One doubtful word among others that are sure, as a share of the phrase that is explained.
_SURE_TOGETHER = 0.92
#: A product that loses this much says a kind ("havre", "barn") that was not said.
_KIND_UNSAID = 4.5
#: A product that loses this much says so much else that it is asked about, if anything is near.
_MUCH_UNSAID = 14.0
#: How much more than the plainest product another may say and still be the same ware.
_PLAIN_ENOUGH = 2.5
#: Below this nothing is taken without asking, however far ahead it is.
_SURE_SCORE = 60.0
#: An everyday word is not taken for a product that fits less than this.
_SURE_DEFAULT = 72.0
#: The same for the one ware of a name, when the word that says what it is was not said.
_ONLY_SCORE = 50.0
_MAX_WORDS = 12
#: A smaller number counts packs, not what is in one.
_FEWEST_IN_PACK = 6
_HALF = Decimal("0.5")
#: A pack is about as big as was said when it differs by no more of it.
_ABOUT = Decimal("0.15")
#: A phrase of so many words is guessed at.
_MOST_GUESSED = 2
#: A product that explains so much of an unknown word is of the kind that was named.
_KIND_SHARE = 0.4
#: What may be small or big instead of the ware.
_PACKS = PACK_WORDS | word_set("pakke pakka pakken pose posen glass glas tube tuben")
#: Wares whose brand people are particular about.
_BRAND_MATTERS = ("kaffe", "malt", "pils", "pilsner", "øl", "sigaretter", "snus", "tobakk", "mat")
_NO_HISTORY = History()


class Matcher:
    """Finds the products of one catalogue; immutable after it is built, but for caches."""

    def __init__(
        self, catalogue: Catalogue, synonyms: Synonyms, pronounce: Pronounce | None = None
    ) -> None:
        """Builds the index: about 0.2 ms a product.

        With `pronounce` a word that sounds like one of the shop's is found however it is spelled;
        without it only Norwegian spelling rules say how a word sounds.
        """
        self._synonyms = synonyms
        self._scorer = Scorer(catalogue, synonyms, pronounce)
        self.index = self._scorer.index
        self.hears = pronounce is not None
        self._packs = PackChooser(self.index)
        self._rereader = Rereader(synonyms, self.index)
        self._brands = Counter(
            (entry.product.category, entry.brand) for entry in self.index.entries
        )
        self._numbers = {each.product_id: n for n, each in enumerate(catalogue.products)}
        self._by_name = {_squeezed(each.full_name): each for each in reversed(catalogue.products)}
        self._targets: dict[Target, tuple[Scored, ...]] = {}

    def spell(self, word: str) -> str:
        """The usual spelling of a lower-case word; the word itself when none is known."""
        return self._synonyms.spell(word)

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
        packed = self._pack_said(words, phrase, history) if amount is None else None
        if packed is not None:
            return packed
        found = self._understand(words, history, amount)
        return found if amount is None else self._in_size(found, words, history, amount)

    def _in_size(self, found: Match, words: Words, history: History, amount: Amount) -> Match:
        """What was found, or the ware in the size that the amount names, when only that one has it.

        A size that no pack makes up is asked about, unless what there is comes near: that is said.
        """
        if isinstance(found, Unknown):
            return found
        if amount.value == _HALF and amount.unit == "":
            tokens = ("halv", *words.tokens)
            half = self._match(replace(words, tokens=tokens), history, None)
            if isinstance(half, Certain) and (
                "halv" in self._entry(half.candidate).words
                or self._synonyms.resolve(tokens).whole
            ):
                return half  # "halv agurk" is a ware of its own
        facts = pack_facts(amount)
        if not facts:
            return found
        lone = found.candidate.product if isinstance(found, Certain) else None
        siblings: tuple[Product, ...] = ()
        if lone is not None:
            siblings = self._packs.siblings(lone, self._numbers[lone.product_id])
            plain = self._understand(words, history, None)
            usual = plain.candidate.product if isinstance(plain, Certain) else lone
            filling = filled_by(lone, siblings, usual, amount)
            if filling is not None:
                pack = replace(found.candidates[0], product=filling)
                return found if filling is lone else Certain(pack, "size", (pack,))
        near = lone is not None and is_near(lone, siblings, amount)
        for fact in facts:
            # What comes near is meant rather than a special kind that happens to have the size.
            sized = self._sized(words, fact, history, MARGIN if near else _MUCH_UNSAID)
            if sized is not None:
                return sized
        if near or lone is None or len(siblings) < 2:
            return found
        sizes = sorted(siblings, key=lambda each: each is not lone)[:MAX_OPTIONS]
        return Choice(tuple(Candidate(each, found.candidates[0].score) for each in sizes), "size")

    def _sized(
        self, words: Words, fact: SizeFact, history: History, most: float
    ) -> Certain | Choice | None:
        """The ware in the one size, whatever its brand; None when no pack of it has that size.

        `most` is how much more than the plainest such ware it may say.
        """
        plain = self._ranked(words)[0]
        found = self._match(replace(words, sizes=words.sizes | {fact}), history, None)
        if isinstance(found, Unknown):
            return None
        least = max(_SURE_SCORE, found.candidates[0].score - MARGIN)
        if plain:
            least = max(least, min(plain[0].score, 100.0) + BONUS_SIZE - most)
        having = tuple(
            each
            for each in found.candidates
            if each.score >= least and fact in self._entry(each).sizes
        )
        if isinstance(found, Certain) and found.candidate in having:
            return found
        if len(having) == 1:
            return Certain(having[0], "size", having)
        return replace(found, candidates=having) if having and isinstance(found, Choice) else None

    def _entry(self, candidate: Candidate) -> Entry:
        return self.index.entries[self._numbers[candidate.product.product_id]]

    def _as_said(self, tokens: Sequence[str]) -> bool:
        """Whether every word is one of the shop's as it was spelled."""
        return all(word in SOFT or self.index.is_word(word) for word in tokens)

    def match_whole(self, phrase: str, history: History = _NO_HISTORY) -> Match | None:
        """Finds the product of a phrase when every word of it is part of the name.

        None when a word is left over, or something is only guessed at.
        """
        words = read_words(phrase[:400])
        tokens = words.tokens[:_MAX_WORDS]
        for reading in (tokens, *self._rereader.readings(tokens)):
            found, clear = self._read(replace(words, tokens=reading), history, None)
            if clear and not _is_doubtful(found):
                return found
        return None

    def _understand(self, words: Words, history: History, amount: Amount | None) -> Match:
        """The match of a phrase as it stands, or as it may be read otherwise."""
        general = self._general(words, history, amount)
        if general is not None:
            return general
        found, clear = self._named(words, history, amount)
        if clear and isinstance(found, Unknown):
            return found
        doubtful = _is_doubtful(found)
        if clear and not doubtful and (isinstance(found, Certain) or self._as_said(words.tokens)):
            return found
        for tokens in self._rereader.readings(words.tokens):
            again, sure = self._read(replace(words, tokens=tokens), history, amount)
            if _is_doubtful(again):
                continue
            if doubtful or (sure and (not clear or isinstance(again, Certain))):
                return again
        if not doubtful and (clear or isinstance(found, Certain)):
            return found
        for purposeless in self._rereader.leaving_out(words.tokens):
            again = self._match(replace(words, tokens=purposeless), history, amount)
            if not _is_doubtful(again):
                # What it is for was not understood, so nothing is taken without asking.
                options = again.candidates
                return Choice(options, "close") if len(options) > 1 else again
        return self._guess(words) or found if isinstance(found, Unknown) else found

    def _pack_said(self, words: Words, phrase: str, history: History) -> Match | None:
        """ "Hundre kaffefilter": the pack of a hundred, when the shop has one."""
        number = read_number(read_words(phrase[:400]).tokens[:4])
        if number is None or number[0] < _FEWEST_IN_PACK or words.sizes:
            return None
        size = ("stk", number[0].quantize(Decimal(1)))
        found = self._match(replace(words, sizes=frozenset((size,))), history, None)
        if not isinstance(found, Certain) or found.candidate.score < _SURE_SCORE:
            return None
        entry = self.index.entries[self._numbers[found.candidate.product.product_id]]
        return found if size in entry.sizes else None

    def _guess(self, words: Words) -> Choice | None:
        """What may have been meant by words that the shop does not have; only to be asked about."""
        hard = [word for word in words.tokens if word not in SOFT]
        found: list[Scored] = []
        if len(hard) > _MOST_GUESSED:
            return None  # a sentence about something else
        for word in hard:
            if len(hard) > 1 and self.index.knows(word):
                continue
            for like in self.index.nearest(word):
                tokens = tuple(like if each == word else each for each in words.tokens)
                ranked, _ = self._ranked(replace(words, tokens=tokens))
                found += [
                    each
                    for each in ranked[:MAX_OPTIONS]
                    if each.has_head and each.covered >= WORTH_ASKING
                ]
        if not found and all(self.index.split.both_known(word) for word in hard):
            # "tomatjuice": juice, if of another kind; an "enhjørningsmelk" is no milk at all
            ranked, _ = self._ranked(words)
            found = [each for each in ranked if each.has_head and each.covered >= _KIND_SHARE]
        options = self._distinct(found)
        if len(options) == 1:
            options = spread(found)
        if len(options) == 1:
            first = options[0].entry
            options += [
                replace(options[0], number=number, entry=entry)
                for number, entry in enumerate(self.index.entries)
                if entry.category == first.category and entry.ware[-1:] == first.ware[-1:]
                and entry is not first
            ][:1]  # fmt: skip
        return Choice(_candidates(options), "close") if len(options) > 1 else None

    def _match(self, words: Words, history: History, amount: Amount | None) -> Match:
        return self._read(words, history, amount)[0]

    def _read(self, words: Words, history: History, amount: Amount | None) -> tuple[Match, bool]:
        """The match of a phrase, and whether every word of it is surely understood."""
        general = self._general(words, history, amount)
        if general is not None:
            return general, True
        return self._named(words, history, amount)

    def _named(self, words: Words, history: History, amount: Amount | None) -> tuple[Match, bool]:
        """`_read` of what is no everyday word by itself."""
        ranked, reading = self._ranked(words)
        if reading is None and self._synonyms.resolve(words.tokens).whole:
            first = ranked[0] if ranked else None
            if first is None or first.missing or first.by_department or first.weakest < _CLEAR:
                return Unknown("unlike", ()), True  # people have a word for it, the shop has none
        clear = bool(ranked) and not ranked[0].missing and ranked[0].weakest >= _CLEAR
        return self._decide(ranked, words, history, amount, reading), clear

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

    def all_like(self, phrase: str) -> tuple[Product, ...]:
        """Every product that a phrase may name, best first: for "hva slags … har dere?"."""
        words = read_words(phrase[:400])
        words = replace(words, tokens=_without_count(words.tokens)[:_MAX_WORDS])
        if not words.tokens:
            return ()
        found: dict[int, Scored] = {}
        general = self._bare(words.tokens)
        for target in general[0] if general is not None else ():
            for each in self._target(target)[:1]:
                found.setdefault(each.number, each)
        ranked, _ = self._ranked(words)
        for each in ranked:
            if not each.missing and (each.has_head or each.branded) and each.score > ASKING_SCORE:
                found.setdefault(each.number, each)
        return tuple(each.entry.product for each in found.values())

    def _held(self, words: Words, numbers: Sequence[int]) -> list[Scored]:
        """The held products that explain every word, best first."""
        slots = self._scorer.slots(words.tokens)
        weight = sum(slot.weight for slot in slots if not slot.soft) or 1.0
        is_other = self._synonyms.other_wares(slot.text for slot in slots)
        scored = [
            self._scorer.one(number, slots, weight, words, Demands(), (), is_other)
            for number in numbers
        ]
        fit = [each for each in scored if not each.missing]
        return sorted(fit, key=lambda each: (-each.score, each.number))

    def _general(self, words: Words, history: History, amount: Amount | None) -> Match | None:
        """A staple ("melk") or a vague word ("pålegg"), when the phrase is nothing else."""
        found = self._bare(words.tokens)
        if found is None:
            return None
        targets, question, vague, takes, used = found
        plausible: dict[int, Scored] = {}
        offers: list[Scored] = []
        for target in targets:
            products = self._target(target)
            for each in products:
                plausible.setdefault(each.number, each)
            if products:
                chosen = self._packs.sibling(products, words, amount)
                if chosen.number not in {each.number for each in offers}:
                    offers.append(chosen)
        own: Match | None = None
        if not vague:
            sized = not {*PACK_WORDS, *BIG, *SMALL}.isdisjoint(words.tokens)
            plainly = words
            if not sized and len(used) < len(words.tokens):
                plainly = replace(words, tokens=used)
            ranked, reading = self._ranked(plainly)
            for each in ranked:
                if not each.missing and each.has_head:
                    plausible.setdefault(each.number, each)
            own = self._decide(ranked, plainly, _NO_HISTORY, amount, reading)
        usual = self._usual(plausible.values(), history)
        if usual is not None:
            return Certain(_candidate(usual), "history", _candidates([usual, *offers]))
        if words.sizes:
            fitting = [each for each in offers if words.sizes <= each.entry.sizes]
            if takes and offers and offers[0] not in fitting:
                return None
            offers = fitting
        if not offers:
            return None
        if words.sizes and offers and isinstance(own, Certain) and len(offers) > 1:
            own = own if own.candidate.product in [each.entry.product for each in offers] else None
        packed = words.sizes or not PACK_WORDS.isdisjoint(words.tokens)
        if isinstance(own, Certain) and packed and own.reason != "brand":
            return own
        if not vague:
            told = BIG.isdisjoint(words.tokens) and SMALL.isdisjoint(words.tokens)
            default = offers[0] if takes else self._default(offers, own if told else None)
            lone = len(targets) > len(offers) == 1 and not self._target(targets[0])
            if lone and not takes and not isinstance(own, Certain):
                default = None  # the shop has one kind, and not the usual one: is it the one?
            if default is not None and default.score >= _SURE_DEFAULT:
                return Certain(_candidate(default), "staple", _candidates([default, *offers]))
        if len(offers) == 1:
            return None
        return Choice(_candidates(offers), "vague", question)

    def _bare(
        self, tokens: Sequence[str]
    ) -> tuple[tuple[Target, ...], str, bool, bool, tuple[str, ...]] | None:
        """What to offer for a bare word, how to ask, whether it names no ware at all, whether
        nearly everybody means the first offer, and the word as it was read."""
        sized = not _PACKS.isdisjoint(tokens)  # "liten boks": the pack is small, not the ware
        said = [
            word
            for word in tokens
            if word not in SOFT and not (sized and (word in BIG or word in SMALL))
        ]
        ways = [list(tokens)]
        joined = "".join(said)
        if len(said) > 1 and self._synonyms.spell(joined) != joined:
            ways.append([self._synonyms.spell(joined)])  # "vete mel", "kjøtt dei"
        whole = self._synonyms.resolve(tokens).whole and len(said) > 0
        if len(said) == len(tokens) or not (
            whole or self.index.find("".join(tokens), fuzzy=False)
        ):
            ways.append(said)
        if len(said) == 1:
            ways += [[form] for form in basic_forms(said[0])[1:]]
            known = whole or self._synonyms.spell(said[0]) != said[0]
            found = {} if known else self.index.find(said[0])
            likely = _likeliest(found, self._synonyms.spell)
            ways += [[form] for word in likely for form in basic_forms(word)]
        for words in ways:
            if not words:
                continue
            vague = self._synonyms.vague(words)
            if vague is not None:
                return vague.offers, vague.question, True, False, tuple(words)
            staple = self._synonyms.staple(words)
            if staple is not None:
                return staple, "", False, self._synonyms.takes_first(words), tuple(words)
        return None

    @staticmethod
    def _default(offers: Sequence[Scored], own: Match | None) -> Scored | None:
        """The offer to take without asking: the others are only other sizes of it or a chain's
        own brand, or the catalogue by itself leaves no doubt."""
        brands = {each.entry.brand for each in offers}
        if len(brands) > 1 and _brand_matters(offers[0].entry):
            return None
        if isinstance(own, Certain) and own.reason != "brand":
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

    def _target(self, target: Target) -> tuple[Scored, ...]:
        """The products that a target of the synonyms names, best first."""
        found = self._targets.get(target)
        if found is None:
            words = read_words(" ".join(target.find))
            demands = Demands(target.categories, target.brands, target.without)
            if words.tokens:
                ranked = self._scorer.score(words, demands)
                best = ranked[0].score if ranked else 0.0
                found = tuple(
                    each
                    for each in ranked
                    if not each.missing and each.score > max(best - 12.0, 40.0)
                )
            else:
                found = tuple(
                    Scored(
                        n, entry, 90.0 - min(entry.total, 60.0) / 10, 1.0, 1.0, (), True, 0, True
                    )
                    for n, entry in enumerate(self.index.entries)
                    if self._scorer.meets(entry, demands)
                )
            self._targets[target] = found
        return found

    def _ranked(self, words: Words) -> tuple[list[Scored], Reading | None]:
        """All plausible products, best first; by the synonyms' reading when that is better."""
        plain = self._scorer.score(words, Demands())
        reading = self._synonyms.resolve(words.tokens)
        if reading.words == words.tokens and not reading.sayings:
            return plain, None
        again = read_words(" ".join(reading.words))
        other = self._scorer.score(
            Words(again.tokens, words.sizes or again.sizes),
            Demands(reading.categories, reading.brands, reading.without),
        )
        if not other:
            return plain, None
        if reading.whole and not other[0].missing and not _is_rather(plain, len(words.tokens)):
            return other, reading
        if plain and _is_named(plain[0]):
            return plain, None
        if plain and _worth(plain[0]) > _worth(other[0]) + 3.0:
            return plain, None
        return other, reading

    def _decide(
        self,
        ranked: list[Scored],
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
        if reading is not None and reading.whole and complete:
            return self._as_named(complete, words, amount, ranked)
        if not any(each.has_head or each.branded for each in complete):
            only = self._only_kind(complete, words, amount)
            if only is not None:
                return only
        if best.missing or best.score < 40.0 or best.other_ware:
            return self._nearest(ranked)
        if not best.has_head and not best.branded:
            return self._nearest(ranked)
        if best.score < _SURE_SCORE or (best.by_department and best.weakest < 0.97):
            return self._nearest(ranked)
        margin = MARGIN if best.weakest > 0.92 else MARGIN + 3.0
        group = [each for each in complete if best.score - each.score < margin]
        unsure = best.weakest < SURE_WORD and best.covered < _SURE_TOGETHER
        if unsure or (not best.size_ok and not fills(best, words)):
            options = self._distinct(complete)
            if len(options) == 1 and not unsure:
                options = spread([each for each in complete if kind_of(each) == kind_of(best)])
            if len(options) > 1 and options[1].score > best.score - 20.0:
                return Choice(_candidates(options), "close" if best.size_ok else "size")
            return self._nearest(ranked)
        if best.left < 0.05 and best.weakest > 0.9 and best.score > 100.0 * best.covered - 1.5:
            # Every word of the product was said: what says more is something else.
            group = [each for each in group if each.left < 0.05 and best.score - each.score < 0.2]
        else:
            group = self._widened(group, complete, words)
        guessed = best.weakest < _CLEAR and best.left > _KIND_UNSAID  # "tøfler" for "trøfler"
        if len(group) == 1 and (best.left > _MUCH_UNSAID or guessed):
            others = self._distinct([best, *(each for each in ranked if each.score > ASKING_SCORE)])
            if len(others) > 1:
                return Choice(_candidates(others), "close")
            if guessed:
                return Unknown("unlike", _candidates(ranked))
        plainer = self._plainer(best, complete, words)
        if plainer:
            return Choice(_candidates([best, *plainer]), "size")
        if len(group) == 1:
            reason = "synonym" if reading and reading.sayings else "margin"
            if len(complete) == 1:
                reason = "only"
            if best.left < 2.0 and best.weakest >= 0.97:
                reason = "exact"
            return Certain(_candidate(best), reason, _candidates(ranked))
        return self._among(group, complete, words, amount, ranked)

    @staticmethod
    def _plainer(best: Scored, complete: Sequence[Scored], words: Words) -> list[Scored]:
        """The plain ware in nearly the size that was said, when only a special kind has just that.

        "Halvkilo jarlsberg" is rather the piece of 450 g than half a kilo of the matured one.
        """
        if not words.sizes or not best.size_ok:
            return []
        near = [
            each
            for each in complete
            if each.has_head
            and best.left - each.left > MARGIN
            and each.entry.product.content is not None
            and any(
                each.entry.product.content.unit == unit
                and abs(each.entry.product.content.amount - amount) <= _ABOUT * amount
                for unit, amount in words.sizes
            )
        ]
        return sorted(near, key=lambda each: each.left)[:1]

    def _as_named(
        self,
        complete: list[Scored],
        words: Words,
        amount: Amount | None,
        ranked: list[Scored],
    ) -> Match:
        """What a saying that is the whole phrase names: it is the ware, whatever else is on it."""
        best = complete[0]
        if not best.size_ok and not fills(best, words):
            options = self._distinct(complete)
            options = options if len(options) > 1 else spread(complete)
            return Choice(_candidates(options), "size") if len(options) > 1 else (
                self._nearest(ranked)
            )  # fmt: skip
        group = [each for each in complete if best.score - each.score < MARGIN]
        if len(group) > 1 or _brand_matters(best.entry):
            group = self._widened(group, complete, words)
        if len(group) == 1:
            return Certain(_candidate(best), "synonym", _candidates(ranked))
        return self._among(group, complete, words, amount, ranked)

    def _widened(self, group: list[Scored], complete: list[Scored], words: Words) -> list[Scored]:
        """The group with what the score does not see, so that the person is asked after all."""
        best = group[0]
        if _brand_matters(best.entry) and not best.branded:
            # "Kaffe filtermalt", and only one brand calls its own just that.
            kinds = [each for each in complete if each.has_head or each.branded]
            return [each for each in kinds if best.score - each.score < WIDER_MARGIN] or group
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
            sizes = Counter(kind_of(each) for each in fit)
            if len(sizes) > 1 and sizes[kind_of(best)] * 2 <= len(fit):
                group = fit
        elif len(hard) == 1:
            brands = {each.entry.brand for each in fit if not each.entry.store_brand}
            if len(brands) >= MANY_BRANDS:
                # The name of a whole shelf, and one brand happens to add no word to it.
                group = fit
        return group

    def _among(
        self,
        group: list[Scored],
        complete: list[Scored],
        words: Words,
        amount: Amount | None,
        ranked: list[Scored],
    ) -> Match:
        """Several products fit equally well: sizes, brands or kinds."""
        if words.sizes:
            group = [each for each in group if each.size_ok] or group
        plain = min(each.left for each in group) + _PLAIN_ENOUGH
        branded = [each for each in group if not each.entry.store_brand]
        # A brand's special kind is no substitute for the plain ware of a chain.
        plainly = [each for each in branded if each.left <= plain]
        narrowed = group
        if plainly:
            # Where only the chain's own is quite plain, the plainest of the brands stands for it.
            narrowed = plainly if group[0].entry.store_brand else branded
        kinds = {kind_of(each) for each in narrowed}
        if len(kinds) == 1:
            chosen = self._packs.choose(narrowed, words, amount)
            weighed = amount is not None and amount.unit not in ("", "stk")
            if chosen is None and not words.sizes and not weighed:
                chosen = self._packs.ordinary(narrowed)
            if chosen is not None:
                reason = "size" if len(narrowed) > 1 else "margin"
                return Certain(_candidate(chosen), reason, _candidates([chosen, *ranked]))
            return Choice(_candidates(spread(narrowed)), "size")
        leading = self._leading(narrowed, words, amount)
        if leading is not None:
            others = self._distinct(narrowed, words, amount)
            return Certain(_candidate(leading), "brand", _candidates([leading, *others, *ranked]))
        options = self._distinct([*narrowed, *group], words, amount)
        if len(options) == 1:
            options = self._distinct([*narrowed, *group, *complete[:20]], words, amount)
        wares = {each.entry.ware for each in options}
        reason = "brand" if len(wares) == 1 else "vague" if len(group) > 6 else "close"
        return Choice(_candidates(options[:MAX_OPTIONS]), reason)

    def _leading(
        self, group: Sequence[Scored], words: Words, amount: Amount | None
    ) -> Scored | None:
        """The shop's leading brand, when nothing but the brand is left to choose.

        Who names no brand of a plain ware takes any; which one it is, is said. When the brands'
        wares differ in more than that, None: the person is asked.
        """
        plainest = min(each.left for each in group)
        plain = [each for each in group if each.left <= plainest + 1.1]
        if len({each.entry.brand for each in plain}) < 2:
            return None
        if len({_plain_kind(each.entry) for each in plain}) > 1 or not plain[0].has_head:
            return None
        if _brand_matters(plain[0].entry):
            return None
        brand = max(
            (each.entry.brand for each in plain),
            key=lambda brand: self._brands[plain[0].entry.product.category, brand],
        )
        own = [each for each in plain if each.entry.brand == brand]
        own = [each for each in own if kind_of(each) == kind_of(own[0])]
        extreme = self._packs.extreme(plain, words)
        if extreme is not None:
            return extreme
        return self._packs.choose(own, words, amount) or self._packs.ordinary(own)

    def _only_kind(
        self, complete: list[Scored], words: Words, amount: Amount | None
    ) -> Match | None:
        """What a name begins with was said ("tonic"), or a word that people use for a ware
        ("brelett"), and the shop has one ware with that name."""
        hard = [word for word in words.tokens if word not in SOFT]
        used = len(hard) == 1 and hard[0] in self._synonyms.known_words
        opened = [
            each
            for each in complete
            if (each.opened or (used and hard[0] in each.entry.words))
            and each.weakest >= 0.97
            and each.score >= _ONLY_SCORE
        ]
        kinds = {kind_of(each) for each in opened}
        if len(kinds) != 1 or complete[0] not in opened:
            return None
        chosen = self._packs.choose(opened, words, amount)
        if chosen is None:
            return Choice(_candidates(spread(opened)), "size")
        if not chosen.size_ok and not fills(chosen, words):
            return None
        return Certain(_candidate(chosen), "only", _candidates([chosen, *complete]))

    def _nearest(self, ranked: list[Scored]) -> Match:
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
        if len(options) == 1:
            options = spread(near)  # the one ware that is near, in its sizes
        if len(options) == 1 and options[0].covered > _NEARLY:
            # One product is nearly it: asked about beside the next best.
            rest = [each for each in ranked if each.covered >= 0.4 and each.score > 20.0]
            options = self._distinct([*options, *rest])
        close = _candidates(ranked)
        if len(options) > 1:
            return Choice(_candidates(options), "close")
        return Unknown("unlike" if ranked[0].covered >= 0.5 else "unknown", close)

    def _usual(self, plausible: Iterable[Scored], history: History) -> Scored | None:
        """What the person buys most among the plausible, the newest among equals."""
        if not history.counts and not history.last:
            return None
        last = {product_id: place for place, product_id in enumerate(history.last)}
        best: Scored | None = None
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
        scored: Sequence[Scored],
        words: Words | None = None,
        amount: Amount | None = None,
    ) -> list[Scored]:
        """The best of each ware and brand, at most three; one size stands for all."""
        kinds: dict[Kind, list[Scored]] = {}
        for each in scored:
            kinds.setdefault(kind_of(each), []).append(each)
            if len(kinds) > 12:
                break
        best: list[Scored] = []
        for members in kinds.values():
            chosen = self._packs.choose(members, words, amount) if words else None
            best.append(chosen or members[0])
        return best[:MAX_OPTIONS]


#: Words that only say how a ware is packed or cut.
_PACKING = word_set(
    """
    løsvekt nett pose pakke boks kurv glass skorpefri skivet skiver oppskåret skåret i på og fersk
    original originale siktet naturell ca
    """
)


def _brand_matters(entry: Entry) -> bool:
    return any(word.endswith(_BRAND_MATTERS) for word in entry.ware)


def _plain_kind(entry: Entry) -> frozenset[str]:
    """What kind of ware it is, however it is packed, cut or branded."""
    return frozenset(
        basic_forms(word)[-1]
        for word in entry.ware
        if word not in _PACKING and word not in MINOR and "%" not in word and word.isalpha()
    )


def _is_named(each: Scored) -> bool:
    """Whether the phrase is the very name of the product, brand or none."""
    return (
        not each.missing
        and each.weakest >= 0.97
        and each.left <= 1.1
        and not each.entry.store_brand
        and each.covered > 0.96
    ) or (not each.missing and each.left < 0.05 and each.covered > 0.999)


def _is_rather(plain: Sequence[Scored], words: int) -> bool:
    """Whether a phrase is a product's own name although people call another ware so too.

    "Skolebrød" is what they call a skolebolle, and the shop has a Skolebrød; but "leverpostei på
    boks" is one kind of leverpostei, whatever else is called only that.
    """
    if not plain:
        return False
    best = plain[0]
    exact = best.left < 0.05 and not best.missing and best.weakest >= 0.97
    exact = exact and best.score > 100.0 * best.covered - 1.5
    return exact or (words == 1 and _is_named(plain[0]))


def _likeliest(found: Mapping[str, float], spell: Callable[[str], str]) -> list[str]:
    """The one word that a misspelled word means, when it is clear; none when it is not."""
    ranked = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    if not ranked or not SURE_WORD <= ranked[0][1] < 0.96:
        return []
    best = {*basic_forms(ranked[0][0]), spell(ranked[0][0])}
    for word, sure in ranked[1:]:
        same = best.intersection((*basic_forms(word), spell(word)))
        if ranked[0][1] - sure < 0.05 and not same:
            return []
    return [ranked[0][0]]


def _is_doubtful(found: Match) -> bool:
    """Whether some word of the phrase is left unexplained."""
    return isinstance(found, Unknown) or (
        isinstance(found, Choice) and found.candidates[0].score < _SURE_SCORE
    )


def _worth(each: Scored) -> float:
    return each.score - 30.0 * len(each.missing)


def _candidate(each: Scored) -> Candidate:
    return Candidate(each.entry.product, round(min(100.0, max(0.0, each.score)), 1))


def _candidates(scored: Iterable[Scored]) -> tuple[Candidate, ...]:
    """At most three, each product once."""
    seen: dict[int, Scored] = {}
    for each in scored:
        seen.setdefault(each.number, each)
        if len(seen) == MAX_OPTIONS:
            break
    return tuple(_candidate(each) for each in seen.values())


def _best_score(fit: Sequence[Scored]) -> float:
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
