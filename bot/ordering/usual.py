""" "Som vanlig", with exceptions: the usual list as one wish, said back as a whole.

What is said besides ("men uten melk", "men to brød") is first done to the list, and only then does
the list go into the basket: so nothing goes in that goes out again in the same breath.
"""

import re
from dataclasses import replace
from decimal import Decimal

from bot.ordering import wording, wording_personal
from bot.ordering.basket import Basket
from bot.ordering.context import words_of
from bot.ordering.edits import Edit, Editor, basket_line
from bot.ordering.lemmas import word_set
from bot.ordering.offer import BUDGET, Offer
from bot.ordering.request import Act, OrderLine, Request
from bot.ordering.turn import Outcome, Turn

#: What follows these changes the list, or comes besides it.
_BUT = frozenset({"men", "bare", "heller", "unntatt", "bortsett"})
_BESIDES = frozenset({"så", "pluss", "tillegg", "også", "attpåtil", "legg", "samt", "til"})
_USUAL = re.compile(
    r"\b(?:som (?:vanlig|vanleg|vanli|sist\w*|forrige|førre|jeg pleier|eg pleier|æ pleie)\b"
    r"|det? (?:vanlige|vanlege|faste)"
    r"(?=\W*$|\W+(?:men|uten|utan|og|pluss|bortsett|unntatt|takk|i dag)\b)"
    r"|(?:faste?|vanlige|vanlege) (?:handle|inn[kj]+øps)?liste)",
    re.IGNORECASE,
)
#: Words that may stand before it; a ware among them makes it a wish for that ware.
_BEFORE = word_set(
    """
    ja jo jada hei hallo god dag jeg eg æ e je vi vil ha gjerne kan få kunne tenkte å takk tar ta
    bestill bestille bestiller kjøp kjøpe skal alt bare det den samme same da nå så okei ok helt nei
    du litt vel bli blir det ska handle handla send sende meg legg til inn oppi og også pluss putt
    sett opp skriv tilsvarende akkurat de dem selv sjøl sjølv slag slags
    """
)
_MAY_MEAN_IT = frozenset(
    ("usual", "add", "remove", "change", "replace", "out_of_scope", "nlu_fallback")
)
_LAST_TIME = frozenset({"sist", "sista", "siste", "forrige", "førre"})


def is_meant(act: str, text: str) -> bool:
    """Whether the whole list is wanted: "som vanlig" does, "to melk som vanlig" does not."""
    if act not in _MAY_MEAN_IT:
        return False
    found = _USUAL.search(text)
    if found is None:
        return act == "usual"
    return words_of(text[: found.start()]) <= _BEFORE


def order_usual(turn: Turn, text: str) -> Outcome:
    """Put the usual list, changed as the text says, into the basket."""
    listed = _listed(turn, text)
    if not listed:
        return turn.end([wording.NO_USUAL], wording.WHAT)
    catalogue = turn.shop.catalogue
    lines = [
        basket_line(product, quantity)
        for product_id, quantity in listed
        if (product := catalogue.get(product_id)) is not None
    ]
    request = turn.parse(text)
    named = [line for line in request.lines if line.phrase]
    exceptions, further = _told_apart(text, named)
    wanted = _changed(turn, Basket(tuple(lines)), exceptions)
    edit = turn.edit_with(turn.talk.questions)
    _put_all(turn, wanted, edit)
    without = [
        each.phrase
        for each in exceptions
        if each.act is Act.REMOVE and each.phrase not in wanted.absent
    ]
    said = _said(wanted, edit, without)
    if len(lines) < len(listed):
        said.append(wording_personal.SOME_GONE)
    if wanted.absent:
        said.append(wording_personal.not_usual(wanted.absent))
    edit.notes[:0] = [*said, *wanted.notes]
    edit.missing += wanted.missing
    edit.blocked += wanted.blocked
    edit.unplaced += wanted.unplaced
    kept = {line.product_id for line in wanted.basket.lines}
    refused = [each.product_id for each in lines if each.product_id not in kept]
    turn.talk = replace(turn.talk, unwanted=(*turn.talk.unwanted, *refused))
    return turn.apply(Request(further, request.unaccounted), Act.ADD, edit)


def _listed(turn: Turn, text: str) -> tuple[tuple[str, Decimal], ...]:
    """The list that is meant: "som sist" is what came the last time, else the usual one."""
    if words_of(text) & _LAST_TIME:
        return turn.about.personal.last() or turn.about.usual()
    return turn.about.usual()


def _told_apart(
    text: str, named: list[OrderLine]
) -> tuple[tuple[OrderLine, ...], tuple[OrderLine, ...]]:
    """What changes the list ("men to brød": two altogether), and what is wanted besides."""
    exceptions: list[OrderLine] = []
    further: list[OrderLine] = []
    besides, end = False, 0
    for line in named:
        words = words_of(text[end : line.span[1]])
        end = line.span[1]
        if words & _BUT:
            besides = False
        elif words & _BESIDES:
            besides = True
        changes = line.act in (Act.REMOVE, Act.REPLACE, Act.CHANGE)
        if changes or (line.amount is not None and not besides and not line.relative):
            exceptions.append(line if changes else replace(line, act=Act.CHANGE))
        else:
            further.append(line)
    return tuple(exceptions), tuple(further)


def _changed(turn: Turn, listed: Basket, exceptions: tuple[OrderLine, ...]) -> Edit:
    """The list after the exceptions; no gate stands before it, because it is no basket."""
    edit = Edit(listed)
    editor = Editor(turn.shop, turn.about.history, turn.about.policy)
    editor.apply(Request(exceptions, ()), Act.CHANGE, edit, None)
    return edit


def _put_all(turn: Turn, wanted: Edit, edit: Edit) -> None:
    """Make the basket hold at least what the list says; over the budget it is asked as a whole."""
    lacking = []
    for line in wanted.basket.lines:
        held = edit.basket.line(line.product_id)
        more = line.quantity - (held.quantity if held else Decimal(0))
        if more > 0:
            lacking.append((line.product_id, more))
    whole = Offer(BUDGET, "det vanlige", tuple(lacking))
    gates = turn.editor.gates
    if lacking and gates.personal.passes_budget(edit.basket, gates.with_offer(edit.basket, whole)):
        edit.questions.append(whole)
    else:
        turn.editor.put_offer(replace(whole, kind=""), edit)
    edit.questions += [each for each in wanted.questions if each not in edit.questions]


def _said(wanted: Edit, edit: Edit, without: list[str]) -> list[str]:
    """The list as one sentence; what was added is then not said a second time."""
    went_in = [
        line
        for line in wanted.basket.lines
        if edit.basket.line(line.product_id) != edit.started_with.line(line.product_id)
    ]
    edit.added.clear()
    if went_in:
        return [wording_personal.usual(went_in, without)]
    asked = any(isinstance(each, Offer) for each in edit.questions)
    return [] if asked or edit.blocked else [wording_personal.ALL_USUAL]
