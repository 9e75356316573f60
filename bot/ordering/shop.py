"""What the talk needs to know of the shop: the assortment, and how a phrase finds a product."""

from collections import defaultdict
from collections.abc import Sequence

from bot.ordering.basket import Basket
from bot.ordering.catalogue import Catalogue, Product
from bot.ordering.matcher import Match, Matcher
from bot.ordering.synonyms import Synonyms
from bot.ordering.vocabulary import ProductVocabulary


class Shop:
    """The catalogue with its index; built once, read by every talk."""

    def __init__(self, catalogue: Catalogue, synonyms: Synonyms) -> None:
        self.catalogue = catalogue
        self.synonyms = synonyms
        self.matcher = Matcher(catalogue, synonyms)
        self.vocabulary = ProductVocabulary(catalogue, synonyms, self.matcher.index)
        self._same_ware: dict[tuple[str, str], list[Product]] = defaultdict(list)
        for product in catalogue:
            self._same_ware[_ware(product)].append(product)

    def siblings(self, product: Product) -> Sequence[Product]:
        """The same ware of the same brand in all its pack sizes, `product` included."""
        return self._same_ware[_ware(product)]

    def in_basket(self, phrase: str, basket: Basket) -> Match:
        """Find the basket line that `phrase` names: only what lies in the basket can be meant."""
        return self.matcher.match_held(phrase, [line.product_id for line in basket.lines])


def _ware(product: Product) -> tuple[str, str]:
    return product.brand.casefold(), product.name.casefold()
