"""Sends confirmed orders from the outbox to the grocer, exactly once whatever dies when.

Each order goes through three steps, and only the middle one is outside the database:

1. one transaction takes a lease on the outbox entry and marks the order SUBMITTED;
2. the grocer is asked, with a key that makes asking again harmless;
3. one transaction stores the answer and closes the entry.

A process that dies between 1 and 3 leaves an entry whose lease runs out; the next sender asks the
grocer again with the same key and gets the answer of the first time.
"""

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import uuid4

import structlog

from bot.errors import GrocerError, KurvError, SoldOut, StoreError
from bot.grocers.protocol import Grocer, Receipt
from bot.ordering.order import Order, Status
from bot.store.records import OutboxEntry
from bot.store.store import Store
from bot.store.unit_of_work import UnitOfWork

log = structlog.get_logger(__name__)

_GIVEN_UP = (
    "Butikken svarte ikke etter mange forsøk; hjemmehjelpen må sjekke om bestillingen kom fram."
)


@dataclass(frozen=True, slots=True)
class Backoff:
    """How long to wait before the grocer is asked again.

    Attributes:
        first: seconds before the second attempt; doubled for each one after it.
        longest: seconds that no wait exceeds.
        attempts: how many times in all; then the order fails and staff get a task. With the
            defaults that is after about half an hour.
    """

    first: float = 2.0
    longest: float = 300.0
    attempts: int = 12

    def delay(self, attempts: int, jitter: float) -> timedelta:
        """The wait after so many attempts; `jitter` from 0 to 1 spreads the senders apart."""
        full = min(self.longest, self.first * 2 ** (attempts - 1))
        return timedelta(seconds=full * (0.5 + 0.5 * jitter))


class Stop(Protocol):
    """A `threading.Event`, as far as it is needed here."""

    def is_set(self) -> bool:
        """Whether to stop."""
        ...

    def wait(self, timeout: float) -> bool:
        """Wait until it is set, at most so many seconds."""
        ...


class Submitter:
    """Sends what is in the outbox; any number of them may work on one store."""

    def __init__(
        self,
        store: Store,
        grocer: Grocer,
        clock: Callable[[], datetime] | None = None,
        lease_seconds: float = 120.0,
        backoff: Backoff | None = None,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """Take the parts.

        Args:
            clock: the moment it is now; the store's own by default.
            lease_seconds: how long an order is left to a sender that does not report back. It must
                be longer than the grocer's client takes at most, retries included.
            backoff: the waits between attempts.
            jitter: a number from 0 to 1, another one each time.
        """
        self._store = store
        self._grocer = grocer
        self._clock = clock or store.clock
        self._lease = timedelta(seconds=lease_seconds)
        self._backoff = backoff or Backoff()
        self._jitter = jitter

    def run_once(self, order_id: str | None = None) -> int:
        """Send everything that is due now, one order after the other.

        Args:
            order_id: send only this order, and now, even if its next attempt is due later; for
                the person who is waiting for the answer.

        Returns:
            How many times the grocer was asked.

        Raises:
            StoreError: the database failed; what was sent is asked for again later.
        """
        asked = 0
        while self._send_one(order_id):
            asked += 1
            if order_id is not None:
                break
        return asked

    def run_forever(self, stop: Stop, interval: float = 1.0) -> None:
        """Send what is due, again and again, until `stop` is set; a store error is waited out.

        Args:
            interval: seconds between two looks into an empty outbox.
        """
        while not stop.is_set():
            try:
                asked = self.run_once()
            except StoreError as error:
                log.error("outbox_unreadable", code=error.code)
                asked = 0
            if not asked:
                stop.wait(interval)

    def _send_one(self, order_id: str | None) -> bool:
        # A name of its own for every lease: a sender that was thought dead is told from itself.
        holder = uuid4().hex
        with self._store.transaction() as uow:
            entry = uow.lease(holder, self._clock() + self._lease, order_id)
            order = uow.order(entry.order_id) if entry else None
        if entry is None or order is None:
            return False
        log.info("submitting", order_id=order.order_id, attempt=entry.attempts)
        try:
            receipt = self._grocer.submit(
                entry.key,
                entry.recipient_id,
                [(line.product_id, line.quantity) for line in order.basket.lines],
                entry.delivery,
            )
        except GrocerError as error:
            self._not_sent(entry, holder, error)
        except Exception as error:
            # Nothing that the grocer's client does may keep other people's orders from being
            # sent. The text may hold what was ordered, so the log gets the kind only.
            log.error("submit_broke", order_id=order.order_id, error=type(error).__name__)
            self._not_sent(entry, holder, _Broken())
        else:
            self._sent(entry, receipt)
        return True

    def _sent(self, entry: OutboxEntry, receipt: Receipt) -> None:
        """Store the grocer's yes. It is true even if the lease has run out meanwhile."""
        with self._store.transaction() as uow:
            order = _order(uow, entry)
            if order.status is Status.ACKNOWLEDGED:
                return  # another sender has stored the same answer
            slot = receipt.delivery
            arrives = (slot.opens, slot.closes) if slot else None
            uow.save_order(order.acknowledged(receipt.reference, receipt.total, arrives))
            uow.finish(entry, "done")
            uow.close_tasks(entry.recipient_id, "order_failed", entry.order_id)
        log.info("acknowledged", order_id=entry.order_id, attempt=entry.attempts)

    def _not_sent(self, entry: OutboxEntry, holder: str, error: KurvError) -> None:
        """Store that this attempt failed: try again later, or give up and tell staff."""
        log.warning("not_sent", order_id=entry.order_id, attempt=entry.attempts, code=error.code)
        with self._store.transaction() as uow:
            if not uow.holds(entry, holder):
                return  # another sender has taken over, and knows more than we do
            if error.retryable and entry.attempts < self._backoff.attempts:
                delay = self._backoff.delay(entry.attempts, self._jitter())
                uow.postpone(entry, delay, error.code)
                return
            sold_out = error.product_ids if isinstance(error, SoldOut) else ()
            reason = _GIVEN_UP if error.retryable else str(error)
            uow.save_order(_order(uow, entry).failed(reason, sold_out))
            uow.finish(entry, "failed", error.code)
            uow.add_task(
                entry.recipient_id, "sold_out" if sold_out else "order_failed", entry.order_id
            )


class _Broken(GrocerError):
    """The grocer's client failed in a way that it should not; whether it ordered is not known."""

    code = "grocer_client_broken"
    retryable = True


def _order(uow: UnitOfWork, entry: OutboxEntry) -> Order:
    order = uow.order(entry.order_id)
    if order is None:
        raise StoreError(f"Bestillingen {entry.order_id} mangler i databasen.")
    return order


def start(submitter: Submitter, interval: float = 1.0) -> Callable[[], None]:
    """Run `submitter` in a thread of its own.

    Returns:
        A function that stops it, and waits for the order that is being sent.
    """
    stop = threading.Event()
    thread = threading.Thread(
        target=submitter.run_forever, args=(stop, interval), name="submitter", daemon=True
    )
    thread.start()

    def stopped() -> None:
        stop.set()
        thread.join()

    return stopped
