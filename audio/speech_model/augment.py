"""One clean recording to many: other rooms, distances, microphones, lines and noises."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import soxr
from numpy.typing import NDArray

from audio.speech_model.shards import SAMPLE_RATE

Wave = NDArray[np.float64]

_A_LAW = 87.6


def a_law(wave: Wave) -> Wave:
    """Return the wave as a telephone line's 8-bit A-law carries it."""
    x = np.clip(wave / 32768, -1, 1)
    size = np.abs(x)
    compressed = np.where(
        size < 1 / _A_LAW,
        _A_LAW * size / (1 + np.log(_A_LAW)),
        (1 + np.log(np.maximum(_A_LAW * size, 1e-9))) / (1 + np.log(_A_LAW)),
    )
    coded = np.round(compressed * np.sign(x) * 128) / 128
    size = np.abs(coded)
    expanded = np.where(
        size < 1 / (1 + np.log(_A_LAW)),
        size * (1 + np.log(_A_LAW)) / _A_LAW,
        np.exp(size * (1 + np.log(_A_LAW)) - 1) / _A_LAW,
    )
    return np.asarray(expanded * np.sign(coded) * 32768, np.float64)


def telephone(wave: Wave) -> Wave:
    """Return 16 kHz sound after a telephone line: 8 kHz, A-law, and back to 16 kHz."""
    narrow = a_law(np.clip(soxr.resample(wave, SAMPLE_RATE, 8000), -32768, 32767))
    wide = soxr.resample(narrow, 8000, SAMPLE_RATE)
    fitted = np.zeros(len(wave))
    count = min(len(wave), len(wide))
    fitted[:count] = wide[:count]
    return fitted


def _fast_size(count: int) -> int:
    """Return the power of two that is at least *count*: other lengths transform slowly."""
    return 1 << (count - 1).bit_length()


def _convolve(wave: Wave, response: Wave) -> Wave:
    size = _fast_size(len(wave) + len(response))
    product = np.fft.rfft(wave, size) * np.fft.rfft(response, size)
    return np.asarray(np.fft.irfft(product, size)[: len(wave)], np.float64)


def _room(rng: np.random.Generator) -> Wave:
    """Return the response of a room: the direct sound, a few early and many late echoes."""
    seconds = rng.uniform(0.08, 0.6)
    count = int(seconds * SAMPLE_RATE)
    decay = np.exp(-6.9 * np.arange(count) / count)
    response = rng.standard_normal(count) * decay * rng.uniform(0.01, 0.10)
    response[: int(rng.uniform(0.001, 0.01) * SAMPLE_RATE)] = 0
    for _ in range(rng.integers(0, 6)):
        response[rng.integers(16, min(count, 800))] += rng.uniform(-0.5, 0.5)
    response[0] = 1.0
    return response


def _equalise(wave: Wave, rng: np.random.Generator) -> Wave:
    """Change the tone: a random smooth curve of up to 9 dB over the spectrum."""
    size = _fast_size(len(wave))
    spectrum = np.fft.rfft(wave, size)
    knots = rng.uniform(-9, 9, 6)
    curve = np.interp(np.linspace(0, 5, len(spectrum)), np.arange(6), knots)
    if rng.random() < 0.25:
        cut = rng.uniform(0.35, 0.95)
        curve -= np.clip((np.linspace(0, 1, len(spectrum)) - cut) * 200, 0, 40)
    return np.asarray(np.fft.irfft(spectrum * 10 ** (curve / 20), size)[: len(wave)])


def _noise(count: int, rng: np.random.Generator, others: Sequence[NDArray[np.int16]]) -> Wave:
    kind = rng.random()
    if others and kind < 0.3:
        babble = np.zeros(count)
        for _ in range(rng.integers(1, 5)):
            other = others[rng.integers(len(others))].astype(np.float64)
            if len(other):
                babble += np.resize(np.roll(other, rng.integers(len(other))), count)
        return babble
    size = _fast_size(count)
    spectrum = np.fft.rfft(rng.standard_normal(size))
    tilt = np.maximum(1, np.arange(len(spectrum))) ** rng.uniform(0.0, 1.0)
    noise = np.fft.irfft(spectrum / tilt, size)[:count]
    if kind > 0.85:
        hum = rng.choice((50.0, 100.0, 120.0, 200.0))
        phase = 2 * np.pi * hum * np.arange(count) / SAMPLE_RATE
        noise += np.std(noise) * rng.uniform(0.5, 3) * (np.sin(phase) + 0.5 * np.sin(2 * phase))
    return np.asarray(noise, np.float64)


def stretch(samples: NDArray[np.int16], factor: float) -> Wave:
    """Play faster and higher (factor above 1) or slower and lower, as another throat would."""
    return np.asarray(
        soxr.resample(samples.astype(np.float64), SAMPLE_RATE * factor, SAMPLE_RATE), np.float64
    )


def surround(wave: Wave, lead: int, tail: int) -> Wave:
    """Put *lead* and *tail* samples of silence around the speech."""
    return np.concatenate([np.zeros(lead), wave, np.zeros(tail)])


def disturb(
    wave: Wave, rng: np.random.Generator, others: Sequence[NDArray[np.int16]] = ()
) -> NDArray[np.int16]:
    """Return the speech as it might reach us; *others* are voices in the background."""
    if rng.random() < 0.5:
        wave = _convolve(wave, _room(rng))
    if rng.random() < 0.6:
        wave = _equalise(wave, rng)
    wave = wave / (np.abs(wave).max() + 1e-9) * 32767 * 10 ** (rng.uniform(-26, -1) / 20)
    power = float(np.mean(wave**2))
    if rng.random() < 0.8:
        noise = _noise(len(wave), rng, others)
        ratio = 10 ** (rng.uniform(5, 35) / 10)
        wave = wave + noise * np.sqrt(power / ratio / (np.mean(noise**2) + 1e-12))
    if rng.random() < 0.08:
        limit = float(np.abs(wave).max()) * rng.uniform(0.25, 0.7)
        wave = np.clip(wave, -limit, limit)
    if rng.random() < 0.3:
        wave = telephone(wave)
    wave = wave + rng.standard_normal(len(wave)) * rng.choice((0.5, 2.0, 10.0))
    return np.clip(np.rint(wave), -32768, 32767).astype(np.int16)
