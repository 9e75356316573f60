"""Microphone and loudspeaker of this machine, through PortAudio (sounddevice).

PortAudio is a system library that not every machine has: it is imported at the first use, and a
machine without it is told what to install. Frames leave here as 16-bit mono at the recogniser's
rate whatever the device runs at.
"""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from audio.errors import AudioError
from audio.frames import Resampler
from audio.line import SourceLost
from audio.voice_activity import FRAME_SECONDS


class NoSoundDevice(AudioError):
    """PortAudio, the device, or the device of that name is not there."""


@dataclass(frozen=True, slots=True)
class Device:
    """A microphone or loudspeaker as PortAudio lists it; ``sample_rate`` in Hz is its own."""

    index: int
    name: str
    inputs: int
    outputs: int
    sample_rate: int

    def __str__(self) -> str:
        """The device as a list shows it to a person."""
        kinds = [("mikrofon", self.inputs), ("høyttaler", self.outputs)]
        return f"{self.name} ({' og '.join(kind for kind, count in kinds if count)})"


_LOST_AFTER = 2.0
"""Seconds without any sound, silence included, after which a microphone counts as unplugged."""
_RETRIES, _RETRY_SECONDS = 30, 1.0
"""How often, and how far apart, an unplugged device is looked for."""
_RESTARTS = threading.Lock()
"""Held while PortAudio is started anew and while something is played: a restart ends all sound."""
_PLAY_LATENCY = 0.06
"""Sound the device holds in advance: enough for a busy machine, and soon played out."""
_PLAY_SECONDS = 0.02
"""Sound handed to the device at a time: `SoundCardSpeaker.stop` takes effect after so much."""


def _portaudio() -> Any:
    try:
        import sounddevice
    except OSError as error:
        raise NoSoundDevice(
            "Lyd på denne maskinen krever PortAudio: installer pakken libportaudio2 "
            "(«sudo apt-get install libportaudio2») og prøv igjen."
        ) from error
    except ImportError as error:
        raise NoSoundDevice(
            "Python-pakken sounddevice mangler: kjør «make setup» for å installere den."
        ) from error
    return sounddevice


def devices() -> list[Device]:
    """All sound devices. Raises NoSoundDevice when PortAudio is missing."""
    return [
        Device(
            index,
            str(found["name"]),
            int(found["max_input_channels"]),
            int(found["max_output_channels"]),
            int(found["default_samplerate"]),
        )
        for index, found in enumerate(_portaudio().query_devices())
    ]


def find_device(name: str | None, *, output: bool = False) -> Device:
    """The device whose name holds ``name`` (case does not matter), or the system's default.

    Raises NoSoundDevice, naming what there is, when none or more than one fits.
    """
    kind = "høyttaler" if output else "mikrofon"
    usable = [found for found in devices() if (found.outputs if output else found.inputs) > 0]
    if not usable:
        raise NoSoundDevice(f"Denne maskinen har ingen {kind}: koble til en og prøv igjen.")
    if name is None:
        default = _portaudio().default.device[1 if output else 0]
        return next((found for found in usable if found.index == default), usable[0])
    exact = [found for found in usable if found.name.lower() == name.lower()]
    fitting = exact or [found for found in usable if name.lower() in found.name.lower()]
    if len(fitting) == 1:
        return fitting[0]
    names = ", ".join(f"«{found.name}»" for found in fitting or usable)
    if fitting:
        raise NoSoundDevice(f"Flere enn én {kind} heter noe med «{name}»: {names}.")
    raise NoSoundDevice(f"Ingen {kind} heter noe med «{name}». Her finnes: {names}.")


class Microphone:
    """20 ms frames from a microphone, chosen by name or the default one."""

    def __init__(self, name: str | None = None, sample_rate: int = 16_000) -> None:
        """Remember the choice; the device is opened by `frames`."""
        self._name = name
        self._sample_rate = sample_rate
        self._captured: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._was_open = False

    def frames(self) -> Iterator[bytes]:
        """Sound from now on, without end.

        Raises SourceLost when the device goes away. Called again after that, it waits up to half
        a minute for it to come back; NoSoundDevice when it does not.
        """
        sounddevice = _portaudio()
        stream, resampler = self._reopened() if self._was_open else self._opened()
        self._was_open = True
        size = round(self._sample_rate * FRAME_SECONDS) * 2
        pending = b""
        try:
            while True:
                captured = self._next(stream)
                pending += resampler.push(captured)
                while len(pending) >= size:
                    yield pending[:size]
                    pending = pending[size:]
        finally:
            # A device that was pulled out cannot be closed properly.
            with contextlib.suppress(sounddevice.PortAudioError):
                stream.close()

    def _next(self, stream: Any) -> bytes:
        try:
            captured = self._captured.get(timeout=_LOST_AFTER)
        except queue.Empty:
            captured = None
        if captured is None:
            raise SourceLost(
                "Mikrofonen ble borte. Koble den til igjen, og si det siste en gang til."
            )
        return captured

    def _opened(self) -> tuple[Any, Resampler]:
        sounddevice = _portaudio()
        device = find_device(self._name)
        captured: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._captured = captured

        def on_sound(data: Any, _frames: int, _time: Any, _status: Any) -> None:
            captured.put(bytes(data))

        def on_end() -> None:
            captured.put(None)

        try:
            stream = sounddevice.RawInputStream(
                samplerate=device.sample_rate,
                blocksize=round(device.sample_rate * FRAME_SECONDS),
                device=device.index,
                channels=1,
                dtype="int16",
                callback=on_sound,
                finished_callback=on_end,
            )
            stream.start()
        except sounddevice.PortAudioError as error:
            raise NoSoundDevice(
                f"Mikrofonen «{device.name}» lar seg ikke bruke: se etter om et annet program "
                "bruker den."
            ) from error
        return stream, Resampler(device.sample_rate, self._sample_rate)

    def _reopened(self) -> tuple[Any, Resampler]:
        sounddevice = _portaudio()
        for attempt in range(1, _RETRIES + 1):
            try:
                with _RESTARTS:
                    # PortAudio lists the devices once, as it starts: only a restart sees new ones.
                    sounddevice._terminate()
                    sounddevice._initialize()
                    return self._opened()
            except (AudioError, sounddevice.PortAudioError):
                if attempt < _RETRIES:
                    time.sleep(_RETRY_SECONDS)
        raise NoSoundDevice("Mikrofonen kom ikke tilbake: koble den til og start på nytt.")


class SoundCardSpeaker:
    """Plays through the device chosen by name, or the default one."""

    def __init__(self, name: str | None = None) -> None:
        """Remember the choice; the device is open only while something is played."""
        self._name = name

    def play(self, sound: Iterable[bytes], sample_rate: int, stopped: threading.Event) -> float:
        """Play the pieces as they come, and wait until they have been heard.

        Setting ``stopped`` (from another thread) ends it at once. Returns the seconds that were
        played. Raises NoSoundDevice when there is no device or it goes away.
        """
        sounddevice = _portaudio()
        with _RESTARTS:
            device = find_device(self._name, output=True)
            resampler = Resampler(sample_rate, device.sample_rate)
            block = round(device.sample_rate * _PLAY_SECONDS) * 2
            played = 0
            try:
                with sounddevice.RawOutputStream(
                    samplerate=device.sample_rate,
                    device=device.index,
                    channels=1,
                    dtype="int16",
                    latency=_PLAY_LATENCY,
                ) as stream:
                    for pcm in _and_rest(sound, resampler):
                        for start in range(0, len(pcm), block):
                            if stopped.is_set():
                                stream.abort()
                                return played / 2 / device.sample_rate
                            stream.write(pcm[start : start + block])
                            played += len(pcm[start : start + block])
                    # Leaving stops the stream, which waits for what was written.
            except sounddevice.PortAudioError as error:
                raise NoSoundDevice(
                    f"Høyttaleren «{device.name}» lar seg ikke bruke: se etter at den er "
                    "koblet til."
                ) from error
        return played / 2 / device.sample_rate


def _and_rest(sound: Iterable[bytes], resampler: Resampler) -> Iterator[bytes]:
    for pcm in sound:
        yield resampler.push(pcm)
    yield resampler.flush()
