"""One turn at work: its state, how an edit becomes that state, and how a turn ends.

The modules beside it (`answering`, `finishing`, `hearing`, `inquiries`, `steering`) say what
happens in a turn; each works on a `Turn` and hands back its `Outcome`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

from bot.ordering import wording
from bot.ordering.acts import read_act
from bot.ordering.basket import Basket
from bot.ordering.context import without_gaps
from bot.ordering.edits import Edit, Editor, Policy
from bot.ordering.lemmas import indefinite
from bot.ordering.matcher import Certain, Choice, History
from bot.ordering.offer import SUBSTITUTE, Offer
from bot.ordering.order import Order, Status
from bot.ordering.personal import NOBODY, Personal
from bot.ordering.reading import read_request
from bot.ordering.request import Act, Request, parse
from bot.ordering.shop import Shop
from bot.ordering.short_names import short_names
from bot.ordering.speaker import NOW_TYPING, Speaker
from bot.ordering.talk import (
    AmountQuestion,
    Effect,
    ProductQuestion,
    Question,
    Snapshot,
    Talk,
)
from bot.ordering.wording_offers import offered, substitutes_for

#: Failures in a row after which staff are called.
FAILURES_TO_STAFF = 3

#: Times that a question is put before one option is proposed.
TRIES_TO_PROPOSAL = 2

#: What a line does that does not say it itself. "replace" without its words would take out what was
#: touched last, on a guess; so it adds.
EDITS = {"add": Act.ADD, "remove": Act.REMOVE, "change": Act.CHANGE, "replace": Act.ADD}


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a turn must know about the person.

    Attributes:
        history: what they have bought before.
        usual: gives their usual list, product id and quantity; called only when it is asked for.
        policy: which rule applies to restricted goods.
        speech_rate: how fast we speak to them (1 = normal).
        delivery: wish ("torsdag kveld") or None -> the sentence that says when the goods come, or
            None when the grocer is silent; called only when it is needed.
        submitted: the order that was sent last and that nothing has followed, if any.
        personal: needs, limits and wishes, and what the grocer has.
        speaker: who takes the turn, and how.
    """

    history: History
    usual: Callable[[], tuple[tuple[str, Decimal], ...]]
    policy: Policy
    speech_rate: float
    delivery: Callable[[str | None], str | None]
    submitted: Order | None = None
    personal: Personal = NOBODY
    speaker: Speaker = NOW_TYPING


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a turn led to: the new state, the texts to say, and what the service must carry out."""

    order: Order
    talk: Talk
    texts: tuple[str, ...]
    effects: tuple[Effect, ...] = ()
    understood: bool = True


class Turn:
    """The state of one turn while it is being taken.

    Attributes:
        shop: the assortment.
        order: the order as it is by now.
        talk: where the talk is by now.
        about: what is known of the person.
        editor: changes the basket for this person.
        effects: what the service must carry out.
        besides: sentences that are said besides what the turn itself says.
        with_gaps: the text with a mark for each word that was not heard, when there were any.
        before: sentences that are said before what the turn itself says.
        said: the sentences of the outcome, once there is one.
    """

    def __init__(self, shop: Shop, order: Order, talk: Talk, about: Circumstances) -> None:
        self.shop = shop
        self.order = order
        self.talk = talk
        self.about = about
        self.editor = Editor(shop, about.history, about.policy, about.personal)
        self.effects: list[Effect] = []
        self.besides: list[str] = []
        self.with_gaps: str | None = None
        self.before: list[str] = []
        self.said: list[str] = []
        self._asked = talk.question
        self._waited = talk.questions[1:]

    # -- reading ---------------------------------------------------------------------------------

    def parse(self, text: str) -> Request:
        """What `text` asks for; the amount of a word that was not heard goes with that word."""
        if self.with_gaps is None:
            return read_request(text, self.shop)
        return without_gaps(parse(self.with_gaps, self.shop.vocabulary))

    def sold(self, phrase: str) -> bool:
        """Whether the shop has something that `phrase` may mean.

        Words that end or steer a talk mean that, although some ware is called "Fersk&Ferdig".
        """
        if read_act(phrase) in ("done", "affirm", "deny", "help"):
            return False
        return isinstance(self.shop.matcher.match(phrase), Certain | Choice)

    # -- the basket ------------------------------------------------------------------------------

    def edit_with(self, questions: tuple[Question, ...]) -> Edit:
        """An edit of the basket as it stands, with these questions open."""
        return Edit(self.order.basket, list(questions), questions, self.talk.last_product)

    def edit_after_question(self) -> Edit:
        """An edit with all questions open but the one that is being answered."""
        return self.edit_with(self.talk.questions[1:])

    def apply(
        self,
        request: Request,
        default: Act,
        edit: Edit | None = None,
        doubtful: bool = False,
    ) -> Outcome:
        """Carry out a request and say what came of it; see `Editor.apply`."""
        if edit is None:
            edit = self.edit_with(self.talk.questions)
        self.editor.apply(request, default, edit, self.talk.last_product, doubtful)
        return self.take(edit)

    def take(self, edit: Edit) -> Outcome:
        """Make the turn's edit the state of the talk, and say it.

        What was spoken of last is asked about first: that is where the person's mind is.
        """
        self._settle(edit)
        recent = _changed_lines(self.order.basket, edit.basket)
        if edit.basket != self.order.basket:
            self.remember()
            self.order = self.order.with_basket(edit.basket)
        opened = [each for each in edit.questions if each not in edit.earlier]
        waiting = [each for each in edit.questions if each in edit.earlier]
        self.talk = replace(
            self.talk,
            questions=(*opened, *waiting),
            last_product=edit.touched,
            # What was just asked about is what a correction means now.
            recent=recent or (() if opened else self.talk.recent),
            spoken=edit.spoken or self.talk.spoken,
            chosen=None if recent else self.talk.chosen,
            shown=None if recent or opened else self.talk.shown,
        )
        if self.talk.finishing:  # the read-back that follows says what it costs
            edit.over = None
        sentences = edit.sentences()
        if len(opened) > 1:
            sentences.append(wording.later([each.phrase for each in opened[1:]]))
        if not edit.fruitful:
            return self.failed(sentences)
        return self.end(sentences)

    def _settle(self, edit: Edit) -> None:
        """Close the questions that the edit itself has answered."""
        if edit.basket == edit.started_with:
            return
        for offer in self.editor.gates.settle(edit):
            before = edit.basket
            self.editor.put_offer(offer, edit)
            if edit.basket != before:
                self.record_agreed(offer)
        edit.questions = [
            each
            for each in edit.questions
            if not (isinstance(each, ProductQuestion) and each.act == SUBSTITUTE)
            or edit.basket.line(each.instead_of or "") is not None
        ]

    def record_agreed(self, offer: Offer) -> None:
        """Keep what the person agreed to, now that an offer's goods have really gone in."""
        if offer.knowing:
            self.effects += [
                Effect("consent", "contains", {"product_id": each}) for each in offer.options
            ]
        if offer.substitute and offer.instead_of:
            self.record_substitute(offer.options[0], offer.instead_of)

    def record_substitute(self, product_id: str, gone: str) -> None:
        """Keep that the person took `product_id` for what is gone."""
        data = {"product_id": product_id, "instead_of": gone}
        self.effects.append(Effect("consent", "substitute", data))

    def remember(self) -> None:
        """Keep the basket as it stands for "angre"."""
        held = tuple((line.product_id, line.quantity) for line in self.order.basket.lines)
        self.talk = self.talk.remember(Snapshot(held))

    # -- the end of a turn -----------------------------------------------------------------------

    def question_now(self) -> str:
        """The question that the talk stands at; every turn ends with it."""
        if self.talk.cancelling:
            return wording.ASK_CANCEL
        question = self.talk.question
        if isinstance(question, Offer):
            return offered(question, self.shop.catalogue, self.order.basket, self.editor.gates)
        if isinstance(question, ProductQuestion):
            return self._which(question)
        if isinstance(question, AmountQuestion):
            product = self.shop.catalogue[question.product_id]
            if self.talk.tries and question.suggested is None:
                return wording.how_many_again(product.unit)
            return wording.how_many(product.full_name, product.unit, question.suggested)
        if self.order.status is Status.READ_BACK:
            return wording.SHALL_I_ORDER
        return wording.MORE if self.order.basket.lines else wording.WHAT

    def _which(self, question: ProductQuestion) -> str:
        if question.act == SUBSTITUTE:
            return substitutes_for(question, self.shop.catalogue, self.order.basket)
        if not question.options and question.act == Act.ADD.value:
            amount = question.amount.value if question.amount is not None else Decimal(1)
            return wording.of_what(amount)
        products = [self.shop.catalogue[pid] for pid in question.options]
        if question.proposed:
            proposed = self.shop.catalogue[question.proposed]
            if question.act not in (Act.ADD.value, Act.REPLACE.value):
                return wording.which(question.phrase, [proposed.full_name], question.act)
            if self.talk.finishing:
                return wording.take_or_leave(proposed.full_name, proposed.price, question.phrase)
            return wording.shall_i_take(proposed.full_name, proposed.price)
        if self.talk.tries and len(products) > 1:
            return wording.which_again(short_names(products))
        names = [each.full_name for each in products]
        phrase = indefinite(question.phrase, [each.name for each in products])
        asked = wording.which(phrase, names, question.act, question.wording)
        returned = self._asked is not None and self._asked not in self.talk.questions
        if returned and question in self._waited:
            return wording.back_to(question.phrase, wording.options(names) + "?")
        return asked

    def _put_question(self) -> None:
        """Count how often the open question was put; the third time one option is proposed."""
        question = self.talk.question
        again = question is not None and _same(question, self._asked)
        self.talk = replace(self.talk, tries=self.talk.tries + 1 if again else 0)
        if self.talk.tries < TRIES_TO_PROPOSAL or question is None:
            return
        if isinstance(question, ProductQuestion) and question.options and not question.proposed:
            self.propose(question)
        elif isinstance(question, AmountQuestion) and question.suggested is None:
            self.talk = self.talk.asking(replace(question, suggested=Decimal(1)))

    def propose(self, question: ProductQuestion) -> None:
        """Ask about one option alone: what the person usually takes, else the most ordinary."""
        counts = self.about.history.counts
        best = max(question.options, key=lambda pid: counts.get(pid, 0))
        self.talk = self.talk.asking(replace(question, proposed=best))

    def end(
        self, sentences: list[str], question: str | None = None, understood: bool = True
    ) -> Outcome:
        """The turn's outcome: what is said, then the question the talk stands at (or another)."""
        if question is None:
            self._put_question()
        asked = self.question_now() if question is None else question
        self.said = [*self.before, *sentences, *self.besides]
        statement = wording.condensed(self.said)
        texts = tuple(text for text in (statement, asked) if text)
        talk = replace(self.talk, last_reply=texts)
        if understood:
            talk = replace(talk, failures=0)
        return Outcome(self.order, talk, texts, tuple(self.effects), understood)

    def failed(self, said: list[str]) -> Outcome:
        """A turn that led nowhere: say so, the second time ask otherwise, the third call staff."""
        failures = self.talk.failures + 1
        if failures >= FAILURES_TO_STAFF:
            self.effects.append(Effect("task", "not_understood"))
            self.talk = replace(self.talk, failures=0)
            return self.end([*said, wording.NOT_UNDERSTOOD[2]], "", understood=False)
        self.talk = replace(self.talk, failures=failures)
        if failures > 1 or not said:
            said = [*said, wording.NOT_UNDERSTOOD[failures - 1]]
        return self.end(said, understood=False)


def _same(question: Question, other: Question | None) -> bool:
    """Whether two questions ask the same, one of them perhaps by a proposal."""
    if isinstance(question, ProductQuestion) and isinstance(other, ProductQuestion):
        return (question.phrase, question.options) == (other.phrase, other.options)
    if isinstance(question, AmountQuestion) and isinstance(other, AmountQuestion):
        return question.product_id == other.product_id
    return False


def _changed_lines(before: Basket, after: Basket) -> tuple[str, ...]:
    """The products that `after` has more or less of than `before`, and still has."""
    held = {line.product_id: line.quantity for line in before.lines}
    return tuple(
        line.product_id for line in after.lines if held.get(line.product_id) != line.quantity
    )
