"""Tier: unit. What sends an order: a yes and nothing else."""

import pytest

from bot.ordering.consent import hesitates, is_plain_yes, split_done


@pytest.mark.parametrize(
    "said",
    [
        "ja", "ja takk", "jo da det stemmer", "det er greit det", "ja kjør på", "send det",
        "kan du sende det", "ja det er det", "jau", "mm", "helt perfekt", "ja vær så snill",
    ],
)  # fmt: skip
def test_a_yes_is_a_yes(said: str) -> None:
    assert is_plain_yes(said)


@pytest.mark.parametrize(
    "said",
    [
        "", "nei", "ja men kaffen", "ja og to loff", "ikke send det", "er det riktig", "ha det bra",
        "e det rett", "skal jeg bestille", "skal vi si det sånn ja", "ja er det dyrt",
        "er det greit?", "var det bra", "det er fint vær i dag", "vent litt", "ja en til",
        "kanskje", "ja hjelp",
    ],
)  # fmt: skip
def test_what_is_more_or_less_than_a_yes_sends_nothing(said: str) -> None:
    assert not is_plain_yes(said)


def test_hesitation_is_known() -> None:
    assert hesitates("jeg vet ikke helt")
    assert hesitates("kanskje")
    assert not hesitates("ja det er greit")
    assert not hesitates("loff")


def test_an_order_that_ends_with_that_was_all() -> None:
    assert split_done("en loff og en kaviar det var alt") == ("en loff og en kaviar", True)
    assert split_done("en loff") == ("en loff", False)
