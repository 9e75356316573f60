"""Tier: unit. Speech of other languages in training: its sounds, its corpora, and the disguises."""

from __future__ import annotations

import json
import wave
from pathlib import Path

import numpy as np
import pytest

from audio.errors import CorpusError
from audio.frames import pcm_bytes
from audio.speech_model.corpora import recordings
from audio.speech_model.disguise import Disguise
from audio.speech_model.features import DIMENSION, mfcc
from audio.speech_model.foreign import AMBIGUOUS, LABEL_NUMBER, from_foreign_symbols, members
from audio.speech_model.phones import PHONES, UnknownSound


def test_foreign_vowels_may_be_long_or_short_here() -> None:
    assert from_foreign_symbols(["s", "ˈeː", "n"], "de") == ("s", "e~", "n")
    assert set(AMBIGUOUS["e~"]) == {"eː", "ɛ"}


def test_swedish_lengths_are_as_ours() -> None:
    assert from_foreign_symbols(["k", "ˈøː", "k"], "sv") == ("k", "øː", "k")
    assert from_foreign_symbols(["sx", "ˈʉː"], "sv") == ("ʃ", "ʉː")


def test_a_spanish_p_may_be_our_b() -> None:
    assert from_foreign_symbols(["p", "a"], "es") == ("p~", "a~")
    assert from_foreign_symbols(["p", "a"], "de") == ("p", "a~")


def test_marks_of_espeak_are_no_sounds() -> None:
    assert from_foreign_symbols(["(en)", "", "b", "ˈiː", "(ru)"], "ru") == ("b", "i~")


def test_clicks_have_no_neighbour_here() -> None:
    with pytest.raises(UnknownSound, match="zu"):
        from_foreign_symbols(["ǃ"], "zu")


def test_every_label_may_be_some_sound() -> None:
    table = members()
    assert table.shape == (len(LABEL_NUMBER), len(PHONES))
    assert (table.sum(axis=1) >= 1).all()
    assert (table[: len(PHONES)] == np.eye(len(PHONES))).all()
    ones = {PHONES[n] for n in np.flatnonzero(table[LABEL_NUMBER["θ~"]])}
    assert ones == {"t", "s", "f"}


def tone(hertz: float) -> np.ndarray:
    noise = np.random.default_rng(1).normal(0, 20, 16000)
    return 8000 * np.sin(2 * np.pi * hertz * np.arange(16000) / 16000) + noise


def test_a_disguise_moves_tones_and_keeps_their_number() -> None:
    mean = mfcc(tone(1000)).mean(axis=0).astype(np.float64)
    disguise = Disguise(mean)
    change, offset = disguise.draw(40, np.random.default_rng(3))
    assert change.shape == (40, DIMENSION, DIMENSION) and offset.shape == (40, DIMENSION)
    rows = (mfcc(tone(1000)) - mean).astype(np.float32)
    changed = [rows @ m + o for m, o in zip(change, offset, strict=True)]
    assert all(np.isfinite(each).all() for each in changed)
    assert len({round(float(each[20, 1]), 3) for each in changed}) > 30


def test_a_warp_puts_a_tone_where_the_higher_tone_is() -> None:
    """Warped by 1.1, the features of 1000 Hz come nearer to those of 1100 Hz."""
    from audio.speech_model import disguise

    warp = disguise.cosines() @ disguise._warped(1.1) @ np.linalg.inv(disguise.cosines())
    low, high = mfcc(tone(1000))[20], mfcc(tone(1100))[20]
    assert np.linalg.norm(warp @ low - high) < 0.5 * np.linalg.norm(low - high)


def clip(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as stream:
        stream.setnchannels(1)
        stream.setsampwidth(2)
        stream.setframerate(16000)
        stream.writeframes(pcm_bytes(8000 * np.sin(np.arange(8000) / 8)))


def test_stamps_of_tux_paint(tmp_path: Path) -> None:
    clip(tmp_path / "fruit" / "lemon_desc_da.ogg")
    clip(tmp_path / "fruit" / "lemon_ru.ogg")
    clip(tmp_path / "fruit" / "lemon_desc_fi.ogg")
    (tmp_path / "fruit" / "lemon.txt").write_text(
        "A lemon.\nda.utf8=En citron.\nru.utf8=Лимон.\n", encoding="utf-8"
    )
    found = {each.language: each for each in recordings(tmp_path)}
    assert set(found) == {"da", "ru"}
    assert found["da"].text == "En citron." and found["da"].speaker == "tuxpaint-da"


def test_voices_of_gcompris(tmp_path: Path) -> None:
    for name in ("words/apple", "colors/blue", "alphabet/12", "alphabet/U0033", "alphabet/U0061",
                 "geography/norway", "misc/welcome"):  # fmt: skip
        clip(tmp_path / "de" / f"{name}.ogg")
    texts = {"apple.ogg": "der Apfel", "blue.ogg": "blau", "12.ogg": "zwölf"}
    (tmp_path / "content-de.json").write_text(json.dumps(texts), encoding="utf-8")
    found = {each.path.stem: each.text for each in recordings(tmp_path)}
    assert found == {
        "apple": "der Apfel", "blue": "blau", "12": "zwölf", "U0033": "3", "norway": "Norwegen",
    }  # fmt: skip
    (tmp_path / "content-de.json").write_text("{", encoding="utf-8")
    with pytest.raises(CorpusError, match="content-de"):
        list(recordings(tmp_path))
