"""How fast and how steadily `kurv serve` answers the telephone: one call, then ten at once.

Run as `python -m tests.benchmarks.calls [SECONDS]` on a quiet machine. Replies are timed from
outside (last loud frame said -> first loud frame of the answer, the pause that is waited for
included) and by the service itself (`/metrics`). Prints the table of docs/benchmarks.md.
"""

from __future__ import annotations

import re
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from bot.settings import PACKAGED_DATA
from tests.benchmarks.telephone_callers import Timed, at_once, percentile, spoken
from tests.end_to_end.telephone_service import KurvService
from tests.grocer_process import running_grocer

PHONES = [f"+4799000{number:03}" for number in range(10)]
MEGABYTE = 2**20


def stages(before: str, after: str) -> dict[str, tuple[float, float, int]]:
    """p50 and p95 (upper edges of their buckets) and count of each histogram that has grown."""
    sample = re.compile(r'^(\w+)_bucket\{le="([^"]+)"(?:,stage="(\w+)")?\} (\S+)$', re.M)
    found: dict[str, list[tuple[float, float]]] = {}
    old = {(match[1], match[2], match[3]): float(match[4]) for match in sample.finditer(before)}
    for match in sample.finditer(after):
        name = f"{match[1]} {match[3] or ''}".strip()
        count = float(match[4]) - old.get((match[1], match[2], match[3]), 0.0)
        found.setdefault(name, []).append((float(match[2]), count))
    told = {}
    for name, buckets in found.items():
        total = buckets[-1][1]
        if total:
            p50, p95 = (
                next(edge for edge, count in buckets if count >= share * total)
                for share in (0.5, 0.95)
            )
            told[name] = (p50, p95, int(total))
    return told


def main() -> None:
    """Measure and print."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
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
            # The first call loads what is loaded lazily; it is not counted.
            at_once(service, PHONES[:1], sounds, Timed(), 0)
            alone = service.memory()
            for phones in (PHONES[:1], PHONES):
                timed, before = Timed(), service.metrics()
                calls = at_once(service, phones, sounds, timed, seconds)
                now = service.memory()
                print(f"\n## {len(phones)} at once: {calls} calls, {len(timed.replies)} replies")
                print(
                    f"| first word of the answer after the last word said, p50 / p95 | "
                    f"{percentile(timed.replies, 50):.2f} / {percentile(timed.replies, 95):.2f} s |"
                )
                for text, replies in timed.by_text.items():
                    print(
                        f"| after «{text}» | {percentile(replies, 50):.2f} / "
                        f"{percentile(replies, 95):.2f} s |"
                    )
                late = [gap for gap in timed.gaps if gap > 0.060]
                share = 100 * len(late) / max(1, len(timed.gaps))
                print(
                    f"| frames over 40 ms late | {len(late)} of {len(timed.gaps)}, {share:.2f} % |"
                )
                each = (now - alone) / MEGABYTE / max(1, len(phones) - 1)
                print(
                    f"| memory, and for each call above the first | "
                    f"{now / MEGABYTE:.0f} MB, {each:.1f} MB |"
                )
                for failure in timed.failures:
                    print(f"| failed | {failure} |")
                for name, (p50, p95, count) in stages(before, service.metrics()).items():
                    print(f"| {name}, p50 / p95 of {count} | {p50:g} / {p95:g} |")


if __name__ == "__main__":
    main()
