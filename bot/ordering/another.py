""" "Nei, en annen": what history or we decided is exchanged for another one of the same ware."""

import re

from bot.ordering.amount import Amount
from bot.ordering.match import MAX_OPTIONS
from bot.ordering.matcher import Unknown
from bot.ordering.request import Act
from bot.ordering.talk import ProductQuestion
from bot.ordering.turn import Outcome, Turn

_ANOTHER = re.compile(
    r"(?:nei|næi|ikke|ikkje|itj|den|det|jeg|eg|æ|vil|ha|heller|vi|tar|kan|få|men|da|takk|ta|\W)*\s*"
    r"\b(?:en|ei|et|eit|noen|noe|noko)\s+(?:annen|annet|anna|andre|anner)\b"
    r"(?:\s+(?:type|sort|slag|merke|variant|enn den))?(?P<ware>(?:\s+\w+)?)\W*",
    re.IGNORECASE,
)


def ask_another(turn: Turn, text: str) -> Outcome | None:
    """Ask which other one is meant; None when the words do not ask for another one."""
    found = _ANOTHER.fullmatch(text.strip())
    last = turn.order.basket.line(turn.talk.last_product or "")
    if found is None or last is None or turn.talk.question is not None:
        return None
    ware = found["ware"].strip()
    if ware and isinstance(turn.shop.matcher.match_held(ware, [last.product_id]), Unknown):
        return None
    phrase = ware or turn.talk.spoken or turn.shop.catalogue[last.product_id].name
    alike = [*(each.product for each in turn.shop.matcher.match(phrase).candidates)]
    alike += [each for each in turn.shop.matcher.all_like(phrase) if each not in alike]
    options = tuple(
        each.product_id
        for each in alike
        if each.product_id != last.product_id
        and turn.about.policy(each.restricted) != "block"
        and turn.order.basket.line(each.product_id) is None
    )[:MAX_OPTIONS]
    if not options:
        return None
    unit = "kg" if last.unit == "kg" else ""
    amount = Amount(last.quantity, unit) if last.quantity != 1 else None
    edit = turn.edit_with(turn.talk.questions)
    edit.questions.append(
        ProductQuestion(phrase, options, Act.REPLACE.value, amount, instead_of=last.product_id)
    )
    return turn.take(edit)
