"""Tier: unit. The vocabulary: which words name one ware together, and which are no wares at all."""

from functools import cache
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.ordering.catalogue import Catalogue
from bot.ordering.synonyms import Synonyms
from bot.ordering.vocabulary import ProductVocabulary, Vocabulary

DATA = Path(__file__).parents[2] / "bot" / "data"


@cache
def shipped() -> ProductVocabulary:
    with (DATA / "catalogue.csv").open(encoding="utf-8", newline="") as lines:
        catalogue = Catalogue.from_csv(lines)
    raw = yaml.safe_load((DATA / "synonyms.yml").read_text("utf-8"))
    return ProductVocabulary(catalogue, Synonyms.from_mapping(raw))


def test_it_follows_the_protocol() -> None:
    vocabulary: Vocabulary = shipped()
    assert vocabulary.coverage([]) == 0.0


@pytest.mark.parametrize(
    "phrase",
    [
        "melk",
        "lettmelk",
        "lett melk",
        "tine lettmelk",
        "gulrøttene",
        "gul rot",
        "makrell i tomat",
        "makrell tomat",
        "brun ost",
        "kneippbrød",
        "syltetøy jordbær",
        "do papir",
        "dopapir",
        "kaffe evergood",
        "leverpostei stabburet",
        "mjølk",
        "cola uten sukker",
    ],
)
def test_words_that_name_one_ware_together(phrase: str) -> None:
    assert shipped().coverage(phrase.split()) >= 0.95


@pytest.mark.parametrize(
    "phrase",
    [
        "havregryn hvetemel",
        "sukker salt",
        "melk brød",
        "epler bananer",
        "poteter gulrøtter",
        "laks reker",
        "kjøttdeig løk",
        "melk smør ost",
        "egg bacon",
        "smør brød",
    ],
)
def test_words_that_name_several_wares(phrase: str) -> None:
    assert shipped().coverage(phrase.split()) <= 0.67


@pytest.mark.parametrize("phrase", ["hei jeg vil", "trampoline", "hvordan har du det", "xyzzy"])
def test_words_that_name_no_ware(phrase: str) -> None:
    assert shipped().coverage(phrase.split()) <= 0.5


def test_a_misspelling_is_covered_nearly() -> None:
    assert 0.8 < shipped().coverage(["letmelk"]) < 1.0


def test_knows() -> None:
    vocabulary = shipped()
    for word in ("melk", "melka", "Grandiosa", "gulrøtter", "mjølk", "bringebæryoghurt"):
        assert vocabulary.knows(word), word
    for word in ("hei", "takk", "trampoline", "hvordan", ""):
        assert not vocabulary.knows(word), word


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(max_size=12), max_size=10))
def test_coverage_is_a_share_and_the_same_every_time(words: list[str]) -> None:
    vocabulary = shipped()
    share = vocabulary.coverage(words)
    assert 0.0 <= share <= 1.0
    assert vocabulary.coverage(words) == share
    for word in words:
        assert vocabulary.knows(word) in (True, False)
