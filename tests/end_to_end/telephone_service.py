"""`kurv serve` with its telephone in a process of its own, for tests and benchmarks of calls."""

from __future__ import annotations

import functools
import json
import re
import signal
import subprocess
import threading
import urllib.request
import uuid
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import TracebackType

from cryptography.fernet import Fernet

from bot.calls.pins import hashed
from bot.ordering.order import Order
from bot.store import Store
from bot.store.callers import Caller
from bot.store.store import utc_now
from bot.store.vault import Vault
from tests.end_to_end.commands import KURV, ROOT, without_settings

TOKEN = "nøkkel-i-prøven".encode().hex()
PIN = "2468"


class KurvService:
    """The service on free ports, with a store of its own; a context manager."""

    def __init__(self, folder: Path, **settings: str) -> None:
        """Prepare a store in a folder, and more settings if there are any."""
        self.folder = folder
        self.database = f"sqlite:///{folder / 'kurv.db'}"
        self._key = Fernet.generate_key().decode()
        self._settings = {
            "KURV_DATA_KEY": self._key,
            "KURV_DATABASE": self.database,
            "KURV_SERVICE_TOKEN": TOKEN,
            **settings,
        }
        self.url = self.audiosocket = self.staff = ""
        self.process: subprocess.Popen[str] | None = None

    @functools.cached_property
    def store(self) -> Store:
        """Its store, seen from here; made when it is not there yet."""
        store = self.open_store()
        store.migrate()
        return store

    def open_store(self, clock: Callable[[], datetime] = utc_now) -> Store:
        """Its store, by another clock."""
        return Store(self.database, clock, vault=Vault([self._key]))

    def add_caller(self, recipient: str, phone: str, pin: str = PIN) -> None:
        """Let somebody order by telephone."""
        caller = Caller(phone, recipient, hashed(pin), len(pin))  # slow on purpose: not within
        with self.store.transaction() as uow:
            uow.save_caller(caller)

    def orders(self, recipient: str) -> list[Order]:
        """Somebody's orders, the newest first."""
        with self.store.transaction(read_only=True) as uow:
            return uow.orders(recipient)

    def start(self) -> KurvService:
        """Begin to start; `ready` waits for it."""
        self.url = self.audiosocket = ""
        with (self.folder / "serve.log").open("w") as log:
            self.process = subprocess.Popen(
                [KURV, "serve", "--port", "0", "--phone-port", "0", "--staff-port", "0"],
                cwd=ROOT,
                env={**without_settings(), **self._settings},
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        return self

    def ready(self) -> KurvService:
        """Wait until it answers HTTP, the telephone, and staff's browsers."""
        assert self.process is not None and self.process.stdout is not None
        for line in self.process.stdout:
            if found := re.search(r"(http://[\d.]+:\d+)/webhooks", line):
                self.url = self.url or found[1]
            if found := re.search(r"AudioSocket\D*(\d+)", line):
                self.audiosocket = f"127.0.0.1:{found[1]}"
            if found := re.search(r"Ansattes sider: (\S+)", line):
                self.staff = found[1]
            if self.url and self.audiosocket and self.staff:
                break
        assert self.url and self.audiosocket and self.staff, self.logged()
        # What else it prints must not fill the pipe.
        threading.Thread(target=self.process.stdout.read, daemon=True).start()
        return self

    @property
    def runs(self) -> bool:
        """Whether it has been started and not ended."""
        return self.process is not None and self.process.poll() is None

    def stop(self) -> int:
        """Tell it to stop, and wait; returns its exit status. It may have ended already."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise

    def __enter__(self) -> KurvService:
        return self.start().ready()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        status = self.stop()
        self.store.close()
        assert kind is not None or status == 0, self.logged()

    def logged(self) -> str:
        """All that it has logged."""
        return (self.folder / "serve.log").read_text(encoding="utf-8")

    def announce(self, caller: str) -> uuid.UUID:
        """Tell that a call comes from a number, as an exchange does; returns its UUID."""
        call = uuid.uuid4()
        request = urllib.request.Request(
            f"{self.url}/webhooks/kurv/calls",
            json.dumps({"call": str(call), "caller": caller}).encode(),
            {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10):
            return call

    def metrics(self) -> str:
        """What Prometheus gets to read."""
        with urllib.request.urlopen(f"{self.url}/metrics", timeout=10) as answer:
            return str(answer.read().decode())

    def memory(self) -> int:
        """Bytes that it and its children hold in memory (RSS)."""
        assert self.process is not None
        parents = {self.process.pid}
        total = 0
        for entry in sorted(Path("/proc").glob("[0-9]*"), key=lambda entry: int(entry.name)):
            try:
                text = (entry / "status").read_text()
            except OSError:
                continue  # it has ended
            found = dict(re.findall(r"^(PPid|VmRSS):\s+(\d+)", text, re.M))
            if int(entry.name) in parents or int(found["PPid"]) in parents:
                parents.add(int(entry.name))
                total += int(found.get("VmRSS", 0)) * 1024
        return total
