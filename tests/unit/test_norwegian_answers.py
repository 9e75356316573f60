"""Tier: unit. Answers to "hvilken?" and "hvor mange?"."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ordering.amount import Amount
from bot.ordering.answer import NONE_OF_THEM, Answer, read_answer, read_quantity_answer
from bot.ordering.catalogue import Catalogue

_HEADER = "product_id,name,brand,size,unit,price,category,gtin,restricted,deposit"
MILK = tuple(
    Catalogue.from_csv(
        [
            _HEADER,
            "a,Lettmelk,Tine,1 l,stk,22.90,Melk,,,",
            "b,Økologisk lettmelk,Tine,1 l,stk,27.90,Melk,,,",
            'c,Lettmelk,Q,"1,75 l",stk,35.90,Melk,,,',
        ]
    )
)
COLA = tuple(
    Catalogue.from_csv(
        [
            _HEADER,
            'a,Coca-Cola,,"0,5 l",stk,24.90,Brus,,,2',
            'b,Coca-Cola,,"1,5 l",stk,34.90,Brus,,,3',
        ]
    )
)


@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("nummer to", 1), ("to", 1), ("2", 1), ("den andre", 1), ("den første", 0), ("siste", 2),
        ("den midterste", 1), ("æ tar den fyrste", 0), ("den tredje takk", 2), ("nummer en", 0),
        ("en", 0), ("q", 2), ("Q melka", 2), ("den økologiske", 1), ("økologsk", 1),
        ("kan jeg få den økologiske da", 1), ("den store", 2), ("den største", 2),
        ("den billigste", 0), ("den billegaste", 0), ("den dyreste", 2), ("samme for meg", 0),
        ("det er det samme", 0), ("hva som helst", 0), ("spiller ingen rolle", 0),
        ("nei, den andre", 1), ("ja, den siste takk", 2), ("den på 1,75 liter", 2),
        ("den på 1,75", 2), ("ikke den første, den andre", 1), ("alternativ tre", 2),
        ("jeg tar toeren", 1),
    ],
)  # fmt: skip
def test_a_choice_among_three(text: str, index: int) -> None:
    assert read_answer(text, MILK) == Answer(index)


@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("halvliteren", 0), ("den store", 1), ("den minste", 0), ("den lille", 0), ("1,5", 1),
        ("halvannen liter", 1), ("en halv liter", 0), ("ikke den første", 1), ("den andre", 1),
        ("den siste", 1), ("den største", 1),
    ],
)  # fmt: skip
def test_a_choice_between_sizes(text: str, index: int) -> None:
    assert read_answer(text, COLA) == Answer(index)


@pytest.mark.parametrize(
    "text",
    ["ingen av dem", "nei", "nei takk", "ingen", "ikke noen av dem", "inga av dei", "noe annet"],
)
def test_none_of_them(text: str) -> None:
    assert read_answer(text, MILK) == Answer(NONE_OF_THEM)


@pytest.mark.parametrize(
    ("text", "index", "value"),
    [
        ("to av den første", 0, "2"), ("tre av nummer to", 1, "3"), ("jeg tar to av q", 2, "2"),
        ("den første, to stykker", 0, "2"), ("fire økologiske", 1, "4"),
    ],
)  # fmt: skip
def test_a_choice_with_an_amount(text: str, index: int, value: str) -> None:
    answer = read_answer(text, MILK)
    assert answer is not None
    assert (answer.index, answer.amount and answer.amount.value) == (index, Decimal(value))


@pytest.mark.parametrize(
    "text",
    ["", "lettmelk", "brød", "jeg vil ha brød", "to liter brus", "fire", "begge", "to stykker",
     "ja", "hva koster den", "tine"],
)  # fmt: skip
def test_what_is_no_certain_choice(text: str) -> None:
    assert read_answer(text, MILK) is None


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("to", Amount(Decimal(2))), ("to stykker", Amount(Decimal(2), "stk")),
        ("bare én", Amount(Decimal(1))), ("jeg tar tre", Amount(Decimal(3))),
        ("nei fire", Amount(Decimal(4))), ("halvkilo", Amount(Decimal("0.5"), "kg")),
        ("to liter", Amount(Decimal(2), "l")), ("noen", Amount(Decimal(1), vague=True)),
        ("tre-fire", Amount(Decimal(3), upper=Decimal(4))), ("ja to", Amount(Decimal(2))),
        ("vi sier fem", Amount(Decimal(5))), ("det holder med to", Amount(Decimal(2))),
        ("to, nei tre", Amount(Decimal(3))), ("en halv", Amount(Decimal("0.5"))),
        ("et par", Amount(Decimal(2), vague=True)), ("femogtyve", Amount(Decimal(25))),
        ("eg tek tri", Amount(Decimal(3))), ("2", Amount(Decimal(2))),
        ("melk", None), ("to brød", None), ("", None), ("ja", None), ("hva koster det", None),
    ],
)  # fmt: skip
def test_how_many(text: str, amount: Amount | None) -> None:
    assert read_quantity_answer(text) == amount


@given(st.text(max_size=120))
def test_no_text_can_make_it_fail(text: str) -> None:
    answer = read_answer(text, MILK)
    assert answer is None or answer.index is NONE_OF_THEM or answer.index in (0, 1, 2)
    read_quantity_answer(text)
