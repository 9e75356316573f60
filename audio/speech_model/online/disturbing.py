"""Many streams of speech at once as they might reach us: rooms, tones, noises, levels, lines.

What :mod:`audio.speech_model.augment` does to one recording, done to a batch with the same few
operations for every stream, so that a graphics card is never waited for. Which streams a thing
happens to is drawn anew each time, but how many telephones and voices in the background there are
is not: the streams of a batch are in random order anyway.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from audio.speech_model.shards import SAMPLE_RATE

_A_LAW = 87.6
_ROOM = int(0.6 * SAMPLE_RATE)
_KNOTS = 6

#: Shares of the streams.
_ROOMS, _TONES, _NOISES, _CLIPPED = 0.5, 0.7, 0.85, 0.08
#: These are left as they are, but for their level and the line.
_CALM = 0.15
#: First and last place in the batch, as shares, of telephone lines and of background voices.
_TELEPHONES = (0.0, 0.3)
_VOICES = (0.1, 0.35)


def fast_size(count: int) -> int:
    """Return the smallest size from *count* on that transforms fast and can be quartered."""
    size = -(-count // 4)
    while True:
        rest = size
        for factor in (2, 3, 5):
            while rest % factor == 0:
                rest //= factor
        if rest == 1:
            return 4 * size
        size += 1


def a_law(waves: Tensor) -> Tensor:
    """Return the waves (16-bit scale) as a telephone line's 8-bit A-law carries them."""
    x = (waves / 32768).clamp(-1, 1)
    size = x.abs()
    scale = 1 + math.log(_A_LAW)
    low = _A_LAW * size / scale
    high = (1 + (_A_LAW * size).clamp_min(1e-9).log()) / scale
    coded = (torch.where(size < 1 / _A_LAW, low, high) * x.sign() * 128).round() / 128
    size = coded.abs()
    low = size * scale / _A_LAW
    high = (size * scale - 1).exp() / _A_LAW
    return torch.where(size < 1 / scale, low, high) * coded.sign() * 32768


def telephone(waves: Tensor) -> Tensor:
    """Return 16 kHz waves (streams, samples; a number that 4 divides) after a telephone line."""
    count = waves.shape[1]
    spectrum = torch.fft.rfft(waves)[:, : count // 4 + 1].clone()
    spectrum[:, int(0.97 * count / 4) :] = 0
    narrow = a_law(torch.fft.irfft(spectrum, count // 2) / 2)
    padded = torch.nn.functional.pad(torch.fft.rfft(narrow), (0, count // 4))
    return torch.fft.irfft(padded, count) * 2


def _between(low: float, high: float, shape: tuple[int, ...], device: torch.device) -> Tensor:
    return torch.rand(shape, device=device) * (high - low) + low


def _chosen(share: float, streams: int, device: torch.device) -> Tensor:
    return torch.rand(streams, 1, device=device) < share


def _decibel(low: float, high: float, streams: int, device: torch.device) -> Tensor:
    return torch.pow(10.0, _between(low, high, (streams, 1), device) / 20)


def _rooms(streams: int, device: torch.device) -> Tensor:
    """Return responses of rooms: the direct sound, a few early and many late echoes."""
    at = torch.arange(_ROOM, device=device)[None]
    length = _between(0.08 * SAMPLE_RATE, _ROOM, (streams, 1), device)
    late = torch.randn(streams, _ROOM, device=device) * torch.exp(-6.9 * at / length)
    late = late * _between(0.01, 0.12, (streams, 1), device)
    begins = _between(0.001 * SAMPLE_RATE, 0.01 * SAMPLE_RATE, (streams, 1), device)
    response = torch.where((at > begins) & (at < length), late, 0.0)
    place = torch.randint(16, 800, (streams, _KNOTS), device=device)
    echo = _between(-0.5, 0.5, (streams, _KNOTS), device)
    present = torch.rand(streams, _KNOTS, device=device) < 0.45
    response.scatter_add_(1, place, torch.where(present, echo, 0.0))
    response[:, 0] = 1.0
    return response


def _tones(streams: int, bins: int, device: torch.device) -> Tensor:
    """Return gains (streams, bins): smooth curves of up to 9 dB; some lack the high or low end."""
    knots = _between(-9, 9, (streams, 1, _KNOTS), device)
    curve = torch.nn.functional.interpolate(knots, bins, mode="linear", align_corners=True)[:, 0]
    curve = torch.where(_chosen(_TONES, streams, device), curve, 0.0)
    at = torch.linspace(0, 1, bins, device=device)[None]
    end = torch.where(
        _chosen(0.2, streams, device), _between(0.35, 0.95, (streams, 1), device), 2.0
    )
    start = torch.where(
        _chosen(0.2, streams, device), _between(0.01, 0.045, (streams, 1), device), 0.0
    )
    curve = curve - ((at - end) * 200).clamp(0, 40) - ((start - at) * 800).clamp(0, 30)
    return torch.pow(10.0, curve / 20)


def _noises(waves: Tensor, size: int) -> Tensor:
    """Return a noise for each stream: hiss of any colour, hum, or other streams' voices."""
    streams, count = waves.shape
    device = waves.device
    bins = size // 2 + 1
    tilt = _between(0.0, 1.1, (streams, 1), device)
    loss = torch.arange(bins, device=device).clamp_min(8).log()[None] * -tilt
    hiss = torch.randn(streams, bins, 2, device=device) * loss.exp()[:, :, None]
    noise = torch.fft.irfft(torch.view_as_complex(hiss), size)[:, :count]
    noise = noise / (noise.std(1, keepdim=True) + 1e-9)
    first, last = (int(share * streams) for share in _VOICES)
    if last > first:
        others = torch.zeros(last - first, count, device=device)
        at = torch.arange(count, device=device)[None]
        for _ in range(3):
            which = torch.randint(streams, (last - first, 1), device=device)
            shift = torch.randint(count, (last - first, 1), device=device)
            voice = waves[which, (at + shift) % count]
            share = torch.rand(last - first, 1, device=device) < 0.6
            others = others + torch.where(share, voice, 0.0)
        noise[first:last] = 0.1 * noise[first:last] + others / (others.std(1, keepdim=True) + 1e-3)
    hum = torch.where(_chosen(0.12, streams, device), _between(0.3, 2, (streams, 1), device), 0.0)
    pitch = 50.0 * torch.randint(1, 5, (streams, 1), device=device)
    phase = 2 * math.pi / SAMPLE_RATE * pitch * torch.arange(count, device=device)[None]
    return noise + hum * (phase.sin() + 0.5 * (2 * phase).sin())


def disturb(waves: Tensor) -> Tensor:
    """Return waves (streams, samples; a size that 4 divides, 16-bit scale) as they might reach us.

    Every sound stays at its time.
    """
    streams, count = waves.shape
    device = waves.device
    size = fast_size(count + _ROOM)
    calm = _chosen(_CALM, streams, device)
    spectrum = torch.fft.rfft(waves, size)
    rooms = torch.fft.rfft(_rooms(streams, device), size)
    spectrum = torch.where(_chosen(_ROOMS, streams, device), spectrum * rooms, spectrum)
    spectrum = spectrum * _tones(streams, size // 2 + 1, device)
    heard = torch.fft.irfft(spectrum, size)[:, :count]
    heard = torch.where(calm, waves, heard)
    peak = heard.abs().amax(1, keepdim=True) + 1e-6
    heard = heard / peak * 32767 * _decibel(-28, -1, streams, device)
    power = heard.square().mean(1, keepdim=True).sqrt()
    level = torch.where(_chosen(_NOISES, streams, device), _decibel(-35, -4, streams, device), 0.0)
    heard = heard + _noises(waves, size) * power * torch.where(calm, 0.0, level)
    limit = heard.abs().amax(1, keepdim=True) * _between(0.25, 0.7, (streams, 1), device)
    limit = torch.where(_chosen(_CLIPPED, streams, device), limit, 32767.0)
    heard = torch.minimum(torch.maximum(heard, -limit), limit)
    first, last = (int(share * streams) for share in _TELEPHONES)
    if last > first:
        heard = torch.cat([heard[:first], telephone(heard[first:last]), heard[last:]])
    heard = heard + torch.randn_like(heard) * torch.pow(
        10.0, _between(-0.5, 1.0, (streams, 1), device)
    )
    return heard.round().clamp(-32768, 32767)
