"""Talk in which the words that may be struck out are marked with braces.

One utterance a line: the act, a tab, the text. "add\t{det er så kaldt ute, så} to brød".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.errors import DialogueError
from bot.ordering.essence import Spans, within

FOLDER = Path(__file__).parents[2] / "nlu_data" / "talk"


@dataclass(frozen=True, slots=True)
class MarkedTalk:
    """An utterance with what may be struck out of it.

    Attributes:
        acts: what is done, likeliest first.
        text: the utterance without the marks.
        struck: character places in `text`, from and up to, in order.
    """

    acts: tuple[str, ...]
    text: str
    struck: Spans

    def is_struck(self, start: int, end: int) -> bool:
        """Whether the word from `start` up to `end` is struck out."""
        return within(start, end, self.struck)


def read_line(line: str) -> MarkedTalk:
    """Read one line.

    Raises:
        ValueError: it has no act, or its braces do not match.
    """
    acts, tab, marked = line.partition("\t")
    if not tab or not acts or not marked.strip():
        raise ValueError("act, tab and text are needed")
    text: list[str] = []
    struck: list[tuple[int, int]] = []
    open_at: int | None = None
    for letter in marked.strip():
        if letter == "{" and open_at is None:
            open_at = len(text)
        elif letter == "}" and open_at is not None:
            struck.append((open_at, len(text)))
            open_at = None
        elif letter in "{}":
            raise ValueError("braces do not match")
        else:
            text.append(letter)
    if open_at is not None:
        raise ValueError("braces do not match")
    return MarkedTalk(tuple(acts.split("+")), "".join(text), tuple(struck))


def read_corpus(folder: Path = FOLDER) -> Iterator[MarkedTalk]:
    """Every utterance of the corpus, file by file.

    Raises:
        DialogueError: a line cannot be read; the text says which and why.
    """
    for path in sorted(folder.glob("*.txt")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
            if not line.strip() or line.startswith("#"):
                continue
            try:
                yield read_line(line)
            except ValueError as error:
                raise DialogueError(f"{path.name}, linje {number}: {error}.") from error
