"""Answers to an `Offer`, and to what may come instead of something that is sold out."""

from dataclasses import replace
from decimal import Decimal

from bot.ordering import wording, wording_personal
from bot.ordering.answer import NONE_OF_THEM, read_answer
from bot.ordering.catalogue import Product
from bot.ordering.context import takes_it
from bot.ordering.matcher import Unknown
from bot.ordering.offer import BUDGET, CONTAINS, REMINDER, Offer
from bot.ordering.personal import payable
from bot.ordering.request import Act
from bot.ordering.substitutes import instead_of
from bot.ordering.talk import Effect, ProductQuestion
from bot.ordering.turn import Outcome, Turn


def answer(turn: Turn, offer: Offer, act: str, text: str) -> Outcome | None:
    """Take a yes or a no to `offer`; None when something else was said."""
    if act == "affirm" or takes_it(text) or _names_it(turn, offer, text):
        return _accept(turn, offer)
    if act == "deny" or _lets_it_be(turn, offer, text):
        return leave_out(turn, offer)
    if act == "done" and (offer.kind == REMINDER or turn.talk.finishing):
        turn.talk = replace(turn.talk, finishing=True)
        return leave_out(turn, offer)
    if act == "done":
        turn.talk = replace(turn.talk, finishing=True)
        return turn.end([wording.BEFORE_DONE])
    if offer.kind == REMINDER:  # whoever speaks of something else has answered it
        turn.talk = replace(turn.talk, questions=turn.talk.questions[1:])
    return None


def leave_out(turn: Turn, offer: Offer) -> Outcome:
    """A no: the goods stay out, which is said, and nobody reminds of them."""
    edit = turn.edit_after_question()
    turn.talk = replace(turn.talk, unwanted=(*turn.talk.unwanted, *offer.options))
    if offer.kind != REMINDER:
        edit.notes.append(wording.dropped(offer.phrase))
        return turn.take(edit)
    outcome = turn.take(edit)
    return turn.end([]) if not outcome.understood else outcome


def _accept(turn: Turn, offer: Offer) -> Outcome:
    edit = turn.edit_after_question()
    if offer.kind == CONTAINS:
        offer = replace(offer, knowing=True)
    before = edit.basket
    turn.editor.put_offer(offer, edit)
    _record(turn, offer, before != edit.basket, payable(edit.basket))
    return turn.take(edit)


def _record(turn: Turn, offer: Offer, went_in: bool, total: Decimal) -> None:
    """Keep what was agreed to; only what really went in."""
    if not went_in:
        return
    if offer.kind == BUDGET:
        turn.effects.append(Effect("consent", "over_budget", {"amount": str(total)}))
    if offer.knowing:
        turn.effects += [
            Effect("consent", "contains", {"product_id": each}) for each in offer.options
        ]
    if offer.substitute and offer.instead_of:
        turn.effects.append(_substitution(offer.options[0], offer.instead_of))


def take_substitute(turn: Turn, question: ProductQuestion, product: Product) -> Outcome:
    """A yes to what may come instead: it takes the place of what is sold out."""
    edit = turn.edit_after_question()
    gone = edit.basket.line(question.instead_of or "")
    if gone is None:  # taken out meanwhile
        edit.notes.append(wording.dropped(question.phrase))
        return turn.take(edit)
    coming = instead_of(turn.shop.catalogue[gone.product_id], gone.quantity, product)
    quantity = gone.quantity if coming is None else coming.quantity
    lines = ((product.product_id, quantity),)
    turn.editor.put_offer(Offer("", product.full_name, lines, gone.product_id, True), edit)
    line = edit.basket.line(product.product_id)
    if edit.replaced and line is not None:
        edit.replaced.clear()
        edit.notes.insert(0, wording_personal.taken_instead(gone.name, line))
        turn.effects.append(_substitution(product.product_id, gone.product_id))
    return turn.take(edit)


def leave_sold_out(turn: Turn, question: ProductQuestion) -> Outcome:
    """A no to every substitute: the line goes out, and that is said."""
    edit = turn.edit_after_question()
    gone = question.instead_of or ""
    edit.basket = edit.basket.remove(gone)
    edit.notes.append(wording_personal.no_substitute(question.phrase))
    turn.talk = replace(turn.talk, unwanted=(*turn.talk.unwanted, gone))
    return turn.take(edit)


def _substitution(product_id: str, gone: str) -> Effect:
    return Effect("consent", "substitute", {"product_id": product_id, "instead_of": gone})


def _names_it(turn: Turn, offer: Offer, text: str) -> bool:
    """ "ja, kaffe takk" to "glemte du kaffe?" is a yes, and not another coffee."""
    request = turn.parse(text)
    if offer.kind != REMINDER or len(request.lines) != 1:
        return False
    line = request.lines[0]
    if line.act not in (None, Act.ADD) or not line.phrase or line.amount is not None:
        return False
    return not isinstance(turn.shop.matcher.match_held(line.phrase, offer.options), Unknown)


def _lets_it_be(turn: Turn, offer: Offer, text: str) -> bool:
    products = [turn.shop.catalogue[pid] for pid in offer.options]
    found = read_answer(text, products[:1])
    return found is not None and found.index is NONE_OF_THEM
