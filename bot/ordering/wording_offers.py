"""The questions about goods that are not in the basket (yet): offers, and what comes instead."""

from decimal import Decimal

from bot.ordering import wording, wording_personal
from bot.ordering.basket import Basket
from bot.ordering.catalogue import Catalogue
from bot.ordering.gatekeeper import Gatekeeper
from bot.ordering.gates import Verdict
from bot.ordering.offer import CONTAINS, REMINDER, Offer
from bot.ordering.personal import payable
from bot.ordering.substitutes import instead_of
from bot.ordering.talk import ProductQuestion


def offered(offer: Offer, catalogue: Catalogue, basket: Basket, gates: Gatekeeper) -> str:
    """An offer as it is asked, with what the basket costs by now."""
    if offer.kind == REMINDER:
        return wording_personal.forgotten(offer.phrase, offer.every_days)
    products = [(catalogue[product_id], quantity) for product_id, quantity in offer.lines]
    personal = gates.personal
    if offer.kind == CONTAINS:
        product = products[0][0]
        reasons = personal.needs.reasons(product, Verdict.CONTAINS)
        return wording_personal.contains(product.full_name, reasons)
    names = [wording.item(each.full_name, quantity, each.unit) for each, quantity in products]
    total = payable(gates.with_offer(basket, offer))
    return wording_personal.over_budget(names, total, personal.budget or Decimal(0))


def substitutes_for(question: ProductQuestion, catalogue: Catalogue, basket: Basket) -> str:
    """What is sold out, what can come instead, and how much dearer that is."""
    line = basket.line(question.instead_of or "")
    shown = [question.proposed] if question.proposed else question.options
    options = []
    for product_id in shown:
        product, dearer, name = catalogue[product_id], Decimal(0), catalogue[product_id].full_name
        if line is not None:
            coming = instead_of(catalogue[line.product_id], line.quantity, product)
            if coming is not None:
                dearer = coming.dearer
                if coming.quantity != line.quantity:
                    name = wording_personal.so_many(name, coming.quantity, product.unit)
        options.append((name, dearer))
    return wording_personal.instead(question.phrase, options)
