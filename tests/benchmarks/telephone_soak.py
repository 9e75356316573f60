"""Ten callers for half an hour: is the telephone as quick and as small at the end as at first?

Run as `python -m tests.benchmarks.telephone_soak [MINUTES]`; a line for each tenth of the time.
"""

from __future__ import annotations

import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from bot.settings import PACKAGED_DATA
from tests.benchmarks.calls import MEGABYTE, PHONES, stages
from tests.benchmarks.telephone_callers import Timed, at_once, percentile, spoken
from tests.end_to_end.telephone_service import KurvService
from tests.grocer_process import running_grocer

PARTS = 10


def main() -> None:
    """Measure and print."""
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 30.0
    sounds = spoken()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = stack.enter_context(
            running_grocer(folder / "grocer.db", PACKAGED_DATA / "catalogue.csv")
        )
        service = KurvService(folder, KURV_GROCER_URL=url)
        for number, phone in enumerate(PHONES):
            service.add_caller(f"r{number}", phone)
        with service:
            print("| part | calls | failed | reply p50 / p95 | late frames | memory |")
            print("| --- | --- | --- | --- | --- | --- |")
            for part in range(1, PARTS + 1):
                timed = Timed()
                calls = at_once(service, PHONES, sounds, timed, minutes * 60 / PARTS)
                late = sum(gap > 0.060 for gap in timed.gaps) / max(1, len(timed.gaps))
                print(
                    f"| {part} | {calls} | {len(timed.failures)} | "
                    f"{percentile(timed.replies, 50):.2f} / {percentile(timed.replies, 95):.2f} s "
                    f"| {100 * late:.2f} % | {service.memory() / MEGABYTE:.0f} MB |",
                    flush=True,
                )
            for name, (p50, p95, count) in stages("", service.metrics()).items():
                print(f"| {name}, p50 / p95 of {count} | {p50:g} / {p95:g} |")


if __name__ == "__main__":
    main()
