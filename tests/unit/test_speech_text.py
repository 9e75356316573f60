"""Tier: unit. Written Norwegian as it is read aloud."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.number_words import LARGEST, cardinal, decimal, digits, ordinal
from audio.pronunciation import respelled
from audio.speech_text import spoken


@pytest.mark.parametrize(
    ("written", "said"),
    [
        # Prices
        ("19,90 kr", "nitten kroner og nitti øre"),
        ("1 kr", "én krone"),
        ("21 kr", "tjueen kroner"),
        ("0,50 kr.", "femti øre."),
        ("20,00 kr", "tjue kroner"),
        ("19,9 kr", "nitten kroner og nitti øre"),
        ("1 234,50 kr", "ett tusen to hundre og trettifire kroner og femti øre"),
        ("kr 19,90 per kg", "nitten kroner og nitti øre per kilo"),
        ("Totalt 1.250 kr.", "Totalt ett tusen to hundre og femti kroner."),
        ("249,-", "to hundre og førtini kroner"),
        ("119,90 kr/kg", "hundre og nitten kroner og nitti øre per kilo"),
        ("-10 kr", "minus ti kroner"),
        ("pant 2,00 kr", "pant to kroner"),
        ("21,90 kr. per stk. i dag", "tjueen kroner og nitti øre per stykk i dag"),
        # Sizes and amounts
        ("1,75 l", "én komma syttifem liter"),
        ("0,5 l", "en halv liter"),
        ("1,5 l", "halvannen liter"),
        ("1,5L", "halvannen liter"),
        ("2,5 l", "to og en halv liter"),
        ("0,33 l", "null komma trettitre liter"),
        ("33 cl", "trettitre centiliter"),
        ("500 g", "fem hundre gram"),
        ("1 g", "ett gram"),
        ("0,4 kg kjøttdeig", "null komma fire kilo kjøttdeig"),
        ("½ kg", "en halv kilo"),
        ("1½ l", "halvannen liter"),
        ("2 stk", "to stykker"),
        ("1 stk.", "ett stykke."),
        ("3-4 stk", "tre til fire stykker"),
        ("6x0,33 l", "seks ganger null komma trettitre liter"),
        ("4 × 125 g", "fire ganger hundre og tjuefem gram"),
        ("6-pk", "sekspakning"),
        ("2 pk bacon", "to pakker bacon"),
        ("2 x Lettmelk", "to Lettmelk"),
        ("1 grovbrød og 1 pakke smør", "ett grovbrød og én pakke smør"),
        ("½ l eller 1/2 kg", "en halv liter eller en halv kilo"),
        ("Matpapir 28cmx50m", "Matpapir tjueåtte centimeter ganger femti meter"),
        ("Reker 90/130 2 kg", "Reker nitti til hundre og tretti, to kilo"),
        ("Bleier str. 5 44 stk", "Bleier størrelse fem, førtifire stykker"),
        ("nr.5-6", "nummer fem til seks"),
        # Two figures side by side are kept apart
        ("Gudbrandsdalsost G35 500 g", "Gudbrandsdalsost G trettifem, fem hundre gram"),
        ("Kremfløte 37 % 3 dl", "Kremfløte trettisju prosent, tre desiliter"),
        ("Lettmelk 1,75 l 2 stk", "Lettmelk én komma syttifem liter, to stykker"),
        # Percentages
        ("1,2 % fett", "én komma to prosent fett"),
        ("38%", "trettiåtte prosent"),
        # Times and dates
        ("16:00", "klokken seksten"),
        ("kl. 16:00–18:00", "klokken seksten til atten"),
        ("mellom 16:00 og 18:30", "mellom seksten og atten tretti"),
        ("kl. 9.30.", "klokken ni tretti."),
        ("torsdag 26.11. kl. 16:05", "torsdag tjuesjette november klokken seksten null fem"),
        ("24. desember", "tjuefjerde desember"),
        ("2026-11-26", "tjuesjette november tjue tjueseks"),
        ("26.11.2026", "tjuesjette november tjue tjueseks"),
        ("2. etasje", "andre etasje"),
        # Phone numbers and references
        ("ring 22 33 44 55", "ring to to, tre tre, fire fire, fem fem"),
        ("tlf. 98765432", "telefon ni åtte sju, seks fem, fire tre to"),
        ("ring 113", "ring en en tre"),
        ("+47 987 65 432", "pluss fire sju, ni åtte sju, seks fem, fire tre to"),
        ("K-10023", "K en null null, to tre"),
        # Abbreviations
        ("ca. 3 stk, f.eks. epler osv.", "cirka tre stykker, for eksempel epler og så videre."),
        ("m/ skall, u/ sukker", "med skall, uten sukker"),
        ("salt & pepper", "salt og pepper"),
        # Left alone
        ("Vil du ha mer?", "Vil du ha mer?"),
        ("grovbrød, melk og ost", "grovbrød, melk og ost"),
        ("", ""),
    ],
)
def test_a_written_text_is_said_as_people_say_it(written: str, said: str) -> None:
    assert spoken(written) == said


def test_a_basket_read_back() -> None:
    text = "Du har 2 stk Tine Lettmelk 1,2 % 1,75 l: 43,80 kr. Det blir 143,70 kr i alt."
    assert spoken(text) == (
        "Du har to stykker Tine Lettmelk én komma to prosent, én komma syttifem liter: "
        "førtitre kroner og åtti øre. Det blir hundre og førtitre kroner og sytti øre i alt."
    )


@given(
    st.text(alphabet="0123456789 .,:;-–/x%½krlgstpæøåABCabc()+&«»\n", max_size=60)
    | st.text(max_size=60)
)
def test_no_figure_is_left_and_saying_it_twice_changes_nothing(text: str) -> None:
    said = spoken(text)
    assert not any(character in "0123456789%" for character in said)
    assert spoken(said) == said


@given(st.integers(0, 9_999), st.integers(0, 99))
def test_every_price_names_its_kroner_and_ore(kroner: int, ore: int) -> None:
    said = spoken(f"{kroner},{ore:02} kr")
    assert ("øre" in said) == (ore > 0)
    assert ("kron" in said) == (kroner > 0 or ore == 0)
    assert not ore or cardinal(ore, neuter=True) in said
    assert not kroner or said.startswith(cardinal(kroner))


@pytest.mark.parametrize(
    ("number", "word"),
    [
        (0, "null"),
        (1, "én"),
        (21, "tjueen"),
        (77, "syttisju"),
        (100, "hundre"),
        (101, "hundre og én"),
        (250, "to hundre og femti"),
        (1000, "tusen"),
        (1005, "tusen og fem"),
        (1234, "ett tusen to hundre og trettifire"),
        (2000, "to tusen"),
        (1_000_000, "én million"),
        (2_000_010, "to millioner og ti"),
    ],
)
def test_cardinals(number: int, word: str) -> None:
    assert cardinal(number) == word


@given(st.integers(0, LARGEST), st.integers(0, LARGEST))
def test_two_numbers_never_sound_the_same(one: int, other: int) -> None:
    assert (cardinal(one) == cardinal(other)) == (one == other)


def test_numbers_that_cannot_be_said_are_refused() -> None:
    for number in (-1, LARGEST + 1):
        with pytest.raises(ValueError, match="sayable"):
            cardinal(number)
    with pytest.raises(ValueError, match="ordinal"):
        ordinal(60)


def test_ordinals_and_decimals() -> None:
    assert [ordinal(number) for number in (1, 3, 20, 31, 42)] == [
        "første",
        "tredje",
        "tjuende",
        "trettiførste",
        "førtiandre",
    ]
    assert decimal(Decimal("-1.05")) == "minus én komma null fem"
    assert decimal(Decimal("2.00")) == "to"
    assert decimal(Decimal("0.125")) == "null komma en to fem"
    assert digits("4711", 2) == "fire sju, en en"


def test_espeak_is_given_spellings_that_it_says_right() -> None:
    assert respelled("Cottage Cheese og juice til deg") == "kåttisj tsjis å jus til dei"
    assert respelled("grovbrød") == "grovbrø"
    assert respelled("brødskive, logg, juicepresse") == "brødskive, logg, juicepresse"
