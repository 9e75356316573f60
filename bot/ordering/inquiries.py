"""Questions that change nothing: the basket, goods and their prices, when the goods come.

What a question about goods was answered with stays in mind (`Talk.shown`), so that "ja, ta den" and
"den billigste" mean it; see `bot.ordering.references`.
"""

from collections.abc import Sequence
from dataclasses import replace

from bot.ordering import wording, wording_goods
from bot.ordering.asking import Ask, Inquiry
from bot.ordering.catalogue import Product
from bot.ordering.delivery import read_wish
from bot.ordering.match import MAX_OPTIONS
from bot.ordering.matcher import Certain, Unknown
from bot.ordering.order import Status
from bot.ordering.talk import AmountQuestion, Effect, ProductQuestion, Shown
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
    if when is not None and wish is not None and wish.split()[0] not in when.casefold():
        return turn.end([wording.day_not_possible(wish), when])
    if when is not None:
        return turn.end([when])
    noted = [wording.delivery_noted(wish)] if wish is not None else []
    return turn.end([*noted, wording.DELIVERY_UNKNOWN])


def price(turn: Turn, text: str) -> Outcome:
    """A question about a price that was not read as one about goods: what is named, or all."""
    request = turn.parse(text)
    named = [line.phrase for line in request.lines if line.phrase]
    phrases = [phrase for phrase in named if turn.sold(phrase)]
    return reply(turn, [Inquiry(Ask.PRICE, tuple(phrases), all_of_it=not phrases)])


def reply(turn: Turn, inquiries: Sequence[Inquiry]) -> Outcome:
    """Answer questions about goods; the last one's goods may be taken in the next turn."""
    turn.talk = replace(turn.talk, finishing=False)
    sentences, shown = told(turn, inquiries)
    turn.talk = replace(turn.talk, shown=shown)
    return turn.end(sentences, _offer(turn, shown))


def told(turn: Turn, inquiries: Sequence[Inquiry]) -> tuple[list[str], Shown | None]:
    """What is said to the questions, and what "den" means after it."""
    sentences: list[str] = []
    shown: Shown | None = None
    for inquiry in inquiries:
        said, meant = _told(turn, inquiry)
        sentences += said
        shown = meant or shown
    return sentences, shown


def _offer(turn: Turn, shown: Shown | None) -> str | None:
    """The question that ends the turn: whether the goods are wanted, when we offered them."""
    if shown is None or not shown.offered or turn.order.status is Status.READ_BACK:
        return None
    if shown.instead_of:
        return wording_goods.WANT_INSTEAD
    return wording_goods.WANT_ONE if len(shown.options) == 1 else wording_goods.WANT_ANY


def _told(turn: Turn, inquiry: Inquiry) -> tuple[list[str], Shown | None]:
    if inquiry.kind is Ask.OFFERS:
        return [wording_goods.OFFERS_UNKNOWN], None
    if inquiry.kind is Ask.FACT:
        return [wording_goods.FACT_UNKNOWN], None
    if inquiry.kind is Ask.DELIVERY_PRICE:
        return [wording_goods.CARRIAGE_LATER], None
    if inquiry.kind is Ask.HELD:
        return _held(turn, inquiry), None
    if inquiry.all_of_it:
        return [wording.contents(turn.order.basket)], None
    if inquiry.kind in (Ask.CHEAPER, Ask.CHEAPEST, Ask.BIGGER, Ask.SMALLER):
        return _compared(turn, inquiry)
    if not inquiry.phrases:
        return _of_reference(turn, inquiry)
    products: list[Product] = []
    missing: list[str] = []
    for phrase in inquiry.phrases:
        found = _named(turn, phrase, inquiry)
        products += [each for each in found if each not in products]
        if not found:
            missing.append(phrase)
    return _described(turn, inquiry, products, missing)


def _held(turn: Turn, inquiry: Inquiry) -> list[str]:
    """Whether something lies in the basket, and how much of it."""
    sentences = []
    for phrase in inquiry.phrases:
        match = turn.shop.in_basket(phrase, turn.order.basket)
        ids = [] if isinstance(match, Unknown) else [c.product.product_id for c in match.candidates]
        if isinstance(match, Certain):
            ids = ids[:1]
        held = [wording.line(line) for line in turn.order.basket.lines if line.product_id in ids]
        sentences.append(wording.how_many_held(held, phrase))
    return sentences


def _described(
    turn: Turn, inquiry: Inquiry, products: list[Product], missing: list[str]
) -> tuple[list[str], Shown | None]:
    sentences = []
    phrase = inquiry.phrases[0] if inquiry.phrases else _phrase_of_reference(turn)
    allowed = [each for each in products if turn.about.policy(each.restricted) != "block"]
    offered = inquiry.kind in (Ask.HAVE, Ask.KINDS)
    if products and not allowed and offered:
        sentences.append(wording.blocked([each.full_name for each in products]))
    elif inquiry.kind is Ask.PRICE and products:
        sentences.append(wording_goods.prices(products))
    elif inquiry.kind is Ask.SIZE and products:
        sentences.append(wording_goods.sizes(products))
    elif inquiry.kind is Ask.KINDS and allowed:
        lead = "Vi har blant annet" if len(allowed) > 1 else "Vi har"
        sentences.append(wording_goods.we_have(allowed, lead))
    elif allowed:
        sentences.append(wording_goods.we_have(allowed))
    if missing and offered:
        sentences.append(wording_goods.we_have_not(missing))
    elif missing:
        sentences.append(wording.not_found(missing))
    if not allowed:
        return sentences, None
    options = tuple(each.product_id for each in allowed[:MAX_OPTIONS])
    return sentences, Shown(phrase, options, inquiry.amount, offered)


def _of_reference(turn: Turn, inquiry: Inquiry) -> tuple[list[str], Shown | None]:
    """ "hva koster den": what was spoken of last, else the whole basket."""
    products = _reference(turn)
    if products:
        sentences, shown = _described(turn, inquiry, products, [])
        # What is being asked about is taken by answering that question.
        return sentences, shown if turn.talk.question is None else None
    if inquiry.kind is Ask.PRICE:
        return [wording.contents(turn.order.basket)], None
    return [wording_goods.NOTHING_MEANT], None


def _reference(turn: Turn) -> list[Product]:
    """What "den" means: what was shown, what is asked about, or what was touched last."""
    question = turn.talk.question
    ids: tuple[str, ...] = ()
    if turn.talk.shown is not None:
        ids = turn.talk.shown.options
    elif isinstance(question, ProductQuestion):
        ids = (question.proposed,) if question.proposed else question.options
    elif isinstance(question, AmountQuestion):
        ids = (question.product_id,)
    elif turn.talk.last_product:
        ids = (turn.talk.last_product,)
    return [product for pid in ids if (product := turn.shop.catalogue.get(pid)) is not None]


def _named(turn: Turn, phrase: str, inquiry: Inquiry) -> list[Product]:
    """The products that a phrase names: those at hand first, then the shop's."""
    question = turn.talk.question
    if inquiry.kind in (Ask.PRICE, Ask.SIZE):
        if isinstance(question, ProductQuestion) and question.phrase == phrase:
            return [turn.shop.catalogue[pid] for pid in question.options]
        held = turn.shop.in_basket(phrase, turn.order.basket)
        if isinstance(held, Certain):
            return [held.candidate.product]
    match = turn.shop.matcher.match(phrase, turn.about.history)
    if isinstance(match, Unknown):
        return []
    if isinstance(match, Certain) and inquiry.kind is not Ask.KINDS:
        return [match.candidate.product]
    if isinstance(match, Certain):
        return _kinds(turn, phrase, match.candidate.product)
    return [each.product for each in match.candidates]


def _kinds(turn: Turn, phrase: str, first: Product) -> list[Product]:
    """Some that differ in name or brand, for "hva slags kneippbrød har dere"."""
    found = [first]
    for each in turn.shop.matcher.all_like(phrase):
        if all((each.name, each.brand) != (other.name, other.brand) for other in found):
            found.append(each)
        if len(found) == MAX_OPTIONS:
            break
    return found if len(found) > 1 else list(turn.shop.siblings(first))[:MAX_OPTIONS]


def _compared(turn: Turn, inquiry: Inquiry) -> tuple[list[str], Shown | None]:
    """Something cheaper, the cheapest, a bigger or a smaller pack."""
    spoken_of = _reference(turn) if not inquiry.phrases else []
    phrase = inquiry.phrases[0] if inquiry.phrases else _phrase_of_reference(turn)
    alike = list(turn.shop.matcher.all_like(phrase)) if phrase else []
    kinds = {each.category for each in spoken_of}
    alike = [each for each in alike if not kinds or each.category in kinds]
    if inquiry.phrases:
        held = turn.shop.in_basket(phrase, turn.order.basket)
        spoken_of = [held.candidate.product] if isinstance(held, Certain) else []
        spoken_of = spoken_of or _named(turn, phrase, inquiry)
    if not spoken_of:
        said = wording.not_found(inquiry.phrases) if phrase else wording_goods.NOTHING_MEANT
        return [said], None
    shelves = {each.category for each in spoken_of}  # the cheapest kaffe is no iskaffe
    allowed = [
        each
        for each in alike
        if each.category in shelves and turn.about.policy(each.restricted) != "block"
    ]
    if inquiry.kind in (Ask.BIGGER, Ask.SMALLER):
        return _resized(turn, phrase, spoken_of[0], allowed, inquiry.kind is Ask.BIGGER)
    question = turn.talk.question
    if (
        inquiry.kind is Ask.CHEAPEST
        and not inquiry.phrases
        and (turn.talk.shown is not None or isinstance(question, ProductQuestion))
    ):
        # "hvilken er billigst" of those that were just named.
        cheapest = min(spoken_of, key=lambda each: each.price)
        if isinstance(question, ProductQuestion) and turn.talk.shown is None:
            turn.talk = turn.talk.asking(replace(question, proposed=cheapest.product_id))
            return [wording_goods.cheapest(cheapest)], None
        return [wording_goods.cheapest(cheapest)], Shown(phrase, (cheapest.product_id,), None, True)
    cheapest = min([*spoken_of, *allowed], key=lambda each: each.price)
    if inquiry.kind is Ask.CHEAPEST:
        return [wording_goods.cheapest(cheapest)], _instead(turn, phrase, spoken_of[0], cheapest)
    if cheapest.price >= min(each.price for each in spoken_of):
        said = wording_goods.none_cheaper(min(spoken_of, key=lambda each: each.price))
        return [said], Shown(phrase, (cheapest.product_id,))
    if isinstance(question, AmountQuestion) and question.product_id == spoken_of[0].product_id:
        turn.talk = turn.talk.asking(replace(question, product_id=cheapest.product_id))
        return [wording_goods.cheaper(cheapest)], None
    return [wording_goods.cheaper(cheapest)], _instead(turn, phrase, spoken_of[0], cheapest)


def _resized(
    turn: Turn, phrase: str, now: Product, alike: Sequence[Product], bigger: bool
) -> tuple[list[str], Shown | None]:
    """The next bigger or smaller pack of the same ware, else of the same kind."""
    content = now.content
    if content is None:
        return [wording_goods.no_other_size(now, bigger)], None
    for packs in (turn.shop.siblings(now), alike):
        fit = [
            (size.amount, each)
            for each in packs
            if (size := each.content) is not None
            and size.unit == content.unit
            and (size.amount > content.amount if bigger else size.amount < content.amount)
        ]
        if fit:
            pick = min if bigger else max
            product = pick(fit, key=lambda entry: entry[0])[1]
            return [wording_goods.we_have([product])], _instead(turn, phrase, now, product)
    return [wording_goods.no_other_size(now, bigger)], None


def _instead(turn: Turn, phrase: str, now: Product, offered: Product) -> Shown:
    """What is offered replaces what was spoken of, when that lies in the basket already."""
    held = turn.order.basket.line(now.product_id) is not None and turn.talk.shown is None
    held = held and now.product_id != offered.product_id
    old = now.product_id if held else None
    return Shown(phrase, (offered.product_id,), None, True, old)


def _phrase_of_reference(turn: Turn) -> str:
    question = turn.talk.question
    if turn.talk.shown is not None:
        return turn.talk.shown.phrase
    if question is not None:
        return question.phrase
    product = turn.shop.catalogue.get(turn.talk.last_product or "")
    return product.name if product is not None else turn.talk.spoken
