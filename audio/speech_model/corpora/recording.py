"""One utterance of a corpus, before its sound is read."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from pathlib import Path

#: One speaker in so many is never trained on, but tells how strangers are heard.
_HELD_OUT_ONE_IN = 20


@dataclass(frozen=True, slots=True)
class Recording:
    """Where an utterance is and what was said.

    ``start`` and ``end`` are seconds in the file, None for its very beginning and end.
    ``speaker`` is unique within the corpus; ``group`` (dialect, sex, age) is for the report of
    errors by group. ``language`` is nb, nn, da, sv or en.
    """

    path: Path
    text: str
    speaker: str
    language: str = "nb"
    group: str = ""
    start: float | None = None
    end: float | None = None


def is_held_out(speaker: str) -> bool:
    """Whether this speaker is kept for testing: the same answer on every machine."""
    return zlib.crc32(speaker.encode()) % _HELD_OUT_ONE_IN == 0
