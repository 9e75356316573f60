"""The products that a phrase may mean, best first: as it stands, or as people's words are read."""

from __future__ import annotations

from collections.abc import Sequence

from bot.ordering.judging import is_named
from bot.ordering.lemmas import basic_forms
from bot.ordering.phrase import SOFT, Words, read_words
from bot.ordering.scoring import Demands, Scored, Scorer
from bot.ordering.synonyms import Reading, Synonyms, Target


class Ranker:
    """Ranks the products of one catalogue."""

    def __init__(self, scorer: Scorer, synonyms: Synonyms) -> None:
        self._scorer = scorer
        self._synonyms = synonyms
        self._targets: dict[Target, tuple[Scored, ...]] = {}

    def ranked(self, words: Words) -> tuple[list[Scored], Reading | None]:
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
        if reading.whole and not other[0].missing and not _is_rather(plain, words, reading):
            return other, reading
        if plain and is_named(plain[0]):
            return plain, None
        if plain and _worth(plain[0]) > _worth(other[0]) + 3.0:
            return plain, None
        return other, reading

    def target(self, target: Target) -> tuple[Scored, ...]:
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
                    for n, entry in enumerate(self._scorer.index.entries)
                    if self._scorer.meets(entry, demands)
                )
            self._targets[target] = found
        return found

    def held(self, words: Words, numbers: Sequence[int]) -> list[Scored]:
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


def _is_rather(plain: Sequence[Scored], words: Words, reading: Reading) -> bool:
    """Whether a phrase is a product's own name although people call another ware so too.

    "Skolebrød" is what they call a skolebolle, and the shop has a Skolebrød; but "leverpostei på
    boks" is one kind of leverpostei, whatever else is called only that. "Rørte tyttebær" is the
    name of one, and the saying for tyttebærsyltetøy loses a word.
    """
    if not plain:
        return False
    best = plain[0]
    exact = best.left < 0.05 and not best.missing and best.weakest >= 0.97
    exact = exact and best.score > 100.0 * best.covered - 1.5
    hard = [word for word in words.tokens if word not in SOFT]
    loses = len(hard) > 1 and any(
        not any(form in said for form in basic_forms(word) for said in reading.words)
        for word in hard
    )
    return exact or ((len(words.tokens) == 1 or loses) and is_named(best))


def _worth(each: Scored) -> float:
    return each.score - 30.0 * len(each.missing)
