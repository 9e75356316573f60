"""Tier: benchmark. How good and how fast the matcher is.

Run from the repository: `.venv/bin/python -m tests.benchmarks.matching [products ...]`.
Quality is measured on tests/golden/matching.yml and misheard.yml over the shipped catalogue, speed
on that catalogue and on larger ones (8,000 and 100,000 products unless others are named),
grown from it with new words so that the index grows as a real one would, with a pronouncer. Times
are CPU times of one core; the sounds of the shop's words are at hand, as at every start but the
first.
"""

import gc
import random
import sys
import time
from collections import Counter, defaultdict
from dataclasses import replace
from functools import cache
from pathlib import Path

import yaml

from audio.word_sounds import word_sounds
from bot.ordering.catalogue import Catalogue, Product
from bot.ordering.index import Index
from bot.ordering.matcher import Matcher
from bot.ordering.pronunciation import Pronounce
from bot.ordering.synonyms import Synonyms
from tests.unit.test_matcher_golden import GOLDEN, PHRASES, shipped, verdict

MISHEARD = yaml.safe_load((GOLDEN / "misheard.yml").read_text("utf-8"))
DATA = Path(__file__).parents[2] / "bot" / "data"
#: Products -> (index built within seconds, p99 of one match in milliseconds).
TARGETS = {8_000: (2.0, 5.0), 100_000: (60.0, 20.0)}
_SYLLABLES = ("ka", "ri", "lo", "te", "mu", "sa", "vi", "no", "pe", "da", "hu", "bo", "fre", "sti")


def grown(catalogue: Catalogue, products: int) -> Catalogue:
    """A catalogue of this many products: the shipped ones, and theirs under other brands."""
    chance = random.Random(1)
    out = list(catalogue.products)
    while len(out) < products:
        turn = len(out) // len(catalogue)
        product: Product = catalogue.products[len(out) % len(catalogue)]
        brand = "".join(chance.choices(_SYLLABLES, k=3)).capitalize()
        kind = "".join(chance.choices(_SYLLABLES, k=4))
        out.append(
            replace(
                product,
                product_id=f"x{len(out)}",
                brand=brand,
                name=product.name if turn % 4 == 0 else f"{product.name} {kind}",
            )
        )
    return Catalogue(out)


def quality(matcher: Matcher) -> bool:
    """Prints the table of verdicts by kind; whether the targets hold."""
    total: Counter[str] = Counter()
    kinds: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for golden in PHRASES:
        result = verdict(golden, matcher.match(golden["phrase"]))
        total[result] += 1
        kinds[golden["kind"]][result] += 1
    columns = ("right", "asked", "wrong", "missed")
    print(f"{'kind':<14}{'phrases':>9}" + "".join(f"{column:>9}" for column in columns))
    for kind, counts in [*kinds.items(), ("all", total)]:
        print(f"{kind:<14}{sum(counts.values()):>9}" + "".join(f"{counts[c]:>9}" for c in columns))
    count = len(PHRASES)
    print(
        f"right without asking {total['right'] / count:.1%}, "
        f"right or asked {(total['right'] + total['asked']) / count:.1%}, "
        f"silently wrong {total['wrong'] / count:.2%}"
    )
    heard = Counter(verdict(golden, matcher.match(golden["heard"])) for golden in MISHEARD)
    print("as the recogniser heard them: " + ", ".join(f"{c} {heard[c]}" for c in columns))
    return total["wrong"] <= 0.005 * count and total["right"] >= 0.85 * count


def speed(catalogue: Catalogue, synonyms: Synonyms, sounds: Pronounce) -> tuple[float, float]:
    """Prints and returns the seconds to build the index and the p99 of a match in ms."""
    Index(catalogue.products, synonyms.known_words, sounds)  # the sounds are worked out once
    gc.collect()
    start = time.process_time()
    matcher = Matcher(catalogue, synonyms, sounds)
    built = time.process_time() - start
    gc.freeze()
    phrases = [golden["phrase"] for golden in PHRASES] + [each["heard"] for each in MISHEARD]
    phrases += [product.full_name for product in catalogue.products[:: len(catalogue) // 500]]
    matcher.match("melk")
    times = []
    for phrase in phrases:
        start = time.process_time()
        matcher.match(phrase)
        times.append((time.process_time() - start) * 1000)
    times.sort()
    p99 = times[int(0.99 * len(times))]
    print(
        f"{len(catalogue):>7} products: index {built:.2f} s, {len(times)} phrases, each once: "
        f"p50 {times[len(times) // 2]:.2f} ms, p99 {p99:.2f} ms, worst {times[-1]:.2f} ms"
    )
    return built, p99


def main() -> int:
    """Prints the figures; exit status 1 when a target is missed."""
    sizes = [int(each) for each in sys.argv[1:]] or list(TARGETS)
    catalogue, _ = shipped()
    raw = yaml.safe_load((DATA / "synonyms.yml").read_text("utf-8"))
    synonyms = Synonyms.from_mapping(raw)
    sounds = cache(word_sounds)
    good = quality(Matcher(catalogue, synonyms, sounds))
    speed(catalogue, synonyms, sounds)
    for size in sizes:
        built, p99 = speed(grown(catalogue, size), synonyms, sounds)
        most_built, most_p99 = TARGETS.get(size, (float("inf"), float("inf")))
        good = good and built <= most_built and p99 <= most_p99
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
