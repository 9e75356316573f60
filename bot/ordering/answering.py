"""Answers to the open question: which product, how many, or something else than an answer."""

from dataclasses import replace

from bot.ordering import wording
from bot.ordering.amount import Amount
from bot.ordering.answer import NONE_OF_THEM, read_answer, read_quantity_answer
from bot.ordering.context import only_amount
from bot.ordering.matcher import Certain, Choice, Unknown
from bot.ordering.request import Act, Request
from bot.ordering.talk import AmountQuestion, ProductQuestion, Question
from bot.ordering.turn import EDITS, Outcome, Turn


def answer(turn: Turn, question: Question, act: str, text: str) -> Outcome:
    """Take what was said while `question` stood open."""
    if isinstance(question, AmountQuestion):
        return _amount(turn, question, act, text)
    return _product(turn, question, act, text)


def _product(turn: Turn, question: ProductQuestion, act: str, text: str) -> Outcome:
    products = [turn.shop.catalogue[pid] for pid in question.options]
    corrected = act == "change" and only_amount(turn.parse(text))
    found = None if corrected else read_answer(text, products)
    edit = turn.edit_after_question()
    if act == "affirm" and len(products) == 1:
        turn.editor.choose(question, products[0], edit)
        return turn.take(edit)
    if (found is not None and found.index is NONE_OF_THEM) or act == "deny":
        edit.notes.append(wording.dropped(question.phrase))
        return turn.take(edit)
    if found is not None and isinstance(found.index, int):
        amount = found.amount if found.amount is not None else question.amount
        chosen = replace(question, amount=amount)
        turn.editor.choose(chosen, products[found.index], edit)
        return turn.take(edit)
    if act in ("done", "affirm"):
        return turn.failed([wording.BEFORE_DONE])
    return _something_else(turn, question, act, text)


def _amount(turn: Turn, question: AmountQuestion, act: str, text: str) -> Outcome:
    amount = read_quantity_answer(text)
    if amount is None and act == "affirm" and question.suggested is not None:
        product = turn.shop.catalogue[question.product_id]
        amount = Amount(question.suggested, product.unit)
    edit = turn.edit_after_question()
    if amount is not None and not amount.vague and amount.upper is None and amount.value > 0:
        turn.editor.put_amount(question, amount, edit)
        return turn.take(edit)
    if act == "deny" and question.suggested is None:
        edit.notes.append(wording.dropped(question.phrase))
        return turn.take(edit)
    if act == "deny":
        turn.talk = turn.talk.asking(replace(question, suggested=None))
        return turn.end([])
    if act in ("done", "affirm"):
        return turn.failed([wording.BEFORE_DONE])
    return _something_else(turn, question, act, text)


def _something_else(turn: Turn, question: Question, act: str, text: str) -> Outcome:
    """Something else than an answer was said: more precise words, or another wish."""
    request = turn.parse(text)
    if isinstance(question, ProductQuestion) and not question.options:
        return _instead(turn, question, request)
    if isinstance(question, ProductQuestion) and _more_precise(turn, question, request):
        line = request.lines[0]
        amount = line.amount if line.amount is not None else question.amount
        restated = replace(line, amount=amount, act=Act(question.act))
        return turn.apply(
            replace(request, lines=(restated,)), Act.ADD, turn.edit_after_question()
        )
    if isinstance(question, ProductQuestion) and only_amount(request):
        amount = request.lines[0].amount
        assert amount is not None
        turn.talk = turn.talk.asking(replace(question, amount=amount))
        return turn.end([wording.amount_noted(amount.value, amount.unit)])
    named = any(line.phrase or line.instead_of for line in request.lines)
    if named and act != "out_of_scope":
        return turn.apply(request, EDITS.get(act, Act.ADD))
    return turn.failed([])


def _instead(turn: Turn, question: ProductQuestion, request: Request) -> Outcome:
    """ "bytt kaffen" was asked about: the first ware that is named now comes in its place."""
    named = [line for line in request.lines if line.phrase]
    if not named:
        return turn.failed([])
    coming = replace(named[0], act=Act.REPLACE, instead_of=question.phrase)
    return turn.apply(
        replace(request, lines=(coming, *named[1:])), Act.ADD, turn.edit_after_question()
    )


def _more_precise(turn: Turn, question: ProductQuestion, request: Request) -> bool:
    """Whether the request names the asked product again in other words ("lettmelk" for "melk").

    What it names must also be what was asked about ("lettmelk" is a "melk"); anything else is
    a further wish, and the question stays open beside it.
    """
    if len(request.lines) != 1 or request.unaccounted:
        return False
    line = request.lines[0]
    if not line.phrase or line.act not in (None, Act.ADD) or question.act != "add":
        return False
    match = turn.shop.matcher.match(line.phrase, turn.about.history, line.amount)
    if not isinstance(match, Certain | Choice):
        return False
    named = [each.product.product_id for each in match.candidates]
    return not isinstance(turn.shop.matcher.match_held(question.phrase, named), Unknown)
