"""Figures of the voice: how soon it speaks, how fast it is, and how exactly turns end.

    .venv/bin/python -m tests.benchmarks.voice

Prints one table; the figures are kept in docs/benchmarks.md. Everything is made and measured on
this machine: espeak-ng speaks, with and without noise, and our voice detector and end-pointer
listen. People pause less evenly than espeak-ng does, so the share of torn utterances is a floor.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterable

import numpy as np
from rich.console import Console
from rich.table import Table

from audio.endpointing import Endpointer, NoInput, SpeechEnded, SpeechStarted, TurnSettings
from audio.frames import frames, pcm_bytes, resample, samples, seconds
from audio.speech_text import spoken
from audio.synthesizer import EspeakSynthesizer, Voice
from audio.voice_activity import FRAME_SECONDS, VoiceActivity

RATE = 16_000
REPLIES = (
    "God dag! Hva vil du handle i dag?",
    "Jeg la to stykker Tine Lettmelk 1,75 l i kurven, til 43,80 kr. Vil du ha noe mer?",
    "Mener du Norvegia 500 g til 89,90 kr, eller Jarlsberg 27 % 700 g til 129 kr?",
    "Du har 2 stk lettmelk, 1 grovbrød, 400 g kjøttdeig, 1 brett egg, 500 g kaffe, 1 kg poteter, "
    "6 bananer, 1 pakke smør og 2 bokser makrell i tomat. Det blir 512,40 kr. Stemmer det?",
)
ORDERS = (
    "jeg vil ha to liter lettmelk",
    "et grovbrød og en pakke smør",
    "nei tre",
    "ja takk",
    "en halv kilo kjøttdeig og seks egg",
    "det var alt",
)
VOICES = ("nb", "nb+m3", "nb+f2", "nb+f4", "nb+m7", "nb+croak")


def percentiles(values: Iterable[float]) -> tuple[float, float]:
    """The middle and the 95th of a hundred."""
    ordered = sorted(values)
    return statistics.median(ordered), ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]


def synthesis(table: Table) -> None:
    """First sound and speed, of a voice that is running already, and its start."""
    begun = time.perf_counter()
    voice = EspeakSynthesizer()
    next(voice.stream("Hei."))
    cold = time.perf_counter() - begun
    first, factors, words = [], [], []
    for _ in range(20):
        for text in REPLIES:
            begun = time.perf_counter()
            stream = voice.stream(text)
            sound = next(stream)
            first.append(time.perf_counter() - begun)
            sound += b"".join(stream)
            factors.append((time.perf_counter() - begun) / seconds(sound, voice.sample_rate))
            begun = time.perf_counter()
            spoken(text)
            words.append(time.perf_counter() - begun)
    voice.close()
    table.add_row("first sound, first time", f"{cold * 1000:.0f} ms", "")
    for name, values, factor, unit in (
        ("first sound", first, 1000, "ms"),
        ("synthesis, real-time factor", factors, 1, ""),
        ("text to words", words, 1000, "ms"),
    ):
        middle, high = percentiles(values)
        table.add_row(name, f"{middle * factor:.4g} {unit}", f"{high * factor:.4g} {unit}")


def turns(table: Table, noise_dbfs: float | None) -> None:
    """How long after the first and last sound of an utterance its start and end are decided."""
    random = np.random.default_rng(1)
    settings = TurnSettings()
    onsets, ends = [], []
    torn = missed = said = alarms = 0
    listening = 0.0
    for name in VOICES:
        with EspeakSynthesizer(Voice(name)) as voice:
            for text in ORDERS:
                sound = resample(voice.speak(text), voice.sample_rate, RATE)
                wave = samples(sound).astype(float)
                loud = np.flatnonzero(np.abs(wave) > 300)
                lead = 2.0
                begins, stops = lead + loud[0] / RATE, lead + loud[-1] / RATE
                # No silence after it: the pause that ends a sentence is part of the sound.
                wave = np.concatenate([np.zeros(round(lead * RATE)), wave, np.zeros(3 * RATE)])
                if noise_dbfs is not None:
                    wave += random.normal(0, 32768 * 10 ** (noise_dbfs / 20), len(wave))
                detector, endpointer = VoiceActivity(), Endpointer(settings)
                starts, stopped = [], []
                for number, frame in enumerate(frames(pcm_bytes(wave), RATE)):
                    begun = time.perf_counter()
                    event = endpointer.feed(FRAME_SECONDS, detector.is_speech(frame))
                    listening += time.perf_counter() - begun
                    at = (number + 1) * FRAME_SECONDS
                    if isinstance(event, SpeechStarted):
                        starts.append(at)
                        alarms += at < begins
                    elif isinstance(event, SpeechEnded):
                        stopped.append(at)
                    assert not isinstance(event, NoInput)
                said += 1
                missed += not starts
                torn += len(starts) > 1
                if len(starts) == len(stopped) == 1:
                    onsets.append(starts[0] - begins)
                    ends.append(stopped[0] - stops - settings.pause)
    noise = "quiet" if noise_dbfs is None else f"noise at {noise_dbfs:.0f} dBFS"
    for what, values in (("onset decided after", onsets), ("end later than the pause", ends)):
        middle, high = percentiles(values)
        table.add_row(f"{what} ({noise})", f"{middle * 1000:.0f} ms", f"{high * 1000:.0f} ms")
    table.add_row(
        f"torn / missed / false starts of {said} ({noise})", f"{torn} / {missed} / {alarms}", ""
    )


def main() -> None:
    """Measure everything and print it."""
    table = Table("figure", "p50", "p95")
    synthesis(table)
    for noise in (None, -50.0, -40.0, -35.0):
        turns(table, noise)
    Console().print(table)


if __name__ == "__main__":
    main()
