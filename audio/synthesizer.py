"""Text to speech: the Synthesizer protocol, and espeak-ng behind it."""

from __future__ import annotations

import json
import os
import re
import select
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Protocol

import numpy as np

from audio.errors import AudioError
from audio.pronunciation import respelled
from audio.speech_text import spoken

SLOWEST, FASTEST = 0.5, 1.5
"""The bounds of ``rate``: 0.5 is the slowest that espeak-ng speaks at our normal speed."""


class SynthesisFailed(AudioError):
    """The voice could not say a text, also not when it was tried once more."""


class Synthesizer(Protocol):
    """Turns Norwegian text into sound.

    ``sample_rate`` is in Hz; sound is signed 16-bit little-endian mono PCM. ``rate`` is the
    speed: 1 is normal, 0.8 is slower, with longer pauses too.
    """

    @property
    def sample_rate(self) -> int:
        """Samples a second of what `speak` and `stream` give."""

    def speak(self, text: str, rate: float = 1.0) -> bytes:
        """Say the whole text. Raises AudioError when that is not possible."""

    def stream(self, text: str, rate: float = 1.0) -> Iterator[bytes]:
        """Say the text piece by piece, so that the first sound is there at once."""

    def close(self) -> None:
        """Give back what the synthesizer holds; it starts again if it is used again."""


@dataclass(frozen=True, slots=True)
class Voice:
    """How espeak-ng sounds. A name may carry a variant: ``nb+f2``, ``nb+m3``.

    The speed suits listeners who are old: the slow half of the 150-200 words a minute that
    guides on voice dialogues give.
    """

    name: str = "nb"
    words_per_minute: int = 160
    pitch: int = 45
    range: int = 50


_SENTENCE_PAUSE, _CLAUSE_PAUSE = 0.35, 0.2
"""Seconds between sentences, and between the parts of a sentence that we divide."""
_LONG_PIECE = 90
"""Characters (about 6 seconds) above which a sentence is divided at a comma: what is synthesised
first must be short for the first sound to come early."""
_SLOW = 0.95
"""The rate below which a listener has asked for slow speech."""
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|\n+")
_OPTION = re.compile(r":\s+(én|to|tre)(?:,(?=\s)|(?=\s+eller\b))")
_LAST_OPTION = re.compile(r":(?=\s+(?:én|to|tre)[.?])")
"""The number of an option, as in "lettmelk: én, helmelk: to": it belongs to what is before it, so
the pause comes after it."""
_PATIENCE = 10.0
"""Seconds without a sound block after which the worker counts as hung (a piece takes 0.03)."""


def pieces(text: str, longest: int = _LONG_PIECE) -> list[tuple[str, float]]:
    """Divide a text where a speaker pauses: (piece, seconds of pause after it at normal speed).

    Sentences are divided further at their commas when they are longer than ``longest`` characters.
    """
    result: list[tuple[str, float]] = []
    text = _LAST_OPTION.sub(",", _OPTION.sub(r", \1\n", text.strip()))
    for sentence in _SENTENCE_END.split(text):
        sentence = sentence.strip()
        if not any(character.isalnum() for character in sentence):
            continue
        part = ""
        for clause in re.split(r"(?<=[,;])\s+", sentence):
            if part and len(part) + len(clause) > longest:
                result.append((part, _CLAUSE_PAUSE))
                part = clause
            else:
                part = f"{part} {clause}" if part else clause
        result.append((part, _SENTENCE_PAUSE))
    return result


class EspeakSynthesizer:
    """espeak-ng in a worker process (see `audio.espeak_worker`), started at the first use.

    Safe to share between threads: one piece is synthesised at a time, each in a few hundredths
    of a second.
    """

    def __init__(self, voice: Voice | None = None) -> None:
        """Remember the voice; nothing is started yet."""
        self.voice = voice or Voice()
        self._lock = threading.Lock()
        self._worker: subprocess.Popen[bytes] | None = None
        self._sample_rate = 0

    @property
    def sample_rate(self) -> int:
        """Samples a second, as espeak-ng says at its start (22,050)."""
        with self._lock:
            self._ready()
            return self._sample_rate

    def speak(self, text: str, rate: float = 1.0) -> bytes:
        """Say the whole text; an empty text is no sound. Raises SynthesisFailed."""
        return b"".join(self.stream(text, rate))

    def stream(self, text: str, rate: float = 1.0) -> Iterator[bytes]:
        """Say the text sentence by sentence. Raises SynthesisFailed."""
        rate = min(max(rate, SLOWEST), FASTEST)
        # Pauses grow faster than words do: time to think is what slow speech is for.
        stretch = 1 / rate**2
        # And slow speech pauses after every thing in a list.
        longest = _LONG_PIECE if rate >= _SLOW else 0
        for piece, pause in pieces(spoken(text), longest):
            with self._lock:
                sound = self._piece(respelled(piece), rate)
                silence = b"\0\0" * round(pause * stretch * self._sample_rate)
            yield sound + silence

    def close(self) -> None:
        """End the worker process."""
        with self._lock:
            self._stop()

    def __enter__(self) -> EspeakSynthesizer:
        """Allow ``with EspeakSynthesizer() as voice``."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the worker process."""
        self.close()

    # The rest is called with the lock held.

    def _piece(self, text: str, rate: float) -> bytes:
        """Sound of one piece without the silence at its ends; one crash is forgiven."""
        request = {
            "text": text,
            "voice": self.voice.name,
            "words_per_minute": round(self.voice.words_per_minute * rate),
            "pitch": self.voice.pitch,
            "range": self.voice.range,
            # In units of 10 ms: slow speech also parts the words a little.
            "word_gap": max(0, round((1 / rate - 1) * 12)),
        }
        line = json.dumps(request, ensure_ascii=False).encode() + b"\n"
        for _attempt in (1, 2):
            try:
                return _trimmed(self._exchange(line))
            except (OSError, EOFError):
                self._stop()
        raise SynthesisFailed(
            "Stemmen klarte ikke å lese opp en setning: skriv den på skjermen i stedet."
        )

    def _exchange(self, line: bytes) -> bytes:
        worker = self._ready()
        assert worker.stdin is not None and worker.stdout is not None
        worker.stdin.write(line)
        worker.stdin.flush()
        sound = bytearray()
        while True:
            kind, payload = _read_block(worker.stdout)
            if kind == b"A":
                sound += payload
            elif kind == b"E":
                return bytes(sound)
            elif payload.startswith(b"no voice"):
                raise SynthesisFailed(
                    f"Stemmen «{self.voice.name}» finnes ikke: "
                    "velg for eksempel «nb» eller «nb+f2»."
                )
            else:
                raise EOFError(payload.decode(errors="replace"))

    def _ready(self) -> subprocess.Popen[bytes]:
        """The running worker, started when there is none."""
        if self._worker is not None and self._worker.poll() is None:
            return self._worker
        self._stop()
        try:
            import espeakng_loader
        except ImportError as error:
            raise SynthesisFailed(
                "Stemmen espeak-ng mangler: kjør «make setup» for å installere den."
            ) from error
        library = espeakng_loader.get_library_path()
        data = Path(espeakng_loader.get_data_path())
        worker = subprocess.Popen(
            [
                sys.executable,
                "-I",
                "-S",
                str(Path(__file__).with_name("espeak_worker.py")),
                library,
                str(data.parent),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
        )
        self._worker = worker
        assert worker.stdout is not None
        try:
            kind, payload = _read_block(worker.stdout)
            if kind != b"R":
                raise EOFError(payload.decode(errors="replace"))
            self._sample_rate = int(payload)
        except (OSError, EOFError, ValueError) as error:
            self._stop()
            raise SynthesisFailed(
                "Stemmen espeak-ng lot seg ikke starte: kjør «make setup» på nytt."
            ) from error
        return worker

    def _stop(self) -> None:
        worker, self._worker = self._worker, None
        if worker is None:
            return
        worker.kill()
        worker.wait()
        for pipe in (worker.stdin, worker.stdout):
            if pipe is not None:
                pipe.close()


def _read_block(pipe: IO[bytes]) -> tuple[bytes, bytes]:
    """One block of the worker's. Raises EOFError when it is dead, TimeoutError when it hangs."""
    header = _read(pipe, 5)
    return header[:1], _read(pipe, int.from_bytes(header[1:], "little"))


def _read(pipe: IO[bytes], count: int) -> bytes:
    deadline = time.monotonic() + _PATIENCE
    data = b""
    while len(data) < count:
        ready, _, _ = select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            raise TimeoutError
        part = os.read(pipe.fileno(), count - len(data))
        if not part:
            raise EOFError
        data += part
    return data


def _trimmed(sound: bytes, keep: int = 200) -> bytes:
    """Cut the silence at both ends but for ``keep`` samples: the pauses are ours to choose."""
    samples = np.frombuffer(sound, dtype="<i2")
    loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > 64)
    if not len(loud):
        return b""
    return samples[max(0, loud[0] - keep) : loud[-1] + keep].tobytes()
