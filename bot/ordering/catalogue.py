"""The grocer's assortment: products known to be well formed, or an error that says why not.

A catalogue comes as CSV with the columns in `COLUMNS` and, where the grocer declares what is in its
goods, those in `OPTIONAL_COLUMNS`, in any order, comma or semicolon between them. It is read all or
nothing: one bad row refuses the file, and every bad row is named, so that a person can mend all of
them in one go.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from bot.errors import CatalogueError
from bot.ordering.allergens import read_declared
from bot.ordering.sizes import UNITS, Size, parse_size

__all__ = [
    "COLUMNS",
    "OPTIONAL_COLUMNS",
    "Catalogue",
    "Product",
    "Restriction",
    "Size",
    "parse_size",
]

COLUMNS = (
    "product_id",
    "name",
    "brand",
    "size",
    "unit",
    "price",
    "category",
    "gtin",
    "restricted",
    "deposit",
)
#: Columns that a catalogue may have besides. An empty cell says nothing, "ingen" says none.
OPTIONAL_COLUMNS = ("allergens", "suits")

#: An error text names this many bad rows and counts the rest: it must be readable in a terminal.
_SHOWN_PROBLEMS = 100


class Restriction(str, Enum):
    """Why a product may not be sold to everybody at any time."""

    NONE = ""
    ALCOHOL = "alcohol"
    TOBACCO = "tobacco"


_RESTRICTIONS: dict[str, Restriction] = {
    **dict.fromkeys(("", "0", "nei", "no", "false", "none", "ingen", "-"), Restriction.NONE),
    **dict.fromkeys(("alcohol", "alkohol", "øl", "true", "1", "ja", "yes"), Restriction.ALCOHOL),
    **dict.fromkeys(("tobacco", "tobakk", "snus"), Restriction.TOBACCO),
}


@dataclass(frozen=True, slots=True)
class Product:
    """One thing that can be put into a basket.

    Attributes:
        product_id: the grocer's id; unique in a catalogue.
        name: what it says on the shelf, without brand and size: "Lettmelk 1 %".
        brand: "" for wares without one (fruit, vegetables).
        size: as printed on the pack: "1 l", "400 g", "6 stk"; may be "".
        unit: how it is sold: "stk" (`price` is per pack) or "kg" (by weight, `price` per kg).
        price: in kroner, deposit not included.
        category: the department's name.
        gtin: the barcode; may be "".
        restricted: alcohol or tobacco, else `Restriction.NONE`.
        deposit: bottle deposit (pant) in kroner for one pack.
        allergens: keys of `bot.ordering.allergens` that the grocer declares; None: not declared.
        suits: the diets that the grocer declares it for; None: not declared.
    """

    product_id: str
    name: str
    brand: str
    size: str
    unit: str
    price: Decimal
    category: str
    gtin: str = ""
    restricted: Restriction = Restriction.NONE
    deposit: Decimal = Decimal("0.00")
    allergens: frozenset[str] | None = None
    suits: frozenset[str] | None = None

    @property
    def content(self) -> Size | None:
        """How much one pack holds, in base units; None when the size says no amount."""
        return parse_size(self.size)

    @property
    def full_name(self) -> str:
        """Brand, name and size in one, each said once: "Tine Lettmelk 1 % 1 l"."""
        parts = [self.name]
        if self.brand and not _says(self.name, self.brand):
            parts.insert(0, self.brand)
        if self.size and not _says(self.name, self.size):
            parts.append(self.size)
        return " ".join(parts)


def _says(text: str, part: str) -> bool:
    """Whether `part` already stands in `text` as whole words, in whatever case."""
    return f" {part.casefold()} " in f" {text.casefold()} "


class Catalogue:
    """All products of one grocer, by id; immutable, in the order of the file."""

    def __init__(self, products: Iterable[Product]) -> None:
        """Takes products whose ids are all different.

        Raises:
            CatalogueError: there is no product, or two have the same id.
        """
        self.products: tuple[Product, ...] = tuple(products)
        self._by_id: Mapping[str, Product] = {each.product_id: each for each in self.products}
        if not self.products:
            raise CatalogueError("Varekatalogen er tom.")
        if len(self._by_id) != len(self.products):
            raise CatalogueError("To varer i katalogen har samme varenummer.")

    @classmethod
    def from_csv(cls, lines: Iterable[str], source: str = "catalogue") -> "Catalogue":
        """Reads a catalogue from the lines of a CSV file.

        Args:
            lines: an open text file (utf-8; a byte order mark does no harm) or any lines.
            source: what to call the file in errors.

        Raises:
            CatalogueError: with every bad row, numbered as an editor numbers the lines.
        """
        products, problems = _Reader().read(lines)
        if problems:
            shown = "; ".join(problems[:_SHOWN_PROBLEMS])
            rest = len(problems) - _SHOWN_PROBLEMS
            more = f"; og {rest} feil til" if rest > 0 else ""
            raise CatalogueError(
                f"Varekatalogen «{source}» kan ikke brukes ({len(problems)} feil): {shown}{more}."
            )
        return cls(products)

    def get(self, product_id: str) -> Product | None:
        """The product with this id, or None."""
        return self._by_id.get(product_id)

    def __getitem__(self, product_id: str) -> Product:
        """The product with this id; KeyError when there is none."""
        return self._by_id[product_id]

    def __contains__(self, product_id: object) -> bool:
        return product_id in self._by_id

    def __len__(self) -> int:
        return len(self.products)

    def __iter__(self) -> Iterator[Product]:
        return iter(self.products)


_MONEY = re.compile(r"[+-]?\d{1,9}(?:[.,]\d{1,20})?")
_BARE_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_ZERO = Decimal("0.00")
_ORE = Decimal("0.01")


class _BadValue(ValueError):
    """One cell that cannot be used; the text is the Norwegian half-sentence that says why."""


class _Reader:
    """Reads rows and remembers where each id and barcode stood first."""

    def __init__(self) -> None:
        self._lines_of_ids: dict[str, int] = {}
        self._lines_of_gtins: dict[str, int] = {}

    def read(self, lines: Iterable[str]) -> tuple[list[Product], list[str]]:
        """All good products and all problems, each problem with its line number."""
        products: list[Product] = []
        problems: list[str] = []
        iterator = iter(lines)
        first = next(iterator, "").removeprefix("\ufeff")
        rows = csv.reader(_with_first(first, iterator), delimiter=_delimiter(first), strict=True)
        try:
            header = [name.strip().casefold() for name in next(rows, [])]
        except csv.Error as error:
            return [], [f"linje 1: overskriften er ikke gyldig CSV ({error})"]
        problems.extend(_header_problems(header))
        if problems:
            return [], problems
        line = rows.line_num + 1
        while True:
            try:
                row = next(rows)
            except StopIteration:
                break
            except csv.Error as error:
                problems.append(f"linje {line}: raden er ikke gyldig CSV ({error})")
                line = rows.line_num + 1
                continue
            if any(cell.strip() for cell in row):
                if len(row) == len(header):
                    cells = {name: cell.strip() for name, cell in zip(header, row, strict=True)}
                    product, bad = self._product(cells, line)
                    problems.extend(f"linje {line}: {problem}" for problem in bad)
                    if product:
                        products.append(product)
                else:
                    problems.append(f"linje {line}: {_count_problem(len(row), len(header))}")
            line = rows.line_num + 1
        if not products and not problems:
            problems.append("linje 2: det står ingen varer under overskriften")
        return products, problems

    def _product(self, cells: Mapping[str, str], line: int) -> tuple[Product | None, list[str]]:
        bad: list[str] = []
        product_id, gtin = cells["product_id"], cells["gtin"]
        if not product_id:
            bad.append("varenummeret (product_id) mangler")
        elif (earlier := self._lines_of_ids.setdefault(product_id, line)) != line:
            bad.append(f"varenummeret «{product_id}» står allerede på linje {earlier}")
        if not cells["name"]:
            bad.append("navnet (name) mangler")
        if gtin and not (gtin.isascii() and gtin.isdigit()):
            bad.append(f"strekkoden (gtin) «{gtin}» er ikke bare sifre")
        elif gtin and (earlier := self._lines_of_gtins.setdefault(gtin, line)) != line:
            bad.append(f"strekkoden (gtin) «{gtin}» står allerede på linje {earlier}")
        price = deposit = _ZERO
        try:
            price = _money(cells["price"], "prisen")
        except _BadValue as problem:
            bad.append(str(problem))
        try:
            deposit = _money(cells["deposit"], "panten (deposit)") if cells["deposit"] else _ZERO
        except _BadValue as problem:
            bad.append(str(problem))
        restricted = _RESTRICTIONS.get(cells["restricted"].casefold())
        if restricted is None:
            bad.append(
                f"restricted «{cells['restricted']}» er ukjent "
                "(skal være tom, «alcohol» eller «tobacco»)"
            )
        declared = {}
        for column in OPTIONAL_COLUMNS:
            try:
                declared[column] = read_declared(cells.get(column, ""), column == "suits")
            except ValueError as unknown:
                bad.append(f"{column} «{unknown}» er ukjent")
        if bad or restricted is None:
            return None, bad
        size, unit = _size_and_unit(cells["size"], cells["unit"])
        return (
            Product(
                product_id=product_id,
                name=cells["name"],
                brand=cells["brand"],
                size=size,
                unit=unit,
                price=price,
                category=cells["category"],
                gtin=gtin,
                restricted=restricted,
                deposit=deposit,
                **declared,
            ),
            bad,
        )


def _with_first(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


def _delimiter(header: str) -> str:
    """Spreadsheets in Norwegian write semicolons, because the comma is the decimal sign."""
    return ";" if header.count(";") > header.count(",") else ","


def _header_problems(header: list[str]) -> list[str]:
    problems = [f"linje 1: kolonnen «{name}» mangler" for name in COLUMNS if name not in header]
    problems.extend(
        f"linje 1: kolonnen «{name}» står {header.count(name)} ganger"
        for name in (*COLUMNS, *OPTIONAL_COLUMNS)
        if header.count(name) > 1
    )
    return problems


def _count_problem(cells: int, columns: int) -> str:
    hint = " (et felt med komma i må stå i anførselstegn)" if cells > columns else ""
    return f"{cells} felter, men overskriften har {columns}{hint}"


def _money(text: str, what: str) -> Decimal:
    """Kroner from "19.90", "19,90" or "20"."""
    if not text:
        raise _BadValue(f"{what} mangler")
    if not _MONEY.fullmatch(text) or not text.isascii():
        raise _BadValue(f"{what} «{text}» er ikke et tall")
    amount = Decimal(text.replace(",", "."))
    if amount < 0:
        raise _BadValue(f"{what} «{text}» er negativ")
    if amount != amount.quantize(_ORE):
        raise _BadValue(f"{what} «{text}» har mer enn to desimaler")
    return amount.quantize(_ORE)


def _size_and_unit(size: str, unit: str) -> tuple[str, str]:
    """What is printed on the pack, and whether it is sold by the piece or by weight.

    Some grocers divide the pack's size over both columns ("1" and "l"): then it is a pack of one
    litre, sold by the piece. "kg" without a number is a ware that is weighed.
    """
    unit = unit.casefold().rstrip(".")
    if _BARE_NUMBER.fullmatch(size):
        measure = unit if unit in UNITS else "stk"
        # "1 stk" says nothing that "stk" does not say.
        whole = "" if measure == "stk" and size == "1" else f"{size} {measure}"
        return whole, "stk"
    return size, "kg" if unit in ("kg", "kilo", "kr/kg", "løsvekt") else "stk"
