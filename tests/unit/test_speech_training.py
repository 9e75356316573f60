"""Tier: unit. What training is made of: features, labels, alignment, disturbances, shards."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from audio.errors import CorpusError, TrainingUnavailable
from audio.frames import Resampler, frames, pcm_bytes, resample, samples, seconds
from audio.speech_model import examples, shards, train
from audio.speech_model.alignment import CannotAlign, align
from audio.speech_model.augment import disturb, stretch, surround, telephone
from audio.speech_model.espeak import Espeak, EspeakFailed, Voice, mnemonics
from audio.speech_model.features import DIMENSION, mfcc, normalise
from audio.speech_model.kokoro import Kokoro, draw_speaker
from audio.speech_model.lexicon import Lexicon
from audio.speech_model.phones import PHONE_NUMBER, PHONES, Pronunciation
from audio.speech_model.shards import SAMPLE_RATE, Utterance
from audio.speech_model.synthetic import HELD_OUT_ESPEAK, espeak_voices, generate
from audio.speech_model.texts import TextSource


def tone(hertz: float, length: float, rate: int = SAMPLE_RATE) -> np.ndarray:
    return 8000 * np.sin(2 * np.pi * hertz * np.arange(int(rate * length)) / rate)


def utterance(text: str = "hei", length: float = 0.5) -> Utterance:
    sound = tone(300, length).astype(np.int16)
    return Utterance(sound, text, (("h", "ˈæ", "ɪ"),), "f9", "espeak", ((0.0, 0.2, "h"),))


def test_labels_follow_the_sounds_through_tempo_and_silence() -> None:
    labels = examples.frame_labels([(0.0, 0.1, "m"), (0.1, 0.3, "ɑ")], 60, lead=0.2, factor=2.0)
    # Twice as fast after 0.2 s of silence: m at 0.20-0.25 s, ɑ at 0.25-0.35 s.
    assert set(labels[:18]) == {0}
    assert set(labels[20:23]) == {PHONE_NUMBER["m"]}
    assert set(labels[25:33]) == {PHONE_NUMBER["ɑ"]}
    assert set(labels[36:]) == {0}


def test_the_running_mean_is_kaldis() -> None:
    rng = np.random.default_rng(1)
    rows = rng.standard_normal((900, DIMENSION)) + 3
    mean = rng.standard_normal(DIMENSION)
    found = normalise(rows, mean)
    for t in (0, 150, 500, 899):
        window = rows[max(0, t - 599) : t + 1]
        lent = min(600 - len(window), 200)
        expected = rows[t] - (window.sum(axis=0) + lent * mean) / (len(window) + lent)
        assert found[t] == pytest.approx(expected, abs=1e-3)


def test_features_come_every_ten_milliseconds() -> None:
    assert mfcc(tone(440, 1.0)).shape == (98, DIMENSION)
    assert mfcc(np.zeros(100)).shape == (0, DIMENSION)


def scores_for(path: list[str]) -> np.ndarray:
    scores = np.full((len(path), len(PHONES)), -5.0)
    for frame, phone in enumerate(path):
        scores[frame, PHONE_NUMBER[phone]] = 0.0
    return scores


def test_alignment_finds_the_sounds_and_the_pauses() -> None:
    path = ["SIL"] * 3 + ["h"] * 2 + ["æ"] * 4 + ["ɪ"] * 3 + ["SIL"] * 2 + ["j"] * 2 + ["ɑː"] * 5
    words: list[Pronunciation] = [("h", "ˈæ", "ɪ"), ("j", "ˈɑː")]
    spans, score = align(scores_for(path), words, 0.01)
    assert score == 0.0
    assert [name for _, _, name in spans] == ["SIL", "h", "æ", "ɪ", "SIL", "j", "ɑː"]
    assert [round(start, 2) for start, _, _ in spans] == [0.0, 0.03, 0.05, 0.09, 0.12, 0.14, 0.16]


def test_alignment_without_pauses_has_none() -> None:
    path = ["h"] * 2 + ["æ"] * 2 + ["ɪ"] * 2 + ["j"] * 2 + ["ɑː"] * 3
    spans, _ = align(scores_for(path), [("h", "æ", "ɪ"), ("j", "ɑː")], 0.01)
    assert [name for _, _, name in spans] == ["h", "æ", "ɪ", "j", "ɑː"]


def test_speech_too_short_for_its_sounds_cannot_be_aligned() -> None:
    with pytest.raises(CannotAlign):
        align(scores_for(["h"] * 4), [("h", "æ", "ɪ")], 0.01)


def test_disturbed_speech_keeps_its_length_and_stays_in_range() -> None:
    wave = surround(stretch(tone(300, 1.0).astype(np.int16), 1.1), 1600, 800)
    assert len(wave) == pytest.approx(SAMPLE_RATE / 1.1 + 2400, abs=2)
    for seed in range(12):
        sound = disturb(wave, np.random.default_rng(seed), [tone(200, 0.3).astype(np.int16)])
        assert sound.dtype == np.int16 and len(sound) == len(wave)
        assert np.abs(sound).max() > 100
    again = disturb(wave, np.random.default_rng(3))
    assert (again == disturb(wave, np.random.default_rng(3))).all()


def test_the_telephone_carries_nothing_above_four_kilohertz() -> None:
    low, high = tone(1000, 0.5), tone(6000, 0.5)
    assert np.std(telephone(low)) == pytest.approx(np.std(low), rel=0.05)
    assert np.std(telephone(high)) < 0.03 * np.std(high)


def test_shards_are_read_as_they_were_written(tmp_path: Path) -> None:
    wanted = [utterance("hei"), utterance("hallo", 0.25)]
    shards.write(tmp_path / "a-00000.npz", wanted)
    found = list(shards.read_all(tmp_path, "a"))
    assert [(u.text, u.words, u.speaker, u.source, u.spans) for u in found] == [
        (u.text, u.words, u.speaker, u.source, u.spans) for u in wanted
    ]
    assert all((a.samples == b.samples).all() for a, b in zip(found, wanted, strict=True))
    assert [path.name for path in tmp_path.iterdir()] == ["a-00000.npz"]


def test_features_are_made_once_and_the_same_every_time(tmp_path: Path) -> None:
    shards.write(tmp_path / "a-00000.npz", [utterance(), utterance()])
    sources = shards.shards(tmp_path)
    made = examples.prepare(sources, tmp_path / "one", 2)
    assert [path.name for path in made] == ["a-00000-0.npz", "a-00000-1.npz"]
    stamp = made[0].stat().st_mtime_ns
    assert examples.prepare(sources, tmp_path / "one", 2) == made
    assert made[0].stat().st_mtime_ns == stamp
    other = examples.prepare(sources, tmp_path / "two", 2)
    one, two = examples.load_features(made), examples.load_features(other)
    assert (one.rows == two.rows).all() and (one.labels == two.labels).all()
    assert PHONE_NUMBER["h"] in one.labels and len(one.lengths) == 4


def test_no_speech_is_an_error() -> None:
    with pytest.raises(CorpusError, match="ingen tale"):
        examples.load_features([])


def test_espeak_says_exactly_the_sounds_it_is_given(tmp_path: Path) -> None:
    texts = TextSource(["Lettmelk"], ["hva koster melken"], ["hund", "katt"], Lexicon())
    hours = generate("espeak", texts, tmp_path, hours=0.01, seed=1, held_out=True)
    made = list(shards.read_all(tmp_path))
    assert hours >= 0.01 and len(made) >= 50
    for spoken in made:
        assert spoken.speaker in HELD_OUT_ESPEAK
        names = [name for _, _, name in spoken.spans if name != "SIL"]
        assert len(names) == sum(len(word) for word in spoken.words)
        assert spoken.spans[-1][1] <= spoken.seconds + 0.01
    # It goes on where it was: nothing is left to do.
    assert generate("espeak", texts, tmp_path, hours=0.01, seed=1, held_out=True) == hours


def test_voices_for_testing_are_never_trained_on() -> None:
    with Espeak() as engine:
        train_voices = espeak_voices(engine, held_out=False)
        assert set(espeak_voices(engine, held_out=True)) == HELD_OUT_ESPEAK
        assert not HELD_OUT_ESPEAK & set(train_voices)
        assert len(train_voices) > 60


def test_a_worker_that_dies_is_started_again() -> None:
    with Espeak() as engine:
        first = engine.say("hei", Voice())
        assert engine._worker is not None
        engine._worker.kill()
        with pytest.raises(EspeakFailed):
            engine.say("hei", Voice())
        assert (engine.say("hei", Voice()).samples == first.samples).all()


def test_mnemonics_mark_stress_and_join_nothing() -> None:
    assert mnemonics([("m", "ˈɛ", "l", "k"), ("k", "ˌɑ", "ʈ")]) == "[[m|'E|l|k k|,A|t]]"


def test_speakers_are_drawn_from_the_given_voices_only() -> None:
    import random

    drawn = [draw_speaker(random.Random(seed), ["a", "b"]) for seed in range(40)]
    assert {s.voice for s in drawn} == {"a", "b"}
    assert {s.other for s in drawn} == {"a", "b", None}
    assert all(0.75 <= s.pace <= 1.25 for s in drawn)


def test_kokoro_without_its_parts_says_which_is_missing(tmp_path: Path) -> None:
    with pytest.raises((CorpusError, TrainingUnavailable)):
        Kokoro(tmp_path)


def test_training_without_torch_is_one_clear_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(TrainingUnavailable, match=r"installer kurv\[train\]"):
        train([], tmp_path, phrases=["melk"], espeak_hours=0.005)


def test_frames_and_rates() -> None:
    pcm = pcm_bytes(tone(440, 1.0))
    assert seconds(pcm, SAMPLE_RATE) == 1.0
    cut = list(frames(pcm, SAMPLE_RATE))
    assert len(cut) == 50 and b"".join(cut) == pcm
    narrow = resample(pcm, SAMPLE_RATE, 8000)
    assert len(narrow) == len(pcm) // 2
    assert resample(pcm, SAMPLE_RATE, SAMPLE_RATE) is pcm
    assert pcm_bytes(np.array([1e6, -1e6])) == np.array([32767, -32768], "<i2").tobytes()
    assert len(samples(b"\x01\x00\x02")) == 1


def test_a_resampled_stream_has_no_seams() -> None:
    pcm = pcm_bytes(tone(440, 1.0, 8000))
    stream = Resampler(8000, SAMPLE_RATE)
    pieces = b"".join(stream.push(frame) for frame in frames(pcm, 8000)) + stream.flush()
    whole = samples(resample(pcm, 8000, SAMPLE_RATE)).astype(int)
    assert len(samples(pieces)) == len(whole) == SAMPLE_RATE
    assert np.abs(samples(pieces).astype(int) - whole).max() <= 2
    same = Resampler(8000, 8000)
    assert same.push(b"ab") == b"ab" and same.flush() == b""


def test_the_model_card_counts_what_each_source_gave(tmp_path: Path) -> None:
    from audio.speech_model.card import shares

    shards.write(tmp_path / "espeak-train-1-00000.npz", [utterance(), utterance("nei", 1.0)])
    shards.write(tmp_path / "people0-held-out-00000.npz", [utterance()])
    found = shares(sorted(tmp_path.glob("*.npz")))
    assert found["espeak"].utterances == 2 and found["espeak"].seconds == 1.5
    assert found["espeak"].speakers == {"f9"}
    assert found["espeak (held out)"].utterances == 1


def test_sources_are_weighed(tmp_path: Path) -> None:
    """Norwegian recordings count twenty times as much as foreign ones while they are few."""
    from audio.speech_model.foreign import LABEL_NUMBER
    from audio.speech_model.recipe import weighed

    rows = np.zeros((100, DIMENSION), np.float16)
    foreign = LABEL_NUMBER["e~"]
    sources = {"espeak-train-1-00000-0": 5, "people0-00000-0": 5, "people0-00001-0": foreign}
    for name, label in sources.items():
        labels = np.full(100, label, np.uint8)
        np.savez(tmp_path / f"{name}.npz", rows=rows, labels=labels, lengths=np.array([60, 40]))
    found = weighed(sorted(tmp_path.glob("*.npz")))
    assert found.weights.tolist() == [1, 1, 20, 20, 1, 1]
