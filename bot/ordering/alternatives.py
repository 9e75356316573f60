"""Another ware instead of, or beside, the one that was touched last.

"nei, den andre" of a choice, "det samme i grovt", "ikke den, den billige", "nei, helmelk". Each
reader answers None when the words mean something else.
"""

from __future__ import annotations

from dataclasses import replace

from bot.ordering import wording
from bot.ordering.amount import Amount
from bot.ordering.answer import read_answer
from bot.ordering.basket import BasketLine
from bot.ordering.catalogue import Product
from bot.ordering.context import points_only
from bot.ordering.fillers import DESCRIBING
from bot.ordering.match import MAX_OPTIONS
from bot.ordering.matcher import Certain, Choice, Unknown
from bot.ordering.norwegian import Kind, tokenise
from bot.ordering.pointing import CORRECTING, EXTREMES, FURTHER, IDLE, held_line, words_in
from bot.ordering.request import Act, OrderLine, Request
from bot.ordering.talk import ProductQuestion
from bot.ordering.turn import Outcome, Turn
from bot.ordering.units import PACKS

_OTHER = frozenset({"andre", "annen", "annet"})
_SAME = frozenset({"samme", "same", "sama", "samma"})
_SUCH = frozenset({"sånn", "sånt", "sånne", "slik", "slikt", "slike"})


def same_in(turn: Turn, words: list[str]) -> Outcome | None:
    """ "det samme i grovt": another kind of what was ordered last, as much of it."""
    if not _SAME & set(words) or not {"i", "bare"} & set(words):
        return None
    told = [word for word in words if word in DESCRIBING]
    line = held_line(turn)
    if not told or line is None:
        return None
    now = turn.shop.catalogue[line.product_id]
    found = variants(turn, now, " ".join(told))
    if not found:
        return turn.failed([wording.not_found([" ".join([*told, now.name.casefold()])])])
    act = Act.REPLACE if CORRECTING & set(words) else Act.ADD
    return put(turn, found, line, act, " ".join(told))


def variants(turn: Turn, now: Product, told: str) -> list[Product]:
    """Wares of the kind of `now` that are as `told` ("grovt", "laktosefri"), best first.

    When its own kind has none, those of its department.
    """
    alike = [each.product_id for each in of_kind(turn, now)]
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


def of_kind(turn: Turn, now: Product) -> list[Product]:
    """The other products of the same kind, whatever their brand, size and adjectives."""
    words = [word for word in tokenise(now.name) if word.said.isalpha()]
    kind = " ".join(word.said for word in words if word.plain not in DESCRIBING)
    found = turn.shop.matcher.all_like(kind or now.name)
    return [each for each in found if each.product_id != now.product_id]


def put(turn: Turn, found: list[Product], line: BasketLine, act: Act, phrase: str) -> Outcome:
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


def other_choice(turn: Turn, act: str, text: str, words: list[str]) -> Outcome | None:
    """ "nei, den andre", "ikke den, den billige": another option of the choice made last."""
    chosen = turn.talk.chosen
    line = held_line(turn)
    if chosen is None or line is None or chosen.act not in ("add", "replace"):
        return None
    if line.product_id not in chosen.options or act in ("done", "affirm"):
        return None
    if any(each.act is Act.REMOVE for each in turn.parse(text).lines):
        return None
    correcting = bool(CORRECTING & set(words))
    products = [turn.shop.catalogue[pid] for pid in chosen.options]
    others = [each for each in products if each.product_id != line.product_id]
    rest = [word for word in words if word not in IDLE]
    further = bool({"også"} & set(words))
    pointing = words[0] in ("den", "det", "de") or correcting or further or act == "choose"
    if not pointing or not rest:
        return None
    found = _pointed(rest, text, products, others, chosen.phrase)
    if not found:
        return None
    return put(turn, found, line, Act.ADD if further else Act.REPLACE, chosen.phrase)


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


def other_kind(turn: Turn, words: list[str]) -> Outcome | None:
    """ "nei, den økologiske", "ikke den, den billige": told apart by an adjective alone."""
    line = held_line(turn)
    told = [word for word in words if word in DESCRIBING or word in EXTREMES]
    known = IDLE | _SUCH | PACKS.keys() | set(told)
    rest = [word for word in words if word not in known]
    pointing = words[0] in ("den", "det", "de") or bool((CORRECTING | _SUCH) & set(words))
    if line is None or not told or rest or not pointing:
        return None
    now = turn.shop.catalogue[line.product_id]
    if set(told) & EXTREMES:
        found = _extreme(turn, now, told)
        return put(turn, [found], line, Act.REPLACE, turn.talk.spoken) if found else None
    # "ikke de fine, de grove": what it is already is not what is wanted.
    now_is = turn.shop.matcher.match_held
    wanted = [each for each in told if isinstance(now_is(each, [now.product_id]), Unknown)]
    found_all = variants(turn, now, " ".join(wanted)) if wanted else []
    return put(turn, found_all, line, Act.REPLACE, " ".join(wanted)) if found_all else None


def other_of_kind(turn: Turn, product_id: str, text: str) -> Product | None:
    """ "den kokmalte": the ware of the same kind that is meant, while its amount is asked about."""
    words = [word for word in words_in(text) if word not in IDLE]
    now = turn.shop.catalogue[product_id]
    if not words or words_in(text)[0] not in ("den", "det", "de", "nei", "ikke"):
        return None
    found = variants(turn, now, " ".join(words))
    return found[0] if len(found) == 1 else None


def _extreme(turn: Turn, now: Product, told: list[str]) -> Product | None:
    """The cheapest, biggest … of the kind, when that is another than `now`."""
    groups = [list(turn.shop.siblings(now)), [now, *of_kind(turn, now)]]
    for group in groups:
        others = [each for each in group if each.product_id != now.product_id]
        answer = read_answer(" ".join(["den", *told]), [now, *others])
        if answer is not None and isinstance(answer.index, int) and answer.index > 0:
            return others[answer.index - 1]
    return None


def other_ware(turn: Turn, words: list[str]) -> Outcome | None:
    """ "nei, det andre brødet": another ware of the kind that was named."""
    line = held_line(turn)
    if line is None or not _OTHER & set(words) or not CORRECTING & set(words):
        return None
    kind = " ".join(word for word in words if word not in IDLE and word not in _OTHER)
    now = turn.shop.catalogue[line.product_id]
    found = turn.shop.matcher.all_like(kind) if kind else tuple(of_kind(turn, now))
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


def not_that(turn: Turn, text: str) -> Request | None:
    """ "nei, ikke det, laks": the wish that is named instead of what was spoken of last."""
    tokens = [t for t in tokenise(text) if t.kind in (Kind.WORD, Kind.NUMBER)]
    while tokens and tokens[0].plain in ("nei", "takk", "men"):
        tokens = tokens[1:]
    words = [token.plain for token in tokens]
    if len(words) < 3 or words[0] != "ikke" or words[1] not in ("det", "den", "de", "dem"):
        return None
    wish = turn.parse(text[tokens[2].start :])
    named = [line.phrase for line in wish.lines]
    if not named or wish.unaccounted or any(line.act is Act.REMOVE for line in wish.lines):
        return None
    wares = all(phrase and not points_only(phrase) and turn.sold(phrase) for phrase in named)
    return wish if wares else None


def instead_of_last(turn: Turn, text: str) -> Outcome | None:
    """ "nei, ikke det, laks": laks comes for what was put into the basket last."""
    wish = not_that(turn, text)
    line = held_line(turn)
    if wish is None or line is None or line.product_id not in turn.talk.recent:
        return None
    first = replace(wish.lines[0], act=Act.REPLACE, instead_of="")
    return turn.apply(replace(wish, lines=(first, *wish.lines[1:])), Act.ADD)


def corrected(turn: Turn, words: list[str], request: Request) -> Outcome | None:
    """ "nei, helmelk" right after lettmelk went in: the same kind of ware comes instead."""
    line = held_line(turn)
    if line is None or line.product_id not in turn.talk.recent or turn.talk.question is not None:
        return None
    if words[0] not in ("nei", "feil", "ikke") or FURTHER & set(words):
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
