"""Tier: unit. Word forms, checked by hand and against spaCy's Norwegian lemma table."""

import gzip
import json
from pathlib import Path

import pytest
import spacy_lookups_data
from hypothesis import given
from hypothesis import strategies as st

from bot.ordering.catalogue import Catalogue
from bot.ordering.compounds import Splitter
from bot.ordering.lemmas import basic_forms, indefinite, sound
from bot.ordering.phrase import read_words

DATA = Path(__file__).parents[2] / "bot" / "data"


@pytest.mark.parametrize(
    ("inflected", "basic"),
    [
        ("gulrøttene", "gulrot"),
        ("gulrøtter", "gulrot"),
        ("melka", "melk"),
        ("melken", "melk"),
        ("brødet", "brød"),
        ("brødene", "brød"),
        ("potetene", "potet"),
        ("eplene", "eple"),
        ("egga", "egg"),
        ("vafler", "vaffel"),
        ("bananene", "banan"),
        ("kjøttkakene", "kjøttkake"),
        ("skummede", "skummet"),
        ("norske", "norsk"),
        ("røkte", "røkt"),
        ("grovt", "grov"),
        ("små", "liten"),
    ],
)
def test_forms_meet(inflected: str, basic: str) -> None:
    assert set(basic_forms(inflected)) & set(basic_forms(basic))


@pytest.mark.parametrize(
    ("one", "other"),
    [("lim", "lime"), ("pasta", "paste"), ("egg", "ego"), ("hammer", "ham")],
)
def test_other_words_do_not_meet(one: str, other: str) -> None:
    assert not set(basic_forms(one)) & set(basic_forms(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("mælk", "melk"),
        ("mjelk", "melk"),
        ("sjinke", "skinke"),
        ("tjylling", "kylling"),
        ("kvetemel", "hvetemel"),
        ("kjøttdei", "kjøttdeig"),
        ("kjøtdeig", "kjøttdeig"),
        ("yogurt", "yoghurt"),
        ("makrel", "makrell"),
        ("norvegja", "norvegia"),
        ("filadelfia", "philadelphia"),
    ],
)
def test_words_that_sound_alike(one: str, other: str) -> None:
    assert sound(one) == sound(other)


@pytest.mark.parametrize(("one", "other"), [("melk", "mel"), ("laks", "lakris"), ("egg", "ost")])
def test_words_that_sound_different(one: str, other: str) -> None:
    assert sound(one) != sound(other)


def test_the_rules_agree_with_the_lemma_table_on_the_words_of_the_shop() -> None:
    table_file = Path(spacy_lookups_data.__file__).parent / "data" / "nb_lemma_exc.json.gz"
    nouns = json.loads(gzip.decompress(table_file.read_bytes()))["noun"]
    with (DATA / "catalogue.csv").open(encoding="utf-8", newline="") as lines:
        catalogue = Catalogue.from_csv(lines)
    words = {word for each in catalogue for word in read_words(each.name).tokens if word.isalpha()}
    forms: dict[str, list[str]] = {}
    for form, lemmas in nouns.items():
        if lemmas[0] in words and form.isalpha():
            forms.setdefault(lemmas[0], []).append(form)
    checked = [(form, lemma) for lemma, all_forms in forms.items() for form in all_forms]
    assert len(checked) > 2000
    apart = [
        (form, lemma)
        for form, lemma in checked
        if not set(basic_forms(form)) & set(basic_forms(lemma))
    ]
    assert len(apart) / len(checked) < 0.06, apart[::20]


def test_compounds_are_taken_apart_where_they_are_joined() -> None:
    split = Splitter(["melk", "sjokolade", "jordbær", "syltetøy", "kylling", "pålegg", "egg"])
    assert split("melkesjokolade") == ("melke", "sjokolade")
    assert split("jordbærsyltetøy") == ("jordbær", "syltetøy")
    assert split("kyllingpålegg") == ("kylling", "pålegg")
    assert split("sjokolademelk") == ("sjokolade", "melk")
    assert split("pålegg") is None
    assert split("trampoline") is None


@given(st.text(max_size=30))
def test_nothing_fails(word: str) -> None:
    assert basic_forms(word)[0] == word
    assert sound(word) == sound(word)
    read_words(word)


@pytest.mark.parametrize(
    ("said", "names", "asked"),
    [
        ("kaffen", ["Kaffe frokostkaffe", "Kaffe filtermalt"], "kaffe"),
        ("melken", ["Lettmelk 1 %", "Helmelk"], "melk"),
        ("brødet", ["Grovbrød"], "brød"),
        ("suppa", ["Fiskesuppe"], "suppa"),
        ("cola", ["Coca-Cola"], "cola"),
        ("te", ["Te Earl Grey"], "te"),
    ],
)
def test_the_question_names_the_ware_without_its_ending(
    said: str, names: list[str], asked: str
) -> None:
    assert indefinite(said, names) == asked
