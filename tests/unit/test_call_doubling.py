"""Tier: unit. Telephone sound at twice its rate: the same however it is cut, and no echo above."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.phone.doubling import Doubler


def tone(hertz: float, seconds: float = 0.5) -> bytes:
    at = np.arange(round(8000 * seconds)) / 8000
    return (8000 * np.sin(2 * np.pi * hertz * at)).astype("<i2").tobytes()


@given(st.lists(st.integers(0, 700), max_size=20))
def test_it_is_the_same_however_it_is_cut(cuts: list[int]) -> None:
    sound = tone(700, 0.1)
    doubler, pieces = Doubler(), b""
    edges = [0, *sorted(2 * cut for cut in cuts), len(sound)]
    for start, end in pairwise(edges):
        pieces += doubler.push(sound[start:end])
    assert pieces == Doubler().push(sound)
    assert len(pieces) == 2 * len(sound)


@pytest.mark.parametrize("hertz", [200, 1000, 3000])
def test_a_tone_stays_and_has_no_image(hertz: int) -> None:
    wave = np.frombuffer(Doubler().push(tone(hertz)), dtype="<i2")[1000:-1000].astype(float)
    spectrum = np.abs(np.fft.rfft(wave * np.hanning(len(wave))))
    frequencies = np.fft.rfftfreq(len(wave), 1 / 16000)
    assert frequencies[spectrum.argmax()] == pytest.approx(hertz, abs=4)
    assert np.abs(wave).max() == pytest.approx(8000, rel=0.05)
    image = spectrum[frequencies > 5000 - 100].max()
    assert 20 * np.log10(image / spectrum.max()) < -50
