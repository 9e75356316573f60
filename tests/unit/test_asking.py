"""Tier: unit. Questions about goods are told apart from orders; the rest of the text is kept."""

import pytest

from bot.ordering.asking import Ask, read_inquiries
from bot.ordering.consent import hesitates, is_plain_yes, split_done
from bot.ordering.limits import read_limit
from tests.unit.test_conversation import SHOP


@pytest.mark.parametrize(
    ("text", "kind", "phrases", "rest"),
    [
        ("har dere makrell i tomat", Ask.HAVE, ("makrell i tomat",), ""),
        ("hva koster helmelk og kneippbrød", Ask.PRICE, ("helmelk", "kneippbrød"), ""),
        ("to kneippbrød takk og hva koster helmelk", Ask.PRICE, ("helmelk",), "to kneippbrød takk"),
        ("hva slags kaffe har dere", Ask.KINDS, ("kaffe",), ""),
        ("ka koste kaffen", Ask.PRICE, ("kaffen",), ""),
        ("hvor stor er pakken med kaffe", Ask.SIZE, ("kaffe",), ""),
        ("har dere noe billigere", Ask.CHEAPER, (), ""),
        ("er det noe på tilbud", Ask.OFFERS, (), ""),
        ("hva koster leveringen", Ask.DELIVERY_PRICE, (), ""),
        ("hvor mange kneippbrød har jeg", Ask.HELD, ("kneippbrød",), ""),
        ("helmelk, hva koster den", Ask.PRICE, ("helmelk",), ""),
    ],
)
def test_a_question(text: str, kind: Ask, phrases: tuple[str, ...], rest: str) -> None:
    found = read_inquiries(text, SHOP.vocabulary)
    assert [(each.kind, each.phrases) for each in found.inquiries] == [(kind, phrases)]
    assert found.rest == rest


@pytest.mark.parametrize(
    "text", ["to kneippbrød", "har du det bra", "jeg vil ha helmelk", "ta bort kaffen", ""]
)
def test_no_question(text: str) -> None:
    assert read_inquiries(text, SHOP.vocabulary).inquiries == ()


@pytest.mark.parametrize(
    "text",
    [
        "ja",
        "ja takk",
        "det stemmer det",
        "jepp bare send den",
        "jo det er helt i orden",
        "ja det va rett",
        "ja det stæmme",
        "det høres riktig ut ja",
        "ja takk det var snilt av deg",
    ],
)
def test_a_plain_yes(text: str) -> None:
    assert is_plain_yes(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "det er fint vær i dag",
        "ja men ta bort brødet",
        "ja og to melk",
        "det stemmer ikke",
        "nei",
        "ja hva koster det",
        "takk",
        "det var alt",
        "ja kanskje",
    ],
)
def test_no_plain_yes(text: str) -> None:
    assert not is_plain_yes(text)


def test_hesitation_is_neither_yes_nor_no() -> None:
    assert hesitates("jeg vet ikke helt") and hesitates("kanskje")
    assert not hesitates("kanskje noen kjeks")


def test_an_order_and_its_end() -> None:
    assert split_done("en loff og en kaviar det var alt") == ("en loff og en kaviar", True)
    assert split_done("en loff") == ("en loff", False)


def test_a_price_limit() -> None:
    limit = read_limit("en sjokolade til under femti kroner")
    assert limit is not None
    assert (limit.least, limit.most, limit.rest) == (0, 50, "en sjokolade")
    about = read_limit("noe til rundt hundre kroner")
    assert about is not None and about.least < 100 < about.most
    assert read_limit("to melk") is None
