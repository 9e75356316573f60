"""The network that says how likely each word may be struck out, run by NumPy.

Two layers of LSTM in both directions over the words' looked-up vectors and facts; several such
networks that were trained apart are asked, and their answers averaged. A turn takes some
milliseconds. Trained by `bot.striking.training`, which also says what the arrays are.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.striking.features import Word, facts_of

MODEL = Path(__file__).parents[1] / "data" / "striking_nb.npz"
#: Number of a text that the table does not have; 0 is no word at all.
UNKNOWN = 1
TABLES = 4
LAYERS = 2

Array = NDArray[np.float32]


class Network:
    """Networks of one file."""

    def __init__(self, arrays: dict[str, NDArray[np.generic]]) -> None:
        """`arrays` are those of the file, see `bot.striking.training.save`."""
        self._tables = [
            {text: number + 2 for number, text in enumerate(str(arrays[f"texts{n}"]).split("\n"))}
            for n in range(TABLES)
        ]
        self._weights = {
            name: np.asarray(array, np.float32)
            for name, array in arrays.items()
            if not name.startswith("texts")
        }
        self._networks = sorted({name.split(".")[0] for name in self._weights})

    def chances(self, words: Sequence[Word]) -> list[float]:
        """How likely each word may be struck out, 0..1."""
        if not words:
            return []
        numbers = [
            [table.get(word.texts[n], UNKNOWN) for word in words]
            for n, table in enumerate(self._tables)
        ]
        facts = np.asarray(facts_of(words), np.float32)
        answers = [self._answer(name, numbers, facts) for name in self._networks]
        return [float(each) for each in np.mean(answers, axis=0)]

    def _answer(self, name: str, numbers: Sequence[Sequence[int]], facts: Array) -> Array:
        weights = self._weights
        looked_up = [weights[f"{name}.table{n}"][each] for n, each in enumerate(numbers)]
        x = np.concatenate([*looked_up, facts], axis=1)
        for layer in range(LAYERS):
            ways = [self._lstm(f"{name}.layer{layer}.{way}", x, way == "back")
                    for way in ("on", "back")]  # fmt: skip
            x = np.concatenate(ways, axis=1)
        return _sigmoid(x @ weights[f"{name}.out"] + weights[f"{name}.bias"])[:, 0]

    def _lstm(self, name: str, x: Array, backwards: bool) -> Array:
        """One direction of one layer; gates in Keras' order: in, forget, cell, out."""
        recurrent = self._weights[f"{name}.recurrent"]
        given = x @ self._weights[f"{name}.kernel"] + self._weights[f"{name}.bias"]
        size = recurrent.shape[0]
        state = np.zeros(size, np.float32)
        cell = np.zeros(size, np.float32)
        states = np.empty((len(x), size), np.float32)
        for at in range(len(x) - 1, -1, -1) if backwards else range(len(x)):
            gates = given[at] + state @ recurrent
            let_in, forget = _sigmoid(gates[:size]), _sigmoid(gates[size : 2 * size])
            cell = forget * cell + let_in * np.tanh(gates[2 * size : 3 * size])
            state = _sigmoid(gates[3 * size :]) * np.tanh(cell)
            states[at] = state
        return states


@lru_cache(maxsize=1)
def network(path: Path = MODEL) -> Network:
    """The networks that are part of the program; read once."""
    with np.load(path) as arrays:
        return Network(dict(arrays))


def _sigmoid(x: Array) -> Array:
    return np.asarray(1.0 / (1.0 + np.exp(-x)), np.float32)
