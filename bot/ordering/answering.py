"""Answers to the open question: which product, how many, or something else than an answer."""

from dataclasses import replace
from decimal import Decimal

from bot.ordering import finishing, offers, references, wording
from bot.ordering.acts import read_act
from bot.ordering.alternatives import not_that, other_of_kind
from bot.ordering.amount import Amount
from bot.ordering.answer import NONE_OF_THEM, Answer, read_answer, read_quantity_answer
from bot.ordering.catalogue import Product
from bot.ordering.consent import hesitates, is_plain_yes
from bot.ordering.context import only_amount, points_only, takes_it, words_of
from bot.ordering.edits import Edit
from bot.ordering.fillers import DESCRIBING
from bot.ordering.learned import edit_of
from bot.ordering.matcher import Certain, Choice, Unknown
from bot.ordering.offer import SUBSTITUTE, Offer
from bot.ordering.pointing import EXTREMES, IDLE, described, is_description, words_in
from bot.ordering.request import Act, OrderLine, Request
from bot.ordering.talk import AmountQuestion, ProductQuestion, Question
from bot.ordering.turn import EDITS, Outcome, Turn

_FEW_WORDS = 4
_MENDING = frozenset({"nei", "bare", "berre", "feil", "mente", "holder"})
_USUAL = frozenset({"vanlige", "vanlege", "vanlig", "pleier", "bruker", "brukar"})


def answer(turn: Turn, question: Question, act: str, text: str) -> Outcome:
    """Take what was said while `question` stood open."""
    if isinstance(question, Offer):
        answered = offers.answer(turn, question, act, text)
        outcome = answered or _something_else(turn, question, act, text)
    elif isinstance(question, AmountQuestion):
        outcome = _amount(turn, question, act, text)
    else:
        outcome = _product(turn, question, act, text)
    if not turn.talk.finishing or turn.talk.question is not None:
        return outcome
    # The person was done already; now that nothing is open, the basket is read back.
    turn.talk = replace(outcome.talk, finishing=False)
    if not turn.order.basket.lines:
        return outcome
    turn.before, turn.besides = turn.said, []
    return finishing.done(turn)


def _product(turn: Turn, question: ProductQuestion, act: str, text: str) -> Outcome:
    products = [turn.shop.catalogue[pid] for pid in question.options]
    if question.act == SUBSTITUTE and act != "deny":
        of_brand = offers.of_brand(products, text)
        if of_brand is not None:
            return _choose(turn, question, of_brand)
    agrees = is_plain_yes(text) and words_of(text) & _YES
    if act == "affirm" or takes_it(text) or (agrees and (question.proposed or len(products) == 1)):
        return _yes(turn, question, products)
    instead = not_that(turn, text)
    if instead is not None and all(is_description(line.phrase) for line in instead.lines):
        return _described(turn, question, instead)
    if instead is not None:
        return turn.apply(instead, Act.ADD, _let_go(turn, question))
    request = turn.parse(text)
    pointed = read_answer(text, products) if words_in(text)[:1] in _POINTING else None
    if pointed is not None and isinstance(pointed.index, int) and not words_of(text) & _OUT:
        amount = pointed.amount if pointed.amount is not None else question.amount
        return _choose(turn, replace(question, amount=amount), products[pointed.index])
    if question.act == Act.ADD.value and _has_it(question, text):
        return _drop(turn, question)
    described_so = _kind_of_it(turn, question, text)
    if described_so is not None:
        return described_so
    takes_out = bool(words_of(text) & _OUT) and question.act != Act.REMOVE.value
    named_other = read_act(text) not in _NO_WARE and _names_other_ware(turn, question, request)
    if takes_out or (named_other and act != "deny"):
        return _something_else(turn, question, act, text)
    corrected = act == "change" and only_amount(request)
    every = _every_one(turn, question, products, request, text)
    if every is not None:
        return every
    further = bool(request.lines) and all(
        line.relative and not line.phrase for line in request.lines
    )  # "en til" is about what is in the basket already
    found = None if corrected or further else read_answer(text, products)
    refused = found is not None and found.index is NONE_OF_THEM
    if not isinstance(found, Answer) and _tells_closer(text):
        closer = _refined(turn, question, text)
        if closer is not None:
            return closer
    if refused or act == "deny":
        return _drop(turn, question)
    if found is not None and isinstance(found.index, int):
        amount = found.amount if found.amount is not None else question.amount
        return _choose(turn, replace(question, amount=amount), products[found.index])
    named = [line.phrase for line in request.lines if line.phrase]
    if len(named) == 1 and question.wording == wording.EITHER and act != "remove":
        picked = turn.shop.matcher.match_held(named[0], question.options)
        if isinstance(picked, Certain):  # "cola" of "cola eller pepsi"
            amount = request.lines[0].amount or question.amount
            return _choose(turn, replace(question, amount=amount), picked.candidate.product)
    if products and words_of(text) & _USUAL and all(_is_usual(each) for each in named):
        return _choose(turn, question, _most_usual(turn, products))
    if products and not named and hesitates(text):
        turn.propose(question)
        return turn.end([])
    if act == "done":
        return _done(turn, question)
    return _something_else(turn, question, act, text)


_POINTING = (["den"], ["det"], ["de"])


def _has_it(question: ProductQuestion, text: str) -> bool:
    """ "nei vent, jeg har kaffe": what was asked about is not needed."""
    words = words_in(text)
    asked = words_in(question.phrase)
    said = bool(asked) and all(word in words for word in asked)
    return said and "har" in words and bool({"jeg", "vi"} & set(words)) and len(words) <= _MOST_SAID


_MOST_SAID = 7


def _kind_of_it(turn: Turn, question: ProductQuestion, text: str) -> Outcome | None:
    """ "ferskt" of fisk: the ware that was asked about, told by an adjective alone."""
    words = words_in(text)
    plain = is_description(text) and not EXTREMES & set(words) and question.act == Act.ADD.value
    options = [turn.shop.catalogue[pid] for pid in question.options]
    if not plain or not options or isinstance(read_answer(text, options), Answer):
        return None
    phrase = described(question.phrase, [text])
    if phrase == question.phrase or not turn.sold(phrase):
        return None
    line = OrderLine(phrase, question.amount, Act.ADD, (0, len(text)))
    return turn.apply(Request((line,), ()), Act.ADD, turn.edit_after_question())


def _described(turn: Turn, question: ProductQuestion, wish: Request) -> Outcome:
    """ "Nei takk, ikke den, noe mildt": the ware that was asked about, of another kind."""
    phrase = described(question.phrase, [line.phrase for line in wish.lines])
    line = OrderLine(phrase, question.amount, Act.ADD, (0, len(phrase)))
    return turn.apply(Request((line,), ()), Act.ADD, turn.edit_after_question())


#: Words that take something out: "ta bort den første" chooses nothing.
_OUT = frozenset({"bort", "fjern", "vekk", "stryk", "slett", "dropp", "fjerne", "ut"})
_NO_THANKS = frozenset({"takk", "ingen", "ingenting", "likevel", "allikevel", "dropp", "glem"})
_YES = frozenset({"ja", "jo", "jau", "jepp", "jada"})
#: Acts whose own expressions name no ware, whatever a product is called ("ferdig").
_NO_WARE = frozenset({"affirm", "deny", "done", "choose"})


def _names_other_ware(turn: Turn, question: ProductQuestion, request: Request) -> bool:
    """Whether a ware is named that is none of the options: "og så tre hekto servelat"."""
    for line in request.lines:
        if not line.phrase or points_only(line.phrase) or not question.options:
            continue
        if words_in(line.phrase)[:1] and words_in(line.phrase)[0] in _USUAL:
            continue  # "den vanlige til trakteren"
        held = turn.shop.matcher.match_held
        if isinstance(held(line.phrase, question.options), Unknown) and turn.sold(line.phrase):
            match = turn.shop.matcher.match(line.phrase)
            named = [each.product.product_id for each in match.candidates]
            if isinstance(held(question.phrase, named), Unknown):
                return True
    return False


def _yes(turn: Turn, question: ProductQuestion, products: list[Product]) -> Outcome:
    """A yes takes the one that was asked about; to a choice of several it says too little."""
    if question.proposed:
        return _choose(turn, question, turn.shop.catalogue[question.proposed])
    if len(products) == 1:
        return _choose(turn, question, products[0])
    if not products:
        return turn.failed([wording.BEFORE_DONE])
    turn.propose(question)
    return turn.end([])


def _choose(turn: Turn, question: ProductQuestion, product: Product) -> Outcome:
    if question.act == SUBSTITUTE:
        return offers.take_substitute(turn, question, product)
    edit = turn.edit_after_question()
    turn.editor.choose(question, product, edit)
    outcome = turn.take(edit)
    chosen = replace(question, proposed="") if len(question.options) > 1 else None
    turn.talk = replace(turn.talk, chosen=chosen)
    return replace(outcome, talk=replace(outcome.talk, chosen=chosen))


def _drop(turn: Turn, question: Question) -> Outcome:
    if isinstance(question, ProductQuestion):
        if question.act == SUBSTITUTE:
            return offers.leave_sold_out(turn, question)
        turn.talk = replace(turn.talk, unwanted=(*turn.talk.unwanted, *question.options))
    edit = turn.edit_after_question()
    edit.notes.append(wording.dropped(question.phrase))
    return turn.take(edit)


def _done(turn: Turn, question: Question) -> Outcome:
    """ "det var alt" while something is open: propose one; said again, it is left out."""
    if turn.talk.finishing:
        return _drop(turn, question)
    turn.talk = replace(turn.talk, finishing=True)
    if isinstance(question, ProductQuestion) and question.options:
        turn.propose(question)
    elif isinstance(question, AmountQuestion) and question.suggested is None:
        turn.talk = turn.talk.asking(replace(question, suggested=_ONE))
    return turn.end([wording.BEFORE_DONE])


_ONE = Decimal(1)


def _most_usual(turn: Turn, products: list[Product]) -> Product:
    counts = turn.about.history.counts
    return max(products, key=lambda each: counts.get(each.product_id, 0))


def _is_usual(phrase: str) -> bool:
    """Whether a phrase names what somebody usually has: "vanlige", "vanlige til trakteren"."""
    return points_only(phrase) or words_in(phrase)[0] in _USUAL


def _every_one(
    turn: Turn,
    question: ProductQuestion,
    products: list[Product],
    request: Request,
    text: str,
) -> Outcome | None:
    """ "en av hver", "begge to", "alle tre": each of the options."""
    words = words_of(text)
    each = any(line.each and not line.phrase for line in request.lines)
    if question.act != Act.ADD.value or not (each or words & {"begge", "alle", "alle tre"}):
        return None
    if words & {"begge"} and len(products) != 2:
        return None
    amount = next((line.amount for line in request.lines if line.each), question.amount)
    edit = turn.edit_after_question()
    for product in products:
        turn.editor.choose(replace(question, amount=amount), product, edit)
    return turn.take(edit)


#: What people count potatoes in; how much is in one is not known.
_SACKS = frozenset({"sekk", "sekken", "sekker", "nett", "nettet", "kasse", "kassa"})


def _amount(turn: Turn, question: AmountQuestion, act: str, text: str) -> Outcome:
    asked = turn.shop.catalogue[question.product_id]
    if asked.unit == "kg" and words_of(text) & _SACKS and len(words_in(text)) <= _FEW_WORDS:
        return turn.failed([wording.sold_by_weight(asked.full_name)])
    amount = read_quantity_answer(text)
    if (
        amount is None
        and question.suggested is not None
        and (act == "affirm" or takes_it(text) or (is_plain_yes(text) and words_of(text) & _YES))
    ):
        product = turn.shop.catalogue[question.product_id]
        amount = Amount(question.suggested, product.unit)
    if amount is not None and not amount.vague and amount.upper is None and amount.value > 0:
        edit = turn.edit_after_question()
        turn.editor.put_amount(question, amount, edit)
        return turn.take(edit)
    if act == "deny" and (question.suggested is None or words_of(text) & _NO_THANKS):
        return _drop(turn, question)  # "nei takk" wants none; "nei" only not so many
    if act == "deny":
        turn.talk = turn.talk.asking(replace(question, suggested=None))
        return turn.end([])
    if act == "done":
        return _done(turn, question)
    if act == "affirm":
        return turn.failed([wording.BEFORE_DONE])
    other = other_of_kind(turn, question.product_id, text)
    if other is not None:
        turn.talk = turn.talk.asking(replace(question, product_id=other.product_id))
        return turn.end([])
    return _something_else(turn, question, act, text)


def _something_else(turn: Turn, question: Question, act: str, text: str) -> Outcome:
    """Something else than an answer was said: more precise words, or another wish."""
    turn.talk = replace(turn.talk, finishing=False)
    pointed = references.resolve_beside(turn, text)
    if pointed is not None:
        return pointed
    request = turn.parse(text)
    held = any(
        not isinstance(turn.shop.in_basket(line.phrase, turn.order.basket), Unknown)
        for line in request.lines
        if line.phrase
    )
    act = edit_of(act, text, request, held)  # what is not held cannot go out
    named = any(
        (line.phrase and not points_only(line.phrase)) or line.instead_of for line in request.lines
    )
    if not named and any(line.relative for line in request.lines):
        return turn.apply(request, Act.CHANGE)  # "en til": of what is in the basket already
    if isinstance(question, ProductQuestion):
        if not question.options:
            return _instead(turn, question, request)
        if _more_precise(turn, question, request):
            line = request.lines[0]
            amount = line.amount if line.amount is not None else question.amount
            counted = question.amount is not None and question.amount.unit not in ("l", "kg")
            phrase = line.phrase
            if counted and amount is not None and amount.unit in ("l", "kg"):
                # "to pakker kaffe", "friele 500 gram": two of that size.
                phrase = f"{phrase} {_size(amount)}"
                amount = question.amount
            restated = replace(line, phrase=phrase, amount=amount, act=Act(question.act))
            return turn.apply(
                replace(request, lines=(restated,)), Act.ADD, turn.edit_after_question()
            )
        if only_amount(request):
            amount = request.lines[0].amount
            assert amount is not None
            chosen, last = turn.talk.chosen, turn.talk.last_product
            mends = (
                words_of(text) & _MENDING
                and last in turn.talk.recent
                and (turn.order.basket.line(last or "") is not None)
            )
            if (chosen is not None and chosen.amount is None) or mends:
                # We have just gone back to another question: it is about what was chosen before.
                return turn.apply(request, Act.CHANGE)
            turn.talk = turn.talk.asking(replace(question, amount=amount))
            return turn.end([wording.amount_noted(amount.value, amount.unit)])
        if (
            named
            and act != "out_of_scope"
            and _is_new_ware(turn, request)
            and (
                _refuses(text)
                or (_is_broad(question) and not _goes_on(turn, question, text, request))
            )
        ):
            return turn.apply(request, EDITS.get(act, Act.ADD), _let_go(turn, question))
        if act != "out_of_scope" and _restates(question, request):
            # "to brød, ett grovt og ett fint": that is the answer
            return turn.apply(request, EDITS.get(act, Act.ADD), turn.edit_after_question())
    known = all(turn.sold(line.phrase) for line in request.lines if line.phrase)
    if named and (act != "out_of_scope" or (known and not request.unaccounted)):
        return turn.apply(request, EDITS.get(act, Act.ADD))
    return turn.failed([])


def _restates(question: ProductQuestion, request: Request) -> bool:
    """Whether several kinds of just the ware that was asked about are named."""
    asked = words_in(question.phrase)

    def is_kind(phrase: str) -> bool:
        said = words_in(phrase)
        return all(any(word.endswith(ware) for word in said) for ware in asked)

    return len(request.lines) > 1 and all(
        line.act in (None, Act.ADD) and is_kind(line.phrase) for line in request.lines
    )


def _size(amount: Amount) -> str:
    """A measure as it is printed on a pack: 0.5 kg is "500 g"."""
    if amount.unit == "kg" and amount.value < 1:
        return f"{(amount.value * 1000).normalize():f} g"
    return f"{amount.value.normalize():f} {amount.unit}".replace(".", ",")


def _is_broad(question: ProductQuestion) -> bool:
    """Whether a whole group of wares was asked about ("noe til middag"), not which of a kind."""
    return bool(question.wording) and question.wording != wording.EITHER


def _goes_on(turn: Turn, question: ProductQuestion, text: str, request: Request) -> bool:
    """Whether something further is named, so that a broad question stays: "og så melk"."""
    opened = text.casefold().split()[:1] in (["og"], ["å"], ["pluss"])
    wished = any(line.act is Act.ADD for line in request.lines)
    further = opened or wished or bool(words_of(text) & {"også", "au", "òg", "åsså"})
    asked = {turn.shop.catalogue[pid].category for pid in question.options}
    for line in request.lines:
        match = turn.shop.matcher.match(line.phrase) if line.phrase else None
        if isinstance(match, Certain | Choice) and any(
            each.product.category in asked for each in match.candidates
        ):
            return False
    return further


def _tells_closer(text: str) -> bool:
    """Whether what was asked about is told closer: "nei, de med frø"."""
    words = words_in(text)
    words = words[1:] if words[:1] == ["nei"] else words
    if words[:1] in (["til"], ["for"], ["med"], ["uten"], ["i"], ["på"]):
        return len(words) > 1  # "til voksne" of bleier
    if words[:1] not in (["de"], ["den"], ["det"]):
        return False
    described = all(word in DESCRIBING and word not in EXTREMES for word in words[1:])
    return bool({"med", "uten"} & set(words)) or (len(words) > 1 and described)


def _refined(turn: Turn, question: ProductQuestion, text: str) -> Outcome | None:
    """ "nei, de med frø": the ware that was asked about, told more closely."""
    words = [word for word in words_in(text) if word not in IDLE or word in ("med", "uten")]
    if words_in(text)[:1] in (["til"], ["for"], ["i"], ["på"]):
        words = words_in(text)
    told = " ".join(words)
    if question.act != Act.ADD.value or not told.strip() or not question.options:
        return None
    phrase = f"{question.phrase} {told}"
    if turn.shop.vocabulary.coverage(phrase.casefold().split()) < 1.0:
        return None
    line = OrderLine(phrase, question.amount, Act.ADD, (0, len(text)))
    return turn.apply(Request((line,), ()), Act.ADD, turn.edit_after_question())


def _refuses(text: str) -> bool:
    """Whether somebody turns down what was asked before naming something else."""
    return read_act(" ".join(text.split()[:1])) == "deny"


def _is_new_ware(turn: Turn, request: Request) -> bool:
    return all(
        line.act in (None, Act.ADD) and (not line.phrase or turn.sold(line.phrase))
        for line in request.lines
    )


def _let_go(turn: Turn, question: ProductQuestion) -> Edit:
    """A broad question ("noe til middag") ends when a ware is named; that is said."""
    if question.act == SUBSTITUTE:
        return offers.without_substitute(turn, question)
    edit = turn.edit_after_question()
    edit.notes.append(
        wording.settled(question.phrase) if question.wording else wording.dropped(question.phrase)
    )
    return edit


def _instead(turn: Turn, question: ProductQuestion, request: Request) -> Outcome:
    """ "bytt kaffen" was asked about: the first ware that is named now comes in its place."""
    named = [line for line in request.lines if line.phrase]
    if not named:
        return turn.failed([])
    if question.act == Act.ADD.value:  # "to av hva?"
        amount = named[0].amount or question.amount
        first = replace(named[0], amount=amount)
        return turn.apply(
            replace(request, lines=(first, *named[1:])), Act.ADD, turn.edit_after_question()
        )
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
