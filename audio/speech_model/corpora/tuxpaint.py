"""Tux Paint's stamps (GPL-2): people who name what a picture shows, in a dozen languages.

``lemon_desc_ru.ogg`` lies beside ``lemon.txt``, whose first line is English and whose other lines
are "ru.utf8=text". Debian packages it as tuxpaint-stamps-default.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from audio.speech_model.corpora.recording import Recording

_NAME = re.compile(r"(?P<stamp>.+?)(?:_desc)?_(?P<language>[a-z]{2}(?:_[A-Z]{2})?)")


def is_here(folder: Path) -> bool:
    """Whether the stamps lie here."""
    return any(folder.rglob("*_desc_*.ogg"))


def read(folder: Path) -> Iterator[Recording]:
    """Tell what is said about each stamp; all of a language are taken for one speaker."""
    for path in sorted(folder.rglob("*.ogg")):
        found = _NAME.fullmatch(path.stem)
        texts = found and path.with_name(found["stamp"] + ".txt")
        if not found or not texts or not texts.is_file():
            continue
        language = found["language"]
        text = _text(texts, language)
        if text:
            yield Recording(path, text, f"tuxpaint-{language}", language)


def _text(path: Path, language: str) -> str:
    english, *others = path.read_text(encoding="utf-8", errors="replace").splitlines() or [""]
    for line in others:
        if line.startswith(f"{language}.utf8="):
            return line.partition("=")[2].strip()
    return english.strip() if language.startswith("en") else ""
