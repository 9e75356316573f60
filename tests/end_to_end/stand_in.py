"""A stand-in for `kurv serve` at the telephone: its AudioSocket server and its door for calls.

Helper of `test_sip.py`. Written from Asterisk's description of the protocol only, so that the SIP
program is not tested against the mistakes of our own server.
"""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

FRAME = 320


@dataclass
class Call:
    """What came in one connection."""

    connection: socket.socket
    uuid: uuid.UUID | None = None
    sound: bytearray = field(default_factory=bytearray)
    arrivals: list[float] = field(default_factory=list)
    keys: str = ""
    odd: list[tuple[int, int]] = field(default_factory=list)
    hung_up: bool = False
    ended: bool = False

    def hang_up(self) -> None:
        """End the call as AudioSocket does."""
        self.connection.sendall(b"\x00\x00\x00")

    def die(self) -> None:
        """Be gone without a word, as a process that was killed."""
        self.connection.shutdown(socket.SHUT_RDWR)


class StandIn:
    """Answers every call with a sound; a context manager."""

    def __init__(self, says: bytes = b"", answers: int = 200) -> None:
        """Say 16-bit sound at 8,000 Hz in each call; answer announcements with this status."""
        self.says = says
        self.calls: list[Call] = []
        self.announced: list[dict[str, Any]] = []
        self.tokens: list[str] = []
        self._server = socket.create_server(("127.0.0.1", 0))
        outer = self

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.announced.append({"path": self.path, **body})
                outer.tokens.append(self.headers.get("Authorization", ""))
                self.send_response(answers)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                """Stay silent."""

        self._door = HTTPServer(("127.0.0.1", 0), Door)

    @property
    def url(self) -> str:
        """Where calls are announced."""
        return f"http://127.0.0.1:{self._door.server_port}"

    @property
    def audiosocket(self) -> str:
        """Where sound goes."""
        return f"127.0.0.1:{self._server.getsockname()[1]}"

    def __enter__(self) -> StandIn:
        for work in (self._door.serve_forever, self._accept):
            threading.Thread(target=work, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._door.shutdown()
        self._door.server_close()
        self._server.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            call = Call(connection)
            self.calls.append(call)
            threading.Thread(target=self._receive, args=(call,), daemon=True).start()

    def _receive(self, call: Call) -> None:
        with suppress(OSError), call.connection, call.connection.makefile("rb") as stream:
            while len(header := stream.read(3)) == 3:
                kind, length = struct.unpack(">BH", header)
                payload = stream.read(length)
                if kind == 0x10 and length == FRAME:
                    call.sound += payload
                    call.arrivals.append(time.monotonic())
                elif kind == 0x01 and length == 16 and call.uuid is None:
                    call.uuid = uuid.UUID(bytes=payload)
                    threading.Thread(target=self._speak, args=(call,), daemon=True).start()
                elif kind == 0x03 and length == 1:
                    call.keys += payload.decode("ascii")
                elif kind == 0x00 and length == 0:
                    call.hung_up = True
                else:
                    call.odd.append((kind, length))
        call.ended = True

    def _speak(self, call: Call) -> None:
        due = time.monotonic()
        try:
            for start in range(0, len(self.says), FRAME):
                frame = self.says[start : start + FRAME].ljust(FRAME, b"\0")
                call.connection.sendall(struct.pack(">BH", 0x10, FRAME) + frame)
                due += 0.02
                time.sleep(max(0.0, due - time.monotonic()))
        except OSError:
            return  # the caller has hung up
