"""One voice for many calls: how long the first sound takes when ten ask at once, and its memory.

.venv/bin/python -m tests.benchmarks.many_voices [CALLS]
"""

from __future__ import annotations

import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from rich.console import Console
from rich.table import Table

from audio.synthesizer import EspeakSynthesizer
from tests.benchmarks.voice import REPLIES, percentiles


def memory(process: int | str = "self") -> float:
    """Resident memory of a process in MB."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmRSS"))


def main(calls: int) -> None:
    """Measure and print."""
    table = Table("calls at once", "first sound p50", "p95", "worker", "this process, more by")
    with EspeakSynthesizer() as voice:
        voice.speak("Hei.")
        before = memory()
        for count in sorted({1, calls}):
            together = threading.Barrier(count)

            def first(number: int, together: threading.Barrier = together) -> float:
                together.wait()
                begun = time.perf_counter()
                next(voice.stream(REPLIES[number % len(REPLIES)]))
                return time.perf_counter() - begun

            with ThreadPoolExecutor(count) as pool:
                waits = [wait for _ in range(20) for wait in pool.map(first, range(count))]
            middle, late = percentiles(waits)
            worker = voice._worker
            assert worker is not None
            table.add_row(
                str(count),
                f"{middle * 1000:.0f} ms",
                f"{late * 1000:.0f} ms",
                f"{memory(worker.pid):.0f} MB",
                f"{memory() - before:.1f} MB",
            )
    Console().print(table)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10)
