"""A large listener that teaches the small one: Whisper's encoder, which has heard very many people.

It is needed only while training. What it makes of speech (512 numbers every 20 ms) says little of
who speaks and much of what is said, so that a few minutes of speech whose sounds are known teach a
small head to tell our sounds in anybody's voice, in any language. What that head believes about
recordings, transcribed or not, is what the network that is shipped then learns from.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audio.errors import CorpusError, TrainingUnavailable
from audio.speech_model import shards
from audio.speech_model.phones import PHONES
from audio.speech_model.shards import SAMPLE_RATE, Utterance

Progress = Callable[[str, float], None]
Rows = NDArray[np.float16]

#: Rows a second, and how many of them come before the speech and after it.
ROW_RATE = 50
MARGIN = 5

_ROW_SAMPLES = SAMPLE_RATE // ROW_RATE
#: Whisper hears half a minute at a time; utterances are laid side by side in it.
_WINDOW = 30 * SAMPLE_RATE
_GAP = 15 * _ROW_SAMPLES


class Encoder:
    """Whisper's encoder, loaded once."""

    def __init__(self, folder: Path, threads: int = 1) -> None:
        """Load a Whisper model in CTranslate2's format (see docs/speech.md).

        Raises TrainingUnavailable without faster-whisper, CorpusError when the folder is no model.
        """
        try:
            import ctranslate2
            from faster_whisper.feature_extractor import FeatureExtractor
        except ImportError as error:
            raise TrainingUnavailable(
                "Læreren trenger faster-whisper: installer kurv[whisper], se docs/speech.md."
            ) from error
        if not (folder / "model.bin").is_file():
            raise CorpusError(f"Mappen {folder} er ingen Whisper-modell: model.bin mangler.")
        self._array: Any = ctranslate2.StorageView.from_array
        self._model = ctranslate2.models.Whisper(
            str(folder), device="cpu", compute_type="int8", intra_threads=threads
        )
        self._features = FeatureExtractor(feature_size=self._model.n_mels)

    def window(self, sound: NDArray[np.float32]) -> Rows:
        """Return the 1,500 rows of half a minute of sound between -1 and 1."""
        mels = self._features(sound)[None, :, : 2 * _WINDOW // _ROW_SAMPLES]
        mels = np.ascontiguousarray(mels, np.float32)
        return np.asarray(self._model.encode(self._array(mels), to_cpu=True))[0].astype(np.float16)


def encode(
    utterances: Sequence[Utterance], window: Callable[[NDArray[np.float32]], Rows]
) -> list[Rows | None]:
    """Return what *window* (see :meth:`Encoder.window`) makes of each; None for too long ones."""
    found: list[Rows | None] = [None] * len(utterances)
    rng = np.random.default_rng(0)
    for packed in _packed(utterances):
        sound = rng.normal(0, 2 / 32768, _WINDOW).astype(np.float32)
        for number, at in packed:
            speech = utterances[number].samples.astype(np.float32)
            sound[at : at + len(speech)] += 0.5 * speech / (float(np.abs(speech).max()) + 1)
        rows = window(sound)
        for number, at in packed:
            first = at // _ROW_SAMPLES - MARGIN
            found[number] = rows[first : first + row_count(utterances[number])]
    return found


def row_count(utterance: Utterance) -> int:
    """Return how many rows an utterance has, margins included."""
    return -(-len(utterance.samples) // _ROW_SAMPLES) + 2 * MARGIN


def _packed(utterances: Sequence[Utterance]) -> Iterator[list[tuple[int, int]]]:
    """Share utterances out to windows: (number, sample where it begins)."""
    packed: list[tuple[int, int]] = []
    at = _GAP
    for number, utterance in enumerate(utterances):
        length = -(-len(utterance.samples) // _ROW_SAMPLES) * _ROW_SAMPLES
        if length + 2 * _GAP > _WINDOW:
            continue
        if at + length + _GAP > _WINDOW:
            yield packed
            packed, at = [], _GAP
        packed.append((number, at))
        at += length + _GAP
    if packed:
        yield packed


def encode_shards(
    sources: Sequence[Path],
    cache: Path,
    window: Callable[[NDArray[np.float32]], Rows],
    *,
    progress: Progress | None = None,
) -> None:
    """Write what *window* makes of the speech of each shard to *cache*; files there are kept."""
    cache.mkdir(parents=True, exist_ok=True)
    for number, source in enumerate(sources):
        target = cache / source.name
        if not target.exists():
            found = encode(shards.read(source), window)
            rows = [np.zeros((0, 1), np.float16) if each is None else each for each in found]
            lengths = np.array([len(each) for each in rows], np.int64)
            known = [each for each in rows if len(each)]
            scratch = target.with_name(target.name + ".part.npz")
            np.savez(scratch, rows=np.concatenate(known), lengths=lengths)
            scratch.replace(target)
        if progress is not None:
            progress(f"læreren lytter: {source.stem}", (number + 1) / len(sources))


def read_rows(path: Path) -> list[NDArray[Any]]:
    """Read the rows of each utterance of a shard; an empty array where there are none."""
    with np.load(path) as stored:
        rows, lengths = stored["rows"], stored["lengths"]
    return np.split(rows, np.cumsum(lengths)[:-1])


def row_labels(
    spans: Sequence[tuple[float, float, str]], count: int, numbers: dict[str, int]
) -> NDArray[np.uint8]:
    """Return the label of every row, given the times of the sounds; row MARGIN begins at 0 s."""
    labels = np.zeros(count, np.uint8)
    for start, end, sound in spans:
        first, last = (math.ceil(second * ROW_RATE - 0.5) + MARGIN for second in (start, end))
        labels[max(0, first) : max(0, last)] = numbers[sound]
    return labels


def beliefs_at(beliefs: NDArray[np.uint8], seconds: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Return what is believed at these times of the clean speech.

    Before the first row and after the last one there is silence. Without any row nothing is
    believed (zeros).
    """
    found = np.zeros((len(seconds), len(PHONES)), np.uint8)
    if len(beliefs):
        row = np.rint(seconds * ROW_RATE - 0.5).astype(int) + MARGIN
        inside = (row >= 0) & (row < len(beliefs))
        found[inside] = beliefs[row[inside]]
        found[~inside, 0] = 255
    return found
