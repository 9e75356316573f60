"""Tier: benchmark. How the matcher's margin and its doubt about words relate to being right.

``python -m tests.benchmarks.calibration`` prints, over the sets that may be tuned on, how often the
best product is an accepted one: by the lead over the best product that is not accepted to be the
same ware (the margin), and by how surely the least sure word was recognised.
"""

from collections import defaultdict
from pathlib import Path
from typing import Any

import yaml

from bot.ordering.matcher import Matcher
from bot.ordering.pack_choice import kind_of
from bot.ordering.phrase import read_words
from bot.ordering.weighing import Scored
from tests.unit.test_matcher_golden import shipped

GOLDEN = Path(__file__).parents[1] / "golden"
SETS = ("matching.yml", "understanding/phrases_dev.yml", "misheard.yml")
MARGINS = (0.2, 1.0, 2.0, 4.0, 6.0, 8.0, 13.0, 20.0, 101.0)
SURENESS = (0.78, 0.82, 0.86, 0.9, 0.92, 0.96, 1.01)


def ranked(matcher: Matcher, phrase: str) -> list[Scored]:
    """The products that explain every word, best first."""
    found, _ = matcher._ranker.ranked(read_words(phrase))
    return [each for each in found if not each.missing and each.score >= 40.0]


def margin(found: list[Scored]) -> float:
    """The lead of the best product over the best one of another ware or brand."""
    best = found[0]
    other = next((each for each in found if kind_of(each) != kind_of(best)), None)
    return best.score - other.score if other is not None else 100.0


def table(title: str, edges: tuple[float, ...], pairs: list[tuple[float, bool]]) -> None:
    """Prints the share that is right in each bin."""
    bins: defaultdict[float, list[bool]] = defaultdict(list)
    for value, right in pairs:
        bins[next(edge for edge in edges if value < edge)].append(right)
    print(f"\n{title:<24}{'phrases':>9}{'right':>9}")
    low = 0.0
    for edge in edges:
        inside = bins[edge]
        if inside:
            share = sum(inside) / len(inside)
            print(f"{low:>9.2f} to {edge:<10.2f}{len(inside):>9}{share:>9.1%}")
        low = edge


def main() -> None:
    """Prints both tables."""
    _, matcher = shipped()
    margins: list[tuple[float, bool]] = []
    sureness: list[tuple[float, bool]] = []
    for name in SETS:
        path = GOLDEN / name
        if not path.is_file():
            continue
        entries: list[dict[str, Any]] = yaml.safe_load(path.read_text("utf-8"))
        for golden in entries:
            found = ranked(matcher, golden.get("heard") or golden["phrase"])
            if not found or not golden.get("products"):
                if found:
                    sureness.append((found[0].weakest, False))
                continue
            right = found[0].entry.product.product_id in golden["products"]
            margins.append((margin(found), right))
            sureness.append((found[0].weakest, right))
    table("margin (points)", MARGINS, margins)
    table("least sure word", SURENESS, sureness)


if __name__ == "__main__":
    main()
