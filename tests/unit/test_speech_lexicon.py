"""Tier: unit. Pronunciations by hand, from NST, of compounds and from letters; spelling out."""

from __future__ import annotations

import pytest

from audio.errors import CorpusError
from audio.speech_model.letters import settle_stress, shipped_letter_to_sound, strip
from audio.speech_model.lexicon import Lexicon, hand_entries, nst_entries, read_entries
from audio.speech_model.patterns import ACTS, AMOUNTS, NUMBERS, OPENINGS, UNITS, requests
from audio.speech_model.phones import PHONES, UnknownSound
from audio.speech_model.spelling import fold, number_words, spoken_words


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon()


def test_dialect_words_sound_as_they_are_said(lexicon: Lexicon) -> None:
    assert ("j", "æ", "ɪ") in lexicon.heard("jeg")
    assert lexicon.heard("æ") == [("æː",)]
    assert ("ɪ", "ç", "ə") in lexicon.heard("ikkje")
    assert ("m", "j", "œ", "l", "k") in lexicon.heard("mjølk")


def test_the_d_of_bread_is_silent(lexicon: Lexicon) -> None:
    for word in ("brød", "grovbrød", "kneippbrød"):
        assert all(said[-1] == "øː" for said in lexicon.heard(word)), word


def test_hand_entries_come_before_nst() -> None:
    nst = {"ord": [("ˈʊ", "r", "d")]}
    hand = {"ord": [("ˈuː", "r")]}
    assert Lexicon(hand=hand, nst=nst).spoken("ord") == [("ˈuː", "r")]
    assert Lexicon(hand={}, nst=nst).spoken("ord") == [("ˈʊ", "r", "d")]


def test_a_compound_is_put_together_at_its_joint() -> None:
    hand = {"eple": [("ˈɛ", "p", "l", "ə")], "kake": [("k", "ˈɑː", "k", "ə")]}
    lexicon = Lexicon(hand=hand, nst={})
    assert lexicon.compound("eplekake") == [("ˈɛ", "p", "l", "ə", "k", "ˌɑː", "k", "ə")]
    assert lexicon.compound("epleskake") == [("ˈɛ", "p", "l", "ə", "s", "k", "ˌɑː", "k", "ə")]
    assert lexicon.compound("kakefat") == []


def test_retroflexes_are_also_heard_as_in_the_west(lexicon: Lexicon) -> None:
    heard = lexicon.heard("gjerne")
    assert ("j", "æː", "n", "ə") in heard and ("j", "æː", "r", "n", "ə") in heard


def test_words_of_no_dictionary_get_a_pronunciation_from_their_letters(lexicon: Lexicon) -> None:
    for word in ("zxcalo", "müsli", "brokkolini", "jerrys"):
        heard = lexicon.heard(word)
        assert heard and all(sound in PHONES for said in heard for sound in said)


def test_what_has_no_letters_is_refused(lexicon: Lexicon) -> None:
    with pytest.raises(UnknownSound):
        lexicon.spoken("—")


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("skjorter", "ʃ ʊ ʈ ə r"),
        ("hvalkjøtt", "v ɑː l ç œ t"),
        ("gulrotkake", "ɡ ʉː l r uː t k ɑː k ə"),
        ("kyllingsuppe", "ç y l ɪ ŋ s ʉ p ə"),
    ],
)
def test_letter_to_sound_knows_the_rules(word: str, said: str) -> None:
    assert " ".join(strip(shipped_letter_to_sound()(word))) == said


def test_a_word_gets_exactly_one_main_stress() -> None:
    assert settle_stress(("m", "ɑ", "t")) == ("m", "ˈɑ", "t")
    assert settle_stress(("ˈɑ", "t", "ˈɔ")) == ("ˈɑ", "t", "ˌɔ")
    assert settle_stress(("k", "r", "ˈə", "m")) == ("k", "r", "ˈɛ", "m")


def test_faulty_entries_are_reported_with_file_and_line() -> None:
    with pytest.raises(CorpusError, match=r"mine\.tsv, linje 2"):
        read_entries(["ord\tOO1 R", "uten uttale"], "mine.tsv")
    with pytest.raises(CorpusError, match="linje 1"):
        read_entries(["ord\tOO1 QQ"], "mine.tsv")


def test_the_shipped_dictionaries_are_read_in_full() -> None:
    assert len(hand_entries()) > 500
    assert len(nst_entries()) > 60_000


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "null"), (1, "en"), (16, "seksten"), (20, "tjue"), (25, "tjuefem"), (100, "ett hundre"),
        (101, "ett hundre og en"), (250, "to hundre og femti"), (1000, "ett tusen"),
        (1001, "ett tusen og en"), (2500, "to tusen fem hundre"), (999_999,
        "ni hundre og nittini tusen ni hundre og nittini"),
    ],
)  # fmt: skip
def test_numbers_are_said_as_today(number: int, words: str) -> None:
    assert number_words(number) == words


def test_numbers_out_of_range_are_refused() -> None:
    with pytest.raises(ValueError, match="1000000"):
        number_words(1_000_000)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Lettmelk 1,5 l", "lettmelk halvannen liter"),
        ("Tine Lettmelk 0,5% 1l", "tine lettmelk en halv prosent en liter"),
        ("Ben & Jerry's", "ben og jerrys"),
        ("Müsli 750g", "müsli sju hundre og femti gram"),
        ("Vare 7038010000027", "vare"),
        ("Fløte 3,75 dl", "fløte tre komma syttifem desiliter"),
        ("牛奶", ""),
    ],
)
def test_phrases_are_spelled_out(written: str, said: str) -> None:
    assert " ".join(spoken_words(written)) == said


def test_foreign_letters_are_folded() -> None:
    assert fold("Crème brûlée") == "cremebrulee"
    assert fold("müsli") == "mysli"


def test_every_word_of_the_patterns_has_a_pronunciation(lexicon: Lexicon) -> None:
    words = {w for text in (*ACTS, *AMOUNTS, *NUMBERS, *OPENINGS, *UNITS) for w in text.split()}
    for word in words:
        assert lexicon.heard(word), word
        assert spoken_words(word) == [word]


def test_requests_are_the_same_every_time_and_name_every_phrase() -> None:
    phrases = ["lettmelk", "grovbrød", "brun ost"]
    one = list(requests(phrases, 5, 1))
    assert one == list(requests(phrases, 5, 1))
    assert one != list(requests(phrases, 5, 2))
    for phrase in phrases:
        assert sum(phrase in text for text in one) >= 5
