"""Tier: unit. Phrases that nothing explains at first, read in other ways; and what must not be."""

import pytest

from bot.ordering.matcher import Certain, Choice, Unknown
from tests.unit.test_matcher_golden import shipped

_, MATCHER = shipped()


def names(phrase: str) -> list[str]:
    found = MATCHER.match(phrase)
    if isinstance(found, Certain):
        return [found.candidate.product.full_name]
    return (
        [each.product.full_name for each in found.candidates] if isinstance(found, Choice) else []
    )


@pytest.mark.parametrize(
    ("phrase", "word"),
    [
        ("jo gurt naturell", "yoghurt naturell"),
        ("frossentorsk", "torskefilet"),
        ("dopappir", "toalettpapir"),
        ("fløyte te kaffien", "kaffefløte"),
        ("sirup te lefsa", "sirup"),
        ("lættmjølk", "lettmelk"),
        ("vaskepulver utan parfyme", "uparfymert"),
        ("steinbit", "steinbitfilet"),
        ("tanntråd", "tanntråd"),
        ("to kilos pose sukker", "sukker 2 kg"),
    ],
)
def test_a_doubtful_phrase_is_read_anew(phrase: str, word: str) -> None:
    assert any(word in name.casefold() for name in names(phrase)), names(phrase)


@pytest.mark.parametrize(
    "phrase",
    [
        "havsmør",
        "matolje kalamata",
        "sport kjeks",
        "tinge",
        "rødvin",
        "krem fresh av fisk",
    ],
)
def test_a_likeness_in_one_half_is_never_taken_without_asking(phrase: str) -> None:
    assert not isinstance(MATCHER.match(phrase), Certain), names(phrase)


@pytest.mark.parametrize("phrase", ["gressklipper", "frimerker", "lommelykt", "enhjørningsmelk"])
def test_what_the_shop_has_not_is_unknown(phrase: str) -> None:
    assert isinstance(MATCHER.match(phrase), Unknown)


def test_what_a_product_is_without_does_not_explain_a_word() -> None:
    assert not any("uten konvolutt" in name for name in names("konvolutter"))


@pytest.mark.parametrize("phrase", ["kaffe", "filterkaffe", "pils"])
def test_brands_that_people_care_about_are_asked_about(phrase: str) -> None:
    found = MATCHER.match(phrase)
    assert isinstance(found, Choice)
    assert len({each.product.brand for each in found.candidates}) > 1
