"""From a confirmed basket to an order at the grocer: rules, second person, outbox, answer."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from bot.errors import KurvError, StaleRevision
from bot.ordering import wording
from bot.ordering.catalogue import Catalogue
from bot.ordering.order import Order, Status
from bot.ordering.personal import payable
from bot.ordering.speaker import Speaker, is_staff
from bot.service.rules import Policies, municipality_of
from bot.store import Person, Store, UnitOfWork
from bot.store.submitter import Submitter

#: Seconds to wait for an order that another sender has taken, and between two looks at it.
SENDER_PATIENCE, SENDER_LOOK = 4.0, 0.1
#: Who confirms also sends, and is answered at once: the background sender, which takes one order
#: after the other, sends it only if they have not within this time.
SENT_HERE = timedelta(seconds=5)
Agree = Callable[[UnitOfWork, Order | None], Order]
#: What a stale page is told.
CHANGED = "Kurven ble endret mens du så på den. Se over den på nytt."


class Confirmation:
    """Carries out confirmations and approvals."""

    def __init__(
        self, store: Store, submitter: Submitter, policies: Policies, catalogue: Catalogue
    ) -> None:
        self._store = store
        self._submitter = submitter
        self._policies = policies
        self._catalogue = catalogue

    def confirm_shown(self, order_id: str, revision: int, by: Speaker, agree: Agree) -> Order:
        """Confirm the basket that staff were shown in full, and send it when that takes nobody
        else; twice sends once. All that must hold is looked at in one transaction.

        Args:
            agree: gives the order if they may confirm it, and puts down what that also agrees to;
                or raises.

        Raises:
            StaleRevision: the basket has changed since it was shown, or the order is closed.
            KurvError: there is nothing in it, or as `agree` raises.
        """
        with self._store.transaction() as uow:
            before = agree(uow, uow.order(order_id))
            if before.confirmed_revision != revision and before.basket.revision != revision:
                raise StaleRevision(CHANGED)
            order = before.confirm_shown(revision, by.who, by.how)
            if order == before:
                return order
            order = uow.save_order(order)
            self.confirmed(uow, uow.person(order.recipient_id), order, by)
            uow.save_talk(order.recipient_id, {})
        return self.send_now(order)

    def approve(self, order_id: str, actor: str) -> Order:
        """Let a confirmed order that waits for a second person go to the grocer.

        Raises:
            KurvError: there is no such order, it does not wait for approval, or the actor confirmed
                it.
        """
        with self._store.transaction() as uow:
            order = uow.order(order_id)
            if order is None or order.status is not Status.CONFIRMED:
                raise KurvError(f"Bestillingen {order_id} venter ikke på godkjenning.")
            if order.confirmed_by == actor:
                raise KurvError("Den som bekreftet bestillingen, kan ikke godkjenne den selv.")
            order = uow.save_order(replace(order, approved_by=actor))
            uow.enqueue(order, SENT_HERE)
            uow.close_tasks(order.recipient_id, "approve", order_id)
            uow.log_access(actor, order.recipient_id, "approve", order_id)
        self._submitter.run_once(order_id)
        with self._store.transaction(read_only=True) as uow:
            return uow.order(order_id) or order

    def confirmed(self, uow: UnitOfWork, person: Person, order: Order, by: Speaker) -> None:
        """A saved order was confirmed just now: it goes into the outbox, or waits for approval."""
        total = payable(order.basket)
        if person.budget is not None and total > person.budget:
            uow.add_consent(order.order_id, "over_budget", by.who, amount=total)
            if not is_staff(by.who):
                uow.add_task(person.recipient_id, "over_budget", order.order_id)
        uow.log_access(by.who, person.recipient_id, "confirm", order.order_id)
        if self.waits(uow, person, order):
            uow.add_task(person.recipient_id, "approve", order.order_id)
        else:
            uow.enqueue(order, SENT_HERE)

    def waits(self, uow: UnitOfWork, person: Person, order: Order) -> bool:
        """Whether a confirmed order takes a second person."""
        rules = municipality_of(uow, person)
        return self._policies.needs_approval(order, person, rules, self._catalogue)

    def send_now(self, confirmed: Order) -> Order:
        """Send an order if it may be sent; when the background sender has just taken it, wait for
        its answer. Returns the order as it is then."""
        asked = self._submitter.run_once(confirmed.order_id)
        for _ in range(round(SENDER_PATIENCE / SENDER_LOOK)):
            with self._store.transaction(read_only=True) as uow:
                order = uow.order(confirmed.order_id) or confirmed
            if asked or order.status is not Status.SUBMITTED:
                return order
            time.sleep(SENDER_LOOK)
        return order

    def told(self, uow: UnitOfWork, person: Person, order: Order) -> str:
        """What became of a confirmed order, as a sentence; what failed becomes a task."""
        if order.status is Status.ACKNOWLEDGED:
            arrives = wording.delivery(*order.arrives) if order.arrives else None
            return wording.sent(arrives, order.grocer_total)
        if order.status is Status.FAILED:
            uow.add_task(person.recipient_id, "order_failed", order.order_id)
            return wording.order_failed(order.failure or "")
        if self.waits(uow, person, order):
            return wording.WAITING_APPROVAL
        return wording.GROCER_SLOW
