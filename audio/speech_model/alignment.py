"""Where each sound of an utterance lies, found with a network trained so far (Viterbi)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audio.speech_model.foreign import LABEL_NUMBER
from audio.speech_model.phones import SILENCE, Pronunciation, acoustic

Span = tuple[float, float, str]


class CannotAlign(ValueError):
    """The speech is too short for its sounds, or there are none."""


def align(
    scores: NDArray[Any], words: Sequence[Pronunciation], frame_seconds: float, least: int = 2
) -> tuple[tuple[Span, ...], float]:
    """Return (first second, last second, sound) for every sound, and the mean score of a frame.

    *scores* are log likelihoods (frames by labels, see :mod:`audio.speech_model.foreign`). Silence
    may stand before, between and after words; every sound lasts at least *least* frames. Raises
    CannotAlign.
    """
    sequence: list[int] = [0]
    optional = [True]
    for word in words:
        for sound in acoustic(word):
            sequence.append(LABEL_NUMBER[sound])
            optional.append(False)
        sequence.append(0)
        optional.append(True)
    # Each sound is a row of `least` states of which the last may repeat; silences may be skipped.
    labels: list[int] = []
    owner: list[int] = []
    first_state: list[int] = []
    for index, phone in enumerate(sequence):
        first_state.append(len(labels))
        count = 1 if optional[index] else least
        labels += [phone] * count
        owner += [index] * count
    states = len(labels)
    frames = len(scores)
    if len(sequence) < 3 or frames < least * optional.count(False):
        raise CannotAlign(f"{frames} frames for {len(sequence)} sounds")
    repeats = np.zeros(states, bool)
    skips = np.zeros(states, bool)
    for index in range(len(sequence)):
        last = (first_state[index + 1] if index + 1 < len(sequence) else states) - 1
        repeats[last] = True
        if index >= 2 and optional[index - 1]:
            skips[first_state[index]] = True
    emitted = scores[:, np.array(labels)]
    alpha = np.full(states, -np.inf)
    alpha[0] = emitted[0, 0]
    alpha[1] = emitted[0, 1]
    back = np.zeros((frames, states), np.int8)
    for frame in range(1, frames):
        stay = np.where(repeats, alpha, -np.inf)
        step = np.concatenate([[-np.inf], alpha[:-1]])
        # The state before a skipped silence is two back: that silence has one state only.
        jump = np.where(skips, np.concatenate([[-np.inf, -np.inf], alpha[:-2]]), -np.inf)
        options = np.stack([stay, step, jump])
        best = options.argmax(axis=0)
        back[frame] = best
        alpha = options[best, np.arange(states)] + emitted[frame]
    state = states - 1 if alpha[-1] >= alpha[-2] else states - 2
    score = float(alpha[state]) / frames
    if not np.isfinite(score):
        raise CannotAlign("no path")
    path = np.zeros(frames, np.int64)
    for frame in range(frames - 1, -1, -1):
        path[frame] = owner[state]
        if frame:
            state -= int(back[frame, state])
    edges = np.flatnonzero(np.diff(path)) + 1
    starts = [0, *edges.tolist()]
    ends = [*edges.tolist(), frames]
    names = [SILENCE, *(s for w in words for s in (*acoustic(w), SILENCE))]
    spans = tuple(
        (start * frame_seconds, end * frame_seconds, names[path[start]])
        for start, end in zip(starts, ends, strict=True)
    )
    return spans, score
