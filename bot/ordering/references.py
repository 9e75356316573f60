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
from bot.ordering.context import only_amount, points_only, takes_it
from bot.ordering.fillers import DESCRIBING
from bot.ordering.lemmas import word_set
from bot.ordering.match import MAX_OPTIONS
from bot.ordering.matcher import Certain, Choice, Unknown
from bot.ordering.norwegian import Kind, tokenise
from bot.ordering.order import Status
from bot.ordering.request import Act, OrderLine, Request
from bot.ordering.talk import AmountQuestion, ProductQuestion, Shown
from bot.ordering.turn import Outcome, Turn
from bot.ordering.units import PACKS

_CORRECTING = frozenset({"nei", "feil", "ikke", "mente", "mener", "unnskyld", "beklager", "heller"})
_FURTHER = frozenset({"også", "glemte", "glemt", "til", "mer", "pluss", "legg", "forresten"})
_OTHER = frozenset({"andre", "annen", "annet"})
_IDLE = word_set(
    """
    nei ja jo takk men da heller likevel vent jeg mente mener å si det den de skal skulle være ha
    vil ta tar unnskyld beklager feil ikke så kan du vi er var ble for og på med av en et ei sa
    de dem denne disse jo skulle hatt fått bli
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
    every = {"begge", "alle"} & set(words_in(text)) or any(
        line.each and not line.phrase for line in request.lines
    )
    if every and len(products) > 1 and not any(line.phrase for line in request.lines):
        return _take_every(turn, shown, products, _amount_in(request) or shown.amount)
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
        or _by_place(turn, act, words, request)
        or _after_all(turn, words, request)
        or _same_in(turn, words)
        or _other_choice(turn, act, text, words)
        or _other_kind(turn, words)
        or _other_ware(turn, words)
        or _corrected(turn, words, request)
        or _set_anew(turn, act, words, request)
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
    marks = _DOUBLE | _HALF | {"holder", "hold", "så", "mye", "mange", "nok", "bare"}
    named = [
        " ".join(left)
        for line in request.lines
        if (left := [word for word in line.phrase.casefold().split() if word not in marks])
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


_PLACES = {"første": 0, "fyrste": 0, "andre": 1, "tredje": 2, "siste": -1, "sist": -1}


def _by_place(turn: Turn, act: str, words: list[str], request: Request) -> Outcome | None:
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


def _after_all(turn: Turn, words: list[str], request: Request) -> Outcome | None:
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
    """Wares of the kind of `now` that are as `told` ("grovt", "laktosefri"), best first.

    When its own kind has none, those of its department.
    """
    alike = [each.product_id for each in _alike(turn, now)]
    match = turn.shop.matcher.match_held(told, alike) if alike else None
    if isinstance(match, Certain):
        return [match.candidate.product]
    if isinstance(match, Choice):
        return [each.product for each in match.candidates]
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


def _alike(turn: Turn, now: Product) -> list[Product]:
    """The other products of the same kind, whatever their brand, size and adjectives."""
    words = [word for word in tokenise(now.name) if word.said.isalpha()]
    kind = " ".join(word.said for word in words if word.plain not in DESCRIBING)
    found = turn.shop.matcher.all_like(kind or now.name)
    return [each for each in found if each.product_id != now.product_id]


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


def _other_kind(turn: Turn, words: list[str]) -> Outcome | None:
    """ "nei, den økologiske", "ikke den, den billige": told apart by an adjective alone."""
    line = _held(turn)
    told = [word for word in words if word in DESCRIBING or word in _EXTREMES]
    rest = [word for word in words if word not in _IDLE and word not in told and word not in PACKS]
    pointing = words[0] in ("den", "det", "de") or bool(_CORRECTING & set(words))
    if line is None or not told or rest or not pointing:
        return None
    now = turn.shop.catalogue[line.product_id]
    if set(told) & _EXTREMES:
        found = _extreme(turn, now, told)
        return _put(turn, [found], line, Act.REPLACE, turn.talk.spoken) if found else None
    # "ikke de fine, de grove": what it is already is not what is wanted.
    now_is = turn.shop.matcher.match_held
    wanted = [each for each in told if isinstance(now_is(each, [now.product_id]), Unknown)]
    found_all = _variants(turn, now, " ".join(wanted)) if wanted else []
    return _put(turn, found_all, line, Act.REPLACE, " ".join(wanted)) if found_all else None


def other_of_kind(turn: Turn, product_id: str, text: str) -> Product | None:
    """ "den kokmalte": the ware of the same kind that is meant, while its amount is asked about."""
    words = [word for word in words_in(text) if word not in _IDLE]
    now = turn.shop.catalogue[product_id]
    if not words or words_in(text)[0] not in ("den", "det", "de", "nei", "ikke"):
        return None
    found = _variants(turn, now, " ".join(words))
    return found[0] if len(found) == 1 else None


def _extreme(turn: Turn, now: Product, told: list[str]) -> Product | None:
    """The cheapest, biggest … of the kind, when that is another than `now`."""
    groups = [list(turn.shop.siblings(now)), [now, *_alike(turn, now)]]
    for group in groups:
        others = [each for each in group if each.product_id != now.product_id]
        answer = read_answer(" ".join(["den", *told]), [now, *others])
        if answer is not None and isinstance(answer.index, int) and answer.index > 0:
            return others[answer.index - 1]
    return None


def _other_ware(turn: Turn, words: list[str]) -> Outcome | None:
    """ "nei, det andre brødet": another ware of the kind that was named."""
    line = _held(turn)
    if line is None or not _OTHER & set(words) or not _CORRECTING & set(words):
        return None
    kind = " ".join(word for word in words if word not in _IDLE and word not in _OTHER)
    now = turn.shop.catalogue[line.product_id]
    found = turn.shop.matcher.all_like(kind) if kind else tuple(_alike(turn, now))
    others = [
        each
        for each in found
        if each.product_id != now.product_id and each.category == now.category
    ]
    if not others:
        return None
    question = ProductQuestion(
        kind or turn.talk.spoken,
        tuple(each.product_id for each in others[:MAX_OPTIONS]),
        Act.REPLACE.value,
        Amount(line.quantity, "kg" if line.unit == "kg" else ""),
        instead_of=line.product_id,
    )
    edit = turn.edit_with(turn.talk.questions)
    edit.questions.append(question)
    return turn.take(edit)


def _set_anew(turn: Turn, act: str, words: list[str], request: Request) -> Outcome | None:
    """ "ja, men tre loff" at the read-back, "nei, jeg skulle hatt to": the new amount of it."""
    reading_back = turn.order.status is Status.READ_BACK
    correcting = words[0] in ("nei", "feil") or "skulle" in words
    if not (reading_back or correcting) or _FURTHER & set(words) or act == "remove":
        return None
    lines, changed = [], False
    for line in request.lines:
        anew = line.phrase and line.amount and line.act in (None, Act.ADD) and not line.relative
        held = turn.shop.in_basket(line.phrase, turn.order.basket) if anew else None
        changed = changed or isinstance(held, Certain)
        lines.append(replace(line, act=Act.CHANGE) if isinstance(held, Certain) else line)
    return turn.apply(replace(request, lines=tuple(lines)), Act.ADD) if changed else None


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
    said = bool({"sa", "mente", "mener"} & set(words))
    if not said and all(each.product.category != now.category for each in match.candidates):
        return None
    if isinstance(match, Certain) and match.candidate.product == now:
        return None
    coming = OrderLine(named.phrase, None, Act.REPLACE, named.span, instead_of="")
    return turn.apply(Request((coming,), ()), Act.ADD)


