"""Speech to text: the Recognizer protocol, and Vosk behind it."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from audio.errors import SpeechModelBroken, SpeechModelMissing, UnknownWords
from audio.readings import MOST, Reading, joined, sureness, weighed

#: What the model puts out for speech that is no word of its vocabulary.
UNKNOWN_WORD = "[unk]"

#: Below this a word was probably misheard: ask. Measured with ``kurv speech evaluate``; how many
#: right and wrong words lie on each side is in docs/speech-experiments.md.
LOW_CONFIDENCE = 0.7


_HISS = np.rint(np.random.default_rng(1).normal(0.0, 2.0, 16_000)).astype(np.int32)


@dataclass(frozen=True)
class Word:
    """A word with its first and last second in the utterance, and 0 to 1 how sure it is."""

    word: str
    start: float
    end: float
    confidence: float

    @property
    def known(self) -> bool:
        """Return False for speech outside the vocabulary."""
        return self.word != UNKNOWN_WORD


@dataclass(frozen=True)
class Transcript:
    """One utterance as it was heard.

    ``text`` has UNKNOWN_WORD where something was said that is no known word, ``confidence`` is
    the least of its words' (1.0 for silence), ``readings`` are the texts that are possible, the
    likeliest first.
    """

    text: str
    confidence: float
    words: tuple[Word, ...]
    readings: tuple[Reading, ...] = ()

    @classmethod
    def of(
        cls, timed: Sequence[tuple[str, float, float]], readings: tuple[Reading, ...]
    ) -> Transcript:
        """Return the transcript of words with their first and last second."""
        sure = sureness([word for word, _, _ in timed], readings)
        words = tuple(
            Word(word, start, end, share)
            for (word, start, end), share in zip(timed, sure, strict=True)
        )
        text = " ".join(word.word for word in words)
        return cls(text, min(sure, default=1.0), words, readings)

    @property
    def unsure(self) -> bool:
        """Return True when a part of it should be asked about."""
        return self.confidence < LOW_CONFIDENCE or any(not word.known for word in self.words)


class Recognizer(Protocol):
    """Hears one utterance at a time from 16-bit little-endian mono frames."""

    sample_rate: int

    def accept(self, pcm: bytes) -> str | None:
        """Take a frame; return the text so far when it has changed, else None."""

    def final(self) -> Transcript:
        """Return the utterance, and be ready for the next one."""

    def reset(self) -> None:
        """Forget what was heard of this utterance."""


class Engine(Protocol):
    """A loaded model, shared by any number of recognisers."""

    sample_rate: int

    def recognizer(self, phrases: Sequence[str] | None = None) -> Recognizer:
        """Return a new recogniser; with *phrases* nothing else can be heard."""

    def unknown_words(self, phrases: Sequence[str]) -> tuple[str, ...]:
        """Return the words of these phrases that it cannot hear, each once, in order."""


class Narrowed:
    """An engine whose every recogniser hears these phrases only."""

    def __init__(self, engine: Engine, phrases: Sequence[str]) -> None:
        """Narrow a loaded engine."""
        self.sample_rate = engine.sample_rate
        self._engine, self._phrases = engine, tuple(phrases)

    def recognizer(self, phrases: Sequence[str] | None = None) -> Recognizer:
        """Return a new recogniser; *phrases* narrow it further."""
        return self._engine.recognizer(self._phrases if phrases is None else phrases)

    def unknown_words(self, phrases: Sequence[str]) -> tuple[str, ...]:
        """Return the words of these phrases that it cannot hear, each once, in order."""
        return self._engine.unknown_words(phrases)


class VoskRecognizer:
    """One conversation's ear; made by :meth:`VoskModel.recognizer`."""

    def __init__(self, model: Any, sample_rate: int, grammar: str | None) -> None:
        """Use a loaded Vosk model; *grammar* is JSON, None means the model's own language."""
        import vosk

        arguments = (model, sample_rate) if grammar is None else (model, sample_rate, grammar)
        self.sample_rate = sample_rate
        self._recognizer = vosk.KaldiRecognizer(*arguments)
        self._recognizer.SetWords(True)
        self._recognizer.SetMaxAlternatives(MOST)
        self._done: list[dict[str, Any]] = []
        self._told = ""
        self._floor = _NoiseFloor()

    def accept(self, pcm: bytes) -> str | None:
        """Take a frame; return the text so far when it has changed, else None."""
        if self._recognizer.AcceptWaveform(self._floor.under(pcm)):
            # Vosk ends an utterance after a pause of its own choice. When the person has
            # finished is not for it to say, so its pieces are put together again.
            self._done.append(json.loads(self._recognizer.Result()))
            now = ""
        else:
            now = json.loads(self._recognizer.PartialResult()).get("partial", "")
        text = " ".join(part for part in (*map(_text, self._done), now) if part)
        if text == self._told:
            return None
        self._told = text
        return text

    def final(self) -> Transcript:
        """Return the utterance, and be ready for the next one."""
        self._done.append(json.loads(self._recognizer.FinalResult()))
        pieces, self._done, self._told = self._done, [], ""
        timed = [
            (word["word"], float(word["start"]), float(word["end"]))
            for piece in pieces
            for word in _likeliest(piece).get("result", ())
        ]
        readings = joined([_readings(piece) for piece in pieces])
        return Transcript.of(timed, readings)

    def reset(self) -> None:
        """Forget what was heard of this utterance."""
        self._recognizer.Reset()
        self._done = []
        self._told = ""


class _NoiseFloor:
    """A hiss that nobody hears, the same every time.

    Recordings and lines may hold silence of zeros only, which no microphone gives: its logarithm
    lies so far below all else that the running mean of the features is lost for seconds.
    """

    def __init__(self) -> None:
        self._at = 0

    def under(self, pcm: bytes) -> bytes:
        """Return 16-bit samples with the hiss added."""
        samples = np.frombuffer(pcm, "<i2").astype(np.int32)
        places = np.arange(self._at, self._at + len(samples)) % len(_HISS)
        self._at = (self._at + len(samples)) % len(_HISS)
        return np.clip(samples + _HISS[places], -32768, 32767).astype("<i2").tobytes()


def _likeliest(piece: dict[str, Any]) -> dict[str, Any]:
    """The first alternative of one of Vosk's results; an empty one when nothing was said."""
    found = piece.get("alternatives") or [{}]
    return dict(found[0])


def _text(piece: dict[str, Any]) -> str:
    return str(_likeliest(piece).get("text", "")).strip()


def _readings(piece: dict[str, Any]) -> tuple[Reading, ...]:
    scored = [
        (str(each.get("text", "")).strip(), float(each.get("confidence", 0.0)))
        for each in piece.get("alternatives", ())
    ]
    # A score that is no number comes of a lattice that fell apart: one reading is left then.
    return weighed([pair for pair in scored if math.isfinite(pair[1])] or scored[:1])


class VoskModel:
    """A speech model, loaded once and shared by any number of recognisers."""

    #: The rate that the model was trained at, in Hz; telephone sound is resampled to it.
    sample_rate: int = 16000

    def __init__(self, path: Path) -> None:
        """Load the model folder.

        Raises SpeechModelMissing without a folder, SpeechModelBroken when it is no model.
        """
        self.path = Path(path)
        if not self.path.is_dir():
            raise SpeechModelMissing(
                f"Fant ikke talemodellen {self.path}. Bygg den med «kurv speech build»."
            )
        for part in ("am/final.mdl", "conf/mfcc.conf", "conf/model.conf", "graph/words.txt"):
            if not (self.path / part).is_file():
                raise SpeechModelBroken(f"Mappen {self.path} er ingen talemodell: {part} mangler.")
        try:
            import vosk

            vosk.SetLogLevel(-1)
            self._model = vosk.Model(str(self.path))
        except Exception as error:  # vosk raises a bare Exception
            raise SpeechModelBroken(
                f"Talemodellen i {self.path} kunne ikke lastes. Bygg den på nytt med "
                "«kurv speech build»."
            ) from error

    def knows(self, word: str) -> bool:
        """Return True when the model can hear the word (lower case)."""
        return int(self._model.vosk_model_find_word(word)) >= 0

    def unknown_words(self, phrases: Sequence[str]) -> tuple[str, ...]:
        """Return the words of these phrases that the model cannot hear, each once, in order."""
        words = dict.fromkeys(word for phrase in phrases for word in phrase.lower().split())
        return tuple(word for word in words if not self.knows(word))

    def recognizer(
        self, phrases: Sequence[str] | None = None, *, unknown: bool = True
    ) -> VoskRecognizer:
        """Return a new recogniser.

        With *phrases* (words in lower case, no digits) it hears only these, and with *unknown*
        also UNKNOWN_WORD. Raises UnknownWords when a phrase has a word which the model lacks:
        Vosk would drop it without a sound.
        """
        if phrases is None:
            return VoskRecognizer(self._model, self.sample_rate, None)
        lacking = self.unknown_words(phrases)
        if lacking:
            raise UnknownWords(lacking)
        heard = [phrase.lower() for phrase in phrases]
        if unknown and self.knows(UNKNOWN_WORD):
            heard.append(UNKNOWN_WORD)
        # Escaped letters (\\u00f8) would be taken literally: Vosk's JSON reader does not undo them.
        grammar = json.dumps(heard, ensure_ascii=False)
        return VoskRecognizer(self._model, self.sample_rate, grammar)
