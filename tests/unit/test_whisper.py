"""Tier: unit. The second speech engine: its choice among phrases, and its words when it cannot."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
from numpy.typing import NDArray

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
    with pytest.raises(SpeechModelBroken, match=r"model\.bin mangler"):
        WhisperModel(str(tmp_path))


class Engine:
    """Stands in for faster_whisper.WhisperModel: it "hears" what it is told to."""

    hears: tuple[SimpleNamespace, ...] = ()
    finds: Mapping[str, float] = {}
    fails: Exception | None = None
    asked: dict[str, object]

    def __init__(self, name: str, **options: object) -> None:
        if Engine.fails is not None:
            raise Engine.fails
        assert options["local_files_only"], "nothing may be fetched at run time"
        self.model = self
        self.is_multilingual = True
        self.hf_tokenizer = None
        self.feature_extractor = self
        self.nb_max_frames = 3000

    def transcribe(self, sound: NDArray[np.float32], **options: object) -> tuple[object, None]:
        Engine.asked = {"seconds": len(sound) / 16000, "loudest": np.abs(sound).max(), **options}
        return iter(Engine.hears), None

    def __call__(self, sound: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.ones((80, len(sound) // 160), np.float32)

    def encode(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        assert features.shape == (80, 3000), "the encoder wants 30 seconds"
        return features

    def align(
        self, encoded: object, start: Sequence[int], texts: list[str], frames: int
    ) -> list[SimpleNamespace]:
        return [
            SimpleNamespace(text_token_probs=[math.exp(Engine.finds[t.strip()])]) for t in texts
        ]


class Tokenizer:
    """Stands in for faster_whisper.tokenizer.Tokenizer: a text is its own token."""

    sot_sequence: tuple[int, ...] = (1, 2)

    def __init__(self, *_: object, language: str, **__: object) -> None:
        assert language == "no"

    def encode(self, text: str) -> str:
        return text


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> type[Engine]:
    package = ModuleType("faster_whisper")
    part = ModuleType("faster_whisper.tokenizer")
    package.WhisperModel = Engine  # type: ignore[attr-defined]
    part.Tokenizer = Tokenizer  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "faster_whisper", package)
    monkeypatch.setitem(sys.modules, "faster_whisper.tokenizer", part)
    for name, value in (("hears", ()), ("finds", {}), ("fails", None)):
        monkeypatch.setattr(Engine, name, value)
    return Engine


def segment(*words: str, no_speech: float = 0.0) -> SimpleNamespace:
    """Return what faster-whisper gives for a stretch of speech, half a second a word."""
    timed = [
        SimpleNamespace(word=word, start=0.5 * at, end=0.5 * at + 0.4, probability=0.9 - 0.1 * at)
        for at, word in enumerate(words)
    ]
    return SimpleNamespace(words=timed, no_speech_prob=no_speech, avg_logprob=-1.5)


def test_an_utterance_becomes_words_as_they_are_said(engine: type[Engine]) -> None:
    engine.hears = (segment(" To", " brød,", " takk!"), segment(" Teksting", no_speech=0.9))
    ear = WhisperModel("base", hot_words=["brød", "melk"]).recognizer()
    half = np.full(8000, 16384, "<i2").tobytes()
    assert ear.accept(half) is None and ear.accept(half) is None
    heard = ear.final()
    assert heard.text == "to brød takk", "what nobody said is left out"
    assert [word.start for word in heard.words] == [0.0, 0.5, 1.0]
    assert heard.confidence == pytest.approx(0.7)
    assert engine.asked["seconds"] == 1.0 and engine.asked["loudest"] == 0.5
    assert engine.asked["hotwords"] == "brød melk"
    assert ear.final().text == "", "an utterance is heard once"


def test_among_phrases_sound_and_likelihood_decide(engine: type[Engine]) -> None:
    engine.hears = (segment(" Grå", " brød"),)
    # The first is the nearest by both together; one is likelier, another sounds as near.
    engine.finds = {"Grovbrød": -1.0, "Kokmalt kaffe": -0.5, "Gråbein": -3.0}
    ear = WhisperModel("base").recognizer(list(engine.finds))
    ear.accept(bytes(16000))
    heard = ear.final()
    assert heard.text == "grovbrød"
    assert {reading.text for reading in heard.readings} == {"grovbrød", "kokmalt kaffe", "gråbein"}


def test_silence_is_no_phrase(engine: type[Engine]) -> None:
    ear = WhisperModel("base").recognizer(["grovbrød"])
    ear.accept(bytes(16000))
    assert ear.final().text == ""


def test_a_model_that_is_not_on_the_machine_is_named(engine: type[Engine]) -> None:
    engine.fails = ValueError("no such snapshot")
    with pytest.raises(SpeechModelMissing, match="«nb-whisper»"):
        WhisperModel("nb-whisper")
