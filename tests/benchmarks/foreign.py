"""Tier: benchmark. The matcher over other grocers' assortments, judged without gold products.

``python -m tests.benchmarks.foreign [names] [-v]``. The phrases are those of the sets that may be
tuned on; what a phrase means is known by the products that it means in the shipped catalogue. A
product of another assortment agrees when it is the same ware by its words: it has the word that
says what one of those products is, by itself or at the end of a compound, or every word that was
said. That is a rough judge (it knows no departments), so the share that disagrees is an upper bound
of what is silently wrong; ``-v`` lists them to be looked at.
"""

import sys
from collections import Counter
from pathlib import Path
from typing import Any

import yaml

from bot.data_files import load_synonyms
from bot.ordering.entries import Entry
from bot.ordering.index import Index
from bot.ordering.lemmas import basic_forms
from bot.ordering.matcher import Certain, Choice, Match, Matcher
from bot.ordering.phrase import SOFT
from tests.benchmarks.assortments import assortment, available
from tests.unit.test_matcher_golden import shipped

ROOT = Path(__file__).parents[2]
SETS = ("matching.yml", "understanding/phrases_dev.yml")
_SHORTEST_TAIL = 3


def head_words(index: Index, number: int) -> set[str]:
    """The basic forms of the word that says what a product is, and of what a compound ends in."""
    entry = index.entries[number]
    places = [word for word in entry.words if _explains_head(index, word, number, entry)]
    found: set[str] = set()
    for word in places:
        found.update(basic_forms(word))
        parts = index.split(word)
        if parts:
            found.update(basic_forms(parts[1]))
    return found


def _explains_head(index: Index, word: str, number: int, entry: Entry) -> bool:
    hit = index.hits({word: 1.0}).get(number)
    return bool(hit and hit[1] & entry.head)


def agrees(matcher: Matcher, entry: Entry, wanted: set[str], said: set[str]) -> bool:
    """Whether a product has one of the wanted words, alone or at the end of a compound.

    A product that has every word that was said agrees too ("wasa husman").
    """
    if said <= entry.words:
        return True
    for word in {*entry.words, *map(matcher.spell, entry.words)}:
        for form in basic_forms(word):
            if form in wanted:
                return True
            if any(len(each) >= _SHORTEST_TAIL and form.endswith(each) for each in wanted):
                return True
    return False


def judge(matcher: Matcher, match: Match, wanted: set[str], said: set[str]) -> str:
    """ "right", "asked", "wrong" or "missed"."""
    entries = {each.product.product_id: each for each in matcher.index.entries}
    if isinstance(match, Certain):
        product_id = match.candidate.product.product_id
        return "right" if agrees(matcher, entries[product_id], wanted, said) else "wrong"
    if isinstance(match, Choice):
        offered = [entries[each.product.product_id] for each in match.candidates]
        return "asked" if any(agrees(matcher, each, wanted, said) for each in offered) else "missed"
    return "missed"


def main() -> int:
    """Prints one line for each assortment."""
    names = [each for each in sys.argv[1:] if not each.startswith("-")] or list(available())
    if not names:
        print("no listings found: nothing to judge")
        return 0
    catalogue, own = shipped()
    numbers = {each.product_id: number for number, each in enumerate(catalogue.products)}
    goldens: list[dict[str, Any]] = [
        golden
        for name in SETS
        for golden in yaml.safe_load((ROOT / "tests" / "golden" / name).read_text("utf-8"))
        if golden.get("products")
    ]
    synonyms = load_synonyms(ROOT / "bot" / "data" / "synonyms.yml")
    for name in names:
        matcher = Matcher(assortment(name), synonyms)
        shop_has = {
            form for entry in matcher.index.entries for word in entry.words
            for form in basic_forms(word)
        }  # fmt: skip
        counts: Counter[str] = Counter()
        for golden in goldens:
            wanted: set[str] = set()
            for product_id in golden["products"]:
                wanted |= head_words(own.index, numbers[product_id])
            match = matcher.match(golden["phrase"])
            said = {matcher.spell(word) for word in golden["phrase"].casefold().split()}
            verdict = judge(matcher, match, wanted, said - SOFT)
            if verdict == "missed" and not wanted & shop_has:
                verdict = "not sold"
            counts[verdict] += 1
            if "-v" in sys.argv and verdict in ("wrong", "missed"):
                offered = [f"{each.product.full_name} ({each.score})" for each in match.candidates]
                print(f"  {verdict}: {golden['phrase']} -> {match.reason} {offered}")
        judged = sum(counts.values()) - counts["not sold"]
        shares = ", ".join(
            f"{verdict} {counts[verdict] / judged:.1%}"
            for verdict in ("right", "asked", "wrong", "missed")
        )
        print(f"{name}: {judged} phrases ({counts['not sold']} for wares it has not): {shares}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
