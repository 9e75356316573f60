"""One turn of the talk, pure: what a person meant and where the talk is -> what is said and done.

The act comes from outside (Rasa); this module decides what it means *here*: "ja" after a read-back
confirms, "ja" after "skal jeg tømme kurven?" empties, and elsewhere it only says that we listen.
What then happens stands in the modules beside it (see `bot.ordering.turn`).
"""

from collections.abc import Callable

from bot.ordering import answering, finishing, hearing, inquiries, steering, wording
from bot.ordering.acts import read_act
from bot.ordering.amount import Amount
from bot.ordering.answer import read_answer
from bot.ordering.context import WITHOUT_PRODUCT, after_read_back
from bot.ordering.order import Order, Status
from bot.ordering.request import Act, Request
from bot.ordering.shop import Shop
from bot.ordering.talk import AmountQuestion, ProductQuestion, Talk
from bot.ordering.turn import EDITS, Circumstances, Outcome, Turn

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


class Conversation:
    """The talk with one person during one turn; `handle` may be called once."""

    def __init__(self, shop: Shop, order: Order, talk: Talk, about: Circumstances) -> None:
        self._turn = Turn(shop, order, talk, about)

    def handle(self, act: str, text: str) -> Outcome:
        """Take one turn: `act` is what the person did, `text` what they said."""
        turn = self._turn
        if turn.talk.unclear is not None:
            if act in ("repeat", "slower"):
                return _ANYWHERE[act](turn, text)
            return self._go_on(hearing.after_unclear(turn, act, text))
        if hearing.UNHEARD in text:
            return self._go_on(hearing.with_unheard(turn, act, text))
        if act == "unclear":
            act = hearing.act_of_doubtful(turn, text)
        if act in WITHOUT_PRODUCT and self._is_order(text):
            act = "add"
        if turn.order.status is Status.READ_BACK and turn.talk.question is None:
            act = after_read_back(act, text)
        anywhere = _ANYWHERE.get(act)
        if anywhere is not None:
            return anywhere(turn, text)
        if turn.talk.cancelling:
            answered = finishing.answer_cancel(turn, act)
            if answered is not None:
                return answered
        if act == "usual":
            return self._usual(text)
        if turn.talk.question is not None:
            return answering.answer(turn, turn.talk.question, act, text)
        if act == "affirm":
            return finishing.affirm(turn)
        if act == "deny":
            return finishing.deny(turn)
        if act == "done":
            return finishing.done(turn)
        if act in EDITS:
            return turn.apply(turn.parse(text), EDITS[act])
        return self._other(act, text)

    def _go_on(self, found: tuple[str, str] | Outcome) -> Outcome:
        return found if isinstance(found, Outcome) else self.handle(*found)

    def _is_order(self, text: str) -> bool:
        """Whether a text names a ware of the shop and is no known phrase."""
        if read_act(text) is not None:
            return False
        lines = self._turn.parse(text).lines
        return any(line.phrase and self._turn.sold(line.phrase) for line in lines)

    def _usual(self, text: str) -> Outcome:
        turn = self._turn
        usual = turn.about.usual()
        if not usual:
            return turn.end([wording.NO_USUAL], wording.WHAT)
        edit = turn.edit_with(turn.talk.questions)
        for product_id, quantity in usual:
            product = turn.shop.catalogue.get(product_id)
            if product is not None:
                question = AmountQuestion(product.name, product_id)
                turn.editor.put_amount(question, Amount(quantity, product.unit), edit)
        besides = turn.parse(text)
        named = tuple(line for line in besides.lines if line.phrase)
        return turn.apply(Request(named, ()), Act.ADD, edit)

    def _other(self, act: str, text: str) -> Outcome:
        turn = self._turn
        if not text.strip():
            return turn.failed([wording.NOTHING_HEARD])
        if act == "choose" and read_answer(text, turn.shop.catalogue.products[:3]) is not None:
            return turn.failed([wording.NOTHING_TO_CHOOSE])
        request = turn.parse(text)
        wishes = [line for line in request.lines if line.phrase]
        meant = bool(wishes) and all(line.amount or line.act for line in wishes)
        if meant or any(turn.sold(line.phrase) for line in wishes):
            return turn.apply(request, Act.ADD, doubtful=True)
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
