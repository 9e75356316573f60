"""Tier: unit. Words that are written as they sound: the pronouncer beside the spelling."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.word_sounds import word_sounds
from bot.cli.word_sounds import WordSounds
from bot.ordering.catalogue import Catalogue, Product
from bot.ordering.matcher import Certain, Choice, Match, Matcher
from bot.ordering.pronunciation import likeness, rough
from bot.ordering.synonyms import Synonyms

SOUNDS = st.text(alphabet="ɑæɛeəɪiɔoʊuʉyœøbdɡptkfvsʃçhjlrmnŋ", min_size=1, max_size=12)


def shop(*names: str) -> Catalogue:
    return Catalogue(
        Product(f"p{number}", name, "", "", "stk", Decimal(10), "Mat")
        for number, name in enumerate(names)
    )


def named(match: Match) -> list[str]:
    """The products that are taken or asked about."""
    if isinstance(match, Certain):
        return [match.candidate.product.name]
    return [each.product.name for each in match.candidates] if isinstance(match, Choice) else []


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("kroassang", "Croissant"),
        ("filadelfia", "Philadelphia"),
        ("sjokolade", "Sjokolade"),
        ("smudi", "Smoothie"),
    ],
)
def test_what_is_written_as_it_sounds_is_found(said: str, name: str) -> None:
    catalogue = shop(name, "Havregryn", "Kaffe", "Krabbe", "Smult", "Filet")
    assert name in named(Matcher(catalogue, Synonyms.empty(), word_sounds).match(said))


def test_what_sounds_like_it_wins_over_what_is_spelled_like_it() -> None:
    catalogue = shop("Croissant", "Kroasting", "Melk")
    by_spelling = Matcher(catalogue, Synonyms.empty()).match("kroassang")
    by_ear = Matcher(catalogue, Synonyms.empty(), word_sounds).match("kroassang")
    assert named(by_spelling)[:1] != ["Croissant"]
    assert named(by_ear)[0] == "Croissant"


@given(SOUNDS, SOUNDS)
def test_likeness_is_a_share_and_the_same_both_ways(one: str, other: str) -> None:
    assert 0.0 <= likeness(one, other) <= 1.0
    assert likeness(one, other) == pytest.approx(likeness(other, one))
    assert likeness(one, one) == 1.0


def test_sounds_that_are_easily_confused_count_half() -> None:
    assert likeness("pil", "bil") > likeness("pil", "sil")
    assert likeness("mɛlk", "mælk") > likeness("mɛlk", "mulk")
    assert rough("sɑlt") == rough("sɑl")


def test_a_word_has_one_character_for_each_sound() -> None:
    assert word_sounds("melk") == "mɛlk"
    assert word_sounds("filadelfia") == word_sounds("philadelphia")
    assert word_sounds("123") == ""


def test_the_shops_words_are_kept_and_what_people_say_is_not(tmp_path: Path) -> None:
    file = tmp_path / "state" / "sounds.json"
    sounds = WordSounds(file)
    sounds("melk")
    sounds.keep()
    sounds("hemmelighet")
    assert json.loads(file.read_text("utf-8")) == {"melk": "mɛlk"}
    assert WordSounds(file)("melk") == "mɛlk"


def test_a_broken_file_of_sounds_is_made_anew(tmp_path: Path) -> None:
    file = tmp_path / "sounds.json"
    file.write_text("{", "utf-8")
    sounds = WordSounds(file)
    assert sounds("melk") == "mɛlk"
    sounds.keep()
    assert json.loads(file.read_text("utf-8")) == {"melk": "mɛlk"}
