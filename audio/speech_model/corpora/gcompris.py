"""GCompris' voices (GPL): people who say words, numbers, colours, countries in fifty languages.

The folder is a checkout of the repository GCompris-voices: ``de/words/apple.ogg``,
``de/alphabet/12.ogg``, ``de/alphabet/U0033.ogg`` (the digit 3), ``de/colors/blue.ogg``,
``de/geography/norway.ogg``. What words and colours are called stands in GCompris' own files
``content-de.json``, which are looked for anywhere in the folder; the names of countries are those
of CLDR, as babel knows them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from audio.errors import CorpusError
from audio.speech_model.corpora.recording import Recording

_DIGIT = re.compile(r"U003(\d)")
#: Countries whose files have other names than CLDR gives.
_COUNTRIES = {
    "moroco": "Morocco", "bosnia_herzegovina": "Bosnia & Herzegovina",
    "democratic_republic_of_congo": "Congo - Kinshasa", "ivory_coast": "Côte d’Ivoire",
    "macedonia": "North Macedonia", "myanmar": "Myanmar (Burma)", "turkey": "Türkiye",
    "usa": "United States", "swaziland": "Eswatini", "netherland": "Netherlands",
    "salvador": "El Salvador", "switz": "Switzerland", "guinea_bissau": "Guinea-Bissau",
}  # fmt: skip


def is_here(folder: Path) -> bool:
    """Whether it is a checkout of GCompris-voices."""
    return any(folder.glob("*/alphabet/*.ogg")) and any(folder.glob("*/colors/*.ogg"))


def read(folder: Path) -> Iterator[Recording]:
    """Tell what is said in each file whose text is known; each language is one speaker.

    Raises CorpusError when a file of texts is broken.
    """
    texts = {path.stem.removeprefix("content-"): path for path in folder.rglob("content-*.json")}
    for place in sorted(path for path in folder.iterdir() if (path / "alphabet").is_dir()):
        named = _content(texts[place.name]) if place.name in texts else {}
        for path in sorted(place.glob("*/*.ogg")):
            text = _text(path, place.name, named)
            if text:
                yield Recording(path, text, f"gcompris-{place.name}", place.name)


def _text(path: Path, language: str, named: Mapping[str, str]) -> str:
    kind = path.parent.name
    if kind == "alphabet":
        digit = _DIGIT.fullmatch(path.stem)
        number = digit[1] if digit else path.stem if path.stem.isdecimal() else ""
        return named.get(path.name, number) if number else ""
    if kind in ("words", "colors"):
        return named.get(path.name, path.stem.replace("_", " ") if language == "en" else "")
    return _country(path.stem, language) if kind == "geography" else ""


def _country(stem: str, language: str) -> str:
    try:
        from babel import Locale, UnknownLocaleError
    except ImportError:  # without babel the countries are left out
        return ""
    code = _codes().get(_COUNTRIES.get(stem, stem.replace("_", " ")).lower())
    try:
        return str(Locale.parse(language).territories.get(code, "")) if code else ""
    except UnknownLocaleError:
        return ""


@lru_cache(maxsize=1)
def _codes() -> Mapping[str, str]:
    from babel import Locale

    return {str(name).lower(): code for code, name in Locale("en").territories.items()}


def _content(path: Path) -> Mapping[str, str]:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise CorpusError(f"{path} kan ikke leses.") from error
