"""Measures the staff web: 50 staff and 20 calls at once, 600 recipients, 30 days of orders.

Run from the project's folder: `.venv/bin/python tests/benchmarks/staff.py [SECONDS] [--staff N]
[--calls N]`. A real `kurv serve` with the trained model; the calls are typed talks through the same
service, as a telephone session makes them once a sentence is heard. It first looks at every page
alone, then lets everybody work at once, and in the end checks that each order that was confirmed
reached the grocer once. The figures stand in docs/benchmarks.md.
"""

# ruff: noqa: E402
from __future__ import annotations

import argparse
import asyncio
import random
import re
import sqlite3
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import httpx

from bot.casework.accounts import Accounts
from bot.data_files import load_catalogue
from bot.ordering.basket import Basket, BasketLine
from bot.ordering.order import Order, Status
from bot.settings import PACKAGED_DATA
from bot.store import Person, Store
from bot.store.staff_book import Municipality, StaffMember
from tests.end_to_end.telephone_service import TOKEN, KurvService
from tests.grocer_process import running_grocer
from tests.staff_web import FAST, form_token

RECIPIENTS, DAYS, ORDERS_EACH = 600, 30, 8
#: Seconds between two clicks of one colleague, and between two sentences of a caller.
CLICKS, SENTENCES = (1.5, 4.5), (2.0, 6.0)
LARGEST_PAGE, SLOWEST_PAGE, SLOWEST_IN_LOAD = 100_000, 0.2, 0.4
TALK = ("hei", "to norvegia og et kneippbrød", "en havregryn", "det var alt", "ja")


@dataclass
class Figures:
    """What was measured: seconds by kind of request, and what went wrong."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    sizes: dict[str, int] = field(default_factory=dict)
    confirmed: set[str] = field(default_factory=set)
    troubles: list[str] = field(default_factory=list)

    def took(self, kind: str, began: float) -> None:
        self.seconds[kind].append(time.perf_counter() - began)


def fill(store: Store, staff: int) -> list[str]:
    """600 recipients, 30 days of their orders, staff; returns a session token for each of them."""
    catalogue = list(load_catalogue(PACKAGED_DATA / "catalogue.csv"))
    chance = random.Random(4)
    now = store.clock()
    with store.transaction() as uow:
        uow.save_municipality(Municipality("baerum", "Bærum"))
        for number in range(RECIPIENTS):
            uow.save_person(
                Person(
                    f"b{number}", f"Mottaker Nr{number}", municipality="baerum",
                    district=("vest", "øst")[number % 2], address=f"Gata {number}",
                )
            )  # fmt: skip
    with store.transaction() as uow:
        for number in range(RECIPIENTS):
            for week in range(ORDERS_EACH):
                at = now - timedelta(days=DAYS * (ORDERS_EACH - week) / ORDERS_EACH)
                uow._clock = lambda at=at: at  # type: ignore[method-assign, misc]
                lines = tuple(
                    BasketLine(
                        product.product_id, product.full_name, Decimal(chance.randint(1, 3)),
                        "stk", product.price,
                    )
                    for product in chance.sample(catalogue, 8)
                )  # fmt: skip
                basket = Basket(lines, revision=1)
                order = Order(f"{number}-{week}", f"b{number}").with_basket(basket)
                order = order.read_back().confirm(1, "recipient", "voice")
                uow.save_order(order.submitted().acknowledged(f"G{number}-{week}"))
    accounts = Accounts(store, FAST)
    tokens = []
    for number in range(staff):
        member = StaffMember(f"a{number}", "baerum", f"Ansatt {number}", ("orderer", "approver"))
        with store.transaction() as uow:
            uow.save_staff(member)
        tokens.append(accounts.begin(member))
    return tokens


class Colleague:
    """Somebody who orders for one recipient after the other."""

    def __init__(self, number: int, url: str, token: str, theirs: list[str], figures: Figures):
        self._chance = random.Random(number)
        self._theirs = theirs
        self._figures = figures
        self._web = httpx.AsyncClient(
            base_url=url, cookies={"kurv": token}, headers={"accept": "text/html"}, timeout=30
        )

    async def work(self, until: float) -> None:
        """Order until it is late."""
        await asyncio.sleep(self._chance.uniform(0, CLICKS[1]))
        async with self._web:
            while time.monotonic() < until:
                with suppress(httpx.HTTPError):
                    await self._order(self._chance.choice(self._theirs))

    async def _order(self, recipient: str) -> None:
        await self._get("today", "/")
        page = await self._get("basket", f"/mottaker/{recipient}")
        token = form_token(page)
        await self._get("history", f"/mottaker/{recipient}/historikk")
        found = await self._get("products", f"/mottaker/{recipient}/varer?sok=melk")
        product = re.search(r'name="product_id" value="([^"]+)"', found)
        revision = re.search(r'name="revision" value="(\d+)"', found)
        if product is None or revision is None:
            self._figures.troubles.append("no product found")
            return
        put = {"product_id": product[1], "quantity": "2", "revision": revision[1]}
        await self._post("change", f"/mottaker/{recipient}/kurv/legg", {"form_token": token, **put})
        shown = await self._get("read back", f"/mottaker/{recipient}/bekreft")
        asked = dict(re.findall(r'name="(order_id|revision)" value="([^"]*)"', shown))
        if "order_id" not in asked:
            self._figures.troubles.append("nothing to confirm")
            return
        yes = {"form_token": token, **asked, "how": "beside"}
        path = f"/mottaker/{recipient}/bekreft"
        # An impatient finger: twice at once, and only one order may come of it.
        first, _ = await asyncio.gather(
            self._post("confirm", path, yes), self._post("confirm", path, yes)
        )
        if first.status_code == 303:
            self._figures.confirmed.add(asked["order_id"])

    async def _get(self, kind: str, path: str) -> str:
        await asyncio.sleep(self._chance.uniform(*CLICKS))
        began = time.perf_counter()
        answer = await self._web.get(path)
        self._figures.took(kind, began)
        if answer.status_code >= 400:
            self._figures.troubles.append(f"{kind}: {answer.status_code}")
        self._figures.sizes[kind] = max(self._figures.sizes.get(kind, 0), len(answer.content))
        return answer.text

    async def _post(self, kind: str, path: str, form: dict[str, str]) -> httpx.Response:
        await asyncio.sleep(self._chance.uniform(*CLICKS) if kind != "confirm" else 0)
        began = time.perf_counter()
        answer = await self._web.post(path, data=form)
        self._figures.took(kind, began)
        if answer.status_code >= 500:
            self._figures.troubles.append(f"{kind}: {answer.status_code}")
        return answer


async def caller(number: int, url: str, recipient: str, until: float, figures: Figures) -> None:
    """Somebody on the telephone, from the moment at which each sentence is heard."""
    chance = random.Random(1000 + number)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=30) as line:
        while time.monotonic() < until:
            for text in TALK:
                await asyncio.sleep(chance.uniform(*SENTENCES))
                began = time.perf_counter()
                turn = {"recipient": recipient, "text": text}
                answer = await line.post("/webhooks/kurv/turn", json=turn)
                figures.took("call: yes" if text == "ja" else "call", began)
                for event in answer.json()["events"]:
                    if event["event"] == "order":
                        figures.confirmed.add(event["order_id"])
                    if event["event"] == "error":
                        figures.troubles.append(f"call: {event['code']}")


def alone(url: str, token: str) -> Iterator[tuple[str, float, int]]:
    """Each page by itself: name, median seconds of 15, bytes."""
    pages = {
        "today": "/", "recipients": "/mottakere", "search": "/mottakere?sok=nr59",
        "basket": "/mottaker/b7", "history": "/mottaker/b7/historikk",
        "usual": "/mottaker/b7/fast", "about": "/mottaker/b7/om",
        "products": "/mottaker/b7/varer?sok=melk", "read back": "/mottaker/b7/bekreft",
    }  # fmt: skip
    headers = {"accept": "text/html"}
    with httpx.Client(base_url=url, cookies={"kurv": token}, headers=headers) as web:
        for name, path in pages.items():
            times = []
            for _ in range(15):
                began = time.perf_counter()
                answer = web.get(path)
                times.append(time.perf_counter() - began)
            assert answer.status_code in (200, 303), (path, answer.status_code)
            yield name, statistics.median(times), len(answer.content)


async def together(
    service: KurvService, tokens: list[str], calls: int, seconds: float, figures: Figures
) -> None:
    """Everybody at once; callers have recipients of their own."""
    until = time.monotonic() + seconds
    each = (RECIPIENTS - calls) // len(tokens)
    work = [
        Colleague(
            number, service.staff, token, [f"b{calls + number * each + k}" for k in range(each)],
            figures,
        ).work(until)
        for number, token in enumerate(tokens)
    ]  # fmt: skip
    work += [caller(n, service.url, f"b{n}", until, figures) for n in range(calls)]
    await asyncio.gather(*work)


def sent_once(service: KurvService, grocer: Path, figures: Figures) -> tuple[int, int, int]:
    """Confirmed orders, those that the grocer has, and those that it has more than once."""
    deadline = time.monotonic() + 120
    while True:
        with service.store.transaction(read_only=True) as uow:
            found = [uow.order(order_id) for order_id in figures.confirmed]
        orders = [order for order in found if order is not None]
        there = [order for order in orders if order.status is Status.ACKNOWLEDGED]
        if len(there) == len(figures.confirmed) or time.monotonic() > deadline:
            break
        time.sleep(1)
    keys: dict[str, int] = defaultdict(int)
    with sqlite3.connect(grocer) as books:
        rows = books.execute("SELECT external_reference FROM orders WHERE cancelled = 0")
        for (reference,) in rows:
            keys[reference.partition(":")[0]] += 1
    doubled = sum(keys[order_id] > 1 for order_id in figures.confirmed)
    return len(figures.confirmed), len(there), doubled


def main() -> int:
    """Measure, print, and tell by the exit status whether the limits were kept."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("seconds", nargs="?", type=float, default=120)
    options.add_argument("--staff", type=int, default=50)
    options.add_argument("--calls", type=int, default=20)
    asked = options.parse_args()
    kept = True
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        books = Path(folder) / "grocer.db"
        url = stack.enter_context(running_grocer(books, PACKAGED_DATA / "catalogue.csv"))
        service = KurvService(Path(folder), KURV_GROCER_URL=url)
        service.store.migrate()
        tokens = fill(service.store, asked.staff)
        with service:
            print(f"{RECIPIENTS} recipients, {RECIPIENTS * ORDERS_EACH} orders; each page alone")
            for name, median, size in alone(service.staff, tokens[0]):
                kept &= median <= SLOWEST_PAGE and size <= LARGEST_PAGE
                print(f"  {name:12} median {median * 1000:6.0f} ms  {size / 1000:6.1f} kB")
            figures = Figures()
            asyncio.run(together(service, tokens, asked.calls, asked.seconds, figures))
            confirmed, there, doubled = sent_once(service, books, figures)
    print(f"{asked.staff} staff and {asked.calls} calls at once, {asked.seconds:.0f} s")
    everything = sorted(each for times in figures.seconds.values() for each in times)
    for kind, times in [*sorted(figures.seconds.items()), ("all", everything)]:
        p50, p95 = statistics.median(times), sorted(times)[int(len(times) * 0.95)]
        print(f"  {kind:12} {len(times):5}  p50 {p50 * 1000:6.0f} ms  p95 {p95 * 1000:6.0f} ms")
    kept &= everything[int(len(everything) * 0.95)] <= SLOWEST_IN_LOAD
    print(f"confirmed {confirmed}, at the grocer {there}, more than once {doubled}")
    print(f"troubles: {len(figures.troubles)} {sorted(set(figures.troubles))[:8]}")
    return 0 if kept and there == confirmed and not doubled and not figures.troubles else 1


if __name__ == "__main__":
    sys.exit(main())
