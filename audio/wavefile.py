"""WAV files: read any kind, cut into frames, written as 16-bit mono.

The standard library's ``wave`` reads neither floating point nor the extensible header that many
recorders write, so the chunks are read here; it does write the files.
"""

from __future__ import annotations

import audioop
import struct
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from audio.errors import UnreadableAudio
from audio.frames import frames, pcm_bytes, resample

SAMPLE_RATE = 16_000
"""Hz that the recogniser hears and that everything read is brought to."""

_PCM, _FLOAT, _ALAW, _ULAW, _EXTENSIBLE = 1, 3, 6, 7, 0xFFFE


@dataclass(frozen=True, slots=True)
class _Format:
    tag: int
    channels: int
    sample_rate: int
    bits: int


def read_wave(path: Path, sample_rate: int = SAMPLE_RATE) -> bytes:
    """Read a whole WAV file as 16-bit mono PCM at ``sample_rate`` Hz.

    Takes 8, 16, 24 and 32 bits, 32 and 64-bit floating point, A-law and µ-law, any rate and any
    number of channels (mixed to one). A file that was cut off is read as far as it goes. Raises
    UnreadableAudio, with a sentence that names the file, when there is no sound to be had.
    """
    name = path.name
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise UnreadableAudio(f"Lydfilen «{path}» finnes ikke.") from error
    except IsADirectoryError as error:
        raise UnreadableAudio(f"«{path}» er en mappe, ikke en lydfil.") from error
    except OSError as error:
        raise UnreadableAudio(f"Lydfilen «{path}» lar seg ikke lese: {error.strerror}.") from error
    if not data:
        raise UnreadableAudio(f"Lydfilen «{name}» er tom.")
    if data[:4] not in (b"RIFF", b"RF64") or data[8:12] != b"WAVE":
        raise UnreadableAudio(
            f"Lydfilen «{name}» er ikke en WAV-fil: gjør den om til WAV først, for eksempel "
            f"med «ffmpeg -i {name} lyd.wav»."
        )
    found, sound = _chunks(data)
    if found is None:
        raise UnreadableAudio(f"Lydfilen «{name}» er skadet: WAV-hodet mangler.")
    if not (1 <= found.channels <= 64 and 1000 <= found.sample_rate <= 384_000):
        raise UnreadableAudio(f"Lydfilen «{name}» er skadet: WAV-hodet gir ikke mening.")
    waveform = _decoded(sound, found)
    if waveform is None:
        raise UnreadableAudio(
            f"Lydfilen «{name}» er komprimert på en måte som ikke kan leses: lagre den som "
            "vanlig 16-bits WAV."
        )
    if len(waveform) < found.channels:
        raise UnreadableAudio(f"Lydfilen «{name}» er tom: den inneholder ingen lyd.")
    whole = len(waveform) // found.channels * found.channels
    mono = waveform[:whole].reshape(-1, found.channels).mean(axis=1)
    mono = np.nan_to_num(mono, nan=0.0, posinf=0.0, neginf=0.0)
    return resample(pcm_bytes(mono * 32768), found.sample_rate, sample_rate)


def read_frames(
    path: Path, sample_rate: int = SAMPLE_RATE, milliseconds: int = 20
) -> Iterator[bytes]:
    """Read a WAV file as frames of ``milliseconds``, the last one filled up with silence."""
    for frame in frames(read_wave(path, sample_rate), sample_rate, milliseconds):
        yield frame.ljust(sample_rate * milliseconds // 1000 * 2, b"\0")


def write_wave(path: Path, pcm: bytes, sample_rate: int = SAMPLE_RATE) -> None:
    """Write 16-bit mono PCM as a WAV file. Raises UnreadableAudio when that is not possible."""
    try:
        with path.open("wb") as opened, wave.open(opened, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(sample_rate)
            file.writeframes(pcm)
    except OSError as error:
        raise UnreadableAudio(
            f"Lydfilen «{path}» lar seg ikke skrive: {error.strerror}."
        ) from error


def _chunks(data: bytes) -> tuple[_Format | None, bytes]:
    """The format and the sound; a length that lies past the end (a cut or piped file) is cut."""
    found: _Format | None = None
    sound = b""
    position = 12
    while position + 8 <= len(data):
        kind = data[position : position + 4]
        (length,) = struct.unpack_from("<I", data, position + 4)
        body = data[position + 8 : position + 8 + length]
        if kind == b"fmt " and len(body) >= 16:
            tag, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", body)
            if tag == _EXTENSIBLE and len(body) >= 26:
                (tag,) = struct.unpack_from("<H", body, 24)
            found = _Format(tag, channels, rate, bits)
        elif kind == b"data":
            sound = body
            break
        position += 8 + length + length % 2
    return found, sound


def _decoded(sound: bytes, found: _Format) -> NDArray[np.float32] | None:
    """Samples between -1 and 1, channels interleaved; None when the coding is not known."""
    width = found.bits // 8
    if width:
        sound = sound[: len(sound) // width * width]
    if found.tag == _PCM and found.bits == 8:
        return (np.frombuffer(sound, np.uint8).astype(np.float32) - 128) / 128
    if found.tag == _PCM and found.bits == 16:
        return np.frombuffer(sound, "<i2").astype(np.float32) / 2**15
    if found.tag == _PCM and found.bits == 24:
        # The three bytes become the upper ones of a 32-bit number.
        wide = np.zeros((len(sound) // 3, 4), np.uint8)
        wide[:, 1:] = np.frombuffer(sound, np.uint8).reshape(-1, 3)
        return wide.view("<i4")[:, 0].astype(np.float32) / 2**31
    if found.tag == _PCM and found.bits == 32:
        return np.frombuffer(sound, "<i4").astype(np.float32) / 2**31
    if found.tag == _FLOAT and found.bits in (32, 64):
        return np.frombuffer(sound, f"<f{width}").astype(np.float32)
    if found.tag == _ALAW and found.bits == 8:
        return np.frombuffer(audioop.alaw2lin(sound, 2), np.int16).astype(np.float32) / 2**15
    if found.tag == _ULAW and found.bits == 8:
        return np.frombuffer(audioop.ulaw2lin(sound, 2), np.int16).astype(np.float32) / 2**15
    return None
