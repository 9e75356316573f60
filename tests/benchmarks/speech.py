"""Tier: benchmark. Building graphs of several sizes, loading them, hearing with them.

``python -m tests.benchmarks.speech`` prints a table; nothing here is a timed test.
"""

from __future__ import annotations

import csv
import resource
import tempfile
import time
from pathlib import Path

from audio.recognizer import VoskModel
from audio.speech_model import build, evaluate
from audio.speech_model.lexicon import nst_entries

CATALOGUE = Path(__file__).parents[2] / "bot" / "data" / "catalogue.csv"


def phrases(count: int) -> list[str]:
    """Return product names; beyond the shipped ones, made of other words of the lexicon."""
    with CATALOGUE.open(encoding="utf-8", newline="") as stream:
        found = [" ".join((row["brand"], row["name"])) for row in csv.DictReader(stream)]
    words = [word for word in nst_entries() if 5 <= len(word) <= 14]
    step = len(words) // (2 * count)
    for number in range(max(0, count - len(found))):
        found.append(f"{words[number * 2 * step]} {words[(number * 2 + 1) * step]}")
    return found[:count]


def megabytes(folder: Path) -> float:
    """Return the size of all files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def main() -> None:
    """Print the table."""
    print("products  words  build s  graph MB  load s  memory MB  word errors  real-time factor")
    for count in (500, 2996, 8000):
        with tempfile.TemporaryDirectory() as scratch:
            begun = time.perf_counter()
            folder = build(phrases(count), [], Path(scratch) / "model")
            built = time.perf_counter() - begun
            begun = time.perf_counter()
            VoskModel(folder)
            loaded = time.perf_counter() - begun
            words = len((folder / "graph" / "words.txt").read_text(encoding="utf-8").splitlines())
            found = evaluate(folder, limit=60)
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(
                f"{count:8d}  {words:5d}  {built:7.1f}  {megabytes(folder / 'graph'):8.1f}  "
                f"{loaded:6.2f}  {memory:9.0f}  {found.word_error_rate:11.1%}  "
                f"{found.real_time_factor:.3f}"
            )


if __name__ == "__main__":
    main()
