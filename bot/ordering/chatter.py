"""Words said on the way to an order that name nothing the shop has: "ja, det er Solveig her"."""

import re
from dataclasses import replace

from bot.ordering.dialect import SMALL_WORDS
from bot.ordering.lines import Act, OrderLine
from bot.ordering.matcher import Unknown
from bot.ordering.norwegian import plain
from bot.ordering.request import Request
from bot.ordering.shop import Shop
from bot.ordering.talk_words import STORY_NOUNS
from bot.ordering.wares import WARES

#: Words with which somebody asks for something.
_WISHING = re.compile(
    r"\b(?:ha|hatt|trenger|treng|treing|må|vil|skal|ska|kjøp\w*|legg|bestill\w*|ta|tar|få|fått"
    r"|ønsker|mangler|putt|skriv|glem\w*)\b",
    re.IGNORECASE,
)


#: Words with which somebody tells something: what follows them is no list of wares.
_TELLING = re.compile(
    r"\b(?:jeg|eg|æ|je|han|hun|hu|ho|vi|me|de|dei|det er|det var|det e|de e|som|fordi|mens|når|du"
    r"|min|mi|mitt|mine)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[.,;!?\n]|\b(?:og|men|så)\b", re.IGNORECASE)


def _in_story(line: OrderLine, text: str, shop: Shop) -> bool:
    """Whether a word that the shop only has something like stands in a sentence of a story."""
    if not line.phrase or line.instead_of is not None:
        return False
    clause = _CLAUSE.split(text[: line.span[0]])[-1]
    if _WISHING.search(clause) or not _TELLING.search(clause):
        return False
    if any(plain(word) in WARES for word in line.phrase.split()):
        return False
    return not all(shop.vocabulary.knows(word) for word in line.phrase.split())


#: What follows a ware of which somebody only tells how it was: "kaffen var så sur".
_WAS_SO = re.compile(
    r"\s*(?:var|va|er|e|smakte|smaka|blei|ble)\s+(?:(?:jo|da|også|nå|dessverre)\s+)?"
    r"(?:(?:så|veldig|for|alt for|altfor|litt for|ganske|kjempe|ikke så|heller ikke|ikkje så)"
    r"\s+\w+|muggen|muggent|sur|sure|surt|harde?|hardt|gammel|gammelt|gamle|gode?|godt|dårlige?|ødelagt|knust|råtne?|råttent?)\b"
    r"(?!\s+(?:til|med))",
    re.IGNORECASE,
)


def _tells_how_it_was(line: OrderLine, text: str) -> bool:
    """Whether a ware was only spoken of: nobody asked for it, and it is told how it was."""
    if not line.phrase or line.instead_of is not None or line.act not in (None, Act.ADD):
        return False
    clause = _CLAUSE.split(text[: line.span[0]])[-1]
    return _WISHING.search(clause) is None and _WAS_SO.match(text[line.span[1] :]) is not None


def _of_how_it_was(line: OrderLine, text: str) -> bool:
    """Whether a phrase says how something was: "sur" of "kaffen var så sur"."""
    clause = _CLAUSE.split(text[: line.span[0]])[-1]
    said = clause + text[slice(*line.span)]
    if _OTHERS_DID.search(clause) is not None and _WISHING.search(clause) is None:
        return True
    return _WISHING.search(clause) is None and _SAYS_HOW.fullmatch(said) is not None


#: Others of whom it is told what they ate and drank.
_OTHERS_DID = re.compile(
    r"\b(?:han|hun|ho|hu|de|dem|mor|far|mamma|pappa|bestemor|bestefar|mannen|kona|broren|søsteren"
    r"|bror|søster|naboen|oldefar|oldemor|farmor|farfar|mormor|morfar)\b(?:\W+\w+){0,2}?"
    r"\W+(?:drakk|spiste|åt|likte|elska|elsket|kjøpte|lagde|laga|laget|bakte|brukte|kokte|stekte)\b",
    re.IGNORECASE,
)

_SAYS_HOW = re.compile(
    r".*\b(?:var|va|smakte|smaka|ble|blei)\s+(?:så|veldig|for|alt for|altfor|litt for|ganske)"
    r"\s+\w+",
    re.IGNORECASE | re.DOTALL,
)

_NO_WARES = (STORY_NOUNS | SMALL_WORDS) - WARES


def _names_no_ware(phrase: str) -> bool:
    """Whether a phrase is made of words for people, places and times, and of small words."""
    words = [plain(word) for word in re.findall(r"\w+", phrase)]
    return bool(words) and all(word in _NO_WARES for word in words)


def _is_talk(phrase: str, shop: Shop) -> bool:
    """Whether a phrase is only talk; what the shop has an answer to ("noe til middag") is not."""
    words = re.findall(r"\w+", phrase.casefold())
    return _names_no_ware(phrase) and not shop.vocabulary.is_saying(words)


def _without_small_words(request: Request) -> Request:
    """What could not be placed and names nothing that is sold needs no answer."""
    told = [each for each in request.unaccounted if _names_no_ware(each[2])]
    told = [each for each in told if each not in request.chatter]
    return replace(request, chatter=(*request.chatter, *told)) if told else request


def without_chatter(request: Request, text: str, shop: Shop) -> Request:
    """The request without unknown words that come before the wish and were not wished for.

    Only where words of wishing follow them and none came before: "jeg trenger drageblod" is never
    chatter. What is left out stands in `unaccounted` and `chatter`.
    """
    request = _without_small_words(request)
    if not request.lines:
        return request
    kept: list[OrderLine] = []
    told: list[tuple[int, int, str]] = []
    at = 0
    for line, following in zip(request.lines, [*request.lines, None][1:], strict=True):
        before = text[at : line.span[0]]
        at = line.span[1]
        after = "" if following is None else text[line.span[1] : following.span[0]]
        unasked = line.amount is None and line.instead_of is None and not _WISHING.search(before)
        before_wish = unasked and bool(line.phrase) and _WISHING.search(after) is not None
        story = unasked and (
            (line.act is None and _in_story(line, text, shop))
            or _tells_how_it_was(line, text)
            or (line.act is None and _of_how_it_was(line, text))
            or (line.act in (None, Act.ADD) and _is_talk(line.phrase, shop))
        )
        if story or (before_wish and isinstance(shop.matcher.match(line.phrase), Unknown)):
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
