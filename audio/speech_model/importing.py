"""A shipped acoustic model back as a checkpoint of training, so that training can go on from it.

The exporter folds batch normalisation into the weights. Here it becomes a normalisation again: one
that changes nothing of what the network computes, while its statistics are those of real speech, so
that the first step of training is not a shock (needs torch).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audio.errors import SpeechModelBroken
from audio.speech_model import network as networks
from audio.speech_model.export import PRIOR_POWER
from audio.speech_model.features import DIMENSION, normalise
from audio.speech_model.phones import PHONES

Matrix = NDArray[np.float32]


def read_affines(path: Path) -> tuple[dict[str, tuple[Matrix, Matrix]], Matrix]:
    """Return weight and bias of each affine component of a ``final.mdl``, and Kaldi's priors.

    Raises SpeechModelBroken when the file was not written by :mod:`audio.speech_model.export`.
    """
    data = path.read_bytes()
    found: dict[str, tuple[Matrix, Matrix]] = {}
    try:
        for name in re.finditer(rb"<ComponentName> (\S+) <AffineComponent> ", data):
            weight, at = _array(data, data.index(b"<LinearParams> ", name.end()) + 15)
            bias, _ = _array(data, data.index(b"<BiasParams> ", at) + 13)
            found[name.group(1).decode()] = weight, bias
        priors, _ = _array(data, data.rindex(b"<Priors> ") + 9)
    except (ValueError, struct.error) as error:
        raise SpeechModelBroken(f"{path} er ikke skrevet av «kurv speech train».") from error
    if "first.affine" not in found or len(priors) != len(PHONES):
        raise SpeechModelBroken(f"{path} er ikke skrevet av «kurv speech train».")
    return found, priors


def _array(data: bytes, at: int) -> tuple[Matrix, int]:
    """Read Kaldi's binary vector ("FV ") or matrix ("FM ") and tell where it ends."""
    kind, at = data[at : at + 3], at + 3
    shape = [struct.unpack("<xi", data[at : at + 5])[0]]
    at += 5
    if kind == b"FM ":
        shape.append(struct.unpack("<xi", data[at : at + 5])[0])
        at += 5
    elif kind != b"FV ":
        raise ValueError(f"no vector or matrix at {at}")
    values = np.frombuffer(data, "<f4", int(np.prod(shape)), at).reshape(shape).copy()
    return values, at + values.nbytes


def read_mean(path: Path) -> NDArray[np.float64]:
    """Return the mean row of MFCCs that ``global_cmvn.stats`` holds."""
    numbers = [float(x) for x in path.read_text().replace("[", "").replace("]", "").split()]
    return np.array(numbers[:DIMENSION]) / numbers[DIMENSION]


def import_model(folder: Path, checkpoint: Path, speech: Sequence[Matrix]) -> Path:
    """Write the model in *folder* (``am/``) as a checkpoint that computes the same; return it.

    *speech* is MFCCs of some utterances (:func:`audio.speech_model.features.mfcc`), which the
    statistics of the normalisations are taken from. Raises SpeechModelBroken.
    """
    import torch

    affines, priors = read_affines(folder / "am" / "final.mdl")
    mean = read_mean(folder / "am" / "global_cmvn.stats")
    width = len(affines["first.affine"][1])
    layers = sum(name.endswith(".linear") for name in affines)
    net = networks.Network(networks.Shape(width, len(affines["l0.linear"][1]), layers))
    state = net.state_dict()
    pairs = [("first", "first_norm", "first.affine")]
    pairs += [(f"layers.{n}.affine", f"layers.{n}.norm", f"l{n}.affine") for n in range(layers)]
    for weight, norm, source in pairs:
        state[f"{weight}.weight"] = torch.from_numpy(affines[source][0])
        state[f"{norm}.bias"] = torch.from_numpy(affines[source][1])
        state[f"{norm}.weight"] = torch.ones(width)
        state[f"{norm}.running_mean"] = torch.zeros(width)
        state[f"{norm}.running_var"] = torch.ones(width) - 1e-5
    for n in range(layers):
        state[f"layers.{n}.linear.weight"] = torch.from_numpy(affines[f"l{n}.linear"][0])
    state["out.weight"], state["out.bias"] = (torch.from_numpy(x) for x in affines["out.affine"])
    net.load_state_dict(state)
    _take_statistics(net, [normalise(rows, mean) for rows in speech if len(rows)])
    extra: dict[str, Any] = {
        "mean": mean, "priors": priors.astype(np.float64) ** (1 / PRIOR_POWER), "phones": PHONES,
    }  # fmt: skip
    networks.save(str(checkpoint), net, extra)
    return checkpoint


def _take_statistics(net: networks.Network, speech: Sequence[Matrix]) -> None:
    """Give every normalisation the statistics of its input, and undo them in its scale and bias."""
    import torch

    rows: dict[Any, list[torch.Tensor]] = {}
    hooks = [
        module.register_forward_pre_hook(lambda m, given: rows.setdefault(m, []).append(given[0]))
        for module in net.modules()
        if isinstance(module, torch.nn.BatchNorm1d)
    ]
    net.eval()
    with torch.no_grad():
        for utterance in speech:
            side = np.pad(utterance, ((net.shape.side, net.shape.side), (0, 0)), "edge")
            net(torch.from_numpy(side[None]))
        for hook in hooks:
            hook.remove()
        for norm, seen in rows.items():
            values = torch.cat(seen)
            norm.running_mean.copy_(values.mean(0))
            norm.running_var.copy_(values.var(0, unbiased=False))
            norm.weight.copy_((norm.running_var + norm.eps).sqrt())
            norm.bias.add_(norm.running_mean)
