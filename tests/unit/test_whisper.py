"""Tier: unit. The second speech engine: its choice among phrases, and its words when it cannot."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pytest

from audio.errors import SpeechModelBroken, SpeechModelMissing
from audio.recognizer import Transcript, Word
from audio.whisper import WhisperModel, chosen, sound_distance


def test_what_sounds_alike_is_near() -> None:
    assert sound_distance("jogurt", "yoghurt") < 0.2
    assert sound_distance("to liter", "2 liter") == 0.0
    assert sound_distance("melk", "kaffe") > 0.6


def test_the_best_phrase_gets_the_time_and_its_share() -> None:
    heard = Transcript("kal kaffe", 0.4, (Word("kal", 1.0, 1.2, 0.4), Word("kaffe", 1.2, 2.0, 0.9)))
    found = chosen(heard, [("kokmalt kaffe", -1.0), ("kald kaffe", -1.0 - np.log(3))])
    assert found.text == "kokmalt kaffe"
    assert found.words[0].start == 1.0 and found.words[-1].end == 2.0
    assert found.words[0].confidence == pytest.approx(0.75)
    assert found.words[1].confidence == pytest.approx(1.0)
    assert [reading.text for reading in found.readings] == ["kokmalt kaffe", "kald kaffe"]
    assert chosen(heard, []) is heard


def test_without_its_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "faster_whisper", None)
    with pytest.raises(SpeechModelMissing, match=r"kurv\[whisper\]"):
        WhisperModel("somewhere")


def test_a_folder_that_is_no_model_is_named(tmp_path: Path) -> None:
    pytest.importorskip("faster_whisper", reason="faster-whisper is not installed")
    with pytest.raises(SpeechModelBroken, match=r"model\.bin mangler"):
        WhisperModel(str(tmp_path))


def test_a_real_model_tells_phrases_apart() -> None:
    pytest.importorskip("faster_whisper", reason="faster-whisper is not installed")
    folder = os.environ.get("KURV_WHISPER_MODEL")
    if not folder:
        pytest.skip("KURV_WHISPER_MODEL names no model")
    from audio.frames import resample
    from audio.synthesizer import EspeakSynthesizer

    with EspeakSynthesizer() as voice:
        pcm = resample(voice.speak("grovbrød", 1.0), voice.sample_rate, 16000)
    ear = WhisperModel(folder).recognizer(["grovbrød", "kokmalt kaffe", "syltetøy"])
    ear.accept(bytes(8000) + pcm + bytes(16000))
    assert ear.final().text == "grovbrød"
