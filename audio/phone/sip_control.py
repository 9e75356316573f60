"""HTTP control of the SIP program: ring somebody, hand a call to staff. Standard library only."""

from __future__ import annotations

import asyncio
import hmac
import json
import re
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol


class Calls(Protocol):
    """What can be asked for; see `audio.phone.sip_gateway.Gateway`."""

    @property
    def has_staff(self) -> bool:
        """True when there is somebody that calls can be handed to."""

    async def dial(self, name: uuid.UUID, number: str) -> str:
        """Ring a number; returns what came of it."""

    async def transfer(self, name: uuid.UUID) -> bool | None:
        """Hand a call to staff; False: not taken, None: no such call."""


def control(calls: Calls, address: tuple[str, int], token: str) -> ThreadingHTTPServer:
    """Start to answer requests that carry the token, in threads; returns the running server.

    ``POST /calls {"call": uuid, "number": "+47…"}`` is answered when the call is answered or
    has failed, ``POST /calls/<uuid>/transfer`` when staff have taken it or not. Must be called
    in the event loop that the calls live in. Raises OSError when the address cannot be used.
    """
    loop = asyncio.get_running_loop()

    class Control(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            given = self.headers.get("Authorization", "")
            try:
                if not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
                    self._reply(401, {"error": "token"})
                elif self.path == "/calls":
                    self._ring()
                elif found := re.fullmatch(r"/calls/(\S+)/transfer", self.path):
                    self._transfer(uuid.UUID(found[1]))
                else:
                    self._reply(404, {"error": "path"})
            except (ValueError, KeyError, TypeError, AttributeError):
                self._reply(400, {"error": "call (a UUID) and number are needed"})

        def _ring(self) -> None:
            length = min(int(self.headers.get("Content-Length", 0)), 1000)
            wanted = json.loads(self.rfile.read(length))
            name, number = uuid.UUID(wanted["call"]), wanted["number"]
            if not re.fullmatch(r"\+?\d{3,15}", number):
                raise ValueError
            work = asyncio.run_coroutine_threadsafe(calls.dial(name, number), loop)
            self._reply(200, {"outcome": work.result()})

        def _transfer(self, name: uuid.UUID) -> None:
            if not calls.has_staff:
                return self._reply(501, {"error": "no staff number"})
            taken = asyncio.run_coroutine_threadsafe(calls.transfer(name), loop).result()
            if taken is None:
                return self._reply(404, {"error": "call"})
            return self._reply(200 if taken else 502, {"transferred": taken})

        def _reply(self, status: int, answer: dict[str, Any]) -> None:
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Write nothing: paths and numbers stand in no log."""

    server = ThreadingHTTPServer(address, Control)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
