"""Speech made by synthesisers, with its sounds: endless, free, and everyone's to share."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import soxr

from audio.speech_model import shards
from audio.speech_model.espeak import SAMPLE_RATE as ESPEAK_RATE
from audio.speech_model.espeak import Espeak, EspeakFailed, Voice, mnemonics
from audio.speech_model.kokoro import SAMPLE_RATE as KOKORO_RATE
from audio.speech_model.kokoro import Kokoro, draw_speaker
from audio.speech_model.phones import ESPEAK, PHONES, RETROFLEX, SILENCE, Pronunciation
from audio.speech_model.shards import SAMPLE_RATE, Utterance
from audio.speech_model.texts import TextSource

#: Kokoro voices that are never trained on: they tell how new voices are heard.
HELD_OUT_KOKORO: frozenset[str] = frozenset(
    {"bf_emma", "am_michael", "ff_siwis", "jm_kumo", "af_nova", "pm_alex"}
)

#: espeak-ng variants that are never trained on.
HELD_OUT_ESPEAK: frozenset[str] = frozenset(
    {"f2", "m3", "Annie", "Mario", "adam", "belinda", "grandpa", "iven2", "linda", "max", "steph"}
)

#: espeak-ng variants that no person sounds like, and sped-up ones whose times are wrong.
_UNFIT: frozenset[str] = frozenset({"whisper", "whisperf", "fast", "croak", "Demonic", "UniRobot"})

_SHARD = 50

Progress = Callable[[str, float], None]

#: What espeak-ng's phoneme events call our sounds, where the names differ.
_EVENT_NAMES: dict[str, str] = {
    "a": "æ", "aː": "æː", "x": "ç", "ɹ": "r", "g": "ɡ", "ɚ": "ər", "ɪː": "iː", "i": "ɪ", "e": "eː",
    "o": "ɔ", "ø": "œ", "u": "ʊ", "ɛː": "æː", "ɾ": "r", "ʋ": "v", "ɕ": "ç",
}  # fmt: skip


def _spans(
    words: list[Pronunciation], events: tuple[tuple[float, str], ...], end: float
) -> tuple[tuple[float, float, str], ...] | None:
    """Lay the sounds that were asked for over the times that espeak-ng reports.

    Returns None when it said something else than it was asked for.
    """
    asked = [RETROFLEX.get(s.lstrip("ˈˌ"), s.lstrip("ˈˌ")) for word in words for s in word]
    spans: list[tuple[float, float, str]] = []
    at = 0
    for (start, symbol), (stop, _) in zip(events, [*events[1:], (end, "")], strict=True):
        name = symbol.strip("ˈˌ").replace("ʲ", "").replace("ˈ", "").replace("ˌ", "")
        if name == "":
            spans.append((start, stop, SILENCE))
            continue
        name = _EVENT_NAMES.get(name, name)
        name = RETROFLEX.get(name, name)
        if at < len(asked) and name == asked[at]:
            spans.append((start, stop, asked[at]))
            at += 1
        elif at + 1 < len(asked) and name == asked[at] + asked[at + 1]:
            middle = (start + stop) / 2
            spans += [(start, middle, asked[at]), (middle, stop, asked[at + 1])]
            at += 2
        elif at < len(asked) and name in PHONES and asked[at] in PHONES:
            # A neighbour of what was asked for (a long vowel shortened before a pause).
            spans.append((start, stop, asked[at]))
            at += 1
        else:
            return None
    return tuple(spans) if at == len(asked) else None


def espeak_voices(engine: Espeak, *, held_out: bool) -> list[str]:
    """Return the variants for testing (*held_out*) or for training."""
    fit = [name for name in engine.variants() if name not in _UNFIT]
    return [name for name in fit if (name in HELD_OUT_ESPEAK) == held_out]


def say_with_espeak(
    engine: Espeak, text: str, words: list[Pronunciation], variant: str, rng: random.Random
) -> Utterance | None:
    """Return the words in this variant at a random pace and pitch, None when it failed."""
    voice = Voice(
        variant,
        rng.randint(115, 220),
        rng.randint(15, 90),
        rng.randint(10, 90),
        rng.choice((0, 0, 0, 1, 3)),
    )
    try:
        timed = engine.say(mnemonics(words), voice)
    except EspeakFailed:
        return None
    length = len(timed.samples) / ESPEAK_RATE
    spans = _spans(words, timed.sounds, length)
    if spans is None or length < 0.2:
        return None
    wave = soxr.resample(timed.samples.astype(np.float32), ESPEAK_RATE, SAMPLE_RATE)
    samples = np.clip(wave, -32768, 32767).astype(np.int16)
    return Utterance(samples, text, tuple(words), variant, "espeak", spans)


def say_with_kokoro(
    engine: Kokoro, text: str, words: list[Pronunciation], voices: list[str], rng: random.Random
) -> Utterance:
    """Return the words in a random (mixed) voice of *voices*."""
    speaker = draw_speaker(rng, voices)
    pause = rng.choice((0.0, 0.1, 0.5))
    pauses = [rng.random() < pause and at + 1 < len(words) for at in range(len(words))]
    wave = engine.say(words, pauses, speaker)
    wave = soxr.resample(wave, KOKORO_RATE, SAMPLE_RATE)
    peak = float(np.abs(wave).max()) or 1.0
    samples = (wave / max(peak, 1.0) * 32767).astype(np.int16)
    return Utterance(samples, text, tuple(words), speaker.name, "kokoro")


def generate(
    source: str,
    texts: TextSource,
    folder: Path,
    *,
    hours: float,
    seed: int,
    held_out: bool = False,
    kokoro_folder: Path | None = None,
    limit_seconds: float = float("inf"),
    progress: Progress | None = None,
) -> float:
    """Write *hours* of speech of "espeak" or "kokoro" into *folder* and return the hours there.

    Resumes after the last whole file: each file has its own random stream. *held_out* takes the
    voices that are never trained on. *limit_seconds* ends earlier by the clock.
    """
    begun = time.monotonic()
    name = f"{source}-{'test' if held_out else 'train'}-{seed}"
    done = shards.shards(folder, name)
    made = sum(u.seconds for path in done for u in shards.read(path))
    number = len(done)
    with Espeak() as espeak:
        kokoro = Kokoro(kokoro_folder) if source == "kokoro" and kokoro_folder else None
        if kokoro is not None:
            voices = [v for v in kokoro.voices() if (v in HELD_OUT_KOKORO) == held_out]
        else:
            voices = espeak_voices(espeak, held_out=held_out)
        while made < hours * 3600 and time.monotonic() - begun < limit_seconds:
            rng = random.Random(f"{name}-{number}")
            utterances: list[Utterance] = []
            while len(utterances) < _SHARD:
                text = texts.draw(rng)
                words = texts.pronounce(text, rng)
                if not words or not all(s.lstrip("ˈˌ") in ESPEAK for w in words for s in w):
                    continue
                said = (
                    say_with_kokoro(kokoro, text, words, voices, rng)
                    if kokoro is not None
                    else say_with_espeak(espeak, text, words, rng.choice(voices), rng)
                )
                if said is not None:
                    utterances.append(said)
            shards.write(folder / f"{name}-{number:05d}.npz", utterances)
            number += 1
            made += sum(u.seconds for u in utterances)
            if progress is not None:
                progress(f"{name}: {made / 3600:.2f} t tale", min(1.0, made / (hours * 3600)))
    return made / 3600
