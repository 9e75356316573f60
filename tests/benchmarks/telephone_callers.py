"""Callers for the telephone's benchmarks: many talks at once over AudioSocket, timed by what is
heard. Helper of `calls.py` and `telephone_soak.py`."""

from __future__ import annotations

import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from audio.rehearsal import make_utterances
from audio.synthesizer import Voice
from audio.wavefile import read_wave
from tests.end_to_end.audiosocket_peer import AUDIO_8K, DIGIT, HANGUP, IDENTITY, Peer
from tests.end_to_end.telephone_service import PIN, KurvService

FRAME = 320
_LOUD = 600
#: Frames in a row that make speech and not one of our short tones (0.25 s at most).
_SPEECH_FRAMES = 14
#: What is ordered, and the end; each needs its answer first.
ORDER = ("to liter lettmelk", "et grovt brød", "en grandiosa", "det var alt", "ja")


@dataclass
class Timed:
    """What was measured in the talks, from outside."""

    replies: list[float] = field(default_factory=list)
    """Seconds from the last loud frame that was said to the first of the answer."""
    by_text: dict[str, list[float]] = field(default_factory=dict)
    """The same for each text."""
    gaps: list[float] = field(default_factory=list)
    """Seconds between two frames of speech that belong together."""
    failures: list[str] = field(default_factory=list)


def spoken(texts: tuple[str, ...] = ORDER) -> dict[str, bytes]:
    """Each text as telephone sound, without the silence around it."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        files = make_utterances(texts, Path(folder), Voice("nb+f2"))
        for text, file in zip(texts, files, strict=True):
            pcm = read_wave(file, 8000)
            loud = np.flatnonzero(np.abs(np.frombuffer(pcm, "<i2").astype(int)) > _LOUD)
            found[text] = pcm[2 * int(loud[0]) : 2 * int(loud[-1])]
    return found


class Talker(Peer):
    """A caller: sends 20 ms frames by the clock, silence between what is said."""

    def __init__(self, service: KurvService, phone: str) -> None:
        """Announce the call and connect."""
        host, _, port = service.audiosocket.partition(":")
        call = service.announce(phone)
        super().__init__(host, int(port))
        self._waiting = b""
        self._loud: list[float] = []
        self._looked_at = 0
        self._said = threading.Event()
        self._over = threading.Event()
        self.said_at = time.monotonic()
        self.send(IDENTITY, call.bytes)
        self._sender = threading.Thread(target=self._send_steadily, daemon=True)
        self._sender.start()

    def _send_steadily(self) -> None:
        due = time.monotonic()
        while not self._over.is_set():
            frame, self._waiting = self._waiting[:FRAME], self._waiting[FRAME:]
            if not self.send(AUDIO_8K, frame.ljust(FRAME, b"\0")):
                return
            if frame and not self._waiting:
                self.said_at = time.monotonic()
                self._said.set()
            due += 0.02
            time.sleep(max(0.0, due - time.monotonic()))

    def say(self, sound: bytes) -> None:
        """Say something; returns when its last frame has been sent."""
        self._said.clear()
        self._waiting = sound
        self._said.wait(60)

    def press(self, keys: str) -> None:
        """Press keys."""
        for key in keys:
            self.send(DIGIT, key.encode())
            time.sleep(0.2)
        self.said_at = time.monotonic()

    def listen(self, timed: Timed, seconds: float = 30.0, quiet: float = 0.7) -> float | None:
        """Wait for an answer and its end; seconds until it began, None when there is none."""
        asked = self.said_at
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            times = self._loud_since(asked)
            spoken_at = _speech(times)
            if spoken_at and (self.closed or time.monotonic() - times[-1] > quiet):
                self._count_gaps(asked, timed)
                return spoken_at - asked
            if self.closed:
                return None
            time.sleep(0.1)
        return None

    def _loud_since(self, moment: float) -> list[float]:
        frames = self.heard()
        for frame in frames[self._looked_at :]:
            loud = np.abs(np.frombuffer(frame.payload, "<i2").astype(int)).max() > _LOUD
            self._loud += [frame.at] * bool(loud)
        self._looked_at = len(frames)
        return [at for at in self._loud if at > moment]

    def _count_gaps(self, asked: float, timed: Timed) -> None:
        times = [frame.at for frame in self.heard() if frame.at > asked]
        steps = np.diff(times)
        # A pause between two things said is no gap: there both sides of it are silent anyhow.
        timed.gaps += [float(step) for step in steps if step < 0.4]

    def leave(self) -> None:
        """Hang up."""
        self._over.set()
        self._sender.join(2)
        self.send(HANGUP)


def _speech(times: list[float]) -> float | None:
    """When the first speech among loud moments began: many in a second, not a short tone."""
    for number in range(len(times) - _SPEECH_FRAMES):
        if times[number + _SPEECH_FRAMES] - times[number] < 1.0:
            return times[number]
    return None


def order(service: KurvService, phone: str, sounds: dict[str, bytes], timed: Timed) -> bool:
    """One whole call: PIN by keys, an order by voice; True when it came to its end."""
    with Talker(service, phone) as talker:
        if talker.listen(timed) is None:
            timed.failures.append("no greeting")
            return False
        talker.press(PIN)
        if talker.listen(timed) is None:
            timed.failures.append("no answer to the PIN")
            return False
        for text, sound in sounds.items():
            talker.say(sound)
            reply = talker.listen(timed)
            if reply is None:
                timed.failures.append(f"no answer to «{text}»")
                return False
            timed.replies.append(reply)
            timed.by_text.setdefault(text, []).append(reply)
        talker.leave()
    return True


def at_once(
    service: KurvService, phones: list[str], sounds: dict[str, bytes], timed: Timed, seconds: float
) -> int:
    """Everybody calls, again and again until the time is over; returns the number of calls."""
    end = time.monotonic() + seconds
    calls = []

    def again(phone: str, wait: float) -> None:
        time.sleep(wait)  # nobody rings in the same millisecond
        while True:
            calls.append(order(service, phone, sounds, timed))
            if time.monotonic() >= end:
                return

    threads = [
        threading.Thread(target=again, args=(phone, number * 0.37), daemon=True)
        for number, phone in enumerate(phones)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds + 180)
    return len(calls)


def percentile(values: list[float], share: float) -> float:
    """The value that this share (0 to 100) lies below; NaN for none."""
    return float(np.percentile(values, share)) if values else float("nan")
