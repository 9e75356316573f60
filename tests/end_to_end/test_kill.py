"""Tier: end_to_end. kill -9 at any moment, start again: the grocer has the order exactly once.

A real process confirms and submits an order to the grocer's simulator, a real process too, over
HTTP. It is killed with SIGKILL around every change in the database, every commit and every request,
and at random moments; a second process then goes on with the same database.
"""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from decimal import Decimal

import httpx
import pytest

from bot.ordering.order import Status
from bot.store import Store
from tests.end_to_end import ordering_process
from tests.grocer_process import running_grocer

pytest_plugins = ("tests.databases",)

RANDOM_KILLS = 5
STOP_SECONDS = 30


class World:
    """A grocer, a database, and processes that order.

    Attributes:
        store: the same database as the processes use.
        ordered: everybody who has ordered.
        step: every how many points a process is killed.
    """

    def __init__(self, grocer_url: str, database_url: str) -> None:
        self._grocer_url = grocer_url
        self.store = Store(database_url)
        self.store.migrate()
        self.ordered: list[str] = []
        # SQLite lives in the process that dies, so it is killed at every point; a client of a
        # server just goes away, and every sixth will do.
        self.step = 1 if database_url.startswith("sqlite") else 6
        self._starter = subprocess.Popen(
            [sys.executable, "-m", ordering_process.__name__, database_url, grocer_url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def finish(
        self, recipient_id: str, kill_at: int | None = None, kill_after: float | None = None
    ) -> tuple[int, list[str]]:
        """Let a process order for a recipient.

        Args:
            kill_at: the number of the point at which it dies.
            kill_after: seconds after which we kill it.

        Returns:
            Its exit status and, when it was not killed, the points that it passed.
        """
        assert self._starter.stdin is not None and self._starter.stdout is not None
        print(
            json.dumps({"recipient": recipient_id, "kill_at": kill_at}),
            file=self._starter.stdin,
            flush=True,
        )
        pid = int(self._starter.stdout.readline())
        if kill_after is not None:
            time.sleep(kill_after)
            with contextlib.suppress(ProcessLookupError):  # it was quicker
                os.kill(pid, signal.SIGKILL)
        end = json.loads(self._starter.stdout.readline())
        return end["status"], end["points"]

    def close(self) -> None:
        """End the starter of processes."""
        self._starter.communicate()
        self.store.close()

    def new_recipient(self) -> str:
        """Somebody who has not ordered yet."""
        self.ordered.append(f"r{len(self.ordered)}")
        return self.ordered[-1]

    def check(self) -> None:
        """Every order is here and at the grocer exactly once, with exactly its lines."""
        with self.store.transaction() as uow:
            ours = uow.orders(limit=1000)
            assert uow.waiting() == []
            assert uow.tasks() == []
        theirs = httpx.get(self._grocer_url.replace("/api/v1/", "/_simulator/orders")).json()[
            "orders"
        ]
        assert sorted(each.recipient_id for each in ours) == sorted(self.ordered)
        assert {each.status for each in ours} == {Status.ACKNOWLEDGED}
        assert sorted(each["external_reference"] for each in theirs) == sorted(
            each.idempotency_key for each in ours
        )
        references = {each["external_reference"]: each for each in theirs}
        for order in ours:
            there = references[order.idempotency_key]
            assert there["order_number"] == order.grocer_reference
            assert there["status"] != "CANCELLED"
            lines = {product: Decimal(quantity) for product, quantity in there["lines"].items()}
            assert lines == ordering_process.WANTED
            assert {
                each.product_id: each.quantity for each in order.basket.lines
            } == ordering_process.WANTED


@pytest.fixture(scope="module")
def world(
    new_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """A grocer, and a store of our own, of each kind in turn."""
    folder = tmp_path_factory.mktemp("grocer")
    catalogue = ordering_process.write_catalogue(folder)
    with running_grocer(folder / "grocer.db", catalogue) as url:
        world = World(url, new_database())
        yield world
        world.close()


def test_killed_at_every_point_the_order_arrives_once(world: World) -> None:
    status, points = world.finish(world.new_recipient())
    assert status == 0
    assert len(points) >= 10
    for kind in ("commit", "POST checkout/", "POST cart/items/", "insert outbox"):
        assert any(kind in each for each in points), f"no point at {kind}"
    for kill_at in range(0, len(points), world.step):
        recipient_id = world.new_recipient()
        died, _ = world.finish(recipient_id, kill_at)
        assert died == -signal.SIGKILL, points[kill_at]
        again, _ = world.finish(recipient_id)
        assert again == 0, points[kill_at]
    world.check()


def test_killed_twice_the_order_arrives_once(world: World) -> None:
    _, points = world.finish(world.new_recipient())
    after_checkout = points.index("after POST checkout/")
    for second in range(0, after_checkout, 10):
        recipient_id = world.new_recipient()
        assert world.finish(recipient_id, after_checkout)[0] == -signal.SIGKILL
        world.finish(recipient_id, second)  # may get through: it has less to do
        assert world.finish(recipient_id)[0] == 0
    world.check()


def test_killed_at_random_moments_the_order_arrives_once(world: World) -> None:
    moments = random.Random(2026)
    for _ in range(RANDOM_KILLS):
        recipient_id = world.new_recipient()
        world.finish(recipient_id, kill_after=moments.uniform(0.0, 0.15))
        assert world.finish(recipient_id)[0] == 0
    world.check()
