"""How heavy and how quick the staff pages are with 600 recipients and 30 days of orders.

    .venv/bin/python -m tests.benchmarks.staff_pages

Prints kilobytes and milliseconds (median and 95th percentile) of each main page, without a network.
"""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from sqlalchemy import text

from bot.ordering.catalogue import Product
from bot.ordering.edits import basket_line
from bot.ordering.order import Order
from bot.staff.app import create_app
from bot.staff.parts import StaffParts
from bot.store import Person
from tests.staff_office import SHOP, StaffOffice, staff_office
from tests.staff_web import browser

PEOPLE, DAYS, LINES, ROUNDS = 600, 30, 12, 15
_FIRST = ("Olga", "Arne", "Signe", "Einar", "Gudrun", "Torvald", "Astrid", "Magnus", "Peder")
_LAST = ("Dahl", "Solheim", "Nesbø", "Vik", "Aas", "Lien", "Holm", "Berge", "Moe", "Strand")


def fill(kurv: StaffOffice) -> None:
    """People who order twice a week for a month, and what a morning brings."""
    chance = random.Random(1)
    products = list(SHOP.catalogue)
    now = kurv.clock.now
    kurv.clock.now = now - timedelta(days=DAYS)
    with kurv.store.transaction() as uow:
        for number in range(PEOPLE):
            name = f"{chance.choice(_FIRST)} {chance.choice(_LAST)}"
            uow.save_person(
                Person(
                    f"b{number:04}", name, municipality="baerum", district=f"Sone {number % 6}",
                    address=f"Veien {number}\n1300 Bærum", note="Ring på to ganger.",
                )
            )
    for day in range(DAYS):
        kurv.clock.now = now - timedelta(days=DAYS - day)
        with kurv.store.transaction() as uow:
            for number in range(day % 3, PEOPLE, 3):
                order = uow.open_order(f"b{number:04}")
                uow.save_order(_sent(order, chance.sample(products, LINES), kurv))
    kurv.clock.now = now
    with kurv.store.transaction() as uow:
        for number in range(0, PEOPLE, 10):
            order = uow.open_order(f"b{number:04}")
            basket = order.basket
            for product in chance.sample(products, LINES):
                basket = basket.add(basket_line(product, Decimal(1)))
            uow.save_order(order.with_basket(basket))
            if number % 20 == 0:
                uow.add_task(f"b{number:04}", "person", order.order_id)


def _sent(order: Order, products: list[Product], kurv: StaffOffice) -> Order:
    basket = order.basket
    for product in products:
        basket = basket.add(basket_line(product, Decimal(1)))
    read = order.with_basket(basket).read_back()
    confirmed = read.confirm(read.basket.revision, "staff:anne", "beside").submitted()
    comes = kurv.clock.now + timedelta(days=1)
    done = confirmed.acknowledged("S1", basket.total, (comes, comes + timedelta(hours=3)))
    return replace(done, version=0)


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder, staff_office(Path(folder)) as kurv:
        fill(kurv)
        with kurv.store.transaction() as uow:
            count = uow._connection.execute(text("select count(*) from orders")).scalar()
            anne = uow.staff_member("anne")
            order = uow.orders("b0000", 2)[1]
        assert anne is not None
        print(f"{PEOPLE} recipients, {count} orders")
        client = browser(create_app(StaffParts(kurv.office, kurv.accounts)), kurv.token(anne))
        for path in (
            "/", "/mottakere", "/mottakere?sok=olga", "/mottaker/b0000",
            "/mottaker/b0000/varer?sok=melk", "/mottaker/b0000/bekreft",
            "/mottaker/b0000/historikk", "/mottaker/b0000/om", f"/bestilling/{order.order_id}",
        ):  # fmt: skip
            took = []
            for _ in range(ROUNDS):
                start = time.perf_counter()
                answer = client.get(path)
                took.append((time.perf_counter() - start) * 1000)
            assert answer.status_code == 200, path
            worst = sorted(took)[int(len(took) * 0.95)]
            print(
                f"{path.replace(order.order_id, '…'):36} {len(answer.content) / 1000:6.1f} kB"
                f" {statistics.median(took):7.1f} ms {worst:7.1f} ms"
            )


if __name__ == "__main__":
    main()
