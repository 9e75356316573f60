"""The bot over the small shop of these dialogues; the bot itself is built in bot/evaluation."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.evaluation.bench import Bench
from bot.evaluation.bench import running_bench as running_bench_over

HERE = Path(__file__).resolve().parent
SHOP = HERE / "shop.csv"


@contextmanager
def running_bench(folder: Path) -> Iterator[Bench]:
    """A bot over the small shop, everything in `folder` but the trained model."""
    with running_bench_over(folder, SHOP) as bench:
        yield bench


__all__ = ["Bench", "running_bench"]
