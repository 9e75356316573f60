"""Questions that change nothing: the basket, a price, when the goods come."""

from bot.ordering import wording
from bot.ordering.catalogue import Product
from bot.ordering.delivery import read_wish
from bot.ordering.matcher import Certain, Choice
from bot.ordering.talk import Effect
from bot.ordering.turn import Outcome, Turn


def basket(turn: Turn) -> Outcome:
    """What lies in the basket, or what was sent last."""
    sent = turn.about.submitted
    if sent is not None:
        return turn.end([f"Bestilt er {wording.lines(sent.basket)}."])
    return turn.end([wording.contents(turn.order.basket)])


def delivery(turn: Turn, text: str) -> Outcome:
    """When the goods come; a wish that is named is kept."""
    wish = read_wish(text)
    sent = turn.about.submitted
    if wish is None and sent is not None and sent.arrives is not None:
        return turn.end([wording.delivery(*sent.arrives)], question="")
    if wish is not None:
        turn.order = turn.order.with_delivery(wish)
        turn.effects.append(Effect("delivery", wish))
    when = turn.about.delivery(wish)
    if when is not None:
        return turn.end([when])
    noted = [wording.delivery_noted(wish)] if wish is not None else []
    return turn.end([*noted, wording.DELIVERY_UNKNOWN])


def price(turn: Turn, text: str) -> Outcome:
    """What a product costs, or the whole basket when none is named."""
    request = turn.parse(text)
    phrases = [line.phrase for line in request.lines if line.phrase]
    phrases = phrases or [asked for _, _, asked in request.questions]
    if not phrases:
        return turn.end([wording.contents(turn.order.basket)])
    prices, missing = [], []
    for phrase in phrases:
        match = turn.shop.matcher.match(phrase, turn.about.history)
        found = match.candidates[:1] if isinstance(match, Certain) else match.candidates
        if isinstance(match, Certain | Choice):
            prices += [_price_of(candidate.product) for candidate in found]
        else:
            missing.append(phrase)
    sentences = [f"{wording.join(prices)}."] if prices else []
    if missing:
        sentences.append(wording.not_found(missing))
    return turn.end(sentences)


def _price_of(product: Product) -> str:
    return wording.price(product.full_name, product.price, product.deposit, product.unit)
