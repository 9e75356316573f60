"""The simulated grocer as a process of its own, as a real grocer is not within ours either."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_STOP_SECONDS = 30


@contextmanager
def running_grocer(database: Path, catalogue: Path) -> Iterator[str]:
    """Run it with its books in a file and these goods; gives its URL, for KURV_GROCER_URL."""
    command = [sys.executable, "-m", "bot.grocers.simulator", "--database", str(database)]
    command += ["--catalogue", str(catalogue)]
    grocer = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert grocer.stdout is not None
        url = grocer.stdout.readline().strip()
        assert url, "the simulator did not start"
        yield url
    finally:
        grocer.terminate()
        grocer.wait(_STOP_SECONDS)
