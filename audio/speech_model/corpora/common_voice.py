"""Common Voice (Mozilla, CC0): ``validated.tsv`` and the folder ``clips`` beside it.

Rows have the columns ``client_id`` (the speaker), ``path`` (an MP3 in ``clips``), ``sentence``,
and ``age``, ``gender``, ``accents`` and ``locale`` where the speaker told them. The folder of the
release is named after the language: nb-NO is not there yet, nn-NO is.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from pathlib import Path

from audio.errors import CorpusError
from audio.speech_model.corpora.recording import Recording

_LIST = "validated.tsv"
_LANGUAGES = {"nn-NO": "nn", "nb-NO": "nb", "da": "da", "sv-SE": "sv", "en": "en"}


def is_here(folder: Path) -> bool:
    """Whether a release of Common Voice was unpacked here."""
    return (folder / _LIST).is_file() and (folder / "clips").is_dir()


def read(folder: Path) -> Iterator[Recording]:
    """Tell what was said in each validated clip. Raises CorpusError when a column is missing."""
    # Some accents columns are longer than the module's limit of 128 kB a field.
    csv.field_size_limit(sys.maxsize)
    with (folder / _LIST).open(encoding="utf-8", newline="") as stream:
        # A quotation mark in a sentence is a mark, not CSV quoting.
        rows = csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
        if not {"client_id", "path", "sentence"} <= set(rows.fieldnames or ()):
            raise CorpusError(f"{folder / _LIST} mangler client_id, path eller sentence.")
        for row in rows:
            yield Recording(
                folder / "clips" / row["path"],
                row["sentence"] or "",
                f"cv-{row['client_id']}",
                _LANGUAGES.get(row.get("locale") or folder.name, "nb"),
                " ".join(filter(None, (row.get("age"), row.get("gender")))),
            )
