"""What the readers of words that point back have in common: their words, and the line meant."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.ordering.basket import BasketLine
from bot.ordering.fillers import DESCRIBING
from bot.ordering.lemmas import basic_forms, word_set
from bot.ordering.matcher import Certain
from bot.ordering.norwegian import Kind, tokenise
from bot.ordering.turn import Turn

CORRECTING = frozenset({"nei", "feil", "ikke", "mente", "mener", "unnskyld", "beklager", "heller"})
FURTHER = frozenset({"også", "glemte", "glemt", "til", "mer", "pluss", "legg", "forresten"})
IDLE = word_set(
    """
    nei ja jo takk men da heller likevel vent jeg mente mener å si det den de skal skulle være ha
    vil ta tar unnskyld beklager feil ikke så kan du vi er var ble for og på med av en et ei sa
    i stedet istedet isteden istedenfor de dem denne disse jo skulle hatt fått bli
    """
)

#: Words that compare one pack with another.
EXTREMES = word_set(
    """
    billig billige billigste billigere dyr dyre dyreste stor store største liten lille minste
    større mindre rimelig rimelige rimeligste rimeligere
    """
)


#: "den der fersken": somebody points at a ware instead of ordering one.
_POINTS_AT = re.compile(
    r"(?:nei|ja|men|og)?\W*(?:den|det|de) (?:der|derre|her|herre|dær|dere)\b", re.I
)


def is_description(phrase: str) -> bool:
    """Whether a phrase only says of what kind a ware is: "mildt"."""
    words = words_in(phrase)
    return bool(words) and all(word in DESCRIBING for word in words)


def described(phrase: str, told: Sequence[str]) -> str:
    """A ware with what was told of it: "mild ost" for "ost" and "mildt"."""
    kinds = [basic_forms(word)[-1] for each in told for word in words_in(each)]
    return " ".join((*kinds, phrase))


def points_at(text: str) -> bool:
    """Whether a text begins with words that point: "den der fersken"."""
    return _POINTS_AT.match(text.strip()) is not None


def words_in(text: str) -> list[str]:
    """The words of a text in bokmål, in order."""
    return [t.plain for t in tokenise(text) if t.kind in (Kind.WORD, Kind.NUMBER)]


def held_line(turn: Turn, phrase: str = "") -> BasketLine | None:
    """The basket line that is named, else the one that was touched last."""
    if phrase:
        match = turn.shop.in_basket(phrase, turn.order.basket)
        if not isinstance(match, Certain):
            return None
        return turn.order.basket.line(match.candidate.product.product_id)
    return turn.order.basket.line(turn.talk.last_product or "")
