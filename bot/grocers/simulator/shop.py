"""The simulated grocer's assortment: a catalogue, with integer ids and availability.

The real grocer numbers its products with integers that mean nothing to us. So does this one: each
product of the catalogue gets the next free integer the first time it is seen and keeps it for ever
(table `products`). Our own product id is the grocer's `article_number`; a client finds the integer
by searching for the barcode or for the article number.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.engine import Connection, Engine

from bot.grocers.simulator.errors import ApiError
from bot.grocers.simulator.tables import products
from bot.ordering.catalogue import Catalogue, Product

FIRST_ID = 20_000
SEARCH_LIMIT = 50

#: Codes that the real grocer uses for a product's availability.
AVAILABILITY = (
    "available",
    "available_later",
    "not_for_sale",
    "restricted_item_user_policy",
    "sold_out",
    "sold_out_partial",
    "sold_out_supplier",
    "unavailable_alcohol_time",
    "unavailable_temporarily",
    "unavailable_unattended",
    "unavailable_weekday",
    "unknown",
)


class Shop:
    """What is sold, under which integer, and whether it can be had."""

    def __init__(self, engine: Engine, catalogue: Catalogue) -> None:
        self._engine = engine
        self.catalogue = catalogue
        with engine.begin() as connection:
            self._give_ids(connection)
            rows = connection.execute(select(products.c.id, products.c.article_number)).all()
        self.ids = {row.article_number: row.id for row in rows if row.article_number in catalogue}
        self.by_id = {number: catalogue[article] for article, number in self.ids.items()}
        names = dict.fromkeys(each.category or "Annet" for each in catalogue)
        self._categories = {name: 100 + index for index, name in enumerate(names)}
        self._barcodes: dict[str, list[int]] = {}
        for each in catalogue:
            if each.gtin:
                self._barcodes.setdefault(each.gtin.lstrip("0"), []).append(
                    self.ids[each.product_id]
                )
        self._words = {
            number: f" {each.full_name} {each.brand} {each.category}".casefold()
            for number, each in self.by_id.items()
        }

    def _give_ids(self, connection: Connection) -> None:
        known = set(connection.execute(select(products.c.article_number)).scalars())
        last = connection.execute(select(func.max(products.c.id))).scalar() or FIRST_ID
        missing = [each.product_id for each in self.catalogue if each.product_id not in known]
        if missing:
            connection.execute(
                products.insert(),
                [{"id": last + n, "article_number": each} for n, each in enumerate(missing, 1)],
            )

    def product(self, number: int) -> Product:
        """The product with this integer.

        Raises:
            ApiError: 404.
        """
        found = self.by_id.get(number)
        if found is None:
            raise ApiError(404, "product_not_found", product_ids=[number])
        return found

    def set_availability(self, connection: Connection, number: int, code: str) -> None:
        """Say that a product can be had ("available") or why not."""
        connection.execute(
            products.update().where(products.c.id == number).values(availability=code)
        )

    def availability(self, connection: Connection, numbers: Sequence[int]) -> dict[int, str]:
        """The availability code of each of these products."""
        rows = connection.execute(
            select(products.c.id, products.c.availability).where(products.c.id.in_(numbers))
        )
        return {row.id: row.availability for row in rows}

    def describe(self, numbers: Sequence[int]) -> list[dict[str, Any]]:
        """Products as the API shows them."""
        with self._engine.begin() as connection:
            codes = self.availability(connection, numbers)
        return [self.shape(number, codes[number]) for number in numbers]

    def detail(self, number: int) -> dict[str, Any]:
        """One product with everything that the API knows about it.

        Raises:
            ApiError: 404.
        """
        product = self.product(number)
        shown = self.describe([number])[0]
        shown["bottle_deposit"] = (
            {"is_included_in_price": False, "fee": f"{product.deposit:.2f}"}
            if product.deposit
            else None
        )
        shown["is_restricted"] = bool(product.restricted.value)
        shown["alternative_products"] = []
        return shown

    def shape(self, number: int, code: str) -> dict[str, Any]:
        """One product in the newer web API's shape."""
        product = self.by_id[number]
        content = product.content
        unit, unit_price = "stk", product.price
        if product.unit == "kg":
            unit = "kg"
        elif content is not None and content.amount > 0:
            unit, unit_price = content.unit, product.price / content.amount
        return {
            "id": number,
            "article_number": product.product_id,
            "gtin": product.gtin or None,
            "full_name": product.full_name,
            "brand": product.brand or None,
            "name": product.name,
            "name_extra": product.size,
            "gross_price": f"{product.price:.2f}",
            "gross_unit_price": f"{unit_price:.2f}",
            "unit_price_quantity_abbreviation": unit,
            "currency": "NOK",
            "discount": None,
            "availability": {
                "is_available": code == "available",
                "code": code,
                "description": "" if code == "available" else "Ikke tilgjengelig",
            },
            "images": [],
        }

    def categories(self) -> list[dict[str, Any]]:
        """One parent with all departments as its children, as products lie under children only."""
        children = [{"id": number, "name": name} for name, number in self._categories.items()]
        return [{"id": 1, "name": "Alle varer", "children": children}]

    def category(self, number: int) -> dict[str, Any]:
        """A department with its products; the parent has none.

        Raises:
            ApiError: 404.
        """
        if number == 1:
            return {**self.categories()[0], "products": []}
        for name, each in self._categories.items():
            if each == number:
                inside = [
                    self.ids[product.product_id]
                    for product in self.catalogue
                    if (product.category or "Annet") == name
                ]
                return {
                    "id": number,
                    "name": name,
                    "parent": 1,
                    "children": [],
                    "products": self.describe(inside),
                }
        raise ApiError(404, "category_not_found")

    def search(self, query: str) -> list[dict[str, Any]]:
        """Products for a barcode, an article number, or words that must all occur."""
        text = query.strip()
        if text.isdigit() and (hits := self._barcodes.get(text.lstrip("0"))):
            return self.describe(hits)
        if text in self.ids:
            return self.describe([self.ids[text]])
        words = re.findall(r"\w+", text.casefold())
        if not words:
            return []
        hits = [
            number for number, said in self._words.items() if all(word in said for word in words)
        ]
        # A word that begins a name beats one that stands inside another: "melk" before "kokosmelk".
        hits.sort(key=lambda number: -sum(f" {word}" in self._words[number] for word in words))
        return self.describe(hits[:SEARCH_LIMIT])


def line_sum(product: Product, milli: int) -> Decimal:
    """Kroner for so many thousandths of a pack or kilogram, deposit not included."""
    return (product.price * milli / 1000).quantize(Decimal("0.01"))


def deposit_sum(product: Product, milli: int) -> Decimal:
    """The bottle deposit on so many thousandths of a pack, in kroner."""
    return (product.deposit * milli / 1000).quantize(Decimal("0.01"))
