"""PulseAudio with a virtual microphone and loudspeaker: real to the programs that use them.

Helper of `test_microphone.py`, `test_microphone_order.py` and the echo benchmark.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from audio.wavefile import SAMPLE_RATE

_PROGRAMS = {
    "pulseaudio": "pulseaudio",
    "paplay": "pulseaudio-utils",
    "parec": "pulseaudio-utils",
}


def missing_sound() -> str | None:
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

    def tool_started(self, *command: str) -> subprocess.Popen[bytes]:
        """The same, not waited for."""
        return subprocess.Popen(
            command,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

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


@contextmanager
def recorded(server: SoundServer, sink: str, file: Path) -> Iterator[None]:
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
