"""Tier: unit. The network's training on the processor, with PyTorch (`make test-training`)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch")

from audio.speech_model import network as networks  # noqa: E402
from audio.speech_model.examples import Features  # noqa: E402
from audio.speech_model.features import DIMENSION  # noqa: E402
from audio.speech_model.phones import PHONES  # noqa: E402
from audio.speech_model.training import Plan, fit  # noqa: E402


def speech(utterances: int = 4, frames: int = 300) -> Features:
    """Rows of noise about a middle of its own for each sound."""
    rng = np.random.default_rng(1)
    labels = np.repeat(rng.integers(0, len(PHONES), utterances * frames // 20), 20)
    rows = rng.normal(size=(len(labels), DIMENSION))
    rows += 5 * np.random.default_rng(2).normal(size=(len(PHONES), DIMENSION))[labels]
    return Features(
        rows.astype(np.float16),
        labels.astype(np.uint8),
        np.full(utterances, frames, np.int64),
        np.ones(utterances, np.float32),
        np.zeros((len(labels), len(PHONES)), np.uint8),
    )


def test_a_deeper_network_goes_on_from_a_smaller_one(tmp_path: Path) -> None:
    # The smaller one splits ambiguous labels, and needs less of what stands beside a frame.
    small = Plan(epochs=1, batch=4, width=16, narrow=8, layers=2)
    first = fit(speech(), speech(1), tmp_path / "first.pt", small)
    deep = Plan(epochs=1, batch=4, width=16, narrow=8, layers=4)
    final = fit(speech(), speech(1), tmp_path / "final.pt", deep, start_from=first)
    net, stored = networks.load(str(final))
    assert net.shape.layers == 4
    assert stored["step"] == stored["steps"]


def test_a_network_learns_what_it_is_told(tmp_path: Path) -> None:
    plan = Plan(epochs=60, batch=8, width=32, narrow=16, layers=2, rate=1e-2)
    _, stored = networks.load(str(fit(speech(8), speech(8), tmp_path / "net.pt", plan)))
    assert stored["held_out_error"] < 0.5
