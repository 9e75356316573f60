"""One turn of the talk, pure: what a person meant and where the talk is -> what is said and done.

The act comes from outside (Rasa); this module decides what it means *here*: "ja" after a read-back
confirms, "ja" after "skal jeg tømme kurven?" empties, and elsewhere it only says that we listen.
What then happens stands in the modules beside it (see `bot.ordering.turn`).
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.ordering import (
    alternatives,
    answering,
    finishing,
    hearing,
    inquiries,
    interruptions,
    offers,
    references,
    steering,
    usual,
    wording,
)
from bot.ordering.acts import read_act
from bot.ordering.all_but import all_but
from bot.ordering.another import ask_another
from bot.ordering.answer import read_answer
from bot.ordering.asking import Ask, read_inquiries
from bot.ordering.consent import hesitates, is_plain_yes, looks_for_it, split_done
from bot.ordering.context import (
    after_read_back,
    is_abusive,
    is_most_of,
    is_urgent,
    objects,
    only_amount,
    points_only,
    says_only_amount,
    takes_it,
    words_of,
)
from bot.ordering.gist import gist
from bot.ordering.learned import asks_for_person, edit_of, may_be_order, two_acts
from bot.ordering.matcher import Unknown
from bot.ordering.offer import Offer
from bot.ordering.order import Order, Status
from bot.ordering.other_size import in_other_size
from bot.ordering.outside import is_code, is_foreign
from bot.ordering.pointing import held_line, points_at, words_in
from bot.ordering.reading import introduces
from bot.ordering.request import Act
from bot.ordering.shop import Shop
from bot.ordering.shown import take_shown
from bot.ordering.talk import AmountQuestion, ProductQuestion, Talk
from bot.ordering.turn import EDITS, Circumstances, Outcome, Turn
from bot.ordering.wishes import limited_wish

__all__ = ["Circumstances", "Conversation", "Outcome", "stage"]

#: Acts that mean the same wherever the talk is.
_ANYWHERE: dict[str, Callable[[Turn, str], Outcome]] = {
    "repeat": lambda turn, text: steering.repeat(turn),
    "slower": lambda turn, text: steering.slower(turn),
    "help": lambda turn, text: steering.explain(turn),
    "greet": lambda turn, text: steering.greet(turn),
    "thanks": lambda turn, text: steering.thanks(turn),
    "undo": lambda turn, text: steering.undo(turn),
    "person": steering.person,
    "cancel": lambda turn, text: finishing.ask_cancel(turn),
    "basket": lambda turn, text: inquiries.basket(turn),
    "price": inquiries.price,
    "delivery": inquiries.delivery,
    "unclear": hearing.ask_unclear,
}

#: Acts whose own expressions are questions, but none about goods.
_KNOWN_QUESTIONS = frozenset(("basket", "delivery", "repeat", "help", "greet", "person", "usual"))
#: Acts that a plain yes may have been taken for.
_MAY_AGREE = frozenset(
    ("affirm", "done", "choose", "add", "thanks", "greet", "usual", "out_of_scope", "nlu_fallback")
)
#: Acts that an answer to an offer is easily taken for.
_MISTAKEN = frozenset(("thanks", "greet", "help", "out_of_scope", "nlu_fallback", "usual"))
#: Acts after which "den" still means what was shown before.
_KEEPING = frozenset(("repeat", "slower", "help", "greet", "thanks", "basket"))
#: Acts beside which a question about goods may stand, or for which it may have been taken.
_MAY_ASK = frozenset(
    ("add", "remove", "change", "replace", "price", "choose", "affirm", "deny", "done", "usual",
     "basket", "out_of_scope", "nlu_fallback", "greet", "thanks", "help", "delivery", "repeat")
)  # fmt: skip


_SENDING = frozenset({"send", "sende", "bestill", "bestille"})


class Conversation:
    """The talk with one person during one turn; `handle` or `aside` may be called once."""

    def __init__(self, shop: Shop, order: Order, talk: Talk, about: Circumstances) -> None:
        self._turn = Turn(shop, order, talk, about)
        self._shown = talk.shown

    def handle(self, act: str, text: str) -> Outcome:
        """Take one turn: `act` is what the person did, `text` what they said."""
        outcome = self._handle(act, text)
        outcome = replace(outcome, talk=interruptions.read_in_peace(outcome.talk, act))
        shown = self._shown
        if shown is not None and outcome.talk.shown is shown and act not in _KEEPING:
            return replace(outcome, talk=replace(outcome.talk, shown=None))
        return outcome

    def aside(self, sentences: Sequence[str]) -> Outcome:
        """Tell something that answers nothing, and put the question at which the talk stands."""
        return interruptions.aside(self._turn, sentences)

    def _handle(self, act: str, text: str) -> Outcome:
        turn = self._turn
        if act == interruptions.TALKED_OVER:
            return interruptions.talked_over(turn)
        if act == "nlu_fallback" and not text.strip():
            return interruptions.silence(turn)
        interruptions.somebody_speaks(turn)
        if turn.talk.unclear is not None:
            if act in ("repeat", "slower"):
                return _ANYWHERE[act](turn, text)
            return self._go_on(hearing.after_unclear(turn, act, text))
        if hearing.UNHEARD in text:
            return self._go_on(hearing.with_unheard(turn, act, text))
        if is_urgent(text):
            return steering.person(turn, text)
        if is_code(text):
            return turn.failed([wording.OUT_OF_SCOPE])
        if is_foreign(text):
            return turn.failed([wording.ONLY_NORWEGIAN])
        whole = text
        if not self._is_deciding():
            left = gist(act, text, turn.shop)
            act, text = left.act, left.text
            if left.doubted:
                turn.besides.append(wording.mentioned(left.doubted))
        if offers.lets_go(turn.talk.question, text):
            act = "deny"
        if act == "done" and read_act(text) is None and "hva" in words_of(text):
            act = "nlu_fallback"  # "hva var det mer": somebody thinks aloud
        if act == "unclear":
            act = hearing.act_of_doubtful(turn, text)
        if asks_for_person(whole) and not self._is_order("greet", text):
            return steering.person(turn, whole)
        both = self._two_acts(act, text)
        if both is not None:
            return both
        others = all_but(turn, text)
        if others is not None:
            return others
        sized = in_other_size(turn, text)
        if sized is not None:
            return sized
        if act in _MAY_ASK:
            asked = self._inquiries(act, text)
            if asked is not None:
                return asked
        if self._is_order(act, text):
            act = "add"
        elif is_abusive(text) and read_act(text) is None and not self._is_order("greet", text):
            act = "out_of_scope"  # "jævla maskin" orders nothing, whatever it was heard as
        if turn.order.status is Status.READ_BACK and turn.talk.question is None:
            act = self._act_at_read_back(act, text)
        if act == "undo" and turn.talk.question is not None and "ikke" in words_in(text)[:2]:
            act = "deny"  # "ikke den": of what was just asked
        if act == "undo" and read_act(text) != "undo" and text:
            act = "nlu_fallback"  # what was only learned takes nothing back
        if act in _MISTAKEN and read_act(text) is None:
            taken = take_shown(turn, act, text)  # "fint, da vil jeg ha to"
            if taken is not None:
                return taken
        if act in ("out_of_scope", "nlu_fallback") and introduces(text, turn.shop):
            act = "greet"
        other = ask_another(turn, text)
        if other is not None:
            return other
        anywhere = _ANYWHERE.get(act)
        if anywhere is not None:
            return anywhere(turn, text)
        if turn.talk.cancelling:
            answered = finishing.answer_cancel(turn, act)
            if answered is not None:
                return answered
        pointing = words_in(text)
        same = alternatives.same_in(turn, pointing) if pointing else None
        if same is not None:
            return same
        if usual.is_meant(act, text):
            return usual.order_usual(turn, text)
        return self._about_goods("add" if act == "usual" else act, text)

    def _about_goods(self, act: str, text: str) -> Outcome:
        """What was said may take what was shown, answer the question, point back, or order."""
        turn = self._turn
        taken = take_shown(turn, act, text)
        if taken is not None:
            return taken
        limited = limited_wish(turn, act, text)
        if limited is not None:
            return limited
        pointed_at = self._pointed_at(act, text)
        if pointed_at is not None:
            return pointed_at
        order, done = split_done(text)
        if done and self._names_something(order):
            return self._then_done(act, order)
        if turn.talk.question is not None:
            return answering.answer(turn, turn.talk.question, act, text)
        if read_act(text) is None and act in ("affirm", "deny", "done"):
            pointed = references.resolve(turn, act, text)
            if pointed is not None:
                return pointed
        sends = act == "affirm" and bool(words_of(text) & _SENDING)
        if sends and turn.order.status is not Status.READ_BACK and turn.order.basket.lines:
            return finishing.done(turn)  # "ja, send" after "noe mer?"
        if act == "affirm":
            return finishing.affirm(turn)
        if act == "deny" and turn.order.status is not Status.READ_BACK and objects(text):
            return turn.end([], wording.WHAT_IS_WRONG)
        if act == "deny":
            return finishing.deny(turn)
        if act == "done":
            return finishing.done(turn)
        pointed = references.resolve(turn, act, text)
        if pointed is not None:
            return pointed
        if act in EDITS:
            request = turn.parse(text)
            if not all(points_only(line.phrase) for line in request.lines):
                held = any(
                    not isinstance(turn.shop.in_basket(line.phrase, turn.order.basket), Unknown)
                    for line in request.lines
                    if line.phrase
                )
                return turn.apply(request, EDITS[edit_of(act, text, request, held)])
        return self._other(act, text)

    def _pointed_at(self, act: str, text: str) -> Outcome | None:
        """ "Den der fersken": when it lies in the basket, that is said and nothing is added."""
        turn = self._turn
        if not points_at(text) or act not in ("add", "choose", "nlu_fallback", "out_of_scope"):
            return None
        lines = turn.parse(text).lines
        if len(lines) != 1 or not lines[0].phrase or lines[0].act or lines[0].amount:
            return None
        line = held_line(turn, lines[0].phrase)
        if line is None:
            return None
        turn.talk = replace(turn.talk, last_product=line.product_id)
        return turn.end([wording.held_already(line.name)])

    def _is_deciding(self) -> bool:
        """Whether a yes would send, empty or agree to something: then every word of it counts.

        "Ja, men vent, jeg må spørre datteren min" must not come to "ja".
        """
        talk, order = self._turn.talk, self._turn.order
        return (
            order.status is Status.READ_BACK or talk.cancelling or isinstance(talk.question, Offer)
        )

    def _act_at_read_back(self, act: str, text: str) -> str:
        """What is meant right after "skal jeg bestille dette?": only a plain yes sends it."""
        act = after_read_back(act, text)
        if is_plain_yes(text) and act in _MAY_AGREE:
            return "affirm"
        return "nlu_fallback" if act == "affirm" and text else act

    def _names_something(self, text: str) -> bool:
        """Whether there is an order, or an answer, in what was said before "det var alt"."""
        turn = self._turn
        if not text or read_act(text) is not None:
            return False
        wanted = turn.parse(text).lines
        meant = any(
            line.act or line.amount or (line.phrase and turn.sold(line.phrase)) for line in wanted
        )
        return meant or takes_it(text) or read_act(text) in ("choose", *EDITS)

    def _then_done(self, act: str, text: str) -> Outcome:
        """An order and "det var alt" in one breath: first the one, then the other."""
        turn = self._turn
        first = self._about_goods(act if act in EDITS else "add", text)
        turn.talk = replace(first.talk, finishing=True)
        if turn.talk.question is not None or not turn.order.basket.lines or not first.understood:
            return replace(first, talk=turn.talk)
        turn.talk = replace(turn.talk, finishing=False)
        turn.before, turn.besides = turn.said, []
        return finishing.done(turn)

    def _inquiries(self, act: str, text: str) -> Outcome | None:
        """Questions about goods are answered; what was said besides is carried out first."""
        turn = self._turn
        if read_act(text) in _KNOWN_QUESTIONS:
            return None
        found = read_inquiries(text, turn.shop.vocabulary)
        if not found.inquiries:
            return None
        named = [phrase for each in found.inquiries for phrase in each.phrases]
        wanted = turn.parse(found.rest) if len(named) == 1 and found.rest else None
        if wanted is not None and only_amount(wanted) and wanted.lines[0].act in (None, Act.ADD):
            # "har du fått inn laks, i så fall tar jeg en pakke"
            return self._handle("add", f"{found.rest} {named[0]}")
        besides = self._act_besides(found.rest)
        if besides is None:
            return inquiries.reply(turn, found.inquiries)
        outcome = self._handle(besides, found.rest)
        turn.talk = outcome.talk
        asked = tuple(
            replace(each, all_of_it=True)
            if each.kind is Ask.PRICE and not each.phrases and turn.order.basket.lines
            else each
            for each in found.inquiries
        )
        found = replace(found, inquiries=asked)
        said, shown = inquiries.told(turn, found.inquiries)
        turn.talk = replace(turn.talk, shown=shown)
        turn.before, turn.besides = [*turn.said, *said], []
        return turn.end([], "".join(outcome.texts[-1:]), understood=outcome.understood)

    def _act_besides(self, rest: str) -> str | None:
        """What else was done beside a question; None when it is nothing that must be done.

        A yes beside a question confirms nothing: who asks has not decided yet.
        """
        known = read_act(rest) if rest else None
        if known is not None:
            return known if known in (*EDITS, "choose", "undo", "usual") else None
        request = self._turn.parse(rest)
        question = self._turn.talk.question
        if isinstance(question, ProductQuestion) and rest:
            options = [self._turn.shop.catalogue[pid] for pid in question.options]
            if read_answer(rest, options) is not None:
                return "choose"
        wanted = [line for line in request.lines if not points_only(line.phrase)]
        acting = any(line.act for line in wanted)
        named = any(line.phrase and self._turn.sold(line.phrase) for line in wanted)
        return "add" if acting or named else None

    def _known_well(self, phrase: str) -> bool:
        """Whether the shop has these very words: in small talk a likeness is no order."""
        return self._turn.shop.vocabulary.coverage(phrase.casefold().split()) >= 0.95

    def _go_on(self, found: tuple[str, str] | Outcome) -> Outcome:
        return found if isinstance(found, Outcome) else self.handle(*found)

    def _is_order(self, act: str, text: str) -> bool:
        """Whether a text names a ware of the shop although its act is about none."""
        if read_act(text) not in (None, *EDITS):
            return False
        request = self._turn.parse(text)
        return may_be_order(act, text, request) and any(
            line.phrase and self._turn.sold(line.phrase) for line in request.lines
        )

    def _two_acts(self, act: str, text: str) -> Outcome | None:
        """ "angre det, og snakk litt saktere", "det var alt, men når kommer dere"."""
        turn = self._turn
        parts = None if turn.talk.cancelling else two_acts(text)
        if parts is None:
            return None
        head, first, tail, second = parts
        if second in _ANYWHERE and second not in (None, "undo"):
            if first in ("affirm", "deny", "greet", "thanks"):
                return _ANYWHERE[second](turn, tail)  # who asks has not decided yet
            return self._one_then(first or act, head, second, tail)
        if first == "undo" and self._is_order("greet", tail):
            return self._one_then("undo", head, "add", tail)
        if first == "slower" and not self._is_order("greet", tail):
            return _ANYWHERE["slower"](turn, head)
        return None

    def _one_then(self, act: str, text: str, second: str, rest: str) -> Outcome:
        turn = self._turn
        done = self._handle(act, text)
        turn.talk, effects = done.talk, done.effects
        turn.order = done.order
        said = turn.said or list(done.texts[:-1])
        turn.before, turn.besides, turn.said = list(said), [], []
        outcome = self._handle(second, rest)
        effects = (*effects, *(each for each in outcome.effects if each not in effects))
        return replace(outcome, effects=effects, understood=True)

    def _other(self, act: str, text: str) -> Outcome:
        turn = self._turn
        if not text.strip():
            return turn.failed([wording.NOTHING_HEARD])
        if act == "choose" and read_answer(text, turn.shop.catalogue.products[:3]) is not None:
            return turn.failed([wording.NOTHING_TO_CHOOSE])
        if hesitates(text) or looks_for_it(text):
            return turn.end([wording.TAKE_YOUR_TIME])
        if is_abusive(text):
            return turn.failed([wording.SORRY])
        if turn.order.status is Status.READ_BACK and act == "out_of_scope":
            act = "nlu_fallback"
        request = turn.parse(text)
        wishes = [line for line in request.lines if line.phrase and not points_only(line.phrase)]
        meant = bool(wishes) and all(line.amount or line.act for line in wishes)
        if act == "out_of_scope" and not meant:
            wishes = [line for line in wishes if self._known_well(line.phrase)]
        sold = any(turn.sold(line.phrase) for line in wishes)
        if sold or (meant and act != "out_of_scope"):
            certain = meant and all(turn.sold(line.phrase) for line in wishes)
            return turn.apply(request, Act.ADD, doubtful=not certain)
        nameless = not any(line.phrase for line in request.lines)
        counts = request.lines and nameless and says_only_amount(text)
        if counts and turn.talk.last_product:
            return turn.apply(request, Act.ADD)  # "en til", "enda to"
        alone = len(wishes) == 1 and not request.unaccounted
        if alone and act == "out_of_scope":
            alone = wishes[0].phrase.casefold() == text.strip(" .!?").casefold()
        if alone and is_most_of(wishes[0].phrase, text):
            return turn.failed([wording.not_found([wishes[0].phrase])])
        return turn.failed([wording.OUT_OF_SCOPE] if act == "out_of_scope" else [])


def stage(order: Order, talk: Talk) -> str:
    """The name of the place where the talk is, for the contract's `basket` event."""
    if talk.cancelling:
        return "cancelling"
    if isinstance(talk.question, ProductQuestion):
        return "choosing"
    if isinstance(talk.question, AmountQuestion):
        return "amount"
    if order.status is Status.READ_BACK:
        return "read_back"
    if order.status in (Status.CONFIRMED, Status.SUBMITTED, Status.ACKNOWLEDGED):
        return "submitted"
    return "ordering"
