"""Tier: unit. What is markup or another language, and what only looks so."""

import pytest

from bot.ordering.outside import is_code, is_foreign


@pytest.mark.parametrize(
    "text",
    ["https://www.example.com/tilbud", "; rm -rf /", "<b>melk</b>", "SELECT * FROM orders",
     "ola@example.com", "1234567890", "' OR 1=1 --"],
)  # fmt: skip
def test_markup_and_addresses_are_code(text: str) -> None:
    assert is_code(text)


@pytest.mark.parametrize(
    "text", ["to liter melk", "500 melk", "grøt (risgrøt)", "melk, brød; ost", "6 egg & melk"]
)
def test_an_order_is_no_code(text: str) -> None:
    assert not is_code(text)


@pytest.mark.parametrize(
    "text",
    ["I want to order milk please", "wo ist der bahnhof bitte", "¿tienen pan?", "хлеб и молоко",
     "poproszę mleko i chleb", "waxaan rabaa caano"],
)  # fmt: skip
def test_other_languages_are_foreign(text: str) -> None:
    assert is_foreign(text)


@pytest.mark.parametrize(
    "text",
    ["all bran", "fish and chips", "to melk please", "jag vill ha mjölk", "je ska ha mjælk",
     "head and shoulders", "non stop", "jeg vil gerne have mælk"],
)  # fmt: skip
def test_brands_and_neighbours_are_not(text: str) -> None:
    assert not is_foreign(text)
