"""From a corpus to training speech: the sound read, every word given its sounds, in shards.

Norwegian words are pronounced by the lexicon. Other languages help where Norwegian recordings are
few: espeak-ng's rules for the language give the sounds, and each becomes the Norwegian ones that it
may be (:mod:`audio.speech_model.foreign`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TypeVar

import numpy as np

from audio.errors import CorpusError, UnreadableAudio
from audio.speech_model import shards
from audio.speech_model.corpora.kinds import recordings
from audio.speech_model.corpora.recording import Recording, is_held_out
from audio.speech_model.corpora.transcripts import said_words
from audio.speech_model.espeak import Espeak, EspeakFailed, Voice
from audio.speech_model.foreign import UNKNOWN, from_foreign_symbols
from audio.speech_model.lexicon import Lexicon
from audio.speech_model.phones import Pronunciation, UnknownSound
from audio.speech_model.shards import SAMPLE_RATE, Utterance
from audio.speech_model.sounds import read_sound

_NORWEGIAN = {"nb", "nn", "no", ""}
#: Where espeak-ng calls a language otherwise than corpora do.
_ESPEAK_NAMES = {"en": "en-us", "en_GB": "en-us", "pt_BR": "pt-br"}
_WORD = re.compile(r"[\w'’-]+")
_SHARD = 100
#: Shorter is no word, longer costs memory and is hard to align.
_SHORTEST, _LONGEST = 0.15, 30.0
#: Recordings without a transcript: their files, seconds of a piece, and what is no sound at all.
_SOUND_FILES = {".wav", ".flac", ".ogg", ".mp3", ".opus"}
_PIECE = 10
_SILENT = 30

_Any = TypeVar("_Any")

Progress = Callable[[str, float], None]


def corpus_to_shards(
    corpus: Path,
    folder: Path,
    name: str,
    *,
    skip_categories: frozenset[str] = frozenset(),
    progress: Progress | None = None,
) -> list[Path]:
    """Write the recordings of a corpus into shards ``name-…``; return the files.

    What one speaker in twenty said goes into ``name-held-out-…`` instead, when there are so many
    speakers. A run that was killed goes on after the last whole file. Recordings that cannot be
    read, and words that cannot be pronounced, are left out with the whole utterance.

    Raises CorpusError for a faulty corpus, or when nothing in it can be used.
    """
    found = list(recordings(corpus, skip_categories=skip_categories))
    testing = [each for each in found if is_held_out(each.speaker)]
    training = [each for each in found if not is_held_out(each.speaker)]
    if not training:  # a corpus of one speaker, who happens to be drawn
        training, testing = testing, []
    made: list[Path] = []
    done = 0
    with Espeak() as engine:
        lexicon = Lexicon()
        for part, chosen in ((name, training), (f"{name}-held-out", testing)):
            for number, batch in enumerate(_batches(chosen)):
                path = folder / f"{part}-{number:05d}.npz"
                if not path.exists():
                    utterances = list(_utterances(batch, lexicon, engine, corpus.stem))
                    if utterances:
                        shards.write(path, utterances)
                made += [path] if path.exists() else []
                done += len(batch)
                if progress is not None:
                    progress(f"leser {corpus.name}", done / len(found))
    if not made:
        raise CorpusError(f"{corpus}: ingen opptak kunne brukes.")
    return made


def sounds_to_shards(
    folder: Path, destination: Path, name: str, *, progress: Progress | None = None
) -> list[Path]:
    """Write the sound files under *folder*, of which nobody knows what is said, into shards.

    They become pieces of ten seconds at most; each file's folder stands for its speaker. A run
    that was killed goes on after the last whole file. Raises CorpusError when there is nothing.
    """
    found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in _SOUND_FILES)
    made: list[Path] = []
    for number, batch in enumerate(_batches(found)):
        path = destination / f"{name}-{number:05d}.npz"
        if not path.exists():
            utterances = [piece for file in batch for piece in _pieces(file, folder.name)]
            if utterances:
                shards.write(path, utterances)
        made += [path] if path.exists() else []
        if progress is not None:
            progress(f"leser {folder.name}", min(1.0, (number + 1) * _SHARD / len(found)))
    if not made:
        raise CorpusError(f"{folder}: fant ingen lydfiler som kan leses.")
    return made


def _pieces(file: Path, source: str) -> Iterator[Utterance]:
    try:
        samples = read_sound(file)
    except UnreadableAudio:
        return
    for at in range(0, len(samples), _PIECE * SAMPLE_RATE):
        piece = samples[at : at + _PIECE * SAMPLE_RATE]
        length = len(piece) / SAMPLE_RATE
        if length > _SHORTEST and np.abs(piece).max() > _SILENT:
            yield Utterance(piece, "", (), file.parent.name, source, ((0.0, length, UNKNOWN),))


def _batches(found: Iterable[_Any]) -> Iterator[list[_Any]]:
    waiting = iter(found)
    while batch := list(islice(waiting, _SHARD)):
        yield batch


def _utterances(
    batch: list[Recording], lexicon: Lexicon, engine: Espeak, source: str
) -> Iterator[Utterance]:
    for recording in batch:
        text = _said(recording)
        words = _pronounced(text, recording.language, lexicon, engine)
        if not words:
            continue
        try:
            samples = read_sound(recording.path, recording.start, recording.end)
        except UnreadableAudio:
            continue
        if _SHORTEST <= len(samples) / SAMPLE_RATE <= _LONGEST:
            yield Utterance(samples, text, tuple(words), recording.speaker, source)


def _said(recording: Recording) -> str:
    """The words in lower case; only Norwegian numbers can be written out here."""
    if recording.language in _NORWEGIAN:
        return " ".join(said_words(recording.text))
    return " ".join(_WORD.findall(recording.text.lower()))


def _pronounced(
    text: str, language: str, lexicon: Lexicon, engine: Espeak
) -> list[Pronunciation] | None:
    """Return the pronunciation of every word, or None when one has none."""
    if not text:
        return None
    try:
        if language in _NORWEGIAN:
            return [lexicon.spoken(word)[0] for word in text.split()]
        said: list[Pronunciation] = []
        for word in text.split():
            timed = engine.say(word, Voice(language=_ESPEAK_NAMES.get(language, language)))
            said.append(from_foreign_symbols([symbol for _, symbol in timed.sounds], language))
        return said if all(said) else None
    except (UnknownSound, EspeakFailed):
        return None
