"""One turn of the talk, pure: what a person meant and where the talk is -> what is said and done.

The act comes from outside (Rasa); this module decides what it means *here*: "ja" after a read-back
confirms, "ja" after "skal jeg tømme kurven?" empties, and elsewhere it only says that we listen.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

from bot.ordering import wording
from bot.ordering.acts import read_act
from bot.ordering.amount import Amount
from bot.ordering.answer import NONE_OF_THEM, read_answer, read_quantity_answer
from bot.ordering.catalogue import Product
from bot.ordering.context import (
    GAP,
    HARMLESS,
    WITHOUT_PRODUCT,
    after_read_back,
    is_urgent,
    only_amount,
    without_gaps,
)
from bot.ordering.delivery import read_wish
from bot.ordering.edits import Edit, Editor, Policy, basket_line
from bot.ordering.matcher import Certain, Choice, History, Unknown
from bot.ordering.order import Order, Status
from bot.ordering.request import Act, Request, parse
from bot.ordering.shop import Shop
from bot.ordering.talk import (
    AmountQuestion,
    Effect,
    ProductQuestion,
    Question,
    Snapshot,
    Talk,
)

#: What the recogniser writes for a word that it does not know.
UNHEARD = "[unk]"
#: Failures in a row after which staff are called.
FAILURES_TO_STAFF = 3
SLOWER_FACTOR = 0.85
SLOWEST = 0.55

#: What a line does that does not say it itself. "replace" without its words would take out what was
#: touched last, on a guess; so it adds.
_EDITS = {"add": Act.ADD, "remove": Act.REMOVE, "change": Act.CHANGE, "replace": Act.ADD}


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
    """

    history: History
    usual: Callable[[], tuple[tuple[str, Decimal], ...]]
    policy: Policy
    speech_rate: float
    delivery: Callable[[str | None], str | None]
    submitted: Order | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a turn led to: the new state, the texts to say, and what the service must carry out."""

    order: Order
    talk: Talk
    texts: tuple[str, ...]
    effects: tuple[Effect, ...] = ()
    understood: bool = True


class Conversation:
    """The talk with one person during one turn; `handle` may be called once."""

    def __init__(self, shop: Shop, order: Order, talk: Talk, about: Circumstances) -> None:
        self._shop = shop
        self._order = order
        self._talk = talk
        self._about = about
        self._editor = Editor(shop, about.history, about.policy)
        self._effects: list[Effect] = []
        self._besides: list[str] = []
        self._with_gaps: str | None = None

    def handle(self, act: str, text: str) -> Outcome:
        """Take one turn: `act` is what the person did, `text` what they said."""
        if self._talk.unclear is not None:
            return self._after_unclear(act, text)
        if UNHEARD in text:
            return self._with_unheard(act, text)
        if act == "unclear":
            act = self._act_of_doubtful(text)
        if act in WITHOUT_PRODUCT and self._is_order(text):
            act = "add"
        if self._order.status is Status.READ_BACK and self._talk.question is None:
            act = after_read_back(act, text)
        simple = {
            "repeat": self._repeat,
            "slower": self._slower,
            "help": self._help,
            "greet": self._greet,
            "thanks": self._thanks,
            "basket": self._show,
            "cancel": self._ask_cancel,
            "undo": self._undo,
        }.get(act)
        if simple is not None:
            return simple()
        if act == "person":
            return self._person(text)
        if act == "price":
            return self._price(text)
        if act == "delivery":
            return self._delivery(text)
        if act == "unclear":
            return self._ask_unclear(text)
        if self._talk.cancelling:
            return self._answer_cancel(act, text)
        if act == "usual":
            return self._usual(text)
        if self._talk.question is not None:
            return self._answer(act, text)
        if act == "affirm":
            return self._affirm()
        if act == "deny":
            return self._deny()
        if act == "done":
            return self._done()
        if act in _EDITS:
            return self._edit(_EDITS[act], text)
        return self._other(act, text)

    # -- what a person can ask for at any time ---------------------------------------------------

    def _repeat(self) -> Outcome:
        texts = self._talk.last_reply or (wording.NOTHING_SAID,)
        return Outcome(self._order, self._talk, texts)

    def _slower(self) -> Outcome:
        rate = max(self._about.speech_rate * SLOWER_FACTOR, SLOWEST)
        self._effects.append(Effect("rate", f"{rate:.2f}"))
        again = self._talk.last_reply[-1:]
        return Outcome(
            self._order, self._talk, (wording.SLOWER, *again), tuple(self._effects)
        )

    def _help(self) -> Outcome:
        return self._end([*wording.HELP])

    def _person(self, text: str) -> Outcome:
        urgent = is_urgent(text)
        self._effects.append(Effect("task", "urgent" if urgent else "person"))
        said = wording.URGENT if urgent else wording.PERSON
        return self._end([*said], question="")

    def _greet(self) -> Outcome:
        if self._order.basket.lines or self._talk.question:
            return self._end([wording.GREETING_AGAIN])
        return self._end([], wording.GREETING)

    def _thanks(self) -> Outcome:
        return self._end([wording.WELCOME])

    def _show(self) -> Outcome:
        sent = self._about.submitted
        if sent is not None:
            return self._end([f"Bestilt er {wording.lines(sent.basket)}."])
        return self._end([wording.contents(self._order.basket)])

    def _delivery(self, text: str) -> Outcome:
        wish = read_wish(text)
        sent = self._about.submitted
        if wish is None and sent is not None and sent.arrives is not None:
            return self._end([wording.delivery(*sent.arrives)], question="")
        if wish is not None:
            self._order = self._order.with_delivery(wish)
            self._effects.append(Effect("delivery", wish))
        when = self._about.delivery(wish)
        if when is not None:
            return self._end([when])
        noted = [wording.delivery_noted(wish)] if wish is not None else []
        return self._end([*noted, wording.DELIVERY_UNKNOWN])

    def _price(self, text: str) -> Outcome:
        request = self._parse(text)
        phrases = [line.phrase for line in request.lines if line.phrase]
        phrases = phrases or [asked for _, _, asked in request.questions]
        if not phrases:
            return self._end([wording.contents(self._order.basket)])
        prices, missing = [], []
        for phrase in phrases:
            match = self._shop.matcher.match(phrase, self._about.history)
            found = match.candidates[:1] if isinstance(match, Certain) else match.candidates
            if isinstance(match, Certain | Choice):
                prices += [self._price_of(candidate.product) for candidate in found]
            else:
                missing.append(phrase)
        sentences = [f"{wording.join(prices)}."] if prices else []
        if missing:
            sentences.append(wording.not_found(missing))
        return self._end(sentences)

    @staticmethod
    def _price_of(product: Product) -> str:
        return wording.price(product.full_name, product.price, product.deposit, product.unit)

    def _undo(self) -> Outcome:
        if not self._talk.undo:
            return self._end([wording.NOTHING_TO_UNDO])
        last = self._talk.undo[-1]
        lines = tuple(
            basket_line(product, quantity)
            for pid, quantity in last.lines
            if (product := self._shop.catalogue.get(pid)) is not None
        )
        self._order = self._order.with_basket(self._order.basket.restore(lines))
        self._talk = replace(self._talk, undo=self._talk.undo[:-1])
        return self._end([wording.undone(self._order.basket)])

    # -- cancelling ------------------------------------------------------------------------------

    def _ask_cancel(self) -> Outcome:
        if not self._order.basket.lines and self._talk.question is None:
            if self._about.submitted is not None:
                self._effects.append(Effect("task", "cancel_order"))
                return self._end([wording.CANCEL_SENT], question="")
            return self._end([wording.EMPTY], wording.WHAT)
        self._talk = replace(self._talk, cancelling=True)
        return self._end([])

    def _answer_cancel(self, act: str, text: str) -> Outcome:
        self._talk = replace(self._talk, cancelling=False)
        if act == "affirm":
            self._remember()
            self._order = self._order.with_basket(self._order.basket.clear())
            self._talk = replace(self._talk, questions=(), last_product=None)
            return self._end([wording.CANCELLED], wording.WHAT)
        if act == "deny":
            return self._end([wording.NOT_CANCELLED])
        return self.handle(act, text)

    # -- finishing -------------------------------------------------------------------------------

    def _done(self) -> Outcome:
        if not self._order.basket.lines:
            return self._end([wording.EMPTY], wording.WHAT)
        if self._order.status is Status.READ_BACK:
            return self._end([], wording.YES_OR_NO)
        self._order = self._order.read_back()
        return self._end([wording.read_back(self._order.basket)])

    def _affirm(self) -> Outcome:
        if self._order.status is Status.READ_BACK and self._order.read_revision is not None:
            self._order = self._order.confirm(self._order.read_revision, by="recipient")
            self._effects.append(Effect("submit"))
            return Outcome(self._order, Talk(), (), tuple(self._effects))
        if self._about.submitted is not None:
            return self._end([wording.already_sent(self._about.submitted.basket)], question="")
        return self._end([], wording.MORE if self._order.basket.lines else wording.WHAT)

    def _deny(self) -> Outcome:
        if self._order.status is Status.READ_BACK:
            self._order = self._order.unread()
            return self._end([], wording.WHAT_TO_CHANGE)
        if self._order.basket.lines:
            return self._done()
        return self._end([*wording.GOODBYE], question="")

    # -- the basket ------------------------------------------------------------------------------

    def _edit(self, default: Act, text: str) -> Outcome:
        return self._apply(self._parse(text), default)

    def _apply(
        self,
        request: Request,
        default: Act,
        edit: Edit | None = None,
        doubtful: bool = False,
    ) -> Outcome:
        if edit is None:
            edit = self._edit_with(self._talk.questions)
        self._editor.apply(request, default, edit, self._talk.last_product, doubtful)
        return self._take(edit)

    def _is_order(self, text: str) -> bool:
        """Whether a text names a ware of the shop and is no known phrase."""
        if read_act(text) is not None:
            return False
        lines = self._parse(text).lines
        return any(line.phrase and self._sold(line.phrase) for line in lines)

    def _take(self, edit: Edit) -> Outcome:
        """Make the turn's edit the state of the talk, and say it."""
        if edit.basket != self._order.basket:
            self._remember()
            self._order = self._order.with_basket(edit.basket)
        # What follows from an answer is asked before what was waiting already.
        answered = self._talk.question is not None and edit.earlier != self._talk.questions
        opened = [each for each in edit.questions if each not in edit.earlier]
        waiting = [each for each in edit.questions if each in edit.earlier]
        questions = [*opened, *waiting] if answered else [*waiting, *opened]
        self._talk = replace(self._talk, questions=tuple(questions), last_product=edit.touched)
        sentences = edit.sentences()
        later = [each.phrase for each in questions[1:] if each in opened]
        if later:
            sentences.append(wording.later(later))
        if not edit.fruitful:
            return self._failed(sentences)
        return self._end(sentences)

    def _usual(self, text: str) -> Outcome:
        usual = self._about.usual()
        if not usual:
            return self._end([wording.NO_USUAL], wording.WHAT)
        edit = self._edit_with(self._talk.questions)
        for product_id, quantity in usual:
            product = self._shop.catalogue.get(product_id)
            if product is not None:
                question = AmountQuestion(product.name, product_id)
                self._editor.put_amount(question, Amount(quantity, product.unit), edit)
        besides = self._parse(text)
        named = tuple(line for line in besides.lines if line.phrase)
        return self._apply(Request(named, ()), Act.ADD, edit)

    # -- open questions --------------------------------------------------------------------------

    def _answer(self, act: str, text: str) -> Outcome:
        question = self._talk.question
        if isinstance(question, AmountQuestion):
            return self._answer_amount(question, act, text)
        assert question is not None
        products = [self._shop.catalogue[pid] for pid in question.options]
        corrected = act == "change" and only_amount(self._parse(text))
        answer = None if corrected else read_answer(text, products)
        edit = self._edit_after_question()
        if act == "affirm" and len(products) == 1:
            self._editor.choose(question, products[0], edit)
            return self._take(edit)
        if (answer is not None and answer.index is NONE_OF_THEM) or act == "deny":
            edit.notes.append(wording.dropped(question.phrase))
            return self._take(edit)
        if answer is not None and isinstance(answer.index, int):
            amount = answer.amount if answer.amount is not None else question.amount
            chosen = replace(question, amount=amount)
            self._editor.choose(chosen, products[answer.index], edit)
            return self._take(edit)
        if act in ("done", "affirm"):
            return self._failed([wording.BEFORE_DONE])
        return self._other_than_answer(question, act, text)

    def _answer_amount(self, question: AmountQuestion, act: str, text: str) -> Outcome:
        amount = read_quantity_answer(text)
        if amount is None and act == "affirm" and question.suggested is not None:
            product = self._shop.catalogue[question.product_id]
            amount = Amount(question.suggested, product.unit)
        edit = self._edit_after_question()
        if amount is not None and not amount.vague and amount.upper is None and amount.value > 0:
            self._editor.put_amount(question, amount, edit)
            return self._take(edit)
        if act == "deny" and question.suggested is None:
            edit.notes.append(wording.dropped(question.phrase))
            return self._take(edit)
        if act == "deny":
            self._talk = self._talk.asking(replace(question, suggested=None))
            return self._end([])
        if act in ("done", "affirm"):
            return self._failed([wording.BEFORE_DONE])
        return self._other_than_answer(question, act, text)

    def _edit_with(self, questions: tuple[Question, ...]) -> Edit:
        """An edit of the basket as it stands, with these questions open."""
        return Edit(self._order.basket, list(questions), questions, self._talk.last_product)

    def _edit_after_question(self) -> Edit:
        return self._edit_with(self._talk.questions[1:])

    def _other_than_answer(
        self, question: ProductQuestion | AmountQuestion, act: str, text: str
    ) -> Outcome:
        """Something else than an answer was said: more precise words, or another wish."""
        request = self._parse(text)
        if isinstance(question, ProductQuestion) and not question.options:
            return self._answer_instead(question, request)
        if isinstance(question, ProductQuestion) and self._more_precise(question, request):
            line = request.lines[0]
            amount = line.amount if line.amount is not None else question.amount
            restated = replace(line, amount=amount, act=Act(question.act))
            return self._apply(replace(request, lines=(restated,)), Act.ADD,
                               self._edit_after_question())
        if isinstance(question, ProductQuestion) and only_amount(request):
            amount = request.lines[0].amount
            assert amount is not None
            self._talk = self._talk.asking(replace(question, amount=amount))
            return self._end([wording.amount_noted(amount.value, amount.unit)])
        named = any(line.phrase or line.instead_of for line in request.lines)
        if named and act != "out_of_scope":
            return self._apply(request, _EDITS.get(act, Act.ADD))
        return self._failed([])

    def _answer_instead(self, question: ProductQuestion, request: Request) -> Outcome:
        """ "bytt kaffen" was asked about: the first ware that is named now comes in its place."""
        named = [line for line in request.lines if line.phrase]
        if not named:
            return self._failed([])
        coming = replace(named[0], act=Act.REPLACE, instead_of=question.phrase)
        return self._apply(
            replace(request, lines=(coming, *named[1:])), Act.ADD, self._edit_after_question()
        )

    def _more_precise(self, question: ProductQuestion, request: Request) -> bool:
        """Whether the request names the asked product again in other words ("lettmelk" for "melk").

        What it names must also be what was asked about ("lettmelk" is a "melk"); anything else is
        a further wish, and the question stays open beside it.
        """
        if len(request.lines) != 1 or request.unaccounted:
            return False
        line = request.lines[0]
        if not line.phrase or line.act not in (None, Act.ADD) or question.act != "add":
            return False
        match = self._shop.matcher.match(line.phrase, self._about.history, line.amount)
        if not isinstance(match, Certain | Choice):
            return False
        named = [each.product.product_id for each in match.candidates]
        return not isinstance(self._shop.matcher.match_held(question.phrase, named), Unknown)

    # -- what was not heard or not understood ----------------------------------------------------

    def _act_of_doubtful(self, text: str) -> str:
        """What to do with words that the recogniser doubts.

        An answer to our question is taken, because it is said back at once, and so is what changes
        nothing. Orders and the yes that sends one are asked about.
        """
        known = read_act(text)
        if known in HARMLESS and after_read_back(known, text) != "affirm":
            return known
        question = self._talk.question
        if isinstance(question, AmountQuestion) and read_quantity_answer(text) is not None:
            return "choose"
        if isinstance(question, ProductQuestion):
            options = [self._shop.catalogue[pid] for pid in question.options]
            if read_answer(text, options) is not None:
                return "choose"
        return "unclear"

    def _ask_unclear(self, text: str) -> Outcome:
        """The recogniser doubts its words: ask, but not for ever."""
        failures = self._talk.failures + 1
        if failures >= FAILURES_TO_STAFF or not text.strip():
            return self._failed([])
        self._talk = replace(self._talk, unclear=text, failures=failures)
        return self._end([], wording.heard_badly(text), understood=False)

    def _after_unclear(self, act: str, text: str) -> Outcome:
        if act == "repeat":
            return self._repeat()
        if act == "slower":
            return self._slower()
        heard = self._talk.unclear or ""
        self._talk = replace(self._talk, unclear=None)
        if act == "affirm":
            return self.handle(read_act(heard) or "add", heard)
        if act == "deny":
            return self._end([], wording.SAY_AGAIN)
        if text != heard:
            self._besides.append(wording.left_out(heard))
        return self.handle(act, text)

    def _with_unheard(self, act: str, text: str) -> Outcome:
        heard = " ".join(text.replace(UNHEARD, " ").split())
        if not heard:
            return self._failed([])
        self._besides.append(wording.UNHEARD_WORD)
        self._with_gaps = text.replace(UNHEARD, f" {GAP} ")
        # "ja, men [unk]" is not a yes that may send anything.
        return self.handle("unclear" if act == "affirm" else act, heard)

    def _parse(self, text: str) -> Request:
        """What `text` asks for; the amount of a word that was not heard goes with that word."""
        if self._with_gaps is None:
            return parse(text, self._shop.vocabulary)
        return without_gaps(parse(self._with_gaps, self._shop.vocabulary))

    def _other(self, act: str, text: str) -> Outcome:
        if not text.strip():
            return self._failed([wording.NOTHING_HEARD])
        if act == "choose" and read_answer(text, self._shop.catalogue.products[:3]) is not None:
            return self._failed([wording.NOTHING_TO_CHOOSE])
        request = self._parse(text)
        wishes = [line for line in request.lines if line.phrase]
        meant = bool(wishes) and all(line.amount or line.act for line in wishes)
        if meant or any(self._sold(line.phrase) for line in wishes):
            return self._apply(request, Act.ADD, doubtful=True)
        return self._failed([wording.OUT_OF_SCOPE] if act == "out_of_scope" else [])

    def _sold(self, phrase: str) -> bool:
        return isinstance(self._shop.matcher.match(phrase), Certain | Choice)

    def _failed(self, said: list[str]) -> Outcome:
        """A turn that led nowhere: say so, the second time ask otherwise, the third call staff."""
        failures = self._talk.failures + 1
        if failures >= FAILURES_TO_STAFF:
            self._effects.append(Effect("task", "not_understood"))
            self._talk = replace(self._talk, failures=0)
            return self._end([*said, wording.NOT_UNDERSTOOD[2]], "", understood=False)
        self._talk = replace(self._talk, failures=failures)
        if failures > 1 or not said:
            said = [*said, wording.NOT_UNDERSTOOD[failures - 1]]
        return self._end(said, understood=False)

    # -- the end of a turn -----------------------------------------------------------------------

    def _remember(self) -> None:
        held = tuple((line.product_id, line.quantity) for line in self._order.basket.lines)
        self._talk = self._talk.remember(Snapshot(held))

    def _question_now(self) -> str:
        """The question that the talk stands at; every turn ends with it."""
        if self._talk.cancelling:
            return wording.ASK_CANCEL
        question = self._talk.question
        if isinstance(question, ProductQuestion):
            names = [self._shop.catalogue[pid].full_name for pid in question.options]
            return wording.which(question.phrase, names, question.act, question.wording)
        if isinstance(question, AmountQuestion):
            product = self._shop.catalogue[question.product_id]
            return wording.how_many(product.full_name, product.unit, question.suggested)
        if self._order.status is Status.READ_BACK:
            return wording.SHALL_I_ORDER
        return wording.MORE if self._order.basket.lines else wording.WHAT

    def _end(
        self, sentences: list[str], question: str | None = None, understood: bool = True
    ) -> Outcome:
        asked = self._question_now() if question is None else question
        statement = wording.condensed([*sentences, *self._besides])
        texts = tuple(text for text in (statement, asked) if text)
        talk = replace(self._talk, last_reply=texts)
        if understood:
            talk = replace(talk, failures=0)
        return Outcome(self._order, talk, texts, tuple(self._effects), understood)


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
