"""Whisper's encoder in torch, so that it hears at the speed of a graphics card.

The weights come from a model in CTranslate2's format (see docs/speech.md), of which only the
encoder is read.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from audio.errors import CorpusError
from audio.speech_model.shards import SAMPLE_RATE

#: Samples for one row of the encoder, and the samples and rows that it hears at a time.
ROW = 320
WINDOW = 30 * SAMPLE_RATE
ROWS = WINDOW // ROW

_FFT, _HOP = 400, 160
_TYPES = {0: np.float32, 1: np.int8, 2: np.int16, 3: np.int32, 4: np.float16}


def read_weights(path: Path) -> dict[str, NDArray[Any]]:
    """Return the encoder's arrays of a ``model.bin`` of CTranslate2; raises CorpusError.

    Quantised weights are returned as they are meant.
    """
    found: dict[str, NDArray[Any]] = {}
    try:
        with path.open("rb") as stream:

            def number(kind: str) -> int:
                size = struct.calcsize("<" + kind)
                return int(struct.unpack("<" + kind, stream.read(size))[0])

            def text() -> str:
                return stream.read(number("H")).rstrip(b"\0").decode()

            number("I"), text(), number("I")
            for _ in range(number("I")):
                name = text()
                shape = [number("I") for _ in range(number("B"))]
                kind = number("B")
                content = stream.read(number("I"))
                if name.startswith("encoder/"):
                    array = np.frombuffer(content, _TYPES[kind]).reshape(shape)
                    found[name.removeprefix("encoder/")] = array
    except (OSError, struct.error, KeyError, ValueError) as error:
        raise CorpusError(f"{path} er ingen Whisper-modell i CTranslate2s format.") from error
    for name in [each for each in found if each.endswith("_scale")]:
        scale = found.pop(name).astype(np.float32)
        weight = found[name.removesuffix("_scale")].astype(np.float32)
        found[name.removesuffix("_scale")] = weight / scale.reshape(-1, *[1] * (weight.ndim - 1))
    if "conv1/weight" not in found:
        raise CorpusError(f"{path} er ingen Whisper-modell i CTranslate2s format.")
    return found


def mel_filters(bands: int) -> NDArray[np.float32]:
    """Return Whisper's mel filters (bands, 201): Slaney's scale, linear below 1 kHz."""
    frequencies = np.arange(_FFT // 2 + 1) * SAMPLE_RATE / _FFT
    step, logarithmic = 200.0 / 3, np.log(6.4) / 27.0
    top = 1000.0 / step + np.log(SAMPLE_RATE / 2 / 1000.0) / logarithmic
    mels = np.linspace(0.0, top, bands + 2)
    linear = mels * step
    edges = np.where(linear < 1000.0, linear, 1000.0 * np.exp(logarithmic * (mels - 1000.0 / step)))
    rising = (frequencies - edges[:-2, None]) / np.diff(edges)[:-1, None]
    falling = (edges[2:, None] - frequencies) / np.diff(edges)[1:, None]
    table = np.maximum(0.0, np.minimum(rising, falling))
    return (table * (2.0 / (edges[2:] - edges[:-2]))[:, None]).astype(np.float32)


class _Block(nn.Module):
    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.attention_norm, self.norm = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.wide, self.narrow = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x: Tensor) -> Tensor:
        batch, rows, width = x.shape
        qkv = self.qkv(self.attention_norm(x)).view(batch, rows, 3, self.heads, -1)
        query, key, value = qkv.permute(2, 0, 3, 1, 4)
        heard = nn.functional.scaled_dot_product_attention(query, key, value)
        x = x + self.out(heard.transpose(1, 2).reshape(batch, rows, width))
        hidden: Tensor = self.narrow(nn.functional.gelu(self.wide(self.norm(x))))
        return x + hidden


class Listener(nn.Module):
    """The encoder; half a minute of sound to 1,500 rows of what every layer makes of it."""

    def __init__(self, weights: dict[str, NDArray[Any]]) -> None:
        """Take the weights as :func:`read_weights` returns them."""
        super().__init__()
        width, bands = weights["conv1/weight"].shape[:2]
        self.width = int(width)
        self.layers = sum(name.endswith("ffn/linear_0/weight") for name in weights)
        self.conv1 = nn.Conv1d(bands, width, 3, padding=1)
        self.conv2 = nn.Conv1d(width, width, 3, stride=2, padding=1)
        self.blocks = nn.ModuleList(_Block(width, width // 64) for _ in range(self.layers))
        self.norm = nn.LayerNorm(width)

        def tensor(name: str) -> Tensor:
            return torch.from_numpy(weights[name].astype(np.float32))

        named = {"conv1": "conv1", "conv2": "conv2"}
        for n in range(self.layers):
            attention, hidden = f"layer_{n}/self_attention", f"layer_{n}/ffn"
            named |= {
                f"blocks.{n}.qkv": f"{attention}/linear_0",
                f"blocks.{n}.out": f"{attention}/linear_1",
                f"blocks.{n}.wide": f"{hidden}/linear_0",
                f"blocks.{n}.narrow": f"{hidden}/linear_1",
            }
        state = {}
        for mine, theirs in named.items():
            state[f"{mine}.weight"] = tensor(f"{theirs}/weight")
            state[f"{mine}.bias"] = tensor(f"{theirs}/bias")
        norms = {"norm": "layer_norm"}
        for n in range(self.layers):
            norms[f"blocks.{n}.attention_norm"] = f"layer_{n}/self_attention/layer_norm"
            norms[f"blocks.{n}.norm"] = f"layer_{n}/ffn/layer_norm"
        for mine, theirs in norms.items():
            state[f"{mine}.weight"] = tensor(f"{theirs}/gamma")
            state[f"{mine}.bias"] = tensor(f"{theirs}/beta")
        self.load_state_dict(state)
        self.register_buffer("places", tensor("position_encodings/encodings"))
        self.register_buffer("filters", torch.from_numpy(mel_filters(int(bands))))
        self.register_buffer("window", torch.hann_window(_FFT))
        self.requires_grad_(False)

    def mels(self, waves: Tensor) -> Tensor:
        """Return log mel energies (windows, bands, 3000) of waves (windows, WINDOW; -1 to 1)."""
        spectrum = torch.stft(
            waves, _FFT, _HOP, window=self.window, return_complex=True, pad_mode="reflect"
        )
        power = spectrum[:, :, :-1].abs().square()
        with torch.autocast(waves.device.type, enabled=False):
            loud = (self.filters @ power).clamp_min(1e-10).log10()
        return (torch.maximum(loud, loud.amax((1, 2), keepdim=True) - 8.0) + 4.0) / 4.0

    def forward(self, waves: Tensor) -> Tensor:
        """Return rows (windows, 1500, layers + 1, width): after each layer, the last normalised."""
        x = nn.functional.gelu(self.conv1(self.mels(waves)))
        x = nn.functional.gelu(self.conv2(x)).transpose(1, 2) + self.places
        heard = []
        for block in self.blocks:
            heard.append(x)
            x = block(x)
        heard.append(self.norm(x))
        return torch.stack(heard, 2)
