"""The teacher's head: from what Whisper's encoder makes of speech to our sounds (needs torch)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audio.errors import CorpusError
from audio.speech_model import shards
from audio.speech_model.foreign import LABEL_NUMBER
from audio.speech_model.phones import PHONES
from audio.speech_model.teacher import read_rows, row_labels
from audio.speech_model.training import torch_module

Progress = Callable[[str, float], None]

#: Rows of one training example: two seconds.
_EXAMPLE = 100
_BATCH = 48
_WIDTH = 256


def head(inputs: int) -> Any:
    """Return a new head: 220 ms around a row decide about it."""
    torch = torch_module()
    nn = torch.nn

    class Shortcut(nn.Module):  # type: ignore[name-defined]
        def __init__(self, rows: int) -> None:
            super().__init__()
            self.convolve = nn.Conv1d(_WIDTH, _WIDTH, rows, padding=rows // 2)

        def forward(self, x: Any) -> Any:
            return x + torch.relu(self.convolve(x.transpose(1, 2))).transpose(1, 2)

    return nn.Sequential(
        nn.LayerNorm(inputs), nn.Dropout(0.2), nn.Linear(inputs, _WIDTH), nn.ReLU(),
        Shortcut(7), Shortcut(5), nn.Dropout(0.2), nn.Linear(_WIDTH, len(PHONES)),
    )  # fmt: skip


def train_head(
    aligned: Sequence[Path],
    cache: Path,
    *,
    steps: int = 800,
    rate: float = 1.5e-3,
    progress: Progress | None = None,
) -> Any:
    """Return a head trained on shards whose sounds have times, and their rows in *cache*.

    Only plain sounds are learned from. Raises CorpusError without any speech.
    """
    torch = torch_module()
    torch.manual_seed(1)
    rng = np.random.default_rng(1)
    examples: list[tuple[NDArray[np.float16], NDArray[np.uint8]]] = []
    for path in aligned:
        for utterance, rows in zip(shards.read(path), read_rows(cache / path.name), strict=True):
            labels = row_labels(utterance.spans, len(rows), LABEL_NUMBER)
            if len(rows) and labels.max() < len(PHONES):
                examples.append((rows, labels))
    if not examples:
        raise CorpusError("Læreren har ingen tale med kjente lyder å lære av.")
    chances = np.cumsum([len(rows) for rows, _ in examples]).astype(np.float64)
    chances /= chances[-1]
    net = head(examples[0][0].shape[1])
    optimiser = torch.optim.AdamW(net.parameters(), rate, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, rate, total_steps=steps + 1, pct_start=0.1
    )
    for step in range(steps):
        x = np.zeros((_BATCH, _EXAMPLE, examples[0][0].shape[1]), np.float32)
        y = np.full((_BATCH, _EXAMPLE), -1, np.int64)
        for place, number in enumerate(np.searchsorted(chances, rng.random(_BATCH))):
            rows, labels = examples[number]
            at = int(rng.integers(0, max(1, len(rows) - _EXAMPLE + 1)))
            part = rows[at : at + _EXAMPLE]
            x[place, : len(part)] = part
            y[place, : len(part)] = labels[at : at + _EXAMPLE]
        found = net(torch.from_numpy(x)).flatten(0, 1)
        loss = torch.nn.functional.cross_entropy(
            found, torch.from_numpy(y).flatten(), ignore_index=-1, label_smoothing=0.05
        )
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        if progress is not None and step % 50 == 49:
            progress("læreren lærer lydene", (step + 1) / steps)
    return net.eval()


def load_head(path: Path) -> Any:
    """Return the head whose weights are in *path*."""
    weights = torch_module().load(path, weights_only=True)
    net = head(len(weights["0.weight"]))
    net.load_state_dict(weights)
    return net.eval()


def believe(net: Any, rows: NDArray[np.float16]) -> NDArray[np.float32]:
    """Return the head's log probabilities for each row."""
    torch = torch_module()
    with torch.no_grad():
        scores = net(torch.from_numpy(rows.astype(np.float32))[None])[0].log_softmax(1)
    return np.asarray(scores.numpy())


def write_beliefs(net: Any, sources: Sequence[Path], cache: Path, destination: Path) -> None:
    """Write what the head believes about each shard, in 255ths; see :func:`teacher.read_rows`."""
    destination.mkdir(parents=True, exist_ok=True)
    for source in sources:
        target = destination / source.name
        if target.exists():
            continue
        all_rows = read_rows(cache / source.name)
        found = [
            np.rint(255 * np.exp(believe(net, rows))).astype(np.uint8)
            for rows in all_rows
            if len(rows)
        ]
        scratch = target.with_name(target.name + ".part.npz")
        lengths = np.array([len(rows) for rows in all_rows], np.int64)
        np.savez(scratch, rows=np.concatenate(found), lengths=lengths)
        scratch.replace(target)
