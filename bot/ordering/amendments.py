"""Changes of what lies in the basket: "halvparten", "to av hver", "alt unntatt melken".

Each reader answers None when the words mean something else.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from bot.ordering import wording
from bot.ordering.amount import Amount
from bot.ordering.context import points_only
from bot.ordering.matcher import Certain, Unknown
from bot.ordering.order import Status
from bot.ordering.pointing import FURTHER, held_line
from bot.ordering.request import Act, Request
from bot.ordering.talk import AmountQuestion, ProductQuestion
from bot.ordering.turn import Outcome, Turn

_DOUBLE = frozenset({"dobbelt", "dobbelte", "doble", "dobbel", "dobla", "fordoble"})
_HALF = frozenset({"halvparten", "halver", "halvere", "halverte", "halvpart"})
_ALL = frozenset({"alt", "alle", "allting"})
_BUT = (("unntatt",), ("bortsett", "fra"), ("utenom",), ("foruten",), ("uten",), ("men", "ikke"))
_REMOVING = frozenset({"bort", "fjern", "vekk", "stryk", "slett", "dropp", "kast", "ut", "tøm"})
#: "alt unntatt kaffen kan bort"
_GONE = frozenset({"bort", "vekk", "ut", "utgå", "fjernes", "strykes"})
_PLACES = {"første": 0, "fyrste": 0, "andre": 1, "tredje": 2, "siste": -1, "sist": -1}


def each_of_last(turn: Turn, request: Request) -> Outcome | None:
    """ "to av hver" of what was ordered last."""
    if len(request.lines) != 1:
        return None
    line = request.lines[0]
    if not line.each or line.phrase or line.amount is None:
        return None
    held = [pid for pid in turn.talk.recent if turn.order.basket.line(pid) is not None]
    if not held:
        return None
    edit = turn.edit_with(turn.talk.questions)
    for pid in held:
        question = ProductQuestion("", (pid,), Act.CHANGE.value, line.amount)
        turn.editor.choose(question, turn.shop.catalogue[pid], edit)
    return turn.take(edit)


def scaled(turn: Turn, words: list[str], request: Request) -> Outcome | None:
    """ "det dobbelte", "halvparten så mye melk"."""
    double, half = bool(_DOUBLE & set(words)), bool(_HALF & set(words))
    if double == half:
        return None
    marks = _DOUBLE | _HALF | {"holder", "hold", "så", "mye", "mange", "nok", "bare"}
    named = [
        " ".join(left)
        for line in request.lines
        if (left := [word for word in line.phrase.casefold().split() if word not in marks])
    ]
    if len(named) > 1:
        return None
    line = held_line(turn, named[0] if named else "")
    if line is None:
        return _scaled_question(turn, named[0], double) if named else None
    edit = turn.edit_with(turn.talk.questions)
    quantity = line.quantity * 2 if double else line.quantity / 2
    if line.unit == "stk" and quantity != quantity.to_integral_value():
        edit.questions.append(AmountQuestion(line.name, line.product_id, None, Act.CHANGE.value))
        return turn.take(edit)
    amount = Amount(quantity, "kg" if line.unit == "kg" else "")
    question = AmountQuestion(line.name, line.product_id, None, Act.CHANGE.value)
    turn.editor.put_amount(question, amount, edit)
    return turn.take(edit)


def _scaled_question(turn: Turn, phrase: str, double: bool) -> Outcome | None:
    """ "halvparten så mange epler" while it is still asked which apples."""
    for place, each in enumerate(turn.talk.questions):
        if not isinstance(each, ProductQuestion) or not _is_of(turn, each, phrase):
            continue
        amount = each.amount or Amount(Decimal(1))
        if amount.vague or amount.upper is not None:
            return None
        value = amount.value * 2 if double else amount.value / 2
        asked = replace(each, amount=replace(amount, value=value))
        questions = list(turn.talk.questions)
        questions[place] = asked
        turn.talk = replace(turn.talk, questions=tuple(questions))
        return turn.end([wording.amount_noted(value, amount.unit)])
    return None


def all_but(turn: Turn, words: list[str], request: Request) -> Outcome | None:
    """ "alt unntatt melken" keeps the rest; "ta bort alt unntatt melken" keeps the milk."""
    if not _ALL & set(words):
        return None
    for mark in _BUT:
        for at in range(len(words) - len(mark)):
            if tuple(words[at : at + len(mark)]) == mark and _ALL & set(words[:at]):
                rest = [word for word in words[at + len(mark) :] if word not in _GONE]
                gone = _REMOVING & set(words[:at]) or _GONE & set(words[at:])
                return _keep(turn, " ".join(rest), bool(gone))
    return None


def _keep(turn: Turn, named: str, removing: bool) -> Outcome | None:
    lines = [line.phrase for line in turn.parse(named).lines if line.phrase] or [named]
    meant: list[str] = []
    edit = turn.edit_with(turn.talk.questions)
    for phrase in lines:
        match = turn.shop.in_basket(phrase, turn.order.basket)
        asked = [
            each
            for each in edit.questions
            if isinstance(each, ProductQuestion) and _is_of(turn, each, phrase)
        ]
        if asked and not removing:
            edit.questions = [each for each in edit.questions if each not in asked]
            edit.notes.append(wording.dropped(asked[0].phrase))
        elif isinstance(match, Unknown):
            edit.absent.append(phrase)
        else:
            meant += [each.product.product_id for each in match.candidates]
    if not meant:
        return turn.take(edit) if turn.order.basket.lines or edit.notes else None
    for line in turn.order.basket.lines:
        if (line.product_id in meant) != removing:
            edit.basket = edit.basket.remove(line.product_id)
            edit.removed.append(wording.line(line))
    return turn.take(edit)


def _is_of(turn: Turn, question: ProductQuestion, phrase: str) -> bool:
    """Whether an open question is about the ware that is named."""
    return not isinstance(turn.shop.matcher.match_held(phrase, question.options), Unknown)


def by_place(turn: Turn, act: str, words: list[str], request: Request) -> Outcome | None:
    """ "ta bort det første jeg sa", "ta bort begge"."""
    removing = act == "remove" or bool(_REMOVING & set(words))
    named = [line for line in request.lines if line.phrase and not points_only(line.phrase)]
    lines = turn.order.basket.lines
    if not removing or named or not lines:
        return None
    places = [_PLACES[word] for word in words if word in _PLACES]
    if "begge" in words:
        held = [line for line in lines if line.product_id in turn.talk.recent]
        gone = held if len(held) == 2 else list(lines) if len(lines) == 2 else []
    elif len(places) == 1 and -len(lines) <= places[0] < len(lines):
        gone = [lines[places[0]]]
    else:
        gone = []
    if not gone:
        return None
    edit = turn.edit_with(turn.talk.questions)
    for line in gone:
        edit.basket = edit.basket.remove(line.product_id)
        edit.removed.append(wording.line(line))
    return turn.take(edit)


def after_all(turn: Turn, words: list[str], request: Request) -> Outcome | None:
    """ "jo, ta den likevel" brings back what was just taken out."""
    again = {"likevel", "allikevel"} & set(words) and {"ta", "tar", "ha", "jo", "ja"} & set(words)
    named = [line for line in request.lines if line.phrase]
    if not again or named or "ikke" in words or not turn.talk.undo:
        return None
    before = dict(turn.talk.undo[-1].lines)
    lost = [pid for pid in before if turn.order.basket.line(pid) is None]
    if not lost:
        return None
    edit = turn.edit_with(turn.talk.questions)
    for pid in lost:
        product = turn.shop.catalogue.get(pid)
        if product is not None:
            unit = "kg" if product.unit == "kg" else ""
            question = AmountQuestion(product.name, pid)
            turn.editor.put_amount(question, Amount(before[pid], unit), edit)
    return turn.take(edit)


def set_anew(turn: Turn, act: str, words: list[str], request: Request) -> Outcome | None:
    """ "ja, men tre loff" at the read-back, "nei, jeg skulle hatt to": the new amount of it."""
    reading_back = turn.order.status is Status.READ_BACK
    correcting = words[0] in ("nei", "feil") or "skulle" in words
    if not (reading_back or correcting) or FURTHER & set(words) or act == "remove":
        return None
    lines, changed = [], False
    for line in request.lines:
        anew = line.phrase and line.amount and line.act in (None, Act.ADD) and not line.relative
        held = turn.shop.in_basket(line.phrase, turn.order.basket) if anew else None
        changed = changed or isinstance(held, Certain)
        lines.append(replace(line, act=Act.CHANGE) if isinstance(held, Certain) else line)
    return turn.apply(replace(request, lines=tuple(lines)), Act.ADD) if changed else None
