"""Tier: benchmark. How long reading a request takes: `python -m tests.benchmarks.requests`."""

import statistics
import time

from bot.data_files import load_shop
from bot.ordering.request import parse
from bot.settings import Settings

TURNS = {
    "12 words": "jeg vil ha to liter melk et grovbrød seks egg og kaffe takk",
    "no separators": "havregryn hvetemel sukker og salt",
    "chatter": "ja hei jeg lurte på om jeg kunne få litt kaffe og så melk den grønne to av dem",
    "10,000 characters": "nei ikke to liter melk men tre " * 323,
}


def main() -> None:
    """Print the median of each turn in milliseconds."""
    settings = Settings.from_environment()
    vocabulary = load_shop(settings.catalogue, settings.synonyms).vocabulary
    for name, text in TURNS.items():
        taken = []
        for _ in range(5 if len(text) > 1000 else 101):
            start = time.perf_counter()
            parse(text, vocabulary)
            taken.append(time.perf_counter() - start)
        print(f"{name:20} median {statistics.median(taken) * 1000:8.2f} ms")


if __name__ == "__main__":
    main()
