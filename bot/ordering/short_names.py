"""Products called by what tells them apart: a question that is put again must be short."""

from collections.abc import Sequence

from bot.ordering.catalogue import Product


def short_names(products: Sequence[Product]) -> list[str]:
    """The shortest way of naming each of the products that no other of them shares.

    The name alone ("Grovbrød"), else the brand, else the size, else name and brand or size; in the
    order in which people speak of wares.
    """
    ways = (
        [each.name for each in products],
        [each.brand for each in products],
        [f"{each.brand} {each.name}".strip() for each in products],
        [each.size for each in products],
        [f"{each.name} {each.size}".strip() for each in products],
    )
    for names in ways:
        folded = {name.casefold() for name in names}
        if all(names) and len(folded) == len(products):
            return list(names)
    return [each.full_name for each in products]
