"""Tier: benchmark. How long reading a catalogue takes; the target is 8,000 products in a second.

Run from the repository: `.venv/bin/python -m tests.benchmarks.catalogue [products] [rounds]`.
The rows are the shipped catalogue's, repeated with new ids, barcodes, sizes and prices, so that no
cache makes it look faster than another grocer's file would be.
"""

import csv
import io
import sys
import time
from decimal import Decimal
from pathlib import Path

import yaml

from bot.ordering.catalogue import COLUMNS, Catalogue
from bot.ordering.sizes import parse_size
from bot.ordering.synonyms import Synonyms

DATA = Path(__file__).parents[2] / "bot" / "data"


def many_rows(products: int) -> list[str]:
    """The lines of a catalogue of this many products."""
    with (DATA / "catalogue.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for number in range(products):
        turn, row = number // len(rows), dict(rows[number % len(rows)])
        if turn:
            row["name"] += f" {turn + 1}"
            row["price"] = str(Decimal(row["price"]) + turn)
            row["size"] = f"{100 * turn + number % 997} g"
        row["product_id"] = f"b{number}"
        row["gtin"] = f"{2_900_000_000_000 + number}"
        writer.writerow(row)
    return out.getvalue().splitlines(keepends=True)


def main() -> int:
    """Prints the figures; exit status 1 when the target is missed."""
    products = int(sys.argv[1]) if len(sys.argv) > 1 else 8000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    lines = many_rows(products)
    seconds = []
    for _ in range(rounds):
        parse_size.cache_clear()
        start = time.perf_counter()
        catalogue = Catalogue.from_csv(lines, "benchmark")
        for product in catalogue:
            _ = product.content
        seconds.append(time.perf_counter() - start)
    print(f"catalogue: {len(catalogue)} products, sizes parsed, best of {rounds}: "
          f"{min(seconds) * 1000:.0f} ms, worst {max(seconds) * 1000:.0f} ms")  # fmt: skip
    start = time.perf_counter()
    data = yaml.load(
        (DATA / "synonyms.yml").read_text(encoding="utf-8"),
        Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader),
    )
    read = time.perf_counter() - start
    synonyms = Synonyms.from_mapping(data)
    total = time.perf_counter() - start
    print(f"synonyms: {len(synonyms)} entries, YAML {read * 1000:.0f} ms, "
          f"checked and indexed {(total - read) * 1000:.0f} ms")  # fmt: skip
    words = ["en", "pakke", "do", "papir", "og", "mjølk"]
    start = time.perf_counter()
    for _ in range(2000):
        synonyms.resolve(words)
    print(f"resolve, six words: {(time.perf_counter() - start) / 2000 * 1e6:.0f} microseconds")
    return 0 if min(seconds) <= products / 8000 else 1


if __name__ == "__main__":
    sys.exit(main())
