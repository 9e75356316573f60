"""An utterance -> order lines, and the words that it could not account for.

The text is tagged (amounts, cues, fillers, wares), broken into chunks at commas, "og" and cues,
each chunk is cut into wares, and the chunks are folded into lines from left to right, so that a
later "nei, tre" mends what was said before it. Pure; never raises, whatever the text.
"""

from __future__ import annotations

from collections.abc import Iterable

from bot.ordering.dialect import in_bokmaal
from bot.ordering.fold import fold
from bot.ordering.lines import Act, OrderLine, Request
from bot.ordering.norwegian import Kind, tokenise
from bot.ordering.segment import Judge
from bot.ordering.tagging import tag
from bot.ordering.vocabulary import Vocabulary

__all__ = ["Act", "OrderLine", "Request", "parse"]


def parse(utterance: str, vocabulary: Vocabulary) -> Request:
    """Read what `utterance` asks for; `vocabulary` tells wares from chatter."""
    judge = Judge(vocabulary)
    tokens = in_bokmaal(tokenise(utterance), judge)
    folded = fold(tag(tokens, judge), judge)
    return Request(
        tuple(sorted(folded.lines, key=lambda line: line.span)),
        _texts(utterance, folded.loose),
        _texts(utterance, folded.questions),
        tuple(
            each
            for each in _texts(utterance, folded.chatter)
            if folded.lines or not _names_ware(each[2], judge)
        ),
    )


def _names_ware(story: str, judge: Judge) -> bool:
    """Whether a ware is named in a story: beside no order it may be one, and is said back."""
    words = [token.said for token in tokenise(story) if token.kind is Kind.WORD]
    return any(judge.is_saying((word,)) for word in words)


def _texts(utterance: str, spans: Iterable[tuple[int, int]]) -> tuple[tuple[int, int, str], ...]:
    return tuple((start, end, utterance[start:end]) for start, end in sorted(spans))
