"""Tier: unit. Tokens with places, and dialect function words in bokmål."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ordering.norwegian import Kind, fold, plain, tokenise


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("æ", "jeg"), ("eg", "jeg"), ("ikkje", "ikke"), ("itj", "ikke"), ("ska", "skal"),
        ("treng", "trenger"), ("ka", "hva"), ("kva", "hva"), ("meinte", "mente"),
        ("Mjølk", "mjølk"), ("staden", "stedet"), ("noko", "noe"), ("heim", "hjem"),
    ],
)  # fmt: skip
def test_dialect_function_words_become_bokmaal_and_wares_stay(said: str, meant: str) -> None:
    assert plain(said) == meant


def test_accents_go_but_norwegian_letters_stay() -> None:
    assert fold("Én CRÈME brûlée Åse SMÖR") == "en creme brulee åse smør"


def test_glued_numbers_fall_apart_and_decimals_stay_whole() -> None:
    assert [t.text for t in tokenise("400g 2x 1,5 1/2 x2")] == [
        "400", "g", "2", "x", "1,5", "1/2", "x", "2",
    ]  # fmt: skip


def test_hyphens_part_numbers_but_not_names() -> None:
    assert [t.text for t in tokenise("tre-fire do-rull")] == ["tre", "-", "fire", "do-rull"]


def test_numbers_of_a_list_are_no_amounts() -> None:
    kinds = [t.kind for t in tokenise("1. melk\n2) brød")]
    assert Kind.NUMBER not in kinds


def test_places_point_into_the_text() -> None:
    text = "Ja, to liter melk!"
    assert all(text[t.start : t.end] == t.text for t in tokenise(text))


@given(st.text(max_size=200))
def test_every_letter_and_digit_is_in_exactly_one_token(text: str) -> None:
    seen = [0] * len(text)
    for token in tokenise(text):
        for at in range(token.start, token.end):
            seen[at] += 1
    assert max(seen, default=0) <= 1
    for at, letter in enumerate(text):
        if letter.isalpha() or letter.isdecimal():
            assert seen[at] == 1, (letter, text)
