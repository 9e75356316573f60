"""What is known while chunks are folded into order lines, and the lines in the making."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from bot.ordering.chunk import Ware, read_chunk
from bot.ordering.fillers import DESCRIBING
from bot.ordering.lines import Act
from bot.ordering.norwegian import Token
from bot.ordering.pieces import Piece, Tag
from bot.ordering.segment import Judge

Span = tuple[int, int]


@dataclass(slots=True)
class Item:
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
    enough: bool = False  # "har nok melk"

    def cover(self, start: int, end: int) -> None:
        """Let the span take in [start, end)."""
        self.start, self.end = min(self.start, start), max(self.end, end)


class FoldState:
    """Where the folding of an utterance is: the lines so far, and what the next words mean."""

    def __init__(self, judge: Judge) -> None:
        self.judge = judge
        self.items: list[Item] = []
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
        self.enough = False
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
        self.current: Item | None = None  # the line that was made or mended last
        self.told: Ware | None = None  # the ware that a story named last
        self.but: Item | None = None
        self.wants_old: Item | None = None
        self.old_first = False
        self.old: str | None = None
        self.old_span: Span = (-1, -1)
        self.awaits_new: Item | None = None
        self.negated: Span | None = None

    def push(self, ware: Ware, act: Act | None) -> Item:
        """Make a line of a ware."""
        item = Item(ware, act, ware.start, ware.end, one=self.one, clause=self.clause)
        item.lacking, self.lacking = self.lacking, False
        item.enough, self.enough = self.enough, False
        self.items.append(item)
        self.current = item
        return item

    def take_negated(self) -> None:
        """Words that a no was about belong to the line made last."""
        if self.negated is not None and self.items:
            self.items[-1].cover(*self.negated)
            self.negated = None

    def explained(self, pieces: Sequence[Piece]) -> float:
        """How much of a chunk the shop has words for, 0..1; one half without words."""
        words = [token.said for p in pieces if p.tag is Tag.WORD for token in p.tokens]
        return self.judge.coverage(words) if words else 0.5

    def merge_swap(self, old: Item, new: Item) -> None:
        """The new line takes the place of the old one."""
        new.act, new.instead_of = Act.REPLACE, old.ware.phrase
        between = self.items[self.items.index(old) + 1 : self.items.index(new)]
        if between:
            return
        new.cover(old.start, old.end)
        self.items.remove(old)

    def act_for(self, ware: Ware) -> Act | None:
        """What is to be done with a ware here."""
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


def holds(span: Span, ware: Ware) -> bool:
    return span[0] <= ware.start and ware.end <= span[1]


def adjectives(ware: Ware) -> set[str]:
    return {word.plain for word in ware.words}


def leading_adjectives(words: Sequence[Token]) -> list[Token]:
    return list(takewhile(lambda word: word.plain in DESCRIBING, words))


def alike(one: Ware, other: Ware) -> bool:
    """The same ware, inflected or not: "melk" and "melken"."""
    if not one.words or not other.words:
        return False
    a, b = one.words[-1].said, other.words[-1].said
    short, long = sorted((a, b), key=len)
    return long.startswith(short) and len(long) - len(short) <= 3 and len(short) >= 2


def read_all(pieces: Sequence[Piece], judge: Judge) -> list[Ware]:
    """The wares of a chunk, chatter included, for clauses that must name one."""
    wares, strangers = read_chunk(pieces, judge)
    return sorted([*wares, *strangers], key=lambda ware: ware.start)
