"""What a learned act is worth where the words themselves say otherwise.

The classifier has seen a few thousand sentences; a cue ("ta bort"), a question word or a plea for
a person is certain. The talk and its evaluation both ask here, so that they agree.
"""

from __future__ import annotations

import re

from bot.ordering.acts import read_act
from bot.ordering.context import WITHOUT_PRODUCT
from bot.ordering.lines import Act, Request

EDITS = frozenset(("add", "remove", "change", "replace"))
_ASKING = re.compile(
    r"\b(?:hva|ka|kva|hvor|kor|åssen|hvilke\w*|kost\w*|pris\w*|dyrt?|dyre|sum\w*|betal\w*|kroner?"
    r"|total\w*|regning\w*|til sammen|te sammen|når|levering\w*|frakt)\b",
    re.IGNORECASE,
)
_TALK_WITH = re.compile(
    r"\b(?:snakke?r?|prate?r?|få tak i|få fatt i|ringe?|sett meg over)\b(?:\W+\w+){0,3}?"
    r"\W+(?:med|me|mæ|til|i)\W+(?:\w+\W+){0,3}?(?:menneske\w*|noen|nokon|nån|folk|person\w*|en som"
    r"|ein som|hun som|ho som|han som|dere|dokker|ansatt\w*|pleier\w*|hjelper\w*|sjef\w*"
    r"|hjemmehjelp\w*|heimehjelp\w*|hjemmesykepleie\w*|hjemmetjeneste\w*|vakt\w*|ekte)\b",
    re.IGNORECASE,
)


def asks_for_person(text: str) -> bool:
    """Whether somebody wants to talk with a person: "kan jeg få snakke med hun som pleier …"."""
    return _TALK_WITH.search(text) is not None


_JOINT = re.compile(r"\s*(?:[,.;!?]+\s*(?:(?:og|men)\b)?|\b(?:og|men)\b)\s*", re.IGNORECASE)
#: Acts that may follow another in one breath.
_UNDOING = re.compile(r"\b(?:angr\w*|tilbake|siste?|omgjør|reverser)\b", re.IGNORECASE)
_AFTERWARDS = frozenset(("slower", "basket", "delivery", "person", "help"))


def two_acts(text: str) -> tuple[str, str | None, str, str | None] | None:
    """ "angre det, og snakk litt saktere": the two parts, each with its act where it is certain."""
    if read_act(text) is not None:
        return None
    for joint in _JOINT.finditer(text):
        head, tail = text[: joint.start()].strip(), text[joint.end() :].strip()
        if not head or not tail:
            continue
        first, second = read_act(head), read_act(tail)
        undone = first == "undo" and _UNDOING.search(head) is not None
        if (second in _AFTERWARDS and first != second) or undone or first == "slower":
            return head, first, tail, second
    return None


def may_be_order(act: str, text: str, request: Request) -> bool:
    """Whether `act` may be wrong because the words order something; the wares decide then."""
    known = read_act(text)
    if known not in (None, *EDITS):
        return False
    if act in WITHOUT_PRODUCT:
        return True
    if act not in ("price", "delivery"):
        return False
    acting = any(line.act is not None and line.phrase for line in request.lines)
    return acting or _ASKING.search(text) is None


def edit_of(act: str, text: str, request: Request, held: bool) -> str:
    """The edit that lines without a cue of their own do; what is not `held` cannot go out."""
    if act != "remove" or read_act(text) == "remove" or held:
        return act
    return act if any(line.act is Act.REMOVE for line in request.lines) else "add"
