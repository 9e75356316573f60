"""What is left of a turn without stories, reasons and what was taken back in the same breath.

Which words those are is learned (see `bot.striking`) and comes in as a function; here stands what
follows from it. A shop without that function reads every word.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from bot.ordering.numbers import read_number
from bot.ordering.vocabulary import Vocabulary

#: Character places in a text: from and up to.
Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Struck:
    """What may be struck out of a text.

    Attributes:
        spans: where it stands.
        doubted: wares among it that may have been meant after all.
    """

    spans: Spans = ()
    doubted: Spans = ()


Strike = Callable[[str], Struck]
#: Makes one for the words of a shop.
Striking = Callable[[Vocabulary], Strike]


def strike_nothing(text: str) -> Struck:
    """Leaves every word."""
    return Struck()


def within(start: int, end: int, spans: Spans) -> bool:
    """Whether the place from `start` up to `end` lies in one of the spans."""
    return any(first <= start and end <= last for first, last in spans)


def blanked(text: str, struck: Spans) -> str:
    """The text with spaces for what is struck out, so that places in it stay what they are.

    Two numbers that come to stand beside each other get a comma: "hundre takk, … tre pakker" are
    not a hundred and three.
    """
    for start, end in struck:
        text = text[:start] + " " * (end - start) + text[end:]
    for gap in _GAP.finditer(text) if struck else ():
        before = text[: gap.start()].split()
        after = text[gap.end() :].split()
        if before and after and read_number(before[-1:]) and read_number(after[:1]):
            text = f"{text[: gap.start()]},{text[gap.start() + 1 :]}"
    return text


#: What a word that was struck out leaves, with the spaces beside it.
_GAP = re.compile(r"\s{3,}")
