"""Chunks folded into order lines: acts that carry over, corrections, exchanges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import takewhile

from bot.ordering.amount import Amount
from bot.ordering.chunk import Ware, read_chunk
from bot.ordering.cues import Cue
from bot.ordering.fillers import DESCRIBING, DETERMINERS
from bot.ordering.lines import Act, OrderLine
from bot.ordering.norwegian import Token
from bot.ordering.segment import Judge
from bot.ordering.tagging import Piece, Tag

Span = tuple[int, int]

#: Marks that belong to the amount or the ware beside them, not between chunks.
_INSIDE = frozenset({Cue.MORE, Cue.LESS, Cue.OF_THEM, Cue.OF_EACH})
_BREAKS = frozenset({Tag.COMMA, Tag.STOP, Tag.AND})
_SWAP = frozenset({"med", "m", "mot", "til", "for", "i", "te"})
_THE_LAST = frozenset({"siste", "sist", "forrige"}) | DETERMINERS
#: A link that opens a remark after a comma says more of the ware before it.
_QUALIFYING = frozenset({"med", "m", "uten", "utan", "u"})
_RATHER = frozenset({"helst", "gjerne"})
_QUOTING = frozenset({"sa", "bestilte", "ba"})
_MEANT = frozenset({"mente", "mener", "feil", "unnskyld", "rettere", "galt", "ombestemte"})


@dataclass(slots=True)
class _Item:
    """An order line in the making."""

    ware: Ware
    act: Act | None
    start: int
    end: int
    instead_of: str | None = None
    one: bool = False  # went out by "ikke": what comes after "men" may replace it
    rather: bool = False
    clause: int = 0
    or_else: tuple[str, ...] = ()
    quoted: bool = False  # "jeg sa loff", before "jeg mente …"
    mended: bool = False
    lacking: bool = False  # "jeg har melk, men ikke brød"

    def cover(self, start: int, end: int) -> None:
        self.start, self.end = min(self.start, start), max(self.end, end)


class _Folder:
    def __init__(self, judge: Judge) -> None:
        self.judge = judge
        self.items: list[_Item] = []
        self.loose: list[Span] = []
        self.chatter: list[Span] = []
        self.questions: list[Span] = []
        self.chunk: list[Piece] = []
        self.clause = 0
        self.act: Act | None = None
        self.act_before: Act | None = None
        self.one = False
        self.fresh = False  # a removing or changing cue has had no ware yet
        self.only = False
        self.swap = False  # "bytt": the next chunk says out and in
        self.correction = False
        self.meant = False
        self.lacking = False
        self.no_more = False  # "kun"
        self.in_brackets = False
        self.having = False  # a story tells what there is at home
        self.should_be = False  # "skulle vært": what follows is what the ware should be
        self.quoting = False  # "jeg sa loff": what was said, right or wrong
        self.rather = False
        self.or_at: int | None = None
        self.asking = False
        self.chatting = False
        self.story_begins = False  # what opens it is all story; what "og" adds may not be
        self.asked: list[list[Piece]] = []
        self.current: _Item | None = None  # the line that was made or mended last
        self.told: Ware | None = None  # the ware that a story named last
        self.but: _Item | None = None
        self.wants_old: _Item | None = None
        self.old_first = False
        self.old: str | None = None
        self.old_span: Span = (-1, -1)
        self.awaits_new: _Item | None = None
        self.negated: Span | None = None

    # -- walking ---------------------------------------------------------------------------------

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
        self.settle()

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
        elif cue is Cue.REPLACE:
            self.set_act(None)
            self.swap = True
        elif cue is Cue.INSTEAD:
            self.on_instead(mine)
        elif cue is Cue.IN_STEAD:
            if self.items and self.items[-1].act is not Act.REMOVE:
                self.in_stead(self.items[-1])
            else:
                self.rather = True
        elif cue is Cue.RATHER:
            if empty and mine:
                self.in_stead(mine[-1])
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
                if item.ware.words:
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
            if self.items and self.items[-1].one:
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

    def on_instead(self, mine: list[_Item]) -> None:
        if mine or (self.items and self.items[-1].act is Act.ADD):
            self.wants_old = (mine or self.items)[-1]
        else:
            self.settle_old()
            self.old_first = True
        if self.act is Act.REMOVE:
            self.act, self.one = None, False

    def in_stead(self, item: _Item) -> None:
        """ "i stedet" after a ware: with an amount it is a change, else the last ware goes out."""
        earlier = [other for other in self.items if other is not item and other.act is Act.REMOVE]
        if earlier and earlier[-1].ware.phrase and item.ware.phrase:
            self.merge_swap(earlier[-1], item)
        elif item.ware.amount is not None:
            item.act = Act.CHANGE
        elif item.ware.phrase:
            item.act, item.instead_of = Act.REPLACE, ""

    def merge_swap(self, old: _Item, new: _Item) -> None:
        new.act, new.instead_of = Act.REPLACE, old.ware.phrase
        between = self.items[self.items.index(old) + 1 : self.items.index(new)]
        if between:
            return
        new.cover(old.start, old.end)
        self.items.remove(old)

    # -- a chunk ---------------------------------------------------------------------------------

    def flush(self) -> None:
        chunk, self.chunk = self.chunk, []
        for piece in chunk:
            if piece.tag is Tag.ASIDE:
                self.loose.append((piece.start, piece.end))
                if piece.word == "noe":  # "noe til pølsene, sennep": what the ware is for
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
        if (self.swap or self.act is Act.CHANGE) and self.swapped(chunk):
            return
        wares, strangers = read_chunk(chunk, self.judge)
        if self.told_closer(chunk, wares, strangers):
            return
        if strangers and not wares and self.expects_ware(strangers):
            wares, strangers = strangers, []
        self.loose.extend((ware.start, ware.end) for ware in strangers)
        for ware in wares:
            self.add(ware)
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
        if first.tag is Tag.LINK and links[0] in _QUALIFYING:
            said = [word for piece in chunk if piece.tag is Tag.LINK for word in piece.tokens][:1]
            last.ware.words = [*last.ware.words, *said, *ware.words]
        elif (
            rather
            and self.judge.coverage([*(word.said for word in ware.words), last.ware.words[0].said])
            >= 0.9
            and not _alike(ware, last.ware)
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
        self.chatter += [span for span in self.loose if _holds(span, ware)]
        self.push(ware, Act.ADD)
        return True

    def take_negated(self) -> None:
        if self.negated is not None and self.items:
            self.items[-1].cover(*self.negated)
            self.negated = None

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

    def swapped(self, chunk: list[Piece]) -> bool:
        """ "bytt kaffen med to te", "endre kaffe til te", "endre melk fra to til tre"."""
        best: tuple[float, int] | None = None
        for at, piece in enumerate(chunk):
            if piece.tag is not Tag.LINK or piece.word not in _SWAP:
                continue
            if not self.swap and piece.word not in ("til", "te"):
                continue
            left, right = chunk[:at], chunk[at + 1 :]
            value = self.explained(left) + self.explained(right)
            if not any(p.tag in (Tag.WORD, Tag.AMOUNT) for p in right):
                continue
            if best is None or value > best[0]:
                best = (value, at)
        if best is None:
            return self.swapped_by_range(chunk) or (self.swap and self.only_old(chunk))
        left, right = chunk[: best[1]], chunk[best[1] + 1 :]
        old = [ware for ware in read_all(left, self.judge) if ware.phrase or ware.amount]
        new = read_all(right, self.judge)
        if not new:
            return False
        first = new[0]
        if not first.phrase and first.amount is not None:
            ware = old[-1] if old else Ware()
            ware.amount = first.amount
            ware.cover(first.start, first.end)
            if old:
                ware.start = min(each.start for each in old)
            self.finish_change(ware)
        else:
            if old:
                first.start = min(ware.start for ware in old)
            item = self.push(first, Act.REPLACE)
            item.instead_of = " ".join(ware.phrase for ware in old if ware.phrase)
        self.swap = False
        self.act = None
        for ware in new[1:]:
            self.add(ware)
        return True

    def swapped_by_range(self, chunk: list[Piece]) -> bool:
        """ "endre melk fra to til tre": the range is not meant as one."""
        ranges = [p for p in chunk if p.amount is not None and p.amount.upper is not None]
        if self.act is not Act.CHANGE or len(ranges) != 1:
            return False
        wares = read_all(chunk, self.judge)
        if len(wares) != 1 or wares[0].amount is None or wares[0].amount.upper is None:
            return False
        amount = wares[0].amount
        if not any(piece.word == "fra" for piece in chunk):
            return False
        wares[0].amount = replace(amount, value=amount.upper or amount.value, upper=None)
        self.finish_change(wares[0])
        return True

    def only_old(self, chunk: list[Piece]) -> bool:
        """ "bytt kaffen": what comes instead may follow after a comma ("ta heller te")."""
        wares = read_all(chunk, self.judge)
        if len(wares) != 1 or not wares[0].phrase:
            return False
        item = self.push(Ware(start=wares[0].start, end=wares[0].end), Act.REPLACE)
        item.instead_of = wares[0].phrase
        self.awaits_new = item
        self.swap = False
        return True

    def finish_change(self, ware: Ware) -> None:
        mine = [item for item in self.items if item.clause == self.clause and item.act is None]
        if not ware.phrase and mine:
            item = mine[-1]
            item.ware.amount, item.act = ware.amount, Act.CHANGE
            item.cover(ware.start, ware.end)
        else:
            self.push(ware, Act.CHANGE)
        self.fresh = False

    def explained(self, pieces: Sequence[Piece]) -> float:
        words = [token.said for p in pieces if p.tag is Tag.WORD for token in p.tokens]
        return self.judge.coverage(words) if words else 0.5

    # -- a ware ----------------------------------------------------------------------------------

    def push(self, ware: Ware, act: Act | None) -> _Item:
        item = _Item(ware, act, ware.start, ware.end, one=self.one, clause=self.clause)
        item.lacking, self.lacking = self.lacking, False
        self.items.append(item)
        self.current = item
        return item

    def add(self, ware: Ware) -> None:
        last = self.items[-1] if self.items else None
        if self.or_at is not None and last is not None and not self.correction and ware.words:
            self.or_at = None
            if not self.rather and _alike(last.ware, ware) and ware.amount is not None:
                last.ware.amount = ware.amount  # "tre brød eller kanskje to brød"
                last.cover(ware.start, ware.end)
                return
            if not self.rather:
                last.or_else = (*last.or_else, ware.phrase)
                last.cover(ware.start, ware.end)
                return
            self.correction = True
        if self.or_at is not None and last is not None and not ware.words and not self.correction:
            # "to brød, eller kanskje tre": which of them must be asked.
            self.or_at = None
            old, new = last.ware.amount, ware.amount
            if old is not None and new is not None and old.value != new.value:
                low, high = sorted((old.value, new.value))
                last.ware.amount = replace(old, value=low, upper=high)
                last.cover(ware.start, ware.end)
                return
        self.or_at = None
        if self.one and not ware.words and ware.amount is not None and not ware.relative:
            # "ikke to, tre": the number that was not meant goes with the one that was.
            if self.negated is not None:
                self.loose.append(self.negated)
            self.negated = (ware.start, ware.end)
            self.act, self.one = self.act_before, False
            if last is not None and last.act is not Act.REMOVE and last.ware.amount is not None:
                last.act = Act.CHANGE  # "det var fire jeg skulle ha, ikke tre"
            return
        if (
            self.one
            and self.fresh
            and ware.words
            and last is not None
            and (
                ware.amount is not None
                and last.ware.amount is not None
                and last.act is not Act.REMOVE
                and _alike(last.ware, ware)
            )
        ):
            # "tre boller og ikke tretten boller"
            last.act = Act.CHANGE
            last.cover(ware.start, ware.end)
            self.act, self.one, self.fresh = self.act_before, False, False
            return
        if ware.words and all(word.plain in ("siste", "sist") for word in ware.words):
            ware.words = []
        if self.one and self.fresh and last is not None and last.quoted and ware.words:
            # "jeg sa fløte, ikke rømme", "jeg bestilte kokmalt kaffe, ikke filtermalt"
            head = [w for w in last.ware.words if w.plain not in DESCRIBING]
            words = [*ware.words, *head] if ware.describes else ware.words
            last.instead_of = " ".join(word.text for word in words)
            last.act = Act.REPLACE
            last.cover(ware.start, ware.end)
            self.act, self.one, self.fresh = self.act_before, False, False
            return
        if self.one and ware.describes and last is not None and self.fresh:
            # "melk, men ikke den lette": a condition that we cannot keep must be said.
            self.loose.append((ware.start, ware.end))
            return
        if ware.of_each and not ware.words:
            self.to_each(ware)
            return
        if last is None and self.told is not None and ware.describes:
            ware.words = [*ware.words, *self.told.words]
            self.chatter += [span for span in self.loose if _holds(span, self.told)]
            ware.cover(self.told.start, self.told.end)
            self.told = None
        if last is None and self.told is not None and not ware.words and ware.amount is not None:
            # "de hadde ikke kaffe, så nå må jeg ha to pakker"
            ware.words, ware.known = self.told.words, self.told.known
            self.chatter += [span for span in self.loose if _holds(span, self.told)]
            ware.cover(self.told.start, self.told.end)
            self.told = None
        if self.wants_old is not None and not ware.words and ware.amount is not None:
            # "tre melk i stedet for to".
            item, self.wants_old = self.wants_old, None
            item.act = Act.CHANGE
            item.cover(ware.start, ware.end)
            return
        if self.wants_old is not None and ware.words:
            item, self.wants_old = self.wants_old, None
            item.act, item.instead_of = Act.REPLACE, ware.phrase
            item.cover(ware.start, ware.end)
            return
        if self.old_first and ware.words:
            self.old_first, self.old = False, ware.phrase
            self.old_span = (ware.start, ware.end)
            self.clause += 1
            return
        if self.awaits_new is not None:
            item, self.awaits_new = self.awaits_new, None
            start = item.start
            if ware.amount is None and item.act is not Act.REPLACE:
                ware.amount = item.ware.amount
            item.ware, item.end = ware, max(item.end, ware.end)
            item.start = min(start, ware.start)
            self.rather = False
            return
        if (
            last is not None
            and last.quoted
            and not last.ware.words
            and not ware.words
            and (ware.amount is not None)
        ):
            # "jeg sa to, men det skal være fem"
            last.ware.amount, last.act, last.quoted = ware.amount, Act.CHANGE, False
            last.cover(ware.start, ware.end)
            return
        if (
            self.in_brackets
            and last is not None
            and ware.words
            and ware.amount is None
            and (ware.words[-1].said.endswith(last.ware.words[-1].said if last.ware.words else "-"))
        ):
            # "grøt (risgrøt)"
            self.in_brackets = False
            last.ware.words, last.ware.known = ware.words, ware.known
            last.cover(ware.start, ware.end)
            return
        if (
            last is not None
            and last.ware.too_much
            and not ware.relative
            and (ware.amount is not None and (not ware.words or not last.ware.words))
        ):
            # "fem pakker var for mye, tre holder"
            last.ware.amount, last.ware.relative = ware.amount, False
            last.ware.words = last.ware.words or ware.words
            last.ware.known = max(last.ware.known, ware.known)
            last.ware.too_much, last.act = False, Act.CHANGE
            last.cover(ware.start, ware.end)
            self.only = self.correction = False
            return
        if (
            last is not None
            and last.mended
            and ware.words
            and ware.amount is None
            and (not last.ware.words and self.clause <= last.clause + 2)
        ):
            # "tjue, jeg mener tolv, egg"
            last.ware.words, last.ware.known, last.mended = ware.words, ware.known, False
            last.act = self.act_for(ware) if last.act is not Act.REMOVE else last.act
            last.cover(ware.start, ware.end)
            return
        if self.should_be and ware.describes and last is not None and last.ware.words:
            # "smøret skulle vært usaltet"
            self.should_be = False
            last.instead_of, last.act = last.ware.phrase, Act.REPLACE
            last.ware.words = [*ware.words, *last.ware.words]
            last.cover(ware.start, ware.end)
            return
        if self.correction and self.correct(ware):
            return
        if last is not None and self.repeats(ware):
            return
        if last is not None and self.attach(ware, last):
            return
        act = self.act_for(ware)
        item = self.push(ware, act)
        self.fresh = False
        if self.old is not None and ware.words:
            item.act, item.instead_of = Act.REPLACE, self.old
            item.cover(*self.old_span)
            self.old = None
        elif self.but is not None and ware.words and act in (None, Act.ADD):
            self.merge_swap(self.but, item)
        elif self.rather:
            item.rather = True
            removed = [it for it in self.items[:-1] if it.act is Act.REMOVE and it.ware.phrase]
            if removed and ware.words:
                self.merge_swap(removed[-1], item)
            elif ware.amount is not None:
                item.act = Act.CHANGE
            elif ware.words:
                item.act, item.instead_of = Act.REPLACE, ""
        self.but = None
        self.rather = False
        self.only = False

    def repeats(self, ware: Ware) -> bool:
        """ "melk melk", "ost, ja, ost": said again by a person or a recogniser."""
        if not ware.words or ware.amount is not None or self.act is Act.REMOVE or self.old:
            return False
        said = [word.said for word in ware.words]
        for item in self.items:
            if item.act in (None, Act.ADD) and [word.said for word in item.ware.words] == said:
                item.act = item.act or self.act
                item.cover(ware.start, ware.end)
                self.current = item
                return True
        return False

    def act_for(self, ware: Ware) -> Act | None:
        if ware.to_amount and self.act in (None, Act.ADD):
            return Act.CHANGE
        if ware.relative and self.act in (None, Act.ADD):
            amount = ware.amount
            if amount is not None and amount.value < 0:
                return Act.CHANGE
            return Act.ADD if ware.words else Act.CHANGE
        if self.only and ware.amount is not None and (not ware.words or self.no_more):
            return Act.CHANGE
        if self.act is Act.ADD and not ware.words and not ware.relative:
            return None
        if self.act is Act.CHANGE and ware.words and ware.amount is None:
            return Act.CHANGE
        return self.act

    def to_each(self, ware: Ware) -> None:
        open_items = [item for item in self.items if item.ware.amount is None]
        if not open_items:
            self.push(ware, self.act if self.act is not Act.ADD else None)
            return
        for item in open_items:
            item.ware.amount = ware.amount
        open_items[-1].cover(ware.start, ware.end)

    def attach(self, ware: Ware, last: _Item) -> bool:
        """Take a remark about the ware just named: "den grønne", "to av dem", "tolv stykker"."""
        if last.act is Act.REMOVE and self.act is not Act.REMOVE:
            return False
        if not ware.words:
            if ware.amount is None and not ware.relative:
                return False
            before = last.ware.amount
            packed = _packed(before, ware)
            if packed is not None:
                last.ware.amount = packed
                last.cover(ware.start, ware.end)
                return True
            article = before is not None and before.value == 1 and not before.unit
            counted = article and ware.amount is not None and ware.amount.unit not in ("", "stk")
            free = before is None or ware.of_them or self.only or counted
            if not free or not last.ware.words:
                return False
            last.ware.amount = ware.amount
            last.ware.relative = ware.relative
            if self.act is Act.CHANGE:
                last.act = Act.CHANGE
        elif ware.describes and last.ware.words and not ware.relative:
            said = [word.said for word in (*last.ware.words, *ware.words)]
            head = [w.said for w in last.ware.words if w.plain not in DESCRIBING]
            near = self.judge.coverage([*head, *(word.said for word in ware.words)])
            if not ware.determined and max(self.judge.coverage(said), near) < 0.75:
                return False
            if ware.amount is not None and last.ware.amount not in (None, ware.amount):
                return False
            if ware.amount is not None and last.ware.amount is not None and last.ware.describes:
                return False  # "ett grovt og ett fint"
            last.ware.words = [*ware.words, *last.ware.words]
            last.ware.amount = last.ware.amount or ware.amount
        else:
            return False
        last.cover(ware.start, ware.end)
        self.only = False
        return True

    def correct(self, ware: Ware) -> bool:
        """Mend the ware that "nei" was about; False when there is none and it is a plain line."""
        meant, self.correction, self.meant = self.meant, False, False
        quoting, self.quoting = self.quoting, False
        if self.act is Act.REMOVE and self.fresh and ware.words:
            # "melk, nei ikke melk, fløte": the ware that goes out was only just said.
            for item in reversed(self.items):
                if item.act is not Act.REMOVE and _alike(item.ware, ware):
                    item.cover(ware.start, ware.end)
                    self.awaits_new = item
                    return True
            return False
        if not self.items:
            known = self.correct_earlier(ware, meant)
            if quoting and not known and ware.words:
                self.push(ware, self.act_for(ware))
                known = True
            if quoting and known:
                self.items[-1].quoted = True
            return known
        if not ware.words and ware.amount is None:
            return False
        gone = self.items[-1]
        if gone.act is Act.REMOVE and gone.one and self.act is not Act.REMOVE and ware.words:
            # "det var ikke rød paprika jeg ba om, det var grønn"
            old = gone.ware.phrase
            if ware.describes:
                head = [w for w in gone.ware.words if w not in _leading_adjectives(gone.ware.words)]
                ware.words = [*ware.words, *head]
            gone.ware, gone.act, gone.instead_of, gone.one = ware, Act.REPLACE, old, False
            gone.cover(ware.start, ware.end)
            return True
        if gone.quoted and meant and ware.words and not _alike(gone.ware, ware):
            # "jeg sa loff, men jeg mente kneippbrød"
            gone.instead_of, gone.act = gone.ware.phrase, Act.REPLACE
            gone.ware.words, gone.ware.known = ware.words, ware.known
            gone.ware.amount = ware.amount or gone.ware.amount
            gone.cover(ware.start, ware.end)
            gone.quoted = False
            return True
        target = self.items[-1]
        for item in reversed(self.items):
            if ware.words and _alike(item.ware, ware):
                target = item
                break
        if ware.words and ware.describes and ware.amount is None:
            # "brød, nei det grove": the same ware, told more closely.
            target.ware.words = [
                *[word for word in target.ware.words if word.plain not in _adjectives(ware)],
                *ware.words,
            ]
        elif ware.words:
            target.ware.words, target.ware.known = ware.words, ware.known
        packed = _packed(target.ware.amount, ware)
        if packed is not None:
            target.ware.amount = packed
        elif ware.amount is not None:
            target.mended = target.ware.amount is not None and not target.ware.words
            target.ware.amount = _mended(target.ware.amount, ware.amount)
            target.ware.relative = ware.relative
        target.cover(ware.start, ware.end)
        self.current = target
        self.only = self.rather = False
        return True

    def correct_earlier(self, ware: Ware, meant: bool) -> bool:
        """A correction that opens the utterance is about what was said a turn ago."""
        if ware.amount is not None and not ware.words:
            self.push(ware, Act.CHANGE)
            return True
        if ware.words and ware.amount is not None and self.act in (None, Act.ADD):
            self.push(ware, Act.CHANGE)
            return True
        if ware.words and meant and self.act in (None, Act.ADD):
            item = self.push(ware, Act.REPLACE)
            item.instead_of = ""
            return True
        return False

    # -- the end ---------------------------------------------------------------------------------

    def settle(self) -> None:
        self.take_negated()
        for item in self.items:
            words = item.ware.words
            if item.act is Act.REMOVE and len(words) > 1 and words[0].plain in ("ene", "eine"):
                item.ware.words = words[1:]
                item.ware.amount = item.ware.amount or Amount(Decimal(1))
        if self.negated is not None:
            self.loose.append(self.negated)
        for chunk in self.asked:
            wares = read_all(chunk, self.judge)
            span = (wares[0].start, max(ware.end for ware in wares))
            self.questions.append(span)
            # A question beside an order is no order; alone, its wares are what it is about.
            if self.items or self.loose:
                self.loose.append(span)
        if not self.items and not self.loose:
            for chunk in self.asked:
                for ware in read_all(chunk, self.judge):
                    self.push(ware, None)
        self.settle_old()
        if self.awaits_new is not None and self.awaits_new.act is not Act.REPLACE:
            self.awaits_new.act = Act.REMOVE
        for item, following in list(zip(self.items, self.items[1:], strict=False)):
            # "… men ikke brød, så et grovbrød må jeg ha": one ware, told twice.
            heads = [each.ware.words[-1].said for each in (item, following) if each.ware.words]
            if item.lacking and len(heads) == 2 and heads[1].endswith(heads[0]):
                following.cover(item.start, item.end)
                self.items.remove(item)
        # "det er for mye brød, ta bort den ene loffen": why, and then what is to be done.
        reasons = [item for item in self.items if item.ware.too_much and item.ware.words]
        if len(self.items) > 1 and self.items[-1].act is Act.REMOVE:
            for item in reasons:
                if item.ware.amount is not None and item.ware.amount.vague:
                    self.items[-1].cover(item.start, item.end)
                    self.items.remove(item)
        self.share_out()
        self.borrow_heads()

    def share_out(self) -> None:
        """ "to brød, ett grovt og ett fint": the parts stand for the whole."""
        for at, whole in enumerate(self.items):
            amount = whole.ware.amount
            if not whole.ware.words or amount is None or amount.vague or amount.value < 2:
                continue
            parts = []
            for item in self.items[at + 1 :]:
                own = item.ware.amount
                if own is None or own.vague or own.value <= 0 or not item.ware.words:
                    break
                said = [word.said for word in (*item.ware.words, *whole.ware.words)]
                flavour = bool(amount.unit) and not _alike(item.ware, whole.ware)
                if not item.ware.describes and (not flavour or self.judge.coverage(said) < 0.95):
                    break
                parts.append(item)
            counts = [item.ware.amount.value for item in parts if item.ware.amount is not None]
            if len(parts) < 2 or sum(counts) != amount.value:
                continue
            for item in parts:
                item.ware.words = [*item.ware.words, *whole.ware.words]
                item.ware.known, item.act = whole.ware.known, whole.act
                item.ware.relative = False
            parts[0].cover(whole.start, whole.end)
            self.items.remove(whole)
            return

    def settle_old(self) -> None:
        """ "i stedet for kaffe" and nothing more: the new ware is still to be said."""
        if self.old is not None:
            item = self.push(Ware(start=self.old_span[0], end=self.old_span[1]), Act.REPLACE)
            item.instead_of, self.old = self.old, None

    def borrow_heads(self) -> None:
        """ "rød og grønn paprika": the adjective alone takes the ware of the next line."""
        for item, following in zip(self.items, self.items[1:], strict=False):
            words = following.ware.words
            if not item.ware.describes or len(words) < 2 or item.act is not following.act:
                continue
            head = [word for word in words if word not in _leading_adjectives(words)]
            said = [word.said for word in (*item.ware.words, *head)]
            if head and (len(head) < len(words) or self.judge.coverage(said) >= 0.75):
                item.ware.words = [*item.ware.words, *head]


def _mends_number(pieces: Sequence[Piece], at: int) -> bool:
    """Whether a number takes the place of the one before it: "nei, ikke to ett"."""
    if at < 2 or pieces[at].tag is not Tag.AMOUNT or pieces[at - 1].tag is not Tag.AMOUNT:
        return False
    before, after = pieces[at - 1].amount, pieces[at].amount
    bare = before is not None and after is not None and not before.unit and not before.vague
    return bare and pieces[at - 2].tag is Tag.CUE and pieces[at - 2].cue is Cue.NOT


def _holds(span: Span, ware: Ware) -> bool:
    return span[0] <= ware.start and ware.end <= span[1]


def _adjectives(ware: Ware) -> set[str]:
    return {word.plain for word in ware.words}


def _leading_adjectives(words: Sequence[Token]) -> list[Token]:
    return list(takewhile(lambda word: word.plain in DESCRIBING, words))


def _alike(one: Ware, other: Ware) -> bool:
    """The same ware, inflected or not: "melk" and "melken"."""
    if not one.words or not other.words:
        return False
    a, b = one.words[-1].said, other.words[-1].said
    short, long = sorted((a, b), key=len)
    return long.startswith(short) and len(long) - len(short) <= 3 and len(short) >= 2


def _packed(before: Amount | None, ware: Ware) -> Amount | None:
    """ "et brett, med tolv i": the amount with what is in one pack; None if that was not said."""
    if not ware.in_pack or ware.words or ware.amount is None or before is None:
        return None
    return replace(before, pack_pieces=int(ware.amount.value))


def _mended(before: Amount | None, after: Amount) -> Amount:
    """ "to liter, nei tre" keeps the liters."""
    if before is None or after.unit or after.vague or after.upper is not None:
        return after
    if before.unit in ("l", "kg") and before.value != before.value.to_integral_value():
        return after
    pieces = after.pack_pieces or before.pack_pieces
    return replace(after, unit=before.unit, pack_pieces=pieces)


def _is_empty_after(pieces: Sequence[Piece], at: int) -> bool:
    """Whether nothing of content follows before the next mark or cue."""
    for piece in pieces[at + 1 :]:
        if piece.tag in (Tag.WORD, Tag.AMOUNT):
            return False
        if piece.tag in _BREAKS or piece.tag is Tag.CUE:
            return True
    return True


def read_all(pieces: Sequence[Piece], judge: Judge) -> list[Ware]:
    """The wares of a chunk, chatter included, for clauses that must name one."""
    wares, strangers = read_chunk(pieces, judge)
    return sorted([*wares, *strangers], key=lambda ware: ware.start)


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
