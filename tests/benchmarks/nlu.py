"""Compares the linear classifier with DIET: time, memory and accuracy on unseen sentences.

Run from the project's folder: `.venv/bin/python tests/benchmarks/nlu.py`. The figures stand in
docs/nlu-benchmark.md. Each pipeline is trained and measured in processes of its own.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SENTENCES = {
    kind: ROOT / "tests" / "benchmarks" / f"nlu_{kind}.yml" for kind in ("heldout", "unseen")
}
PIPELINES = {
    "linear": ROOT / "config.yml",
    "DIET": ROOT / "tests" / "benchmarks" / "nlu_diet.yml",
}
QUIET = {"TF_CPP_MIN_LOG_LEVEL": "3", "RASA_TELEMETRY_ENABLED": "false"}
ROUNDS = 3


def train(config: Path, folder: Path) -> dict[str, float]:
    """Train from nothing; returns seconds (of the clock, and of processors) and megabytes.

    Call it once in a process: what the children have used is counted together.
    """
    begun = time.perf_counter()
    done = subprocess.run(
        [
            sys.executable, "-m", "rasa", "train", "--config", str(config), "--domain",
            "domain.yml", "--data", "nlu_data", "--out", str(folder), "--fixed-model-name",
            "model", "--force",
        ],
        cwd=ROOT,
        env={**os.environ, **QUIET, "RASA_CACHE_DIRECTORY": str(folder / "cache")},
        capture_output=True,
        check=False,
    )  # fmt: skip
    if done.returncode != 0:
        sys.exit(done.stderr.decode()[-2000:])
    seconds = time.perf_counter() - begun
    # Linux counts in kilobytes; the largest child so far is the one that has just ended.
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "train_s": seconds,
        "train_cpu_s": used.ru_utime + used.ru_stime,
        "train_mb": used.ru_maxrss / 1024,
        "model_mb": _megabytes(folder / "model.tar.gz"),
    }


def measure(model: Path) -> dict[str, float]:
    """Load a model in this process and understand every sentence of the two sets."""
    import asyncio

    import yaml

    begun = time.perf_counter()
    from bot.rasa_agent import load_agent

    agent = load_agent(model)
    asyncio.run(agent.parse_message("hei"))
    load, load_cpu = time.perf_counter() - begun, time.process_time()
    loop = asyncio.new_event_loop()
    times: list[float] = []
    figures: dict[str, float] = {}
    for kind, path in SENTENCES.items():
        acts = yaml.safe_load(path.read_text(encoding="utf-8"))
        cases = [(str(text), act) for act, texts in acts.items() for text in texts]
        for text, _ in cases * (ROUNDS - 1):
            loop.run_until_complete(agent.parse_message(text))
        right = unsure = learned = 0
        for text, act in cases:
            start = time.perf_counter()
            intent = loop.run_until_complete(agent.parse_message(text))["intent"]
            times.append((time.perf_counter() - start) * 1000)
            right += intent["name"] == act
            unsure += intent["name"] == "nlu_fallback"
            learned += intent["confidence"] < 1.0
            if intent["name"] != act:
                print(f"{kind}: {act} -> {intent['name']}: {text}", file=sys.stderr)
        figures[f"{kind}_sentences"] = len(cases)
        figures[f"{kind}_right"] = right / len(cases)
        figures[f"{kind}_not_understood"] = unsure / len(cases)
        figures[f"{kind}_left_to_the_model"] = learned / len(cases)
    times.sort()
    return {
        "load_s": load,
        "load_cpu_s": load_cpu,
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "parse_p50_ms": statistics.median(times),
        "parse_p95_ms": times[int(len(times) * 0.95)],
        **figures,
    }


def _megabytes(path: Path) -> float:
    return path.stat().st_size / 1e6


def main() -> None:
    """Train and measure every pipeline that is named, or all; one JSON line each."""
    # This folder must not be searched for modules: its catalogue.py is not the one spaCy wants.
    sys.path[0] = str(ROOT)
    if sys.argv[1:2] == ["measure"]:
        print(json.dumps(measure(Path(sys.argv[2]))))
        return
    if not sys.argv[1:]:
        for name in PIPELINES:
            subprocess.run([sys.executable, __file__, name], cwd=ROOT, check=True)
    for name in sys.argv[1:]:
        with tempfile.TemporaryDirectory() as folder:
            figures = train(PIPELINES[name], Path(folder))
            done = subprocess.run(
                [sys.executable, __file__, "measure", f"{folder}/model.tar.gz"],
                cwd=ROOT,
                env={**os.environ, **QUIET, "PYTHONPATH": str(ROOT)},
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode != 0:
                sys.exit(done.stderr[-2000:])
            figures.update(json.loads(done.stdout.strip().splitlines()[-1]))
        rounded = {key: round(value, 3) for key, value in figures.items()}
        print(json.dumps({"pipeline": name, **rounded}), flush=True)


if __name__ == "__main__":
    main()
