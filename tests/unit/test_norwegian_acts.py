"""Tier: unit. Acts that are certain from the words alone, and those that must not be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ordering.act_phrases import ACT_PHRASES
from bot.ordering.acts import read_act

CERTAIN = {
    "greet": ["hei", "Hei!", "god dag", "hallo", "morn", "hei hei", "hei du"],
    "basket": ["hva har jeg i kurven", "ka e i korga", "hva har jeg bestilt?", "les opp lista",
               "kva har eg bestilt", "hva ligger i handlekurven nå"],
    "price": ["hva koster det", "ka koste det til sammen", "hvor mye blir det?", "hva blir summen",
              "hva koster melken", "kva kostar det", "hvor mye koster en pakke kaffe"],
    "usual": ["som vanlig", "det vanlige takk", "same som sist", "det samme som sist",
              "eg tek det vanlege", "jeg vil ha det vanlige"],
    "undo": ["angre", "angre det siste", "ta bort det siste", "det ble feil"],
    "repeat": ["hva sa du", "ka sa du", "kva sa du", "hæ", "si det igjen", "en gang til",
               "ein gong til", "unnskyld hva sa du"],
    "slower": ["saktere", "saktare", "kan du snakke litt saktere", "du snakker for fort",
               "ikke så fort", "kan du snakke saktere er du snill"],
    "help": ["hjelp", "hva kan jeg si", "hva kan du gjøre?", "æ træng hjelp"],
    "person": ["0", "menneske", "hjemmehjelpen", "en å snakke med", "null",
               "jeg vil snakke med et menneske", "kan æ få snakke med nokken"],
    "cancel": ["avbryt", "glem det", "stopp", "stryk alt", "avbestill alt", "tøm kurven"],
    "delivery": ["når kommer varene", "når kjem varene", "når blir det levert", "når kommer det?"],
    "done": ["det var alt", "det va det", "det er nok", "ferdig", "bra nå", "itj nåkka meir",
             "ikkje meir", "nei takk, det var alt", "nei, det var alt", "ikke noe mer takk",
             "takk det var alt", "eg er ferdig"],
    "affirm": ["ja", "jo", "jau", "jada", "jepp", "mm", "javisst", "riktig", "stemmer",
               "det er greit", "gjerne", "fint", "ja takk", "ja, det stemmer", "ja ja ja", "eh ja",
               "ja det er riktig", "Ja!", "ja, send den", "det e greit"],
    "deny": ["nei", "næi", "nei takk", "ikke nå", "nei, det stemmer ikke", "nei nei",
             "nei det er feil"],
    "thanks": ["takk", "tusen takk", "takk for hjelpen", "ha det"],
    "add": ["legg til to melk", "kan du legge til brød", "bestill kaffe", "sett opp ost på lista"],
    "remove": ["fjern melken", "ta bort brødet", "stryk kaffen", "kan du ta vekk smøret",
               "dropp eggene"],
    "change": ["nei, jeg mente to", "endre melk til tre", "nei, tre", "jeg mente fire stykker"],
    "replace": ["bytt kaffen med te", "erstatt helmelk med lettmelk", "kan du bytte kaffen mot te"],
}  # fmt: skip
UNCERTAIN = [
    "ja takk to liter melk", "ja, men bytt melken", "melk", "to", "hei jeg vil ha melk", "ja nei",
    "glem det, jeg vil ha melk", "ta bort melken og legg til brød", "takk, og så en melk",
    "nei takk, men jeg vil ha brød", "ja, og brød", "asdf", "", "   ", "🙂",
    "som vanlig men uten melk",
    "ferdigpizza", "stopp melken", "hjelp meg å finne melk", "fint brød", "jo, melk", "ja to",
    "nei jeg vil ha brød", "den andre", "10", "00 melk", "legg til to melk og hva koster brødet",
]  # fmt: skip


@pytest.mark.parametrize(
    ("act", "text"), [(act, text) for act, texts in CERTAIN.items() for text in texts]
)
def test_certain_acts(act: str, text: str) -> None:
    assert read_act(text) == act


@pytest.mark.parametrize("text", UNCERTAIN)
def test_what_is_not_certain_is_left_to_the_classifier(text: str) -> None:
    assert read_act(text) is None


def test_each_phrase_of_the_table_is_read_as_some_act() -> None:
    for act, rows in ACT_PHRASES.items():
        for phrase in rows.replace("\n", "|").split("|"):
            if phrase.strip():
                assert read_act(phrase.strip()) is not None, (act, phrase)


@given(
    st.sampled_from(["ja", "ja takk", "jepp", "stemmer", "mm"]),
    st.sampled_from(
        ["to liter melk", "bytt melken", "et brød til", "men ikke melk", "hva koster osten"]
    ),
)
def test_a_yes_with_a_wish_is_never_only_a_yes(yes: str, wish: str) -> None:
    for joint in (" ", ", ", " og "):
        assert read_act(f"{yes}{joint}{wish}") != "affirm"


@given(st.text(max_size=120))
def test_no_text_can_make_it_fail(text: str) -> None:
    assert read_act(text) is None or isinstance(read_act(text), str)
