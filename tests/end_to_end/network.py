"""What stands between callers and the SIP program in tests: a bad network, a registrar.

Helper of `test_sip.py`. The kernel's netem is not there in most containers, so packets are lost
and delayed by a relay that both sides take for the other one.
"""

from __future__ import annotations

import hashlib
import heapq
import random
import re
import select
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

from tests.end_to_end.commands import ROOT


class LossyNetwork:
    """Carries SIP unharmed, and loses and delays the sound that is agreed on in it.

    The addresses in the messages are rewritten, so that neither side knows of the other. All
    ports must have five digits: the messages keep their length.
    """

    def __init__(self, caller: int, program: int, loss: float, jitter: float) -> None:
        """Stand between a caller's and the program's SIP ports; `jitter` in seconds."""
        self._loss, self._jitter = loss, jitter
        self._random = random.Random(5)  # the same bad network each time
        self.lost = self.carried = 0
        # A socket for each side to talk to, and where what comes on it is passed on, from which.
        self._to_program, self._to_caller = _bound(), _bound()
        self.port = self._to_program.getsockname()[1]
        self._sip = {self._to_program: program, self._to_caller: caller}
        self._media: dict[int, socket.socket] = {}  # the real port: the socket that stands for it
        self._end = threading.Event()

    def __enter__(self) -> LossyNetwork:
        self._thread = threading.Thread(target=self._carry, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join(5)
        for one in (self._to_program, self._to_caller, *self._media.values()):
            one.close()

    def _carry(self) -> None:
        waiting: list[tuple[float, int, bytes, int, socket.socket]] = []
        count = 0
        while not self._end.is_set():
            pause = min(0.02, max(0.0, waiting[0][0] - time.monotonic())) if waiting else 0.02
            sockets = [self._to_program, self._to_caller, *self._media.values()]
            for one in select.select(sockets, [], [], pause)[0]:
                data, sender = one.recvfrom(4096)
                if one in self._sip:
                    other = self._to_caller if one is self._to_program else self._to_program
                    other.sendto(self._rewritten(data), ("127.0.0.1", self._sip[one]))
                    continue
                target = next(port for port, stands in self._media.items() if stands is one)
                source = self._media.get(sender[1])
                if source is None or self._random.random() < self._loss:
                    self.lost += source is not None
                    continue
                count += 1
                due = time.monotonic() + self._random.uniform(0, self._jitter)
                heapq.heappush(waiting, (due, count, data, target, source))
            while waiting and waiting[0][0] <= time.monotonic():
                _, _, data, target, source = heapq.heappop(waiting)
                source.sendto(data, ("127.0.0.1", target))
                self.carried += 1

    def _rewritten(self, data: bytes) -> bytes:
        """A SIP message as the other side is to see it."""
        ports = {
            self._sip[self._to_program]: self.port,
            self.port: self._sip[self._to_program],
            self._sip[self._to_caller]: self._to_caller.getsockname()[1],
            self._to_caller.getsockname()[1]: self._sip[self._to_caller],
        }

        def sip(found: re.Match[bytes]) -> bytes:
            port = int(found[1])
            return b"127.0.0.1:%d" % ports.get(port, port)

        def media(found: re.Match[bytes]) -> bytes:
            stands = self._media.setdefault(int(found[1]), _bound())
            return b"m=audio %d " % stands.getsockname()[1]

        data = re.sub(rb"127\.0\.0\.1:(\d{5})\b", sip, data)
        return re.sub(rb"m=audio (\d{5}) ", media, data)


class LossyNetworkProcess:
    """A `LossyNetwork` in a process of its own: beside many calls in one its sound would be late by
    more than was asked for. `lost` and `carried` are known at the end."""

    def __init__(self, caller: int, program: int, loss: float, jitter: float) -> None:
        """See `LossyNetwork`."""
        arguments = map(str, (caller, program, loss, jitter))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.end_to_end.network", *arguments],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())
        self.lost = self.carried = 0

    def __enter__(self) -> LossyNetworkProcess:
        return self

    def __exit__(self, *_: object) -> None:
        self.lost, self.carried = map(int, self._process.communicate()[0].split())


def _bound() -> socket.socket:
    while True:
        one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        one.bind(("127.0.0.1", 0))
        if one.getsockname()[1] > 9999:
            return one
        one.close()


class Registrar:
    """A SIP registrar that asks for a password by digest (RFC 2617, MD5) and does nothing else."""

    def __init__(self, password: str) -> None:
        """Let in whoever knows the password."""
        self._password = password
        self._socket = _bound()
        self.port = self._socket.getsockname()[1]
        self.registered: list[int] = []  # the seconds that were asked for, one by one
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Registrar:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.sendto(b"end", ("127.0.0.1", self.port))
        self._thread.join(5)
        self._socket.close()

    def _serve(self) -> None:
        while True:
            data, sender = self._socket.recvfrom(8192)
            if data == b"end":
                return
            text = data.decode()
            if not text.startswith("REGISTER "):
                continue
            given = dict(re.findall(r'(\w+)="?([^",\r]+)"?', _header(text, "Authorization")))
            if given and given.get("response") == self._expected(given):
                asked = re.search(r"expires[=:] ?(\d+)", text, re.I)
                self.registered.append(int(asked[1]) if asked else -1)
                status = "200 OK\r\nContact: " + _header(text, "Contact")
            else:
                challenge = 'Digest realm="prøve", nonce="abc123", algorithm=MD5, qop="auth"'
                status = f"401 Unauthorized\r\nWWW-Authenticate: {challenge}"
            kept = "".join(
                f"{name}: {_header(text, name)}\r\n" for name in ("Via", "From", "Call-ID", "CSeq")
            )
            to = _header(text, "To")
            answer = f"SIP/2.0 {status}\r\n{kept}To: {to};tag=r1\r\nContent-Length: 0\r\n\r\n"
            self._socket.sendto(answer.encode(), sender)

    def _expected(self, given: dict[str, str]) -> str:
        first = _md5(f"{given['username']}:{given['realm']}:{self._password}")
        second = _md5(f"REGISTER:{given['uri']}")
        middle = [given["nonce"]]
        if "qop" in given:
            middle += [given["nc"], given["cnonce"], given["qop"]]
        return _md5(":".join([first, *middle, second]))


def _header(message: str, name: str) -> str:
    found = re.search(rf"^{name}: ?(.*?)\r?$", message, re.M | re.I)
    return found[1] if found else ""


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()


def own_certificate(folder: Path) -> Path:
    """Make a certificate for 127.0.0.1 that signs itself, with its key, in one file (PEM)."""
    file = folder / "certificate.pem"
    subprocess.run(
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 "
        f"-addext subjectAltName=IP:127.0.0.1 -keyout {folder}/key.pem -out {file}".split(),
        check=True,
        capture_output=True,
    )
    file.write_text(file.read_text() + (folder / "key.pem").read_text())
    return file


if __name__ == "__main__":
    with LossyNetwork(int(sys.argv[1]), int(sys.argv[2]), *map(float, sys.argv[3:5])) as network:
        print(network.port, flush=True)
        sys.stdin.read()  # until whoever started it has had enough
    print(network.lost, network.carried)
