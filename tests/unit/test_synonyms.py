"""Tier: unit. Synonyms: what people say is read as the catalogue says it; bad data are named."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import CatalogueError
from bot.ordering.catalogue import Catalogue
from bot.ordering.synonyms import Synonyms, Target, words_of

DATA = Path(__file__).parents[2] / "bot" / "data"


@pytest.fixture(scope="module")
def raw() -> dict[str, Any]:
    loaded = yaml.safe_load((DATA / "synonyms.yml").read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded


@pytest.fixture(scope="module")
def shipped(raw: dict[str, Any]) -> Synonyms:
    return Synonyms.from_mapping(raw, "synonyms.yml")


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    with (DATA / "catalogue.csv").open(encoding="utf-8", newline="") as lines:
        return Catalogue.from_csv(lines)


SMALL = Synonyms.from_mapping(
    {
        "spellings": {"melk": ["mjølk"], "hvit": ["kvit"]},
        "sayings": [
            {"say": ["do-rull", "dopapir"], "find": "toalettpapir"},
            {"say": "pulver kaffe", "find": "pulverkaffe gull", "brand": "Nescafé"},
            {"say": ["hvit ost"], "find": "norvegia", "without": ["Revet"]},
            {"say": ["ost"], "find": "gulost"},
            {"say": "zalo", "find": "oppvaskmiddel", "brand": "Zalo", "alone": True},
        ],
        "staples": [
            {"say": ["melk"], "offer": ["lettmelk 1 l", {"find": "helmelk", "brand": ["Tine"]}]},
            {"say": ["toalettpapir"], "offer": ["lambi toalettpapir"]},
        ],
        "vague": [{"say": ["pålegg"], "ask": "Hva slags pålegg?", "offer": ["servelat"]}],
        "other_wares": {"smør": ["peanøttsmør"], "løk": ["hvitløk"]},
    }
)


def refusal(data: Any) -> str:
    with pytest.raises(CatalogueError) as caught:
        Synonyms.from_mapping(data, "prøve.yml")
    return str(caught.value)


# --- the class --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Do-rull, 2 PK!", ("do", "rull", "2", "pk")),
        ("Lettmelk 1,5 % fett", ("lettmelk", "1,5", "%", "fett")),
        ("Crème fraîche", ("crème", "fraîche")),
        ("  ", ()),
    ],
)
def test_words_are_letters_numbers_and_percent(text: str, words: tuple[str, ...]) -> None:
    assert words_of(text) == words


def test_spelling_of_one_word() -> None:
    assert SMALL.spell("mjølk") == "melk"
    assert SMALL.spell("melk") == "melk"
    assert SMALL.spell("ukjent") == "ukjent"


@pytest.mark.parametrize("said", [["dopapir"], ["do", "papir"], ["do", "rull"]])
def test_split_and_joined_sayings_are_one(said: list[str]) -> None:
    reading = SMALL.resolve(said)
    assert reading.words == ("toalettpapir",)
    assert len(reading.sayings) == 1


def test_the_longest_saying_wins_and_its_demands_come_along() -> None:
    reading = SMALL.resolve(["en", "kvit", "ost", "og", "pulverkaffe"])
    assert reading.words == ("en", "norvegia", "og", "pulverkaffe", "gull")
    assert reading.without == ("revet",)
    assert reading.brands == ("Nescafé",)
    assert reading.sayings == ("hvitost", "pulverkaffe")


def test_a_saying_that_holds_alone_leaves_longer_phrases_as_they_are() -> None:
    assert SMALL.resolve(["zalo"]).words == ("oppvaskmiddel",)
    assert SMALL.resolve(["zalo"]).brands == ("Zalo",)
    assert SMALL.resolve(["zalo", "spray"]).words == ("zalo", "spray")


def test_words_without_sayings_are_only_spelled() -> None:
    reading = SMALL.resolve(["tine", "mjølk", "tine"])
    assert reading.words == ("tine", "melk", "tine")
    assert reading.sayings == ()


def test_a_staple_is_a_bare_word_in_any_spelling() -> None:
    expected = (
        Target(("lettmelk", "1", "l")),
        Target(("helmelk",), brands=("Tine",)),
    )
    assert SMALL.staple(["melk"]) == expected
    assert SMALL.staple(["mjølk"]) == expected
    assert SMALL.staple(["tine", "melk"]) is None
    assert SMALL.staple([]) is None


def test_a_saying_leads_to_the_staple_it_names() -> None:
    assert SMALL.staple(["do", "rull"]) == (Target(("lambi", "toalettpapir")),)
    assert SMALL.staple(["pulver", "kaffe"]) is None


def test_a_vague_word_brings_its_question() -> None:
    vague = SMALL.vague(["pålegg"])
    assert vague is not None and vague.question == "Hva slags pålegg?"
    assert vague.offers == (Target(("servelat",)),)
    assert SMALL.vague(["servelat"]) is None


def test_another_ware_shares_a_word_but_is_not_meant() -> None:
    assert SMALL.is_other_ware(["smør"], ["peanøttsmør", "mills"])
    assert not SMALL.is_other_ware(["smør"], ["meierismør"])
    assert not SMALL.is_other_ware(["smør", "peanøttsmør"], ["peanøttsmør"])
    assert not SMALL.is_other_ware(["løk"], ["løk", "og", "hvitløk"])
    assert not SMALL.is_other_ware(["melk"], ["hvitløk"])


def test_everything_people_may_say_is_known() -> None:
    assert {"mjølk", "do", "rull", "pålegg", "norvegia", "løk"} <= SMALL.known_words
    assert ("do", "rull") in SMALL.phrases
    assert len(SMALL) == 2 + 6 + 2 + 1


def test_no_synonyms_at_all() -> None:
    empty = Synonyms.empty()
    assert len(empty) == 0 and empty.resolve(["do", "rull"]).words == ("do", "rull")
    assert len(Synonyms.from_mapping({})) == 0


@given(st.lists(st.sampled_from(["do", "rull", "kvit", "ost", "melk", "mjølk", "x"]), max_size=8))
def test_resolving_loses_no_word_and_ends(words: list[str]) -> None:
    reading = SMALL.resolve(words)
    assert ("x" in reading.words) == ("x" in words)
    assert bool(reading.words) == bool(words)


# --- bad data ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ([], "filen må være en oppslagstabell"),
        ({"stapels": []}, "seksjonen «stapels» er ukjent"),
        ({"spellings": ["melk"]}, "spellings: må være en oppslagstabell"),
        ({"spellings": {"melk": ["to ord"]}}, "spellings, «melk»: «to ord» er ikke ett ord"),
        (
            {"spellings": {"melk": ["mjølk"], "mel": ["mjølk"]}},
            "spellings: «mjølk» staves både «melk» og «mel»",
        ),
        (
            {"spellings": {"melk": ["mjølk"], "mjølk": ["mjelk"]}},
            "spellings: «mjølk» er selv en skrivemåte av «melk»",
        ),
        ({"spellings": {"melk": [1]}}, "spellings, «melk»: inneholder noe som ikke er tekst"),
        ({"sayings": {"a": 1}}, "sayings: må være en liste"),
        ({"sayings": ["a"]}, "sayings, nr. 1: må være en oppslagstabell"),
        ({"sayings": [{"say": "a"}]}, "sayings, nr. 1: «find» mangler"),
        (
            {"sayings": [{"say": "a", "find": "b", "alone": "ja"}]},
            "sayings, nr. 1: «alone» må være true eller false",
        ),
        ({"sayings": [{"find": "a"}]}, "sayings, nr. 1, «say»: må være tekst eller en liste"),
        (
            {"sayings": [{"say": "a", "find": "b", "bran": "c"}]},
            "sayings, nr. 1: nøkkelen «bran» er ukjent",
        ),
        (
            {"sayings": [{"say": "a b", "find": "c"}, {"say": "ab", "find": "d"}]},
            "sayings, nr. 2: «ab» står allerede i sayings, nr. 1",
        ),
        (
            {"sayings": [{"say": "en to tre fire fem seks", "find": "c"}]},
            "må ha fra ett til 5 ord",
        ),
        ({"staples": [{"say": "a"}]}, "staples, nr. 1: «offer» må være en liste"),
        ({"staples": [{"say": "a", "offer": []}]}, "«offer» må være en liste med minst én vare"),
        ({"staples": [{"say": "a", "offer": [3]}]}, "staples, nr. 1, «offer»: må være tekst"),
        (
            {
                "staples": [{"say": "a", "offer": ["b"]}],
                "vague": [{"say": "a", "ask": "Hva?", "offer": ["b"]}],
            },
            "vague, nr. 1: «a» står allerede i staples, nr. 1",
        ),
        (
            {"vague": [{"say": "a", "ask": "Si mer.", "offer": ["b"]}]},
            "vague, nr. 1: «ask» må være et spørsmål",
        ),
        ({"other_wares": ["a"]}, "other_wares: må være en oppslagstabell"),
        ({"other_wares": {"a": []}}, "other_wares, «a»: må være tekst eller en liste"),
    ],
)
def test_bad_entries_are_named(data: Any, problem: str) -> None:
    text = refusal(data)
    assert problem in text
    assert text.startswith("Synonymene «prøve.yml» kan ikke brukes (")


def test_all_bad_entries_are_named_at_once() -> None:
    text = refusal({"ukjent": 1, "sayings": [{"say": "a"}, "b"], "other_wares": 3})
    assert "(4 feil)" in text


# --- the shipped words ------------------------------------------------------------------------


def test_shipped_synonyms_are_many(shipped: Synonyms, raw: dict[str, Any]) -> None:
    assert len(shipped) >= 2000
    assert len(raw["sayings"]) >= 400 and len(raw["staples"]) >= 90 and len(raw["vague"]) >= 30


@pytest.mark.parametrize(
    ("said", "ware"),
    [
        ("mjølk", "melk"),
        ("brau", "brød"),
        ("potede", "poteter"),
        ("gulerøtter", "gulrøtter"),
        ("kaffi", "kaffe"),
        ("havregrøn", "havregryn"),
        ("fløyte", "fløte"),
        ("feskekake", "fiskekaker"),
        ("kveitemjøl", "hvetemel"),
        ("leverposteg", "leverpostei"),
        ("syltety", "syltetøy"),
        ("smjør", "smør"),
        ("kvitost", "gulost"),
        ("gjetost", "geitost"),
        ("skumma melk", "skummet melk"),
        ("kjøttfarse", "kjøttdeig"),
        ("do-rull", "toalettpapir"),
        ("kjøkkenrull", "tørkerull"),
        ("surmelk", "kulturmelk"),
        ("kneip brød", "kneippbrød"),
        ("kolje", "hyse"),
    ],
)
def test_other_words_for_a_ware(shipped: Synonyms, said: str, ware: str) -> None:
    assert shipped.resolve(words_of(said)).words == words_of(ware)


@pytest.mark.parametrize(
    "word",
    "melk brød egg smør kaffe poteter ost brunost fløte rømme kjøttdeig havregryn løk".split(),  # noqa: SIM905
)
def test_bare_everyday_words_have_wares_to_offer(shipped: Synonyms, word: str) -> None:
    offers = shipped.staple([word])
    assert offers is not None and 2 <= len(offers) <= 3


@pytest.mark.parametrize("word", ["pålegg", "kveldsmat", "kjeks", "frukt", "såpe", "fisk", "kjøtt"])
def test_vague_words_are_asked_about(shipped: Synonyms, word: str) -> None:
    vague = shipped.vague([word])
    assert vague is not None and vague.question.endswith("?") and len(vague.offers) == 3


@pytest.mark.parametrize("colour", ["grønn", "blå", "rød", "rosa"])
def test_carton_colours_are_never_guessed(shipped: Synonyms, colour: str) -> None:
    vague = shipped.vague([colour, "melk"])
    assert vague is not None and "kartong" in vague.question


@pytest.mark.parametrize(
    ("said", "product"),
    [
        ("melk", "melkesjokolade"),
        ("smør", "peanøttsmør"),
        ("eple", "eplejuice"),
        ("rømme", "rømmekolle"),
        ("løk", "hvitløk"),
        ("kjøttdeig", "karbonadedeig"),
        ("kjøttdeig", "medisterdeig"),
        ("kjøttfarse", "medisterdeig"),
        ("poteter", "potetgull"),
        ("brød", "knekkebrød"),
    ],
)
def test_shipped_other_wares(shipped: Synonyms, said: str, product: str) -> None:
    assert shipped.is_other_ware([said], [product])


def _targets(shipped: Synonyms, raw: dict[str, Any]) -> list[Target]:
    found: list[Target] = []
    for entry in raw["staples"]:
        offers = shipped.staple(words_of(_first(entry["say"])))
        assert offers is not None, entry
        found.extend(offers)
    for entry in raw["vague"]:
        vague = shipped.vague(words_of(_first(entry["say"])))
        assert vague is not None, entry
        found.extend(vague.offers)
    return found


def _first(said: str | list[str]) -> str:
    return said if isinstance(said, str) else said[0]


def test_demands_name_departments_and_brands_that_exist(
    raw: dict[str, Any], catalogue: Catalogue
) -> None:
    departments = {each.category for each in catalogue}
    brands = {each.brand for each in catalogue}
    for section in ("sayings", "staples", "vague"):
        for entry in raw[section]:
            for target in entry.get("offer", [entry]):
                if isinstance(target, dict):
                    assert set(_list(target.get("category"))) <= departments, target
                    assert set(_list(target.get("brand"))) <= brands, target


def _list(value: str | list[str] | None) -> list[str]:
    return [] if value is None else [value] if isinstance(value, str) else value


def test_every_ware_that_is_offered_is_in_the_shipped_catalogue(
    shipped: Synonyms, raw: dict[str, Any], catalogue: Catalogue
) -> None:
    """Each word of an offer stands in one product (units aside, and endings of three letters)."""
    units = {"g", "kg", "l", "dl", "ml", "stk", "poser", "ruller", "esker"}
    products = [
        (each, set(words_of(f"{each.full_name} {each.brand}"))) for each in catalogue.products
    ]
    for target in _targets(shipped, raw):
        wanted = [word for word in target.find if word not in units]
        fitting = [
            product
            for product, words in products
            if all(word in words for word in wanted)
            and (not target.brands or product.brand in target.brands)
            and (not target.categories or product.category in target.categories)
            and not any(word.startswith(target.without) for word in words)
        ]
        assert fitting, target
