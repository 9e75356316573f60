"""What stands between "det var alt" and the read-back: goods that are sold out, one reminder."""

from dataclasses import replace

from bot.ordering import wording
from bot.ordering.basket import BasketLine
from bot.ordering.catalogue import Product, Restriction
from bot.ordering.gates import Verdict
from bot.ordering.kinds import Kind, kind_of
from bot.ordering.offer import REMINDER, SUBSTITUTE, Offer
from bot.ordering.reminders import due
from bot.ordering.substitutes import MOST_OFFERED, substitutes
from bot.ordering.talk import ProductQuestion
from bot.ordering.turn import Outcome, Turn

#: So many of the best substitutes are looked up at the grocer's; the first in stock are offered.
_LOOKED_UP = 5


def before_read_back(turn: Turn) -> Outcome | None:
    """What must be settled first; None when the basket can be read back.

    Raises:
        StockUnknown: the grocer must be asked first.
    """
    return _sold_out(turn) or _forgotten(turn)


def _sold_out(turn: Turn) -> Outcome | None:
    """Ask what may come instead of each line that cannot be had; without anything it goes out."""
    lines = turn.order.basket.lines
    in_stock = turn.about.personal.in_stock_of(line.product_id for line in lines)
    gone = [line for line in lines if line.product_id not in in_stock]
    if not gone:
        return None
    offers = {line.product_id: _candidates(turn, line) for line in gone}
    wanted = [each.product_id for found in offers.values() for each in found]
    can_come = turn.about.personal.in_stock_of(wanted)
    questions, left_out = [], []
    for line in gone:
        options = tuple(
            each.product_id for each in offers[line.product_id] if each.product_id in can_come
        )[:MOST_OFFERED]
        if options:
            questions.append(
                ProductQuestion(line.name, options, SUBSTITUTE, instead_of=line.product_id)
            )
        else:
            left_out.append(line)
    said = _take_out(turn, left_out)
    if questions:
        turn.talk = replace(turn.talk, questions=tuple(questions), finishing=True)
        return turn.end(said)
    if not turn.order.basket.lines:
        return turn.end([*said, wording.EMPTY], wording.WHAT)
    turn.before += said
    return None


def _candidates(turn: Turn, line: BasketLine) -> list[Product]:
    product = turn.shop.catalogue.get(line.product_id)
    personal = turn.about.personal
    if product is None or not personal.ask_substitutes:
        return []
    found = substitutes(
        product,
        line.quantity,
        turn.shop.catalogue,
        personal.needs,
        turn.about.history,
        leave_out={each.product_id for each in turn.order.basket.lines},
    )
    products = [each.product for each in found]
    return [each for each in products if turn.about.policy(each.restricted) != "block"][:_LOOKED_UP]


def _take_out(turn: Turn, lines: list[BasketLine]) -> list[str]:
    if not lines:
        return []
    basket = turn.order.basket
    for line in lines:
        basket = basket.remove(line.product_id)
    turn.remember()
    turn.order = turn.order.with_basket(basket)
    return [wording.sold_out([line.name for line in lines])]


def _forgotten(turn: Turn) -> Outcome | None:
    """Ask once in an order about what is usually bought about now and is not in the basket."""
    personal = turn.about.personal
    if turn.order.reminded or personal.today is None:
        return None
    catalogue = turn.shop.catalogue
    seen = {line.product_id for line in turn.order.basket.lines} | {*turn.talk.unwanted}
    seen |= {product_id for snapshot in turn.talk.undo for product_id, _ in snapshot.lines}
    kinds = {kind_of(product) for each in seen if (product := catalogue.get(each)) is not None}
    departments = {kind.department for kind in kinds}

    def remindable(product_id: str) -> Kind | None:
        """The kind of a ware that may be reminded of; anything near what was spoken of may not."""
        product = catalogue.get(product_id)
        if product is None or product.restricted is not Restriction.NONE:
            return None
        if personal.needs.of(product) is Verdict.CONTAINS:
            return None
        kind = kind_of(product)
        return None if kind.department in departments else kind

    found = due(personal.purchases(), personal.today, remindable, kinds)
    in_stock = personal.in_stock_of(each.product_id for each in found[:1])
    if not in_stock:
        return None
    best = found[0]
    product = catalogue[best.product_id]
    name = kind_of(product).name
    offer = Offer(REMINDER, name, ((best.product_id, best.quantity),), every_days=best.every_days)
    turn.order = turn.order.with_reminder()
    turn.talk = replace(turn.talk, questions=(offer,), finishing=True)
    return turn.end([])
