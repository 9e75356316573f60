"""Tier: unit. Which of several readings fits the shop and the talk."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.data_files import load_shop
from bot.ordering.fitting import Situation, fits
from bot.ordering.match import History
from bot.ordering.shop import Shop
from bot.settings import PACKAGED_DATA

SHOP = Path(__file__).parents[1] / "dialogues" / "shop.csv"


@pytest.fixture(scope="module")
def shop() -> Shop:
    return load_shop(SHOP, PACKAGED_DATA / "synonyms.yml")


def best(texts: list[str], shop: Shop, situation: Situation | None = None) -> str:
    found = fits(texts, shop, situation or Situation())
    return texts[max(range(len(texts)), key=found.__getitem__)]


def test_what_the_shop_sells_fits_better(shop: Shop) -> None:
    assert best(["to grovbukser", "to grovbrød"], shop) == "to grovbrød"
    assert best(["en loff og en kavring fra mars", "en loff og en kaviar"], shop).endswith("kaviar")


def test_an_answer_fits_the_question(shop: Shop) -> None:
    ordering, choosing = Situation(), Situation("choosing", ("grovbrod", "loff"))
    texts = ["den første", "den fersken"]
    assert best(texts, shop, choosing) == "den første"
    assert fits(texts[:1], shop, choosing) > fits(texts[:1], shop, ordering)


def test_yes_fits_a_read_back(shop: Shop) -> None:
    assert best(["is", "ja"], shop, Situation("read_back")) == "ja"
    assert best(["skje", "tre"], shop, Situation("amount")) == "tre"


def test_only_what_lies_in_the_basket_is_taken_out(shop: Shop) -> None:
    texts = ["fjern loffen", "fjern kaviaren"]
    assert best(texts, shop, Situation(held=frozenset({"loff"}))) == "fjern loffen"
    assert best(texts, shop, Situation(held=frozenset({"kaviar"}))) == "fjern kaviaren"


def test_what_is_always_bought_fits_better(shop: Shop) -> None:
    usual = Situation(history=History({"tine-lettmelk-1l": 9}, ("tine-lettmelk-1l",)))
    assert fits(["lettmelk"], shop, usual) > fits(["lettmelk"], shop, Situation())


def test_what_was_not_heard_speaks_for_nothing(shop: Shop) -> None:
    assert fits(["[unk]", ""], shop, Situation()) == [0.0, 0.0]
    assert best(["to [unk] loff", "to loff"], shop) == "to loff"
