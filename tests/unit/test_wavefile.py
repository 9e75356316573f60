"""Tier: unit. WAV files of every kind become the same 16-bit mono sound at 16 kHz."""

from __future__ import annotations

import audioop
import struct
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from audio.errors import UnreadableAudio
from audio.frames import pcm_bytes, samples
from audio.wavefile import read_frames, read_wave, write_wave


def tone(rate: int, seconds: float = 0.5) -> NDArray[np.float64]:
    """440 Hz at half of full scale."""
    return 0.5 * np.sin(2 * np.pi * 440 * np.arange(round(rate * seconds)) / rate)


def wav(
    body: bytes,
    tag: int,
    channels: int,
    rate: int,
    bits: int,
    extra: bytes = b"",
    head: bytes = b"",
) -> bytes:
    """A WAV file with these chunks; ``head`` comes between the header and the format."""
    fmt = struct.pack("<HHIIHH", tag, channels, rate, 0, 0, bits) + extra
    chunks = head + b"fmt " + struct.pack("<I", len(fmt)) + fmt
    chunks += b"data" + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


def coded(wave: NDArray[np.float64], kind: str) -> bytes:
    if kind == "u8":
        return (np.rint(wave * 127) + 128).astype(np.uint8).tobytes()
    if kind == "s24":
        wide = np.rint(wave * (2**23 - 1)).astype("<i4")
        return wide.view(np.uint8).reshape(-1, 4)[:, :3].tobytes()
    scale = {"<i2": 2**15 - 1, "<i4": 2**31 - 1}.get(kind, 1)
    return (wave * scale).astype(kind).tobytes()


def assert_tone(pcm: bytes, tolerance: float = 0.01) -> None:
    heard = samples(pcm).astype(float) / 32768
    assert len(heard) == pytest.approx(8000, abs=2)
    # The edges, where a resampler has nothing to look at, are left out.
    assert np.abs(heard[200:7800] - tone(16_000)[200:7800]).max() < tolerance


@pytest.mark.parametrize("rate", [8_000, 11_025, 16_000, 22_050, 44_100, 48_000])
@pytest.mark.parametrize(
    ("tag", "bits", "kind"),
    [(1, 8, "u8"), (1, 16, "<i2"), (1, 24, "s24"), (1, 32, "<i4"), (3, 32, "<f4"), (3, 64, "<f8")],
)
def test_every_depth_and_rate(tmp_path: Path, rate: int, tag: int, bits: int, kind: str) -> None:
    file = tmp_path / "a.wav"
    file.write_bytes(wav(coded(tone(rate), kind), tag, 1, rate, bits))
    assert_tone(read_wave(file), 0.02)


def test_stereo_is_mixed(tmp_path: Path) -> None:
    file = tmp_path / "a.wav"
    both = np.stack([2 * tone(16_000) * 0.9, 2 * tone(16_000) * 0.1], axis=1).reshape(-1)
    file.write_bytes(wav(coded(both, "<f4"), 3, 2, 16_000, 32))
    assert_tone(read_wave(file))


def test_extensible_header_and_chunks_before_the_sound(tmp_path: Path) -> None:
    file = tmp_path / "a.wav"
    extra = struct.pack("<HHIH", 22, 16, 4, 1) + bytes(14)
    head = b"LIST" + struct.pack("<I", 3) + b"abc\0"
    file.write_bytes(wav(coded(tone(48_000), "<i2"), 0xFFFE, 1, 48_000, 16, extra, head))
    assert_tone(read_wave(file))


@pytest.mark.parametrize(("tag", "code"), [(6, audioop.lin2alaw), (7, audioop.lin2ulaw)])
def test_telephone_codings(tmp_path: Path, tag: int, code: object) -> None:
    assert callable(code)
    file = tmp_path / "a.wav"
    file.write_bytes(wav(code(coded(tone(8_000), "<i2"), 2), tag, 1, 8_000, 8))
    assert_tone(read_wave(file), 0.05)


def test_a_file_that_was_cut_off_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    file = tmp_path / "a.wav"
    whole = wav(coded(tone(16_000), "<i2"), 1, 1, 16_000, 16)
    file.write_bytes(whole[: len(whole) // 2 + 1])
    assert 3900 < len(samples(read_wave(file))) < 4100


def test_loud_floats_are_clipped_and_not_a_number_is_silence(tmp_path: Path) -> None:
    file = tmp_path / "a.wav"
    body = np.array([2.0, -2.0, np.nan, 0.25], "<f4").tobytes()
    file.write_bytes(wav(body, 3, 1, 16_000, 32))
    assert samples(read_wave(file)).tolist() == [32767, -32768, 0, 8192]


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    file = tmp_path / "a.wav"
    pcm = pcm_bytes(np.arange(-1000, 1000))
    write_wave(file, pcm)
    assert read_wave(file) == pcm


def test_frames_are_20_ms_and_the_last_one_is_filled_up(tmp_path: Path) -> None:
    file = tmp_path / "a.wav"
    write_wave(file, pcm_bytes(np.ones(700)))
    first, second, third = read_frames(file)
    assert {len(first), len(second), len(third)} == {640}
    assert samples(third).tolist() == [1] * 60 + [0] * 260


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Lydfilen «a.wav» er tom."),
        (b"ID3\x04 this is music", "er ikke en WAV-fil: gjør den om til WAV først"),
        (b"RIFF\0\0\0\0WAVE", "er skadet: WAV-hodet mangler."),
        (wav(b"", 1, 1, 16_000, 16), "er tom: den inneholder ingen lyd."),
        (wav(b"\0\0", 1, 0, 16_000, 16), "er skadet: WAV-hodet gir ikke mening."),
        (wav(b"\0\0", 1, 1, 0, 16), "er skadet: WAV-hodet gir ikke mening."),
        (wav(b"\0\0\0\0", 0x55, 1, 16_000, 0), "er komprimert på en måte som ikke kan leses"),
        (wav(b"\0\0\0\0", 2, 1, 16_000, 4), "er komprimert på en måte som ikke kan leses"),
    ],
)
def test_a_file_without_sound_is_one_clear_sentence(
    tmp_path: Path, content: bytes, sentence: str
) -> None:
    file = tmp_path / "a.wav"
    file.write_bytes(content)
    with pytest.raises(UnreadableAudio) as error:
        read_wave(file)
    assert sentence in str(error.value)
    assert "\n" not in str(error.value)


def test_missing_file_folder_and_unwritable_place(tmp_path: Path) -> None:
    with pytest.raises(UnreadableAudio, match="finnes ikke"):
        read_wave(tmp_path / "none.wav")
    with pytest.raises(UnreadableAudio, match="er en mappe"):
        read_wave(tmp_path)
    with pytest.raises(UnreadableAudio, match="lar seg ikke skrive"):
        write_wave(tmp_path / "none" / "a.wav", b"\0\0")
