"""What counts as a yes that sends an order, as "that was all", and as hesitation; nothing looser.

A yes is read word by word: each word must belong to agreeing, and one must be the agreement itself.
"det er greit det" sends; "det er fint vær i dag" and "ja, men …" do not.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.ordering.acts import read_act
from bot.ordering.lemmas import word_set
from bot.ordering.norwegian import Kind, Token, tokenise

_YES = word_set(
    """
    ja jo jau jada joda jepp japp yes yess jess mm mhm jatakk javisst jovisst selvfølgelig selvsagt
    riktig rett korrekt stemmer stemmær stemme stæmme stæmmer stæmm stemm stemt greit grei fint
    flott bra topp perfekt ok okei okay oki supert orden absolutt gjerne send sende sendes bestill
    bestille bestilles bekreft bekrefter godkjenn godkjent akkurat nettopp nemlig enig sikker
    passer utmerket strålende kjør
    """
)
_AROUND = word_set(
    """
    ja det den de dette er e va var blir ble så klart visst da takk tusen mange helt bare på nå
    no jeg vil kan skal du gjør i alt min mi mitt høres ut kjempe veldig sånn god godt fin for all
    del bestillingen bestillinga ordren varene inn av gårde avgårde at også vet vettu sjø kjære
    skiten dritten driten greiene hele alt sammen svarte faen
    ville ha gjøre vi snilt snill hyggelig flink av deg til min venn denne dere her og
    """
)
_NOT_YES = frozenset({"ikke", "nei", "vent", "men", "stopp", "aldri"})
#: How a question begins; "er det riktig?" asks us, it does not answer.
_ASKS = (("er",), ("var",), ("blir",), ("e",), ("skal", "jeg"), ("skal", "vi"))
_HESITANT = word_set(
    """
    jeg vet ikke helt kanskje nja tja hm hmm usikker litt tenke må få se la meg vent nå eh øh er
    lurer på om det da vi sikker riktig sånn ja nei jo skal om lurer
    """
)
_HESITATION = frozenset({"kanskje", "nja", "tja", "hm", "hmm", "usikker", "lurer", "tenke"})


def is_plain_yes(text: str) -> bool:
    """Whether all of `text` agrees, and nothing in it is about anything else."""
    words = _words(text)
    if not words or set(words) & _NOT_YES:
        return False
    if any(tuple(words[: len(asks)]) == asks for asks in _ASKS):
        return False
    if read_act(text) not in (None, "affirm", "done"):
        return False  # "ha det bra" is a goodbye
    for courtesy in (("vær", "så", "snill"), ("vær", "så", "god"), ("er", "du", "snill")):
        words = _without(words, courtesy)
    return bool(set(words) & _YES) and all(word in _YES or word in _AROUND for word in words)


def hesitates(text: str) -> bool:
    """Whether somebody has not made up their mind: "jeg vet ikke helt", "kanskje"."""
    words = _words(text)
    doubt = bool(set(words) & _HESITATION) or words[:3] == ["jeg", "vet", "ikke"]
    return doubt and all(word in _HESITANT for word in words)


_LOOKING = word_set("lappen brillene lista listen arket papiret øyeblikk vent huske")


def looks_for_it(text: str) -> bool:
    """Whether somebody needs a moment: "vent litt, så skal jeg finne lappen"."""
    words = set(_words(text))
    return bool(words & _LOOKING) and bool(words & {"vent", "finne", "øyeblikk", "hente", "lete"})


def split_done(text: str) -> tuple[str, bool]:
    """ "en loff og en kaviar det var alt" -> the order, and that it was all."""
    tokens = tokenise(text)
    for at in range(1, len(tokens)):
        tail = text[tokens[at].start :]
        if tokens[at].plain == "ikke" and _denies_ware(tokens, at):
            continue
        if len(tokens) - at <= 8 and tokens[at].kind is Kind.WORD and _is_done(tail):
            return text[: tokens[at].start].strip(" ,.;!") or "", True
    return text, False


def _denies_ware(tokens: Sequence[Token], at: int) -> bool:
    """Whether "ikke mer" is of a ware: "kattesanden trenger jeg ikke mer"."""
    return at > 2 and any(token.plain in _NEEDS for token in tokens[at - 2 : at])


_NEEDS = frozenset(("trenger", "vil", "skal", "ønsker"))


def _is_done(tail: str) -> bool:
    words = _words(tail)
    if not words or words[0] not in _DONE_FIRST:
        return False
    return read_act(tail) == "done" and not {"send", "bestill"} & set(words)


_DONE_FIRST = word_set("det da så ferdig takk og nei ikke nå de d jeg bra")


def _words(text: str) -> list[str]:
    return [token.plain for token in tokenise(text) if _is_word(token)]


def _is_word(token: Token) -> bool:
    return token.kind in (Kind.WORD, Kind.NUMBER, Kind.AND)


def _without(words: list[str], phrase: tuple[str, ...]) -> list[str]:
    size = len(phrase)
    for at in range(len(words) - size + 1):
        if tuple(words[at : at + size]) == phrase:
            return [*words[:at], *words[at + size :]]
    return words
