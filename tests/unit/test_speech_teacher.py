"""Tier: unit. What a teacher hears reaches the right frames; recordings that nobody wrote down."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from audio.errors import CorpusError, TrainingUnavailable
from audio.speech_model import examples, shards
from audio.speech_model.corpora import sounds_to_shards
from audio.speech_model.foreign import LABEL_NUMBER, UNKNOWN, members
from audio.speech_model.phones import PHONE_NUMBER, PHONES
from audio.speech_model.shards import SAMPLE_RATE, Utterance
from audio.speech_model.teacher import (
    MARGIN,
    ROW_RATE,
    Encoder,
    beliefs_at,
    encode,
    encode_shards,
    read_rows,
    row_count,
    row_labels,
)


def speech(seconds: float, level: int = 8000) -> Utterance:
    sound = np.full(int(seconds * SAMPLE_RATE), level, np.int16)
    return Utterance(sound, "", (), "x", "people", ((0.0, seconds, UNKNOWN),))


def loudness(sound: NDArray[np.float32]) -> NDArray[np.float16]:
    """Stand in for Whisper's encoder: one number for every 20 ms, how loud it is."""
    assert len(sound) == 30 * SAMPLE_RATE
    return (
        np.abs(sound).reshape(-1, SAMPLE_RATE // ROW_RATE).mean(axis=1)[:, None].astype(np.float16)
    )


def test_utterances_share_windows_and_get_their_own_rows() -> None:
    utterances = [speech(seconds) for seconds in (1.0, 0.33, 12.0, 29.9, 14.0, 9.5)]
    found = encode(utterances, loudness)
    assert found[3] is None, "too long for a window"
    for utterance, rows in zip(utterances, found, strict=True):
        if rows is None:
            continue
        assert len(rows) == row_count(utterance)
        whole = int(utterance.seconds * ROW_RATE)
        assert (rows[MARGIN : MARGIN + whole] > 0.45).all()
        assert (rows[:MARGIN] < 0.01).all() and (rows[-MARGIN:] < 0.01).all()


def test_what_was_heard_is_kept_for_each_utterance(tmp_path: Path) -> None:
    shards.write(tmp_path / "a-00000.npz", [speech(1.0), speech(31.0), speech(0.5)])
    encode_shards([tmp_path / "a-00000.npz"], tmp_path / "heard", loudness)
    lengths = [len(rows) for rows in read_rows(tmp_path / "heard" / "a-00000.npz")]
    assert lengths == [50 + 2 * MARGIN, 0, 25 + 2 * MARGIN]


def test_rows_get_the_sound_of_their_middle() -> None:
    labels = row_labels([(0.0, 0.1, "m"), (0.1, 0.3, "ɑ")], 30, LABEL_NUMBER)
    assert set(labels[:MARGIN]) == {0} and set(labels[MARGIN + 15 :]) == {0}
    assert set(labels[MARGIN : MARGIN + 5]) == {PHONE_NUMBER["m"]}
    assert set(labels[MARGIN + 5 : MARGIN + 15]) == {PHONE_NUMBER["ɑ"]}


def test_beliefs_are_found_at_their_time_and_silence_around_them() -> None:
    beliefs = np.zeros((2 * MARGIN + 50, len(PHONES)), np.uint8)
    beliefs[:, PHONE_NUMBER["s"]] = 255
    beliefs[MARGIN + 25 :, PHONE_NUMBER["s"]] = 0
    beliefs[MARGIN + 25 :, PHONE_NUMBER["l"]] = 255
    found = beliefs_at(beliefs, np.array([-0.5, 0.01, 0.49, 0.51, 0.99, 1.5]))
    assert [PHONES[row.argmax()] for row in found] == ["SIL", "s", "s", "l", "l", "SIL"]
    assert not beliefs_at(beliefs[:0], np.array([0.1])).any()


def test_features_carry_beliefs_through_tempo_and_silence(tmp_path: Path) -> None:
    shards.write(tmp_path / "a-00000.npz", [speech(1.0), speech(0.6)])
    beliefs = np.zeros((60 + 40, len(PHONES)), np.uint8)
    beliefs[:, PHONE_NUMBER["m"]] = 255
    (tmp_path / "beliefs").mkdir()
    np.savez(tmp_path / "beliefs" / "a-00000.npz", rows=beliefs, lengths=np.array([60, 40]))
    source = shards.shards(tmp_path)
    with_teacher = examples.prepare(source, tmp_path / "one", 1, beliefs=tmp_path / "beliefs")
    without = examples.prepare(source, tmp_path / "two", 1)
    found = examples.load_features([*with_teacher, *without])
    half = len(found.rows) // 2
    spoken = found.labels[:half] == LABEL_NUMBER[UNKNOWN]
    assert (found.beliefs[:half][spoken].argmax(axis=1) == PHONE_NUMBER["m"]).all()
    assert (found.beliefs[:half].sum(axis=1) == 255).all()
    assert not found.beliefs[half:].any()
    _, y, believed = examples.batch(
        found, np.array([(0, int(found.lengths[0]), 0)]), 10, np.random.default_rng(0)
    )
    heard = y[0] == LABEL_NUMBER[UNKNOWN]
    assert heard.any() and (believed[0][heard].argmax(axis=1) == PHONE_NUMBER["m"]).all()


def test_an_unknown_sound_may_be_any() -> None:
    assert members()[LABEL_NUMBER[UNKNOWN]].all()


def test_sounds_without_a_transcript_become_pieces(tmp_path: Path) -> None:
    folder = tmp_path / "sounds" / "ola"
    folder.mkdir(parents=True)
    for name, samples in (("long", speech(12.0)), ("silent", speech(1.0, 0))):
        with wave.open(str(folder / f"{name}.wav"), "wb") as stream:
            stream.setparams((1, 2, SAMPLE_RATE, 0, "NONE", ""))
            stream.writeframes(samples.samples.tobytes())
    (folder / "broken.wav").write_bytes(b"RIFF")
    made = sounds_to_shards(tmp_path / "sounds", tmp_path / "speech", "unknown0")
    found = [u for path in made for u in shards.read(path)]
    assert [round(u.seconds) for u in found] == [10, 2]
    assert {u.speaker for u in found} == {"ola"}
    assert found[1].spans == ((0.0, 2.0, UNKNOWN),)
    (tmp_path / "empty").mkdir()
    with pytest.raises(CorpusError, match="fant ingen lydfiler"):
        sounds_to_shards(tmp_path / "empty", tmp_path / "speech", "unknown1")


def test_a_teacher_that_is_not_there_is_one_clear_sentence(tmp_path: Path) -> None:
    with pytest.raises((CorpusError, TrainingUnavailable), match=r"Læreren trenger|ingen Whisper"):
        Encoder(tmp_path)
