"""What a turn comes to without what is beside the matter.

What may be struck out is learned. It is believed where the rules alone make no sense of the whole
text, or where that is long: a short text in which every word is accounted for is an order as it
stands (measured in docs/benchmarks.md).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.ordering.acts import is_fixed, read_act
from bot.ordering.dialect import SMALL_WORDS
from bot.ordering.essence import Struck, blanked
from bot.ordering.match import Unknown
from bot.ordering.norwegian import tokenise
from bot.ordering.reading import not_told, read_request
from bot.ordering.request import Request
from bot.ordering.shop import Shop

#: A text of so few words holds no story.
_SHORT = 9
#: A text of so few words is read as it stands when that makes sense.
_MIDDLING = 12
#: So few small words that are left over ask for nothing.
_SCRAPS = 3
#: Acts that a story may be taken for and that change nothing: they are believed.
_BELIEVED = frozenset(("greet", "thanks", "help", "person", "slower", "repeat"))


@dataclass(frozen=True, slots=True)
class Gist:
    """What a turn comes to.

    Attributes:
        act: what is done.
        text: what was said of it, at the same places; "" when it was only a story.
        doubted: wares that were perhaps only told of, as they were said.
    """

    act: str
    text: str
    doubted: tuple[str, ...] = ()


def beside(text: str, shop: Shop) -> Struck:
    """What of `text` is beside the matter."""
    words = len(tokenise(text))
    if words <= _SHORT or is_fixed(text):
        return Struck()
    struck = shop.strike(text)
    if not struck.spans or (words <= _MIDDLING and _makes_sense(read_request(text, shop), shop)):
        return Struck()
    return struck


def gist(act: str, text: str, shop: Shop) -> Gist:
    """A turn without what is beside the matter.

    Who only tells something wants nothing: whatever it was heard as, it changes no basket.
    """
    struck = beside(text, shop)
    if not struck.spans:
        return Gist(act, text)
    kept = blanked(text, struck.spans)
    doubted = _other_wares((text[start:end] for start, end in struck.doubted), kept, shop)
    if _asks_nothing(kept):
        return Gist(act if act in _BELIEVED else "out_of_scope", "", doubted)
    return Gist(act, kept, doubted)


def left_of(text: str, shop: Shop) -> str:
    """The text of the turn's gist alone; all of it when it was only a story."""
    kept = blanked(text, beside(text, shop).spans)
    return text if _asks_nothing(kept) else kept


def _asks_nothing(kept: str) -> bool:
    """Whether what is left is a few small words and no act."""
    left = tokenise(kept)
    small = len(left) <= _SCRAPS and all(each.plain in SMALL_WORDS for each in left)
    return small and not read_act(kept)


def _makes_sense(request: Request, shop: Shop) -> bool:
    """Whether each line, if any, is one ware that the shop has, and nothing is left over."""
    phrases = [line.phrase for line in request.lines]
    return (
        not not_told(request)
        and len(set(phrases)) == len(phrases)
        and all(each and not isinstance(shop.find(each), Unknown) for each in phrases)
    )


def _other_wares(doubted: Iterable[str], kept: str, shop: Shop) -> tuple[str, ...]:
    """The doubted wares that what is kept does not name in other words ("kaffen … evergood")."""
    told = tuple(dict.fromkeys(doubted))
    if not told or not kept.strip():
        return told
    shelves = {shelf for line in read_request(kept, shop).lines if line.phrase
               for shelf in _shelves(line.phrase, shop)}  # fmt: skip
    return tuple(each for each in told if shelves.isdisjoint(_shelves(each, shop)))


def _shelves(phrase: str, shop: Shop) -> set[str]:
    return {each.product.category for each in shop.find(phrase).candidates}
