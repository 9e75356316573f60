"""What the talk needs to know of the shop: the assortment, and how a phrase finds a product."""

from collections import defaultdict
from collections.abc import Sequence

from bot.ordering.basket import Basket
from bot.ordering.catalogue import Catalogue, Product
from bot.ordering.matcher import History, Match, Matcher
from bot.ordering.request import parse
from bot.ordering.synonyms import Synonyms
from bot.ordering.vocabulary import ProductVocabulary

NO_HISTORY = History()


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

    def find(self, phrase: str, history: History = NO_HISTORY) -> Match:
        """The product that a whole phrase means, an amount in it included ("seks egg")."""
        request = parse(phrase, self.vocabulary)
        if len(request.lines) == 1 and request.lines[0].phrase and not request.unaccounted:
            line = request.lines[0]
            return self.matcher.match(line.phrase, history, line.amount)
        return self.matcher.match(phrase, history)

    def in_basket(self, phrase: str, basket: Basket) -> Match:
        """Find the basket line that `phrase` names: only what lies in the basket can be meant."""
        return self.matcher.match_held(phrase, [line.product_id for line in basket.lines])


def _ware(product: Product) -> tuple[str, str]:
    return product.brand.casefold(), product.name.casefold()
