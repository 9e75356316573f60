"""Real callers for the telephone tests: the SIP program in a process of its own, Debian's baresip
and sipp, a network that loses and delays, and a stand-in for `kurv serve`.

Helper of `test_sip.py` and `test_telephone_order.py`. Everything is on the loopback.
"""

from __future__ import annotations

import functools
import json
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from audio.wavefile import SAMPLE_RATE, read_wave, write_wave
from tests.end_to_end.commands import ROOT, without_settings
from tests.end_to_end.hearing import Turns

TELEPHONE_RATE = 8000
#: How often something is said until it is understood: people, too, are misheard.
TRIES = 4
TOKEN = "nøkkel-i-prøven".encode().hex()
_BARESIP_MODULES = Path("/usr/lib/baresip/modules")

_WAVE_HEADER = 44

_next_port = 20000 + os.getpid() % 400 * 100
_CHOOSING = threading.Lock()


def free_port(step: int = 2) -> int:
    """A port, and the `step` - 1 after it, that nobody on the loopback uses (five digits)."""
    global _next_port
    while True:
        with _CHOOSING:
            first, _next_port = _next_port, _next_port + step
        try:
            for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
                for port in range(first, first + step):
                    with socket.socket(socket.AF_INET, kind) as probe:
                        probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        return first


def comes_true(true: Callable[[], object], seconds: float) -> bool:
    """Wait until something has come about; False when it has not in time."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def wait_until(true: Callable[[], object], seconds: float, what: str) -> None:
    """Wait until something has come about; an assertion names it when it has not in time."""
    assert comes_true(true, seconds), f"not within {seconds} s: {what}"


@functools.cache
def uv() -> str | None:
    """The command uv, from the path or where `make setup` puts it; None without it."""
    for candidate in (shutil.which("uv"), str(ROOT / ".kurv" / "uv" / "bin" / "uv")):
        if candidate and Path(candidate).exists():
            tried = subprocess.run([candidate, "--version"], cwd=ROOT, capture_output=True)
            if tried.returncode == 0:
                return candidate
    return None


@functools.cache
def missing() -> str:
    """Which program the telephone tests lack, empty when there are all."""
    for program, package in (("sipp", "sip-tester"), ("baresip", "baresip-core")):
        if shutil.which(program) is None:
            return f"{program} (Debian package {package}) is not installed"
    command = uv()
    if command is None:
        return "uv is not installed"
    python = subprocess.run(
        [command, "python", "find", "--no-project", ">=3.11"],
        env={**os.environ, "UV_PYTHON_DOWNLOADS": "never"},
        capture_output=True,
    )
    return "" if python.returncode == 0 else "Python 3.11 or newer is not installed"


class SipProgram:
    """`audio/phone/sip.py`, run by uv as its users run it; a context manager."""

    def __init__(
        self, folder: Path, kurv: str, audiosocket: str, *options: str, control: int = 0
    ) -> None:
        """Start it on free ports, towards a Kurv, with more options if there are any."""
        self.port, self.control = free_port(), control or free_port()
        rtp = free_port(100)
        self.log = folder / f"sip-{self.port}.log"
        program = [
            *(uv() or "uv", "run", "--quiet", "--script", str(ROOT / "audio/phone/sip.py")),
            *("--listen", f"127.0.0.1:{self.port}", "--control", f"127.0.0.1:{self.control}"),
            *("--kurv", kurv, "--audiosocket", audiosocket, "--rtp-ports", f"{rtp}-{rtp + 98}"),
        ]
        environment = {
            **without_settings(),
            "UV_PYTHON_DOWNLOADS": "never",
            "KURV_SERVICE_TOKEN": TOKEN,
            "KURV_SIP_PASSWORD": "hemmelig",
        }
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [*program, *options], cwd=ROOT, env=environment, stdout=log, stderr=log
            )

    @property
    def address(self) -> str:
        """Where it can be called."""
        return f"sip:kurv@127.0.0.1:{self.port}"

    def logged(self) -> str:
        """All that it has written."""
        return self.log.read_text(encoding="utf-8")

    def __enter__(self) -> SipProgram:
        wait_until(
            lambda: "klar på" in self.logged() or self.process.poll() is not None,
            120,  # the first time ever uv fetches the SIP stack
            "the SIP program",
        )
        assert self.process.poll() is None, self.logged()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self.process.terminate()
        try:
            status = self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        assert kind is not None or status == 0, self.logged()


class BaresipCaller:
    """Debian's baresip as somebody with a telephone; what they heard is in `heard`."""

    def __init__(
        self,
        folder: Path,
        says: Path | None = None,
        *,
        codec: str = "PCMA",
        number: str = "+4799887766",
        account: str = "",
        modules: tuple[str, ...] = (),
        config: str = "",
        port: int = 0,
    ) -> None:
        """Prepare a telephone; it says the sound of a file (any rate) when it has an answer."""
        self.folder = folder
        self.port = port or free_port()
        self.address = f"sip:{number}@127.0.0.1:{self.port}"
        rtp = free_port(10)
        folder.mkdir(parents=True, exist_ok=True)
        sound = read_wave(says, TELEPHONE_RATE) if says is not None else b""
        # It hangs up at the end of its file, so that the end comes when we say.
        write_wave(folder / "says.wav", sound + bytes(16000 * 180), TELEPHONE_RATE)
        (folder / "config").write_text(
            f"sip_listen 127.0.0.1:{self.port}\nnet_interface 127.0.0.1\n"
            f"rtp_ports {rtp}-{rtp + 9}\n"
            f"audio_source aufile,{folder}/says.wav\naudio_player aufile,{folder}/played.wav\n"
            "audio_alert aufile,/dev/null\n"
            "ausrc_srate 8000\nauplay_srate 8000\nausrc_channels 1\nauplay_channels 1\n"
            "ausrc_format s16\nauplay_format s16\nauenc_format s16\naudec_format s16\n"
            f"snd_path {folder}\nmodule_path {_BARESIP_MODULES}\n"
            + "".join(f"module {name}.so\n" for name in ("g711", "aufile", "sndfile", *modules))
            + "module_tmp uuid.so\nmodule_tmp account.so\nmodule_app menu.so\n"
            + config
        )
        (folder / "accounts").write_text(
            f"<sip:{number}@127.0.0.1:{self.port}>;regint=0;audio_codecs={codec}/8000/1{account}\n"
        )
        (folder / "contacts").write_text("")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *commands: str, seconds: int = 120) -> BaresipCaller:
        """Switch the telephone on: `/dial ADDRESS`, or nothing to wait for calls."""
        given = [part for command in commands for part in ("-e", command)]
        with (self.folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                ["baresip", "-4", "-f", str(self.folder), *given, "-t", str(seconds)],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        return self

    def call(self, address: str, seconds: int = 120) -> BaresipCaller:
        """Ring somebody; the call lasts until either side ends it, at most these seconds."""
        return self.start(f"/dial {address}", seconds=seconds)

    def logged(self) -> str:
        """All that it has written."""
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")

    @property
    def established(self) -> bool:
        """True once the call was answered."""
        return "Call established" in self.logged()

    @property
    def ended(self) -> bool:
        """True once a call has been refused or has ended."""
        log = self.logged()
        return any(word in log for word in ("session closed", "terminated", "Call with"))

    def hang_up(self) -> None:
        """Hang up, if the call is still there, and switch the telephone off."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self.cut()  # Debian's baresip can wait for ever for a call that was transferred

    def cut(self) -> None:
        """Vanish without a word, as when the battery is empty."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(10)

    def heard(self) -> bytes:
        """What was heard in the call, at the recogniser's rate; empty without a call."""
        recorded = sorted(self.folder.glob("dump-*-dec.wav"))
        # A re-INVITE may begin a new file: together they are the call.
        return b"".join(read_wave(file, SAMPLE_RATE) for file in recorded)


class TalkingCaller(BaresipCaller):
    """A caller who listens: says the next thing when the other side has fallen silent."""

    def __init__(self, folder: Path, **wishes: str) -> None:
        """Prepare a telephone that is told what to say while the call goes on."""
        self._commands = free_port()
        super().__init__(
            folder,
            modules=(),
            config=f"module_app ctrl_tcp.so\nctrl_tcp_listen 127.0.0.1:{self._commands}\n",
            **wishes,  # type: ignore[arg-type]
        )
        self._told = 0
        self._turns = Turns(TELEPHONE_RATE)
        self.tones_are_lost = False
        """Whether the line may spoil the tone that gives them the turn; silence tells then, too."""

    def say(self, wav: Path) -> None:
        """Say the sound of a file now."""
        self._turns.skip(self.heard_so_far())
        self._told += 1
        file = self.folder / f"says-{self._told}.wav"
        write_wave(file, read_wave(wav, TELEPHONE_RATE) + bytes(16000 * 180), TELEPHONE_RATE)
        self._command("ausrc", f"aufile,{file}")

    def press(self, keys: str) -> None:
        """Press keys, one by one."""
        self._turns.skip(self.heard_so_far())
        for key in keys:
            self._command("sndcode", key)
            time.sleep(0.25)  # as long as a finger is on it

    def _command(self, name: str, value: str) -> None:
        body = json.dumps({"command": name, "params": value}).encode()
        with socket.create_connection(("127.0.0.1", self._commands), timeout=5) as control:
            control.sendall(b"%d:%s," % (len(body), body))
            control.recv(4096)

    def heard_so_far(self) -> bytes:
        """What was heard until now, at the telephone's rate, while the call goes on."""
        return b"".join(
            file.read_bytes()[_WAVE_HEADER:] for file in sorted(self.folder.glob("dump-*-dec.wav"))
        )

    def turn(self, patience: float = 60.0) -> bytes:
        """What the other side says next: up to the tone that asks for an answer, or the end."""
        end = time.monotonic() + patience
        while True:
            ended = self.ended
            heard = self.heard_so_far()
            if (turn := self._turns.next(heard, ended)) is not None:
                return turn
            if self.tones_are_lost and (turn := self._turns.quiet(heard)) is not None:
                return turn
            if time.monotonic() > end:
                seconds = len(self.heard_so_far()) / 2 / TELEPHONE_RATE
                raise AssertionError(
                    f"no turn in {patience} s; established: {self.established}, ended: {ended}, "
                    f"heard for {seconds:.1f} s in all\n{self.logged()[-1500:]}"
                )
            time.sleep(0.1)

    def says(self, wav: Path, until: Callable[[], object]) -> bytes:
        """Say the sound of a file until it is understood; returns the last answer."""
        for _ in range(TRIES):
            self.say(wav)
            answer = self.turn()
            if until():
                return answer
            assert not self.ended, f"hung up after {wav.name}"
        raise AssertionError(f"{wav.name} was not understood")


def raw_sound(wav: Path, to: Path, codec: str) -> Path:
    """Write a WAV file as raw A-law (`PCMA`) or µ-law (`PCMU`) for sipp."""
    import audioop

    pcm = read_wave(wav, TELEPHONE_RATE)
    to.write_bytes(audioop.lin2alaw(pcm, 2) if codec == "PCMA" else audioop.lin2ulaw(pcm, 2))
    return to


class SippCaller:
    """sipp as a caller that follows a script of XML; it hears nothing.

    After the ACK there is a re-INVITE from the SIP stack, as there often is from exchanges.
    """

    def __init__(
        self, folder: Path, steps: str, codec: str = "PCMA", number: str = "+4799887766"
    ) -> None:
        """Prepare a call: `steps` stand between its ACK and its BYE."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.port, self._media = free_port(), free_port(10)
        payload = {"PCMA": 8, "PCMU": 0}[codec]
        (folder / "uac.xml").write_text(
            _SIPP_CALL.replace("{steps}", steps)
            .replace("{payload}", str(payload))
            .replace("{codec}", codec)
            .replace("+4799887766", number),
            encoding="latin-1",
        )
        self._process: subprocess.Popen[bytes] | None = None

    def call(self, port: int, *, calls: int = 1, seconds: int = 120) -> SippCaller:
        """Ring the SIP program on this port, `calls` times at once."""
        with (self.folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [
                    *("sipp", f"127.0.0.1:{port}", "-sf", "uac.xml", "-s", "kurv"),
                    *("-i", "127.0.0.1", "-p", str(self.port), "-mi", "127.0.0.1"),
                    *("-mp", str(self._media), "-m", str(calls), "-l", str(calls)),
                    *("-r", str(calls), "-nostdin", "-timeout", f"{seconds}s"),
                ],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        return self

    def wait(self, seconds: float) -> int:
        """Wait for the end of the script; returns 0 when every step came as written."""
        assert self._process is not None
        return self._process.wait(seconds)


_SIPP_CALL = """<?xml version="1.0" encoding="ISO-8859-1" ?>
<scenario name="a caller">
<send retrans="500"><![CDATA[
INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: "K" <sip:+4799887766@[local_ip]:[local_port]>;tag=[pid]T[call_number]
To: <sip:[service]@[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: 1 INVITE
Contact: <sip:kunde@[local_ip]:[local_port]>
Max-Forwards: 70
Content-Type: application/sdp
Content-Length: [len]

v=0
o=kunde 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [media_ip]
t=0 0
m=audio [media_port] RTP/AVP {payload} 96
a=rtpmap:{payload} {codec}/8000
a=rtpmap:96 telephone-event/8000
a=fmtp:96 0-15
a=ptime:20
a=sendrecv
]]></send>
<recv response="100" optional="true"/>
<recv response="180" optional="true"/>
<recv response="183" optional="true"/>
<recv response="200" rrs="true"/>
<send><![CDATA[
ACK sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: "K" <sip:+4799887766@[local_ip]:[local_port]>;tag=[pid]T[call_number]
To: <sip:[service]@[remote_ip]:[remote_port]>[peer_tag_param]
Call-ID: [call_id]
CSeq: 1 ACK
Max-Forwards: 70
Content-Length: 0

]]></send>
<recv request="INVITE"/>
<send><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:kunde@[local_ip]:[local_port]>
Content-Type: application/sdp
Content-Length: [len]

v=0
o=kunde 1 2 IN IP4 [local_ip]
s=-
c=IN IP4 [media_ip]
t=0 0
m=audio [media_port] RTP/AVP {payload} 96
a=rtpmap:{payload} {codec}/8000
a=rtpmap:96 telephone-event/8000
a=fmtp:96 0-15
a=ptime:20
a=sendrecv
]]></send>
<recv request="ACK"/>
{steps}
<send retrans="500"><![CDATA[
BYE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: "K" <sip:+4799887766@[local_ip]:[local_port]>;tag=[pid]T[call_number]
To: <sip:[service]@[remote_ip]:[remote_port]>[peer_tag_param]
Call-ID: [call_id]
CSeq: 9 BYE
Max-Forwards: 70
Content-Length: 0

]]></send>
<recv response="200" crlf="true"/>
</scenario>
"""
