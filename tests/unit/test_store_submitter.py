"""Tier: unit. The submitter: whatever fails or dies, the grocer has each order exactly once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event

from bot.errors import (
    GrocerAuthError,
    GrocerRejected,
    GrocerTimeout,
    GrocerUnavailable,
    SoldOut,
    StaleRevision,
    StoreError,
)
from bot.grocers.protocol import Found, Receipt, Slot
from bot.ordering.basket import BasketLine
from bot.ordering.order import Order, Status
from bot.store import Person, Store
from bot.store.submitter import Backoff, Submitter, start

if TYPE_CHECKING:
    from tests.databases import Clock

pytest_plugins = ("tests.databases",)

MILK = BasketLine("melk", "Lettmelk 1 l", Decimal("2"), "stk", Decimal("21.90"))
BREAD = BasketLine("brod", "Kneipp", Decimal("1"), "stk", Decimal("34.90"))
ONE_HOUR = 3600.0


class Killed(BaseException):
    """The process dies here: nothing may catch it, nothing runs after it."""


class MemoryGrocer:
    """A grocer that keeps the protocol's promise, and goes wrong on request.

    Each entry of `before` and `after` is called once, before the order is noted or after it.
    """

    def __init__(self) -> None:
        self.orders: dict[str, tuple[tuple[tuple[str, Decimal], ...], str | None]] = {}
        self.asked: list[tuple[str, str]] = []
        self.before: list[Callable[[], None]] = []
        self.after: list[Callable[[], None]] = []
        self._lock = threading.Lock()

    def submit(
        self,
        key: str,
        recipient_id: str,
        lines: Sequence[tuple[str, Decimal]],
        delivery: str | None = None,
    ) -> Receipt:
        with self._lock:
            self.asked.append((key, recipient_id))
        if self.before:
            self.before.pop(0)()
        with self._lock:
            self.orders.setdefault(key, (tuple(lines), delivery))
            reference = f"K{list(self.orders).index(key) + 1}"
        if self.after:
            self.after.pop(0)()
        opens = datetime(2026, 11, 26, 16, tzinfo=timezone.utc)
        slot = Slot("77", opens, opens + timedelta(hours=3), opens, Decimal("49"))
        return Receipt(reference, Decimal("132.80"), slot)

    def availability(self, product_ids: Sequence[str]) -> Mapping[str, bool]:
        return dict.fromkeys(product_ids, True)

    def slots(self, recipient_id: str | None = None) -> list[Slot]:
        return []

    def search(self, text: str) -> list[Found]:
        return []


def failing(error: BaseException) -> Callable[[], None]:
    def fail() -> None:
        raise error

    return fail


@pytest.fixture
def grocer() -> MemoryGrocer:
    return MemoryGrocer()


@pytest.fixture
def submitter(store: Store, grocer: MemoryGrocer) -> Submitter:
    return Submitter(store, grocer, lease_seconds=60, jitter=lambda: 1.0)


def confirmed(store: Store, recipient_id: str = "r1", *lines: BasketLine) -> Order:
    with store.transaction() as uow:
        uow.person(recipient_id)
        order = uow.open_order(recipient_id)
        basket = order.basket
        for line in lines or (MILK, BREAD):
            basket = basket.add(line)
        order = order.with_basket(basket).read_back().confirm(basket.revision, "recipient")
        order = uow.save_order(order)
        assert uow.enqueue(order)
    return order


def read(store: Store, order: Order) -> Order:
    with store.transaction() as uow:
        found = uow.order(order.order_id)
    assert found is not None
    return found


def tasks(store: Store) -> list[tuple[str, str]]:
    with store.transaction() as uow:
        return [(each.kind, each.note) for each in uow.tasks()]


# -- the outbox -----------------------------------------------------------------------------------


def test_only_a_stored_confirmed_order_goes_into_the_outbox(store: Store) -> None:
    with store.transaction() as uow:
        uow.person("r1")
        order = uow.open_order("r1")
        order = uow.save_order(order.with_basket(order.basket.add(MILK)).read_back())
        with pytest.raises(StaleRevision):
            uow.enqueue(order)
        with pytest.raises(StaleRevision):
            uow.enqueue(order.confirm(1, "recipient"))  # confirmed, but not stored
        assert uow.waiting() == []


def test_confirming_twice_submits_once(
    store: Store, submitter: Submitter, grocer: MemoryGrocer
) -> None:
    order = confirmed(store)
    with store.transaction() as uow:
        again = uow.save_order(order.confirm(order.basket.revision, "staff-7"))
        assert not uow.enqueue(again)
    assert submitter.run_once() == 1
    with store.transaction() as uow:
        assert not uow.enqueue(order)
    assert submitter.run_once() == 0
    assert len(grocer.asked) == len(grocer.orders) == 1


# -- the plain way --------------------------------------------------------------------------------


def test_a_confirmed_order_reaches_the_grocer(
    store: Store, submitter: Submitter, grocer: MemoryGrocer
) -> None:
    order = confirmed(store)
    assert submitter.run_once() == 1
    assert grocer.orders == {
        order.idempotency_key: ((("melk", Decimal(2)), ("brod", Decimal(1))), None)
    }
    done = read(store, order)
    assert done.status is Status.ACKNOWLEDGED
    assert (done.grocer_reference, done.grocer_total) == ("K1", Decimal("132.80"))
    assert done.arrives is not None and done.arrives[0].hour == 16
    assert submitter.run_once() == 0
    assert tasks(store) == []


def test_the_time_of_delivery_is_fixed_at_confirmation(
    store: Store, submitter: Submitter, grocer: MemoryGrocer
) -> None:
    with store.transaction() as uow:
        uow.save_person(Person("r1", delivery="torsdag kveld"))
    order = confirmed(store)
    with store.transaction() as uow:
        uow.save_person(Person("r1", delivery="fredag"))
    submitter.run_once()
    assert grocer.orders[order.idempotency_key][1] == "torsdag kveld"


def test_an_order_that_was_cancelled_in_time_is_not_sent(
    store: Store, submitter: Submitter, grocer: MemoryGrocer
) -> None:
    order = confirmed(store)
    with store.transaction() as uow:
        uow.save_order(order.cancelled())
    assert submitter.run_once() == 0
    assert grocer.asked == []
    with store.transaction() as uow:
        assert uow.waiting() == []


def test_one_order_can_be_sent_ahead_of_the_others(
    store: Store, submitter: Submitter, grocer: MemoryGrocer
) -> None:
    first, second = confirmed(store, "r1"), confirmed(store, "r2")
    assert submitter.run_once(second.order_id) == 1
    assert read(store, second).status is Status.ACKNOWLEDGED
    assert read(store, first).status is Status.CONFIRMED
    assert submitter.run_once() == 1


# -- failures -------------------------------------------------------------------------------------


def test_passing_failures_are_tried_again_later_and_later(
    store: Store, submitter: Submitter, grocer: MemoryGrocer, clock: Clock
) -> None:
    order = confirmed(store)
    grocer.before = [failing(GrocerUnavailable("Borte."))] * 3
    for wait in (2, 4, 8):
        assert submitter.run_once() == 1
        assert read(store, order).status is Status.SUBMITTED
        clock.forward(wait - 0.01)
        assert submitter.run_once() == 0, "too early"
        clock.forward(0.02)
    assert submitter.run_once() == 1
    assert read(store, order).status is Status.ACKNOWLEDGED
    assert len(grocer.orders) == 1


def test_the_person_who_waits_does_not_wait_for_the_next_attempt(
    store: Store, submitter: Submitter, grocer: MemoryGrocer
) -> None:
    order = confirmed(store)
    grocer.before = [failing(GrocerUnavailable("Borte."))]
    submitter.run_once()
    assert submitter.run_once() == 0
    assert submitter.run_once(order.order_id) == 1
    assert read(store, order).status is Status.ACKNOWLEDGED


def test_in_the_end_staff_are_told(store: Store, grocer: MemoryGrocer, clock: Clock) -> None:
    order = confirmed(store)
    grocer.before = [failing(GrocerTimeout("Vi prøver igjen."))] * 9
    submitter = Submitter(store, grocer, backoff=Backoff(attempts=3))
    for _ in range(9):
        submitter.run_once()
        clock.forward(ONE_HOUR)
    assert len(grocer.asked) == 3
    given_up = read(store, order)
    assert given_up.status is Status.FAILED
    assert given_up.failure is not None and "hjemmehjelpen" in given_up.failure
    assert tasks(store) == [("order_failed", order.order_id)]


def test_waits_grow_to_a_limit_and_are_spread() -> None:
    backoff = Backoff(first=2, longest=60)
    full = [backoff.delay(attempt, 1.0).total_seconds() for attempt in range(1, 8)]
    assert full == [2, 4, 8, 16, 32, 60, 60]
    assert backoff.delay(3, 0.0).total_seconds() == 4


@pytest.mark.parametrize("error", [GrocerRejected("Nei."), GrocerAuthError("Feil passord.")])
def test_a_refusal_is_final(
    store: Store, submitter: Submitter, grocer: MemoryGrocer, clock: Clock, error: Exception
) -> None:
    order = confirmed(store)
    grocer.before = [failing(error)]
    submitter.run_once()
    clock.forward(ONE_HOUR)
    assert submitter.run_once() == 0
    assert read(store, order).failure == str(error)
    assert tasks(store) == [("order_failed", order.order_id)]


def test_what_is_sold_out_is_named(
    store: Store, submitter: Submitter, grocer: MemoryGrocer
) -> None:
    order = confirmed(store)
    grocer.before = [failing(SoldOut("Utsolgt.", ["brod"]))]
    submitter.run_once()
    assert (read(store, order).status, read(store, order).sold_out) == (Status.FAILED, ("brod",))
    assert tasks(store) == [("sold_out", order.order_id)]


def test_a_broken_client_does_not_stop_the_others(
    store: Store, submitter: Submitter, grocer: MemoryGrocer, clock: Clock
) -> None:
    first, second = confirmed(store, "r1"), confirmed(store, "r2")
    grocer.before = [failing(ZeroDivisionError("kr 12,90"))]
    assert submitter.run_once() == 2
    assert read(store, second).status is Status.ACKNOWLEDGED
    clock.forward(ONE_HOUR)
    submitter.run_once()
    assert read(store, first).status is Status.ACKNOWLEDGED


# -- crashes and several senders ------------------------------------------------------------------


@pytest.mark.parametrize("where", ["before", "after"])
def test_a_sender_that_dies_is_replaced_when_its_lease_runs_out(
    store: Store, submitter: Submitter, grocer: MemoryGrocer, clock: Clock, where: str
) -> None:
    order = confirmed(store)
    setattr(grocer, where, [failing(Killed())])
    with pytest.raises(Killed):
        submitter.run_once()
    assert read(store, order).status is Status.SUBMITTED
    clock.forward(59)
    assert submitter.run_once() == 0, "the other one may still be at it"
    clock.forward(2)
    assert submitter.run_once() == 1
    assert read(store, order).status is Status.ACKNOWLEDGED
    assert list(grocer.orders) == [order.idempotency_key]


def test_death_at_any_statement_and_any_request(
    store: Store, grocer: MemoryGrocer, clock: Clock
) -> None:
    """Kill the sender before its 1st, 2nd, 3rd … statement until it gets through alive."""
    countdown = -1

    @event.listens_for(store._engine, "before_cursor_execute")
    def die(*_: object) -> None:
        nonlocal countdown
        countdown -= 1
        if countdown == 0:
            raise Killed

    deaths = 0
    for survived in range(1, 100):
        order = confirmed(store, f"r{survived}")
        countdown = survived
        try:
            Submitter(store, grocer, lease_seconds=60).run_once(order.order_id)
        except Killed:
            deaths += 1
        alive, countdown = countdown > 0, -1
        clock.forward(61)
        Submitter(store, grocer).run_once()
        assert read(store, order).status is Status.ACKNOWLEDGED
        assert list(grocer.orders)[survived - 1 :] == [order.idempotency_key]
        if alive:
            break
    assert deaths >= 8


@pytest.mark.parametrize(
    "error", [GrocerTimeout("Butikken svarte ikke i tide."), GrocerRejected("Nei.")]
)
def test_a_slow_sender_whose_lease_ran_out_does_not_undo_the_answer(
    store: Store, submitter: Submitter, grocer: MemoryGrocer, clock: Clock, error: Exception
) -> None:
    order = confirmed(store)

    def the_other_one_finishes() -> None:
        clock.forward(61)
        assert submitter.run_once() == 1
        raise error

    grocer.before = [the_other_one_finishes]
    submitter.run_once()
    assert read(store, order).status is Status.ACKNOWLEDGED
    assert len(grocer.orders) == 1


def test_a_late_yes_is_true_even_when_another_sender_had_given_up(
    store: Store, grocer: MemoryGrocer, clock: Clock
) -> None:
    order = confirmed(store)
    impatient = Submitter(store, grocer, lease_seconds=60, backoff=Backoff(attempts=2))

    def the_other_one_gives_up() -> None:
        clock.forward(61)
        grocer.before = [failing(GrocerUnavailable("Borte."))]
        impatient.run_once()
        assert read(store, order).status is Status.FAILED

    grocer.before = [the_other_one_gives_up]
    impatient.run_once()
    assert read(store, order).status is Status.ACKNOWLEDGED
    assert tasks(store) == []
    assert impatient.run_once() == 0


def test_a_persons_orders_are_sent_one_after_the_other(
    store: Store, submitter: Submitter, grocer: MemoryGrocer
) -> None:
    first, second = confirmed(store), confirmed(store)
    other = confirmed(store, "r2")

    def meanwhile() -> None:
        assert submitter.run_once() == 1, "only the other person's"
        assert read(store, other).status is Status.ACKNOWLEDGED
        assert read(store, second).status is Status.CONFIRMED

    grocer.before = [meanwhile]
    assert submitter.run_once() == 2
    assert [key for key, _ in grocer.asked] == [
        first.idempotency_key,
        other.idempotency_key,
        second.idempotency_key,
    ]


def test_many_senders_send_each_order_once(store: Store, grocer: MemoryGrocer) -> None:
    orders = [confirmed(store, f"r{number % 7}") for number in range(21)]

    def send(_: int) -> None:
        submitter = Submitter(store, grocer)
        while any(read(store, each).status is not Status.ACKNOWLEDGED for each in orders):
            submitter.run_once()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(send, range(4)))
    assert sorted(key for key, _ in grocer.asked) == sorted(each.idempotency_key for each in orders)


def test_it_runs_until_it_is_stopped(store: Store, grocer: MemoryGrocer) -> None:
    sent = threading.Event()
    grocer.after = [sent.set]
    stop = start(Submitter(store, grocer), interval=0.01)
    order = confirmed(store)
    assert sent.wait(10)
    stop()
    assert read(store, order).status is Status.ACKNOWLEDGED
    confirmed(store)
    assert len(grocer.asked) == 1


def test_it_outlives_a_store_that_fails_for_a_while(
    store: Store, submitter: Submitter, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = threading.Event()
    runs = []

    def run_once(order_id: str | None = None) -> int:
        runs.append(order_id)
        if len(runs) == 1:
            raise StoreError("Databasen er borte.")
        stop.set()
        return 0

    monkeypatch.setattr(submitter, "run_once", run_once)
    submitter.run_forever(stop, interval=0.01)
    assert len(runs) == 2
