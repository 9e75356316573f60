"""Tier: unit. Sizes that are said with an amount or in the phrase: never passed over."""

from decimal import Decimal

import pytest

from bot.ordering.amount import Amount
from bot.ordering.catalogue import Catalogue, Product
from bot.ordering.matcher import Certain, Choice, Matcher
from bot.ordering.said_size import filled_by, is_near, pack_facts
from bot.ordering.shop import Shop
from bot.ordering.synonyms import Synonyms

HEAD = "product_id,name,brand,size,unit,price,category,gtin,restricted,deposit\n"
SHOP = Shop(
    Catalogue.from_csv(
        (
            HEAD
            + """\
a1,Norvegia,Tine,500 g,stk,70,Gulost,,,
a2,Norvegia,Tine,1 kg,stk,130,Gulost,,,
b1,Jarlsberg,Tine,450 g,stk,70,Gulost,,,
b2,Jarlsberg vellagret,Tine,500 g,stk,80,Gulost,,,
c1,Karbonadedeig 5 %,Gilde,400 g,stk,60,Kjøttdeig,,,
c2,Karbonadedeig 5 %,Folkets,600 g,stk,80,Kjøttdeig,,,
d1,Toalettpapir,Lambi,9 ruller,stk,50,Toalettpapir,,,
d2,Toalettpapir soft,Unik,12 ruller,stk,40,Toalettpapir,,,
e1,Agurk,,1 stk,stk,20,Grønnsaker,,,
e2,Halv agurk,,1 stk,stk,12,Grønnsaker,,,
f1,Solo,Solo,"1,5 l",stk,30,Brus,,,
f2,Solo,Solo,"0,5 l",stk,20,Brus,,,
g1,Fryseposer 1l,Unik,60 stk,stk,20,Poser,,,
g2,Fryseposer 6l,Unik,30 stk,stk,30,Poser,,,
"""
        ).splitlines()
    ),
    Synonyms.empty(),
)


def taken(phrase: str) -> str:
    found = SHOP.find(phrase)
    assert isinstance(found, Certain), (phrase, found)
    return found.candidate.product.product_id


@pytest.mark.parametrize(
    ("phrase", "product_id"),
    [
        ("karbonadedeig 600 gram", "c2"),  # only another brand has that pack
        ("toalettpapir tolvpakning", "d2"),
        ("ett kilo norvegia", "a2"),
        ("halv agurk", "e2"),
        ("en halvliter solo", "f2"),
        ("fryseposer store", "g2"),  # big is what one holds, not how many there are
        ("halvkilo jarlsberg", "b1"),  # nearly so: rather that than a special kind
    ],
)
def test_the_size_decides(phrase: str, product_id: str) -> None:
    assert taken(phrase) == product_id


def test_a_size_that_no_pack_makes_up_is_asked_about() -> None:
    found = SHOP.find("solo på to liter")
    assert isinstance(found, Choice)
    assert {each.product.product_id for each in found.candidates} == {"f1", "f2"}
    assert isinstance(SHOP.find("norvegia 200 gram"), Choice)


def test_what_an_amount_may_name() -> None:
    assert pack_facts(Amount(Decimal("1.75"), "")) == (
        ("l", Decimal("1.75")),
        ("kg", Decimal("1.75")),
    )
    assert pack_facts(Amount(Decimal("0.6"), "kg")) == (("kg", Decimal("0.6")),)
    assert pack_facts(Amount(Decimal(1), "pakke", pack_pieces=12)) == (("stk", Decimal(12)),)
    assert pack_facts(Amount(Decimal(2), "")) == ()
    assert pack_facts(Amount(Decimal(2), "l", upper=Decimal(3))) == ()


def test_packs_that_make_an_amount_up() -> None:
    half, whole = _product("a1"), _product("a2")
    two_kilos = Amount(Decimal(2), "kg")
    assert filled_by(half, (half, whole), half, two_kilos) is not None
    small, big = _product("f2"), _product("f1")
    # Four half-litre bottles are not what somebody meant by two litres of Solo.
    assert filled_by(small, (small, big), big, Amount(Decimal(2), "l")) is None
    assert is_near(half, (half, whole), Amount(Decimal("0.4"), "kg"))
    assert not is_near(half, (half, whole), Amount(Decimal("0.2"), "kg"))


def _product(product_id: str) -> Product:
    return SHOP.catalogue[product_id]


def test_the_matcher_itself_takes_the_amount() -> None:
    matcher: Matcher = SHOP.matcher
    found = matcher.match("karbonadedeig", amount=Amount(Decimal("0.6"), "kg"))
    assert isinstance(found, Certain)
    assert found.candidate.product.product_id == "c2"
