"""A wish with a price in it: "en sjokolade til under femti kroner"."""

from dataclasses import replace

from bot.ordering import wording_goods
from bot.ordering.catalogue import Product
from bot.ordering.limits import Limit, read_limit
from bot.ordering.match import MAX_OPTIONS
from bot.ordering.request import Act, OrderLine
from bot.ordering.talk import ProductQuestion, Shown
from bot.ordering.turn import Outcome, Turn


def limited_wish(turn: Turn, act: str, text: str) -> Outcome | None:
    """Choose within the price that was named; None when none was."""
    limit = read_limit(text)
    if limit is None or act in ("remove", "done"):
        return None
    lines = [line for line in turn.parse(limit.rest).lines if line.phrase]
    if not lines:
        question = turn.talk.question
        if not isinstance(question, ProductQuestion):
            return turn.end([], wording_goods.what_within(limit.said))
        return _options_within(turn, question, limit)
    edit = turn.edit_with(turn.talk.questions)
    sentences: list[str] = []
    shown: Shown | None = None
    for line in lines:
        found = _within(turn, line, limit)
        options = tuple(each.product_id for each in found)
        if found:
            edit.questions.append(
                ProductQuestion(
                    line.phrase,
                    options,
                    Act.ADD.value,
                    line.amount,
                    proposed=options[0] if len(options) == 1 else "",
                )
            )
            continue
        alike = turn.shop.matcher.all_like(line.phrase)
        if not alike:
            edit.missing.append(line.phrase)
            continue
        nearest = min(alike, key=lambda each: abs(each.price - limit.said))
        sentences.append(wording_goods.none_within(line.phrase, limit.said, nearest))
        shown = Shown(line.phrase, (nearest.product_id,), line.amount, True)
    if shown is not None and not edit.fruitful:
        turn.talk = replace(turn.talk, shown=shown)
        return turn.end(sentences, wording_goods.WANT_ONE)
    edit.notes += sentences
    return turn.take(edit)


def _options_within(turn: Turn, question: ProductQuestion, limit: Limit) -> Outcome:
    """The options of the open question that cost as was said, else others of the kind."""
    products = [turn.shop.catalogue[pid] for pid in question.options]
    fit = [each for each in products if limit.least <= each.price <= limit.most]
    line = OrderLine(question.phrase, question.amount, Act.ADD, (0, 0))
    fit = fit or _within(turn, line, limit)
    if not fit:
        nearest = min(products, key=lambda each: abs(each.price - limit.said))
        return turn.end([wording_goods.none_within(question.phrase, limit.said, nearest)])
    options = tuple(each.product_id for each in fit)
    turn.talk = turn.talk.asking(replace(question, options=options, proposed=""))
    return turn.end([])


def _within(turn: Turn, line: OrderLine, limit: Limit) -> list[Product]:
    """The first wares of the kind that cost as was said."""
    fit = [
        each
        for each in turn.shop.matcher.all_like(line.phrase)
        if limit.least <= each.price <= limit.most and turn.about.policy(each.restricted) != "block"
    ]
    return fit[:MAX_OPTIONS]
