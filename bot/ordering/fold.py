"""Chunks folded into order lines: acts that carry over, corrections, exchanges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.ordering.chunk import FORMS, Ware, read_chunk
from bot.ordering.cues import Cue
from bot.ordering.fillers import DESCRIBING, DETERMINERS
from bot.ordering.fold_adding import add
from bot.ordering.fold_end import settle
from bot.ordering.fold_exchanges import in_stead, on_instead, swapped
from bot.ordering.fold_state import (
    FoldState,
    Span,
    alike,
    holds,
    read_all,
)
from bot.ordering.lines import Act, OrderLine
from bot.ordering.pieces import Piece, Tag
from bot.ordering.segment import Judge
from bot.ordering.talk_words import AT_HOME, PEOPLE
from bot.ordering.units import PACKS

#: Marks that belong to the amount or the ware beside them, not between chunks.
_INSIDE = frozenset({Cue.MORE, Cue.LESS, Cue.OF_THEM, Cue.OF_EACH})
_BREAKS = frozenset({Tag.COMMA, Tag.STOP, Tag.AND})
_THE_LAST = frozenset({"siste", "sist", "forrige"}) | DETERMINERS
#: A link that opens a remark after a comma says more of the ware before it.
_QUALIFYING = frozenset({"med", "m", "uten", "utan", "u"})
_RATHER = frozenset({"helst", "gjerne"})
#: Asides that ask for nothing: "noe til pølsene, sennep", "la melken stå".
_NEEDS_NO_ANSWER = PEOPLE | AT_HOME | {"noe", "la", "lat", "lar", "bords", "etasje"}
#: "Har nok melk, men trenger brød": nothing takes the place of what there is enough of.
_ENOUGH = frozenset({"nok", "allerede", "fortsatt", "masse"})
_QUOTING = frozenset({"sa", "bestilte", "ba"})
_MEANT = frozenset({"mente", "mener", "feil", "unnskyld", "rettere", "galt", "ombestemte"})


class _Folder(FoldState):
    """Walks through the pieces of an utterance."""

    def run(self, pieces: Sequence[Piece]) -> None:
        for at, piece in enumerate(pieces):
            if piece.tag in _BREAKS or (piece.tag is Tag.CUE and piece.cue not in _INSIDE):
                self.flush()
                if piece.tag is Tag.CUE:
                    self.on_cue(piece, _is_empty_after(pieces, at))
                else:
                    self.on_break(piece.tag, pieces, at)
            else:
                if _mends_number(pieces, at):
                    self.flush()
                    self.on_break(Tag.COMMA, pieces, at)
                self.chunk.append(piece)
        self.flush()
        settle(self)

    def on_break(self, tag: Tag, pieces: Sequence[Piece], at: int) -> None:
        self.in_brackets = pieces[at].tokens[0].text == "("
        if tag is Tag.AND:
            if self.correction and not self.meant and self.items:
                self.correction = False  # "nei … og brød" says what else, not what was wrong
            return
        if self.one:
            self.act, self.one = self.act_before, False
        if tag is Tag.STOP:
            self.act = None
            self.swap = False
        self.asking = False
        self.or_at = None
        self.clause += 1

    def on_cue(self, piece: Piece, empty: bool) -> None:
        cue = piece.cue
        mine_now = [item for item in self.items if item.clause == self.clause]
        mine = [item for item in mine_now if item.act is None]
        if cue in (Cue.ADD, Cue.WANT):
            self.asking = False
            plains = [token.plain for token in piece.tokens]
            self.should_be = bool(mine) and plains[-1] in ("vært", "være") and len(plains) == 2
            if empty and not mine_now and self.told is not None and self.take_told():
                return
            if cue is Cue.ADD:
                self.but = None  # "nei takk ikke poser, men jeg glemte kaffefilter"
            if empty and mine and not self.correction:
                for item in mine:
                    item.act = Act.ADD
                return
            if empty and mine_now and mine_now[-1].one and mine_now[-1].ware.amount:
                # "ikke brød, så et grovbrød må jeg ha"
                mine_now[-1].act, mine_now[-1].one = Act.ADD, False
                return
            self.set_act(Act.ADD)
        elif cue in (Cue.REMOVE, Cue.NOT):
            self.asking = False
            if empty and (mine or (self.items and not self.correction)):
                for item in mine or self.items[-1:]:
                    item.act, item.one = Act.REMOVE, cue is Cue.NOT
                return
            if cue is Cue.NOT and self.having and not self.items:
                self.lacking = True
                self.set_act(Act.ADD)  # "i skapet har jeg havregryn, men ikke sukker"
                return
            self.set_act(Act.REMOVE, one=cue is Cue.NOT)
            self.enough = any(token.plain in _ENOUGH for token in piece.tokens)
            self.fresh = True
            if not self.items and any(token.plain in DETERMINERS for token in piece.tokens):
                # "ta den ut": the ware touched last.
                self.push(Ware(start=piece.start, end=piece.end), Act.REMOVE)
                self.fresh = False
        elif cue is Cue.AWAY:
            for item in mine_now or ([self.current] if self.current else []):
                item.act = Act.REMOVE
        elif cue is Cue.CHANGE:
            only = any(token.plain in ("bare", "kun", "holder", "nok", "nøye", "nøyer", "klarer")
                       for token in piece.tokens)  # fmt: skip
            if only:
                self.only = True
                self.no_more = piece.word == "kun"
                if empty and mine and mine[-1].ware.amount is not None:
                    mine[-1].act, self.only = Act.CHANGE, False  # "én leverpostei er nok"
            else:
                self.set_act(Act.CHANGE, keep_clause=True)
                self.fresh = True
        elif cue is Cue.REPLACE and empty and not self.items:
            self.set_act(None)  # "bytt om, ta loff i stedet for kneipp"
        elif cue is Cue.REPLACE:
            self.set_act(None)
            self.swap = True
        elif cue is Cue.INSTEAD:
            on_instead(self, mine)
        elif cue is Cue.IN_STEAD:
            if self.items and self.items[-1].act is not Act.REMOVE:
                in_stead(self, self.items[-1])
            else:
                self.rather = True
        elif cue is Cue.RATHER:
            if empty and mine:
                in_stead(self, mine[-1])
            elif not empty or self.items:
                self.rather = True
                if self.act is Act.REMOVE:
                    self.act, self.one = None, False
        elif cue is Cue.THAN:
            if self.items and (self.items[-1].rather or self.rather):
                self.wants_old = self.items[-1]
        elif cue is Cue.CORRECTION:
            words = {token.plain for token in piece.tokens}
            if empty and words & _MEANT and "mente" in words and mine_now and not self.correction:
                # "det var lettmelk jeg mente": it mends what was said a turn ago.
                item = mine_now[-1]
                gone = [each for each in mine_now[:-1] or self.items[-2:-1] if each.one]
                if gone and item.ware.words and gone[-1].act is Act.REMOVE:
                    self.merge_swap(gone[-1], item)  # "ikke appelsiner, klementiner mente jeg"
                elif item.ware.words:
                    item.act, item.instead_of = Act.REPLACE, ""
                else:
                    item.act = Act.CHANGE
                return
            if empty and words & _QUOTING and mine_now and mine_now[-1].act is not Act.REMOVE:
                return  # "den osten jeg ba om"
            if self.one and words & (_QUOTING | _MEANT):
                self.act, self.one = self.act_before, False  # "ikke loff, jeg mente grovbrød"
            self.correction = True
            self.only = False
            self.quoting = bool(words & _QUOTING)
            self.meant = self.meant or bool(words & _MEANT)
            self.asking = False
        elif cue is Cue.BUT:
            if self.items and self.items[-1].one and not self.items[-1].enough:
                self.but = self.items[-1]
            if self.one:
                self.act, self.one = None, False
            self.asking = False
            self.clause += 1
        elif cue is Cue.OR:
            self.or_at = piece.start
        elif cue in (Cue.QUESTION, Cue.CHAT):
            self.asking = True
            told = {token.plain for token in piece.tokens}
            self.having = "har" in told and bool(told & {"jeg", "vi"})
            self.chatting = self.story_begins = cue is Cue.CHAT
            self.clause += 1

    def set_act(self, act: Act | None, one: bool = False, keep_clause: bool = False) -> None:
        if not self.one:
            self.act_before = self.act
        self.act, self.one = act, one
        self.swap = False
        self.fresh = False
        if not keep_clause:
            self.clause += 1

    def flush(self) -> None:
        chunk, self.chunk = self.chunk, []
        for piece in chunk:
            if piece.tag is Tag.ASIDE:
                self.loose.append((piece.start, piece.end))
                where = len(piece.tokens[-1].text) == 1  # "i 3B"
                if where or any(token.plain in _NEEDS_NO_ANSWER for token in piece.tokens):
                    self.chatter.append((piece.start, piece.end))
        chunk = [piece for piece in chunk if piece.tag is not Tag.ASIDE]
        content = [p for p in chunk if p.tag in (Tag.WORD, Tag.AMOUNT) or p.cue in _INSIDE]
        if not content:
            self.on_determiner(chunk)
            return
        if self.asking:
            if self.chatting:
                self.told = self.named_ware(chunk) or self.told
                self.loose.append((content[0].start, content[-1].end))
                counted = any(piece.tag is Tag.AMOUNT and not piece.article for piece in content)
                hidden = self.names_ware(content) and (counted or not self.story_begins)
                if not hidden:
                    self.chatter.append(self.loose[-1])
                self.story_begins = False
            else:
                self.asked.append(chunk)
            return
        if (self.swap or self.act is Act.CHANGE) and swapped(self, chunk):
            return
        wares, strangers = read_chunk(chunk, self.judge)
        if self.told_closer(chunk, wares, strangers):
            return
        if strangers and not wares and self.expects_ware(strangers):
            wares, strangers = strangers, []
        self.loose.extend((ware.start, ware.end) for ware in strangers)
        for ware in wares:
            add(self, ware)
            self.take_negated()

    def told_closer(self, chunk: list[Piece], wares: list[Ware], strangers: list[Ware]) -> bool:
        """ "yoghurt, helst med jordbær", "brunost, men den uten geitemelk": more of the ware."""
        if not self.items or len(wares) + len(strangers) != 1:
            return False
        last, ware = self.items[-1], (*wares, *strangers)[0]
        if not last.ware.words or not ware.words or ware.amount is not None or ware.relative:
            return False
        if last.act is Act.REMOVE or self.act is Act.REMOVE or self.correction:
            return False
        links = [piece.word for piece in chunk if piece.tag is Tag.LINK]
        first = next((p for p in chunk if p.tag is not Tag.FILLER), chunk[0])
        rather = any(piece.word in _RATHER for piece in chunk if piece.tag is Tag.FILLER)
        packed = all(word.plain in DESCRIBING or word.plain in PACKS for word in ware.words)
        if packed and any(word.plain in PACKS for word in ware.words):
            # "ketchup, stor flaske"
            last.ware.words = [*ware.words, *last.ware.words]
            last.cover(ware.start, ware.end)
            return True
        cut = links[:1] in (["i"], ["på"]) and all(word.plain in FORMS for word in ware.words)
        if first.tag is Tag.LINK and (links[0] in _QUALIFYING or cut):
            said = [word for piece in chunk if piece.tag is Tag.LINK for word in piece.tokens][:1]
            last.ware.words = [*last.ware.words, *said, *ware.words]
        elif (
            rather
            and self.judge.coverage([*(word.said for word in ware.words), last.ware.words[0].said])
            >= 0.9
            and not alike(ware, last.ware)
        ):
            last.ware.words = [*ware.words, *last.ware.words]
        else:
            return False
        last.cover(ware.start, ware.end)
        return True

    def names_ware(self, content: Sequence[Piece]) -> bool:
        """Whether words of a story name a ware: then they are said back, to be on the safe side."""
        return any(
            self.judge.coverage((token.said,)) >= 0.95
            for piece in content
            if piece.tag is Tag.WORD
            for token in piece.tokens
        )

    def named_ware(self, chunk: list[Piece]) -> Ware | None:
        """The ware that a story speaks of, for "… så jeg tar to av dem"."""
        named = [
            ware
            for ware in read_all(chunk, self.judge)
            if ware.words and ware.known >= 0.95 and not ware.describes
        ]
        if named:
            return named[-1]
        for token in (token for piece in chunk if piece.tag is Tag.WORD for token in piece.tokens):
            if self.judge.coverage((token.said,)) >= 0.9 and token.plain not in DESCRIBING:
                return Ware([token], 1.0, start=token.start, end=token.end)
        return None

    def take_told(self) -> bool:
        """ "… så det vil jeg ha": the ware that the story spoke of."""
        ware, self.told = self.told, None
        if ware is None or any(item.act or item.ware.amount for item in self.items):
            return False
        ware.amount = None
        self.chatter += [span for span in self.loose if holds(span, ware)]
        self.push(ware, Act.ADD)
        return True

    def expects_ware(self, strangers: list[Ware]) -> bool:
        return (
            self.act in (Act.ADD, Act.REMOVE)
            and len(strangers) == 1
            and len(strangers[0].words) <= 4
        )

    def on_determiner(self, chunk: list[Piece]) -> None:
        """ "ta bort den": the line is about the ware touched last."""
        if not self.fresh or self.act is not Act.REMOVE:
            return
        named = [piece for piece in chunk if piece.word in _THE_LAST]
        if named and not self.items:
            ware = Ware(start=named[0].start, end=named[-1].end)
            self.push(ware, Act.REMOVE)
            self.fresh = False


def _mends_number(pieces: Sequence[Piece], at: int) -> bool:
    """Whether a number takes the place of the one before it: "nei, ikke to ett"."""
    if at < 2 or pieces[at].tag is not Tag.AMOUNT or pieces[at - 1].tag is not Tag.AMOUNT:
        return False
    before, after = pieces[at - 1].amount, pieces[at].amount
    bare = before is not None and after is not None and not before.unit and not before.vague
    return bare and pieces[at - 2].tag is Tag.CUE and pieces[at - 2].cue is Cue.NOT


def _is_empty_after(pieces: Sequence[Piece], at: int) -> bool:
    """Whether nothing of content follows before the next mark or cue."""
    for piece in pieces[at + 1 :]:
        if piece.tag in (Tag.WORD, Tag.AMOUNT):
            return False
        if piece.tag in _BREAKS or piece.tag is Tag.CUE:
            return True
    return True


@dataclass(frozen=True, slots=True)
class Folded:
    """What an utterance comes down to.

    Attributes:
        lines: its order lines.
        loose: the spans that found no place.
        questions: those of them that ask something.
        chatter: those of them that tell a story.
    """

    lines: list[OrderLine]
    loose: list[Span]
    questions: list[Span]
    chatter: list[Span]


def fold(pieces: Sequence[Piece], judge: Judge) -> Folded:
    """Fold tagged pieces into order lines."""
    folder = _Folder(judge)
    folder.run(pieces)
    lines = []
    for item in folder.items:
        ware = item.ware
        lines.append(
            OrderLine(
                ware.phrase,
                ware.amount,
                item.act,
                (item.start, item.end),
                item.instead_of,
                ware.relative,
                ware.of_each,
                item.or_else,
            )
        )
    chatter = list(dict.fromkeys(folder.chatter))
    return Folded(lines, folder.loose, folder.questions, chatter)
