"""Processes that confirm an order and send it, and can be made to die at any point on their way.

Helper of `test_kill.py`. Everything in them is the product's own: the store, the outbox, the
Kolonial client. Only the points at which they die are put in from outside, here.

Run as `python -m tests.end_to_end.ordering_process DATABASE_URL GROCER_URL`, it does the imports
once and then starts one process for each line that it reads, `{"recipient": …, "kill_at": …}`. It
answers with the process's id and, when that has ended, with how: `{"status": …, "points": […]}`.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.engine.default import DefaultDialect

from bot.grocers.kolonial import KolonialGrocer
from bot.ordering.basket import BasketLine
from bot.ordering.catalogue import Catalogue
from bot.ordering.order import Order, Status
from bot.store import Store
from bot.store.submitter import Submitter

#: What everybody orders: product ids of the catalogue below, and how much.
WANTED = {"v1": Decimal("2"), "v2": Decimal("1"), "v3": Decimal("0.450")}
CATALOGUE = """\
product_id,name,brand,size,unit,price,category,gtin,restricted,deposit
v1,Lettmelk 1 %,Tine,1 l,stk,22.90,Meieri,2100000000011,,
v2,Solo,Ringnes,"1,5 l",stk,31.50,Drikke,2100000000028,,3.00
v3,Løk,,,kg,19.90,Grønnsaker,2100000000035,,
"""
LEASE_SECONDS = 0.3


class Points:
    """Counts the points of the way, and dies at one of them."""

    def __init__(self, kill_at: int | None) -> None:
        self.passed: list[str] = []
        self._kill_at = kill_at

    def __call__(self, name: str) -> None:
        """The process has come to the point `name`."""
        if len(self.passed) == self._kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        self.passed.append(name)


def lay_points(points: Points) -> None:
    """Put points around every change in the database, every commit and every HTTP request."""

    @event.listens_for(Engine, "before_cursor_execute")
    def _execute(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        words = statement.split()
        if words[0] in ("INSERT", "UPDATE", "DELETE"):
            points(f"{words[0].lower()} {words[2] if words[0] == 'INSERT' else words[1]}")

    _around(DefaultDialect, "do_commit", points, lambda arguments: "commit")
    _around(
        httpx.HTTPTransport,
        "handle_request",
        points,
        lambda arguments: f"{arguments[1].method} {arguments[1].url.path.split('/v1/')[-1]}",
    )


def _around(
    kind: type, method: str, points: Points, name: Callable[[tuple[Any, ...]], str]
) -> None:
    original = getattr(kind, method)

    def wrapped(*arguments: Any) -> Any:
        points(f"before {name(arguments)}")
        result = original(*arguments)
        points(f"after {name(arguments)}")
        return result

    setattr(kind, method, wrapped)


def run(database_url: str, grocer_url: str, recipient_id: str, kill_at: int | None) -> list[str]:
    """Order for a recipient, going on from wherever an earlier process has died.

    Returns:
        The names of all points that were passed.
    """
    points = Points(kill_at)
    lay_points(points)
    store = Store(database_url)
    grocer = KolonialGrocer(grocer_url, Catalogue.from_csv(CATALOGUE.splitlines(True)))
    submitter = Submitter(store, grocer, lease_seconds=LEASE_SECONDS)
    order = _confirm(store, recipient_id)
    while order.status is not Status.ACKNOWLEDGED:
        if not submitter.run_once():
            time.sleep(0.02)  # an earlier process's lease has not run out yet
        with store.transaction() as uow:
            order = uow.order(order.order_id) or order
        if order.status is Status.FAILED:
            raise AssertionError(order.failure)
    grocer.close()
    store.close()
    return points.passed


def _confirm(store: Store, recipient_id: str) -> Order:
    """What a person does: fill the basket, hear it, say yes; each in a turn of its own."""
    with store.transaction() as uow:
        uow.person(recipient_id)
        if (sent := uow.latest_order(recipient_id)) is not None:
            return sent
        order = uow.open_order(recipient_id)
        uow.save_order(order.with_basket(order.basket.restore(_lines())))
    with store.transaction() as uow:
        order = uow.open_order(recipient_id)
        uow.save_order(order.read_back())
    with store.transaction() as uow:
        order = uow.open_order(recipient_id)
        order = uow.save_order(order.confirm(order.basket.revision, "recipient"))
        uow.enqueue(order)
        uow.log_access("recipient", recipient_id, "confirm", order.order_id)
    return order


def _lines() -> list[BasketLine]:
    catalogue = Catalogue.from_csv(CATALOGUE.splitlines(True))
    return [
        BasketLine(
            product_id,
            catalogue[product_id].full_name,
            quantity,
            catalogue[product_id].unit,
            catalogue[product_id].price,
            catalogue[product_id].deposit,
        )
        for product_id, quantity in WANTED.items()
    ]


def write_catalogue(folder: Path) -> Path:
    """Write what the grocer sells, and we know, to a file."""
    path = folder / "catalogue.csv"
    path.write_text(CATALOGUE, encoding="utf-8")
    return path


def _start(database_url: str, grocer_url: str, recipient: str, kill_at: int | None) -> None:
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # log lines are no answers
        points = run(database_url, grocer_url, recipient, kill_at)
        os.write(writing, json.dumps(points).encode())
        os._exit(0)
    os.close(writing)
    print(pid, flush=True)
    with os.fdopen(reading) as pipe:
        passed = json.loads(pipe.read() or "[]")
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    print(json.dumps({"status": status, "points": passed}), flush=True)


if __name__ == "__main__":
    for line in sys.stdin:
        wanted = json.loads(line)
        _start(sys.argv[1], sys.argv[2], wanted["recipient"], wanted["kill_at"])
