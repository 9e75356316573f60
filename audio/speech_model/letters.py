"""Letter-to-sound: a small convolutional network over the letters of a word, run with numpy.

It gives each letter a chunk of zero to three sounds. It was trained on the NST entries by
:mod:`audio.speech_model.letters_training`; its held-out errors are in docs/speech-experiments.md.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from audio.speech_model.phones import STRESS, VOWELS, Pronunciation, bare, parse
from audio.speech_model.spelling import fold

WEIGHTS_FILE = Path(__file__).with_name("letters_nb.npz")

#: "" stands for the edge of a word.
ALPHABET: tuple[str, ...] = ("", *"abcdefghijklmnopqrstuvwxyzæøå")

_LETTER_NUMBER = {letter: number for number, letter in enumerate(ALPHABET)}


def encode(word: str) -> list[int]:
    """Return the numbers of the word's letters; other letters are folded to these."""
    return [_LETTER_NUMBER[letter] for letter in fold(word)]


def settle_stress(sounds: Pronunciation) -> Pronunciation:
    """Return the sounds with exactly one main stress: the first, or else the first vowel."""
    settled: list[str] = []
    have_main = any(sound.startswith("ˈ") for sound in sounds)
    seen_main = False
    for sound in sounds:
        if sound in ("ˈə", "ˌə"):  # a schwa is never stressed: the network mixed two readings
            sound = sound[0] + "ɛ"
        if sound.startswith("ˈ"):
            sound = "ˌ" + bare(sound) if seen_main else sound
            seen_main = True
        elif not have_main and not seen_main and bare(sound) in VOWELS:
            sound, seen_main = "ˈ" + bare(sound), True
        settled.append(sound)
    return tuple(settled)


def _as_matrix(weight: NDArray[np.float16]) -> NDArray[np.float32]:
    """Return a convolution's weights (out, in, width) as a matrix for windows of letters."""
    out, into, width = weight.shape
    return np.ascontiguousarray(
        weight.transpose(2, 1, 0).reshape(width * into, out), dtype=np.float32
    )


class LetterToSound:
    """The network with its weights."""

    def __init__(self, path: Path) -> None:
        """Read the weights that training wrote."""
        with np.load(path) as stored:
            self._chunks: list[Pronunciation] = [parse(text) for text in stored["chunks"]]
            self._embedding = stored["embedding"].astype(np.float32)
            self._layers = [
                (_as_matrix(stored[f"weight{n}"]), stored[f"bias{n}"].astype(np.float32))
                for n in range(int(stored["layers"]))
            ]
            self._out = stored["out_weight"].astype(np.float32)
            self._out_bias = stored["out_bias"].astype(np.float32)

    def scores(self, letters: list[int]) -> NDArray[np.float32]:
        """Return a row of chunk scores for every letter."""
        x = self._embedding[letters]
        for number, (weight, bias) in enumerate(self._layers):
            width = len(weight) // x.shape[1]
            edge = np.zeros((width // 2, x.shape[1]), np.float32)
            padded = np.concatenate([edge, x, edge])
            windows = np.concatenate([padded[k : k + len(x)] for k in range(width)], axis=1)
            y = np.maximum(windows @ weight + bias, 0)
            x = y if number == 0 else x + y
        scores: NDArray[np.float32] = x @ self._out.T + self._out_bias
        return scores

    def __call__(self, word: str) -> Pronunciation:
        """Return the sounds of a word, () when it has no letter of ours."""
        letters = encode(word)
        if not letters:
            return ()
        sounds: list[str] = []
        for best in self.scores([0, *letters, 0])[1:-1].argmax(axis=1):
            sounds += self._chunks[int(best)]
        # Doubled letters are one sound: the network sometimes gives it to both.
        single = [s for at, s in enumerate(sounds) if at == 0 or s != sounds[at - 1]]
        if not any(bare(sound) in VOWELS for sound in single) and len(single) > 2:
            return ()
        return settle_stress(tuple(single))


@lru_cache(maxsize=1)
def shipped_letter_to_sound() -> LetterToSound:
    """Return the network that is shipped."""
    return LetterToSound(WEIGHTS_FILE)


def strip(pronunciation: Pronunciation) -> Pronunciation:
    """Return the sounds without stress, for comparing."""
    return tuple(sound.lstrip(STRESS) for sound in pronunciation)
