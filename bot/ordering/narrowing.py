"""Which of the products that fit about equally well: sizes, brands or kinds of one ware."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from bot.ordering.index import Index
from bot.ordering.judging import (
    KIND_UNSAID,
    MARGIN,
    brand_matters,
    candidate,
    candidates,
    plain_kind,
)
from bot.ordering.match import MAX_OPTIONS, Certain, Choice, Match
from bot.ordering.pack_choice import Kind, PackChooser, key_of, kind_of, spread
from bot.ordering.phrase import SOFT, Words
from bot.ordering.weighing import Scored

if TYPE_CHECKING:
    from bot.ordering.amount import Amount

#: So far a product of another brand is looked for before one is taken.
WIDE_MARGIN = 8.0
#: So far other kinds are looked for when the best product says a kind that was not said.
WIDER_MARGIN = 13.0
#: A bare word that so many brands have names a shelf and not a ware.
MANY_BRANDS = 3
#: How much more than the plainest product another may say and still be the same ware.
_PLAIN_ENOUGH = 2.5
#: A pack is about as big as was said when it differs by no more of it.
_ABOUT = Decimal("0.15")


class Narrower:
    """Narrows a group of products down to one, or to a question."""

    def __init__(self, index: Index, packs: PackChooser) -> None:
        """Counts what each brand has in each department: the one with most leads."""
        self._packs = packs
        self._brands = Counter((entry.product.category, entry.brand) for entry in index.entries)
        self._wares = Counter(brand for _, brand in {key_of(each) for each in index.entries})

    def wares_of(self, brand: tuple[str, ...]) -> int:
        """How many wares a brand has, whatever their sizes."""
        return self._wares[brand]

    def widened(self, group: list[Scored], complete: list[Scored], words: Words) -> list[Scored]:
        """The group with what the score does not see, so that the person is asked after all."""
        best = group[0]
        if brand_matters(best.entry) and not best.branded:
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
        if best.left > KIND_UNSAID or not best.has_head:
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

    def among(
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
            if group[0].entry.store_brand and not _share_shelf(group[0], narrowed):
                narrowed = group  # a dinner of kveite is no substitute for kveite
        kinds = {kind_of(each) for each in narrowed}
        if len(kinds) == 1 and _differ_in_fit(narrowed, words):
            return Choice(candidates(spread(narrowed)), "size")
        if len(kinds) == 1:
            chosen = self._packs.choose(narrowed, words, amount)
            weighed = amount is not None and amount.unit not in ("", "stk")
            if chosen is None and not words.sizes and not weighed:
                chosen = self._packs.ordinary(narrowed)
            if chosen is not None:
                reason = "size" if len(narrowed) > 1 else "margin"
                return Certain(candidate(chosen), reason, candidates([chosen, *ranked]))
            return Choice(candidates(spread(narrowed)), "size")
        leading = self.leading(narrowed, words, amount)
        if leading is not None:
            others = self.distinct(narrowed, words, amount)
            return Certain(candidate(leading), "brand", candidates([leading, *others, *ranked]))
        options = self.distinct([*narrowed, *group], words, amount)
        if len(options) == 1:
            options = self.distinct([*narrowed, *group, *complete[:20]], words, amount)
        wares = {each.entry.ware for each in options}
        reason = "brand" if len(wares) == 1 else "vague" if len(group) > 6 else "close"
        return Choice(candidates(options[:MAX_OPTIONS]), reason)

    @staticmethod
    def plainer(best: Scored, complete: Sequence[Scored], words: Words) -> list[Scored]:
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

    def leading(
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
        if len({plain_kind(each.entry) for each in plain}) > 1 or not plain[0].has_head:
            return None
        if brand_matters(plain[0].entry):
            return None
        brand = max(
            (each.entry.brand for each in plain),
            key=lambda brand: self._brands[plain[0].entry.product.category, brand],
        )
        own = [each for each in plain if each.entry.brand == brand]
        own = [each for each in own if kind_of(each) == kind_of(own[0])]
        shelf = own[0].entry.product.category  # the smallest kyllingfilet is no pålegg
        extreme = self._packs.extreme(
            [each for each in plain if each.entry.product.category == shelf], words
        )
        if extreme is not None:
            return extreme
        return self._packs.choose(own, words, amount) or self._packs.ordinary(own)

    def distinct(
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


#: Sizes of what is worn.
_FITS = frozenset(("xs", "s", "m", "l", "xl", "xxl"))


def _fit(each: Scored) -> frozenset[str]:
    return _FITS.intersection(each.entry.product.name.casefold().split())


def _differ_in_fit(group: Sequence[Scored], words: Words) -> bool:
    """Whether a ware is worn and comes in sizes of which none was said: nobody guesses that."""
    return len({_fit(each) for each in group}) > 1 and _FITS.isdisjoint(words.tokens)


def _share_shelf(best: Scored, others: Sequence[Scored]) -> bool:
    shelf = best.entry.product.category
    return any(each.entry.product.category == shelf for each in others)
