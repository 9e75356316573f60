"""Taking what a question about goods was answered with: "ja, ta den", "to av den billigste"."""

from __future__ import annotations

from dataclasses import replace

from bot.ordering import wording
from bot.ordering.acts import read_act
from bot.ordering.alternatives import not_that
from bot.ordering.amount import Amount
from bot.ordering.answer import NONE_OF_THEM, read_answer
from bot.ordering.catalogue import Product
from bot.ordering.context import only_amount, takes_it
from bot.ordering.order import Status
from bot.ordering.pointing import EXTREMES, described, is_description, words_in
from bot.ordering.request import Act, OrderLine, Request
from bot.ordering.talk import ProductQuestion, Shown
from bot.ordering.turn import Outcome, Turn


def take_shown(turn: Turn, act: str, text: str) -> Outcome | None:
    """ "ja, ta den" after "hva koster laksen?"; None when the words mean something else."""
    shown = turn.talk.shown
    if shown is None:
        return None
    products = [turn.shop.catalogue[pid] for pid in shown.options]
    plain_yes = act == "affirm" and read_act(text) == "affirm"
    reading_back = turn.order.status is Status.READ_BACK
    if plain_yes and (reading_back or not shown.offered) and not takes_it(text):
        return None
    if plain_yes and reading_back:
        return None
    if plain_yes or takes_it(text):
        lies = turn.order.basket.line(products[0].product_id) if len(products) == 1 else None
        if lies is not None and shown.amount is None and not (shown.offered or shown.instead_of):
            # "hva koster den? ja takk, ta den": it was taken before.
            turn.talk = replace(turn.talk, shown=None)
            return turn.end([wording.held_already(lies.name)])
        return _take(turn, shown, products, shown.amount)
    if shown.offered and act == "deny" and read_act(text) == "deny":
        turn.talk = replace(turn.talk, shown=None)
        return turn.end([wording.FINE])
    other = not_that(turn, text) if shown.offered else None
    if other is not None and all(is_description(each.phrase) for each in other.lines):
        # "nei takk, ikke den, noe mildt": of the ware that was shown
        phrase = described(shown.phrase, [each.phrase for each in other.lines])
        turn.talk = replace(turn.talk, shown=None)
        wish = OrderLine(phrase, shown.amount, Act.ADD, (0, len(text)))
        return turn.apply(Request((wish,), ()), Act.ADD)
    if turn.talk.question is not None and not shown.offered:
        return None
    request = turn.parse(text)
    every = {"begge", "alle"} & set(words_in(text)) or any(
        line.each and not line.phrase for line in request.lines
    )
    if every and len(products) > 1 and not any(line.phrase for line in request.lines):
        return _take_every(turn, shown, products, _amount_in(request) or shown.amount)
    if only_amount(request) and not request.lines[0].relative:
        if len(products) == 1 or shown.offered:
            return _take(turn, shown, products, request.lines[0].amount)
        return None
    compared = bool(EXTREMES & set(words_in(text)))
    if compared and len(products) == 1 and not shown.offered:
        return None  # "det store glasset i stedet" is another one
    answer = read_answer(text, products)
    if answer is None:
        return None
    if answer.index is NONE_OF_THEM:
        turn.talk = replace(turn.talk, shown=None)
        return turn.end([wording.FINE]) if shown.offered else None
    assert isinstance(answer.index, int)
    amount = answer.amount or _amount_in(request) or shown.amount
    return _take(turn, shown, [products[answer.index]], amount)


def _take_every(
    turn: Turn, shown: Shown, products: list[Product], amount: Amount | None
) -> Outcome:
    """ "begge deler", "en av hver"."""
    turn.talk = replace(turn.talk, shown=None)
    edit = turn.edit_with(turn.talk.questions)
    for product in products:
        question = ProductQuestion(shown.phrase, (product.product_id,), Act.ADD.value, amount)
        turn.editor.choose(question, product, edit)
    return turn.take(edit)


def _amount_in(request: Request) -> Amount | None:
    return request.lines[0].amount if len(request.lines) == 1 else None


def _take(turn: Turn, shown: Shown, products: list[Product], amount: Amount | None) -> Outcome:
    options = tuple(each.product_id for each in products)
    act = Act.REPLACE if shown.instead_of else Act.ADD
    question = ProductQuestion(
        shown.phrase, options, act.value, amount, instead_of=shown.instead_of
    )
    turn.talk = replace(turn.talk, shown=None)
    edit = turn.edit_with(turn.talk.questions)
    if len(products) > 1:
        edit.questions.append(question)
        return turn.take(edit)
    held = turn.order.basket.line(shown.instead_of or "")
    if amount is None and held is not None:
        question = replace(question, amount=Amount(held.quantity))
    turn.editor.choose(question, products[0], edit)
    return turn.take(edit)
