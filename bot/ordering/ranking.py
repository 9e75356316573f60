"""The products that a phrase may mean, best first: as it stands, or in the words of the shop."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.ordering.judging import is_named
from bot.ordering.lemmas import basic_forms
from bot.ordering.phrase import BIG, SMALL, SOFT, Words, read_words
from bot.ordering.scoring import Scorer
from bot.ordering.synonyms import Reading, Synonyms, Target
from bot.ordering.ware_words import is_adjective
from bot.ordering.weighing import Demands, Scored, Weigher

#: So much better the everyday reading of one word must be than the phrase as it stands.
_CLEARLY_BETTER = 3.0
_MOST_OFFERS = 4
#: So many phrases are kept ranked: one phrase is asked about several times in a turn.
_MOST_KEPT = 64
_SAME_WORD = 0.95
#: Less than what one small word costs that a product does not have.
_NOTHING_QUIET = 0.2


class Ranker:
    """Ranks the products of one catalogue."""

    def __init__(self, scorer: Scorer, synonyms: Synonyms) -> None:
        self._scorer = scorer
        self._synonyms = synonyms
        self._brands = {word for entry in scorer.index.entries for word in entry.brand}
        self._ranked: dict[Words, tuple[list[Scored], Reading | None]] = {}
        self._targets: dict[Target, tuple[Scored, ...]] = {}

    def ranked(self, words: Words) -> tuple[list[Scored], Reading | None]:
        """All plausible products, best first; by the synonyms' reading when that is better.

        The list is kept for the next who asks, and must not be changed.
        """
        kept = self._ranked.get(words)
        if kept is None:
            if len(self._ranked) >= _MOST_KEPT:
                self._ranked.clear()
            kept = self._ranked[words] = self._rank(words)
        return kept

    def as_said(self, words: Words) -> list[Scored]:
        """The products that have the very words, whatever people call by them."""
        return self._scorer.score(words, Demands())

    def _rank(self, words: Words) -> tuple[list[Scored], Reading | None]:
        found, reading = self._as_read(words)
        doubtful = not found or found[0].missing or found[0].by_department
        if len(words.tokens) > 1 and doubtful:
            for other in self._as_everyday(words):
                if not found or _worth(other[0]) > _worth(found[0]) + _CLEARLY_BETTER:
                    found, reading = other, None
        return found, reading

    def _as_everyday(self, words: Words) -> Iterator[list[Scored]]:
        """The phrase with an everyday word in it as the wares that it stands for.

        "Lett brunost": brunost is a Gudbrandsdalsost or a Fløtemysost, and one of them is lettere.
        """
        for at, word in enumerate(words.tokens):
            rest = [each for each in words.tokens if each != word and each not in SOFT]
            if not all(is_adjective(each) or each in self._brands for each in rest):
                continue
            for target in (self._synonyms.staple((word,)) or ())[:_MOST_OFFERS]:
                demands = Demands(target.categories, target.brands, target.without)
                ware = read_words(" ".join(target.find)).tokens
                for find in (ware, ware[:1]):
                    tokens = (*words.tokens[:at], *find, *words.tokens[at + 1 :])
                    found = self._scorer.score(replace(words, tokens=tokens), demands)
                    if found and not found[0].missing and found[0].weakest >= _SAME_WORD:
                        yield found
                        break

    def _as_read(self, words: Words) -> tuple[list[Scored], Reading | None]:
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
                    for n, entry in self._scorer.meeting(demands)
                )
            self._targets[target] = found
        return found

    def held(self, words: Words, numbers: Sequence[int]) -> list[Scored]:
        """The held products that explain every word, best first."""
        slots = self._scorer.slots(words.tokens)
        is_other = self._synonyms.other_wares(slot.text for slot in slots)
        entries = self._scorer.index.entries
        weigh = Weigher(entries, slots, words, None, is_other, read_numbers=False).weigh
        scored = [weigh(number) for number in numbers]
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
    # Not "agurk på glass" for an agurk: every small word is part of the name too.
    exact = exact and best.score + best.left > 100.0 * best.covered - _NOTHING_QUIET
    hard = [word for word in words.tokens if word not in SOFT | BIG | SMALL]
    loses = len(hard) > 1 and any(
        not any(form in said for form in basic_forms(word) for said in reading.words)
        for word in hard
    )
    return exact or ((len(words.tokens) == 1 or loses) and is_named(best))


def _worth(each: Scored) -> float:
    return each.score - 30.0 * len(each.missing)
