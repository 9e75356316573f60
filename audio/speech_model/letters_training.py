"""Trains letter-to-sound on the NST entries (needs torch): align letters, then a network.

``python -m audio.speech_model.letters_training OUT.npz`` takes about ten minutes on one core and
prints the errors on the held-out twentieth of the words.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from math import inf, log
from pathlib import Path
from typing import Any

import numpy as np

from audio.errors import TrainingUnavailable
from audio.speech_model.letters import ALPHABET, LetterToSound, encode, strip
from audio.speech_model.lexicon import hand_entries, nst_entries
from audio.speech_model.phones import Pronunciation
from audio.speech_model.spelling import fold

_LONGEST_CHUNK = 3
_KEPT_CHUNKS = 400

Entry = tuple[str, Pronunciation]


def held_out(word: str) -> bool:
    """Say whether the word belongs to the twentieth that is never trained on."""
    return sum(ord(letter) * (at + 7) for at, letter in enumerate(word)) % 20 == 0


def _align(
    letters: str, sounds: Pronunciation, cost: dict[tuple[str, Pronunciation], float], rare: float
) -> list[Pronunciation] | None:
    """Return the cheapest chunk of sounds for each letter, None when there are too many sounds."""
    width = len(sounds) + 1
    best = [[inf] * width for _ in range(len(letters) + 1)]
    back = [[0] * width for _ in range(len(letters) + 1)]
    best[0][0] = 0.0
    for at, letter in enumerate(letters):
        row, following, came = best[at], best[at + 1], back[at + 1]
        for done in range(width):
            if row[done] == inf:
                continue
            for size in range(min(_LONGEST_CHUNK, len(sounds) - done) + 1):
                chunk = sounds[done : done + size]
                total = row[done] + cost.get((letter, chunk), rare * (1 + size))
                if total < following[done + size]:
                    following[done + size] = total
                    came[done + size] = size
    if best[len(letters)][len(sounds)] == inf:
        return None
    chunks: list[Pronunciation] = []
    at = len(sounds)
    for row_number in range(len(letters), 0, -1):
        size = back[row_number][at]
        chunks.append(sounds[at - size : at])
        at -= size
    return chunks[::-1]


def align_all(entries: list[Entry], rounds: int = 4) -> list[list[Pronunciation]]:
    """Align every entry by hard expectation maximisation; too long ones give []."""
    pairs: Counter[tuple[str, str]] = Counter()
    singles: Counter[str] = Counter()
    for word, sounds in entries:
        bare_sounds = strip(sounds)
        for at, letter in enumerate(word):
            middle = round(at * len(sounds) / len(word))
            for sound in bare_sounds[max(0, middle - 1) : middle + 2]:
                pairs[letter, sound] += 1
                singles[sound] += 1
    total = sum(singles.values())
    letters: Counter[str] = Counter(letter for word, _ in entries for letter in word)
    count = sum(letters.values())
    cost: dict[tuple[str, Pronunciation], float] = {}
    for (letter, sound), seen in pairs.items():
        association = seen * total / (singles[sound] * letters[letter] / count * total)
        cost[letter, (sound,)] = max(0.1, 3.0 - log(max(association, 1e-3)))
    for letter in letters:
        cost[letter, ()] = 3.5
    aligned: list[list[Pronunciation]] = []
    for turn in range(rounds):
        aligned = []
        seen_chunks: Counter[tuple[str, Pronunciation]] = Counter()
        seen_letters: Counter[str] = Counter()
        for word, sounds in entries:
            chunks = _align(word, strip(sounds), cost, 8.0)
            aligned.append(chunks or [])
            for letter, chunk in zip(word, chunks or [], strict=False):
                seen_chunks[letter, chunk] += 1
                seen_letters[letter] += 1
        cost = {key: -log((seen - 0.3) / seen_letters[key[0]]) for key, seen in seen_chunks.items()}
        print(f"alignment {turn + 1} of {rounds}: {len(cost)} chunks", flush=True)
    # The stress marks, which alignment ignores, come back here.
    marked: list[list[Pronunciation]] = []
    for (_, sounds), chunks in zip(entries, aligned, strict=True):
        at = 0
        row = []
        for chunk in chunks:
            row.append(sounds[at : at + len(chunk)])
            at += len(chunk)
        marked.append(row)
    return marked


def entries_for_training() -> tuple[list[Entry], list[Entry]]:
    """Return the entries to train on and the held-out ones."""
    train: list[Entry] = []
    test: list[Entry] = []
    for word, pronunciations in nst_entries().items():
        letters = fold(word)
        if len(letters) < 2:
            continue
        (test if held_out(word) else train).append((letters, pronunciations[0]))
    for word, pronunciations in hand_entries().items():
        if len(fold(word)) > 3 and not held_out(word):
            train += [(fold(word), pronunciations[0])] * 3
    return train, test


def _edits(one: Pronunciation, other: Pronunciation) -> int:
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        last, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (a != b))
    return row[-1]


def errors(network: LetterToSound, entries: list[Entry]) -> tuple[float, float]:
    """Return the shares of wrong sounds and of wrong words, stress ignored."""
    edits = sounds = wrong = 0
    for word, truth in entries:
        found, right = strip(network(word)), strip(truth)
        distance = _edits(found, right)
        edits += distance
        sounds += len(right)
        wrong += distance > 0
    return edits / sounds, wrong / len(entries)


def train(destination: Path, epochs: int = 8, width: int = 128, depth: int = 5) -> None:
    """Train and write the weights."""
    try:
        import torch
        from torch import nn
    except ImportError as error:
        raise TrainingUnavailable("Treningen trenger torch: installer kurv[train].") from error
    torch.manual_seed(1)
    torch.set_num_threads(1)
    train_entries, test_entries = entries_for_training()
    rows = align_all(train_entries)
    frequent = Counter(chunk for row in rows for chunk in row)
    chunks = [chunk for chunk, _ in frequent.most_common(_KEPT_CHUNKS)]
    number = {chunk: n for n, chunk in enumerate(chunks)}
    data = [
        (encode(word), [number[chunk] for chunk in row])
        for (word, _), row in zip(train_entries, rows, strict=True)
        if row and all(chunk in number for chunk in row)
    ]
    print(f"{len(data)} of {len(train_entries)} words, {len(chunks)} chunks", flush=True)

    class Network(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embedding = nn.Embedding(len(ALPHABET), 48)
            self.layers = nn.ModuleList(
                nn.Conv1d(48 if n == 0 else width, width, 5, padding=2) for n in range(depth)
            )
            self.out = nn.Linear(width, len(chunks))

        def forward(self, letters: Any, mask: Any) -> Any:
            x = self.embedding(letters).transpose(1, 2) * mask[:, None]
            for n, layer in enumerate(self.layers):
                y = torch.relu(layer(x))
                y = nn.functional.dropout(y, 0.1, self.training)
                x = (y if n == 0 else x + y) * mask[:, None]
            return self.out(x.transpose(1, 2))

    network = Network()
    optimiser = torch.optim.AdamW(network.parameters(), 2e-3, weight_decay=1e-3)
    size = 128
    steps = epochs * (len(data) // size)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 3e-3, total_steps=steps + 1)
    rng = random.Random(1)
    step = 0
    for epoch in range(epochs):
        rng.shuffle(data)
        network.train()
        for start in range(0, len(data) - size, size):
            batch = data[start : start + size]
            longest = max(len(letters) for letters, _ in batch) + 2
            x = torch.zeros(size, longest, dtype=torch.long)
            y = torch.full((size, longest), -100)
            mask = torch.zeros(size, longest)
            for n, (letters, targets) in enumerate(batch):
                x[n, 1 : len(letters) + 1] = torch.tensor(letters)
                y[n, 1 : len(letters) + 1] = torch.tensor(targets)
                mask[n, : len(letters) + 2] = 1
            loss = nn.functional.cross_entropy(network(x, mask).flatten(0, 1), y.flatten())
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            if step < steps:
                schedule.step()
            step += 1
        _write(destination, network, chunks)
        sound_errors, word_errors = errors(LetterToSound(destination), test_entries[:1500])
        print(
            f"epoch {epoch + 1}: loss {loss.item():.3f}, held out: {100 * sound_errors:.2f} % of "
            f"sounds, {100 * word_errors:.1f} % of words wrong",
            flush=True,
        )
    sound_errors, word_errors = errors(LetterToSound(destination), test_entries)
    print(
        f"all {len(test_entries)} held-out words: {100 * sound_errors:.2f} % of sounds, "
        f"{100 * word_errors:.1f} % of words wrong"
    )


def _write(destination: Path, network: Any, chunks: list[Pronunciation]) -> None:
    stored: dict[str, Any] = {
        "chunks": np.array([" ".join(chunk) for chunk in chunks]),
        "layers": np.array(len(network.layers)),
        "embedding": network.embedding.weight.detach().numpy().astype(np.float16),
        "out_weight": network.out.weight.detach().numpy().astype(np.float16),
        "out_bias": network.out.bias.detach().numpy().astype(np.float16),
    }
    for n, layer in enumerate(network.layers):
        stored[f"weight{n}"] = layer.weight.detach().numpy().astype(np.float16)
        stored[f"bias{n}"] = layer.bias.detach().numpy().astype(np.float16)
    np.savez_compressed(destination, **stored)


if __name__ == "__main__":
    train(Path(sys.argv[1]))
