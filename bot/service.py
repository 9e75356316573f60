"""The use cases of Kurv: what the Rasa actions, the staff screens and the command line call.

Each use case is one database transaction. What must happen outside (the grocer) happens after the
commit, from the outbox, so that a crash at any line neither loses nor doubles an order.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

import structlog

from bot.errors import GrocerError, KurvError
from bot.grocers.delivery import choose_slot
from bot.grocers.local_time import OSLO
from bot.grocers.protocol import Grocer, Slot
from bot.ordering import wording
from bot.ordering.basket import Basket
from bot.ordering.catalogue import Restriction
from bot.ordering.conversation import Circumstances, Conversation, Outcome, stage
from bot.ordering.fitting import Situation, fits
from bot.ordering.gates import Needs, Verdict
from bot.ordering.interruptions import TALKED_OVER
from bot.ordering.order import Order, Status
from bot.ordering.personal import Personal, StockUnknown, payable
from bot.ordering.reminders import Purchase
from bot.ordering.shop import Shop
from bot.ordering.talk import Effect, ProductQuestion, Talk
from bot.stock import StockRoom
from bot.store import Person, Store, UnitOfWork
from bot.store.submitter import Submitter

log = structlog.get_logger(__name__)

Event = dict[str, Any]
#: Seconds to wait for an order that another sender has taken, and between two looks at it.
SENDER_PATIENCE, SENDER_LOOK = 4.0, 0.1
SENT = (Status.CONFIRMED, Status.SUBMITTED, Status.ACKNOWLEDGED)


@dataclass(frozen=True, slots=True)
class Reply:
    """What one turn says and shows.

    Attributes:
        texts: what to say, in order.
        events: the turn's events as in the command-line contract, the basket last; besides them
            `{"event": "rate", "value"}` when we shall speak at another speed from now on.
        stage: where the talk is now.
        understood: whether the turn led anywhere.
    """

    texts: tuple[str, ...]
    events: tuple[Event, ...]
    stage: str
    understood: bool


@dataclass(frozen=True, slots=True)
class Policies:
    """What the municipality lets people order: `allow`, `staff_approve` or `block`."""

    alcohol: str
    tobacco: str

    def of(self, restriction: Restriction, person: Person) -> str:
        """The rule for a product; a person's own, stricter or laxer, decides before the default."""
        if restriction is Restriction.ALCOHOL:
            return person.alcohol_policy or self.alcohol
        if restriction is Restriction.TOBACCO:
            return person.tobacco_policy or self.tobacco
        return "allow"


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
    ) -> None:
        self._shop = shop
        self._store = store
        self._grocer = grocer
        self._submitter = submitter
        self._policies = policies
        self._clock = clock
        self._stock = StockRoom(grocer)

    def handle(self, recipient_id: str, act: str, text: str) -> Reply:
        """Take one turn of a recipient's talk.

        Args:
            recipient_id: whose basket.
            act: what the person did, as the bot understood it (see `bot.ordering.acts`).
            text: what they said or typed.

        Raises:
            KurvError: the store failed; nothing was changed.
        """
        # The grocer is asked before the transaction: nobody's turn waits for another's HTTP.
        slots = self._slots(recipient_id) if act == "delivery" else []
        return self._turn(recipient_id, act, text, slots, {})

    def _turn(
        self, recipient_id: str, act: str, text: str, slots: list[Slot], stock: dict[str, bool]
    ) -> Reply:
        """Take a turn; when it needs to know what is in stock, ask for that and take it anew."""
        while True:
            try:
                outcome, about = self._take(recipient_id, act, text, slots, stock)
                break
            except StockUnknown as unknown:
                stock = {**stock, **self._stock.ask(unknown.product_ids)}
        if any(effect.kind == "submit" for effect in outcome.effects):
            return self._after_confirmation(recipient_id, outcome.order)
        shown = about.submitted if about.submitted and not outcome.order.basket.lines else None
        return self._reply(outcome, shown)

    def _take(
        self, recipient_id: str, act: str, text: str, slots: list[Slot], stock: dict[str, bool]
    ) -> tuple[Outcome, Circumstances]:
        with self._store.transaction() as uow:
            person = uow.person(recipient_id)
            order = uow.open_order(recipient_id)
            talk = Talk.from_dict(uow.talk(recipient_id))
            about = self._circumstances(uow, person, order, slots, stock)
            outcome = Conversation(self._shop, order, talk, about).handle(act, text)
            self._save(uow, person, outcome)
        return outcome, about

    def talked_over(self, recipient_id: str) -> Reply:
        """Somebody spoke while the basket was read: it does not count as read.

        Raises:
            KurvError: the store failed; nothing was changed.
        """
        return self.handle(recipient_id, TALKED_OVER, "")

    def basket(self, recipient_id: str) -> Basket:
        """The basket as it is now."""
        with self._store.transaction() as uow:
            return uow.open_order(recipient_id).basket

    def speech_rate(self, recipient_id: str) -> float:
        """How fast to speak to this person (1 = normal)."""
        with self._store.transaction() as uow:
            return uow.person(recipient_id).speech_rate

    def fits(self, recipient_id: str, texts: Sequence[str]) -> list[float]:
        """How well each text fits where the recipient's talk is; see `bot.ordering.fitting`."""
        with self._store.transaction() as uow:
            order = uow.open_order(recipient_id)
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
        with self._store.transaction() as uow:
            return [o for o in uow.orders(recipient_id, limit) if o.basket.lines]

    def remember_usual(self, recipient_id: str, lines: tuple[tuple[str, Decimal], ...]) -> None:
        """Make `lines` (product id, quantity) the list that "som vanlig" means."""
        with self._store.transaction() as uow:
            uow.person(recipient_id)
            uow.set_usual(recipient_id, lines)
            uow.log_access("command", recipient_id, "set_usual")

    def approve(self, order_id: str, actor: str) -> Order:
        """Let a confirmed order with restricted goods go to the grocer.

        Raises:
            KurvError: there is no such order, or it does not wait for approval.
        """
        with self._store.transaction() as uow:
            order = uow.order(order_id)
            if order is None or order.status is not Status.CONFIRMED:
                raise KurvError(f"Bestillingen {order_id} venter ikke på godkjenning.")
            uow.enqueue(order)
            uow.log_access(actor, order.recipient_id, "approve", order_id)
        self._submitter.run_once(order_id)
        with self._store.transaction() as uow:
            return uow.order(order_id) or order

    # -- inside ----------------------------------------------------------------------------------

    def _slots(self, recipient_id: str) -> list[Slot]:
        """The delivery times that are open; none when the grocer is silent."""
        try:
            return self._grocer.slots(recipient_id)
        except GrocerError as error:
            log.warning("slots_unavailable", code=error.code)
            return []

    def _arrival(self, slots: list[Slot], wish: str | None) -> str | None:
        """When goods that are ordered now arrive, as a sentence."""
        slot = choose_slot(wish, slots, self._clock())
        return wording.delivery(slot.opens, slot.closes) if slot else None

    def _circumstances(
        self,
        uow: UnitOfWork,
        person: Person,
        order: Order,
        slots: list[Slot],
        stock: dict[str, bool],
    ) -> Circumstances:
        latest = uow.latest_order(person.recipient_id)
        sent = latest is not None and latest.status in SENT and not order.basket.lines
        return Circumstances(
            history=uow.history(person.recipient_id),
            usual=lambda: uow.usual(person.recipient_id) or _last_bought(uow, person.recipient_id),
            policy=lambda restriction: self._policies.of(restriction, person),
            speech_rate=person.speech_rate,
            delivery=lambda wish: self._arrival(slots, wish or order.delivery or person.delivery),
            submitted=latest if sent else None,
            personal=self._personal(uow, person, stock),
        )

    def _personal(self, uow: UnitOfWork, person: Person, stock: dict[str, bool]) -> Personal:
        def purchases() -> list[Purchase]:
            bought = uow.bought(person.recipient_id)
            return [Purchase(pid, much, at.astimezone(OSLO).date()) for pid, much, at in bought]

        return Personal(
            needs=needs_of(person),
            budget=person.budget,
            ask_substitutes=person.substitutes != "never",
            in_stock=stock.get,
            purchases=purchases,
            today=self._clock().astimezone(OSLO).date() if person.reminders else None,
            last=lambda: _last_bought(uow, person.recipient_id),
        )

    def _save(self, uow: UnitOfWork, person: Person, outcome: Outcome) -> None:
        uow.save_order(outcome.order)
        uow.save_talk(person.recipient_id, outcome.talk.to_dict())
        for effect in outcome.effects:
            self._carry_out(uow, uow.person(person.recipient_id), outcome.order, effect)

    def _carry_out(self, uow: UnitOfWork, person: Person, order: Order, effect: Effect) -> None:
        if effect.kind == "task":
            # Staff see the basket as it stands.
            note = order.order_id if order.basket.lines else ""
            uow.add_task(person.recipient_id, effect.value, note)
        elif effect.kind == "rate":
            uow.save_person(replace(person, speech_rate=float(effect.value)))
        elif effect.kind == "delivery":
            uow.save_person(replace(person, delivery=effect.value))
        elif effect.kind == "consent":
            _add_consent(uow, order, effect)
        total = payable(order.basket)
        if effect.kind == "submit" and person.budget is not None and total > person.budget:
            uow.add_consent(order.order_id, "over_budget", "recipient", amount=total)
        if effect.kind == "submit" and self._needs_approval(order, person):
            uow.add_task(person.recipient_id, "approve", order.order_id)
        elif effect.kind == "submit":
            uow.enqueue(order)
            uow.log_access("recipient", person.recipient_id, "confirm", order.order_id)

    def _needs_approval(self, order: Order, person: Person) -> bool:
        products = (self._shop.catalogue.get(line.product_id) for line in order.basket.lines)
        needs = needs_of(person)
        return any(
            product is not None
            and (
                self._policies.of(product.restricted, person) == "staff_approve"
                or needs.of(product) is not Verdict.FINE
            )
            for product in products
        )

    def _after_confirmation(self, recipient_id: str, confirmed: Order) -> Reply:
        """Send the order now if the grocer answers; it is safe in the outbox if not."""
        self._send_now(confirmed)
        with self._store.transaction() as uow:
            person = uow.person(recipient_id)
            order = uow.order(confirmed.order_id) or confirmed
            lost = order.status is Status.FAILED and bool(order.sold_out)
            texts = () if lost else self._result_of(uow, person, order)
            talk = Talk(last_reply=texts)
            uow.save_talk(recipient_id, talk.to_dict())
            if lost:
                self._draft_anew(uow, order)
        if lost:
            return self._mend(recipient_id, order)
        where = stage(order, talk)
        events = (*_said(texts), order_event(order), basket_event(order, where))
        return Reply(texts, events, where, True)

    def _draft_anew(self, uow: UnitOfWork, failed: Order) -> None:
        """An order that the grocer could not deliver goes on as a draft with the same goods."""
        uow.close_tasks(failed.recipient_id, "sold_out", failed.order_id)
        draft = replace(uow.open_order(failed.recipient_id), reminded=True)
        uow.save_order(draft.with_basket(draft.basket.restore(failed.basket.lines)))

    def _mend(self, recipient_id: str, failed: Order) -> Reply:
        """Offer what can come instead of what is gone, and read the rest back once more."""
        reply = self._turn(recipient_id, "done", "", [], dict.fromkeys(failed.sold_out, False))
        return replace(reply, events=(*reply.events[:-1], order_event(failed), reply.events[-1]))

    def _send_now(self, confirmed: Order) -> None:
        """Send one order; when the background sender has just taken it, wait for its answer."""
        if self._submitter.run_once(confirmed.order_id):
            return
        for _ in range(round(SENDER_PATIENCE / SENDER_LOOK)):
            with self._store.transaction(read_only=True) as uow:
                order = uow.order(confirmed.order_id)
            if order is None or order.status is not Status.SUBMITTED:
                return
            time.sleep(SENDER_LOOK)

    def _result_of(self, uow: UnitOfWork, person: Person, order: Order) -> tuple[str, ...]:
        if order.status is Status.ACKNOWLEDGED:
            arrives = wording.delivery(*order.arrives) if order.arrives else None
            return (wording.sent(arrives, order.grocer_total),)
        if order.status is Status.FAILED:
            uow.add_task(person.recipient_id, "order_failed", order.order_id)
            return (wording.order_failed(order.failure or ""),)
        if self._needs_approval(order, person):
            return (wording.WAITING_APPROVAL,)
        return (wording.GROCER_SLOW,)

    def _reply(self, outcome: Outcome, shown: Order | None) -> Reply:
        order = shown or outcome.order
        where = stage(order, outcome.talk)
        events = _said(outcome.texts)
        events += [
            {"event": "rate", "value": float(effect.value)}
            for effect in outcome.effects
            if effect.kind == "rate"
        ]
        question = outcome.talk.question
        if outcome.talk.cancelling:
            question = None
        if isinstance(question, ProductQuestion) and question.options:
            events.append(self._question_event(question))
        events.append(basket_event(order, where))
        return Reply(outcome.texts, tuple(events), where, outcome.understood)

    def _question_event(self, question: ProductQuestion) -> Event:
        products = [self._shop.catalogue[pid] for pid in question.options]
        return {
            "event": "question",
            "options": [{"product_id": p.product_id, "name": p.full_name} for p in products],
        }


def needs_of(person: Person) -> Needs:
    """What a person does not tolerate and how they eat."""
    return Needs(frozenset(person.allergies), frozenset(person.diets))


def _add_consent(uow: UnitOfWork, order: Order, effect: Effect) -> None:
    said = effect.data
    uow.add_consent(
        order.order_id,
        effect.value,
        "recipient",
        said.get("product_id", ""),
        said.get("instead_of", ""),
        Decimal(said["amount"]) if "amount" in said else None,
    )


def _last_bought(uow: UnitOfWork, recipient_id: str) -> tuple[tuple[str, Decimal], ...]:
    """What "som vanlig" means for somebody without a list: what they got the last time."""
    bought = (o for o in uow.orders(recipient_id, 20) if o.status is Status.ACKNOWLEDGED)
    last = next(bought, None)
    return tuple((line.product_id, line.quantity) for line in last.basket.lines) if last else ()


def _said(texts: tuple[str, ...]) -> list[Event]:
    return [{"event": "said", "text": text} for text in texts]


def basket_event(order: Order, where: str) -> Event:
    """The `basket` event of the command-line contract."""
    return {
        "event": "basket",
        "stage": where,
        "revision": order.basket.revision,
        "lines": order.basket.as_event_lines(),
        "total": f"{order.basket.total:.2f}",
    }


def order_event(order: Order) -> Event:
    """The `order` event of the command-line contract."""
    return {
        "event": "order",
        "order_id": order.order_id,
        "status": order.status.value,
        "grocer_reference": order.grocer_reference,
        "lines": order.basket.as_event_lines(),
        "total": f"{order.basket.total:.2f}",
    }
