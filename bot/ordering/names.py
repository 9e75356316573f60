"""Names of people in what is said: "det er Astrid her", "jeg heter Hansen", "han Olaf".

A name is nobody's wish, however much a brand sounds like it.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.ordering.fillers import FILLERS
from bot.ordering.lemmas import word_set
from bot.ordering.norwegian import Kind, Token
from bot.ordering.segment import Judge

TITLES = word_set("fru frua fruen frøken herr herre doktor dr søster bror tante onkel pastor gamle")
#: What people of the generation that orders here are called; no ware is meant by them.
FIRST_NAMES = word_set(
    """
    astrid solveig ingrid gerd randi bjørg kari inger liv anne marit berit turid torill åse aase
    else eli grete gro gunvor gudrun hjørdis ingeborg jorunn karin kirsten klara laila lillian
    margit margot mari mary reidun rigmor ruth sigrid signe sigrun sissel tordis torunn unni wenche
    aud aslaug borghild dagny dagmar edel ella ester evelyn frida haldis harriet hilda jenny johanne
    judith magnhild marie martha mathilde nelly oddny olaug paula petra ragna ragnhild rakel selma
    svanhild synne thora tove valborg vigdis ågot asbjørn arne bjarne einar erling finn frank
    gunnar hans harald helge henry hilmar håkon ivar jan johan john kåre kjell knut kristian lars
    leif magne magnar martin nils odd odin ola olav olaf ole oskar per peder petter ragnvald reidar
    roald rolf rune sigurd sigvart sverre svein tor torbjørn tore torgeir torleif trygve øystein
    øyvind åge aage alf anders arild arvid birger hjalmar jens jostein karsten konrad ludvig
    """
)
_CALLED = (("jeg", "heter"), ("navnet", "er"), ("navnet", "mitt", "er"), ("mitt", "navn", "er"))
_PERSON = frozenset({"han", "hun", "ho", "hu", "na", "n"})
_SELF = (("det", "er"), ("dette", "er"), ("her", "er"), ("det", "er", "jo"), ("det", "er", "bare"))
_WHERE = frozenset({"til", "te", "fra", "i", "på", "for"})
_HERE = frozenset({"her", "igjen", "som", "ringer"})
_LONGEST = 4


def names(tokens: Sequence[Token], judge: Judge) -> set[int]:
    """Places of the tokens that are somebody's name or title."""
    found: set[int] = set()
    plains = [token.plain for token in tokens]
    found.update(_heading(tokens, judge))
    for at, token in enumerate(tokens):
        if token.kind is not Kind.WORD:
            continue
        if token.said in FIRST_NAMES and _speaks_of(tokens, at):
            found.add(at)
        if token.plain in TITLES and token.plain != "gamle":
            found.update(range(at, _end(tokens, at + 1, judge, 1)))
        for opening in _CALLED:
            if tuple(plains[at : at + len(opening)]) == opening:
                start = at + len(opening)
                found.update(range(start, _end(tokens, start, judge, 2)))
        following = at + 1
        if (
            token.plain in _PERSON
            and following < len(tokens)
            and (_is_name(tokens, following, judge, True))
        ):
            found.add(following)
        before = plains[at - 1] if at else ""
        if before in _WHERE and token.text[:1].isupper() and judge.coverage((token.said,)) < 1.0:
            if before == "te":
                found.add(at - 1)
            found.add(at)  # "på tur til Røros", "bestiller for Berit"
        for opening in _SELF:
            if tuple(plains[at : at + len(opening)]) == opening:
                found.update(_introduced(tokens, at + len(opening), judge))
    return found


def _heading(tokens: Sequence[Token], judge: Judge) -> range:
    """ "Berg 4B: melk, brød": what stands before the colon says for whom the list is."""
    for at, token in enumerate(tokens[: _LONGEST + 1]):
        if at and token.kind is Kind.COMMA and token.text == ":":
            before = [other for other in tokens[:at] if other.kind is Kind.WORD]
            sold = any(judge.coverage((other.said,)) >= 1.0 for other in before)
            return range(0) if sold else range(at)
        if token.kind not in (Kind.WORD, Kind.NUMBER):
            break
    return range(0)


def _speaks_of(tokens: Sequence[Token], at: int) -> bool:
    """Whether a first name is one here: not after a number, and not glued to a ware by "s"."""
    before = tokens[at - 1] if at else None
    return before is None or (before.kind is not Kind.NUMBER and before.plain not in _COUNTING)


_COUNTING = frozenset({"en", "et", "ei", "to", "tre", "fire", "pakke", "litt"})


def _end(tokens: Sequence[Token], at: int, judge: Judge, most: int) -> int:
    end = at
    while end < len(tokens) and end - at < most and _is_name(tokens, end, judge, False):
        end += 1
    return end


def _introduced(tokens: Sequence[Token], at: int, judge: Judge) -> range:
    """ "det er gamle fru Hansen her": the words up to "her" that may all be a name."""
    for end in range(at + 1, min(at + _LONGEST + 1, len(tokens))):
        here = tokens[end]
        if here.plain in _HERE or (here.kind is Kind.COMMA and tokens[at].text[:1].isupper()):
            inside = range(at, end)
            if all(tokens[n].plain in TITLES or _is_name(tokens, n, judge, False) for n in inside):
                return inside
            return range(0)
    return range(0)


def _is_name(tokens: Sequence[Token], at: int, judge: Judge, capital: bool) -> bool:
    """Whether a word may be a name: written so where it counts, else no word of anything else."""
    token = tokens[at]
    if token.kind is not Kind.WORD or token.plain in FILLERS:
        return False
    if token.text[:1].isupper():
        return True
    return (not capital and judge.coverage((token.said,)) < 1.0) or token.said.endswith("sen")
