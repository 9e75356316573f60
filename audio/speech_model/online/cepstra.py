"""Vosk's features on a graphics card: the MFCCs of kaldi-native-fbank, many streams at a time.

A test compares them with :func:`audio.speech_model.features.mfcc`. Beyond Kaldi, frames may come
at another pace, and the mel filters may be moved as a longer or shorter throat moves formants.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from audio.speech_model.disguise import cosines
from audio.speech_model.features import DIMENSION, HIGH_FREQUENCY, LOW_FREQUENCY
from audio.speech_model.shards import SAMPLE_RATE

#: Samples from one frame to the next, and in a frame.
HOP = 160
WINDOW = 400

_FFT = 512
_PREEMPHASIS = 0.97
_FLOOR = 1.1920929e-07
_TOP = SAMPLE_RATE / 2 + HIGH_FREQUENCY

#: Online CMVN, see :mod:`audio.speech_model.features`.
_CMVN_WINDOW = 600
_GLOBAL_FRAMES = 200


def _mel(frequency: Tensor) -> Tensor:
    return 1127.0 * torch.log1p(frequency / 700.0)


def to_mfcc(device: torch.device | str = "cpu") -> Tensor:
    """Return the matrix (40, 40) from log mel energies to MFCCs, Kaldi's lifter included."""
    return torch.from_numpy(cosines()).float().to(device)


class Cepstra:
    """Makes MFCCs of streams; keeps its tables on a device."""

    def __init__(self, device: torch.device | str = "cpu") -> None:
        """Prepare the tables."""
        n = torch.arange(WINDOW, dtype=torch.float64)
        hann = 0.5 - 0.5 * torch.cos(2 * math.pi * n / (WINDOW - 1))
        self._window = (hann**0.85).float().to(device)
        self._bins = (torch.arange(_FFT // 2) * (SAMPLE_RATE / _FFT)).to(device)
        low, high = (float(_mel(torch.tensor(float(f)))) for f in (LOW_FREQUENCY, _TOP))
        self._low, self._step = low, (high - low) / (DIMENSION + 1)
        self._centres = (low + self._step * torch.arange(1, DIMENSION + 1)).to(device)
        self._to_mfcc = to_mfcc(device)
        self._inside = torch.arange(WINDOW, device=device)

    def _filters(self, warp: Tensor) -> Tensor:
        """Return mel filters (streams, bins, 40); what was at f is heard at warp * f.

        Above four fifths of the band the line bends so that its end stays where it is.
        """
        warp = warp[:, None]
        bend = 0.8 * _TOP / warp.clamp_min(1.0)
        above = warp * bend + (_TOP - warp * bend) * (self._bins - bend) / (_TOP - bend)
        heard = torch.where(self._bins < bend, warp * self._bins, above)
        distance = (_mel(heard)[:, :, None] - self._centres).abs() / self._step
        return (1.0 - distance).clamp_min(0.0)

    def frames(
        self, waves: Tensor, count: int, hop: Tensor | None = None, warp: Tensor | None = None
    ) -> Tensor:
        """Return *count* rows (streams, count, 40) of waves (streams, samples, 16-bit scale).

        *hop* is the samples from frame to frame of each stream, HOP when not given; *warp* moves
        the formants. The waves must reach to the end of the last frame.
        """
        streams = len(waves)
        if hop is None:
            cut = waves.unfold(1, WINDOW, HOP)[:, :count]
        else:
            at = torch.arange(count, device=waves.device) * hop[:, None]
            index = at.round().long()[:, :, None] + self._inside
            cut = waves.gather(1, index.view(streams, -1)).view(streams, count, WINDOW)
        cut = cut - cut.mean(2, keepdim=True)
        first = cut[:, :, :1] * (1 - _PREEMPHASIS)
        cut = torch.cat([first, cut[:, :, 1:] - _PREEMPHASIS * cut[:, :, :-1]], 2) * self._window
        spectrum = torch.view_as_real(torch.fft.rfft(cut, _FFT)[:, :, :-1])
        power = spectrum.square().sum(3)
        given = torch.ones(1, device=waves.device) if warp is None else warp
        filters = self._filters(given).expand(streams, -1, -1)
        return torch.bmm(power, filters).clamp_min(_FLOOR).log() @ self._to_mfcc.T


def without_mean(
    rows: Tensor, mean: Tensor, before: Tensor | None = None, mean_before: Tensor | None = None
) -> Tensor:
    """Take away the running mean as Kaldi's online CMVN does, rows (streams, frames, 40).

    *before* is how many frames of each stream were heard before these, *mean_before* (streams, 40)
    their mean: a listener goes on from utterance to utterance. At most 600 frames.
    """
    count = rows.shape[1]
    if count > _CMVN_WINDOW:
        raise ValueError(f"{count} frames are more than the window of {_CMVN_WINDOW}")
    number = torch.arange(1, count + 1, device=rows.device, dtype=rows.dtype)[None, :, None]
    sums = rows.double().cumsum(1).float()
    if before is not None and mean_before is not None:
        kept = torch.minimum(before[:, None, None].to(rows.dtype), _CMVN_WINDOW - number)
        sums = sums + kept * mean_before[:, None]
        number = number + kept
    lent = (_CMVN_WINDOW - number).clamp_max(_GLOBAL_FRAMES)
    return rows - (sums + lent * mean) / (number + lent)
