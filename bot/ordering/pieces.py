"""What a tagged utterance is made of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from bot.ordering.amount import Amount
from bot.ordering.cues import Cue
from bot.ordering.norwegian import Token


class Tag(Enum):
    """What a piece is."""

    WORD = "word"
    AMOUNT = "amount"
    LINK = "link"
    FILLER = "filler"
    CUE = "cue"
    COMMA = "comma"
    STOP = "stop"
    AND = "and"
    ASIDE = "aside"  # "tjue kroner", "fire personer", "klokka tre": a number that orders nothing


@dataclass(frozen=True, slots=True)
class Piece:
    """Some neighbouring tokens with one job.

    Attributes:
        tag: the job.
        tokens: the tokens, at least one.
        cue: for CUE, which.
        amount: for AMOUNT, what it says.
        article: the amount is only "en/ei/et".
        glued: belongs to the ware's words before it, whatever the vocabulary says.
        size: for WORD, it tells a size or a fat content ("1,5 %", "halvliter").
    """

    tag: Tag
    tokens: tuple[Token, ...]
    cue: Cue | None = None
    amount: Amount | None = None
    article: bool = False
    size: bool = False
    glued: bool = False

    @property
    def start(self) -> int:
        """First character."""
        return self.tokens[0].start

    @property
    def end(self) -> int:
        """Character after the last one."""
        return self.tokens[-1].end

    @property
    def word(self) -> str:
        """The first token in bokmål."""
        return self.tokens[0].plain
