"""Tier: unit. What may be struck out of an utterance, and what follows from it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

import bot
from bot.data_files import load_shop
from bot.dictionary import dictionary
from bot.errors import DialogueError
from bot.ordering.conversation import Circumstances, Conversation
from bot.ordering.essence import Struck, blanked
from bot.ordering.gist import Gist, beside, gist
from bot.ordering.matcher import History
from bot.ordering.norwegian import tokenise
from bot.ordering.order import Order, Status
from bot.ordering.shop import Shop
from bot.ordering.talk import Talk
from bot.striking.corpus import read_corpus, read_line
from bot.striking.features import FACTS, facts_of, words_of
from bot.striking.network import LAYERS, TABLES, Network
from bot.striking.striker import reunited

DATA = Path(bot.__file__).parent / "data"


@cache
def shop() -> Shop:
    """The shipped shop with the shipped networks."""
    return load_shop(DATA / "catalogue.csv", DATA / "synonyms.yml")


def kept(text: str) -> str:
    """What is left of a text."""
    return " ".join(gist("add", text, shop()).text.split())


@pytest.mark.parametrize(
    ("said", "left"),
    [
        (
            "det er så glatt ute at jeg ikke tør gå ned til bua så jeg må ha en liter melk",
            "jeg må ha en liter melk",
        ),
        (
            "naboen min har fått ny hund og den bjeffer hele natta men jeg vil ha to kneippbrød",
            "jeg vil ha to kneippbrød",
        ),
        (
            "bestefar hadde tolv høner og en hane som het Haakon så seks egg og en pakke bacon",
            "seks egg og en pakke bacon",
        ),
    ],
)
def test_a_request_is_found_in_a_story(said: str, left: str) -> None:
    assert kept(said).removeprefix("så ") == left


@pytest.mark.parametrize(
    "said",
    [
        "da jeg var jente på Finnøya kom det en båt med brød og melk hver tirsdag",
        "mor sa alltid at en skje tran om dagen holder doktoren på dørstokken hele året",
    ],
)
def test_a_story_alone_asks_for_nothing(said: str) -> None:
    assert gist("add", said, shop()).act == "out_of_scope"
    assert gist("add", said, shop()).text == ""


@pytest.mark.parametrize(
    "said",
    [
        "melk", "to til", "det var alt", "ja takk", "nei, jeg mente to", "den billigste",
        "to liter lettmelk, et grovbrød og seks egg",
        "en pakke smør, et kilo poteter, to bokser makrell i tomat og en pose løk",
        "bytt melken med kulturmelk", "hva koster kaffen",
    ],
)  # fmt: skip
def test_plain_words_stay(said: str) -> None:
    assert beside(said, shop()) == Struck()


def test_what_only_greets_is_believed_in_a_story() -> None:
    """A shop that strikes everything: the act stays when it changes nothing."""
    all_struck = Shop(shop().catalogue, shop().synonyms, striking=lambda _: _everything)
    story = "ja god dag dette er Solveig som ringer fra Bekkestua igjen og det er kaldt ute"
    assert gist("greet", story, all_struck) == Gist("greet", "")
    assert gist("remove", story, all_struck) == Gist("out_of_scope", "")


def _everything(text: str) -> Struck:
    return Struck(tuple((token.start, token.end) for token in tokenise(text)))


def test_places_stay_what_they_are() -> None:
    assert blanked("å nei to liter", ((0, 1), (2, 5))) == "      to liter"


def test_an_amount_keeps_its_ware() -> None:
    tokens = tokenise("fire liter lettmelk nei to liter")
    words = words_of(tokens, shop().vocabulary, dictionary())
    out = reunited(words, [True, True, True, True, False, False])
    assert [token.text for token, each in zip(tokens, out, strict=True) if not each] == [
        "lettmelk", "to", "liter",
    ]  # fmt: skip


def test_a_network_answers_for_each_word_and_for_none() -> None:
    words = words_of(tokenise("en liter melk"), shop().vocabulary, dictionary())
    assert len(_network().chances(words)) == 3
    assert all(0.0 <= each <= 1.0 for each in _network().chances(words))
    assert _network().chances([]) == []
    assert [len(each) for each in facts_of(words)] == [FACTS] * 3


def _network() -> Network:
    """A small network of random weights."""
    chance = np.random.default_rng(1)
    sizes = {"table": 2, "cells": 3}
    arrays: dict[str, np.ndarray] = {f"texts{n}": np.array("melk\nliter") for n in range(TABLES)}
    given = TABLES * sizes["table"] + FACTS
    for n in range(TABLES):
        arrays[f"net0.table{n}"] = chance.normal(size=(4, sizes["table"]))
    for layer in range(LAYERS):
        for way in ("on", "back"):
            name = f"net0.layer{layer}.{way}"
            arrays[f"{name}.kernel"] = chance.normal(size=(given, 4 * sizes["cells"]))
            arrays[f"{name}.recurrent"] = chance.normal(size=(sizes["cells"], 4 * sizes["cells"]))
            arrays[f"{name}.bias"] = chance.normal(size=4 * sizes["cells"])
        given = 2 * sizes["cells"]
    arrays["net0.out"] = chance.normal(size=(given, 1))
    arrays["net0.bias"] = chance.normal(size=1)
    return Network(arrays)


def test_the_corpus_is_well_formed() -> None:
    talks = list(read_corpus())
    assert len(talks) > 4000
    assert len({talk.text for talk in talks}) > 0.98 * len(talks)
    assert any(talk.struck for talk in talks)
    assert sum(not talk.struck for talk in talks) > len(talks) / 4


@pytest.mark.parametrize("line", ["add to melk", "add\t", "add\t{en", "add\ten}", "add\t{{en}}"])
def test_a_line_that_cannot_be_read(line: str) -> None:
    with pytest.raises(ValueError):
        read_line(line)


def test_a_bad_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("add\tmelk\nadd\t{melk\n")
    with pytest.raises(DialogueError, match=r"a\.txt, linje 2"):
        list(read_corpus(tmp_path))


@pytest.mark.parametrize(
    "but", ["men vent litt jeg må spørre datteren min", "men naboen kom jo i går"]
)
def test_a_yes_is_never_made_of_what_is_left(but: str) -> None:
    """After the read-back every word counts, whatever might be struck out."""

    def leaves_the_first_word(text: str) -> Struck:
        return Struck(tuple((token.start, token.end) for token in tokenise(text)[1:]))

    struck = Shop(shop().catalogue, shop().synonyms, striking=lambda _: leaves_the_first_word)
    about = Circumstances(
        history=History(),
        usual=lambda: (),
        policy=lambda _: "allow",
        speech_rate=1.0,
        delivery=lambda _: None,
    )
    order, talk = Order("o1", "r1"), Talk()
    for act, text in (("add", "to liter lettmelk"), ("done", "det var alt")):
        said = Conversation(struck, order, talk, about).handle(act, text)
        order, talk = said.order, said.talk
    assert order.status is Status.READ_BACK
    outcome = Conversation(struck, order, talk, about).handle(
        "affirm", f"ja {but} og så er det dyrt"
    )
    assert outcome.order.status in (Status.READ_BACK, Status.DRAFT)
    assert not [effect for effect in outcome.effects if effect.kind == "submit"]
    plain = Conversation(struck, order, talk, about).handle("affirm", "ja")
    assert plain.order.status not in (Status.READ_BACK, Status.DRAFT)
