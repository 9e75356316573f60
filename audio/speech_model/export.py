"""Writes a trained network as the files of a Vosk model: am/ and conf/ (Kaldi's binary format)."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audio.errors import TrainingUnavailable
from audio.speech_model.features import (
    DIMENSION,
    HIGH_FREQUENCY,
    LOW_FREQUENCY,
    SUBSAMPLING,
)
from audio.speech_model.shards import SAMPLE_RATE

Matrix = NDArray[np.float64]

#: Phones rarer than this in training count as if they were this common: dividing by a smaller
#: prior would make the network's noise about rare phones into evidence.
LEAST_PRIOR = 2e-3

#: Only a part of the prior is taken out: the graph's language model holds for the rest.
PRIOR_POWER = 0.8

#: The decoder's settings; the acoustic scale and the beams were tuned on held-out voices.
DECODER: Mapping[str, str] = {
    "min-active": "200",
    "max-active": "3500",
    "beam": "13.5",
    "lattice-beam": "6.0",
    "acoustic-scale": "0.7",
    "frame-subsampling-factor": str(SUBSAMPLING),
    "endpoint.silence-phones": "1",
    "endpoint.rule2.min-trailing-silence": "0.8",
    "endpoint.rule3.min-trailing-silence": "1.2",
    "endpoint.rule4.min-trailing-silence": "2.5",
}


class _Writer:
    """Kaldi's binary tokens, numbers, vectors and matrices."""

    def __init__(self) -> None:
        self.parts: list[bytes] = [b"\0B"]

    def token(self, *names: str) -> None:
        for name in names:
            self.parts.append(name.encode() + b" ")

    def integer(self, value: int) -> None:
        self.parts.append(struct.pack("<bi", 4, value))

    def single(self, value: float) -> None:
        self.parts.append(struct.pack("<bf", 4, value))

    def double(self, value: float) -> None:
        self.parts.append(struct.pack("<bd", 8, value))

    def integers(self, values: Sequence[int]) -> None:
        self.parts.append(struct.pack("<bi", 4, len(values)))
        self.parts.append(np.asarray(values, "<i4").tobytes())

    def vector(self, values: Sequence[float] | NDArray[Any]) -> None:
        self.token("FV")
        self.integer(len(values))
        self.parts.append(np.asarray(values, "<f4").tobytes())

    def matrix(self, values: Matrix) -> None:
        self.token("FM")
        self.integer(values.shape[0])
        self.integer(values.shape[1])
        self.parts.append(values.astype("<f4").tobytes())


def _transitions(writer: _Writer, phones: int) -> None:
    """One emitting state for each phone: transition-id 2i-1 stays in phone i, 2i goes on."""
    writer.token("<TransitionModel>", "<Topology>")
    writer.integers(range(1, phones + 1))
    writer.integers([-1] + [0] * phones)
    writer.integer(1)
    writer.integer(2)
    for number in (0, 2, 0):
        writer.integer(number)
    writer.single(0.5)
    writer.integer(1)
    writer.single(0.5)
    writer.integer(-1)
    writer.integer(0)
    writer.token("</Topology>", "<Triples>")
    writer.integer(phones)
    for phone in range(phones):
        writer.integer(phone + 1)
        writer.integer(0)
        writer.integer(phone)
    writer.token("</Triples>", "<LogProbs>")
    writer.vector([0.0] + [float(np.log(0.5))] * (2 * phones))
    writer.token("</LogProbs>", "</TransitionModel>")


class _Components:
    """The network as Kaldi's list of nodes and components."""

    def __init__(self) -> None:
        self.config: list[str] = [f"input-node name=input dim={DIMENSION}"]
        self.writer = _Writer()
        self.writer.parts = []
        self.count = 0

    def _begin(self, name: str, source: str, kind: str) -> None:
        self.config.append(f"component-node name={name} component={name} input={source}")
        self.writer.token("<ComponentName>", name, f"<{kind}>")
        self.count += 1

    def affine(self, name: str, source: str, weight: Matrix, bias: Matrix) -> str:
        self._begin(name, source, "AffineComponent")
        self.writer.token("<LearningRate>")
        self.writer.single(0.001)
        self.writer.token("<LinearParams>")
        self.writer.matrix(weight)
        self.writer.token("<BiasParams>")
        self.writer.vector(bias)
        self.writer.token("</AffineComponent>")
        return name

    def nonlinear(self, name: str, source: str, kind: str, dimension: int) -> str:
        self._begin(name, source, kind)
        self.writer.token("<Dim>")
        self.writer.integer(dimension)
        for statistic in ("<ValueAvg>", "<DerivAvg>"):
            self.writer.token(statistic)
            self.writer.vector([])
        self.writer.token("<Count>")
        self.writer.double(0.0)
        self.writer.token("<OderivRms>")
        self.writer.vector([])
        for statistic in ("<OderivCount>", "<NumDimsSelfRepaired>", "<NumDimsProcessed>"):
            self.writer.token(statistic)
            self.writer.double(0.0)
        self.writer.token(f"</{kind}>")
        return name

    def copy(self, name: str, source: str, dimension: int) -> str:
        """Give a sum a name: descriptors cannot refer to each other, only to nodes."""
        self._begin(name, source, "NoOpComponent")
        self.writer.token("<Dim>")
        self.writer.integer(dimension)
        self.writer.token("<BackpropScale>")
        self.writer.single(1.0)
        self.writer.token("</NoOpComponent>")
        return name


def _append(source: str, offsets: Sequence[int]) -> str:
    parts = [source if not o else f"Offset({source}, {o})" for o in offsets]
    return f"Append({', '.join(parts)})"


def _folded(weight: Matrix, state: Mapping[str, Matrix], norm: str) -> tuple[Matrix, Matrix]:
    """Return weight and bias with the batch normalisation after them folded in."""
    scale = state[f"{norm}.weight"] / np.sqrt(state[f"{norm}.running_var"] + 1e-5)
    bias = state[f"{norm}.bias"] - state[f"{norm}.running_mean"] * scale
    return weight * scale[:, None], bias


def _nnet(state: Mapping[str, Matrix], layers: int, input_side: int) -> _Components:
    parts = _Components()
    weight, bias = _folded(state["first.weight"], state, "first_norm")
    width = weight.shape[0]
    source = _append("input", range(-input_side, input_side + 1))
    parts.affine("first.affine", source, weight, bias)
    node = parts.nonlinear("first.relu", "first.affine", "RectifiedLinearComponent", width)
    for n in range(layers):
        linear = state[f"layers.{n}.linear.weight"]
        parts.affine(
            f"l{n}.linear", _append(node, (-SUBSAMPLING, 0)), linear, np.zeros(len(linear))
        )
        weight, bias = _folded(state[f"layers.{n}.affine.weight"], state, f"layers.{n}.norm")
        parts.affine(f"l{n}.affine", _append(f"l{n}.linear", (0, SUBSAMPLING)), weight, bias)
        relu = parts.nonlinear(f"l{n}.relu", f"l{n}.affine", "RectifiedLinearComponent", width)
        node = parts.copy(f"l{n}.sum", f"Sum({node}, {relu})", width)
    last = parts.affine("out.affine", node, state["out.weight"], state["out.bias"])
    last = parts.nonlinear("out.lsm", last, "LogSoftmaxComponent", len(state["out.bias"]))
    parts.config.append(f"output-node name=output input={last} objective=linear")
    return parts


def write_model(
    state: Mapping[str, Matrix],
    *,
    layers: int,
    input_side: int,
    priors: Matrix,
    mean: Matrix,
    destination: Path,
) -> None:
    """Write am/final.mdl, am/global_cmvn.stats, conf/mfcc.conf and conf/model.conf.

    *state* holds the network's weights by name (see :class:`audio.speech_model.network.Network`),
    *priors* the shares of the phones in training, *mean* the mean row of its MFCCs.
    """
    phones = len(state["out.bias"])
    writer = _Writer()
    _transitions(writer, phones)
    parts = _nnet(state, layers, input_side)
    writer.token("<Nnet3>")
    writer.parts.append(b"\n" + "\n".join(parts.config).encode() + b"\n\n")
    writer.token("<NumComponents>")
    writer.integer(parts.count)
    writer.parts += parts.writer.parts
    writer.token("</Nnet3>", "<LeftContext>")
    writer.integer(0)
    writer.token("<RightContext>")
    writer.integer(0)
    writer.token("<Priors>")
    writer.vector(np.maximum(priors, LEAST_PRIOR) ** PRIOR_POWER)
    (destination / "am").mkdir(parents=True, exist_ok=True)
    (destination / "am" / "final.mdl").write_bytes(b"".join(writer.parts))
    _write_cmvn(mean, destination / "am" / "global_cmvn.stats")
    write_configuration(destination / "conf")


def _write_cmvn(mean: Matrix, path: Path) -> None:
    """Write sums, count and sums of squares as Kaldi keeps them; only the mean is used."""
    count = 10_000.0
    sums = [*(mean * count), count]
    squares = [*((mean**2 + 1) * count), 0.0]
    rows = [" ".join(f"{value:.6f}" for value in row) for row in (sums, squares)]
    path.write_text(" [\n  " + "\n  ".join(rows) + " ]\n")


def write_configuration(folder: Path, settings: Mapping[str, str] = DECODER) -> None:
    """Write mfcc.conf, which must agree with the features, and the decoder's model.conf."""
    folder.mkdir(parents=True, exist_ok=True)
    mfcc = {
        "use-energy": "false",
        "sample-frequency": str(SAMPLE_RATE),
        "num-mel-bins": str(DIMENSION),
        "num-ceps": str(DIMENSION),
        "low-freq": str(LOW_FREQUENCY),
        "high-freq": str(HIGH_FREQUENCY),
        "dither": "0",
    }
    for name, content in (("mfcc.conf", mfcc), ("model.conf", settings)):
        lines = "".join(f"--{key}={value}\n" for key, value in content.items())
        (folder / name).write_text(lines)


def export_checkpoint(checkpoint: Path, destination: Path) -> Path:
    """Write the model files for a checkpoint of training (needs torch); return the folder."""
    try:
        from audio.speech_model import network
    except ImportError as error:
        raise TrainingUnavailable(
            "Eksporten trenger torch: installer kurv[train], se docs/speech.md."
        ) from error
    net, stored = network.load(str(checkpoint))
    state = {name: value.double().numpy() for name, value in net.state_dict().items()}
    write_model(
        state,
        layers=net.shape.layers,
        input_side=network.INPUT_SIDE,
        priors=np.asarray(stored["priors"], np.float64),
        mean=np.asarray(stored["mean"], np.float64),
        destination=destination,
    )
    return destination
