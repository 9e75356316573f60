"""How well an engine hears: word errors with their uncertainty, sureness, speed and memory."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field

import numpy as np

from audio.frames import frames
from audio.recognizer import LOW_CONFIDENCE, UNKNOWN_WORD, Engine, Transcript, Word
from audio.speech_model.augment import telephone
from audio.speech_model.samples import Sample
from audio.speech_model.scoring import interval, matching
from audio.speech_model.shards import SAMPLE_RATE

Progress = Callable[[str, float], None]

#: A group with fewer words than this says nothing about the spread between groups.
LEAST_GROUP = 20


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
    #: Utterances without any error: the phrase accuracy when only given phrases can be heard.
    sentences_right: float
    sentences_interval: tuple[float, float]
    groups: dict[str, float]
    #: Between the groups that are heard worst and best, of those with LEAST_GROUP words or more.
    spread: float
    real_time_factor: float
    load_seconds: float
    memory_mb: float
    #: Of the words heard right and wrong, the share above LOW_CONFIDENCE.
    sure_when_right: float
    sure_when_wrong: float
    examples: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    def as_dict(self) -> dict[str, object]:
        """Return the figures for JSON."""

        def rounded(value: object) -> object:
            if isinstance(value, float):
                return round(value, 4)
            if isinstance(value, tuple | list):
                return [rounded(each) for each in value]
            if isinstance(value, dict):
                return {key: rounded(each) for key, each in value.items()}
            return value

        return {k: rounded(v) for k, v in asdict(self).items() if k != "examples"}


def listen(engine: Engine, sample: Sample, phrases: Sequence[str] | None = None) -> Transcript:
    """Return what the engine hears, fed in frames of 20 ms with silence around."""
    recognizer = engine.recognizer(phrases)
    quiet = np.zeros(SAMPLE_RATE // 4, np.int16)
    sound = np.concatenate([quiet, sample.samples, quiet, quiet]).astype("<i2").tobytes()
    for frame in frames(sound, SAMPLE_RATE):
        recognizer.accept(frame)
    return recognizer.final()


def run(
    load: Callable[[], Engine],
    samples: Iterable[Sample],
    *,
    phrases: Sequence[str] | None = None,
    by_telephone: bool = False,
    progress: Progress | None = None,
) -> Evaluation:
    """Load an engine, let it hear the samples, *phrases* only if given, and return the figures.

    Raises ValueError without any samples, and what *load* raises.
    """
    before = time.perf_counter()
    engine = load()
    load_seconds = time.perf_counter() - before
    results: list[Heard] = []
    spent = seconds = 0.0
    for sample in samples:
        if by_telephone:
            line = telephone(sample.samples.astype(np.float64))
            sound = np.clip(np.rint(line), -32768, 32767).astype(np.int16)
            sample = Sample(sound, sample.words, sample.group)
        begun = time.process_time()
        transcript = listen(engine, sample, phrases)
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
    large: list[float] = []
    for name in sorted({heard.sample.group for heard in results}):
        mine = [heard for heard in results if heard.sample.group == name]
        said = sum(len(h.sample.words) for h in mine)
        groups[name] = sum(h.errors for h in mine) / said
        if said >= LEAST_GROUP:
            large.append(groups[name])
    errors = [heard.errors for heard in results]
    words = [len(heard.sample.words) for heard in results]
    right = [int(e == 0) for e in errors]
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
        sentences_right=sum(right) / len(right),
        sentences_interval=interval(right, [1] * len(right)),
        groups=groups,
        spread=max(large) - min(large) if large else 0.0,
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
