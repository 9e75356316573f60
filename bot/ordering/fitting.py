"""How well a text fits where the talk is: for choosing among what a recogniser may have heard.

The recogniser knows sounds; this knows the shop, what lies in the basket, what the person buys and
what was asked. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.ordering.acts import read_act
from bot.ordering.answer import read_answer, read_quantity_answer
from bot.ordering.hearing import UNHEARD
from bot.ordering.lines import Act, OrderLine
from bot.ordering.match import Certain, Choice, History
from bot.ordering.request import parse
from bot.ordering.shop import Shop

#: What each finding is worth, in natural logarithms: a reading with one more of them may be so much
#: less likely by its sound. Tuned on spoken dialogues, see docs/speech-experiments.md.
ANSWER = 2.0
ACT = 1.5
CERTAIN = 1.3
USUAL = 0.5
CHOICE = 0.3
NOT_SOLD = -2.4
NOT_HELD = -1.5
LOOSE = -1.3
UNHEARD_WORD = -0.8
#: The recogniser likes few words too much.
WORD = 0.25


@dataclass(frozen=True, slots=True)
class Situation:
    """Where a talk is.

    Attributes:
        stage: as in the contract's basket event.
        options: the product ids that were offered, in the order in which they were said.
        held: the product ids in the basket.
        history: what the person bought before.
    """

    stage: str = "ordering"
    options: tuple[str, ...] = ()
    held: frozenset[str] = frozenset()
    history: History = field(default_factory=History)


def fits(texts: Sequence[str], shop: Shop, situation: Situation) -> list[float]:
    """How much better than nothing each text fits, in natural logarithms."""
    return [_fit(text, shop, situation) for text in texts]


def _fit(text: str, shop: Shop, situation: Situation) -> float:
    known = " ".join(text.replace(UNHEARD, " ").split())
    if not known:
        return 0.0
    words = WORD * len(known.split()) + UNHEARD_WORD * text.count(UNHEARD)
    return words + _meant(known, shop, situation)


def _meant(known: str, shop: Shop, situation: Situation) -> float:
    act = read_act(known)
    if situation.stage in ("read_back", "cancelling") and act in ("affirm", "deny"):
        return ANSWER
    if situation.stage == "amount" and read_quantity_answer(known) is not None:
        return ANSWER
    if situation.stage == "choosing":
        options = [shop.catalogue[pid] for pid in situation.options if pid in shop.catalogue]
        if read_answer(known, options) is not None:
            return ANSWER
    if act is not None and act not in ("add", "remove", "change", "replace"):
        return ACT
    request = parse(known, shop.vocabulary)
    score = LOOSE * len(request.unaccounted)
    return score + sum(_of_line(line, shop, situation) for line in request.lines)


def _of_line(line: OrderLine, shop: Shop, situation: Situation) -> float:
    if not line.phrase:
        return 0.0
    match = shop.matcher.match(line.phrase, situation.history, line.amount)
    if line.act in (Act.REMOVE, Act.REPLACE):
        gone = line.phrase if line.act is Act.REMOVE else line.instead_of or ""
        if gone and not isinstance(shop.matcher.match_held(gone, situation.held), Certain):
            return NOT_HELD
    if isinstance(match, Certain):
        return CERTAIN + (USUAL if match.reason == "history" else 0.0)
    return CHOICE if isinstance(match, Choice) else NOT_SOLD
