"""Other throats, other microphones, other paces: changes made to MFCCs while training.

They cost next to nothing, so every example is another one each time it is seen. Warping the
frequencies moves the formants and leaves the pitch, as a longer or shorter throat does; an offset
of the lower coefficients is another microphone; a missing band is a bad line.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from audio.speech_model.features import DIMENSION, HIGH_FREQUENCY, LOW_FREQUENCY
from audio.speech_model.shards import SAMPLE_RATE

Matrix = NDArray[np.float32]

#: Kaldi's cepstral lifter.
_LIFTER = 22.0

_WARPS = np.linspace(0.9, 1.12, 23)
_SHARE_WARPED = 0.6
_SHARE_MASKED = 0.2
_WIDEST_MASK = 7
_SHARE_COLOURED = 0.7
#: How strongly the sound's colour is changed, in natural logarithms of mel energy, and the level.
_COLOUR = 0.45
_LEVEL = 0.8


def _mel(frequency: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1127.0 * np.log(1.0 + frequency / 700.0))


def _hertz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(700.0 * (np.exp(mel / 1127.0) - 1.0))


def cosines() -> NDArray[np.float64]:
    """Return the matrix from log mel energies to MFCCs, Kaldi's lifter included."""
    rows, bins = np.mgrid[0:DIMENSION, 0:DIMENSION]
    table = np.sqrt(2.0 / DIMENSION) * np.cos(np.pi / DIMENSION * (bins + 0.5) * rows)
    table[0] = np.sqrt(1.0 / DIMENSION)
    lift = 1.0 + 0.5 * _LIFTER * np.sin(np.pi * np.arange(DIMENSION) / _LIFTER)
    return np.asarray(table * lift[:, None])


def _warped(factor: float) -> NDArray[np.float64]:
    """Return the matrix that moves log mel energies at f to factor * f."""
    top = SAMPLE_RATE / 2 + HIGH_FREQUENCY
    edges = _mel(np.array([LOW_FREQUENCY, top], np.float64))
    step = (edges[1] - edges[0]) / (DIMENSION + 1)
    centres = edges[0] + step * np.arange(1, DIMENSION + 1)
    source = (_mel(_hertz(centres) / factor) - edges[0]) / step - 1
    source = np.clip(source, 0, DIMENSION - 1)
    low = np.minimum(source.astype(int), DIMENSION - 2)
    share = source - low
    table = np.zeros((DIMENSION, DIMENSION))
    rows = np.arange(DIMENSION)
    table[rows, low] = 1 - share
    table[rows, low + 1] += share
    return table


class Disguise:
    """Draws a linear change of normalised MFCCs for every example; *mean* was taken away before."""

    def __init__(self, mean: NDArray[np.float64]) -> None:
        """Prepare the tables."""
        self._to_mfcc = cosines()
        self._to_mel = np.linalg.inv(self._to_mfcc)
        self._mean = mean
        self._warps = [_warped(float(factor)) for factor in _WARPS]

    def draw(self, count: int, rng: np.random.Generator) -> tuple[Matrix, Matrix]:
        """Return matrices (count, 40, 40) and offsets (count, 40): a row x becomes x @ m + o."""
        matrices = np.empty((count, DIMENSION, DIMENSION), np.float32)
        offsets = np.zeros((count, DIMENSION), np.float32)
        for at in range(count):
            change = np.eye(DIMENSION)
            offset = np.zeros(DIMENSION)
            if rng.random() < _SHARE_WARPED:
                change = self._warps[int(rng.integers(len(self._warps)))]
                mel_mean = self._to_mel @ self._mean
                offset += change @ mel_mean - mel_mean
            if rng.random() < _SHARE_COLOURED:
                offset += self._colour(rng)
            if rng.random() < _SHARE_MASKED:
                width = int(rng.integers(1, _WIDEST_MASK + 1))
                first = int(rng.integers(0, DIMENSION - width))
                change = change.copy()
                change[first : first + width] = 0.0
                offset[first : first + width] = 0.0
            matrices[at] = (self._to_mfcc @ change @ self._to_mel).T
            offsets[at] = self._to_mfcc @ offset
        return matrices, offsets

    def _colour(self, rng: np.random.Generator) -> NDArray[np.float64]:
        """Return a smooth random curve over the mel bins, in natural logarithms."""
        knots = rng.normal(0.0, _COLOUR, 6)
        curve = np.interp(np.linspace(0, 5, DIMENSION), np.arange(6), knots)
        return np.asarray(curve + rng.normal(0.0, _LEVEL))
