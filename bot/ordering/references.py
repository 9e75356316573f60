"""What points back: "ja, ta den", "nei, den andre", "det samme i grovt", "halvparten".

Each reader looks at what the talk keeps of the turns before (`Talk.shown`, `chosen`, `recent`,
`last_product`) and answers None when the words do not point back.
"""

from __future__ import annotations

from dataclasses import replace

from bot.ordering import wording
from bot.ordering.acts import read_act
from bot.ordering.amount import Amount
from bot.ordering.answer import NONE_OF_THEM, read_answer
from bot.ordering.basket import BasketLine
from bot.ordering.catalogue import Product
from bot.ordering.context import only_amount, takes_it
from bot.ordering.fillers import DESCRIBING
from bot.ordering.lemmas import word_set
from bot.ordering.matcher import Certain, Choice, Unknown
from bot.ordering.norwegian import Kind, tokenise
from bot.ordering.order import Status
from bot.ordering.request import Act, OrderLine, Request
from bot.ordering.talk import AmountQuestion, ProductQuestion, Shown
from bot.ordering.turn import Outcome, Turn

_CORRECTING = frozenset({"nei", "feil", "ikke", "mente", "mener", "unnskyld", "beklager", "heller"})
_FURTHER = frozenset({"også", "glemte", "glemt", "til", "mer", "pluss", "legg", "forresten"})
_OTHER = frozenset({"andre", "annen", "annet"})
_IDLE = word_set(
    """
    nei ja jo takk men da heller likevel vent jeg mente mener å si det den de skal skulle være ha
    vil ta tar unnskyld beklager feil ikke så kan du vi er var ble for og på med av
    """
)
_DOUBLE = frozenset({"dobbelt", "dobbelte", "doble", "dobbel", "dobla", "fordoble"})
_HALF = frozenset({"halvparten", "halver", "halvere", "halverte", "halvpart"})
_SAME = frozenset({"samme", "same", "sama", "samma"})


def words_in(text: str) -> list[str]:
    """The words of a text in bokmål, in order."""
    return [t.plain for t in tokenise(text) if t.kind in (Kind.WORD, Kind.NUMBER)]


# -- what was shown in answer to a question ------------------------------------------------------


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
        return _take(turn, shown, products, shown.amount)
    if shown.offered and act == "deny" and read_act(text) == "deny":
        turn.talk = replace(turn.talk, shown=None)
        return turn.end([wording.FINE])
    if turn.talk.question is not None and not shown.offered:
        return None
    request = turn.parse(text)
    if only_amount(request) and not request.lines[0].relative:
        if len(products) == 1 or shown.offered:
            return _take(turn, shown, products, request.lines[0].amount)
        return None
    answer = read_answer(text, products)
    if answer is None:
        return None
    if answer.index is NONE_OF_THEM:
        turn.talk = replace(turn.talk, shown=None)
        return turn.end([wording.FINE]) if shown.offered else None
    assert isinstance(answer.index, int)
    amount = answer.amount or _amount_in(request) or shown.amount
    return _take(turn, shown, [products[answer.index]], amount)


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


# -- what was touched before ----------------------------------------------------------------------


def resolve(turn: Turn, act: str, text: str) -> Outcome | None:
    """Carry out a turn that points back at what was ordered; None when it does not."""
    words = words_in(text)
    if not words or len(words) > 14:
        return None
    request = turn.parse(text)
    return (
        _each(turn, request)
        or _scaled(turn, words, request)
        or _all_but(turn, words, request)
        or _same_in(turn, words)
        or _other_choice(turn, act, text, words)
        or _other_kind(turn, text, words)
        or _corrected(turn, words, request)
    )


def resolve_beside(turn: Turn, text: str) -> Outcome | None:
    """What points back at the basket although a question stands open: "det dobbelte"."""
    words = words_in(text)
    if not words or len(words) > 14:
        return None
    request = turn.parse(text)
    return (
        _scaled(turn, words, request) or _all_but(turn, words, request) or _same_in(turn, words)
    )


def _held(turn: Turn, phrase: str = "") -> BasketLine | None:
    """The basket line that is named, else the one that was touched last."""
    if phrase:
        match = turn.shop.in_basket(phrase, turn.order.basket)
        if not isinstance(match, Certain):
            return None
        return turn.order.basket.line(match.candidate.product.product_id)
    return turn.order.basket.line(turn.talk.last_product or "")


def _each(turn: Turn, request: Request) -> Outcome | None:
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


def _scaled(turn: Turn, words: list[str], request: Request) -> Outcome | None:
    """ "det dobbelte", "halvparten så mye melk"."""
    double, half = bool(_DOUBLE & set(words)), bool(_HALF & set(words))
    if double == half:
        return None
    marks = _DOUBLE | _HALF
    named = [
        line.phrase
        for line in request.lines
        if line.phrase and line.phrase.casefold() not in marks
    ]
    if len(named) > 1:
        return None
    line = _held(turn, named[0] if named else "")
    if line is None:
        return None
    edit = turn.edit_with(turn.talk.questions)
    quantity = line.quantity * 2 if double else line.quantity / 2
    if line.unit == "stk" and quantity != quantity.to_integral_value():
        edit.questions.append(AmountQuestion(line.name, line.product_id, None, Act.CHANGE.value))
        return turn.take(edit)
    amount = Amount(quantity, "kg" if line.unit == "kg" else "")
    question = AmountQuestion(line.name, line.product_id, None, Act.CHANGE.value)
    turn.editor.put_amount(question, amount, edit)
    return turn.take(edit)


_ALL = frozenset({"alt", "alle", "allting"})
_BUT = (("unntatt",), ("bortsett", "fra"), ("utenom",), ("foruten",), ("uten",), ("men", "ikke"))
_REMOVING = frozenset({"bort", "fjern", "vekk", "stryk", "slett", "dropp", "kast", "ut", "tøm"})


def _all_but(turn: Turn, words: list[str], request: Request) -> Outcome | None:
    """ "alt unntatt melken" keeps the rest; "ta bort alt unntatt melken" keeps the milk."""
    if not _ALL & set(words):
        return None
    for mark in _BUT:
        for at in range(len(words) - len(mark)):
            if tuple(words[at : at + len(mark)]) == mark and _ALL & set(words[:at]):
                named = " ".join(words[at + len(mark) :])
                return _keep(turn, named, bool(_REMOVING & set(words[:at])))
    return None


def _keep(turn: Turn, named: str, removing: bool) -> Outcome | None:
    lines = [line.phrase for line in turn.parse(named).lines if line.phrase] or [named]
    meant: list[str] = []
    edit = turn.edit_with(turn.talk.questions)
    for phrase in lines:
        match = turn.shop.in_basket(phrase, turn.order.basket)
        if isinstance(match, Unknown):
            edit.absent.append(phrase)
        else:
            meant += [each.product.product_id for each in match.candidates]
    if not meant:
        return turn.take(edit) if turn.order.basket.lines else None
    for line in turn.order.basket.lines:
        if (line.product_id in meant) != removing:
            edit.basket = edit.basket.remove(line.product_id)
            edit.removed.append(wording.line(line))
    return turn.take(edit)


def _same_in(turn: Turn, words: list[str]) -> Outcome | None:
    """ "det samme i grovt": another kind of what was ordered last, as much of it."""
    if not _SAME & set(words) or not {"i", "bare"} & set(words):
        return None
    told = [word for word in words if word in DESCRIBING]
    line = _held(turn)
    if not told or line is None:
        return None
    now = turn.shop.catalogue[line.product_id]
    found = _variants(turn, now, " ".join(told))
    if not found:
        return None
    act = Act.REPLACE if _CORRECTING & set(words) else Act.ADD
    return _put(turn, found, line, act, " ".join(told))


def _variants(turn: Turn, now: Product, told: str) -> list[Product]:
    """Wares of the department of `now` that are as `told` ("grovt", "laktosefri"), best first."""
    department = [
        each.product_id
        for each in turn.shop.catalogue
        if each.category == now.category and each.product_id != now.product_id
    ]
    match = turn.shop.matcher.match_held(told, department)
    if isinstance(match, Unknown):
        return []
    if isinstance(match, Certain):
        return [match.candidate.product]
    return [each.product for each in match.candidates]


def _put(
    turn: Turn, found: list[Product], line: BasketLine, act: Act, phrase: str
) -> Outcome:
    """Take the one that was found beside or instead of `line`, or ask which."""
    amount = Amount(line.quantity, "kg" if line.unit == "kg" else "")
    question = ProductQuestion(
        phrase,
        tuple(each.product_id for each in found),
        act.value,
        amount,
        instead_of=line.product_id if act is Act.REPLACE else None,
        wording=wording.EITHER if len(found) > 1 else "",
    )
    edit = turn.edit_with(turn.talk.questions)
    if len(found) == 1:
        turn.editor.choose(question, found[0], edit)
    else:
        edit.questions.append(question)
    return turn.take(edit)


def _other_choice(turn: Turn, act: str, text: str, words: list[str]) -> Outcome | None:
    """ "nei, den andre", "ikke den, den billige": another option of the choice made last."""
    chosen = turn.talk.chosen
    line = _held(turn)
    if chosen is None or line is None or chosen.act not in ("add", "replace"):
        return None
    if line.product_id not in chosen.options or act in ("remove", "done", "affirm"):
        return None
    correcting = bool(_CORRECTING & set(words))
    products = [turn.shop.catalogue[pid] for pid in chosen.options]
    others = [each for each in products if each.product_id != line.product_id]
    rest = [word for word in words if word not in _IDLE]
    further = bool({"også"} & set(words))
    pointing = words[0] in ("den", "det", "de") or correcting or further or act == "choose"
    if not pointing or not rest:
        return None
    found = _pointed(rest, text, products, others, chosen.phrase)
    if not found:
        return None
    return _put(turn, found, line, Act.ADD if further else Act.REPLACE, chosen.phrase)


def _pointed(
    rest: list[str], text: str, products: list[Product], others: list[Product], phrase: str
) -> list[Product]:
    """The options that are meant; several when "den andre" may be either of two others."""
    told = [word for word in rest if word not in _OTHER]
    if _OTHER & set(rest) and all(phrase.casefold()[:4] == word[:4] for word in told):
        return others
    answer = read_answer(" ".join(rest), products)
    if answer is None or not isinstance(answer.index, int):
        answer = read_answer(text, products)
    if answer is None or not isinstance(answer.index, int):
        return []
    picked = products[answer.index]
    if picked in others:
        return [picked]
    return []


_EXTREMES = word_set(
    """
    billig billige billigste billigere dyr dyre dyreste stor store største liten lille minste
    større mindre rimelig rimelige rimeligste rimeligere
    """
)


def _other_kind(turn: Turn, text: str, words: list[str]) -> Outcome | None:
    """ "nei, den økologiske", "ikke den, den billige": told apart by an adjective alone."""
    line = _held(turn)
    told = [word for word in words if word in DESCRIBING or word in _EXTREMES]
    rest = [word for word in words if word not in _IDLE and word not in told]
    pointing = words[0] in ("den", "det", "de") or bool(_CORRECTING & set(words))
    if line is None or not told or rest or not pointing:
        return None
    now = turn.shop.catalogue[line.product_id]
    alike = [
        each
        for each in turn.shop.matcher.all_like(turn.talk.spoken or now.name)
        if each.product_id != now.product_id
    ]
    if not alike:
        return None
    if set(told) & _EXTREMES:
        answer = read_answer(" ".join(["den", *told]), [now, *alike])
        if answer is None or not isinstance(answer.index, int) or answer.index == 0:
            return None
        return _put(turn, [alike[answer.index - 1]], line, Act.REPLACE, turn.talk.spoken)
    match = turn.shop.matcher.match_held(" ".join(told), [each.product_id for each in alike])
    if isinstance(match, Unknown):
        found = _variants(turn, now, " ".join(told))
    else:
        found = [each.product for each in match.candidates]
        found = found[:1] if isinstance(match, Certain) else found
    return _put(turn, found, line, Act.REPLACE, " ".join(told)) if found else None


def _corrected(turn: Turn, words: list[str], request: Request) -> Outcome | None:
    """ "nei, helmelk" right after lettmelk went in: the same kind of ware comes instead."""
    line = _held(turn)
    if line is None or line.product_id not in turn.talk.recent or turn.talk.question is not None:
        return None
    if words[0] not in ("nei", "feil", "ikke") or _FURTHER & set(words):
        return None
    if len(request.lines) != 1 or request.unaccounted or words[:2] == ["nei", "takk"]:
        return None
    named = request.lines[0]
    if not named.phrase or named.act not in (None, Act.ADD) or named.amount is not None:
        return None
    match = turn.shop.matcher.match(named.phrase, turn.about.history)
    if not isinstance(match, Certain | Choice):
        return None
    now = turn.shop.catalogue[line.product_id]
    if all(each.product.category != now.category for each in match.candidates):
        return None
    if isinstance(match, Certain) and match.candidate.product == now:
        return None
    coming = OrderLine(named.phrase, None, Act.REPLACE, named.span, instead_of="")
    return turn.apply(Request((coming,), ()), Act.ADD)


