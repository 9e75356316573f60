"""Tier: unit. The matcher on every golden phrase of tests/golden/matching.yml."""

from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.ordering.catalogue import Catalogue
from bot.ordering.matcher import Certain, Choice, Match, Matcher
from bot.ordering.synonyms import Synonyms

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden"
DATA = ROOT / "bot" / "data"
PHRASES: list[dict[str, Any]] = yaml.safe_load((GOLDEN / "matching.yml").read_text("utf-8"))
KNOWN_FAILURES: list[str] = yaml.safe_load(
    (GOLDEN / "known_failures_matching.yml").read_text("utf-8")
)


@cache
def shipped() -> tuple[Catalogue, Matcher]:
    """The shipped catalogue with its matcher, built once."""
    with (DATA / "catalogue.csv").open(encoding="utf-8", newline="") as lines:
        catalogue = Catalogue.from_csv(lines)
    raw = yaml.safe_load((DATA / "synonyms.yml").read_text("utf-8"))
    return catalogue, Matcher(catalogue, Synonyms.from_mapping(raw))


def verdict(golden: Mapping[str, Any], match: Match) -> str:
    """ "right", "asked" (allowed), "wrong" (silently) or "missed"."""
    outcome = golden["outcome"]
    wanted = set(golden.get("products", ()))
    offered = {candidate.product.product_id for candidate in match.candidates}
    if isinstance(match, Certain):
        taken = match.candidate.product.product_id
        return "right" if outcome == "right" and taken in wanted else "wrong"
    if isinstance(match, Choice):
        if outcome == "unknown":
            return "asked"  # "mener du …?" does no harm; taking something would
        if wanted and not offered & wanted:
            return "missed"
        return "right" if outcome == "ask" else "asked"
    return "right" if outcome == "unknown" else "missed"


def test_the_phrases_are_well_formed() -> None:
    catalogue, _ = shipped()
    assert len(PHRASES) >= 300
    assert len({golden["phrase"] for golden in PHRASES}) == len(PHRASES)
    for golden in PHRASES:
        assert golden["outcome"] in ("right", "ask", "unknown"), golden
        for product_id in golden.get("products", ()):
            assert product_id in catalogue, f"{golden['phrase']}: {product_id}"
        if golden["outcome"] == "right":
            assert golden["products"], golden["phrase"]


@pytest.mark.parametrize("golden", PHRASES, ids=lambda golden: golden["phrase"])
def test_each_phrase(golden: dict[str, Any]) -> None:
    _, matcher = shipped()
    found = matcher.match(golden["phrase"])
    result = verdict(golden, found)
    if golden["phrase"] in KNOWN_FAILURES:
        assert result in ("missed", "wrong"), "it works now: take it out of the known failures"
        return
    names = [candidate.product.full_name for candidate in found.candidates]
    assert result in ("right", "asked"), f"{type(found).__name__} {found.reason}: {names}"


def test_known_failures_are_golden_phrases() -> None:
    assert set(KNOWN_FAILURES) <= {golden["phrase"] for golden in PHRASES}


def test_the_targets_hold() -> None:
    _, matcher = shipped()
    counts = Counter(verdict(golden, matcher.match(golden["phrase"])) for golden in PHRASES)
    total = len(PHRASES)
    assert counts["wrong"] <= 0.005 * total, counts
    assert counts["right"] >= 0.85 * total, counts
    assert counts["right"] + counts["asked"] >= 0.98 * total, counts


def test_every_product_is_found_by_its_full_name() -> None:
    catalogue, matcher = shipped()
    right = 0
    for product in catalogue:
        found = matcher.match(product.full_name)
        if isinstance(found, Certain):
            assert found.candidate.product.full_name == product.full_name
            right += 1
    assert right >= 0.99 * len(catalogue)


def test_a_name_without_its_size_never_becomes_another_ware() -> None:
    catalogue, matcher = shipped()
    for product in catalogue.products[::7]:
        name = product.full_name.removesuffix(product.size).strip()
        found = matcher.match(name)
        if isinstance(found, Certain):
            taken = found.candidate.product
            same_words = sorted(taken.name.casefold().split()) == sorted(
                product.name.casefold().split()
            )
            assert same_words or taken.brand == product.brand, f"{name} -> {taken.full_name}"
