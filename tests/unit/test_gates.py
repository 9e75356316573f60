"""Tier: unit. Allergies and diets: unknown is never fine."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import CatalogueError
from bot.ordering.allergens import ALLERGENS, DIETS, allergen_key, diet_key, read_declared
from bot.ordering.catalogue import Catalogue, Product, Restriction
from bot.ordering.gates import Needs, Verdict

BREAD = Product("b", "Kneippbrød", "Bakehuset", "750 g", "stk", Decimal("29.90"), "Brød")
BANANAS = Product("f", "Bananer", "", "", "kg", Decimal("24.90"), "Frukt og bær")
NEEDS = st.builds(
    Needs,
    st.frozensets(st.sampled_from(sorted(ALLERGENS)), max_size=3),
    st.frozensets(st.sampled_from(sorted(DIETS)), max_size=2),
)


def declared(*allergens: str) -> Product:
    return replace(BREAD, allergens=frozenset(allergens))


def allergic(*allergies: str) -> Needs:
    return Needs(frozenset(allergies))


@given(NEEDS)
def test_what_nobody_has_declared_is_never_fine(needs: Needs) -> None:
    found = needs.of(BREAD)
    assert (found is Verdict.FINE) == (needs == Needs())


@given(NEEDS, st.frozensets(st.sampled_from(sorted(set(ALLERGENS) - {"annet"}))))
def test_what_contains_it_is_always_found(needs: Needs, contains: frozenset[str]) -> None:
    product = replace(BREAD, allergens=contains)
    if needs.allergies & contains:
        assert needs.of(product) is Verdict.CONTAINS
    if "annet" in needs.allergies:
        assert needs.of(product) is not Verdict.FINE


def test_declared_free_of_it_is_fine() -> None:
    assert allergic("egg").of(declared()) is Verdict.FINE
    assert allergic("egg").of(declared("gluten")) is Verdict.FINE


@pytest.mark.parametrize(
    ("allergy", "contains"),
    [("nøtter", "peanøtter"), ("skalldyr", "bløtdyr"), ("laktose", "melk"), ("melk", "laktose")],
)
def test_in_doubt_an_allergy_is_the_wider_one(allergy: str, contains: str) -> None:
    assert allergic(allergy).of(declared(contains)) is Verdict.CONTAINS


def test_lactose_free_milk_is_milk_without_lactose() -> None:
    milk = replace(declared("melk"), name="Lettmelk laktosefri")
    assert allergic("laktose").of(milk) is Verdict.FINE
    assert allergic("melk").of(milk) is Verdict.CONTAINS


@pytest.mark.parametrize("name", ["Bananer", "Røde epler", "Gul løk", "Poteter i løsvekt"])
def test_whole_fruit_and_vegetables_have_no_declaration_and_need_none(name: str) -> None:
    fruit = replace(BANANAS, name=name)
    assert allergic("nøtter", "melk", "egg").of(fruit) is Verdict.FINE
    assert allergic("sulfitt").of(fruit) is Verdict.UNKNOWN
    assert allergic("annet").of(fruit) is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("name", "category"),
    [("Bananer i sjokolade", "Frukt og bær"), ("Tomater", "Hermetiske grønnsaker og bønner"),
     ("Selleri", "Grønnsaker"), ("Salatblanding", "Grønnsaker"), ("Bananer", "Godteri"),
     ("Aprikoser", "Nøtter og tørket frukt")],
)  # fmt: skip
def test_anything_else_needs_one(name: str, category: str) -> None:
    other = replace(BANANAS, name=name, category=category)
    assert allergic("nøtter").of(other) is Verdict.UNKNOWN


def test_a_light_bulb_suits_everybody() -> None:
    bulb = replace(BREAD, name="Lyspære LED", category="Lyspærer og batterier")
    assert Needs(frozenset({"annet"}), frozenset({"diabetes"})).of(bulb) is Verdict.FINE


@pytest.mark.parametrize(
    ("diet", "name", "category"),
    [("vegetar", "Kjøttdeig", "Kjøtt"), ("vegetar", "Laksefilet", "Fersk fisk og skalldyr"),
     ("uten svin", "Kokt skinke", "Kjøttpålegg"), ("halal", "Bacon", "Bacon og spekemat")],
)  # fmt: skip
def test_what_is_plainly_against_a_diet(diet: str, name: str, category: str) -> None:
    product = replace(BREAD, name=name, category=category)
    assert Needs(diets=frozenset({diet})).of(product) is Verdict.CONTAINS


def test_beer_is_not_halal() -> None:
    beer = replace(BREAD, name="Pils", category="Øl", restricted=Restriction.ALCOHOL)
    assert Needs(diets=frozenset({"halal"})).of(beer) is Verdict.CONTAINS


def test_a_diet_that_is_declared() -> None:
    vegetarian = Needs(diets=frozenset({"vegetar"}))
    assert vegetarian.of(replace(BREAD, suits=frozenset({"vegetar"}))) is Verdict.FINE
    assert vegetarian.of(replace(BREAD, suits=frozenset({"halal"}))) is Verdict.CONTAINS
    assert vegetarian.of(BREAD) is Verdict.UNKNOWN
    assert vegetarian.of(BANANAS) is Verdict.FINE


def test_only_the_reason_itself_is_named() -> None:
    needs = Needs(frozenset({"egg", "melk"}), frozenset({"vegetar"}))
    assert needs.reasons(declared("egg"), Verdict.CONTAINS) == ("egg",)


@pytest.mark.parametrize(
    ("said", "key"),
    [("Nøtter", "nøtter"), ("hasselnøtter", "nøtter"), ("spor av egg", "egg"),
     ("kan inneholde spor av melk", "melk"), ("hvete", "gluten"), ("notter", None)],
)  # fmt: skip
def test_allergens_as_they_are_written(said: str, key: str | None) -> None:
    assert allergen_key(said) == key


def test_diets_as_they_are_written() -> None:
    assert diet_key("Vegetarisk") == "vegetar"
    assert diet_key("uten-svin") == "uten svin"
    assert diet_key("keto") is None


def test_an_empty_cell_says_nothing_and_ingen_says_none() -> None:
    assert read_declared("") is None
    assert read_declared(" ingen ") == frozenset()
    assert read_declared("hvete; egg") == {"gluten", "egg"}
    with pytest.raises(ValueError, match="stein"):
        read_declared("egg;stein")


HEADER = "product_id,name,brand,size,unit,price,category,gtin,restricted,deposit"


def test_a_catalogue_may_declare_allergens_and_need_not() -> None:
    plain = Catalogue.from_csv([HEADER, "a,Egg,,,stk,10,Egg,,,"])
    assert plain["a"].allergens is None
    rows = [
        f"{HEADER},allergens,suits",
        "a,Egg,,,stk,10,Egg,,,,egg,vegetar",
        "b,Sukker,,,stk,9,X,,,,ingen,",
    ]
    full = Catalogue.from_csv(rows)
    assert full["a"].allergens == {"egg"} and full["a"].suits == {"vegetar"}
    assert full["b"].allergens == frozenset() and full["b"].suits is None


def test_an_allergen_that_nobody_knows_refuses_the_catalogue() -> None:
    rows = [f"{HEADER},allergens", "a,Egg,,,stk,10,Egg,,,,eggg"]
    with pytest.raises(CatalogueError, match=r"linje 2.*eggg"):
        Catalogue.from_csv(rows)
