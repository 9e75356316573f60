"""The teacher's lessons: a head over Whisper's encoder learns our sounds, then tells its beliefs.

Unlike :mod:`audio.speech_model.teaching`, the encoder hears every example anew, disturbed as the
network's are, so the head learns to tell sounds apart in rooms and over lines as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from audio.speech_model.online.budget import Budget
from audio.speech_model.online.disturbing import disturb
from audio.speech_model.online.hearing import Hearing, Streams
from audio.speech_model.online.listener import ROW, ROWS, WINDOW, Listener
from audio.speech_model.online.pool import Pool
from audio.speech_model.online.wanted import labels_at
from audio.speech_model.phones import PHONES
from audio.speech_model.teacher import MARGIN

Progress = Callable[[str, float], None]

_WIDTH = 384
#: Rows of silence between what is laid side by side.
_GAP = 15
#: Examples that are heard as they are.
_CLEAN = 0.3


class Head(nn.Module):
    """From what every layer of the encoder makes of speech to our sounds; 220 ms decide."""

    def __init__(self, width: int, layers: int) -> None:
        """Make a head with random weights for an encoder of *layers* and rows of *width*."""
        super().__init__()
        self.shares = nn.Parameter(torch.cat([torch.zeros(layers), torch.tensor([1.0])]))
        self.begin = nn.Sequential(nn.LayerNorm(width), nn.Dropout(0.2), nn.Linear(width, _WIDTH))
        self.wide, self.narrow = (
            nn.Conv1d(_WIDTH, _WIDTH, rows, padding=rows // 2) for rows in (7, 5)
        )
        self.end = nn.Sequential(nn.Dropout(0.2), nn.Linear(_WIDTH, len(PHONES)))

    def forward(self, heard: Tensor) -> Tensor:
        """Return scores (windows, rows, sounds) of rows (windows, rows, layers + 1, width)."""
        even = nn.functional.layer_norm(heard, heard.shape[-1:])
        x = (even * self.shares.softmax(0)[:, None].to(even.dtype)).sum(2)
        x = torch.relu(self.begin(x)).transpose(1, 2)
        for convolve in (self.wide, self.narrow):
            x = x + torch.relu(convolve(x))
        scores: Tensor = self.end(x.transpose(1, 2))
        return scores


def _leveled(waves: Tensor) -> Tensor:
    """Return 16-bit waves as the encoder wants them: half as loud as can be, with a hiss."""
    peak = waves.abs().amax(-1, keepdim=True) + 1
    return 0.5 * waves / peak + torch.randn_like(waves) * (2 / 32768)


def _side_by_side(waves: Tensor) -> tuple[Tensor, int, int]:
    """Lay streams (streams, samples) into windows; return them, streams in each, rows of each."""
    rows = -(-waves.shape[1] // ROW) + _GAP
    each = min(ROWS // rows, len(waves))
    waves = waves[: len(waves) // each * each]
    padded = nn.functional.pad(_leveled(waves), (0, rows * ROW - waves.shape[1]))
    windows = padded.view(-1, each * rows * ROW)
    return nn.functional.pad(windows, (0, WINDOW - windows.shape[1])), each, rows


def plain(pool: Pool) -> NDArray[np.bool_]:
    """Return for each utterance whether all of its labels are plain sounds of ours."""
    labels = pool.labels.cpu().numpy()
    most = np.maximum.reduceat(labels, pool.label_starts.cpu().numpy())
    return np.asarray(most < len(PHONES))


def learn(
    pool: Pool,
    listener: Listener,
    weight: NDArray[np.float64],
    *,
    seconds: float = float("inf"),
    steps: float = float("inf"),
    rate: float = 2e-3,
    frames_a_step: int = 36_000,
    progress: Progress | None = None,
) -> Head:
    """Return a head trained on the utterances that *weight* draws, if plain.

    It ends after *seconds* or *steps*; one of them must be given.
    """
    device = pool.waves.device
    torch.manual_seed(1)
    rng = np.random.default_rng(1)
    hearing = Hearing(pool, weight * plain(pool), frames_a_step)
    head = Head(listener.width, listener.layers).to(device).train()
    optimiser = torch.optim.AdamW(head.parameters(), rate, weight_decay=0.02)
    budget = Budget(seconds, steps)
    step, running = 0, torch.zeros((), device=device)
    while (share := budget.spent(step)) < 1:
        optimiser.param_groups[0]["lr"] = rate * min(1.0, share / 0.05) * max(0.0, 1 - share)
        bucket = int(rng.choice(len(hearing.chances), p=hearing.chances))
        streams = hearing.draw(bucket, paced=False)
        clean = torch.rand(len(streams.which), 1, device=device) < _CLEAN
        waves = torch.where(clean, streams.waves, disturb(streams.waves))
        loss = _loss(pool, listener, head, streams, waves)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(head.parameters(), 5.0)
        optimiser.step()
        running = running.lerp(loss.detach(), 0.02 if step > 50 else 0.2)
        step += 1
        if step % 50 == 0:
            told = float(running)  # waits for the card, so that the clock above is right
            if progress is not None:
                progress(f"læreren lærer lydene: {step} steg, tap {told:.3f}", share)
    return head.eval()


def _loss(pool: Pool, listener: Listener, head: Head, streams: Streams, waves: Tensor) -> Tensor:
    windows, each, rows = _side_by_side(waves)
    kept = len(windows) * each
    with torch.autocast(waves.device.type, torch.bfloat16):
        with torch.no_grad():
            heard = listener(windows)
        scores = head(heard)[:, : each * rows].reshape(kept, rows, -1).float()
    middle = (torch.arange(rows, device=waves.device) + 0.5)[None] * ROW
    labels = labels_at(pool, streams.which, streams.spoken_at(middle))
    labels = torch.where(middle <= streams.end[:, None], labels, -1)[:kept]
    return nn.functional.cross_entropy(
        scores.flatten(0, 1), labels.flatten(), ignore_index=-1, label_smoothing=0.05
    )


def _packed(lengths: NDArray[np.int64]) -> Iterator[list[tuple[int, int]]]:
    """Share utterances out to windows: (number, first row). Too long ones are left out."""
    packed: list[tuple[int, int]] = []
    at = _GAP
    for number in np.argsort(lengths, kind="stable"):
        rows = -(-int(lengths[number]) // ROW)
        if rows + 2 * _GAP > ROWS or not rows:
            continue
        if at + rows + _GAP > ROWS:
            yield packed
            packed, at = [], _GAP
        packed.append((int(number), at))
        at += rows + _GAP
    if packed:
        yield packed


@torch.no_grad()
def believe(
    pool: Pool, listener: Listener, head: Head, *, windows_a_step: int = 32
) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64]]:
    """Return what the head believes about all speech: rows in 255ths, first row and rows of each.

    Rows begin MARGIN before the speech, see :mod:`audio.speech_model.teacher`; the number of rows
    is 0 for speech that is too long for half a minute.
    """
    device = pool.waves.device
    lengths, starts = pool.lengths.cpu().numpy(), pool.starts.cpu().numpy()
    peaks = pool.peaks.cpu().numpy()
    firsts, counts = np.zeros(len(lengths), np.int64), np.zeros(len(lengths), np.int64)
    found: list[Tensor] = []
    total = 0
    plan = list(_packed(lengths))
    for begin in range(0, len(plan), windows_a_step):
        part = plan[begin : begin + windows_a_step]
        sound = torch.randn(len(part), WINDOW, device=device) * (2 / 32768)
        for row, packed in enumerate(part):
            for number, at in packed:
                start, length = int(starts[number]), int(lengths[number])
                wave = pool.waves[start : start + length].float()
                scale = 0.5 / (float(peaks[number]) + 1)
                sound[row, at * ROW : at * ROW + length].add_(wave, alpha=scale)
        with torch.autocast(device.type, torch.bfloat16):
            scores = head(listener(sound)).float()
        beliefs = (scores.softmax(2) * 255).round().to(torch.uint8).flatten(0, 1)
        index = []
        for row, packed in enumerate(part):
            for number, at in packed:
                counts[number] = -(-int(lengths[number]) // ROW) + 2 * MARGIN
                firsts[number] = total
                total += int(counts[number])
                first = row * ROWS + at - MARGIN
                index.append(np.arange(first, first + counts[number]))
        found.append(beliefs[torch.from_numpy(np.concatenate(index)).to(device)].cpu())
    if not found:
        return np.zeros((1, len(PHONES)), np.uint8), firsts, counts
    return torch.cat(found).numpy(), firsts, counts
