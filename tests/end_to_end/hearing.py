"""What somebody on the telephone hears, for tests: when it is their turn, and what was said.

Nothing here waits for seconds. Our turn ends with the tone that asks for an answer, and that tone
is looked for in the sound. What was said is found by listening: a recogniser writes down what it
hears, and of the things that could have been said the likest one is meant. Another leading product
or another vocabulary of the shipped model changes nothing in that.
"""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from audio.earcons import EARCONS
from audio.frames import resample, samples
from audio.recognizer import VoskModel
from audio.session import silence_after
from audio.speech_model import build
from audio.speech_text import spoken
from bot.calls import wording as calls
from bot.ordering import wording
from bot.ordering.basket import Basket

#: What others might have in their baskets.
OTHERS = (
    "to Friele Kaffe frokostkaffe filtermalt 250 g og Stabburet Grandiosa original 575 g",
    "tre Tine Lettmelk 1 % 1 l, Gilde Kjøttdeig 400 g og Prior Egg 12 stk",
)

_STEP = 0.01
"""Seconds between two looks at the sound; each look is at twice as much."""
#: The share of a look's energy that one of the tone's pitches must have. Speech has many pitches.
_PURE = 0.8
#: Below this a look is silence, whatever its form.
_AUDIBLE = 150.0
#: What is louder than this is no silence, whatever the telephone makes of silence.
_LOUD = 600
#: Looks at which each of the tone's two pitches sounds at least: half of what there are, because a
#: network may lose some; and looks that may lie between them.
_LEAST, _GAP = (2, 4), 6


class Turns:
    """Cuts what is heard, as it grows, into our turns."""

    def __init__(self, rate: int) -> None:
        """`rate` in Hz, of the sound that will come."""
        self._rate = rate
        self._step = round(rate * _STEP)
        time = np.arange(2 * self._step) / rate
        window = np.hanning(len(time))
        pitches = [pitch for pitch, _ in EARCONS["listening"]]
        self._window = window
        self._waves = [window * np.exp(-2j * np.pi * pitch * time) for pitch in pitches]
        self._begun = self._looked = 0

    def skip(self, heard: bytes | bytearray) -> None:
        """What was said until now is past: we speak, and what comes next is the answer."""
        self._begun = self._looked = len(heard) // 2 * 2

    def quiet(self, heard: bytes, seconds: float = 3.0) -> bytes | None:
        """The turn that is over by its silence, where the tone may have been lost on the way."""
        whole = len(heard) // 2 * 2
        loud = np.flatnonzero(np.abs(samples(heard[self._begun : whole]).astype(int)) > _LOUD)
        since = (whole - self._begun) // 2 - (loud[-1] if len(loud) else 0)
        if not len(loud) or since < seconds * self._rate:
            return None
        begun, self._begun = self._begun, whole
        return heard[begun:whole]

    def next(self, heard: bytes, ended: bool = False) -> bytes | None:
        """The turn that is over, of all that was heard until now; None while there is none.

        A call that has ended ends the turn, too.
        """
        whole = len(heard) // 2 * 2
        start = max(self._begun, self._looked - 2 * 40 * self._step)
        self._looked = whole
        end = self._tone_end(samples(heard[start:whole]).astype(float))
        if end is None and not ended:
            return None
        begun, self._begun = self._begun, whole if end is None else start + 2 * end
        return heard[begun : self._begun]

    def _tone_end(self, sound: np.ndarray) -> int | None:
        """The sample at which the first tone ends; None while there is none, or not yet all."""
        if len(sound) < 2 * self._step:
            return None
        looks = np.lib.stride_tricks.sliding_window_view(sound, 2 * self._step)[:: self._step]
        energy = ((looks * self._window) ** 2).sum(axis=1)
        loud = np.sqrt((looks**2).mean(axis=1)) > _AUDIBLE
        # The energy of a tone of this pitch that gives this product; summed by hand, because the
        # threads of a matrix product spin while they wait.
        scale = 2 / (self._window**2).sum()
        first, second = (
            loud & (np.abs((looks * wave).sum(axis=1)) ** 2 * scale > _PURE * energy)
            for wave in self._waves
        )
        for at in np.flatnonzero(second & ~np.roll(second, 1)):
            before = first[max(0, at - _GAP - _LEAST[0]) : at].sum()
            after = second[at : at + 2 * _LEAST[1]]
            if before >= _LEAST[0] and after.sum() >= _LEAST[1] and len(after) == 2 * _LEAST[1]:
                return int(at + np.flatnonzero(after)[-1]) * self._step + 2 * self._step
        return None


def read_backs(basket: Basket) -> list[str]:
    """What is said when a basket is read back, and when others' are."""
    others = [f"Da har du {other}, og det blir 99,90 kroner, uten levering." for other in OTHERS]
    return [f"{each} {wording.SHALL_I_ORDER}" for each in (wording.read_back(basket), *others)]


def summaries(basket: Basket) -> list[str]:
    """What is said to somebody who calls back with a basket, and with others'."""
    others = [f"Sist hadde vi kommet til: {other}." for other in OTHERS]
    summary = calls.last_time(basket)
    return [f"{calls.THANKS} {each} {calls.SHALL_WE_GO_ON}" for each in (summary, *others)]


class Memory:
    """What was heard in one call, and should have been; it is listened to when the call is over.

    Listening takes time, and somebody who is silent meanwhile is asked whether they are there.
    """

    def __init__(self, listener: Listener, rate: int) -> None:
        """`rate` in Hz, of the sound that will be remembered."""
        self._listener, self._rate = listener, rate
        self._heard: list[tuple[bytes, str, tuple[str, ...]]] = []

    def keep(self, sound: bytes, expected: str, *others: str) -> None:
        """Remember a turn, what it should be, and what else it might have been."""
        self._heard.append((sound, expected, others))

    def check(self, misheard: int = 0) -> None:
        """Listen to all that is remembered: each must be what it should have been, but for so many
        that a bad line may spoil."""
        wrong = [
            (expected, heard)
            for sound, expected, others in self._heard
            if (heard := self._listener.told(sound, self._rate, (*others, expected))) != expected
        ]
        assert self._heard
        assert len(wrong) <= misheard, wrong


class Listener:
    """Hears what was said. For each choice of texts a small recogniser is built, which knows their
    words and no others; building one takes a second or two."""

    def __init__(self, folder: Path) -> None:
        """Keep the recognisers' models in a folder."""
        self._folder = folder
        self._models: dict[tuple[str, ...], VoskModel] = {}
        self._building = threading.Lock()

    def told(self, sound: bytes, rate: int, texts: Sequence[str]) -> str:
        """Which of these texts was said: whose words are heard most, and others least."""
        said = {text: _sentences(text) for text in texts}
        model = self._model(tuple(sorted({each for parts in said.values() for each in parts})))
        ear = model.recognizer()
        ear.accept(resample(sound, rate, model.sample_rate) + silence_after(model.sample_rate))
        heard = Counter(ear.final().text.split())
        return max(texts, key=lambda text: _likeness(heard, said[text]))

    def _model(self, sentences: tuple[str, ...]) -> VoskModel:
        with self._building:
            if sentences not in self._models:
                folder = self._folder / str(len(self._models))
                build(sentences, (), folder, only_phrases=True)
                self._models[sentences] = VoskModel(folder)
            return self._models[sentences]


def _sentences(text: str) -> list[str]:
    """The sentences of a text in the words in which they are spoken."""
    parts = re.split(r"[.!?]+(?:\s+|$)", spoken(text).lower())
    return [words for part in parts if (words := " ".join(re.findall(r"\w+", part)))]


def _likeness(heard: Counter[str], sentences: Sequence[str]) -> float:
    """Twice the words in common, as a share of all: 1 is the same, 0 is nothing."""
    said = Counter(" ".join(sentences).split())
    return 2 * (heard & said).total() / max(1, heard.total() + said.total())
