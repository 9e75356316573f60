"""Tier: unit. Which engine hears, and what is said when there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from audio.errors import SpeechModelMissing
from audio.recognizer import Narrowed
from bot.cli.speech import _loader, _with_engine, hearing_engine
from bot.errors import KurvError
from bot.settings import Settings


def settings(**env: str) -> Settings:
    return Settings.from_environment(env)


def test_the_engine_is_chosen_by_name() -> None:
    whisper = settings(KURV_WHISPER_MODEL="/a/model")
    assert _with_engine(whisper, None) is whisper
    assert _with_engine(whisper, "whisper") is whisper
    assert _with_engine(whisper, "vosk").whisper_model == ""


@pytest.mark.parametrize(("engine", "told"), [("tull", "vosk eller whisper"), ("whisper", "KURV_")])
def test_an_engine_that_is_not_there_is_told_in_norwegian(engine: str, told: str) -> None:
    with pytest.raises(KurvError, match=told):
        _with_engine(settings(), engine)


def test_a_whisper_model_that_was_not_fetched_is_named() -> None:
    with pytest.raises(SpeechModelMissing, match=r"kurv\[whisper\]|/no/such/model"):
        hearing_engine(settings(KURV_WHISPER_MODEL="/no/such/model"))


class Engine:
    """An engine that remembers what it was narrowed to."""

    sample_rate = 16000

    def __init__(self) -> None:
        self.phrases: list[object] = []

    def recognizer(self, phrases: object = None) -> object:
        self.phrases.append(phrases)
        return self

    def unknown_words(self, phrases: object) -> tuple[str, ...]:
        return ("propell",)


def test_a_narrowed_engine_hears_its_phrases_only() -> None:
    inner = Engine()
    narrow = Narrowed(inner, ["ja", "nei"])
    narrow.recognizer()
    narrow.recognizer(["ja"])
    assert inner.phrases == [("ja", "nei"), ["ja"]]
    assert narrow.unknown_words(["x"]) == ("propell",) and narrow.sample_rate == 16000


def test_phrases_are_not_built_for_whisper(tmp_path: Path) -> None:
    load = _loader(settings(KURV_WHISPER_MODEL="/no/such/model"), ["ja"], tmp_path, True)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(SpeechModelMissing):
        load()
