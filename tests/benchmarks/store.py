"""How fast the store is with a municipality's data in it.

    .venv/bin/python -m tests.benchmarks.store [--postgresql] [--recipients 600] [--days 30]

Fills an empty database with recipients who have ordered every third day, then measures one turn of
a talk (person, basket, talk and history read, a changed basket and talk saved), reading the list of
orders, and confirming and sending through the outbox to a grocer that answers at once.
"""

import argparse
import contextlib
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import structlog

from bot.grocers.protocol import Found, Receipt, Slot
from bot.ordering.basket import BasketLine
from bot.store import Store
from bot.store.submitter import Submitter
from tests import databases

LINES = 15
TURNS = 1000
SENT = 300


class InstantGrocer:
    """Takes every order at once."""

    def submit(
        self,
        key: str,
        recipient_id: str,
        lines: Sequence[tuple[str, Decimal]],
        delivery: str | None = None,
    ) -> Receipt:
        return Receipt(f"K{key}", Decimal(1), None)

    def availability(self, product_ids: Sequence[str]) -> Mapping[str, bool]:
        return dict.fromkeys(product_ids, True)

    def slots(self, recipient_id: str | None = None) -> list[Slot]:
        return []

    def search(self, text: str) -> list[Found]:
        return []


def line(number: int) -> BasketLine:
    return BasketLine(f"k{number}", f"Vare {number}", Decimal(1), "stk", Decimal("24.90"))


def confirm(store: Store, recipient_id: str, chance: random.Random, enqueue: bool) -> None:
    """A confirmed order of some lines; acknowledged at once unless it goes into the outbox."""
    with store.transaction() as uow:
        uow.person(recipient_id)
        order = uow.open_order(recipient_id)
        numbers = chance.sample(range(400), LINES)
        order = order.with_basket(order.basket.restore(line(number) for number in numbers))
        order = order.read_back().confirm(order.basket.revision, "recipient")
        if enqueue:
            uow.enqueue(uow.save_order(order))
        else:
            uow.save_order(order.submitted().acknowledged("K1"))


def turn(store: Store, recipient_id: str, chance: random.Random) -> None:
    """What the service asks of the store in one turn."""
    with store.transaction() as uow:
        uow.person(recipient_id)
        order = uow.open_order(recipient_id)
        uow.latest_order(recipient_id)
        uow.talk(recipient_id)
        uow.history(recipient_id)
        uow.usual(recipient_id)
        basket = order.basket.add(line(chance.randrange(400)))
        uow.save_order(order.with_basket(basket))
        uow.save_talk(recipient_id, {"questions": [], "last_reply": ["Ok."], "failures": 0})


def timed(what: str, work: Callable[[], object], times: int) -> None:
    """Run `work` so many times and print how long one took."""
    seconds = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    cuts = statistics.quantiles(seconds, n=100)
    print(
        f"{what}: median {1000 * cuts[49]:.2f} ms, "
        f"p95 {1000 * cuts[94]:.2f} ms, p99 {1000 * cuts[98]:.2f} ms ({times} times)"
    )


@contextlib.contextmanager
def database(postgresql: bool) -> Iterator[str]:
    """An empty database."""
    if postgresql:
        with databases.running_postgresql() as socket:
            yield databases.make_database(socket)
    else:
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{folder}/kurv.db"


def main() -> None:
    """Fill, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--recipients", type=int, default=600)
    parser.add_argument("--days", type=int, default=30)
    options = parser.parse_args()
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    chance = random.Random(1)
    recipients = [f"r{number}" for number in range(options.recipients)]
    now = datetime(2026, 11, 1, tzinfo=timezone.utc)

    with database(options.postgresql) as url:
        began = time.perf_counter()
        store = Store(url, lambda: now)
        store.migrate()
        print(f"opened and migrated: {time.perf_counter() - began:.2f} s")
        began = time.perf_counter()
        for _ in range(0, options.days, 3):
            for recipient_id in recipients:
                confirm(store, recipient_id, chance, enqueue=False)
            now += timedelta(days=3)
        orders = options.recipients * len(range(0, options.days, 3))
        print(f"filled with {orders} orders of {LINES}: {time.perf_counter() - began:.0f} s")

        timed("one turn", lambda: turn(store, chance.choice(recipients), chance), TURNS)
        timed("100 newest orders", lambda: newest(store), 100)
        for recipient_id in recipients[:SENT]:
            confirm(store, recipient_id, chance, enqueue=True)
        began = time.perf_counter()
        sent = Submitter(store, InstantGrocer()).run_once()
        took = time.perf_counter() - began
        print(f"outbox: {sent} orders sent, {1000 * took / max(sent, 1):.2f} ms each")
        store.close()


def newest(store: Store) -> int:
    """Read the list that staff see."""
    with store.transaction(read_only=True) as uow:
        return len(uow.orders())


if __name__ == "__main__":
    main()
