"""A second ear: Whisper through faster-whisper, for machines that can carry it.

The National Library's NB-Whisper hears people far better than a small model can, and needs many
times the computing power. It hears whole utterances: there are no partial texts, so the screen
shows nothing until a person has finished. See docs/speech.md for how to get it; nothing is ever
fetched here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from audio.errors import SpeechModelBroken, SpeechModelMissing
from audio.readings import weighed
from audio.recognizer import Transcript, Word
from audio.speech_model.spelling import spoken_words
from audio.word_sounds import word_sounds

_SAMPLE_RATE = 16000

#: Whisper's prompt holds 224 tokens; a Norwegian shop word takes about three.
_MOST_HOT_WORDS = 70

#: So many phrases, those that sound most like the text, are compared by likelihood.
_SHORTLIST = 12

#: What a mean token's likelihood (natural logarithm) weighs against a share of wrong sounds.
_SOUND_WEIGHT = 4.0

#: Above this Whisper believes that nobody spoke; it then makes words up.
_NO_SPEECH = 0.6


class WhisperModel:
    """A Whisper model, loaded once and shared by any number of recognisers."""

    sample_rate: int = _SAMPLE_RATE

    def __init__(
        self, model: str, *, hot_words: Sequence[str] = (), language: str = "no", threads: int = 2
    ) -> None:
        """Load a folder in CTranslate2's format, or a name that was fetched to this machine before.

        *hot_words* are spelled to the model as words to expect. Raises SpeechModelMissing without
        faster-whisper or the model, SpeechModelBroken when it cannot be loaded.
        """
        folder = Path(model).expanduser()
        if folder.is_dir() and not (folder / "model.bin").is_file():
            raise SpeechModelBroken(f"Mappen {folder} er ingen Whisper-modell: model.bin mangler.")
        try:
            import faster_whisper
        except ImportError as error:
            raise SpeechModelMissing(
                "KURV_WHISPER_MODEL trenger faster-whisper: installer kurv[whisper]."
            ) from error
        try:
            self._model = faster_whisper.WhisperModel(
                str(folder) if folder.is_dir() else model,
                device="cpu",
                compute_type="int8",
                cpu_threads=threads,
                local_files_only=True,
            )
        except Exception as error:  # faster-whisper passes on whatever its parts raise
            raise SpeechModelMissing(
                f"Fant ikke Whisper-modellen «{model}» på denne maskinen; docs/speech.md forteller "
                "hvordan den hentes."
            ) from error
        self._language = language
        self._hot_words = " ".join(hot_words[:_MOST_HOT_WORDS]) or None

    def recognizer(self, phrases: Sequence[str] | None = None) -> WhisperRecognizer:
        """Return a new recogniser; with *phrases* it answers one of them for every utterance."""
        return WhisperRecognizer(self, phrases)

    def unknown_words(self, phrases: Sequence[str]) -> tuple[str, ...]:
        """Return (): Whisper spells whatever is said."""
        return ()

    def transcribe(self, sound: NDArray[np.float32]) -> Transcript:
        """Return what is said in 16 kHz sound between -1 and 1."""
        segments, _ = self._model.transcribe(
            sound,
            language=self._language,
            beam_size=5,
            without_timestamps=False,
            word_timestamps=True,
            condition_on_previous_text=False,
            hotwords=self._hot_words,
        )
        words: list[Word] = []
        for segment in segments:
            if segment.no_speech_prob > _NO_SPEECH and segment.avg_logprob < -1.0:
                continue
            for each in segment.words or ():
                for word in spoken_words(each.word):
                    words.append(Word(word, float(each.start), float(each.end), each.probability))
        return Transcript(
            text=" ".join(word.word for word in words),
            confidence=min((word.confidence for word in words), default=1.0),
            words=tuple(words),
        )

    def choose(
        self, sound: NDArray[np.float32], phrases: Sequence[str], heard: str
    ) -> list[tuple[str, float]]:
        """Return the phrases that come nearest to the sound with their scores, best first.

        Those that sound like *heard*, Whisper's own text, are compared by how likely Whisper
        finds them.
        """
        if not phrases:
            return []
        distances = {phrase: sound_distance(heard, phrase) for phrase in phrases}
        short = sorted(phrases, key=distances.__getitem__)[:_SHORTLIST]
        likelihoods = self._likelihoods(sound, short)
        scored = [
            (phrase, likelihood - _SOUND_WEIGHT * distances[phrase])
            for phrase, likelihood in zip(short, likelihoods, strict=True)
        ]
        return sorted(scored, key=lambda pair: -pair[1])

    def _likelihoods(self, sound: NDArray[np.float32], phrases: Sequence[str]) -> list[float]:
        """Return the mean log probability of each phrase's tokens, given the sound."""
        from faster_whisper.tokenizer import Tokenizer

        model = self._model
        tokenizer = Tokenizer(
            model.hf_tokenizer,
            model.model.is_multilingual,
            task="transcribe",
            language=self._language,
        )
        features = model.feature_extractor(sound)
        frames = min(features.shape[-1], model.feature_extractor.nb_max_frames)
        padded = np.zeros((features.shape[0], model.feature_extractor.nb_max_frames), np.float32)
        padded[:, :frames] = features[:, :frames]
        encoded = model.encode(padded)
        found: list[float] = []
        for phrase in phrases:
            tokens = tokenizer.encode(" " + phrase.capitalize())
            (result,) = model.model.align(encoded, tokenizer.sot_sequence, [tokens], frames)
            likely = [math.log(max(p, 1e-9)) for p in result.text_token_probs]
            found.append(sum(likely) / max(1, len(likely)))
        return found


class WhisperRecognizer:
    """One conversation's ear; made by :meth:`WhisperModel.recognizer`."""

    def __init__(self, model: WhisperModel, phrases: Sequence[str] | None) -> None:
        """Use a loaded model."""
        self.sample_rate = _SAMPLE_RATE
        self._model = model
        self._phrases = None if phrases is None else [phrase.lower() for phrase in phrases]
        self._frames: list[bytes] = []

    def accept(self, pcm: bytes) -> str | None:
        """Take a frame; Whisper has no text before the utterance is whole."""
        self._frames.append(pcm)
        return None

    def final(self) -> Transcript:
        """Return the utterance, and be ready for the next one."""
        pcm = b"".join(self._frames)
        self._frames = []
        sound = np.frombuffer(pcm[: len(pcm) // 2 * 2], "<i2").astype(np.float32) / 32768
        if not len(sound):
            return Transcript("", 1.0, ())
        heard = self._model.transcribe(sound)
        if self._phrases is None or not heard.words:
            return heard
        return chosen(heard, self._model.choose(sound, self._phrases, heard.text))

    def reset(self) -> None:
        """Forget what was heard of this utterance."""
        self._frames = []


def sound_distance(said: str, other: str) -> float:
    """Return the share of sounds that differ between two texts: 0 alike, 1 nothing in common."""
    from rapidfuzz.distance import Levenshtein

    first, second = (
        "".join(word_sounds(word) for word in spoken_words(text)) for text in (said, other)
    )
    return float(Levenshtein.normalized_distance(first, second))


def chosen(heard: Transcript, scored: Sequence[tuple[str, float]]) -> Transcript:
    """Return the best phrase as a transcript over the time of what was heard.

    Its confidence is its share among the candidates, as if their scores were log likelihoods.
    """
    if not scored:
        return heard
    readings = weighed(scored)
    words = readings[0].words
    start, end = heard.words[0].start, heard.words[-1].end
    step = (end - start) / len(words)
    timed = [(word, start + at * step, start + (at + 1) * step) for at, word in enumerate(words)]
    return Transcript.of(timed, readings)
