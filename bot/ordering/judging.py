"""The measures by which products are judged, and what is asked of a judged one."""

from __future__ import annotations

from collections.abc import Iterable

from bot.ordering.entries import Entry
from bot.ordering.lemmas import basic_forms, word_set
from bot.ordering.match import MAX_OPTIONS, Candidate, Choice, History, Match, Unknown
from bot.ordering.ware_words import MINOR
from bot.ordering.weighing import Scored

#: A product that is this far ahead of every other is taken without asking.
MARGIN = 4.0
#: Below this likeness between a word and a product's word a person is asked.
SURE_WORD = 0.82
#: Products below this score are not even asked about.
ASKING_SCORE = 40.0
#: So much of a phrase must be explained before the nearest products are worth a question.
WORTH_ASKING = 0.5
#: A word that is explained as surely is not looked at twice.
CLEAR = 0.9
#: A product that loses this much says a kind ("havre", "barn") that was not said.
KIND_UNSAID = 4.5
#: A product that loses this much says so much else that it is asked about, if anything is near.
MUCH_UNSAID = 14.0
#: A word of so many letters with a mistake in it is rather that word than another.
LONG_WORD = 9
#: Below this nothing is taken without asking, however far ahead it is.
SURE_SCORE = 60.0
#: Wares whose brand people are particular about.
_BRAND_MATTERS = ("kaffe", "malt", "pils", "pilsner", "øl", "sigaretter", "snus", "tobakk", "mat")
#: Words that only say how a ware is packed or cut.
_PACKING = word_set(
    """
    løsvekt nett pose pakke boks kurv glass skorpefri skivet skiver oppskåret skåret i på og fersk
    original originale siktet naturell ca
    """
)
NO_HISTORY = History()


def brand_matters(entry: Entry) -> bool:
    return any(word.endswith(_BRAND_MATTERS) for word in entry.ware)


def plain_kind(entry: Entry) -> frozenset[str]:
    """What kind of ware it is, however it is packed, cut or branded."""
    return frozenset(
        basic_forms(word)[-1]
        for word in entry.ware
        if word not in _PACKING and word not in MINOR and "%" not in word and word.isalpha()
    )


def is_named(each: Scored) -> bool:
    """Whether the phrase is the very name of the product, brand or none."""
    return (
        not each.missing
        and each.weakest >= 0.97
        and each.left <= 1.1
        and not each.entry.store_brand
        and each.covered > 0.96
    ) or (not each.missing and each.left < 0.05 and each.covered > 0.999)


def is_doubtful(found: Match) -> bool:
    """Whether some word of the phrase is left unexplained."""
    return isinstance(found, Unknown) or (
        isinstance(found, Choice) and found.candidates[0].score < SURE_SCORE
    )


def candidate(each: Scored) -> Candidate:
    return Candidate(each.entry.product, round(min(100.0, max(0.0, each.score)), 1))


def candidates(scored: Iterable[Scored]) -> tuple[Candidate, ...]:
    """At most three, each product once."""
    seen: dict[int, Scored] = {}
    for each in scored:
        seen.setdefault(each.number, each)
        if len(seen) == MAX_OPTIONS:
            break
    return tuple(candidate(each) for each in seen.values())
