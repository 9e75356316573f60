"""How long an order takes to reach a grocer: the Kolonial client against the simulated grocer.

Run from the project's root: `.venv/bin/python -m tests.benchmarks.grocer [--orders 100]`. Both ends
run in this process, so the figures are the sum of both; a real grocer adds its network.
"""

import argparse
import statistics
import tempfile
import time
from decimal import Decimal
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from bot.grocers.kolonial import KolonialGrocer
from bot.grocers.simulator import running
from bot.ordering.catalogue import Catalogue, Product

PRODUCTS = 8_000
LINES = 20


def assortment(size: int) -> Catalogue:
    """So many products, half of them with a barcode."""
    return Catalogue(
        Product(
            product_id=f"p{n}",
            name=f"Vare nummer {n}",
            brand="Merke",
            size="1 l",
            unit="stk",
            price=Decimal("19.90"),
            category=f"Avdeling {n % 20}",
            gtin=f"{7030000000000 + n}" if n % 2 else "",
        )
        for n in range(size)
    )


def main() -> None:
    """Measure and print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=100)
    orders = parser.parse_args().orders
    catalogue = assortment(PRODUCTS)
    first: list[float] = []
    again: list[float] = []
    repeated: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        with running(Path(folder) / "shop.db", catalogue) as shop:
            start_up = time.perf_counter() - began
            client = KolonialGrocer(shop.url, catalogue)
            for n in track(range(orders), "Orders", console=Console(stderr=True)):
                lines = [(f"p{(n * 37 + line) % PRODUCTS}", Decimal(2)) for line in range(LINES)]
                first.append(_timed(client, f"first{n}:1", f"r{n}", lines))
                again.append(_timed(client, f"again{n}:1", f"r{n}", lines))
                repeated.append(_timed(client, f"again{n}:1", f"r{n}", lines))
            client.close()
    table = Table(title=f"{orders} orders of {LINES} lines, {PRODUCTS} products")
    for heading in ("What", "p50 ms", "p95 ms"):
        table.add_column(heading)
    for what, seconds in (
        ("order with products never seen and a new login", first),
        ("order with products that are known", again),
        ("the same order once more (found, not placed)", repeated),
    ):
        p95 = statistics.quantiles(seconds, n=20)[-1]
        table.add_row(what, f"{statistics.median(seconds) * 1000:.0f}", f"{p95 * 1000:.0f}")
    console = Console()
    console.print(table)
    console.print(f"Simulator with a new database ready after {start_up:.2f} s.")


def _timed(
    client: KolonialGrocer, key: str, recipient: str, lines: list[tuple[str, Decimal]]
) -> float:
    began = time.perf_counter()
    client.submit(key, recipient, lines, "torsdag kveld")
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
