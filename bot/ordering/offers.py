"""Answers to an `Offer`, and to what may come instead of something that is sold out."""

import re
from dataclasses import replace
from decimal import Decimal

from bot.ordering import wording, wording_personal
from bot.ordering.acts import read_act
from bot.ordering.answer import NONE_OF_THEM, read_answer
from bot.ordering.catalogue import Product
from bot.ordering.context import takes_it, words_of
from bot.ordering.edits import Edit
from bot.ordering.matcher import Unknown
from bot.ordering.offer import BUDGET, CONTAINS, REMINDER, SUBSTITUTE, Offer
from bot.ordering.personal import payable
from bot.ordering.request import Act
from bot.ordering.substitutes import instead_of
from bot.ordering.talk import Effect, ProductQuestion, Question
from bot.ordering.turn import Outcome, Turn


def answer(turn: Turn, offer: Offer, act: str, text: str) -> Outcome | None:
    """Take a yes or a no to `offer`; None when something else was said."""
    if offer.kind == REMINDER and (named := _named(turn, offer, text)) is not None:
        return leave_out(turn, offer) if named is _REFUSED else _accept(turn, named)
    if act == "affirm" or takes_it(text) or _ALL_THE_SAME.fullmatch(text.strip()):
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
    turn.record_agreed(offer)


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
        turn.record_substitute(product.product_id, gone.product_id)
    return turn.take(edit)


def leave_sold_out(turn: Turn, question: ProductQuestion) -> Outcome:
    """A no to every substitute: the line goes out, and that is said."""
    return turn.take(without_substitute(turn, question))


def without_substitute(turn: Turn, question: ProductQuestion) -> Edit:
    """An edit in which the line that is sold out has gone."""
    edit = turn.edit_after_question()
    gone = question.instead_of or ""
    edit.basket = edit.basket.remove(gone)
    edit.notes.append(wording_personal.no_substitute(question.phrase))
    turn.talk = replace(turn.talk, unwanted=(*turn.talk.unwanted, gone))
    return edit


def of_brand(products: list[Product], text: str) -> Product | None:
    """ "den fra Q": the option whose brand is named, when only one has it."""
    words = words_of(text)
    named = [each for each in products if words & words_of(each.brand)]
    return named[0] if len(named) == 1 else None


def lets_go(question: Question | None, text: str) -> bool:
    """Whether somebody lets an offer be ("nei, dropp det"): said elsewhere it means the basket."""
    offered = isinstance(question, Offer) or (
        isinstance(question, ProductQuestion) and question.act == SUBSTITUTE
    )
    return offered and bool(_LETS_GO.fullmatch(text.strip()))


_LETS_GO = re.compile(
    r"(?:(?:nei|ja|jo|da|så|takk|bare|nå|men|vi|jeg|kan)\W+)*"
    r"(?:(?:dropp|glem|kutt|stryk|fjern|hopp over|kutt ut)(?:\W+(?:det|den|dem))?"
    r"|(?:la|lar)\W+(?:(?:vi|jeg|oss)\W+)?(?:det|den)\W+vær\w*"
    r"|tar?\W+(?:(?:vi|jeg|det|den|dem)\W+)*(?:bort|vekk|ut)(?:\W+(?:det|den|dem))?)"
    r"(?:\W+(?:da|heller|takk|likevel))*\W*"
    r"|nei\W.*\b(?:dyrt|dyr|dyre|for mye)\W*",
    re.IGNORECASE,
)
_ALL_THE_SAME = re.compile(
    r"(?:(?:ja|jo|å|da|så|jeg|vi|vil|skal)\W+)*(?:ta|tar|ha|legg|kjør)"
    r"(?:\W+(?:den|det|dem|til|med|på|jeg|vi))*\W+(?:likevel|allikevel|uansett)\W*",
    re.IGNORECASE,
)
_REFUSED = Offer("", "", ())


def _named(turn: Turn, offer: Offer, text: str) -> Offer | None:
    """What "ja, to pakker" or "nei, jeg har kaffe" says of the ware that was asked about."""
    request = turn.parse(text)
    if len(request.lines) != 1 or request.unaccounted:
        return None
    line = request.lines[0]
    held = turn.shop.matcher.match_held(line.phrase, offer.options) if line.phrase else None
    if isinstance(held, Unknown):
        return None
    refuses = line.act is Act.REMOVE or read_act(" ".join(text.split()[:1])) == "deny"
    if refuses:
        return _REFUSED if line.phrase else None
    if line.act not in (None, Act.ADD) or line.relative:
        return None
    amount = line.amount
    if amount is None:
        return offer if line.phrase else None
    counted = not amount.vague and amount.upper is None and amount.unit not in ("kg", "l")
    if not counted or amount.value != amount.value.to_integral_value() or amount.value <= 0:
        return None
    return replace(offer, lines=((offer.options[0], amount.value),))


def _lets_it_be(turn: Turn, offer: Offer, text: str) -> bool:
    products = [turn.shop.catalogue[pid] for pid in offer.options]
    found = read_answer(text, products[:1])
    return found is not None and found.index is NONE_OF_THEM
