"""One chunk of an utterance (no comma, no cue inside) -> wares with their amounts.

Decides whether amounts stand before their wares ("to melk ett brød") or after ("melk to liter"),
and cuts words that follow each other into wares.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from bot.ordering.amount import Amount
from bot.ordering.cues import Cue
from bot.ordering.fillers import DESCRIBING, DETERMINERS
from bot.ordering.lemmas import word_set
from bot.ordering.norwegian import Token
from bot.ordering.pieces import Piece, Tag
from bot.ordering.segment import Judge, Segment, Word, cut

#: Links after which a known ware's purpose is named: "fløte til kaffen", "pølser for barna".
_PURPOSE = frozenset({"til", "for", "fra", "hos", "i", "på", "ved"})


_LACKING = frozenset({"uten", "utan", "u"})
#: How a ware is cut or packed, said after it: "jarlsberg i skiver", "brus på boks".
FORMS = word_set(
    """
    skiver skivene biter terninger strimler stykker boks bokser boksen glass glasset tube tuben
    flaske flaska flasker pose posen poser beger kartong spray sprayboks løsvekt
    """
)
#: When it is eaten, by whom and on what: what comes "til" these is the ware as it is.
_HARMLESS = word_set(
    """
    middag middagen frokost frokosten lunsj lunsjen kvelds kveldsmat kveldsmaten kvelden kaffe
    kaffen kaffien te teen helg helga helgen helgene fredag lørdag søndag mandag tirsdag onsdag
    torsdag jul jula julen påske påska påsken bursdag bursdagen selskap selskapet fest festen
    meg deg oss dere dem ham han henne barn barna barnet unger ungene ungan barnebarn barnebarna
    barnebarnet gutten jenta mannen kona kjerringa gubben gjester gjestene besøk besøket mor far
    mamma pappa bestemor bestefar naboen søster bror skole skolen tur turen hytta hytte båten
    matpakke matpakka nista niste dessert desserten maten mat suppe suppa grøt grøten brød brødet
    skiva brødskiva kake kaka kakene kaker steking baking bakinga bakst
    """
)


#: A smaller number is a number of packs.
_FEWEST_IN_PACK = 4


@dataclass(slots=True)
class Ware:
    """A ware of a chunk: its words, its amount, and the places they have in the text."""

    words: list[Token] = field(default_factory=list)
    known: float = 0.0
    amount: Amount | None = None
    start: int = -1
    end: int = -1
    relative: bool = False
    of_them: bool = False
    of_each: bool = False
    to_amount: bool = False
    determined: bool = False
    too_much: bool = False
    in_pack: bool = False  # the amount is what is in one pack: "med tolv (i)"

    def cover(self, start: int, end: int) -> None:
        """Let the span take in [start, end)."""
        self.start = start if self.start < 0 else min(self.start, start)
        self.end = max(self.end, end)

    @property
    def phrase(self) -> str:
        """The ware's own words as said."""
        out = ""
        for before, token in zip((None, *self.words), self.words, strict=False):
            # What was written as one ("7up", "1,5%") stays so.
            out += " " if before is not None and before.end != token.start else ""
            out += token.text
        return out

    @property
    def describes(self) -> bool:
        """Only adjectives: "den grønne"."""
        return bool(self.words) and all(word.plain in DESCRIBING for word in self.words)


@dataclass(slots=True)
class _Group:
    """Words that follow each other, with the amounts beside them."""

    words: list[Word] = field(default_factory=list)
    amounts: list[Piece] = field(default_factory=list)
    marks: list[Piece] = field(default_factory=list)
    to_amount: bool = False
    determined: bool = False


def read_chunk(pieces: Sequence[Piece], judge: Judge) -> tuple[list[Ware], list[Ware]]:
    """The wares of a chunk, and the groups of words that look like no ware (chatter)."""
    groups = list(_arrange(_elements(pieces)))
    wares: list[Ware] = []
    strangers: list[Ware] = []
    for group in groups:
        found = _wares(group, judge)
        for ware in found:
            ware.determined = group.determined and ware is found[0]
        wares.extend(found)
    sure = [ware for ware in wares if ware.known >= 0.5 or ware.amount is not None]
    words = sum(len(ware.words) for ware in wares)
    if not sure and words > 3:
        return [], wares
    kept: list[Ware] = []
    for ware in wares:
        stray = ware.words and ware.known < 0.5 and ware.amount is None
        (strangers if stray and (len(ware.words) > 2 or len(wares) > 3) else kept).append(ware)
    return kept, strangers


_Element = Piece | list[Word]


def _elements(pieces: Sequence[Piece]) -> list[tuple[str, object]]:
    """Runs of words, amounts ("to" when "til" stands before) and marks, in order."""
    out: list[tuple[str, object]] = []
    links: list[Token] = []
    gap = False
    determined = False
    for at, piece in enumerate(pieces):
        if piece.tag in (Tag.LINK, Tag.AND):
            links.extend(piece.tokens)
            continue
        if piece.tag is Tag.FILLER:
            gap = bool(out) and out[-1][0] == "words"
            determined = determined or any(token.plain in DETERMINERS for token in piece.tokens)
            continue
        if piece.tag is Tag.WORD:
            run = out[-1][1] if out and out[-1][0] == "words" else None
            if not isinstance(run, list):
                if determined:
                    out.append(("determined", piece))
                run, gap = [], False
                links = [link for link in links if link.plain in _LACKING]
                out.append(("words", run))
            if run and all(word.size for word in run):
                links = []  # "to halvlitere med pils"
            told = bool(run) and determined and _only_describes(pieces, at)
            gap = gap and not told
            for number, token in enumerate(piece.tokens):
                link = tuple(links) if not number else ()
                fast = told or (number > 0 and not piece.size)
                run.append(Word(token, link, gap and not number, piece.size, piece.glued or fast))
        elif piece.tag is Tag.AMOUNT:
            into = any(link.plain in ("til", "te") for link in links)
            if any(link.plain in ("med", "m") for link in links):
                piece = replace(piece, glued=True)  # "et brett med tolv": what is in one pack
            out.append(("to" if into else "amount", piece))
        else:
            out.append(("mark", piece))
        links, gap, determined = [], False, False
    run = out[-1][1] if out and out[-1][0] == "words" else None
    if links and links[-1].plain == "i" and isinstance(run, list) and run[-1].link:
        run[-1] = replace(run[-1], glued=True)  # "pølser med ost i"
    return out


def _only_describes(pieces: Sequence[Piece], at: int) -> bool:
    """Whether the word is "grønne" in "melk den grønne": it ends what is said of a ware."""
    following = pieces[at + 1] if at + 1 < len(pieces) else None
    ends = following is None or following.tag is not Tag.WORD
    return ends and pieces[at].word in DESCRIBING


def _arrange(elements: list[tuple[str, object]]) -> Iterator[_Group]:
    """Give each run of words its amounts."""
    kinds = [kind for kind, _ in elements if kind in ("words", "amount", "to")]
    after = bool(kinds) and kinds[0] == "words" and kinds[-1] != "words"
    group = _Group()
    for place, (kind, value) in enumerate(elements):
        if kind == "determined":
            if group.words or (group.amounts and after):
                yield group
                group = _Group()
            group.determined = True
        elif kind == "mark":
            assert isinstance(value, Piece)
            group.marks.append(value)
        elif kind == "words":
            assert isinstance(value, list)
            if group.words:
                yield group
                group = _Group(determined=group.determined and not group.words)
            group.words = value
        else:
            assert isinstance(value, Piece)
            rest = [k for k, _ in elements[place + 1 :] if k != "mark"]
            if kind == "to":
                group.to_amount = True
            mine = after or kind == "to" or not rest or rest[0] in ("amount", "to")
            if group.words and (mine or not rest) and _may_take(group, value):
                group.amounts.append(value)
            elif group.words:
                yield group
                group = _Group(amounts=[value])
            else:
                group.amounts.append(value)
    if group.words or group.amounts or group.marks:
        yield group


def _may_take(group: _Group, piece: Piece) -> bool:
    """Whether words that have an amount already can take one more: only a measure of the pack."""
    if not group.amounts:
        return True
    amount = piece.amount
    return amount is not None and (amount.unit in ("l", "kg") or _is_in_pack(piece))


def _is_in_pack(piece: Piece) -> bool:
    """Whether a number tells how many there are in one pack: "(et brett) med tolv"."""
    amount = piece.amount
    return (
        piece.glued
        and amount is not None
        and amount.unit in ("", "stk")
        and not amount.vague
        and amount.value == amount.value.to_integral_value()
        and amount.value >= _FEWEST_IN_PACK
    )


def _wares(group: _Group, judge: Judge) -> list[Ware]:
    amount, sizes, lost = _one_amount(group.amounts)
    segments = _merge_links(cut(group.words, judge), judge)
    segments = _merge_unknown(segments, group)
    wares: list[Ware] = []
    for segment in segments:
        first = segment.words[0]
        linked = first.link[0].plain if first.link else ""
        if wares and linked in _PURPOSE and wares[-1].known >= 0.5 and len(segment.words) <= 3:
            wares[-1].cover(first.token.start, segment.words[-1].token.end)
            continue
        ware = Ware(_tokens(segment), segment.known)
        if linked in _LACKING and not wares:
            ware.words = [first.link[0], *ware.words]  # "uten sukker" is no sukker
        ware.cover(ware.words[0].start, ware.words[-1].end)
        wares.append(ware)
    if not wares:
        wares.append(Ware())
    before = (
        not group.words
        or not group.amounts
        or (group.amounts[0].start < group.words[0].token.start)
    )
    owner = wares[0] if before else wares[-1]
    owner.amount = amount
    owner.in_pack = len(group.amounts) == 1 and _is_in_pack(group.amounts[0])
    owner.to_amount = group.to_amount
    for piece in (*group.amounts, *lost):
        owner.cover(piece.start, piece.end)
    for piece in sizes:
        owner.words = sorted([*owner.words, *piece.tokens], key=lambda token: token.start)
    for mark in group.marks:
        _apply(mark, owner)
    return wares


def _tokens(segment: Segment) -> list[Token]:
    """The words with the links between them: "makrell i tomat"."""
    out: list[Token] = []
    for word in segment.words:
        if out:
            out.extend(word.link)
        out.append(word.token)
    return out


def _apply(mark: Piece, ware: Ware) -> None:
    if mark.cue is Cue.OF_THEM:
        ware.of_them = True
    elif mark.cue is Cue.OF_EACH:
        ware.of_each = True
        if ware.amount is None:
            ware.amount = Amount(Decimal(1))
    elif mark.cue is Cue.MORE:
        ware.relative = True
        ware.too_much = mark.tokens[0].plain == "for"
        if ware.too_much and ware.amount is None:
            ware.amount = Amount(Decimal(1), vague=True)
        if "av" in [token.plain for token in mark.tokens]:
            ware.of_them = True
    elif mark.cue is Cue.LESS:
        ware.relative = True
        amount = ware.amount
        ware.too_much = any(token.plain == "for" for token in mark.tokens)
        if amount is None:
            ware.amount = Amount(Decimal(-1), vague=True)
        elif amount.value > 0:
            ware.amount = replace(amount, value=-amount.value)
    ware.cover(mark.start, mark.end)


def _one_amount(pieces: Sequence[Piece]) -> tuple[Amount | None, list[Piece], list[Piece]]:
    """One amount of several: an article gives way, a measure after a count is the pack's size."""
    if not pieces:
        return None, [], []
    if len(pieces) == 1:
        return pieces[0].amount, [], []
    real = [piece for piece in pieces if not (piece.article and not _has_unit(piece))] or [
        pieces[-1]
    ]
    kept = {id(piece) for piece in real}
    lost = [piece for piece in pieces if id(piece) not in kept]
    if len(real) == 2 and real[1].tokens[0].said in ("halve", "halv") and real[0].amount:
        # "to halve brød" are two of them.
        return real[0].amount, real[1:], lost
    first, *others = pieces
    inner = next((piece for piece in others if _is_in_pack(piece)), None)
    if inner is not None and inner.amount is not None and first.amount is not None:
        return replace(first.amount, pack_pieces=int(inner.amount.value)), [], others
    counts = [p for p in real if p.amount and p.amount.unit not in ("l", "kg")]
    measures = [p for p in real if p.amount and p.amount.unit in ("l", "kg")]
    if counts and measures:
        return counts[0].amount, measures, lost + counts[1:]
    if len(real) > 1 and real[0].amount and real[-1].amount:
        units = {piece.amount.unit for piece in real if piece.amount} - {""}
        if len(units) == 1 and real[-1].amount.unit == "" and not real[-1].amount.vague:
            return replace(real[-1].amount, unit=units.pop()), [], lost
    return real[-1].amount, [], lost


def _has_unit(piece: Piece) -> bool:
    return piece.amount is not None and piece.amount.unit != ""


def _merge_links(segments: list[Segment], judge: Judge) -> list[Segment]:
    """Tie what a link word ties and the vocabulary could not: "kaffe uten koffein"."""
    out: list[Segment] = []
    for segment in segments:
        first = segment.words[0]
        link = first.link[0].plain if first.link else ""
        tie = False
        if out and link:
            before = out[-1]
            if link in ("uten", "u", "utan", "av", "og", "&"):
                tie = True
            elif link in ("med", "m"):
                tie = segment.known < 0.8
            elif link in ("i", "på"):
                joined = judge.coverage(
                    [word.token.said for word in (*before.words, *segment.words)]
                )
                tie = before.known < 0.5 or joined >= 0.75 or segment.known < 0.5
                tie = tie or segment.words[-1].token.said in FORMS
            elif link in ("til", "for") and _says_what_for(before, segment, judge):
                # "såpe til klær" is no såpe; the shop decides, and asks when it does not know.
                tie = True
        if tie:
            before = out.pop()
            both = (*before.words, *segment.words)
            segment = Segment(both, max(before.known, segment.known))
        out.append(segment)
    return out


def _says_what_for(before: Segment, segment: Segment, judge: Judge) -> bool:
    """Whether what stands after "til" tells which ware is meant, and not only who gets it."""
    said = [word.token.said for word in segment.words]
    if before.known < 0.5 or len(said) > 1:
        return False
    if not _HARMLESS.intersection(said):
        return True
    whole = [*(word.token.said for word in before.words), segment.words[0].link[0].plain, *said]
    return judge.is_saying(whole)  # "fløte til kaffen" has a name of its own


def _merge_unknown(segments: list[Segment], group: _Group) -> list[Segment]:
    """Unknown words right after the amount and before a ware belong to it: "to zimsk kaffe"."""
    out = list(segments)
    number = 0
    while number + 1 < len(out):
        here, following = out[number], out[number + 1]
        starts = number == 0 and bool(group.amounts or group.determined)
        near = not following.words[0].gap and not following.words[0].link
        describing = all(word.token.plain in DESCRIBING for word in here.words)
        if near and (describing or (here.known < 0.5 and len(here.words) <= 2 and starts)):
            known = following.known
            out[number : number + 2] = [Segment((*here.words, *following.words), known)]
            continue
        # "egg fra frittgående høner": the rest of what a link word began.
        if (
            following.known < 0.5
            and len(following.words) == 1
            and near
            and any(word.link for word in here.words[1:])
        ):
            out[number : number + 2] = [Segment((*here.words, *following.words), here.known)]
            continue
        # Two unknown words in a row are one thing that we have no word for.
        if here.known < 0.5 and following.known < 0.5 and near:
            out[number : number + 2] = [Segment((*here.words, *following.words), 0.0)]
            continue
        number += 1
    return out
