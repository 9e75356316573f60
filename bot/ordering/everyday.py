"""Bare everyday words: "melk" is nearly always the same ware, "pålegg" is none by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.ordering.deciding import Decider
from bot.ordering.index import Index
from bot.ordering.judging import (
    MARGIN,
    NO_HISTORY,
    SURE_WORD,
    brand_matters,
    candidate,
    candidates,
    plain_kind,
)
from bot.ordering.lemmas import basic_forms, word_set
from bot.ordering.match import Candidate, Certain, Choice, History, Match, Unknown
from bot.ordering.pack_choice import PackChooser, beyond
from bot.ordering.phrase import BIG, PACK_WORDS, SMALL, SOFT, Words, read_words
from bot.ordering.ranking import Ranker
from bot.ordering.synonyms import Synonyms, Target
from bot.ordering.weighing import Scored

if TYPE_CHECKING:
    from bot.ordering.amount import Amount

#: An everyday word is not taken for a product that fits less than this.
_SURE_DEFAULT = 72.0
#: A brand with more kinds than this is asked about: "biola", "litago".
_SEVERAL = 2
#: How one pack is; several wares are big or small themselves ("store epler").
_ONE_SIZE = word_set("stor stort liten lita lite lille største minste")
#: What may be small or big instead of the ware.
_PACKS = PACK_WORDS | word_set("pakke pakka pakken pose posen glass glas tube tuben")


class Everyday:
    """Staples and vague words of the synonyms."""

    def __init__(
        self,
        synonyms: Synonyms,
        index: Index,
        ranker: Ranker,
        decider: Decider,
        packs: PackChooser,
    ) -> None:
        self._synonyms = synonyms
        self._index = index
        self._ranker = ranker
        self._decider = decider
        self._packs = packs

    def general(self, words: Words, history: History, amount: Amount | None) -> Match | None:
        """A staple ("melk") or a vague word ("pålegg"), when the phrase is nothing else."""
        found = self.bare(words.tokens, amount)
        if found is None:
            return None
        targets, question, vague, takes, used = found
        if vague and not targets:
            return Unknown("elsewhere", (), question)
        plausible: dict[int, Scored] = {}
        offers: list[Scored] = []
        for target in targets:
            products = self._ranker.target(target)
            for each in products:
                plausible.setdefault(each.number, each)
            if products:
                chosen = self._packs.sibling(products, words, amount)
                if chosen.number not in {each.number for each in offers}:
                    offers.append(chosen)
        own: Match | None = None
        if not vague:
            sized = not {*_PACKS, *BIG, *SMALL}.isdisjoint(words.tokens)
            plainly = words
            if not sized and len(used) < len(words.tokens):
                plainly = replace(words, tokens=used)
            ranked, reading = self._ranker.ranked(plainly)
            for each in ranked:
                if not each.missing and each.has_head:
                    plausible.setdefault(each.number, each)
            own = self._decider.decide(ranked, plainly, NO_HISTORY, amount, reading)
        usual = self._decider.usual(plausible.values(), history)
        if usual is not None:
            return Certain(candidate(usual), "history", candidates([usual, *offers]))
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
        if isinstance(own, Certain) and _names_size(own, words):
            return own  # "store lomper" are called so
        if isinstance(own, Certain) and _names_pack(own.candidate, words):
            return own
        if own is not None:
            named = [
                each
                for each in ranked
                if not each.missing and each.has_head and _names_pack(candidate(each), words)
            ]
            if named and named[0].score > ranked[0].score - MARGIN:
                # "tomater i pakke", "pærer på boks" are wares of their own.
                return self._decider.decide(named, words, history, amount, None)
        if not vague:
            default = offers[0] if takes else self._default(offers, own)
            lone = len(targets) > len(offers) == 1 and not self._ranker.target(targets[0])
            if lone and not takes and not isinstance(own, Certain):
                default = None  # the shop has one kind, and not the usual one: is it the one?
            other = self._other_size(default, offers, words) if default is not None else []
            if other:
                return Choice(candidates([*other, *offers]), "size")  # "liten munnskyll"
            if default is not None and default.score >= _SURE_DEFAULT:
                return Certain(candidate(default), "staple", candidates([default, *offers]))
        if len(offers) == 1:
            return None
        return Choice(candidates(offers), "vague", question)

    @staticmethod
    def _other_size(default: Scored, offers: Sequence[Scored], words: Words) -> list[Scored]:
        """The offers that "stor" or "liten" fits better than the one that is usually meant."""
        big, small = not BIG.isdisjoint(words.tokens), not SMALL.isdisjoint(words.tokens)
        if big == small or len(offers) < _SEVERAL:
            return []
        return list(beyond(default.entry, offers, big))

    def bare(
        self, tokens: Sequence[str], amount: Amount | None = None
    ) -> tuple[tuple[Target, ...], str, bool, bool, tuple[str, ...]] | None:
        """What to offer for a bare word, how to ask, whether it names no ware at all, whether
        nearly everybody means the first offer, and the word as it was read.

        With nothing to offer the question is what to tell instead."""
        # "Liten boks": the pack is small, not the ware.
        sized = not _PACKS.isdisjoint(tokens) or (amount is not None and amount.unit in _PACKS)
        sized = sized or not _ONE_SIZE.isdisjoint(tokens)  # "stor brunost", "en liten kaviar"
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
            whole or self._index.find("".join(tokens), fuzzy=False)
        ):
            ways.append(said)
        if len(said) == 1 and (len(tokens) == 1 or not whole):
            ways += [[form] for form in basic_forms(said[0])[1:]]
            known = whole or self._synonyms.spell(said[0]) != said[0]
            found = {} if known else self._index.find(said[0])
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
        if len(brands) > 1 and brand_matters(offers[0].entry):
            return None
        flavours = len(brands) == 1 and len({plain_kind(each.entry) for each in offers}) > _SEVERAL
        if isinstance(own, Certain) and own.reason != "brand" and not flavours:
            for each in offers:
                if each.entry.product.product_id == own.candidate.product.product_id:
                    return each
        first = offers[0]
        kind = plain_kind(first.entry)
        for each in offers[1:]:
            same_ware = plain_kind(each.entry) == kind
            if not same_ware or not (
                each.entry.store_brand or each.entry.brand in ((), first.entry.brand)
            ):
                return None
        return first


def _names_size(found: Certain, words: Words) -> bool:
    """Whether "stor" or "liten" is part of the name of the product that was found."""
    name = read_words(found.candidate.product.name).tokens
    said = {word for word in words.tokens if word in BIG or word in SMALL}
    return not said.isdisjoint(name)


def _names_pack(found: Candidate, words: Words) -> bool:
    """Whether a pack that was said stands in the product's own name."""
    said = {form for word in words.tokens if word in _PACKS for form in basic_forms(word)}
    return any(
        form in said for word in read_words(found.product.name).tokens for form in basic_forms(word)
    )


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
