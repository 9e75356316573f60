"""Questions about goods, told apart from orders before anything is ordered.

"har dere fiskekaker" orders nothing, and in "ta bort brødet, og hva koster kaffen" only the first
half does something. `read_inquiries` takes the questions out of a text and gives back the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from bot.ordering.amount import Amount
from bot.ordering.cues import Cue, read_cue
from bot.ordering.fillers import FILLERS
from bot.ordering.lemmas import word_set
from bot.ordering.norwegian import Kind, Token, plain, tokenise
from bot.ordering.request import parse
from bot.ordering.vocabulary import Vocabulary


class Ask(Enum):
    """What somebody wants to know."""

    PRICE = "price"
    HAVE = "have"
    KINDS = "kinds"
    SIZE = "size"
    CHEAPER = "cheaper"
    CHEAPEST = "cheapest"
    BIGGER = "bigger"
    SMALLER = "smaller"
    OFFERS = "offers"
    FACT = "fact"
    HELD = "held"
    DELIVERY_PRICE = "delivery_price"


@dataclass(frozen=True, slots=True)
class Inquiry:
    """One question about goods.

    Attributes:
        kind: what is asked.
        phrases: the wares that are named; none: what was spoken of last.
        amount: how much of it, when that was said ("har dere to pakker kaffe").
        all_of_it: "hva koster alt": it is about the whole basket.
    """

    kind: Ask
    phrases: tuple[str, ...]
    amount: Amount | None = None
    all_of_it: bool = False


_OPENINGS: dict[Ask, str] = {
    Ask.PRICE: """
    hva koster|hva kostet|hvor mye koster|hva er prisen på|hva blir prisen på|hva er prisen for
    hvor mye blir|hva blir|hvor mye kommer|hva kommer
    prisen på|pris på|hva med prisen på|hvor dyr er|hvor dyrt er|hvor dyre er|hvor mye tar dere for
    hva ta de for|hva tar de for|hva skal de ha for|hva ta dere for|koster den
    koster det|koster de|koster denne|hva tar dere for|hva skal dere ha for
    er det dyrt med|hvor mye er|hva må jeg ut med for
    hva er prisen|hvor mye kostet|hva ligger prisen på|hva skal du ha for
    """,
    Ask.SIZE: """
    hvor stor er|hvor store er|hvor stort er|hvor mye er det i|hvor mange er det i|hvor mye veier
    hvor tung er|hvor tunge er|hvilken størrelse er det på|hvilken størrelse er|hvor mange liter er
    hvor mange gram er|hvor mye rommer|hvor mange stykker er det i|hvor mange er|hva veier
    hvilken størrelse har|hvor stor pakke er|hvor mye er det oppi
    """,
    Ask.KINDS: """
    hva slags|hva for slags|hva for noe|hva for noen|hva for|hvilke slags|hvilke typer|hvilke
    hvilken type|hvilken|hvilket|hva har dere av|hva har du av|hva finnes av|hva finnes det av
    hva har dere|hvor mange slags|hva slags typer|hva er det av|har dere flere|har dere andre
    finnes det flere|finnes det andre|hva ellers har dere|hvilke andre
    """,
    Ask.HAVE: """
    har dere|har du|har butikken|fører dere|selger dere|finnes det|fins det|finst det|er det noe
    er det noen|har de|har dere ikke|har du ikke|fører du|selger du|har man
    har dere fått inn|har du fått inn
    er det mulig å få tak i|går det an å få tak i|kan dere skaffe
    """,
    Ask.OFFERS: """
    hva er på tilbud|noe på tilbud|noen tilbud|hvilke tilbud|er det tilbud|tilbud i dag
    har dere tilbud|har dere noe tilbud|har dere noe på tilbud|har dere noen tilbud
    er det noe på tilbud|er det noen tilbud|hva har dere på tilbud|er det noe tilbud
    """,
    Ask.FACT: """
    inneholder|hva inneholder|er det gluten i|er det laktose i|er det nøtter i|er det sukker i
    hvor lenge holder|når går|hvor kommer|hvem lager|hvor lages|er det egg i|er det melk i
    er det mye salt i|er det mye sukker i|er det mye fett i|hvor mye fett er det i
    hvor mye sukker er det i|hvor mange kalorier er det i|hva er det i|er det koffein i
    """,
    Ask.HELD: """
    har jeg tatt med|har jeg tatt|har jeg allerede bestilt|har jeg bestilt|har jeg fått med
    har jeg lagt til|har jeg husket|har jeg husket på|fikk jeg med|fikk du med|tok du med
    har du fått med|har du tatt med|tok jeg med|sa jeg ikke|har du skrevet opp|har du notert
    la jeg til|har jeg sagt|er det kommet med
    """,
    Ask.CHEAPEST: """
    hva er billigst|hvilken er billigst|hvilket er billigst|hvilke er billigst|hva er det billigste
    hva er den billigste|hva er rimeligst|hvilken er rimeligst|hvem er billigst
    hvilken er den billigste|hva er den rimeligste
    """,
    Ask.CHEAPER: """
    noe billigere|en billigere|et billigere|ei billigere|noen billigere|noe rimeligere
    en rimeligere|finnes det billigere|har dere billigere|er det noe billigere
    """,
}
_TABLE: dict[str, list[tuple[tuple[str, ...], Ask]]] = {}
for _kind, _rows in _OPENINGS.items():
    for _phrase in _rows.replace("\n", "|").split("|"):
        _words = tuple(plain(word) for word in _phrase.split())
        if _words:
            _TABLE.setdefault(_words[0], []).append((_words, _kind))
for _entries in _TABLE.values():
    _entries.sort(key=lambda entry: -len(entry[0]))

#: Words between those of an opening that change nothing ("hva slags brød", "har dere også").
_THROUGH = word_set("allerede da egentlig også nå så jo vel forresten egentleg eigentleg kanskje")
_BREAKING = frozenset({Cue.ADD, Cue.WANT, Cue.REMOVE, Cue.CHANGE, Cue.REPLACE, Cue.CORRECTION})
#: Words of a question around its ware.
_AROUND = word_set(
    """
    finnes fins finst har dere du de kan jeg få er det der i butikken dag nå ellers mulig å velge
    mellom selger fører dem den her hos da egentlig også for tiden inne på lager å vi noe noen
    slags typer type sorter andre flere koster en et ei ligge ligger deres av med dette
    enn mer mindre andre den satt opp skrevet notert lagt ført lista listen handlelista handlelisten
    handlekurven korga bestillingen bestillinga mye mange
    vil ha som tilby og men med har jeg tatt fått bestilt kurven pakken pakka boksen flaska flasken
    posen glasset kartongen esken pakke boks
    """
)
_TOTAL = word_set(
    """
    alt sammen hele bestillingen kurven handlekurven summen varene totalt til te alle dette vi jeg
    har på nå så langt i alt totalen regningen bestilt handlet sum
    """
)
_CARRIAGE = frozenset({"levering", "leveringen", "leveringa", "frakt", "frakten", "frakta",
                       "utkjøring", "utkjøringa", "hjemlevering", "transporten"})  # fmt: skip
_CHEAPER = frozenset({"billigere", "rimeligere", "billegare", "billigare", "rimelegare"})
_CHEAPEST = frozenset({"billigst", "billigste", "rimeligst", "rimeligste", "billigast"})
_BIGGER = frozenset({"større", "størra", "støtte"})
_SMALLER = frozenset({"mindre"})
_BY_WORD = (
    (_CHEAPER, Ask.CHEAPER),
    (_CHEAPEST, Ask.CHEAPEST),
    (_BIGGER, Ask.BIGGER),
    (_SMALLER, Ask.SMALLER),
)
_DEAR = frozenset({"dyr", "dyre", "dyrt", "dyrare"})
_PRONOUNS = frozenset({"den", "det", "de", "dem", "denne", "dette", "disse", "der", "her"})


@dataclass(frozen=True, slots=True)
class Questions:
    """What a text asks, and what else it says.

    Attributes:
        inquiries: in the order of speech.
        rest: the text without them; "" when nothing else was said.
    """

    inquiries: tuple[Inquiry, ...]
    rest: str


def read_inquiries(text: str, vocabulary: Vocabulary) -> Questions:
    """Take the questions about goods out of `text`; `vocabulary` tells wares from chatter."""
    tokens = tokenise(text)
    found: list[Inquiry] = []
    kept: list[tuple[int, int]] = []
    at = start = 0
    while at < len(tokens):
        opening = _opening(tokens, at)
        if opening is None:
            at += 1
            continue
        kind, body_at = opening
        end = _end(tokens, body_at)
        inquiry = _inquiry(text, tokens, kind, at, (body_at, end), vocabulary)
        if inquiry is None:
            at += 1
            continue
        before = text[start : tokens[at].start]
        if not inquiry.phrases and not found and (named := _named_before(before, vocabulary)):
            # "melken, hva koster den"
            inquiry = Inquiry(inquiry.kind, named, inquiry.amount)
        else:
            kept.append((start, tokens[at].start))
        found.append(inquiry)
        at = end
        start = tokens[end].start if end < len(tokens) else len(text)
    if not found:
        return Questions((), text)
    kept.append((start, len(text)))
    rest = " ".join(part for a, b in kept if (part := _trimmed(text[a:b])))
    return Questions(tuple(found), rest)


def _opening(tokens: Sequence[Token], at: int) -> tuple[Ask, int] | None:
    """The question that begins at a token: its kind and where its body begins."""
    for words, kind in _TABLE.get(tokens[at].plain, ()):
        end = _match(tokens, at, words)
        if end is not None:
            return kind, end
    first = tokens[at].plain
    window = [token.plain for token in tokens[at : at + 8]]
    if (
        first == "hvor"
        and window[1:2] in (["mange"], ["mye"])
        and "har" in window
        and ("jeg" in window or "vi" in window)
    ):
        return Ask.HELD, at + 2
    if first == "hvor" and window[1:2] in (["mange"], ["mye"]):
        for place in range(3, len(window) - 1):
            if window[place : place + 2] == ["det", "i"] and window[place - 1] == "er":
                return Ask.SIZE, at + 2  # "hvor mange poser er det i tepakken"
            if (
                window[place] in ("har", "fikk")
                and window[place + 1] in ("du", "dere")
                and (any(word in _WRITTEN for word in window[place + 2 :]))
            ):
                return Ask.HELD, at + 2  # "hvor mye melk har du satt opp"
    if first in ("står", "ligger", "er") and any(word in _LISTS for word in window[2:]):
        return Ask.HELD, at + 1  # "står kaffen på lista"
    if first == "er" and window[-1] == "med" and len(window) == len(tokens) - at > 2:
        return Ask.HELD, at + 1  # "er brunost med"
    if first == "er" and len(window) > 2 and any(_is_property(word) for word in window[2:4]):
        return Ask.FACT, at + 1  # "er lettmelken laktosefri"
    if first in ("hva", "hvor") and {"koster", "kostet", "kosta"} & set(window[1:]):
        # "(jeg lurer på) hva den kaffen koster"
        return Ask.PRICE, at + 1
    if first == "er" and any(word in _DEAR for word in window[2:5]):
        return Ask.PRICE, at + 1
    return None


_WRITTEN = frozenset({"satt", "skrevet", "notert", "bestilt", "ført", "lagt", "tatt"})
_LISTS = frozenset({"lista", "listen", "kurven", "korga", "handlelista", "handlelisten",
                    "handlekurven", "bestillingen", "bestillinga"})  # fmt: skip
_PROPERTIES = word_set(
    """
    saltet salta usaltet økologisk økologiske norsk norske fersk ferske frossen frosne holdbar
    holdbare vegansk sukkerfri søtet kokmalt filtermalt grovt grovere
    """
)


def _is_property(word: str) -> bool:
    return word in _PROPERTIES or word.endswith(("fri", "frie", "fritt"))


def _match(tokens: Sequence[Token], at: int, words: tuple[str, ...]) -> int | None:
    for number, word in enumerate(words):
        while (
            number
            and at < len(tokens)
            and tokens[at].plain in _THROUGH
            and (tokens[at].plain != word)
        ):
            at += 1
        if at >= len(tokens) or tokens[at].plain != word:
            return None
        at += 1
    return at


def _end(tokens: Sequence[Token], at: int) -> int:
    """Where a question ends: at a full stop, or where an order or the next question begins."""
    for place in range(at, len(tokens)):
        token = tokens[place]
        if token.kind is Kind.STOP:
            return place + 1
        if place == at:
            continue
        opened = _opening(tokens, place)
        if opened is not None and tokens[place - 1].plain in ("og", "eller", "men", ","):
            return place
        cue = read_cue(tokens, place)
        if cue is not None and cue[0] in _BREAKING and _content_after(tokens, cue[1]):
            return place
        if (
            token.kind is Kind.COMMA
            and place + 1 < len(tokens)
            and (tokens[place + 1].plain in ("ja", "nei", "jeg", "så", "takk", "men"))
        ):
            return place
    return len(tokens)


def _content_after(tokens: Sequence[Token], at: int) -> bool:
    return any(
        token.kind in (Kind.WORD, Kind.NUMBER) and token.plain not in FILLERS
        for token in tokens[at:]
    )


def _inquiry(
    text: str,
    tokens: Sequence[Token],
    kind: Ask,
    at: int,
    body: tuple[int, int],
    vocabulary: Vocabulary,
) -> Inquiry | None:
    inside = [t for t in tokens[slice(*body)] if t.kind is not Kind.STOP]
    words = [token.plain for token in inside]
    if "tilbud" in words:
        kind = Ask.OFFERS
    if kind in (Ask.OFFERS, Ask.FACT):
        return Inquiry(kind, ())
    for marks, special in _BY_WORD:
        if kind in (Ask.HAVE, Ask.KINDS, Ask.PRICE) and marks.intersection(words):
            kind = special
            inside = [token for token in inside if token.plain not in marks]
    if kind is Ask.PRICE and _CARRIAGE.intersection(words):
        return Inquiry(Ask.DELIVERY_PRICE, ())
    inside = [token for token in inside if token.plain not in _DEAR or kind is not Ask.PRICE]
    core = _without_edges(inside)
    total = bool(words) and all(word in _TOTAL or word in _PRONOUNS for word in words)
    if kind is Ask.PRICE and total and (set(words) - _PRONOUNS or _is_sum(tokens, at)):
        return Inquiry(kind, (), all_of_it=True)
    if not core:
        # "har du det bra" asks nothing; "hvor stor er den" does.
        if kind is Ask.HELD:
            return None
        vague = kind is Ask.HAVE and not {"den", "det", "de", "dem"}.issuperset(words)
        return None if vague or (kind in (Ask.KINDS, Ask.HAVE) and not words) else Inquiry(kind, ())
    request = parse(text[core[0].start : core[-1].end], vocabulary)
    named = [line for line in request.lines if line.phrase]
    phrases = [line.phrase for line in named]
    for line in named:
        phrases += line.or_else
    phrases += [asked for _, _, asked in request.questions if not named]
    known = [each for each in phrases if vocabulary.coverage(each.split()) >= 0.5]
    if not known and (kind in (Ask.KINDS, Ask.SIZE, Ask.HELD) or len(core) > 3 or not phrases):
        return None
    amount = named[0].amount if len(named) == 1 else None
    return Inquiry(kind, tuple(phrases), amount)


def _is_sum(tokens: Sequence[Token], at: int) -> bool:
    """ "hvor mye blir det": the whole basket, not the ware that was spoken of last."""
    return any(token.plain in ("blir", "kommer") for token in tokens[at : at + 4])


def _without_edges(tokens: list[Token]) -> list[Token]:
    start, end = 0, len(tokens)
    while start < end and _is_around(tokens[start]):
        start += 1
    while end > start and _is_around(tokens[end - 1]):
        end -= 1
    # The article says how much is asked about: "har dere en kake".
    return tokens[start:end]


def _is_around(token: Token) -> bool:
    return token.kind not in (Kind.WORD, Kind.NUMBER) or token.plain in _AROUND


def _named_before(text: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    """The ware that a pronoun in the question stands for, when nothing was ordered before it."""
    request = parse(text, vocabulary)
    lines = [line for line in request.lines if line.phrase]
    if len(lines) != 1 or lines[0].act is not None or lines[0].amount is not None:
        return ()
    return (lines[0].phrase,)


def _trimmed(text: str) -> str:
    """The rest of a text without the joints that led to the question."""
    words = text.strip(" ,;.!?\n").split()
    while words and plain(words[-1].strip(",")) in ("og", "men", "eller", "så"):
        words.pop()
    return " ".join(words).strip(" ,;")
