"""NST's Norwegian speech for dictation (Språkbanken, CC0): 540 hours, 16 kHz, some 900 speakers.

The edition of 2020 has one JSON file a session: ``pid``, ``info`` (Speaker_ID, Sex, Age,
Region_of_Birth, Region_of_Youth) and ``val_recordings``, each with ``file`` and ``text``. The sound
of channel 1 lies in ``lydfiler_16_1/no/<pid>/<pid>_<file>-1.wav``.

The first edition has one SPL file a session instead: Latin-1, in sections, its fields parted by
the ``Delimiter`` of ``[System]`` (``>-<``). ``[Info states]`` has "number=Name>-<value",
``[Record states]`` "number=flags>-<…>-<text>-<…>-<file.wav>-<…": the text is the third field, the
file the one that ends in .wav. Its two-channel sound lies beside the SPL file or in a folder of
the session's name.

Read off Språkbanken's descriptions and published readers; every name is looked for in several
places because archives are unpacked in several ways.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from audio.errors import CorpusError
from audio.speech_model.corpora.recording import Recording

_DELIMITER = ">-<"
#: Readers were asked for silence, to measure the room.
_SILENCE = re.compile(r"^\W*(?:stille|stillhet|tystnad|tavshed|silence)\b", re.IGNORECASE)
#: Signs that were read aloud are written "\Komma"; what was not read stands in brackets.
_UNREAD = re.compile(r"\([^)]*\)|\[[^]]*\]")


def is_here(folder: Path) -> bool:
    """Whether sessions of the corpus were unpacked here."""
    if any(folder.rglob("*.spl")):
        return True
    return any(_is_session(path) for path in _some(folder.rglob("*.json")))


def read(folder: Path) -> Iterator[Recording]:
    """Tell what was said in each recording, session by session.

    Raises CorpusError for a session that cannot be read.
    """
    sounds: dict[str, Path] | None = None
    for path in sorted([*folder.rglob("*.json"), *folder.rglob("*.spl")]):
        if path.suffix == ".spl":
            told, session = _read_spl(path), path.stem
        elif _is_session(path):
            told, session = _read_json(path)
        else:
            continue
        speaker, group, said = told
        for name, text in said:
            if _SILENCE.match(text):
                continue
            stem = Path(name.replace("\\", "/")).stem
            sound = _beside(folder, path, session, stem)
            if sound is None:
                if sounds is None:
                    sounds = {found.name: found for found in folder.rglob("*.wav")}
                sound = sounds.get(f"{session}_{stem}-1.wav") or sounds.get(f"{stem}.wav")
            if sound is not None:
                yield Recording(sound, spoken(text), f"nst-{speaker}", "nb", group)


def spoken(text: str) -> str:
    """What a reader of NST's manuscripts said: brackets left out, "\\Komma" read aloud."""
    return " ".join(_UNREAD.sub(" ", text).replace("\\", " ").split())


_Told = tuple[str, str, list[tuple[str, str]]]


def _beside(folder: Path, session_file: Path, session: str, stem: str) -> Path | None:
    """The sound where the editions put it; None when it must be looked for."""
    new = f"{session}_{stem}-1.wav"
    old = f"{stem}.wav"
    near = session_file.parent
    for place in (
        folder / "lydfiler_16_1" / "no" / session / new,
        folder / "lydfiler_16_1" / session / new,
        near / new,
        near / old,
        near / session / old,
    ):
        if place.is_file():
            return place
    return None


def _read_json(path: Path) -> tuple[_Told, str]:
    content = _content(path)
    info: dict[str, Any] = content.get("info", {})
    said = [
        (str(recording["file"]), str(recording.get("text") or ""))
        for recording in content["val_recordings"]
        if recording.get("file")
    ]
    session = str(content.get("pid") or path.stem)
    speaker = str(info.get("Speaker_ID") or session)
    region = info.get("Region_of_Youth") or info.get("Region_of_Birth")
    group = " ".join(str(each) for each in (region, info.get("Sex")) if each)
    return (speaker, group, said), session


def _read_spl(path: Path) -> _Told:
    try:
        lines = path.read_text(encoding="latin-1").splitlines()
    except OSError as error:
        raise CorpusError(f"{path} kan ikke leses.") from error
    section, delimiter = "", _DELIMITER
    info: dict[str, str] = {}
    said: list[tuple[str, str]] = []
    for line in lines:
        if line.startswith("["):
            section = line.strip().strip("[]").lower()
            continue
        key, _, value = line.partition("=")
        if section == "system" and key.strip().lower() == "delimiter" and value.strip():
            delimiter = value.strip()
        fields = value.split(delimiter)
        if section == "info states" and len(fields) > 1:
            info[fields[0].strip().lower()] = fields[1].strip()
        elif section == "record states":
            name = next((field for field in fields if field.lower().endswith(".wav")), None)
            if name and len(fields) > 2:
                said.append((name, fields[2]))
    region = info.get("region of youth") or info.get("region of birth") or ""
    group = " ".join(filter(None, (region, info.get("sex"))))
    return info.get("speaker id") or path.stem, group, said


def _is_session(path: Path) -> bool:
    if path.stat().st_size > 20_000_000:
        return False
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(content, dict) and "val_recordings" in content


def _some(paths: Iterator[Path]) -> Iterator[Path]:
    """The first few: enough to know a corpus by."""
    for _, path in zip(range(20), paths, strict=False):
        yield path


def _content(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CorpusError(f"{path} kan ikke leses.") from error
