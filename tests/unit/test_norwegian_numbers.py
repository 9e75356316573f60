"""Tier: unit. Number words in both counting styles and dialects."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ordering.numbers import read_number

_ONES = ["", "en", "to", "tre", "fire", "fem", "seks", "sju", "åtte", "ni"]
_TEENS = ["ti", "elleve", "tolv", "tretten", "fjorten", "femten", "seksten", "sytten", "atten",
          "nitten"]  # fmt: skip
_TENS = ["", "", "tjue", "tretti", "førti", "femti", "seksti", "sytti", "åtti", "nitti"]
_OLD_TENS = ["", "", "tyve", "tredve", "førti", "femti", "seksti", "sytti", "åtti", "nitti"]


def spell(value: int, old: bool, joined: bool) -> str:
    """A number below 1000 as it is written: "hundre og tjuefem", "hundre og femogtyve"."""
    hundreds, rest = divmod(value, 100)
    tens, ones = divmod(rest, 10)
    if rest < 10:
        low = _ONES[rest]
    elif rest < 20:
        low = _TEENS[rest - 10]
    elif not ones:
        low = (_OLD_TENS if old else _TENS)[tens]
    elif old:
        low = (
            f"{_ONES[ones]}og{_OLD_TENS[tens]}"
            if joined
            else (f"{_ONES[ones]} og {_OLD_TENS[tens]}")
        )
    else:
        low = _TENS[tens] + ("" if joined else " ") + _ONES[ones]
    if not hundreds:
        return low
    head = "hundre" if hundreds == 1 else f"{_ONES[hundreds]} hundre"
    return f"{head} og {low}" if low else head


@pytest.mark.parametrize("old", [False, True])
@pytest.mark.parametrize("joined", [False, True])
def test_every_number_to_a_thousand_in_both_counting_styles(old: bool, joined: bool) -> None:
    wrong = []
    for value in range(1, 1000):
        words = spell(value, old, joined).split()
        # "tjue en" and "hundre og en" may be an article before a ware, so they must be joined.
        if not joined and not old and value % 10 == 1 and value % 100 > 20:
            continue
        if value > 100 and value % 100 == 1:
            continue
        if read_number(words) != (Decimal(value), len(words)):
            wrong.append((value, " ".join(words), read_number(words)))
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "value", "used"),
    [
        ("førr", "40", 1), ("femogførr", "45", 1), ("tjua", "20", 1), ("søtten", "17", 1),
        ("sjau", "7", 1), ("otte", "8", 1), ("elve", "11", 1), ("tri", "3", 1), ("fira", "4", 1),
        ("femogtjue", "25", 1), ("tohundreogfemti", "250", 1), ("tusen", "1000", 1),
        ("halvannen", "1.5", 1), ("halvanna", "1.5", 1), ("en halv", "0.5", 2),
        ("to og en halv", "2.5", 4), ("to og et halvt", "2.5", 4), ("en og en halv", "1.5", 4),
        ("kvart", "0.25", 1), ("en kvart", "0.25", 2), ("tre kvart", "0.75", 2),
        ("et dusin", "12", 2), ("et halvt dusin", "6", 3), ("to dusin", "24", 2),
        ("en snes", "20", 2), ("et tylft", "12", 2), ("2", "2", 1), ("1,5", "1.5", 1),
        ("1.5", "1.5", 1), ("1/2", "0.5", 1), ("½", "0.5", 1), ("1 1/2", "1.5", 2),
        ("en komma fem", "1.5", 3), ("null", "0", 1), ("to melk", "2", 1), ("en melk", "1", 1),
        ("fem og melk", "5", 1), ("hundre og en melk", "100", 1), ("1/0", None, 0),
        ("melk", None, 0), ("og", None, 0), ("noen", None, 0), ("", None, 0),
    ],
)  # fmt: skip
def test_said_numbers(text: str, value: str | None, used: int) -> None:
    found = read_number(text.split())
    assert found == (None if value is None else (Decimal(value), used))


@given(st.lists(st.text(max_size=12), max_size=6))
def test_any_words_give_a_number_within_them_or_none(words: list[str]) -> None:
    found = read_number(words)
    if found is not None:
        value, used = found
        assert value >= 0
        assert 1 <= used <= len(words)
