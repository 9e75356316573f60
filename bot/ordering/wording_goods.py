"""Answers to questions about goods, as they are said; see `bot.ordering.wording`."""

from collections.abc import Sequence
from decimal import Decimal

from bot.ordering.catalogue import Product
from bot.ordering.wording import digits, join, money, price

OFFERS_UNKNOWN = "Hva som er på tilbud, vet jeg dessverre ikke."
FACT_UNKNOWN = "Det vet jeg ikke sikkert; det står på pakken, og hjemmehjelpen kan sjekke det."
CARRIAGE_LATER = "Hva leveringen koster, bestemmer butikken; du får vite det når den er bestilt."
NOTHING_MEANT = "Hvilken vare tenker du på?"
WANT_ONE = "Vil du ha den?"
WANT_ANY = "Vil du ha en av dem?"
WANT_INSTEAD = "Vil du ha den i stedet?"


def prices(products: Sequence[Product]) -> str:
    """What products cost, in one sentence."""
    return f"{join([_price(each) for each in products])}."


def _price(product: Product) -> str:
    return price(product.full_name, product.price, product.deposit, product.unit)


def we_have(products: Sequence[Product], lead: str = "Ja, vi har") -> str:
    """The goods with their prices: `Ja, vi har A til 69,90 kroner.`"""
    return f"{lead} {join([_with_price(each) for each in products])}."


def _with_price(product: Product) -> str:
    per = " kiloen" if product.unit == "kg" else ""
    return f"{product.full_name} til {money(product.price)}{per}"


def we_have_not(phrases: Sequence[str]) -> str:
    """Goods that the shop does not have."""
    return f"Nei, {join([f'«{each}»' for each in phrases])} har vi dessverre ikke."


def sizes(products: Sequence[Product]) -> str:
    """How big the packs are."""
    return f"{join([_size(each) for each in products])}."


def _size(product: Product) -> str:
    name = f"{product.brand} {product.name}".strip()
    if product.unit == "kg":
        return f"{product.name} selges etter vekt"
    size = product.size.replace(".", ",")
    return f"{name} er på {size}" if product.size else f"{name} har ingen oppgitt størrelse"


def cheaper(product: Product) -> str:
    """A ware that costs less."""
    return we_have([product])


def cheapest(product: Product) -> str:
    """The ware that costs least."""
    return f"Billigst er {_with_price(product)}."


def none_cheaper(product: Product) -> str:
    """Nothing of the kind costs less."""
    return f"Nei, {_with_price(product)} er den billigste vi har."


def no_other_size(product: Product, bigger: bool) -> str:
    """There is no bigger (or smaller) pack."""
    return f"Nei, {product.full_name} er den {'største' if bigger else 'minste'} vi har."


def none_within(phrase: str, limit: Decimal, nearest: Product) -> str:
    """Nothing of the kind is as cheap as was asked for."""
    return f"«{phrase}» til {digits(limit)} kroner har vi ikke; billigst er {_with_price(nearest)}."


def what_within(limit: Decimal) -> str:
    """Asked when only a price was named."""
    return f"Hva slags vare til {digits(limit)} kroner tenker du på?"
