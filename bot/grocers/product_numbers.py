"""Which of the grocer's integers is which of our products.

The grocer numbers products with integers of its own. A product is found by its barcode, by our
product id as the grocer's article number, or by a name that only one product has; a pairing counts
only when the answer itself proves it, because a wrong one would put a wrong ware into a bag. What
was found is remembered until the grocer says that it does not know the number any more.
"""

import re

from bot.grocers.kolonial_http import KolonialHttp, Refused
from bot.grocers.kolonial_shapes import CartLine, Ware, read_ware, read_wares
from bot.ordering.catalogue import Catalogue, Product


class ProductNumbers:
    """Looks up the grocer's numbers and remembers them. Safe to use from several threads."""

    def __init__(self, http: KolonialHttp, catalogue: Catalogue) -> None:
        self._http = http
        self._catalogue = catalogue
        self._by_barcode = {_barcode(each.gtin): each for each in catalogue if each.gtin}
        self._numbers: dict[str, int] = {}
        self._products: dict[int, str] = {}

    def number_of(self, product_id: str) -> int | None:
        """The grocer's number of our product; None when the grocer does not have it.

        Raises:
            GrocerError: the grocer could not be asked.
        """
        known = self._numbers.get(product_id)
        if known is not None:
            return known
        ware = self._look_up(product_id)
        if ware is None:
            return None
        self._remember(product_id, ware.number)
        return ware.number

    def product_of(self, number: int) -> str:
        """Our id of a number that was looked up before, else ""."""
        return self._products.get(number, "")

    def recognise(self, ware: Ware) -> str:
        """Our id of something that the grocer showed; "" when it is not in our catalogue."""
        product = self._catalogue.get(ware.article_number)
        if product is None and ware.gtin:
            product = self._by_barcode.get(_barcode(ware.gtin))
        if product is None:
            return self.product_of(ware.number)
        self._remember(product.product_id, ware.number)
        return product.product_id

    def fits(self, line: CartLine) -> bool:
        """Whether what lies in the cart still is the product whose number we remembered.

        A grocer may give a number to another ware; what the cart says of itself shows it.
        """
        product_id = self.product_of(line.number)
        product = self._catalogue.get(product_id)
        if product is None or line.article_number == product_id:
            return True
        if line.article_number in self._catalogue:
            return False
        return not (line.gtin and product.gtin) or _barcode(line.gtin) == _barcode(product.gtin)

    def forget(self, number: int) -> None:
        """The grocer does not know this number any more."""
        product_id = self._products.pop(number, None)
        if product_id is not None:
            self._numbers.pop(product_id, None)

    def _remember(self, product_id: str, number: int) -> None:
        if self._products.get(number, product_id) != product_id:
            self.forget(number)  # it was another product's, before the grocer renumbered
        self._numbers[product_id] = number
        self._products[number] = product_id

    def _look_up(self, product_id: str) -> Ware | None:
        product = self._catalogue.get(product_id)
        if product is not None and product.gtin:
            ware = self._by_barcode_search(product)
            if ware is not None:
                return ware
        for each in self._search(product_id):
            if each.article_number == product_id:
                return each
        if product is None:
            return None
        same = [each for each in self._search(product.full_name) if _same_name(each, product)]
        if len(same) == 1:
            return same[0]
        return self._by_own_number(product)

    def _by_barcode_search(self, product: Product) -> Ware | None:
        found = self._search(product.gtin)
        for each in found:
            if each.article_number == product.product_id:
                return each
        proven = [each for each in found if _barcode(each.gtin) == _barcode(product.gtin)]
        if len(proven) == 1:
            return proven[0]
        # Older answers carry no barcode; a barcode search with one single hit needs none.
        return found[0] if len(found) == 1 and not found[0].gtin else None

    def _by_own_number(self, product: Product) -> Ware | None:
        """A catalogue that came from the grocer may use the grocer's numbers as they are."""
        if not product.product_id.isdecimal():
            return None
        try:
            ware = read_ware(self._http.get(f"products/{int(product.product_id)}/"))
        except Refused:
            return None
        return ware if _same_name(ware, product) else None

    def _search(self, query: str) -> list[Ware]:
        return read_wares(self._http.get("search/", params={"q": query}))


def _barcode(gtin: str) -> str:
    return gtin.strip().lstrip("0")


def _same_name(ware: Ware, product: Product) -> bool:
    theirs = _plain(ware.name if ware.size in ware.name else f"{ware.name} {ware.size}")
    ours = _plain(product.full_name)
    return sorted(set(theirs)) == sorted(set(ours))


def _plain(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())
