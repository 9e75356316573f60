"""espeak-ng as a source of speech with the time of every sound, in a process of its own.

libespeak-ng crashes now and then on odd input, so it never runs in the caller's process:
:class:`Espeak` starts ``python -m audio.speech_model.espeak`` and starts it again when it dies.
"""

from __future__ import annotations

import ctypes
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from audio.speech_model.phones import ESPEAK, Pronunciation, bare

#: The rate of every voice of espeak-ng, in Hz.
SAMPLE_RATE = 22050

_PHONEME_EVENT = 7
_RATE, _PITCH, _RANGE, _WORD_GAP = 1, 3, 4, 7


@dataclass(frozen=True)
class Voice:
    """How espeak-ng is to speak: a variant, words a minute, pitch and its range (0-99)."""

    variant: str = ""
    rate: int = 170
    pitch: int = 50
    pitch_range: int = 50
    gap: int = 0
    language: str = "nb"


@dataclass(frozen=True)
class Timed:
    """Speech as 16-bit samples at SAMPLE_RATE, and (second, symbol) for each sound."""

    samples: NDArray[np.int16]
    sounds: tuple[tuple[float, str], ...]


def mnemonics(pronunciations: list[Pronunciation]) -> str:
    """Spell words for espeak-ng so that it says exactly these sounds."""
    words = []
    for pronunciation in pronunciations:
        codes = []
        for sound in pronunciation:
            mark = "'" if sound.startswith("ˈ") else "," if sound.startswith("ˌ") else ""
            codes.append(mark + ESPEAK[bare(sound)])
        words.append("|".join(codes))
    return "[[" + " ".join(words) + "]]"


class EspeakFailed(RuntimeError):
    """espeak-ng died or answered nothing for this input."""


class Espeak:
    """A worker process that speaks; use it as a context manager."""

    def __init__(self) -> None:
        """Start nothing yet."""
        self._worker: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Espeak:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the worker."""
        self.close()

    def close(self) -> None:
        """End the worker, if there is one."""
        if self._worker is not None:
            self._worker.kill()
            self._worker.communicate()
            self._worker = None

    def say(self, text: str, voice: Voice | None = None) -> Timed:
        """Speak text, or Norwegian mnemonics.

        Raises EspeakFailed for a voice that it lacks, and when the worker dies on it; the next call
        starts a new one.
        """
        header, body = self._ask({"text": text, "voice": vars(voice or Voice())})
        if "unknown" in header:
            raise EspeakFailed(f"espeak-ng has no voice {header['unknown']!r}")
        samples = np.frombuffer(body, dtype="<i2")
        return Timed(samples, tuple((float(at), str(symbol)) for at, symbol in header["sounds"]))

    def variants(self) -> list[str]:
        """Return the names of all voice variants, sorted."""
        import espeakng_loader

        folder = Path(espeakng_loader.get_data_path()) / "voices" / "!v"
        return sorted(path.name for path in folder.iterdir())

    def _ask(self, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        if self._worker is None:
            self._worker = subprocess.Popen(
                [sys.executable, "-m", "audio.speech_model.espeak"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=Path(__file__).parents[2],
            )
        assert self._worker.stdin is not None and self._worker.stdout is not None
        try:
            self._worker.stdin.write(json.dumps(request).encode() + b"\n")
            self._worker.stdin.flush()
            line = self._worker.stdout.readline()
            header = json.loads(line)
            body = self._worker.stdout.read(header["bytes"])
        except (OSError, ValueError) as error:
            self.close()
            raise EspeakFailed(f"espeak-ng died on {request['text']!r}") from error
        return header, body


class _Id(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Id),
    )


def _serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """Answer one JSON line with a JSON line and that many bytes of samples, until the end."""
    import espeakng_loader

    library = ctypes.CDLL(espeakng_loader.get_library_path())
    synchronous, phoneme_events_in_ipa, phonemes_in_brackets = 2, 1 | 2, 0x100
    library.espeak_Initialize(
        synchronous, 0, espeakng_loader.get_data_path().encode(), phoneme_events_in_ipa
    )
    chunks: list[bytes] = []
    sounds: list[tuple[float, str]] = []

    def collect(wave: Any, count: int, events: Any) -> int:
        if wave and count > 0:
            chunks.append(ctypes.string_at(wave, 2 * count))
        at = 0
        while events[at].type != 0:
            if events[at].type == _PHONEME_EVENT:
                symbol = bytes(events[at].id.string).split(b"\0")[0].decode("utf-8", "replace")
                sounds.append((events[at].audio_position / 1000, symbol))
            at += 1
        return 0

    callback_type = ctypes.CFUNCTYPE(
        ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(_Event)
    )
    callback = callback_type(collect)
    library.espeak_SetSynthCallback(callback)
    library.espeak_Synth.argtypes = [
        ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint, ctypes.c_int, ctypes.c_uint,
        ctypes.c_uint, ctypes.c_void_p, ctypes.c_void_p,
    ]  # fmt: skip
    for line in requests:
        request = json.loads(line)
        voice = Voice(**request["voice"])
        chunks.clear()
        sounds.clear()
        name = voice.language + ("+" + voice.variant if voice.variant else "")
        if library.espeak_SetVoiceByName(name.encode()) != 0:
            # Without this the voice of the request before would go on in its language.
            answers.write(json.dumps({"bytes": 0, "sounds": [], "unknown": name}).encode() + b"\n")
            answers.flush()
            continue
        for parameter, value in (
            (_RATE, voice.rate),
            (_PITCH, voice.pitch),
            (_RANGE, voice.pitch_range),
            (_WORD_GAP, voice.gap),
        ):
            library.espeak_SetParameter(parameter, value, 0)
        text = request["text"].encode()
        library.espeak_Synth(text, len(text) + 1, 0, 1, 0, 1 | phonemes_in_brackets, None, None)
        library.espeak_Synchronize()
        body = b"".join(chunks)
        answers.write(json.dumps({"bytes": len(body), "sounds": sounds}).encode() + b"\n" + body)
        answers.flush()


if __name__ == "__main__":
    _serve(sys.stdin.buffer, sys.stdout.buffer)
