"""Cues that hang on what stands around them, and those that belong to a ware or a story."""

from __future__ import annotations

from collections.abc import Sequence

from bot.ordering.amount import ARTICLES, read_amount
from bot.ordering.cues import Cue, read_cue
from bot.ordering.fillers import DETERMINERS
from bot.ordering.lemmas import word_set
from bot.ordering.norwegian import Kind, Token
from bot.ordering.pieces import Piece, Tag
from bot.ordering.segment import Judge
from bot.ordering.stories import BEING, is_condition, verb_before
from bot.ordering.talk_words import VERBS
from bot.ordering.units import PACKS

#: Verbs beside "ikke" that speak of the order and not of somebody's life.
_ORDERING_VERBS = word_set(
    """
    har hadde ha tar ta tok tatt vil ville skal skulle må måtte er var blir ble bli får få fikk fått
    sa sagt mente mener mene så no da trenger trenge kjøpe kjøper bestille bestiller legge legger
    sende send sendt kan kunne husk huske gjør gjorde glemme bør
    """
)


_OTHERS = word_set(
    "de dem han hun man dere butikken naboen rema kiwi coop joker meny spar handelslaget"
)


_IDLE = word_set("like godt heller bare da så gjerne jo nå også bare med")


def own_cue(tokens: Sequence[Token], at: int, before: list[Piece]) -> tuple[Cue, int] | None:
    """Cues that hang on what stands around them."""
    words = [token.plain for token in tokens[at : at + 3]]
    previous = tokens[at - 1] if at else None
    if (
        words[0] == "ta"
        and len(words) > 1
        and (
            previous is None
            or previous.plain in ("og", "så", "men", "heller", "bare")
            or previous.kind in (Kind.COMMA, Kind.STOP)
        )
    ):
        # "og ta en juice": not "ta bort", which is a longer cue.
        longer = read_cue(tokens, at)
        after = at + 1
        while after < len(tokens) and after < at + 4 and tokens[after].plain in _IDLE:
            after += 1
        if longer is None and after < len(tokens) and read_amount(tokens, after) is not None:
            return Cue.ADD, after
        if longer is None and _takes_other(tokens, at, before):
            return Cue.ADD, after  # "dropp kaffen og ta te i stedet"
    if words[0] in ("skriv", "sett", "noter", "før") and _takes_other(tokens, at, before):
        return read_cue(tokens, at) or (Cue.ADD, at + 1)  # "stryk kaffen og skriv te"
    if (
        words[:2] == ["sa", "jeg"]
        and at + 2 < len(tokens)
        and (previous is None or previous.plain in ("nei", "men") or previous.kind is Kind.STOP)
    ):
        return Cue.CORRECTION, at + 2  # "sa jeg fiskeboller? jeg mente …"
    if words[:2] in (["har", "vi"], ["har", "jeg"]) and before and before[-1].tag is Tag.WORD:
        # "kaffe har vi": there is enough of it.
        end = at + 2
        if end < len(tokens) and tokens[end].plain in ("nok", "allerede", "masse", "fortsatt"):
            end += 1
        if (
            end >= len(tokens)
            or tokens[end].kind in (Kind.COMMA, Kind.STOP)
            or (tokens[end].plain in ("men", "så", "og", "igjen", "fra"))
        ):
            return Cue.AWAY, end
    if words[0] == "har" and words[2:] == ["nok"]:
        return Cue.NOT, at + 1  # "jeg har melk nok"
    if (
        words[0] in ("ut", "inn")
        and before
        and before[-1].tag is Tag.WORD
        and (at + 1 >= len(tokens) or tokens[at + 1].kind in (Kind.COMMA, Kind.STOP, Kind.AND))
    ):
        return (Cue.AWAY if words[0] == "ut" else Cue.ADD), at + 1  # "kaffe ut, te inn"
    if words[:2] in (["det", "var"], ["det", "er"]):
        # "det var tre egg igjen": no wish.
        for token in tokens[at + 2 : at + 9]:
            if token.plain in ("så", "men") or token.kind in (Kind.COMMA, Kind.STOP):
                break
            if token.plain == "igjen":
                return Cue.CHAT, at + 2
    if words[0] == "for" and at + 1 < len(tokens):
        # "for to uker siden fikk jeg"
        read = read_amount(tokens, at + 1)
        if read is not None and [t.plain for t in tokens[read.end + 1 : read.end + 2]] == ["siden"]:
            end = read.end + 2
            if [t.plain for t in tokens[end : end + 2]] in (["fikk", "jeg"], ["fikk", "vi"]):
                end += 2
            return Cue.CHAT, end
    return None


def _takes_other(tokens: Sequence[Token], at: int, before: list[Piece]) -> bool:
    """Whether "ta" after something that goes out says what comes: not "ta … bort"."""
    removed = any(piece.cue in (Cue.REMOVE, Cue.NOT) for piece in before if piece.tag is Tag.CUE)
    if not removed:
        return False
    rest = [token.plain for token in tokens[at + 1 : at + 7]]
    return not any(word in _GOING_OUT for word in rest)


_GOING_OUT = frozenset({"bort", "vekk", "ut", "av", "tilbake"})


def told_as_story(tokens: Sequence[Token], at: int, found: tuple[Cue, int]) -> tuple[Cue, int]:
    """A no that tells something: "jeg tør ikke gå", "de hadde ikke kaffe"."""
    cue, end = found
    words = [token.plain for token in tokens[at:end]]
    before = tokens[at - 1].plain if at else ""
    if cue is Cue.ADD and words[-1] in ("glemte", "glemt") and before in ("dere", "du", "de"):
        return Cue.CHAT, end
    if words == ["ikke", "mer"] and before in VERBS and before not in _ORDERING_VERBS:
        return Cue.CHAT, end
    if words[-1] != "ikke" or cue not in (Cue.NOT, Cue.ADD):
        return found
    if words[0] in ("har", "hadde") or words == ["ikke"]:
        subject = tokens[at - 2].plain if words == ["ikke"] and at > 1 else before
        if subject in _OTHERS and (words != ["ikke"] or before in ("har", "hadde")):
            return Cue.CHAT, end
    if words != ["ikke"]:
        return found
    following = tokens[end].plain if end < len(tokens) else ""
    doing = verb_before(tokens, at)
    if doing in VERBS and doing not in _ORDERING_VERBS:
        return Cue.CHAT, end
    if is_condition(tokens, at) or (doing in BEING and following == "så"):
        return Cue.CHAT, end  # "det er ikke så lett"
    if following in VERBS and following not in _ORDERING_VERBS:
        return Cue.FILLER, end
    return found


def is_ware_word(token: Token, judge: Judge) -> bool:
    return token.kind is Kind.WORD and judge.coverage((token.said,)) >= 0.8


#: What a ware may be without: "uten sukker" tells which one, "uten melk" takes the milk out.
_TRAITS = word_set(
    """
    salt sukker laktose gluten koffein alkohol parfyme stein steiner skinn bein ben skall fett
    kullsyre bobler fruktkjøtt skorpe tilsetninger smak
    """
)


# Cues of one ordinary word that are also parts of wares' names: only when no ware is so called.
_BROKEN_BY_WARE = frozenset({"kutt", "skip", "minus", "uten", "ingen", "utan", "utn", "ekstra"})


def cue_is_ware(
    tokens: Sequence[Token], at: int, found: tuple[Cue, int], before: list[Piece], judge: Judge
) -> bool:
    """Whether a cue's words belong to a ware here: "melk uten laktose", "bart", "mindre salt"."""
    cue, end = found
    words = [token.plain for token in tokens[at:end]]
    last = before[-1] if before else None
    after_ware = last is not None and last.tag is Tag.WORD
    if cue is Cue.NOT and words[0] in ("uten", "utan", "utn") and len(words) == 1:
        if at and tokens[at - 1].plain in ("være", "er", "vær", "bli"):
            return True  # "det må være uten sukker": how it must be, and nothing is taken out
        opens = not any(piece.tag in (Tag.WORD, Tag.CUE, Tag.AMOUNT) for piece in before)
        trait = end < len(tokens) and tokens[end].plain in _TRAITS
        if opens and (trait or (last is not None and last.word in DETERMINERS)):
            return True  # "uten sukker", "den uten salt": which one, and nothing is taken out
        told = (
            last is not None
            and last.tag is Tag.FILLER
            and (last.word in DETERMINERS or last.word in ("helst", "gjerne"))
        )
        return after_ware or (told and any(piece.tag is Tag.WORD for piece in before))
    if words == ["legg", "te"]:
        follows = end < len(tokens) and (
            is_ware_word(tokens[end], judge) or read_amount(tokens, end) is not None
        )
        return not follows
    if len(words) == 1 and words[0] in _BROKEN_BY_WARE and end < len(tokens):
        return judge.coverage((tokens[at].said, tokens[end].said)) >= 0.95
    smaller = cue is Cue.LESS and words[-1] in ("mindre", "minder") and end < len(tokens)
    if smaller and tokens[end].said in PACKS and at and tokens[at - 1].plain in ARTICLES | {"i"}:
        return True  # "kan jeg få den i en mindre pakke"
    if cue in (Cue.LESS, Cue.MORE) and len(words) == 1 and end < len(tokens) and after_ware:
        # "juice med mindre sukker", "mer" inside a name.
        return judge.coverage([last.tokens[0].said if last else "", tokens[at].said]) >= 0.99
    return False
