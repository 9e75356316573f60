"""What a request is made of: acts, order lines, and the words that found no place."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from bot.ordering.amount import Amount


class Act(str, Enum):
    """What a line does to the basket."""

    ADD = "add"
    REMOVE = "remove"
    CHANGE = "change"
    REPLACE = "replace"


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One ware that was spoken of.

    Attributes:
        phrase: the ware's own words as said; "" when only an amount or "den" was said: it is about
            the ware that was touched last.
        amount: how much, None when nothing was said.
        act: what is to happen, None when nothing in the clause said it (the caller's default).
        span: first and last+1 character of everything that belongs to the line.
        instead_of: for REPLACE, the ware that goes out; "" is the one that was touched last.
        relative: change by the amount, not to it ("to til"; negative for "en mindre").
        each: the amount is meant for each of the wares spoken of last ("to av hver").
        or_else: other wares that would do ("cola eller pepsi"); which of them must be asked.
    """

    phrase: str
    amount: Amount | None
    act: Act | None
    span: tuple[int, int]
    instead_of: str | None = None
    relative: bool = False
    each: bool = False
    or_else: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """What an utterance asks for.

    Attributes:
        lines: in the order they were said.
        unaccounted: (start, end, text) of content words that found no place; never fillers.
        questions: what is asked about ("hva koster kaffen"). Beside an order it is unaccounted too;
            when the whole utterance is a question, `lines` (without an act) are its wares.
        chatter: those of `unaccounted` that are a story ("barnebarnet kommer på søndag"): they
            ask for nothing and need no answer.
    """

    lines: tuple[OrderLine, ...]
    unaccounted: tuple[tuple[int, int, str], ...]
    questions: tuple[tuple[int, int, str], ...] = ()
    chatter: tuple[tuple[int, int, str], ...] = ()
