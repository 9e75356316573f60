"""Tier: speech. The voice: espeak-ng for real, in its worker process."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from audio import synthesizer as module
from audio.errors import AudioError
from audio.frames import samples, seconds
from audio.rehearsal import make_utterances
from audio.synthesizer import EspeakSynthesizer, SynthesisFailed, Voice, pieces
from audio.voice_activity import VoiceActivity
from audio.wavefile import read_frames, read_wave

SENTENCE = "Du har to liter lettmelk i kurven."


@pytest.fixture(scope="module")
def voice() -> Iterator[EspeakSynthesizer]:
    with EspeakSynthesizer() as synthesizer:
        yield synthesizer


def length(voice: EspeakSynthesizer, text: str, rate: float = 1.0) -> float:
    return seconds(voice.speak(text, rate), voice.sample_rate)


def worker_of(voice: EspeakSynthesizer) -> int:
    voice.speak("hei")
    assert voice._worker is not None
    return voice._worker.pid


def test_a_sentence_becomes_speech_of_a_sensible_length_and_level(
    voice: EspeakSynthesizer,
) -> None:
    wave = samples(voice.speak(SENTENCE))
    assert voice.sample_rate == 22_050
    assert 1.5 < len(wave) / voice.sample_rate < 4
    assert 8_000 < np.abs(wave.astype(int)).max() <= 32_767


def test_the_first_sound_is_there_within_50_ms(voice: EspeakSynthesizer) -> None:
    voice.speak("hei")
    text = "Du har " + ", ".join(["to liter lettmelk til 43,80 kr"] * 20) + "."
    best = min(_first_sound(voice, text) for _ in range(5))
    assert best < 0.05


def _first_sound(voice: EspeakSynthesizer, text: str) -> float:
    started = time.perf_counter()
    stream = voice.stream(text)
    assert next(stream)
    return time.perf_counter() - started


def test_slower_speech_is_longer_and_its_pauses_grow_more(voice: EspeakSynthesizer) -> None:
    assert length(voice, SENTENCE, 0.6) > 1.4 * length(voice, SENTENCE)
    assert length(voice, SENTENCE, 1.4) < 0.85 * length(voice, SENTENCE)

    def pause(rate: float) -> float:
        wave = np.abs(samples(voice.speak("Melk. Brød.", rate)).astype(int)) > 64
        loud = np.flatnonzero(wave)
        return float(np.diff(loud).max()) / voice.sample_rate

    assert pause(0.6) > 2 * pause(1.0)


def test_rates_out_of_bounds_are_brought_within_them(voice: EspeakSynthesizer) -> None:
    assert length(voice, "hei", 0.01) == pytest.approx(length(voice, "hei", 0.5), rel=0.1)


def test_figures_are_said_as_words(voice: EspeakSynthesizer) -> None:
    written, said = "19,90 kr", "nitten kroner og nitti øre"
    assert length(voice, written) == pytest.approx(length(voice, said), rel=0.05)


@pytest.mark.parametrize("text", ["", "   ", "...", "–", "\n\n", "🙂"])
def test_nothing_to_say_is_no_sound(voice: EspeakSynthesizer, text: str) -> None:
    assert voice.speak(text) == b""


@pytest.mark.parametrize(
    "text",
    ["[[", "]]", "<speak>", "&#0;", "æøå " * 500, "a" * 3000, "\0\x01\x1b", "日本語"],
    ids=["open", "close", "tag", "entity", "long", "one word", "control", "foreign"],
)
def test_odd_text_does_no_harm(voice: EspeakSynthesizer, text: str) -> None:
    voice.speak(text)
    assert length(voice, SENTENCE) > 1


def test_a_crash_of_espeak_is_not_heard(voice: EspeakSynthesizer) -> None:
    whole = length(voice, "Melk. Brød.")
    stream = voice.stream("Melk. Brød.")
    sound = next(stream)
    os.kill(worker_of(voice), signal.SIGSEGV)
    sound += b"".join(stream)
    assert seconds(sound, voice.sample_rate) == pytest.approx(whole, rel=0.05)


def test_espeak_that_crashes_again_is_an_error_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    crashing = tmp_path / "espeak_worker.py"
    crashing.write_text(
        "import os, sys\n"
        "os.write(1, b'R' + (5).to_bytes(4, 'little') + b'22050')\n"
        "sys.stdin.readline()\n"
        "os.kill(os.getpid(), 11)\n"
    )
    monkeypatch.setattr(module, "__file__", str(tmp_path / "synthesizer.py"))
    with EspeakSynthesizer() as voice, pytest.raises(SynthesisFailed, match="klarte ikke å lese"):
        voice.speak("hei")


def test_espeak_that_hangs_is_ended(
    monkeypatch: pytest.MonkeyPatch, voice: EspeakSynthesizer
) -> None:
    process = worker_of(voice)
    monkeypatch.setattr(module, "_PATIENCE", 0.5)
    os.kill(process, signal.SIGSTOP)
    assert length(voice, SENTENCE) > 1
    assert worker_of(voice) != process


def test_an_unknown_voice_is_an_error_in_one_sentence() -> None:
    with (
        EspeakSynthesizer(Voice("nattergal")) as voice,
        pytest.raises(AudioError, match="«nattergal» finnes ikke"),
    ):
        voice.speak("hei")


def test_a_closed_voice_ends_its_worker_and_starts_again_when_used() -> None:
    voice = EspeakSynthesizer()
    process = worker_of(voice)
    voice.close()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
    assert voice.speak("hei")
    voice.close()


def test_long_sentences_are_divided_at_commas_and_nothing_is_lost() -> None:
    text = "Du har melk, " + ", ".join(f"vare nummer {n * 'a'}" for n in range(1, 20)) + ". Takk!"
    parts = pieces(text)
    assert " ".join(part for part, _ in parts) == text
    assert all(len(part) <= 100 for part, _ in parts)
    assert [pause for _, pause in parts[-2:]] == [0.35, 0.35]
    assert {pause for _, pause in parts[:-2]} == {0.2}


def test_the_number_of_an_option_stays_with_its_option() -> None:
    text = "Vil du ha: Tine Lettmelk: én, Q Lettmelk: to eller helmelk: tre?"
    assert pieces(text) == [
        ("Vil du ha: Tine Lettmelk, én", 0.35),
        ("Q Lettmelk, to", 0.35),
        ("eller helmelk, tre?", 0.35),
    ]


def test_slow_speech_pauses_after_every_thing_in_a_list(voice: EspeakSynthesizer) -> None:
    assert [part for part, _ in pieces("Melk, brød og ost.", 0)] == ["Melk,", "brød og ost."]
    assert len(list(voice.stream("Melk, brød og ost.", 0.8))) == 2
    assert len(list(voice.stream("Melk, brød og ost.", 1.0))) == 1


def test_utterances_are_made_as_files_that_hold_speech(tmp_path: Path) -> None:
    files = make_utterances(["Jeg vil ha melk", "Ja takk"], tmp_path / "new", Voice("nb+f2"))
    assert [file.name for file in files] == ["utterance-01.wav", "utterance-02.wav"]
    detector = VoiceActivity()
    for file in files:
        speech = [detector.is_speech(frame) for frame in read_frames(file)]
        assert sum(speech) > 15
        assert not any(speech[:15])
        assert len(read_wave(file)) < 4 * 32_000
