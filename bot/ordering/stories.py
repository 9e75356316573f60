"""Words around a word that make it part of a story: whom somebody counts, what is left where it is.

Read by `bot.ordering.tagging`; nothing here knows a ware.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.ordering.lemmas import word_set
from bot.ordering.norwegian import Token
from bot.ordering.talk_words import PEOPLE

#: "Ti til bords": nothing is counted that can be bought.
_AT_TABLE = (["til", "bords"], ["til", "middag"])


def counts_people(tokens: Sequence[Token], at: int) -> bool:
    """Whether a number counts whom a story is about: "alle seks barnebarna", "en bror"."""
    if [token.plain for token in tokens[at : at + 2]] in _AT_TABLE:
        return True
    return at < len(tokens) and tokens[at].plain in PEOPLE


_LETS = frozenset({"la", "lat", "lar"})
_STAY = frozenset({"stå", "bli", "ligge", "liggje"})


def stays(tokens: Sequence[Token], at: int) -> int:
    """Where "la melken stå" ends: nothing is done with it; 0 when it is not that."""
    if tokens[at].plain not in _LETS:
        return 0
    for end in range(at + 2, min(at + 5, len(tokens))):
        if tokens[end].plain in _STAY:
            return end + 1
    return 0


_BETWEEN_VERB = word_set("jo nesten vel egentlig heller så da nå visst sjelden jeg vi man en")
BEING = frozenset({"er", "var", "blir", "ble"})
_CONDITIONS = frozenset({"hvis", "når", "dersom", "fordi", "ettersom", "selv"})


def verb_before(tokens: Sequence[Token], at: int) -> str:
    """The verb that "ikke" belongs to, small words left out: "bruker jo nesten ikke"."""
    for place in range(at - 1, max(-1, at - 4), -1):
        if tokens[place].plain not in _BETWEEN_VERB:
            return tokens[place].plain
    return ""


def is_condition(tokens: Sequence[Token], at: int) -> bool:
    """Whether "ikke" stands in "hvis det ikke er", "når man ikke ser": nothing goes out by it."""
    return any(token.plain in _CONDITIONS for token in tokens[max(0, at - 3) : at])
