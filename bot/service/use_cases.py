"""The use cases themselves.

Each use case is one database transaction. What must happen outside (the grocer, those who follow
the talk) happens after the commit, so that a crash at any line neither loses nor doubles an order.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from decimal import Decimal

import structlog

from bot.errors import GrocerError
from bot.grocers.delivery import choose_slot
from bot.grocers.protocol import Grocer, Slot
from bot.ordering.basket import Basket
from bot.ordering.conversation import Circumstances, Conversation, Outcome, stage
from bot.ordering.fitting import Situation, fits
from bot.ordering.interruptions import TALKED_OVER
from bot.ordering.order import Order, Status
from bot.ordering.personal import StockUnknown
from bot.ordering.shop import Shop
from bot.ordering.speaker import NOW_TYPING, RECIPIENT, TYPED, Speaker
from bot.ordering.talk import Effect, ProductQuestion, Talk
from bot.service.circumstances import gather
from bot.service.confirmation import Agree, Confirmation
from bot.service.reply import Event, Reply, basket_event, order_event, reply_of, said
from bot.service.rules import Policies, municipality_of
from bot.service.transcript import note, spoken
from bot.stock import StockRoom
from bot.store import Person, Store, UnitOfWork
from bot.store.staff_book import Municipality
from bot.store.submitter import Submitter

log = structlog.get_logger(__name__)

#: Tells those who follow a recipient's talk what happened in it.
Publish = Callable[[str, Event], None]


@dataclass(frozen=True, slots=True)
class _Turn:
    """Whose talk it is, what was done, said, and by whom."""

    recipient_id: str
    act: str
    text: str
    speaker: Speaker


@dataclass(frozen=True, slots=True)
class _Taken:
    """What a turn led to, and what is to be shown of it."""

    outcome: Outcome
    shown: Order
    told: list[Event]


class Service:
    """Everything that can be done with baskets and orders."""

    def __init__(
        self,
        shop: Shop,
        store: Store,
        grocer: Grocer,
        submitter: Submitter,
        policies: Policies,
        clock: Callable[[], datetime] = lambda: datetime.now(timezone.utc),
        publish: Publish = lambda recipient_id, event: None,
    ) -> None:
        """Put the parts together; `publish` is called after each commit, in the caller's thread."""
        self._shop = shop
        self._store = store
        self._grocer = grocer
        self._policies = policies
        self._clock = clock
        self._publish = publish
        self._stock = StockRoom(grocer)
        self._confirmation = Confirmation(store, submitter, policies, shop.catalogue)

    def handle(
        self, recipient_id: str, act: str, text: str, actor: str = RECIPIENT, how: str = TYPED
    ) -> Reply:
        """Take one turn of a recipient's talk.

        Args:
            recipient_id: whose basket.
            act: what the person did, as the bot understood it (see `bot.ordering.acts`).
            text: what they said or typed.
            actor: who took the turn: "recipient" or "staff:<id>"; known to the server, never told
                by a client.
            how: "voice" or "typed" of the recipient, "beside" or "behalf" of staff.

        Raises:
            KurvError: the store failed; nothing was changed.
            ValueError: `actor` and `how` do not go together.
        """
        # The grocer is asked before the transaction: nobody's turn waits for another's HTTP.
        slots = self._slots(recipient_id) if act == "delivery" else []
        return self._turn(_Turn(recipient_id, act, text, Speaker(actor, how)), slots, {})

    def talked_over(self, recipient_id: str) -> Reply:
        """Somebody spoke while the basket was read: it does not count as read.

        Raises:
            KurvError: the store failed; nothing was changed.
        """
        return self.handle(recipient_id, TALKED_OVER, "")

    def tell(self, recipient_id: str, sentences: Sequence[str]) -> Reply:
        """Tell a recipient something that answers nothing, such as what staff have changed, and
        then put the question at which the talk stands.

        Raises:
            KurvError: the store failed; nothing was changed.
        """
        turn = _Turn(recipient_id, "", "", NOW_TYPING)
        with self._store.transaction() as uow:
            person = uow.person(recipient_id)
            order = uow.save_order(uow.open_order(recipient_id))
            talk = Talk.from_dict(uow.talk(recipient_id))
            rules = municipality_of(uow, person)
            about = self._circumstances(uow, turn, person, order, rules, [], {})
            outcome = Conversation(self._shop, order, talk, about).aside(sentences)
            uow.save_talk(recipient_id, outcome.talk.to_dict())
            told = note(uow, order, spoken(outcome.texts))
        reply = reply_of(outcome, order, self._shop.catalogue)
        self._tell(recipient_id, told, reply.events)
        return reply

    def basket(self, recipient_id: str) -> Basket:
        """The basket as it is now."""
        with self._store.transaction(read_only=True) as uow:
            return uow.draft(recipient_id).basket

    def speech_rate(self, recipient_id: str) -> float:
        """How fast to speak to this person (1 = normal)."""
        with self._store.transaction() as uow:
            return uow.person(recipient_id).speech_rate

    def fits(self, recipient_id: str, texts: Sequence[str]) -> list[float]:
        """How well each text fits where the recipient's talk is; see `bot.ordering.fitting`."""
        with self._store.transaction(read_only=True) as uow:
            order = uow.draft(recipient_id)
            talk = Talk.from_dict(uow.talk(recipient_id))
            question = talk.question
            situation = Situation(
                stage(order, talk),
                question.options if isinstance(question, ProductQuestion) else (),
                frozenset(line.product_id for line in order.basket.lines),
                uow.history(recipient_id),
            )
        return fits(texts, self._shop, situation)

    def orders(self, recipient_id: str | None = None, limit: int = 100) -> list[Order]:
        """Orders, newest first; of one recipient or of all."""
        with self._store.transaction(read_only=True) as uow:
            return [o for o in uow.orders(recipient_id, limit) if o.basket.lines]

    def remember_usual(self, recipient_id: str, lines: tuple[tuple[str, Decimal], ...]) -> None:
        """Make `lines` (product id, quantity) the list that "som vanlig" means."""
        with self._store.transaction() as uow:
            uow.person(recipient_id)
            uow.set_usual(recipient_id, lines)
            uow.log_access("command", recipient_id, "set_usual")

    def confirm_shown(
        self, order_id: str, revision: int, actor: str, how: str, agree: Agree
    ) -> Order:
        """Confirm the basket that staff were shown in full at `revision`; twice sends once.

        It is sent when that takes no second person; `actor` and `how` as in `handle`.

        Args:
            agree: gives the order if they may confirm it, and puts down what that also agrees to,
                in the same transaction; or raises.

        Raises:
            StaleRevision: the basket has changed since it was shown.
            KurvError: there is nothing in it, or as `agree` raises.
        """
        order = self._confirmation.confirm_shown(order_id, revision, Speaker(actor, how), agree)
        self._recover(order, known=True)
        self.show(order)
        return order

    def approve(self, order_id: str, actor: str) -> Order:
        """Let a confirmed order with restricted goods go to the grocer.

        Raises:
            KurvError: there is no such order, or it does not wait for approval.
        """
        order = self._confirmation.approve(order_id, actor)
        self._recover(order, known=False)
        self.show(order)
        return order

    def show(self, order: Order) -> None:
        """Show those who follow the talk an order that was changed outside it."""
        with self._store.transaction(read_only=True) as uow:
            talk = Talk.from_dict(uow.talk(order.recipient_id))
        events = (order_event(order), basket_event(order, stage(order, talk)))
        self._tell(order.recipient_id, events)

    def arrival(self, recipient_id: str, wish: str | None) -> tuple[datetime, datetime] | None:
        """When goods that are ordered now come, from and to; None when the grocer is silent."""
        slot = choose_slot(wish, self._slots(recipient_id), self._clock())
        return (slot.opens, slot.closes) if slot is not None else None

    @property
    def policies(self) -> Policies:
        """What this installation lets people order."""
        return self._policies

    # -- a turn --------------------------------------------------------------------------------

    def _turn(self, turn: _Turn, slots: list[Slot], stock: dict[str, bool]) -> Reply:
        """Take a turn; when it needs to know what is in stock, ask for that and take it anew."""
        while True:
            try:
                taken = self._take(turn, slots, stock)
                break
            except StockUnknown as unknown:
                stock = {**stock, **self._stock.ask(unknown.product_ids)}
        if any(effect.kind == "submit" for effect in taken.outcome.effects):
            self._tell(turn.recipient_id, taken.told)
            return self._after_confirmation(turn, taken.outcome.order)
        reply = reply_of(taken.outcome, taken.shown, self._shop.catalogue)
        self._tell(turn.recipient_id, taken.told, reply.events)
        return reply

    def _take(self, turn: _Turn, slots: list[Slot], stock: dict[str, bool]) -> _Taken:
        with self._store.transaction() as uow:
            person = uow.person(turn.recipient_id)
            order = uow.open_order(turn.recipient_id)
            talk = Talk.from_dict(uow.talk(turn.recipient_id))
            rules = municipality_of(uow, person)
            about = self._circumstances(uow, turn, person, order, rules, slots, stock)
            outcome = Conversation(self._shop, order, talk, about).handle(turn.act, turn.text)
            uow.save_order(outcome.order)
            uow.save_talk(person.recipient_id, outcome.talk.to_dict())
            for effect in outcome.effects:
                self._carry_out(uow, turn, outcome.order, effect)
            heard = [(turn.speaker.who, turn.text)]
            told = note(uow, outcome.order, [*heard, *spoken(outcome.texts)])
        shown = about.submitted if about.submitted and not outcome.order.basket.lines else None
        return _Taken(outcome, shown or outcome.order, told)

    def _circumstances(
        self,
        uow: UnitOfWork,
        turn: _Turn,
        person: Person,
        order: Order,
        rules: Municipality | None,
        slots: list[Slot],
        stock: dict[str, bool],
    ) -> Circumstances:
        return gather(
            uow,
            person,
            order,
            turn.speaker,
            policy=lambda restriction: self._policies.of(restriction, person, rules),
            slots=slots,
            stock=stock,
            now=self._clock(),
        )

    def _slots(self, recipient_id: str) -> list[Slot]:
        """The delivery times that are open; none when the grocer is silent."""
        try:
            return self._grocer.slots(recipient_id)
        except GrocerError as error:
            log.warning("slots_unavailable", code=error.code)
            return []

    def _carry_out(self, uow: UnitOfWork, turn: _Turn, order: Order, effect: Effect) -> None:
        person = uow.person(turn.recipient_id)
        if effect.kind == "task":
            # Staff see the basket as it stands.
            note_of_task = order.order_id if order.basket.lines else ""
            uow.add_task(person.recipient_id, effect.value, note_of_task)
        elif effect.kind == "rate":
            uow.save_person(replace(person, speech_rate=float(effect.value)))
        elif effect.kind == "delivery":
            uow.save_person(replace(person, delivery=effect.value))
        elif effect.kind == "consent":
            _add_consent(uow, order, effect, turn.speaker.who)
        elif effect.kind == "submit":
            self._confirmation.confirmed(uow, person, order, turn.speaker)

    # -- after a confirmation ------------------------------------------------------------------

    def _after_confirmation(self, turn: _Turn, confirmed: Order) -> Reply:
        """Send the order now if the grocer answers; it is safe in the outbox if not."""
        recipient_id = turn.recipient_id
        order = self._confirmation.send_now(confirmed)
        lost = order.status is Status.FAILED and bool(order.sold_out)
        with self._store.transaction() as uow:
            person = uow.person(recipient_id)
            texts = () if lost else (self._confirmation.told(uow, person, order),)
            talk = Talk(last_reply=texts)
            uow.save_talk(recipient_id, talk.to_dict())
            told = note(uow, order, spoken(texts))
            if lost:
                self._draft_anew(uow, order)
        if lost:
            return self._mend(turn, order)
        where = stage(order, talk)
        events = (*said(texts), order_event(order), basket_event(order, where))
        self._tell(recipient_id, told, events)
        return Reply(texts, events, where, True)

    def _recover(self, order: Order, known: bool) -> None:
        """What could not be delivered is a basket again, unless there is another by now.

        Args:
            known: whoever can mend it sees it now; otherwise the task of it stays.
        """
        if order.status is not Status.FAILED or not order.sold_out:
            return
        with self._store.transaction() as uow:
            if not uow.open_order(order.recipient_id).basket.lines:
                self._draft_anew(uow, order)
            if not known:
                uow.add_task(order.recipient_id, "sold_out", order.order_id)

    def _draft_anew(self, uow: UnitOfWork, failed: Order) -> None:
        """An order that the grocer could not deliver goes on as a draft with the same goods."""
        uow.close_tasks(failed.recipient_id, "sold_out", failed.order_id)
        draft = replace(uow.open_order(failed.recipient_id), reminded=True)
        uow.save_order(draft.with_basket(draft.basket.restore(failed.basket.lines)))

    def _mend(self, turn: _Turn, failed: Order) -> Reply:
        """Offer what can come instead of what is gone, and read the rest back once more."""
        again = replace(turn, act="done", text="")
        reply = self._turn(again, [], dict.fromkeys(failed.sold_out, False))
        return replace(reply, events=(*reply.events[:-1], order_event(failed), reply.events[-1]))

    def _tell(self, recipient_id: str, *groups: list[Event] | tuple[Event, ...]) -> None:
        """Show those who follow the talk what happened in it; what was said they have read."""
        for event in (event for group in groups for event in group):
            if event["event"] in ("utterance", "question", "order", "basket"):
                self._publish(recipient_id, event)


def _add_consent(uow: UnitOfWork, order: Order, effect: Effect, by: str) -> None:
    agreed = effect.data
    uow.add_consent(
        order.order_id,
        effect.value,
        by,
        agreed.get("product_id", ""),
        agreed.get("instead_of", ""),
        Decimal(agreed["amount"]) if "amount" in agreed else None,
    )
