"""Tier: unit. How hearing is measured, and what the recogniser says of a faulty model."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from audio.errors import CorpusError, SpeechModelBroken, SpeechModelMissing, UnreadableAudio
from audio.recognizer import LOW_CONFIDENCE, Transcript, VoskModel, Word
from audio.speech_model import evaluate, samples, scoring, sounds


@pytest.mark.parametrize(
    ("said", "heard", "edits", "right"),
    [
        ("jeg vil ha melk", "jeg vil ha melk", 0, [True, True, True, True]),
        ("jeg vil ha melk", "jeg ville ha melk nå", 2, [True, False, True, True, False]),
        ("melk", "", 1, []),
        ("", "melk nå", 2, [False, False]),
        ("to liter", "to til liter", 1, [True, False, True]),
    ],
)
def test_words_are_matched_by_the_fewest_edits(
    said: str, heard: str, edits: int, right: list[bool]
) -> None:
    found, judged = scoring.matching(said.split(), heard.split())
    assert found == edits
    assert judged == right


def test_word_error_rate() -> None:
    pairs = [(["jeg", "vil", "ha"], ["jeg", "ville", "ha"]), (["takk"], ["takk", "nå"])]
    assert scoring.word_error_rate(pairs) == pytest.approx(2 / 4)
    with pytest.raises(ValueError, match="no words"):
        scoring.word_error_rate([])


def test_the_interval_holds_the_rate_and_narrows_with_more_speech() -> None:
    rng = np.random.default_rng(1)
    few = [int(x) for x in rng.random(40) < 0.2]
    many = [int(x) for x in rng.random(1000) < 0.2]
    low, high = scoring.interval(few, [1] * 40)
    assert low <= sum(few) / 40 <= high
    narrow = scoring.interval(many, [1] * 1000)
    assert narrow[1] - narrow[0] < high - low


def test_order_sentences_are_the_same_every_time() -> None:
    assert samples.order_sentences() == samples.order_sentences()
    assert len(set(samples.order_sentences())) > 80


def write_wav(path: Path, rate: int, channels: int = 1) -> None:
    with wave.open(str(path), "wb") as stream:
        stream.setnchannels(channels)
        stream.setsampwidth(2)
        stream.setframerate(rate)
        stream.writeframes(np.zeros(rate * channels // 2, "<i2").tobytes())


def test_wav_files_of_any_rate_are_read_at_sixteen_kilohertz(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", 44100, 2)
    assert len(sounds.read_sound(tmp_path / "a.wav")) == 8000


def test_files_without_sound_are_named(tmp_path: Path) -> None:
    (tmp_path / "b.wav").write_bytes(b"no sound")
    with pytest.raises(UnreadableAudio, match=r"b\.wav"):
        sounds.read_sound(tmp_path / "b.wav")


def test_a_manifest_gives_words_and_groups(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", 16000)
    manifest = tmp_path / "m.tsv"
    manifest.write_text("path\ttranscript\tgroup\na.wav\tTo liter melk.\teldre\n", encoding="utf-8")
    (sample,) = samples.manifest_samples(manifest)
    assert sample.words == ("to", "liter", "melk") and sample.group == "eldre"
    manifest.write_text("path\ttranscript\na.wav\t!\n", encoding="utf-8")
    with pytest.raises(CorpusError, match="linje 2"):
        list(samples.manifest_samples(manifest))


def test_a_missing_manifest_is_named(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="Fant ikke manifestet"):
        evaluate(tmp_path, tmp_path / "none.tsv")


def test_a_missing_model_folder_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SpeechModelMissing, match="kurv speech build"):
        VoskModel(tmp_path / "none")


def test_a_folder_that_is_no_model_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(SpeechModelBroken, match=r"am/final\.mdl mangler"):
        VoskModel(tmp_path)


def test_unsure_transcripts() -> None:
    sure = Word("melk", 0.0, 0.5, 0.99)
    unsure = Word("melk", 0.0, 0.5, LOW_CONFIDENCE - 0.01)
    unknown = Word("[unk]", 0.0, 0.5, 0.99)
    assert not Transcript("melk", 0.99, (sure,)).unsure
    assert Transcript("melk", unsure.confidence, (unsure,)).unsure
    assert Transcript("[unk]", 0.99, (unknown,)).unsure and not unknown.known
