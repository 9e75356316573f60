"""Tier: benchmark. Other grocers' assortments, read from listings that are not in the repository.

The listings (JSON: title, subtitle, tags, price) are looked for in ``shared/data/catalogue`` beside
the checkout, or in the folder named by ``KURV_LISTINGS``. Nothing of them is committed; a benchmark
that finds none says so and goes on without.
"""

import json
import os
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

from bot.ordering.catalogue import Catalogue, Product

LISTINGS = Path(
    os.environ.get("KURV_LISTINGS", Path(__file__).parents[3] / "shared" / "data" / "catalogue")
)
NAMES = ("kolonial", "meny", "spar")

_SIZE = re.compile(
    r"(?<![\w,.])(?:\d+(?:[.,]\d+)?\s*x\s*)?\d+(?:[.,]\d+)?\s*"
    r"(?:kg|g|dl|cl|ml|l|stk|pk|pos|ruller?|rl|m|vask|par|poser)(?:\s*x\s*\d+)?\b",
    re.IGNORECASE,
)
_ORIGIN = re.compile(
    r"\b(?:norge|spania|italia|nederland|holland|colombia|guatemala|ecuador|costa rica|frankrike|"
    r"tyskland|polen|marokko|chile|peru|israel|sør-afrika|kenya|brasil|danmark|sverige|belgia)\b",
    re.IGNORECASE,
)


def available() -> tuple[str, ...]:
    """The listings that are at hand."""
    return tuple(name for name in NAMES if (LISTINGS / f"{name}.json").is_file())


def assortment(name: str) -> Catalogue:
    """One grocer's list as a catalogue."""
    rows = json.loads((LISTINGS / f"{name}.json").read_text("utf-8"))
    read = _by_commas if name == "kolonial" else _by_size
    return Catalogue(read(f"{name[0]}{number}", row) for number, row in enumerate(rows, start=1))


def everything() -> Catalogue:
    """All lists as one catalogue."""
    return Catalogue(each for name in available() for each in assortment(name))


def _product(product_id: str, row: dict[str, Any], name: str, brand: str, size: str) -> Product:
    tags = row.get("tags") or [""]
    price = Decimal(str(row["price"].get("price") or 0)).quantize(Decimal("0.01"))
    return Product(product_id, name.strip(), brand.strip(), size.strip(), "stk", price, tags[0])


def _by_commas(product_id: str, row: dict[str, Any]) -> Product:
    """ "Bananer | Colombia, 1 stk": what it is, where from, how much."""
    parts = [part.strip() for part in (row.get("subtitle") or "").split(", ")]
    size = parts.pop() if parts and _SIZE.search(parts[-1]) else ""
    said = [part for part in parts if part and not _ORIGIN.search(part)]
    return _product(product_id, row, " ".join((row["title"], *said)), "", size)


def _by_size(product_id: str, row: dict[str, Any]) -> Product:
    """ "Lettmelk | 1% 1l Tine": what it is, which kind, how much, whose."""
    subtitle = row.get("subtitle") or ""
    found = _SIZE.search(subtitle)
    if found is None:
        return _product(product_id, row, f"{row['title']} {subtitle}", "", "")
    name = f"{row['title']} {subtitle[: found.start()]}"
    brand = subtitle[found.end() :]
    return _product(product_id, row, name, brand, found.group())
