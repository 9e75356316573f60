"""A broad word that is explained by an example: "noe pålegg, brunost for eksempel"."""

import re
from dataclasses import replace

from bot.ordering.matcher import Choice, Match, Unknown
from bot.ordering.request import Act, Request
from bot.ordering.shop import Shop

_MARK = re.compile(
    r"\b(?:for eksempel|f\.?eks|til dømes|te dømes|sånn som|slik som|som for eksempel|gjerne|helst"
    r"|kanskje|aller helst|som)\b",
    re.IGNORECASE,
)


def without_broad(request: Request, text: str, shop: Shop) -> Request:
    """The request without broad words ("pålegg") that an example beside them makes precise.

    What the example names is the wish; the broad word belongs to its line.
    """
    request = _without_counted(request, shop)
    if len(request.lines) < 2 or _MARK.search(text) is None:
        return request
    lines = list(request.lines)
    for broad, precise in zip(request.lines, request.lines[1:], strict=False):
        if {broad.act, precise.act} - {None, Act.ADD} or not (broad.phrase and precise.phrase):
            continue
        around = text[broad.span[1] : precise.span[0]] + _tail(text, precise.span[1])
        match = shop.matcher.match(broad.phrase)
        if _MARK.search(around) is None or not _is_broad(match, precise.phrase, around, shop):
            continue
        amount = precise.amount if precise.amount is not None else broad.amount
        amount = None if amount is not None and amount.vague else amount
        span = (broad.span[0], precise.span[1])
        lines[lines.index(precise)] = replace(precise, amount=amount, span=span)
        lines.remove(broad)
    return replace(request, lines=tuple(lines))


def _without_counted(request: Request, shop: Shop) -> Request:
    """ "To aviser, Aftenposten og Hjemmet": the two that are named are the two that are wished."""
    for at, broad in enumerate(request.lines):
        amount = broad.amount
        if amount is None or amount.vague or amount.unit or not 2 <= amount.value <= _MOST_NAMED:
            continue
        named = request.lines[at + 1 : at + 1 + int(amount.value)]
        plain = all(
            each.phrase and each.amount is None and each.act in (None, broad.act) for each in named
        )
        match = shop.matcher.match(broad.phrase) if broad.phrase and plain else None
        if len(named) != amount.value or not isinstance(match, Choice) or not match.question:
            continue
        shelves = {each.product.category for each in match.candidates}
        found = [shop.matcher.match(each.phrase).candidates[:1] for each in named]
        if all(first and first[0].product.category in shelves for first in found):
            first = replace(named[0], span=(broad.span[0], named[0].span[1]), act=broad.act)
            rest = request.lines[at + 2 :]
            return replace(request, lines=(*request.lines[:at], first, *rest))
    return request


_MOST_NAMED = 5
_FIRMLY = re.compile(r"\b(?:for eksempel|f\.?eks|til dømes|te dømes|sånn som|slik som)\b", re.I)


def _is_broad(match: Match, precise: str, around: str, shop: Shop) -> bool:
    """Whether the first ware is explained by the second: a broad word, or a kind of the same shelf.

    "Mykt brød, loff for eksempel" is a loff; "epler, kanskje pærer" are two wares.
    """
    if isinstance(match, Choice) and match.question:
        return True
    if _FIRMLY.search(around) is None or isinstance(match, Unknown):
        return False
    example = shop.matcher.match(precise)
    if isinstance(example, Unknown):
        return False
    return match.candidates[0].product.category == example.candidates[0].product.category


def _tail(text: str, at: int) -> str:
    """The few words after a place, up to the next mark: "brunost *for eksempel*, og brød"."""
    return re.split(r"[,.;!?]|\bog\b", text[at : at + 24])[0]
