"""Speech to measure with: recordings of a manifest, or sentences said by unseen voices."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from audio.errors import CorpusError
from audio.speech_model.shards import Utterance
from audio.speech_model.sounds import read_sound
from audio.speech_model.spelling import spoken_words


@dataclass(frozen=True)
class Sample:
    """Speech (16 kHz), the words that were said, and the group of speakers it belongs to."""

    samples: NDArray[np.int16]
    words: tuple[str, ...]
    group: str


def manifest_samples(manifest: Path) -> Iterator[Sample]:
    """Read a tab-separated manifest with the columns path, transcript and, if wanted, group.

    Paths are relative to the manifest. Raises CorpusError naming the line of a fault.
    """
    with manifest.open(encoding="utf-8", newline="") as stream:
        rows = csv.DictReader(stream, delimiter="\t")
        if not {"path", "transcript"} <= set(rows.fieldnames or ()):
            raise CorpusError(f"{manifest}: første linje må ha kolonnene path og transcript.")
        for number, row in enumerate(rows, 2):
            words = tuple(spoken_words((row["transcript"] or "").split("|")[0]))
            if not words:
                raise CorpusError(f"{manifest}, linje {number}: transkripsjonen er tom.")
            group = row.get("group") or row.get("category") or row.get("source") or "alle"
            yield Sample(read_sound(manifest.parent / row["path"]), words, group)


def shard_samples(utterances: Iterable[Utterance]) -> Iterator[Sample]:
    """Return generated speech as samples, grouped by where it comes from."""
    for utterance in utterances:
        yield Sample(utterance.samples, tuple(utterance.text.split()), utterance.source)


def synthetic_samples(sentences: Sequence[str], seed: int = 1) -> Iterator[Sample]:
    """Speak sentences with espeak-ng's held-out voices, one voice after another."""
    from audio.speech_model.espeak import Espeak
    from audio.speech_model.lexicon import Lexicon
    from audio.speech_model.synthetic import espeak_voices, say_with_espeak

    rng = random.Random(seed)
    lexicon = Lexicon()
    with Espeak() as engine:
        voices = espeak_voices(engine, held_out=True)
        for number, sentence in enumerate(sentences):
            words = spoken_words(sentence)
            said = [lexicon.spoken(word)[0] for word in words]
            text = " ".join(words)
            voice = voices[number % len(voices)]
            utterance = say_with_espeak(engine, text, said, voice, rng)
            if utterance is not None:
                yield Sample(utterance.samples, tuple(words), voice)


#: What people of home care order most; each is a word or two that every shop has.
_COMMON_WARES: tuple[str, ...] = (
    "lettmelk", "helmelk", "grovbrød", "kneippbrød", "brunost", "smør", "egg", "kokmalt kaffe",
    "poteter", "gulrøtter", "epler", "bananer", "leverpostei", "makrell i tomat", "fiskekaker",
    "kjøttkaker", "havregryn", "hvetemel", "sukker", "syltetøy", "dopapir", "yoghurt", "rømme",
    "laks", "kyllingfilet", "appelsinjuice", "saft", "kjeks",
)  # fmt: skip


def order_sentences(count: int = 100, seed: int = 2026) -> list[str]:
    """Return order sentences about everyday wares, the same ones every time."""
    from audio.speech_model.patterns import request

    rng = random.Random(seed)
    return [request(rng, rng.choice(_COMMON_WARES), _COMMON_WARES) for _ in range(count)]
