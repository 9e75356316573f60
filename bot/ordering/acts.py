"""Dialogue acts that are certain from the words alone; all else is left to the classifier.

An utterance is read only when ALL of it, apart from hesitation and politeness, is a known phrase:
"ja takk" is yes, "ja takk to liter melk" is not. Phrases are in bokmål; dialect function words
have been made alike by `bot.ordering.norwegian`, and what remains of dialect stands in the table.
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.ordering.act_phrases import ACT_PHRASES
from bot.ordering.amount import read_amount
from bot.ordering.cues import Cue, read_cue
from bot.ordering.lemmas import word_set
from bot.ordering.norwegian import Kind, Token, plain, tokenise

_PHRASES: dict[tuple[str, ...], str] = {}
for _act, _rows in ACT_PHRASES.items():
    for _phrase in _rows.replace("\n", "|").split("|"):
        # Table phrases go through the same mapping as speech, so both always meet.
        _words = tuple(plain(word) for word in _phrase.split())
        if _words:
            _PHRASES.setdefault(_words, _act)

# Hesitation and politeness that change nothing, wherever they stand.
_IDLE = word_set(
    """
    eh øh æh ehm øhm hm hmm hmmm øøh eee liksom altså vel nå du vennligst please bare jo da
    egentlig så også kanskje takk å tusen mange ja nei men og assa ass alså dere snill vær gjerne
    litt helt
    """
)
# What may be left out at the edges only, tried after the whole.
_EDGE = _IDLE | frozenset({"ok", "okei", "okay", "hei", "hallo", "unnskyld", "jeg", "kan", "aha"})
_MOST_WORDS = 14


def read_act(text: str) -> str | None:
    """The act that `text` certainly is, or None.

    Returns one of the acts of the dialogue ("greet", "basket", "price", "choose", "usual", "undo",
    "repeat", "slower", "help", "person", "cancel", "delivery", "done", "affirm", "deny", "thanks",
    "add", "remove", "change", "replace"). "0" is always a person.
    """
    tokens = tokenise(text)
    words = [token for token in tokens if token.kind in (Kind.WORD, Kind.NUMBER, Kind.AND)]
    if not words:
        return None
    found = _whole(tuple(token.plain for token in words))
    if found is not None:
        return found
    return _explicit(words)


def is_fixed(text: str) -> bool:
    """Whether the whole of `text` is an expression that always means one act: "det var alt"."""
    words = tuple(
        token.plain for token in tokenise(text) if token.kind in (Kind.WORD, Kind.NUMBER, Kind.AND)
    )
    return bool(words) and _whole(words) is not None


def _whole(words: tuple[str, ...]) -> str | None:
    if len(words) > _MOST_WORDS:
        return None
    words = tuple(word for word in words if word not in _NOISE) or words
    found = _PHRASES.get(words)
    if found is not None:
        return found
    # Repeated words ("ja ja ja", "nei nei nei") are one.
    single = tuple(word for at, word in enumerate(words) if not at or words[at - 1] != word)
    found = _PHRASES.get(single)
    if found is not None:
        return found
    return _without_edges(single)


_NOISE = frozenset({"eh", "øh", "æh", "ehm", "øhm", "hm", "hmm", "hmmm", "øøh", "eee", "altså",
                    "liksom", "unk", "please", "vennligst", "assa", "alså"})  # fmt: skip
# Parts that two acts may have in a row; the later, weightier one counts: "nei takk, det var alt".
_YES_NO = frozenset({"affirm", "deny", "greet", "thanks"})


def _without_edges(words: tuple[str, ...]) -> str | None:
    """Leave politeness off the edges; "ja" and "nei" only before a phrase that agrees with them."""
    if any(word == "vær" and after not in ("så", "snill") for word, after in _pairs(words)):
        return None  # "det er fint vær i dag" agrees to nothing
    for size in range(len(words) - 1, 0, -1):
        for start in range(len(words) - size + 1):
            act = _PHRASES.get(words[start : start + size])
            if act is None:
                continue
            before, after = words[:start], words[start + size :]
            rest = [word for word in (*before, *after) if word not in _POLITE]
            if not rest:
                return act
            firm = tuple(word for word in before if word not in _POLITE)
            other = _PHRASES.get(before) or _PHRASES.get(firm) if before else None
            last = _PHRASES.get(after) if after else None
            if other in _YES_NO and not after and act not in ("undo",):
                if {other, act} == {"affirm", "deny"}:
                    return None
                return act if act != "thanks" else other
            if last == "thanks" and not before:
                return act
            return None
    return None


def _pairs(words: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    return zip(words, (*words[1:], ""), strict=True)


_POLITE = word_set(
    """
    takk vær så snill du da nå kan jo vel bare kanskje egentlig gjerne hei hallo og men litt også
    dere unnskyld ok okei okay aha å ditt din den er helt lissom nok igjen for i dag
    """
)

_FIRM = {Cue.ADD: "add", Cue.REMOVE: "remove", Cue.REPLACE: "replace", Cue.CHANGE: "change"}
# Cues of these words alone are not certain: "bare", "gjør", "glem", "husk" and the like.
_WEAK = frozenset({"bare", "kun", "gjør", "glem", "minus", "pluss", "samt", "dessuten", "skal",
                   "skulle", "vil", "trenger", "holder", "det", "kutt", "skip", "angre", "angrer",
                   "doble", "halver", "halvere", "øk", "øke", "i", "ut", "opp", "ned", "glemt",
                   "glemte", "har", "hadde", "slutt", "tom", "tomme", "er", "gått", "nøye", "utgår",
                   "nøyer", "klarer", "greier", "unntatt", "bortsett", "utenom", "foruten", "med",
                   "ombestemte", "rett", "korriger", "bort", "vekk", "få", "ha"})  # fmt: skip
_OPENERS = word_set(
    """
    ja hei hallo kan du dere kunne vil vær så snill eh øh jeg jo ok okei takk nå da å og få bare
    men litt unnskyld skal må gjerne
    """
)


_PRICE = frozenset(
    {"hva koster", "hva kostet", "hvor mye koster", "hva er prisen på", "hva blir prisen på",
     "prisen på", "pris på", "hva med prisen"}
)  # fmt: skip


def _explicit(words: list[Token]) -> str | None:
    """An order that opens with its verb: "legg til to melk", "nei, jeg mente to"."""
    if _mends_number(words):
        return "change"
    at = 0
    while at < len(words) and words[at].plain in _OPENERS:
        opening = read_cue(words, at)
        if opening is not None and opening[0] is not Cue.FILLER:
            break
        at = opening[1] if opening is not None else at + 1
    at = min(at, len(words) - 1)
    cue = read_cue(words, at)
    if cue is None:
        return None
    kind, end = cue
    if end >= len(words):
        return None
    first = next((w.plain for w in words[at:end] if w.plain not in _OPENERS), words[at].plain)
    if kind is Cue.QUESTION and " ".join(token.plain for token in words[at:end]) in _PRICE:
        return None if _has_other_act(words, end) else "price"
    if kind is Cue.CORRECTION:
        read = read_amount(words, end)
        if read is not None and not read.article and read.end >= len(words):
            return "change"
        if read is not None and read.end >= len(words) and len(words) - end == 1:
            return "change"
        return None
    if _has_other_act(words, end):
        return None
    if kind in _FIRM and first not in _WEAK:
        act = _FIRM[kind]
        return act if kind is not Cue.REPLACE or _swaps(words, end) else None
    return None


def _mends_number(words: list[Token]) -> bool:
    """ "nei ikke to, en": one number for another, and nothing else."""
    at = 1 if words[0].plain == "nei" else 0
    if at + 1 >= len(words) or words[at].plain != "ikke":
        return False
    wrong = read_amount(words, at + 1)
    right = read_amount(words, wrong.end) if wrong is not None and wrong.end < len(words) else None
    return right is not None and right.end == len(words)


def _has_other_act(words: list[Token], start: int) -> bool:
    for at in range(start, len(words)):
        cue = read_cue(words, at)
        if cue is not None and cue[0] in (Cue.REMOVE, Cue.NOT, Cue.QUESTION, Cue.ADD, Cue.CHANGE):
            return True
    return False


def _swaps(words: list[Token], start: int) -> bool:
    return any(word.plain in ("med", "mot", "til", "for") for word in words[start:])
