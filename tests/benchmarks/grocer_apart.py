"""The simulated grocer as a process of its own, as a real grocer is not within ours either."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.settings import PACKAGED_DATA

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def grocer_apart(database: Path) -> Iterator[str]:
    """Run it with its books in a file; gives its URL, for KURV_GROCER_URL."""
    command = [sys.executable, "-m", "bot.grocers.simulator", "--database", str(database)]
    command += ["--catalogue", str(PACKAGED_DATA / "catalogue.csv")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as grocer:
        try:
            assert grocer.stdout is not None
            yield grocer.stdout.readline().strip()
        finally:
            grocer.terminate()
