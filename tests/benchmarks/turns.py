"""Measures whole text turns in one process: Rasa, service, store and a grocer over HTTP.

Run from the project's folder: `.venv/bin/python tests/benchmarks/turns.py [PEOPLE]`. The shipped
catalogue, a new database, the trained model. The figures stand in docs/nlu-benchmark.md.
"""

from __future__ import annotations

import os
import resource
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

#: One person's talk: every kind of turn, ending in a submitted order.
TALK = """
hei
jeg vil ha to liter lettmelk et grovbrød og seks egg
den første
og så litt kokmalt kaffe
den billigste
tre bokser makrell i tomat
nei jeg mente to
ta bort makrellen
angre
hva har jeg i kurven
hva koster kaffen
hva sa du
en halv kilo kjøttdeig
den første
poteter gulrøtter og løk
den første
den første
den første
når kommer varene
snakk litt saktere
hvordan blir været i morgen
hjelp
det var alt
ja
ja
takk
""".strip().splitlines()


def main() -> None:
    """Print one line of figures."""
    sys.path[0] = str(ROOT)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    begun = time.perf_counter()
    from bot.dialogue import RasaDialogue
    from bot.parts import running_parts
    from bot.settings import Settings
    from bot.training import ensure_model

    own = Settings.from_environment()
    model = ensure_model(own.state_dir)
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder)
        settings = replace(own, state_dir=state, database_url=f"sqlite:///{state / 'kurv.db'}")
        with running_parts(settings) as parts:
            dialogue = RasaDialogue.load(model, parts.service)
            dialogue.say("first", "hei")
            print(f"load {time.perf_counter() - begun:.1f} s, {time.process_time():.1f} s of CPU")
            times: dict[str, list[float]] = {text: [] for text in TALK}
            for person in range(int(sys.argv[1]) if sys.argv[1:] else 20):
                for text in TALK:
                    start = time.perf_counter()
                    dialogue.say(f"p{person}", text)
                    times[text].append((time.perf_counter() - start) * 1000)
            dialogue.close()
    every = sorted(value for values in times.values() for value in values)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{len(every)} turns: p50 {statistics.median(every):.0f} ms, "
        f"p95 {every[int(len(every) * 0.95)]:.0f} ms, longest {every[-1]:.0f} ms; {peak:.0f} MB"
    )
    slowest = sorted(times, key=lambda text: -statistics.median(times[text]))[:4]
    for text in slowest:
        print(f"  {statistics.median(times[text]):4.0f} ms  {text}")


if __name__ == "__main__":
    main()
