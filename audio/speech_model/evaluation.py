"""How well a model hears: word errors with their uncertainty, sureness, speed and memory."""

from __future__ import annotations

import csv
import random
import resource
import time
import wave
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import soxr
from numpy.typing import NDArray

from audio.errors import CorpusError, UnreadableAudio
from audio.frames import frames
from audio.recognizer import LOW_CONFIDENCE, UNKNOWN_WORD, Transcript, VoskModel, Word
from audio.speech_model.augment import telephone
from audio.speech_model.shards import SAMPLE_RATE, Utterance
from audio.speech_model.spelling import spoken_words

Progress = Callable[[str, float], None]

_RESAMPLES = 1000


@dataclass(frozen=True)
class Sample:
    """Speech (16 kHz), the words that were said, and the group of speakers it belongs to."""

    samples: NDArray[np.int16]
    words: tuple[str, ...]
    group: str


@dataclass(frozen=True)
class Heard:
    """What became of one sample."""

    sample: Sample
    transcript: Transcript
    errors: int


@dataclass(frozen=True)
class Evaluation:
    """The figures of one run; shares are 0 to 1, times in seconds, memory in megabytes."""

    utterances: int
    words: int
    word_error_rate: float
    confidence_interval: tuple[float, float]
    sentences_right: float
    groups: dict[str, float]
    real_time_factor: float
    load_seconds: float
    memory_mb: float
    #: Of the words heard right and wrong, the share above LOW_CONFIDENCE.
    sure_when_right: float
    sure_when_wrong: float
    examples: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    def as_dict(self) -> dict[str, object]:
        """Return the figures for JSON."""
        return {
            "utterances": self.utterances,
            "words": self.words,
            "word_error_rate": round(self.word_error_rate, 4),
            "confidence_interval": [round(x, 4) for x in self.confidence_interval],
            "sentences_right": round(self.sentences_right, 4),
            "groups": {name: round(x, 4) for name, x in self.groups.items()},
            "real_time_factor": round(self.real_time_factor, 4),
            "load_seconds": round(self.load_seconds, 3),
            "memory_mb": round(self.memory_mb, 1),
            "sure_when_right": round(self.sure_when_right, 4),
            "sure_when_wrong": round(self.sure_when_wrong, 4),
        }


def matching(said: Sequence[str], heard: Sequence[str]) -> tuple[int, list[bool]]:
    """Return the edits between two word lists, and for each heard word whether it is right."""
    width = len(heard) + 1
    table = [list(range(width))]
    for i, word in enumerate(said, 1):
        row = [i]
        for j, other in enumerate(heard, 1):
            row.append(
                min(table[i - 1][j] + 1, row[j - 1] + 1, table[i - 1][j - 1] + (word != other))
            )
        table.append(row)
    right = [False] * len(heard)
    i, j = len(said), len(heard)
    while i and j:
        if table[i][j] == table[i - 1][j - 1] + (said[i - 1] != heard[j - 1]):
            right[j - 1] = said[i - 1] == heard[j - 1]
            i, j = i - 1, j - 1
        elif table[i][j] == table[i - 1][j] + 1:
            i -= 1
        else:
            j -= 1
    return table[-1][-1], right


def word_error_rate(pairs: Iterable[tuple[Sequence[str], Sequence[str]]]) -> float:
    """Return edits over words said, for (said, heard) pairs; raises ValueError without words."""
    edits = words = 0
    for said, heard in pairs:
        edits += matching(said, heard)[0]
        words += len(said)
    if not words:
        raise ValueError("no words to compare")
    return edits / words


def interval(errors: Sequence[int], words: Sequence[int], seed: int = 1) -> tuple[float, float]:
    """Return the 95 % interval of the error rate, resampling whole utterances."""
    rng = np.random.default_rng(seed)
    wrong, total = np.asarray(errors), np.asarray(words)
    picks = rng.integers(0, len(wrong), (_RESAMPLES, len(wrong)))
    rates = wrong[picks].sum(axis=1) / np.maximum(1, total[picks].sum(axis=1))
    low, high = np.quantile(rates, (0.025, 0.975))
    return float(low), float(high)


def read_sound(
    path: Path, start: float | None = None, end: float | None = None
) -> NDArray[np.int16]:
    """Return a sound file, or its part from second *start* to *end*, as 16 kHz mono samples.

    WAV files need nothing else; other kinds need soundfile (kurv[train]). Raises UnreadableAudio.
    """
    try:
        with wave.open(str(path), "rb") as stream:
            if stream.getsampwidth() == 2:
                first, last = _span(start, end, stream.getframerate(), stream.getnframes())
                stream.setpos(first)
                found = np.frombuffer(stream.readframes(last - first), "<i2")
                mono = found.reshape(-1, stream.getnchannels()).astype(np.float64).mean(axis=1)
                return _fitted(mono, stream.getframerate())
    except (wave.Error, EOFError, OSError):
        pass
    try:
        import soundfile

        facts = soundfile.info(str(path))
        first, last = _span(start, end, facts.samplerate, facts.frames)
        content, rate = soundfile.read(
            str(path), dtype="float64", always_2d=True, start=first, stop=last
        )
    except ImportError as error:
        raise UnreadableAudio(
            f"{path} er ikke en WAV-fil; andre formater krever soundfile (kurv[train])."
        ) from error
    except (OSError, RuntimeError) as error:
        raise UnreadableAudio(f"Lydfilen {path} kan ikke leses.") from error
    return _fitted(content.mean(axis=1) * 32767, int(rate))


def _span(start: float | None, end: float | None, rate: int, frames: int) -> tuple[int, int]:
    """The first frame and the one after the last, both within the file."""
    first = min(round((start or 0.0) * rate), frames)
    last = frames if end is None else min(round(end * rate), frames)
    return first, max(first, last)


def _fitted(mono: NDArray[np.float64], rate: int) -> NDArray[np.int16]:
    wide = mono if rate == SAMPLE_RATE else soxr.resample(mono, rate, SAMPLE_RATE)
    return np.clip(np.rint(wide), -32768, 32767).astype(np.int16)


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


def listen(model: VoskModel, sample: Sample) -> Transcript:
    """Return what the model hears, fed in frames of 20 ms with silence around."""
    recognizer = model.recognizer()
    quiet = np.zeros(SAMPLE_RATE // 4, np.int16)
    sound = np.concatenate([quiet, sample.samples, quiet, quiet]).astype("<i2").tobytes()
    for frame in frames(sound, SAMPLE_RATE):
        recognizer.accept(frame)
    return recognizer.final()


def run(
    model_dir: Path,
    samples: Iterable[Sample],
    *,
    by_telephone: bool = False,
    progress: Progress | None = None,
) -> Evaluation:
    """Let the model hear the samples and return the figures; raises ValueError without any."""
    before = time.perf_counter()
    model = VoskModel(model_dir)
    load_seconds = time.perf_counter() - before
    results: list[Heard] = []
    spent = seconds = 0.0
    for sample in samples:
        if by_telephone:
            line = telephone(sample.samples.astype(np.float64))
            sound = np.clip(np.rint(line), -32768, 32767).astype(np.int16)
            sample = Sample(sound, sample.words, sample.group)
        begun = time.process_time()
        transcript = listen(model, sample)
        spent += time.process_time() - begun
        seconds += len(sample.samples) / SAMPLE_RATE + 0.75
        heard = [word.word for word in transcript.words]
        results.append(Heard(sample, transcript, matching(sample.words, heard)[0]))
        if progress is not None:
            progress(f"{len(results)} ytringer", 0.0)
    if not results:
        raise ValueError("nothing to evaluate")
    return _figures(results, spent / seconds, load_seconds)


def sureness(results: Sequence[Heard]) -> list[tuple[Word, bool]]:
    """Return every word heard with whether it is right."""
    return [
        pair
        for heard in results
        for pair in zip(
            heard.transcript.words,
            matching(heard.sample.words, [w.word for w in heard.transcript.words])[1],
            strict=True,
        )
    ]


def _figures(results: list[Heard], factor: float, load_seconds: float) -> Evaluation:
    groups: dict[str, float] = {}
    for name in sorted({heard.sample.group for heard in results}):
        mine = [heard for heard in results if heard.sample.group == name]
        groups[name] = sum(h.errors for h in mine) / sum(len(h.sample.words) for h in mine)
    errors = [heard.errors for heard in results]
    words = [len(heard.sample.words) for heard in results]
    judged = sureness(results)

    def share_sure(right: bool) -> float:
        picked = [
            word.confidence >= LOW_CONFIDENCE and word.word != UNKNOWN_WORD
            for word, is_right in judged
            if is_right == right
        ]
        return sum(picked) / len(picked) if picked else 0.0

    return Evaluation(
        utterances=len(results),
        words=sum(words),
        word_error_rate=sum(errors) / sum(words),
        confidence_interval=interval(errors, words),
        sentences_right=sum(e == 0 for e in errors) / len(errors),
        groups=groups,
        real_time_factor=factor,
        load_seconds=load_seconds,
        memory_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        sure_when_right=share_sure(True),
        sure_when_wrong=share_sure(False),
        examples=tuple(
            (" ".join(heard.sample.words), heard.transcript.text)
            for heard in results
            if heard.errors
        )[:30],
    )
