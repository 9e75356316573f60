"""Tier: end_to_end. Microphone and loudspeaker, real to the program: PulseAudio null sinks."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from audio.frames import samples
from audio.rehearsal import make_utterances
from audio.wavefile import SAMPLE_RATE, read_wave, write_wave

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
            print(SoundCardSpeaker().play(sound, voice.sample_rate), flush=True)
            """
        )
        assert _line(program) == "True"
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
        from audio.session import SourceLost
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


def test_speech_that_is_stopped_falls_silent_at_once(server: SoundServer) -> None:
    program = server.program(
        """
        import threading, time
        from audio.microphone import SoundCardSpeaker
        from audio.synthesizer import EspeakSynthesizer
        voice, speaker = EspeakSynthesizer(), SoundCardSpeaker()
        stopped = []
        def stop():
            stopped.append(time.monotonic())
            speaker.stop()
        threading.Timer(3.0, stop).start()
        whole = speaker.play(voice.stream("Dette er en lang setning. " * 10), voice.sample_rate)
        print(whole, time.monotonic() - stopped[0], flush=True)
        """
    )
    out, err = program.communicate(timeout=60)
    assert out, err
    whole, after = out.split()
    assert whole == "False"
    assert float(after) < 0.2


def test_a_whole_turn_through_the_sound_card(server: SoundServer, tmp_path: Path) -> None:
    """Two utterances with our answer between them, which must not be heard as the person's:
    the loudspeaker is heard by the microphone, as on a table."""
    looped = server.tool(
        "pactl",
        "load-module",
        "module-loopback",
        "source=virtspk.monitor",
        "sink=virtmic",
        "latency_msec=30",
    )
    assert looped.returncode == 0, looped.stderr
    first, second = make_utterances(["Jeg vil ha melk.", "Det var alt."], tmp_path)
    write_wave(tmp_path / "first.wav", read_wave(first))
    program = server.program(
        """
        from types import SimpleNamespace
        from audio.microphone import Microphone, SoundCardSpeaker
        from audio.session import Session
        from audio.synthesizer import EspeakSynthesizer

        class Ear:
            # Counts seconds: what is tested here is the sound's way, not the words.
            sample_rate = 16000
            def __init__(self): self.heard = 0
            def reset(self): self.heard = 0
            def accept(self, pcm): self.heard += len(pcm)
            def final(self):
                seconds = self.heard / 32000
                return SimpleNamespace(text=f"{seconds:.1f}", confidence=0.9)

        class Answers:
            turns = 0
            def say(self, text, confidence=None):
                self.turns += 1
                stage = "submitted" if self.turns == 2 else "ordering"
                return [{"event": "said", "text": "Jeg la melk i kurven. Vil du ha noe mer?"},
                        {"event": "basket", "stage": stage}]

        session = Session(Ear(), Answers(), EspeakSynthesizer(), SoundCardSpeaker(),
                          on_listening=lambda: print("listening", flush=True))
        for event in session.listen(Microphone()):
            print(event["event"], event.get("text", ""), flush=True)
        """
    )
    assert _line(program) == "listening"
    server.say(first)
    assert float(_line(program).split()[1]) == pytest.approx(2.5, abs=1.0)
    assert _line(program).startswith("said")
    assert _line(program).startswith("basket")
    assert _line(program) == "listening"
    server.say(second)
    assert float(_line(program).split()[1]) == pytest.approx(2.3, abs=1.0)
    assert _line(program).startswith("said")
    assert _line(program).startswith("basket")
    assert program.wait(20) == 0
