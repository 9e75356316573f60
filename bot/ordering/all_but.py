"""Taking out everything but one ware: "ta bort alt unntatt melken", "alt unntatt melk kan bort"."""

from __future__ import annotations

import re

from bot.ordering.match import Certain
from bot.ordering.request import Act, OrderLine, Request
from bot.ordering.turn import Outcome, Turn

_BUT = r"(?:unntatt|unnateke|bortsett fra|utenom|uten|men ikke|så nær som)"
_ALL_BUT = re.compile(
    rf"(?:.*\b(?:ta|fjern|stryk|slett|kutt)\w*\b.*)?\b(?:alt|alle|allting)\b.*?\b{_BUT}\s+"
    r"(?P<kept>.+?)(?:\s+(?:kan|skal|må)?\s*(?:ta\w*\s+)?(?:bort|vekk|ut))?\W*",
    re.IGNORECASE,
)
_OUT = re.compile(r"\b(?:bort|vekk|fjern\w*|stryk\w*|slett\w*|kutt\w*|ut)\b", re.IGNORECASE)


def kept_ware(text: str) -> str | None:
    """The ware that alone is to stay; None when nothing of the kind was said."""
    found = _ALL_BUT.fullmatch(text.strip())
    return None if found is None or _OUT.search(text) is None else found["kept"]


def all_but(turn: Turn, text: str) -> Outcome | None:
    """Take out all but the ware that is named; None when that was not said.

    Which ware is kept must be certain, else nothing is taken out.
    """
    ware = kept_ware(text)
    if ware is None:
        return None
    basket = turn.order.basket
    kept = turn.shop.in_basket(ware, basket)
    if not isinstance(kept, Certain):
        return None
    lines = tuple(
        OrderLine(line.name, None, Act.REMOVE, (0, len(text)))
        for line in basket.lines
        if line.product_id != kept.candidate.product.product_id
    )
    return turn.apply(Request(lines, ()), Act.REMOVE) if lines else None
