"""Measures whole text turns in one process: Rasa, service, store and a grocer over HTTP.

Run from the project's folder: `.venv/bin/python tests/benchmarks/turns.py [PEOPLE] [--stages]`. The
shipped catalogue, a new database, the trained model. With `--stages` it also tells where the time
goes. The figures stand in docs/benchmarks.md.
"""

from __future__ import annotations

import inspect
import os
import resource
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

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


class Stages:
    """Milliseconds spent in the stages of a turn, by wrapping the functions that they begin with.

    Nested calls of one stage count once; what a stage calls of another is taken off in `rows`.
    """

    def __init__(self) -> None:
        self.turns: list[dict[str, float]] = []
        self._now: dict[str, float] = {}
        self._depth: dict[str, int] = {}
        self._lock = threading.Lock()

    def wrap(self, owner: Any, name: str, stage: str) -> None:
        """Time every call of `owner.name`, a function or a coroutine function."""
        plain = getattr(owner, name)
        if inspect.iscoroutinefunction(plain):

            async def timed_async(*args: Any, **kwargs: Any) -> Any:
                with self._timed(stage):
                    return await plain(*args, **kwargs)

            setattr(owner, name, timed_async)
            return

        def timed(*args: Any, **kwargs: Any) -> Any:
            with self._timed(stage):
                return plain(*args, **kwargs)

        setattr(owner, name, timed)

    @contextmanager
    def _timed(self, stage: str) -> Iterator[None]:
        with self._lock:
            self._depth[stage] = self._depth.get(stage, 0) + 1
            outermost = self._depth[stage] == 1
        start = time.perf_counter()
        try:
            yield
        finally:
            spent = (time.perf_counter() - start) * 1000
            with self._lock:
                self._depth[stage] -= 1
                if outermost:
                    self._now[stage] = self._now.get(stage, 0.0) + spent

    def end_turn(self, whole: float) -> None:
        """Keep what the turn that is over has taken, `whole` milliseconds in all."""
        self.turns.append({**self._now, "whole": whole})
        self._now = {}

    def rows(self) -> list[tuple[str, float, float]]:
        """(stage, p50, p95) of what each stage took by itself."""
        within = {
            "Rasa: tokens, classes, intent": lambda t: t["nlu"],
            "Rasa: tracker, policy, action": lambda t: t["whole"] - t["nlu"] - t["service"],
            "store, and the grocer at the end": lambda t: t["service"] - t["talk"],
            "reading the request": lambda t: t["parse"],
            "matching": lambda t: t["match"],
            "what is said": lambda t: t["wording"],
            "the rest of the talk": lambda t: t["talk"] - t["parse"] - t["match"] - t["wording"],
            "the whole turn": lambda t: t["whole"],
        }
        stages = ("nlu", "service", "talk", "parse", "match", "wording", "whole")
        filled = [{stage: turn.get(stage, 0.0) for stage in stages} for turn in self.turns]
        rows = []
        for name, part in within.items():
            values = sorted(max(part(turn), 0.0) for turn in filled)
            rows.append((name, statistics.median(values), values[int(len(values) * 0.95)]))
        return rows


def _observe(stages: Stages) -> None:
    """Wrap the beginning of each stage."""
    from rasa.core.processor import MessageProcessor

    from bot.ordering import turn, wording
    from bot.ordering.conversation import Conversation
    from bot.ordering.matcher import Matcher
    from bot.service import Service

    stages.wrap(MessageProcessor, "parse_message", "nlu")
    stages.wrap(Service, "handle", "service")
    stages.wrap(Conversation, "handle", "talk")
    stages.wrap(turn, "parse", "parse")
    for name in ("match", "match_held", "all_like"):
        stages.wrap(Matcher, name, "match")
    for name, member in vars(wording).items():
        if inspect.isfunction(member) and not name.startswith("_"):
            stages.wrap(wording, name, "wording")


def main() -> None:
    """Print the figures, with `--stages` also where the time goes."""
    arguments = [each for each in sys.argv[1:] if each != "--stages"]
    stages = Stages() if "--stages" in sys.argv else None
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
            if stages is not None:
                _observe(stages)
            print(f"load {time.perf_counter() - begun:.1f} s, {time.process_time():.1f} s of CPU")
            times: dict[str, list[float]] = {text: [] for text in TALK}
            for person in range(int(arguments[0]) if arguments else 20):
                for text in TALK:
                    start = time.perf_counter()
                    dialogue.say(f"p{person}", text)
                    spent = (time.perf_counter() - start) * 1000
                    times[text].append(spent)
                    if stages is not None:
                        stages.end_turn(spent)
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
    for name, middle, slow in stages.rows() if stages is not None else ():
        print(f"| {name} | {middle:.1f} | {slow:.1f} |")


if __name__ == "__main__":
    main()
