"""The Norwegian Parliamentary Speech Corpus (Språkbanken, CC0): 126 hours of Stortinget.

Every meeting has a folder ``20170110`` with ``20170110_sentence_data.json``: the meeting's facts
and ``sentences``, each with ``speaker_id``, ``sentence_text`` (word for word, numbers as words),
``sentence_language_code`` (nb-NO, nn-NO, en-US), ``start_time`` and ``end_time`` (milliseconds in
the file ``full_audio_file``) and ``audio_file``, the sentence alone in the folder ``audio``.
``NPSC_speaker_data.json`` tells each speaker's ``dialect`` and ``gender``. Read off the corpus's
description (Solberg and Ortiz, LREC 2022, arXiv:2201.10881) and published readers of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from audio.errors import CorpusError
from audio.speech_model.corpora.recording import Recording

_SENTENCES = "_sentence_data.json"
_LANGUAGES = {"nb-NO": "nb", "nn-NO": "nn", "en-US": "en"}
#: Marks of speech that nobody could write down: such sentences teach nothing.
_UNCLEAR = re.compile(r"<inaudible>|<overlapping>|<INAUDIBLE>")
_MARK = re.compile(r"<[^>]*>")
#: A word that was broken off: "repre-".
_BROKEN_OFF = re.compile(r"\w+-(?=\s|$)")


def is_here(folder: Path) -> bool:
    """Whether meetings of the corpus were unpacked here."""
    return any(folder.rglob(f"*{_SENTENCES}"))


def read(folder: Path) -> Iterator[Recording]:
    """Tell what was said in each sentence. Raises CorpusError for a file that cannot be read."""
    groups = _speakers(folder)
    for path in sorted(folder.rglob(f"*{_SENTENCES}")):
        meeting = _content(path)
        for sentence in meeting.get("sentences", []):
            text = str(sentence.get("sentence_text") or "")
            if _UNCLEAR.search(text) or _BROKEN_OFF.search(text):
                continue
            speaker = str(sentence.get("speaker_id", "?"))
            where = _sound(path.parent, meeting, sentence)
            language = _LANGUAGES.get(str(sentence.get("sentence_language_code")), "nb")
            yield Recording(
                where[0], _MARK.sub(" ", text), f"npsc-{speaker}", language,
                groups.get(speaker, ""), *where[1:],
            )  # fmt: skip


def _sound(
    folder: Path, meeting: dict[str, Any], sentence: dict[str, Any]
) -> tuple[Path, float | None, float | None]:
    """The sentence's own file, or its place in the recording of the whole meeting."""
    alone = folder / "audio" / str(sentence.get("audio_file") or "-")
    if alone.is_file():
        return alone, None, None
    whole = folder / str(meeting.get("full_audio_file") or "-")
    return whole, float(sentence["start_time"]) / 1000, float(sentence["end_time"]) / 1000


def _speakers(folder: Path) -> dict[str, str]:
    groups: dict[str, str] = {}
    for path in folder.rglob("NPSC_speaker_data.json"):
        for speaker in _content(path):
            told = (speaker.get("dialect"), speaker.get("gender"))
            groups[str(speaker["speaker_id"])] = " ".join(filter(None, told))
    return groups


def _content(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CorpusError(f"{path} kan ikke leses.") from error
