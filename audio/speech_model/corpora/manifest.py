"""A manifest: a tab-separated list of one's own recordings.

The columns are ``path`` (relative to the manifest) and ``transcript``, and if wanted ``language``
(any that espeak-ng speaks; nothing is nb), ``speaker``, ``group`` and ``category``. Where a
transcript has several readings with ``|`` between them, the first one was said.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from audio.errors import CorpusError
from audio.speech_model.corpora.recording import Recording


def read(path: Path, *, skip_categories: frozenset[str]) -> Iterator[Recording]:
    """Tell what was said in each row but those of *skip_categories* (column ``category``).

    Raises CorpusError when a column is missing.
    """
    with path.open(encoding="utf-8", newline="") as stream:
        rows = csv.DictReader(stream, delimiter="\t")
        if not {"path", "transcript"} <= set(rows.fieldnames or ()):
            raise CorpusError(f"{path}: første linje må ha kolonnene path og transcript.")
        for row in rows:
            if row.get("category") in skip_categories:
                continue
            yield Recording(
                path.parent / row["path"],
                (row["transcript"] or "").split("|")[0],
                row.get("speaker") or row.get("source") or path.stem,
                (row.get("language") or "nb").replace("no", "nb"),
                row.get("group") or "",
            )
