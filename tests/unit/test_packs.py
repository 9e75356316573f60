"""Tier: unit. Packs: what was asked for in litres, kilograms and pieces, filled from packs."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ordering.amount import Amount
from bot.ordering.catalogue import Product
from bot.ordering.packs import PackPlan, plan


def product(name: str, size: str, unit: str = "stk") -> Product:
    return Product(f"{name} {size}", name, "", size, unit, Decimal(10), "Varer")


def amount(value: str, unit: str = "", pieces: int | None = None) -> Amount:
    return Amount(Decimal(value), unit, pack_pieces=pieces)


MILK = [product("Lettmelk", size) for size in ("1 l", "1,75 l", "0,5 l")]
MINCE = [product("Kjøttdeig", size) for size in ("400 g", "750 g")]
EGGS = [product("Egg", size) for size in ("6 stk", "12 stk", "18 stk")]
COLA = [product("Cola", size) for size in ("0,33 l", "6x0,33 l")]
POTATOES = product("Poteter", "", "kg")
BANANAS = product("Bananer", "", "kg")
STRANGE = product("Servietter", "")


def said(found: PackPlan) -> tuple[str, str, bool]:
    return found.product.size, str(found.quantity), found.exact


@pytest.mark.parametrize(
    ("packs", "wanted", "expected"),
    [
        (MILK, amount("2", "l"), ("1 l", "2", True)),
        (MILK, amount("3.5", "l"), ("1,75 l", "2", True)),
        (MILK, amount("1.75", "l"), ("1,75 l", "1", True)),
        (MILK, amount("0.5", "l"), ("0,5 l", "1", True)),
        (MILK, amount("3"), ("1 l", "3", True)),
        (MILK, amount("2", "kartong"), ("1 l", "2", True)),
        (MINCE, amount("0.5", "kg"), ("400 g", "1", False)),
        (MINCE, amount("0.8", "kg"), ("400 g", "2", True)),
        (MINCE, amount("0.75", "kg"), ("750 g", "1", True)),
        (MINCE[:1], amount("1", "kg"), ("400 g", "2", False)),
        (EGGS, amount("6"), ("6 stk", "1", True)),
        (EGGS, amount("12"), ("12 stk", "1", True)),
        (EGGS[:1], amount("12"), ("6 stk", "2", True)),
        (EGGS, amount("36"), ("18 stk", "2", True)),
        (EGGS, amount("2", "brett"), ("6 stk", "2", True)),
        (EGGS, amount("1"), ("6 stk", "1", True)),
        (EGGS, amount("1", "", 12), ("12 stk", "1", True)),
        (COLA, amount("1", "", 6), ("6x0,33 l", "1", True)),
        (COLA[:1], amount("1", "", 6), ("0,33 l", "6", True)),
        (COLA, amount("2"), ("0,33 l", "2", True)),
        ([POTATOES], amount("1", "kg"), ("", "1", True)),
        ([POTATOES], amount("1.5", "kg"), ("", "1.5", True)),
        ([BANANAS], amount("4"), ("", "0.8", False)),
        ([POTATOES], amount("2", "l"), ("", "1", False)),
        ([STRANGE], amount("2", "l"), ("", "2", False)),
        ([STRANGE], amount("2.5"), ("", "3", False)),
        ([STRANGE], amount("4"), ("", "4", True)),
    ],
)
def test_plans(packs: list[Product], wanted: Amount, expected: tuple[str, str, bool]) -> None:
    found = plan(packs[0], wanted, packs)
    assert said(found) == expected
    assert found.wanted == wanted


def test_no_amount_is_one_pack() -> None:
    assert said(plan(MILK[0], None, MILK)) == ("1 l", "1", True)
    assert said(plan(POTATOES, None)) == ("", "1", True)


def test_half_a_bread_is_a_half_one_if_there_is_one() -> None:
    whole, half = product("Brød", "800 g"), product("Brød", "400 g")
    assert said(plan(whole, amount("0.5"), [whole, half])) == ("400 g", "1", True)
    assert said(plan(whole, amount("0.5"), [whole])) == ("800 g", "1", False)


def test_an_abbreviated_pack_is_so_many_packs_unless_there_is_one_of_so_many() -> None:
    """ "4 pk smør" on a home-care worker's list was one packet."""
    four = Amount(Decimal(1), "pakke", pack_pieces=4, abbreviated=True)
    butter, cans = product("Meierismør", "500 g"), product("Cola", "4x0,33 l")
    assert plan(butter, four).quantity == 4
    assert plan(product("Våtserviett", "64 stk"), four).quantity == 4
    assert plan(product("Cola", "0,33 l"), four, [cans]) == PackPlan(cans, Decimal(1), True, four)


def test_the_chosen_size_wins_when_it_fills_as_well() -> None:
    assert said(plan(MILK[2], amount("1", "l"), MILK)) == ("0,5 l", "2", True)


quantities = st.decimals("0.1", "60", places=2)
shelves = st.sampled_from([MILK, MINCE, EGGS, COLA, [POTATOES], [BANANAS], [STRANGE]])
units = st.sampled_from(["", "l", "kg", "stk", "pakke", "brett", "flaske"])


@given(shelves, quantities, units, st.none() | st.integers(2, 24))
def test_a_plan_is_sensible(
    shelf: list[Product], value: Decimal, unit: str, pieces: int | None
) -> None:
    wanted = Amount(value, unit, pack_pieces=pieces)
    found = plan(shelf[0], wanted, shelf)
    assert found.product in shelf
    assert found.quantity > 0
    assert isinstance(found.quantity, Decimal)
    if found.product.unit == "stk":
        assert found.quantity == found.quantity.to_integral_value()
    content = found.product.content
    if found.exact and unit in ("l", "kg") and not pieces:
        if found.product.unit == "kg":
            assert found.quantity == value
        else:
            assert content is not None
            assert content.amount * found.quantity == value
