"""Recordings of people as training speech: a manifest, read into shards.

A manifest is a tab-separated file with the columns ``path`` (relative to it), ``transcript`` and,
if wanted, ``language`` (nb, nn, da, sv, en) and ``speaker``. Norwegian words are pronounced by the
lexicon. Other languages help where Norwegian recordings are few: espeak-ng's rules for the
language give the sounds, and each becomes its nearest Norwegian one.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from audio.errors import CorpusError, UnreadableAudio
from audio.speech_model import shards
from audio.speech_model.espeak import Espeak, EspeakFailed, Voice
from audio.speech_model.evaluation import read_sound
from audio.speech_model.lexicon import Lexicon
from audio.speech_model.phones import Pronunciation, UnknownSound, from_ipa_symbols
from audio.speech_model.shards import Utterance
from audio.speech_model.spelling import spoken_words

_NORWEGIAN = {"nb", "nn", "no", ""}
_ESPEAK_NAMES = {"en": "en-us", "da": "da", "sv": "sv"}
_SHARD = 100


def read_manifest(manifest: Path, *, skip_categories: frozenset[str]) -> Iterator[Utterance]:
    """Return the recordings whose words all have a pronunciation.

    Rows of *skip_categories* (column ``category``) are left out, as are files that cannot be
    read. Raises CorpusError when a column is missing.
    """
    lexicon = Lexicon()
    with manifest.open(encoding="utf-8", newline="") as stream, Espeak() as engine:
        rows = csv.DictReader(stream, delimiter="\t")
        if not {"path", "transcript"} <= set(rows.fieldnames or ()):
            raise CorpusError(f"{manifest}: første linje må ha kolonnene path og transcript.")
        for row in rows:
            if row.get("category") in skip_categories:
                continue
            text = " ".join(spoken_words((row["transcript"] or "").split("|")[0]))
            words = _pronounced(text, row.get("language") or "", lexicon, engine)
            if not words:
                continue
            try:
                samples = read_sound(manifest.parent / row["path"])
            except UnreadableAudio:
                continue
            speaker = row.get("speaker") or row.get("source") or manifest.stem
            yield Utterance(samples, text, tuple(words), speaker, manifest.stem)


def _pronounced(
    text: str, language: str, lexicon: Lexicon, engine: Espeak
) -> list[Pronunciation] | None:
    """Return the pronunciation of every word, or None when one has none."""
    if not text:
        return None
    try:
        if language in _NORWEGIAN:
            return [lexicon.spoken(word)[0] for word in text.split()]
        if language not in _ESPEAK_NAMES:
            return None
        said: list[Pronunciation] = []
        for word in text.split():
            timed = engine.say(word, Voice(language=_ESPEAK_NAMES[language]))
            said.append(from_ipa_symbols([symbol for _, symbol in timed.sounds]))
        return said if all(said) else None
    except (UnknownSound, EspeakFailed):
        return None


def manifest_to_shards(
    manifest: Path, folder: Path, name: str, *, skip_categories: frozenset[str] = frozenset()
) -> list[Path]:
    """Write the recordings of a manifest into shards; return the files."""
    made: list[Path] = []
    waiting: list[Utterance] = []
    for utterance in read_manifest(manifest, skip_categories=skip_categories):
        waiting.append(utterance)
        if len(waiting) == _SHARD:
            made.append(folder / f"{name}-{len(made):05d}.npz")
            shards.write(made[-1], waiting)
            waiting = []
    if waiting:
        made.append(folder / f"{name}-{len(made):05d}.npz")
        shards.write(made[-1], waiting)
    if not made:
        raise CorpusError(f"{manifest}: ingen opptak kunne brukes.")
    return made
