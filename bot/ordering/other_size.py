"""Another pack of the ware that was spoken of last: "kan jeg få den i en mindre pakke"."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.ordering import wording
from bot.ordering.amount import Amount
from bot.ordering.catalogue import Product
from bot.ordering.context import points_only
from bot.ordering.match import Certain
from bot.ordering.pointing import words_in
from bot.ordering.request import Act, Request
from bot.ordering.talk import ProductQuestion
from bot.ordering.turn import Outcome, Turn
from bot.ordering.units import PACKS

_SMALLER = frozenset({"mindre", "minder"})
_BIGGER = frozenset({"større", "storre"})
_POINTING = frozenset({"den", "det", "de", "dem", "denne", "disse"})
_PACKING = PACKS.keys() | {"pakning", "pakninger", "størrelse", "pakninga"}


def asks_for_other_size(text: str, request: Request) -> bool:
    """Whether a smaller or a bigger pack of something already named is asked for."""
    words = set(words_in(text))
    one_way = bool(_SMALLER & words) != bool(_BIGGER & words)
    named = any(line.phrase and not points_only(line.phrase) for line in request.lines)
    return one_way and bool(_PACKING & words) and bool(_POINTING & words) and not named


def in_other_size(turn: Turn, text: str) -> Outcome | None:
    """Offer the next smaller or bigger pack; None when the words are about something else."""
    if not (_SMALLER | _BIGGER) & set(words_in(text)):
        return None
    product = _named(turn, text)
    if product is None and asks_for_other_size(text, turn.parse(text)):
        product = turn.shop.catalogue.get(turn.talk.last_product or "")
    if product is None:
        return None
    smaller = bool(_SMALLER & set(words_in(text)))
    found = _next(turn, product, smaller)
    if found is None:
        kind = "mindre" if smaller else "større"
        return turn.end([wording.no_other_size(product.full_name, kind)])
    held = turn.order.basket.line(product.product_id)
    question = ProductQuestion(
        product.full_name,
        (found.product_id,),
        Act.REPLACE.value if held is not None else Act.ADD.value,
        None if held is None else Amount(held.quantity),
        instead_of=product.product_id if held is not None else None,
    )
    turn.talk = replace(turn.talk, questions=(question, *turn.talk.questions))
    turn.propose(question)
    return turn.end([])


_ASKED = re.compile(
    r"\W*(?:(?:kan jeg få|kunne jeg få|kan vi få|finnes|finst|fins|har dere|har du|er det|fås)\s+)"
    r"(?P<ware>[^,.?!]+?)\s+i\s+(?:en\s+|ei\s+|ein\s+)?(?:mindre|større)\s+\w+\W*",
    re.IGNORECASE,
)


def _named(turn: Turn, text: str) -> Product | None:
    """The ware of "finnes kjøttdeigen i større pakke": what lies in the basket, else the shop's."""
    found = _ASKED.fullmatch(text)
    lines = turn.parse(found["ware"]).lines if found is not None else ()
    if len(lines) != 1 or not lines[0].phrase or points_only(lines[0].phrase):
        return None
    held = turn.shop.in_basket(lines[0].phrase, turn.order.basket)
    match = held if isinstance(held, Certain) else turn.shop.find(lines[0].phrase)
    return match.candidate.product if isinstance(match, Certain) else None


def _next(turn: Turn, product: Product, smaller: bool) -> Product | None:
    """The pack of the same ware that is nearest in size on the side that was asked for."""
    now = product.content
    if now is None:
        return None
    others = [
        (each.content.amount, each)
        for each in turn.shop.siblings(product)
        if each.content is not None
        and each.content.unit == now.unit
        and each.content.amount != now.amount
        and (each.content.amount < now.amount) == smaller
    ]
    chosen = max if smaller else min
    return chosen(others, key=lambda other: other[0])[1] if others else None
