"""Speech to text: the Recognizer protocol, and Vosk behind it."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from audio.errors import SpeechModelBroken, SpeechModelMissing, UnknownWords

#: What the model puts out for speech that is no word of its vocabulary.
UNKNOWN_WORD = "[unk]"

#: Below this a word was probably misheard: ask. Measured with ``kurv speech evaluate``; how many
#: right and wrong words lie on each side is in docs/speech-experiments.md.
LOW_CONFIDENCE = 0.7


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
    the least of its words' (1.0 for silence), ``alternatives`` are other readings, best first.
    """

    text: str
    confidence: float
    words: tuple[Word, ...]
    alternatives: tuple[str, ...] = ()

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
        self._done: list[dict[str, Any]] = []
        self._told = ""

    def accept(self, pcm: bytes) -> str | None:
        """Take a frame; return the text so far when it has changed, else None."""
        if self._recognizer.AcceptWaveform(pcm):
            # Vosk ends an utterance after a pause of its own choice. When the person has
            # finished is not for it to say, so its pieces are put together again.
            self._done.append(json.loads(self._recognizer.Result()))
            now = ""
        else:
            now = json.loads(self._recognizer.PartialResult()).get("partial", "")
        text = " ".join(part for part in (*(d.get("text", "") for d in self._done), now) if part)
        if text == self._told:
            return None
        self._told = text
        return text

    def final(self) -> Transcript:
        """Return the utterance, and be ready for the next one."""
        self._done.append(json.loads(self._recognizer.FinalResult()))
        pieces, self._done, self._told = self._done, [], ""
        words = tuple(
            Word(w["word"], float(w["start"]), float(w["end"]), _share(float(w["conf"])))
            for piece in pieces
            for w in piece.get("result", ())
        )
        return Transcript(
            text=" ".join(word.word for word in words),
            confidence=min((word.confidence for word in words), default=1.0),
            words=words,
        )

    def reset(self) -> None:
        """Forget what was heard of this utterance."""
        self._recognizer.Reset()
        self._done = []
        self._told = ""


def _share(confidence: float) -> float:
    """Return a confidence within 0 and 1: Vosk's sums can be a hair above 1."""
    return min(1.0, max(0.0, confidence)) if math.isfinite(confidence) else 0.0


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
