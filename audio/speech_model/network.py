"""The acoustic network: a factorised time-delay network over MFCCs (needs torch).

Every layer sees two frames to the left through a narrow linear layer and two to the right through
a wide one, as Kaldi's TDNN-F does; batch normalisation stands before the rectifier so that the
exporter can fold it into the weights, and a shortcut adds the layer's input to its output.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn

from audio.speech_model.features import DIMENSION, SUBSAMPLING
from audio.speech_model.phones import PHONES

#: The first layer sees this many frames (10 ms) to each side.
INPUT_SIDE = 3


@dataclass(frozen=True)
class Shape:
    """The size of a network; ``outputs`` is the number of phones."""

    width: int = 512
    narrow: int = 128
    layers: int = 8
    outputs: int = len(PHONES)

    @property
    def side(self) -> int:
        """Return how many input frames are needed to each side of an output frame."""
        return INPUT_SIDE + SUBSAMPLING * self.layers

    def as_dict(self) -> dict[str, int]:
        """Return the numbers for a checkpoint."""
        return asdict(self)


class _Factorised(nn.Module):
    def __init__(self, width: int, narrow: int) -> None:
        super().__init__()
        self.linear = nn.Linear(2 * width, narrow, bias=False)
        self.affine = nn.Linear(2 * narrow, width, bias=False)
        self.norm = nn.BatchNorm1d(width)

    def forward(self, x: Tensor) -> Tensor:
        """Shorten x (batch, frames, width) by one frame at each end."""
        z = self.linear(torch.cat([x[:, :-1], x[:, 1:]], 2))
        z = self.affine(torch.cat([z[:, :-1], z[:, 1:]], 2))
        return x[:, 1:-1] + _rectified(self.norm, z)


def _rectified(norm: nn.BatchNorm1d, x: Tensor) -> Tensor:
    """Normalise x (batch, frames, width) and rectify it; as rows, which is a third faster."""
    return torch.relu(norm(x.flatten(0, 1)).view(x.shape))


class Network(nn.Module):
    """Rows of normalised MFCCs to a row of phone scores for every 30 ms."""

    def __init__(self, shape: Shape) -> None:
        """Make a network with random weights."""
        super().__init__()
        self.shape = shape
        self.first = nn.Linear((2 * INPUT_SIDE + 1) * DIMENSION, shape.width, bias=False)
        self.first_norm = nn.BatchNorm1d(shape.width)
        self.layers = nn.ModuleList(
            _Factorised(shape.width, shape.narrow) for _ in range(shape.layers)
        )
        self.out = nn.Linear(shape.width, shape.outputs)

    def forward(self, x: Tensor) -> Tensor:
        """Return scores (batch, outputs frames, phones).

        x is (batch, frames, 40) with ``shape.side`` frames of context at each end.
        """
        frames = (x.shape[1] - 2 * INPUT_SIDE - 1) // SUBSAMPLING + 1
        last = SUBSAMPLING * (frames - 1) + 1
        x = torch.cat([x[:, k : k + last : SUBSAMPLING] for k in range(2 * INPUT_SIDE + 1)], 2)
        x = _rectified(self.first_norm, self.first(x))
        for layer in self.layers:
            x = layer(x)
        scores: Tensor = self.out(x)
        return scores


def grow(network: Network, layers: int) -> Network:
    """Return a deeper network that begins as this one: its new layers add next to nothing."""
    grown = Network(replace(network.shape, layers=layers))
    grown.load_state_dict(network.state_dict(), strict=False)
    for layer in list(grown.layers)[network.shape.layers :]:
        nn.init.constant_(layer.norm.weight, 0.1)
    return grown


def save(path: str, network: Network, extra: dict[str, Any]) -> None:
    """Write a checkpoint."""
    torch.save({"shape": network.shape.as_dict(), "weights": network.state_dict(), **extra}, path)


def load(path: str) -> tuple[Network, dict[str, Any]]:
    """Read a checkpoint that :func:`save` wrote: the network and what was stored beside it."""
    stored: dict[str, Any] = torch.load(path, weights_only=False, map_location="cpu")
    network = Network(Shape(**stored["shape"]))
    network.load_state_dict(stored["weights"])
    return network, stored
