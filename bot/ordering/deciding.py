"""Whether a ranked product is taken, asked about, or not what was meant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from bot.ordering.judging import (
    ASKING_SCORE,
    CLEAR,
    KIND_UNSAID,
    LONG_WORD,
    MARGIN,
    MUCH_UNSAID,
    SURE_SCORE,
    SURE_WORD,
    WORTH_ASKING,
    brand_matters,
    candidate,
    candidates,
)
from bot.ordering.match import Certain, Choice, History, Match, Unknown
from bot.ordering.narrowing import Narrower
from bot.ordering.pack_choice import PackChooser, fills, kind_of, spread
from bot.ordering.phrase import SOFT, Words
from bot.ordering.synonyms import Reading, Synonyms
from bot.ordering.weighing import Scored

if TYPE_CHECKING:
    from bot.ordering.amount import Amount

#: What the person bought before may be this much worse than the best and still be meant.
HISTORY_REACH = 26.0
#: So much explained, and a lone product is asked about although a word is missing.
_NEARLY = 0.7
#: So much of what the shop knows is explained, and the strange words beside it say little.
_ALL_KNOWN = 0.9
_LEAST_KNOWN = 0.25
_SAME_WORD = 0.95
#: Of so many words one may be unknown.
_MANY_WORDS = 4
#: A brand with no more wares is known by its name alone.
_SMALL_BRAND = 6
#: A saying for the whole phrase that is less surely a product's is not taken.
_NAMED_WORD = 0.78
#: One doubtful word among others that are sure, as a share of the phrase that is explained.
_SURE_TOGETHER = 0.92
#: The same for the one ware of a name, when the word that says what it is was not said.
_ONLY_SCORE = 50.0


class Decider:
    """Decides over ranked products."""

    def __init__(self, narrower: Narrower, packs: PackChooser, synonyms: Synonyms) -> None:
        self._narrower = narrower
        self._packs = packs
        self._synonyms = synonyms

    def decide(
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
        usual = self.usual(
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
            return Certain(candidate(usual), "history", candidates([usual, *ranked]))
        named = reading is not None and reading.whole and bool(complete)
        if named and complete[0].weakest >= _NAMED_WORD:
            return self._as_named(complete, words, amount, ranked)
        if not any(each.has_head or each.branded for each in complete):
            only = self._only_kind(complete, words, amount)
            if only is not None:
                return only
        if best.missing or best.score < 40.0 or best.other_ware:
            return self.nearest(ranked, words)
        if not best.has_head and not best.branded:
            return self.nearest(ranked, words)
        if best.score < SURE_SCORE or (best.by_department and best.weakest < 0.97):
            return self.nearest(ranked, words)
        margin = MARGIN if best.weakest > 0.92 else MARGIN + 3.0
        group = [each for each in complete if best.score - each.score < margin]
        unsure = best.weakest < SURE_WORD and best.covered < _SURE_TOGETHER
        if unsure or (not best.size_ok and not fills(best, words)):
            options = self._narrower.distinct(complete, words, amount)
            if len(options) == 1 and not unsure:
                options = spread([each for each in complete if kind_of(each) == kind_of(best)])
            if len(options) > 1 and options[1].score > best.score - 20.0:
                return Choice(candidates(options), "close" if best.size_ok else "size")
            return self.nearest(ranked, words)
        if best.left < 0.05 and best.weakest > 0.9 and best.score > 100.0 * best.covered - 1.5:
            # Every word of the product was said: what says more is something else.
            group = [each for each in group if each.left < 0.05 and best.score - each.score < 0.2]
        else:
            group = self._narrower.widened(group, complete, words)
        guessed = best.weakest < CLEAR and best.left > KIND_UNSAID  # "tøfler" for "trøfler"
        if len(group) == 1 and (best.left > MUCH_UNSAID or guessed):
            others = self._narrower.distinct(
                [best, *(each for each in ranked if each.score > ASKING_SCORE)]
            )
            if len(others) > 1:
                return Choice(candidates(others), "close")
            if guessed and max(map(len, words.tokens)) >= LONG_WORD:
                return Choice(candidates(group), "close")
            if guessed:
                return Unknown("unlike", candidates(ranked))  # "tøfler" for "trøfler"
        plainer = self._narrower.plainer(best, complete, words)
        if plainer:
            return Choice(candidates([best, *plainer]), "size")
        if guessed and len(group) > 1:
            # "teddy" for a "solbærtoddy" of either brand
            return Choice(candidates(self._narrower.distinct(group, words, amount)), "close")
        if len(group) == 1:
            reason = "synonym" if reading and reading.sayings else "margin"
            if len(complete) == 1:
                reason = "only"
            if best.left < 2.0 and best.weakest >= 0.97:
                reason = "exact"
            return Certain(candidate(best), reason, candidates(ranked))
        return self._narrower.among(group, complete, words, amount, ranked)

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
            options = self._narrower.distinct(complete)
            options = options if len(options) > 1 else spread(complete)
            return Choice(candidates(options), "size") if len(options) > 1 else (
                self.nearest(ranked, words)
            )  # fmt: skip
        group = [each for each in complete if best.score - each.score < MARGIN]
        if len(group) > 1 or brand_matters(best.entry):
            group = self._narrower.widened(group, complete, words)
        if len(group) == 1:
            return Certain(candidate(best), "synonym", candidates(ranked))
        return self._narrower.among(group, complete, words, amount, ranked)

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
            return Choice(candidates(spread(opened)), "size")
        if not chosen.size_ok and not fills(chosen, words):
            return None
        return Certain(candidate(chosen), "only", candidates([chosen, *complete]))

    def nearest(self, ranked: list[Scored], words: Words) -> Match:
        """Not every word is explained: ask about what is near, or say that it is not there."""
        near = [
            each
            for each in ranked
            if (each.score > ASKING_SCORE and _is_near(each))
            or _knows_the_rest(each)
            or _has_most(each, words)
        ]
        if not near or near[0].missing:
            # A department ("blomster") or the front of compounds ("hyse" of "hysefilet").
            whole = [each for each in ranked if not each.missing and each.weakest > CLEAR]
            near = [*whole, *near]
        if not near:
            near = self._of_small_brand(ranked)
        options = self._narrower.distinct(near, words)
        if len(options) == 1:
            options = spread(near)  # the one ware that is near, in its sizes
        if len(options) == 1 and options[0].covered > _NEARLY:
            # One product is nearly it: asked about beside the next best.
            rest = [each for each in ranked if each.covered >= 0.4 and each.score > 20.0]
            options = self._narrower.distinct([*options, *rest], words)
        close = candidates(ranked)
        first = options[0] if options else None
        lone = first is not None and (
            _has_most(first, words)
            or
            # "Kerrs Pink": every word of it is one of the product's, though not what it is
            (not first.missing and first.weakest >= _SAME_WORD)
            or (first.has_head and first.weakest >= CLEAR and first.share >= _NEARLY)
        )
        if len(options) > 1 or lone:
            return Choice(candidates(options), "close")
        return Unknown("unlike" if ranked[0].covered >= 0.5 else "unknown", close)

    def _of_small_brand(self, ranked: Sequence[Scored]) -> list[Scored]:
        """The wares of a brand that was named beside words that nobody knows: "corega lim"."""
        own = [
            each
            for each in ranked
            if each.branded and each.weakest >= CLEAR and each.covered >= WORTH_ASKING
        ]
        few = own and self._narrower.wares_of(own[0].entry.brand) <= _SMALL_BRAND
        return own if few else []

    def usual(self, plausible: Iterable[Scored], history: History) -> Scored | None:
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


def _is_near(each: Scored) -> bool:
    """Whether enough of a phrase is explained by a ware of the kind that was named."""
    if each.has_head and each.covered >= WORTH_ASKING and each.weakest > 0.85:
        return True
    return (each.has_head or each.branded) and each.covered > _NEARLY


def _has_most(each: Scored, words: Words) -> bool:
    """Whether a ware has all words but one, though not as what it is: "tynn lefse med smør og
    sukker" is a "lefserull med smør og sukker"."""
    hard = [word for word in words.tokens if word not in SOFT]
    return (
        len(hard) >= _MANY_WORDS and len(each.missing) <= 1
        and each.covered > _NEARLY and each.weakest >= _SAME_WORD
    )  # fmt: skip


def _knows_the_rest(each: Scored) -> bool:
    """Whether only words are left that no ware of the shop has: "kneippbrød tå beste slag"."""
    told = each.share - each.covered
    return (
        each.has_head
        and each.weakest >= _SAME_WORD
        and each.share >= _ALL_KNOWN
        and each.covered >= _LEAST_KNOWN
        and each.score + 100.0 * told > ASKING_SCORE
    )
