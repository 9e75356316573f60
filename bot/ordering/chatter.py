"""Words said on the way to an order that name nothing the shop has: "ja, det er Solveig her"."""

import re
from dataclasses import replace

from bot.ordering.lines import OrderLine
from bot.ordering.matcher import Unknown
from bot.ordering.request import Request
from bot.ordering.shop import Shop

#: Words with which somebody asks for something.
_WISHING = re.compile(
    r"\b(?:ha|hatt|trenger|treng|treing|må|vil|skal|ska|kjøp\w*|legg|bestill\w*|ta|tar|få|fått"
    r"|ønsker|mangler|putt|skriv|glem\w*)\b",
    re.IGNORECASE,
)


def without_chatter(request: Request, text: str, shop: Shop) -> Request:
    """The request without unknown words that come before the wish and were not wished for.

    Only where words of wishing follow them and none came before: "jeg trenger drageblod" is never
    chatter. What is left out stands in `unaccounted` and `chatter`.
    """
    if len(request.lines) < 2:
        return request
    kept: list[OrderLine] = []
    told: list[tuple[int, int, str]] = []
    at = 0
    for line, following in zip(request.lines, [*request.lines, None][1:], strict=True):
        before = text[at : line.span[0]]
        at = line.span[1]
        after = "" if following is None else text[line.span[1] : following.span[0]]
        unasked = line.amount is None and line.instead_of is None and not _WISHING.search(before)
        story = unasked and bool(line.phrase) and _WISHING.search(after) is not None
        if story and isinstance(shop.matcher.match(line.phrase), Unknown):
            told.append((*line.span, text[slice(*line.span)]))
        else:
            kept.append(line)
    if not told:
        return request
    return replace(
        request,
        lines=tuple(kept),
        unaccounted=(*request.unaccounted, *told),
        chatter=(*request.chatter, *told),
    )
