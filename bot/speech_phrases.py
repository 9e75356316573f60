"""What the recogniser must be able to hear: the shop's words as people say them."""

import re

from bot.ordering.shop import Shop

_PRINTED_ONLY = re.compile(r"\([^)]*\)|[®™]")


def product_phrases(shop: Shop) -> list[str]:
    """Names, brands and sayings of the shop, each once, in a stable order.

    Sizes stay out of the names: people say "to liter lettmelk", and the patterns of the speech
    model know amounts already.
    """
    phrases: dict[str, None] = {}
    for product in shop.catalogue:
        name = _PRINTED_ONLY.sub(" ", product.name).strip()
        brand = product.brand.strip()
        phrases[name] = None
        if brand:
            phrases[brand] = None
            if brand.casefold() not in name.casefold():
                phrases[f"{brand} {name}"] = None
    for words in (*shop.synonyms.phrases, *((word,) for word in sorted(shop.synonyms.known_words))):
        phrases[" ".join(words)] = None
    return [phrase for phrase in phrases if phrase]
