"""A text as the talk reads it: its order lines, without stories and what examples explain."""

from __future__ import annotations

from bot.ordering.chatter import without_chatter
from bot.ordering.examples import without_broad
from bot.ordering.names import names
from bot.ordering.norwegian import tokenise
from bot.ordering.request import Request, parse
from bot.ordering.segment import Judge
from bot.ordering.settling import settled
from bot.ordering.shop import Shop


def read_request(text: str, shop: Shop) -> Request:
    """What `text` asks `shop` for; what was only told stands in `chatter`."""
    request = parse(text, shop.vocabulary)
    return settled(without_broad(without_chatter(request, text, shop), text, shop), text)


def not_told(request: Request) -> tuple[str, ...]:
    """The texts that must be said back: those that found no place and tell no story."""
    told = {text for *_, text in request.chatter}
    return tuple(text for *_, text in request.unaccounted if text not in told)


def introduces(text: str, shop: Shop) -> bool:
    """Whether somebody only says who they are: "ja god dag, det er gamle fru Hansen her"."""
    request = read_request(text, shop)
    if request.lines or not_told(request):
        return False
    return bool(names(tokenise(text), Judge(shop.vocabulary)))
