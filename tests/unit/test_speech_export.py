"""Tier: unit. The exporter's files are read back and compute what the network computes."""

from __future__ import annotations

import re
import struct
from pathlib import Path

import numpy as np
import pytest

from audio.errors import TrainingUnavailable
from audio.speech_model.export import DECODER, export_checkpoint, write_model
from audio.speech_model.features import DIMENSION, SUBSAMPLING
from audio.speech_model.phones import PHONES

WIDTH, NARROW, LAYERS, SIDE = 12, 5, 2, 3
Matrix = np.ndarray


def random_state(rng: np.random.Generator) -> dict[str, Matrix]:
    state = {
        "first.weight": rng.standard_normal((WIDTH, (2 * SIDE + 1) * DIMENSION)) / 20,
        "out.weight": rng.standard_normal((len(PHONES), WIDTH)),
        "out.bias": rng.standard_normal(len(PHONES)),
    }
    for n in range(LAYERS):
        state[f"layers.{n}.linear.weight"] = rng.standard_normal((NARROW, 2 * WIDTH)) / 5
        state[f"layers.{n}.affine.weight"] = rng.standard_normal((WIDTH, 2 * NARROW)) / 5
    for norm in ("first_norm", *(f"layers.{n}.norm" for n in range(LAYERS))):
        state[f"{norm}.weight"] = rng.uniform(0.5, 2, WIDTH)
        state[f"{norm}.bias"] = rng.standard_normal(WIDTH)
        state[f"{norm}.running_mean"] = rng.standard_normal(WIDTH)
        state[f"{norm}.running_var"] = rng.uniform(0.5, 2, WIDTH)
    return state


def network(state: dict[str, Matrix], x: Matrix) -> Matrix:
    """Compute the scores of the middle frame as the definition of the network says."""

    def norm(name: str, rows: Matrix) -> Matrix:
        scaled = (rows - state[f"{name}.running_mean"]) / np.sqrt(
            state[f"{name}.running_var"] + 1e-5
        )
        return np.maximum(scaled * state[f"{name}.weight"] + state[f"{name}.bias"], 0)

    middles = range(SIDE, len(x) - SIDE, SUBSAMPLING)
    rows = np.stack([x[m - SIDE : m + SIDE + 1].reshape(-1) for m in middles])
    rows = norm("first_norm", rows @ state["first.weight"].T)
    for n in range(LAYERS):
        z = np.concatenate([rows[:-1], rows[1:]], 1) @ state[f"layers.{n}.linear.weight"].T
        z = np.concatenate([z[:-1], z[1:]], 1) @ state[f"layers.{n}.affine.weight"].T
        rows = rows[1:-1] + norm(f"layers.{n}.norm", z)
    scores = rows @ state["out.weight"].T + state["out.bias"]
    return scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))


class Read:
    """The network of a final.mdl, computed from its own list of nodes."""

    def __init__(self, data: bytes) -> None:
        self.affine: dict[str, tuple[Matrix, Matrix]] = {}
        self.kind: dict[str, str] = {}
        for found in re.finditer(rb"<ComponentName> (\S+) <(\w+)> ", data):
            name, kind = found.group(1).decode(), found.group(2).decode()
            self.kind[name] = kind
            if kind == "AffineComponent":
                at = data.index(b"<LinearParams> FM ", found.end()) + 18
                rows, columns = struct.unpack("<xixi", data[at : at + 10])
                at += 10
                weight = np.frombuffer(data, "<f4", rows * columns, at).reshape(rows, columns)
                at = data.index(b"<BiasParams> FV ", at + weight.nbytes) + 16
                (count,) = struct.unpack("<xi", data[at : at + 5])
                self.affine[name] = weight, np.frombuffer(data, "<f4", count, at + 5)
        nodes = data[data.index(b"<Nnet3>") : data.index(b"<NumComponents>")].decode()
        self.inputs = dict(re.findall(r"component-node name=(\S+) component=\S+ input=(.*)", nodes))
        self.output = re.findall(r"output-node name=output input=(\S+)", nodes)[0]

    def value(self, what: str, frame: int, x: Matrix) -> Matrix:
        what = what.strip()
        call = re.fullmatch(r"(\w+)\((.*)\)", what)
        if call is None:
            return x[frame] if what == "input" else self.node(what, frame, x)
        parts, depth = [""], 0
        for letter in call.group(2):
            depth += {"(": 1, ")": -1}.get(letter, 0)
            if letter == "," and not depth:
                parts.append("")
            else:
                parts[-1] += letter
        if call.group(1) == "Offset":
            return self.value(parts[0], frame + int(parts[1]), x)
        values = [self.value(part, frame, x) for part in parts]
        return np.concatenate(values) if call.group(1) == "Append" else np.sum(values, axis=0)

    def node(self, name: str, frame: int, x: Matrix) -> Matrix:
        value = self.value(self.inputs[name], frame, x)
        if self.kind[name] == "AffineComponent":
            weight, bias = self.affine[name]
            return weight @ value + bias
        if self.kind[name] == "RectifiedLinearComponent":
            return np.maximum(value, 0)
        if self.kind[name] == "LogSoftmaxComponent":
            return value - np.log(np.exp(value).sum())
        assert self.kind[name] == "NoOpComponent"
        return value


def written(tmp_path: Path, state: dict[str, Matrix]) -> Path:
    write_model(
        state,
        layers=LAYERS,
        input_side=SIDE,
        priors=np.full(len(PHONES), 1 / len(PHONES)),
        mean=np.arange(DIMENSION, dtype=float),
        destination=tmp_path,
    )
    return tmp_path


def test_the_exported_network_computes_the_same(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    state = random_state(rng)
    data = (written(tmp_path, state) / "am" / "final.mdl").read_bytes()
    read = Read(data)
    side = SIDE + SUBSAMPLING * LAYERS
    x = rng.standard_normal((2 * side + 1, DIMENSION))
    expected = network(state, x)
    assert expected.shape == (1, len(PHONES))
    assert read.value(read.output, side, x) == pytest.approx(expected[0], abs=1e-4)


def test_the_transitions_hold_two_ids_for_each_phone(tmp_path: Path) -> None:
    data = (
        written(tmp_path, random_state(np.random.default_rng(2))) / "am" / "final.mdl"
    ).read_bytes()
    at = data.index(b"<LogProbs> FV ") + 14
    assert struct.unpack("<xi", data[at : at + 5])[0] == 2 * len(PHONES) + 1


def test_the_mean_and_the_configuration_are_written(tmp_path: Path) -> None:
    folder = written(tmp_path, random_state(np.random.default_rng(3)))
    numbers = (folder / "am" / "global_cmvn.stats").read_text().replace("[", "").replace("]", "")
    rows = [[float(x) for x in line.split()] for line in numbers.strip().splitlines()]
    assert [x / rows[0][-1] for x in rows[0][:-1]] == pytest.approx(list(range(DIMENSION)))
    settings = (folder / "conf" / "model.conf").read_text()
    for name, value in DECODER.items():
        assert f"--{name}={value}\n" in settings


def test_export_without_torch_is_one_clear_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.delitem(sys.modules, "audio.speech_model.network", raising=False)
    with pytest.raises(TrainingUnavailable, match="installer kurv"):
        export_checkpoint(tmp_path / "none.pt", tmp_path)
