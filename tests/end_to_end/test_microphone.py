"""Tier: end_to_end. Microphone and loudspeaker, real to the program: PulseAudio null sinks."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from audio.frames import samples
from audio.rehearsal import make_utterances
from audio.wavefile import SAMPLE_RATE, read_wave

_PROGRAMS = {
    "pulseaudio": "pulseaudio",
    "paplay": "pulseaudio-utils",
    "parec": "pulseaudio-utils",
}


def _missing() -> str | None:
    for program, package in _PROGRAMS.items():
        if shutil.which(program) is None:
            return f"{program} (Debian package {package}) is not installed"
    try:
        import sounddevice  # noqa: F401
    except OSError:
        return "PortAudio (Debian package libportaudio2) is not installed"
    if not Path("/usr/share/alsa/alsa.conf").exists():
        return "alsa.conf (Debian package libasound2-plugins) is not installed"
    return None


pytestmark = pytest.mark.skipif(bool(_missing()), reason=str(_missing()))


class SoundServer:
    """PulseAudio with a virtual microphone and a virtual loudspeaker, nothing else."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            **os.environ,
            "HOME": str(folder),
            "XDG_RUNTIME_DIR": str(folder / "run"),
            "PULSE_SERVER": f"unix:{folder}/run/native",
            "ALSA_CONFIG_PATH": f"/usr/share/alsa/alsa.conf:{folder}/asound.conf",
        }
        (folder / "run").mkdir(mode=0o700)
        (folder / "pulse.pa").write_text(
            textwrap.dedent(
                f"""\
                load-module module-native-protocol-unix auth-anonymous=1 socket={folder}/run/native
                load-module module-null-sink sink_name=virtmic rate=16000 channels=1 format=s16le
                load-module module-null-sink sink_name=virtspk rate=16000 channels=1 format=s16le
                set-default-source virtmic.monitor
                set-default-sink virtspk
                """
            )
        )
        (folder / "asound.conf").write_text(
            "pcm.!default { type pulse }\nctl.!default { type pulse }\n"
        )
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = (
            f"pulseaudio -n -F {self.folder}/pulse.pa --daemonize=no --exit-idle-time=-1 "
            "--use-pid-file=no --disable-shm=yes --realtime=no --high-priority=no"
        )
        self.process = subprocess.Popen(
            command.split(),
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(100):
            if self.tool("pactl", "info").returncode == 0:
                return
            time.sleep(0.1)
        raise RuntimeError("PulseAudio does not start")

    def stop(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(10)

    def tool(self, *command: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(command, env=self.environment, capture_output=True, timeout=60)

    def echo(self, decibels: float = 0.0) -> None:
        """Let the microphone hear the loudspeaker, weaker or stronger by so much."""
        looped = self.tool(
            "pactl",
            "load-module",
            "module-loopback",
            "source=virtspk.monitor",
            "sink=virtmic",
            "latency_msec=60",
        )
        assert looped.returncode == 0, looped.stderr
        (stream,) = (
            line.split()[0]
            for line in self.tool("pactl", "list", "short", "sink-inputs")
            .stdout.decode()
            .split("\n")
            if "module-loopback" in line
        )
        set_to = self.tool("pactl", "set-sink-input-volume", stream, f"{decibels}dB")
        assert set_to.returncode == 0, set_to.stderr

    def say(self, wav: Path) -> None:
        done = self.tool("paplay", "--device=virtmic", str(wav))
        assert done.returncode == 0, done.stderr

    def program(self, script: str) -> subprocess.Popen[str]:
        """Our side, in a process of its own: PortAudio looks for devices once."""
        return subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(script)],
            env={**self.environment, "PYTHONPATH": str(Path.cwd())},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


@pytest.fixture
def server(tmp_path: Path) -> Iterator[SoundServer]:
    server = SoundServer(tmp_path)
    server.start()
    yield server
    server.stop()


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline().strip()
    if not line:
        assert process.stderr is not None
        raise AssertionError(process.stderr.read())
    return line


def _correlation(heard: bytes, played: bytes) -> float:
    """How alike two sounds are where they fit best: 1 is the same."""
    one, two = samples(heard).astype(float), samples(played).astype(float)
    assert len(one) >= len(two), "less was heard than was played"
    size = 1 << (len(one) + len(two)).bit_length()
    product = np.fft.irfft(np.fft.rfft(one, size) * np.conj(np.fft.rfft(two, size)), size)
    lag = int(np.argmax(product[: len(one) - len(two) + 1]))
    part = one[lag : lag + len(two)]
    return float(product[lag] / (np.linalg.norm(part) * np.linalg.norm(two)))


def test_what_is_played_to_the_microphone_is_what_the_program_hears(
    server: SoundServer, tmp_path: Path
) -> None:
    (spoken,) = make_utterances(["Jeg vil ha to liter lettmelk."], tmp_path)
    program = server.program(
        f"""
        from audio.microphone import Microphone
        from audio.wavefile import write_wave
        from pathlib import Path
        heard = b""
        for frame in Microphone().frames():
            if not heard:
                print("open", flush=True)
            assert len(frame) == 640
            heard += frame
            if len(heard) > 6 * 32000:
                break
        write_wave(Path("{tmp_path}/heard.wav"), heard)
        print("done", flush=True)
        """
    )
    assert _line(program) == "open"
    server.say(spoken)
    assert _line(program) == "done"
    assert program.wait(20) == 0
    assert _correlation(read_wave(tmp_path / "heard.wav"), read_wave(spoken)) > 0.95


def test_what_the_program_says_comes_out_of_the_loudspeaker(
    server: SoundServer, tmp_path: Path
) -> None:
    with (tmp_path / "out.raw").open("wb") as out:
        recorder = subprocess.Popen(
            f"parec --device=virtspk.monitor --rate={SAMPLE_RATE} --channels=1 "
            "--format=s16le --latency-msec=20".split(),
            env=server.environment,
            stdout=out,
        )
    try:
        # The virtual sink begins to run only a second or two after it was made.
        for _ in range(100):
            if (tmp_path / "out.raw").stat().st_size:
                break
            time.sleep(0.1)
        program = server.program(
            f"""
            from audio.microphone import SoundCardSpeaker
            from audio.synthesizer import EspeakSynthesizer
            from audio.frames import resample
            from audio.wavefile import write_wave
            from pathlib import Path
            voice = EspeakSynthesizer()
            text = "Du har to liter lettmelk i kurven. Det blir 43,80 kr."
            # Kept, because espeak-ng never says a thing quite the same way twice.
            sound = list(voice.stream(text))
            whole = resample(b"".join(sound), voice.sample_rate, 16000)
            write_wave(Path("{tmp_path}/said.wav"), whole)
            import threading
            played = SoundCardSpeaker().play(sound, voice.sample_rate, threading.Event())
            print(played, len(whole) / 32000, flush=True)
            """
        )
        played, wanted = map(float, _line(program).split())
        assert played == pytest.approx(wanted, abs=0.05)
        assert program.wait(20) == 0
        time.sleep(0.5)
    finally:
        recorder.terminate()
        recorder.wait(10)
    heard = (tmp_path / "out.raw").read_bytes()
    assert _correlation(heard, read_wave(tmp_path / "said.wav")) > 0.95


def test_a_microphone_that_goes_away_is_told_and_taken_up_again(
    server: SoundServer, tmp_path: Path
) -> None:
    program = server.program(
        """
        from audio.microphone import Microphone
        from audio.line import SourceLost
        microphone = Microphone()
        try:
            for number, frame in enumerate(microphone.frames()):
                if number == 10:
                    print("open", flush=True)
        except SourceLost as lost:
            print(lost, flush=True)
        heard = 0
        while heard < 10:
            try:
                for frame in microphone.frames():
                    heard += 1
                    if heard == 10:
                        break
            except SourceLost:  # the server is there, but not yet its microphone
                heard = 0
        print("again", flush=True)
        """
    )
    assert _line(program) == "open"
    server.stop()
    assert _line(program).startswith("Mikrofonen ble borte.")
    server.start()
    assert _line(program) == "again"
    assert program.wait(20) == 0


def test_a_microphone_is_chosen_by_name_and_a_wrong_name_lists_what_there_is(
    server: SoundServer,
) -> None:
    program = server.program(
        """
        from audio.microphone import NoSoundDevice, devices, find_device
        print(find_device("default").name)
        try:
            find_device("Blue Yeti")
        except NoSoundDevice as error:
            print(error)
        """
    )
    out, err = program.communicate(timeout=30)
    assert out.splitlines()[0] == "default", err
    assert out.splitlines()[1].startswith("Ingen mikrofon heter noe med «Blue Yeti». Her finnes: ")
    assert "«default»" in out


@contextmanager
def _recorded(server: SoundServer, sink: str, file: Path) -> Iterator[None]:
    """Record what a sink plays, from its first sound on, as raw 16-bit mono."""
    with file.open("wb") as out:
        recorder = subprocess.Popen(
            f"parec --device={sink}.monitor --rate={SAMPLE_RATE} --channels=1 "
            "--format=s16le --latency-msec=20".split(),
            env=server.environment,
            stdout=out,
        )
    try:
        # A virtual sink begins to run only a second or two after it was made.
        for _ in range(100):
            if file.stat().st_size:
                break
            time.sleep(0.1)
        yield
        time.sleep(0.5)
    finally:
        recorder.terminate()
        recorder.wait(10)


_TALK = """
import asyncio, time
from types import SimpleNamespace
from audio.live_talk import Screen, TalkSettings
from audio.metrics import Collected
from audio.microphone import Microphone, SoundCardSpeaker
from audio.session import Session, is_sent
from audio.sound_card import SoundCardLine
from audio.synthesizer import EspeakSynthesizer
from audio.turn_taking import DuplexSettings

class Ear:
    # Counts seconds: what is tested here is the sound's way, not the words.
    sample_rate = 16000
    def __init__(self): self.heard = 0
    def reset(self): self.heard = 0
    def accept(self, pcm):
        self.heard += len(pcm)
        return f"{self.heard / 32000:.1f}"
    def final(self): return SimpleNamespace(text=f"{self.heard / 32000:.1f}", confidence=0.9)

def turn(stage, *texts):
    order = [{"event": "order", "status": "acknowledged"}] if stage == "submitted" else []
    return [*({"event": "said", "text": text} for text in texts), *order,
            {"event": "basket", "stage": stage}]

class Answers:
    def __init__(self, *script): self.script = list(script)
    def begin(self): return self.script.pop(0)
    def say(self, text, confidence=None): return self.script.pop(0)
    def talked_over(self): return self.script.pop(0)
    def ended(self): print("ended", flush=True)

def show(event): print(event["event"], event.get("text", event.get("stage", "")), flush=True)

def talk(barge_in, *script, observer=None):
    session = Session(Ear(), Answers(*script), EspeakSynthesizer(),
                      settings=TalkSettings(is_over=is_sent, tones=False),
                      duplex=DuplexSettings(barge_in=barge_in), observer=observer,
                      screen=Screen(show, lambda: print("listening", flush=True)))
    asyncio.run(session.run(SoundCardLine(Microphone(), SoundCardSpeaker())))
"""


def _read(process: subprocess.Popen[str], *beginnings: str) -> None:
    for beginning in beginnings:
        assert _line(process).startswith(beginning)


def test_speech_that_is_talked_over_falls_silent_within_a_fifth_of_a_second(
    server: SoundServer, tmp_path: Path
) -> None:
    """Measured in the recording of the loudspeaker, from the moment at which it was decided."""
    (words,) = make_utterances(["Nei vent, jeg vil heller ha helmelk."], tmp_path)
    ours = tmp_path / "ours.raw"
    with _recorded(server, "virtspk", ours):
        program = server.program(
            _TALK
            + """
class Stops(Collected):
    def interrupted(self, seconds):
        print(time.time() - seconds, flush=True)
long = "Du har to liter lettmelk, ett brød, en pakke kaffe og et kilo poteter i kurven. "
talk(True, turn("ordering", long * 3), turn("submitted", "Greit."), observer=Stops())
"""
        )
        _read(program, "said Du har", "basket")
        _wait_for_voice(ours)
        with _growth(ours) as sizes:
            server.say(words)
            decided = float(_line(program))
            _read(program, "heard", "said Greit.", "order", "basket submitted", "ended")
        assert program.wait(20) == 0
    voiced = _voiced(ours.read_bytes())
    first = int(np.flatnonzero(voiced)[0])
    # The first second without sound follows what was stopped.
    silent = next(at for at in range(first, len(voiced)) if not voiced[at : at + 50].any())
    assert (silent - first) * 0.02 < 12, "the whole speech would have lasted longer"
    stopped = next(at for at, size in sizes if size >= silent * 640)
    assert stopped - decided < 0.2


@contextmanager
def _growth(file: Path) -> Iterator[list[tuple[float, int]]]:
    """When the file had which size, every ten milliseconds."""
    sizes: list[tuple[float, int]] = []
    over = threading.Event()

    def look() -> None:
        while not over.wait(0.01):
            sizes.append((time.time(), file.stat().st_size))

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield sizes
    finally:
        over.set()
        looking.join()


def test_a_read_back_that_is_talked_over_is_read_to_its_end_and_again(
    server: SoundServer, tmp_path: Path
) -> None:
    (words,) = make_utterances(["Ja takk, det stemmer bra det."], tmp_path)
    with _recorded(server, "virtspk", tmp_path / "ours.raw"):
        program = server.program(
            _TALK
            + """
text = "Du har to liter lettmelk, ett brød, en pakke kaffe og et kilo poteter i kurven."
talk(True, turn("read_back", text, "Skal jeg bestille?"),
     turn("read_back", "En gang til: " + text, "Skal jeg bestille?"),
     turn("submitted", "Sendt."))
"""
        )
        _read(program, "said Du har", "said Skal", "basket read_back")
        _wait_for_voice(tmp_path / "ours.raw")
        server.say(words)
        # What was said meanwhile is no answer: nothing is heard before it was read again.
        _read(program, "said En gang til", "said Skal", "basket read_back", "listening")
        server.say(words)
        _read(program, "heard", "said Sendt.", "order", "basket submitted", "ended")
        assert program.wait(20) == 0


def _wait_for_voice(recording: Path) -> None:
    """Wait until half a second of sound has been recorded."""
    for _ in range(200):
        if _voiced(recording.read_bytes()).sum() > 25:
            return
        time.sleep(0.05)
    raise AssertionError("no voice is heard")


def _voiced(pcm: bytes) -> np.ndarray:
    """For each 20 ms whether there is sound."""
    wave = samples(pcm).astype(float)
    return np.abs(wave[: len(wave) // 320 * 320].reshape(-1, 320)).max(axis=1) > 300


def test_a_whole_turn_through_the_sound_card(server: SoundServer, tmp_path: Path) -> None:
    """Two utterances with our answer between them, which must not be heard as the person's:
    the loudspeaker is heard by the microphone, as on a table."""
    server.echo()
    first, second = make_utterances(["Jeg vil ha melk.", "Det var alt."], tmp_path)
    program = server.program(
        _TALK
        + """
answer = "Jeg la melk i kurven. Vil du ha noe mer?"
talk(False, turn("ordering"), turn("ordering", answer), turn("submitted", "Sendt."))
"""
    )
    _read(program, "basket", "listening")
    server.say(first)
    assert float(_line(program).split()[1]) == pytest.approx(2.5, abs=1.0)
    _read(program, "said", "basket", "listening")
    server.say(second)
    assert float(_line(program).split()[1]) == pytest.approx(2.3, abs=1.0)
    _read(program, "said Sendt.", "order", "basket submitted", "ended")
    assert program.wait(20) == 0


def test_a_talk_goes_on_when_the_devices_were_gone_for_a_moment(
    server: SoundServer, tmp_path: Path
) -> None:
    (words,) = make_utterances(["Jeg vil ha melk."], tmp_path)
    program = server.program(
        _TALK
        + 'talk(False, turn("ordering", "God dag, hva vil du ha?"), turn("submitted", "Greit."))'
    )
    _read(program, "said God dag", "basket", "listening")
    server.stop()
    # The loudspeaker is gone with it: the sentence can be read only.
    _read(program, "error", "said Mikrofonen ble borte.")
    server.start()
    while (line := _line(program)) != "listening":
        assert line.startswith("error"), line
    with _recorded(server, "virtmic", tmp_path / "sink.raw"):
        for _ in range(5):  # the microphone comes back some time after its server
            server.say(words)
    _read(program, "heard", "said Greit.", "order", "basket submitted", "ended")
    assert program.wait(20) == 0
