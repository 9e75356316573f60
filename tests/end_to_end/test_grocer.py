"""end_to_end: the Kolonial client against the simulated grocer, over real HTTP on loopback.

Whatever goes wrong on the way - answers lost, sessions gone, the client killed, the server killed -
the grocer ends with each order exactly once and with exactly its lines.
"""

import itertools
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import (
    GrocerAuthError,
    GrocerError,
    GrocerOverloaded,
    GrocerRejected,
    GrocerTimeout,
    GrocerUnavailable,
    SoldOut,
)
from bot.grocers.kolonial import KolonialGrocer
from bot.grocers.local_time import UTC
from bot.grocers.simulator import Address, Failure, running
from bot.grocers.simulator.__main__ import main as run_simulator
from bot.ordering.catalogue import Catalogue
from tests.end_to_end.days import deliverable_day

CSV = """product_id,name,brand,size,unit,price,category,gtin,restricted,deposit
milk,Lettmelk 1 %,Tine,1 l,stk,22.90,Meieri,7038010000010,,
bread,Kneippbrød,Bakehuset,750 g,stk,34.90,Brød,,,
beer,Pils,Ringnes,"0,5 l",stk,32.90,Øl,7044610000017,alcohol,2.00
bananas,Bananer,,,kg,24.90,Frukt,,,
coffee,Filtermalt kaffe,Friele,250 g,stk,59.90,Varme drikker,7037150100018,,
"""
ORDER = [("milk", Decimal(2)), ("bananas", Decimal("0.8")), ("beer", Decimal(6))]

_unique = itertools.count(1)

#: For the simulator's own endpoints; one client, because making one takes long.
admin = httpx.Client(verify=False)


@pytest.fixture(scope="module")
def assortment() -> Catalogue:
    return Catalogue.from_csv(CSV.splitlines())


@pytest.fixture(scope="module")
def shared_shop(
    assortment: Catalogue, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Address]:
    """One simulated grocer for all tests; each test uses recipients and orders of its own."""
    with running(tmp_path_factory.mktemp("grocer") / "shop.db", assortment) as address:
        yield address


@pytest.fixture
def shop(shared_shop: Address) -> Iterator[Address]:
    """The shared grocer, with nothing planned and everything in stock before and after."""
    yield shared_shop
    set_right(shared_shop)


def set_right(shop: Address) -> None:
    admin.delete(shop.admin + "failures").raise_for_status()
    for product_id in ("milk", "bread", "beer", "bananas", "coffee"):
        set_stock(shop, product_id, "available")


@pytest.fixture
def order_key() -> str:
    return f"order{next(_unique)}:3"


@pytest.fixture
def recipient() -> str:
    return f"r{next(_unique)}"


Connect = Callable[..., KolonialGrocer]


@pytest.fixture
def connect(shop: Address, assortment: Catalogue) -> Iterator[Connect]:
    """Makes clients: each is like a process of its own, with nothing remembered."""
    made: list[KolonialGrocer] = []

    def make(**options: Any) -> KolonialGrocer:
        quick: dict[str, Any] = {"backoff_seconds": 0.01, "answer_seconds": 2}
        grocer = KolonialGrocer(shop.url, assortment, **{**quick, **options})
        made.append(grocer)
        return grocer

    yield make
    for each in made:
        each.close()


def plan(shop: Address, kind: str, endpoint: str = "*", **details: Any) -> None:
    body = {"kind": kind, "endpoint": endpoint, **details}
    admin.post(shop.admin + "failures", json=body).raise_for_status()


def set_stock(shop: Address, product_id: str, code: str) -> None:
    body = {"product_id": product_id, "code": code}
    admin.post(shop.admin + "stock", json=body).raise_for_status()


def placed(shop: Address, key: str) -> list[dict[str, Decimal]]:
    """The lines of every order that the grocer has under this key."""
    orders = admin.get(shop.admin + "orders").json()["orders"]
    return [
        {product_id: Decimal(quantity) for product_id, quantity in each["lines"].items()}
        for each in orders
        if each["external_reference"] == key
    ]


@contextmanager
def in_shop(shop: Address, recipient: str) -> Iterator[httpx.Client]:
    """The recipient's own browser, so to say: the same account without our client."""
    headers = {"X-Client-Token": "kurv"}
    with httpx.Client(base_url=shop.url, headers=headers, verify=False) as session:
        body = {"username": recipient, "password": "kurv"}
        session.post("user/login/", json=body).raise_for_status()
        yield session


def in_cart(shop: Address, recipient: str) -> int:
    """How many packs lie in the recipient's cart."""
    with in_shop(shop, recipient) as session:
        return int(session.get("cart/").json()["product_quantity_count"])


def number_of(session: httpx.Client, product_id: str) -> int:
    (found,) = session.get("search/", params={"q": product_id}).json()["products"]
    return int(found["id"])


# -- an order -------------------------------------------------------------------------------------


def test_an_order_goes_in_and_the_receipt_says_how(
    shop: Address, connect: Connect, order_key: str, recipient: str
) -> None:
    day = deliverable_day()
    receipt = connect().submit(order_key, recipient, ORDER, f"{day} kveld")
    assert placed(shop, order_key) == [dict(ORDER)]
    assert receipt.status == "CONFIRMED"
    assert receipt.delivery is not None
    assert (receipt.delivery.weekday, receipt.delivery.opens.hour) == (day, 17)
    assert {line.product_id: line.quantity for line in receipt.lines} == dict(ORDER)
    goods = sum(line.sum for line in receipt.lines)
    assert goods == Decimal("45.80") + Decimal("19.92") + Decimal("197.40")
    # six deposits, the evening delivery and the fee for picking: the total is not the sum
    assert receipt.total == goods + 6 * Decimal("2.00") + Decimal("59.00") + Decimal("39.00")


def test_submitting_again_gives_the_same_receipt_and_no_second_order(
    shop: Address, connect: Connect, order_key: str, recipient: str
) -> None:
    first = connect().submit(order_key, recipient, ORDER)
    again = connect().submit(order_key, recipient, ORDER)  # as after a crash
    assert again == first
    assert placed(shop, order_key) == [dict(ORDER)]
    assert in_cart(shop, recipient) == 0  # it was found, not filled in once more


def test_each_recipient_has_a_cart_of_their_own(shop: Address, connect: Connect) -> None:
    grocer = connect()
    keys = [f"order{next(_unique)}:1" for _ in range(6)]
    threads = [
        threading.Thread(
            target=grocer.submit, args=(key, f"own-{key}", [("milk", Decimal(index + 1))])
        )
        for index, key in enumerate(keys)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join(30)
    assert [placed(shop, key) for key in keys] == [[{"milk": Decimal(n + 1)}] for n in range(6)]


def test_what_lay_in_the_cart_before_is_not_ordered(
    shop: Address, connect: Connect, order_key: str, recipient: str
) -> None:
    with in_shop(shop, recipient) as session:
        items = [
            {"product_id": number_of(session, "coffee"), "quantity": 3},
            {"product_id": number_of(session, "milk"), "quantity": 5},
        ]
        session.post("cart/items/", json={"items": items}).raise_for_status()
    connect().submit(order_key, recipient, ORDER)
    assert placed(shop, order_key) == [dict(ORDER)]


def test_the_same_product_on_two_lines_is_added_up(
    shop: Address, connect: Connect, order_key: str, recipient: str
) -> None:
    connect().submit(order_key, recipient, [("milk", Decimal(1)), ("milk", Decimal(2))])
    assert placed(shop, order_key) == [{"milk": Decimal(3)}]


def test_camel_case_answers_are_understood(assortment: Catalogue, tmp_path: Path) -> None:
    with running(tmp_path / "camel.db", assortment, camel_case_keys=True) as camel:
        grocer = KolonialGrocer(camel.url, assortment)
        receipt = grocer.submit("camel:1", "r1", ORDER, deliverable_day())
        grocer.close()
        assert placed(camel, "camel:1") == [dict(ORDER)]
    assert receipt.delivery is not None
    assert receipt.delivery.weekday == deliverable_day()


def test_availability_search_and_slots(shop: Address, connect: Connect) -> None:
    grocer = connect()
    set_stock(shop, "beer", "unavailable_alcohol_time")
    asked = grocer.availability(["milk", "beer", "nothing like it"])
    assert asked == {"milk": True, "beer": False, "nothing like it": False}
    by_text, by_barcode = grocer.search("tine lettmelk"), grocer.search("7038010000010")
    assert [each.product_id for each in by_text] == ["milk"]
    assert by_barcode == by_text
    assert by_text[0].price == Decimal("22.90")
    assert grocer.search("finnes ikke") == []
    slots = grocer.slots()
    assert slots == sorted(slots, key=lambda slot: slot.opens)
    assert all(slot.available and slot.cutoff > datetime.now(UTC) for slot in slots)
    assert not any(slot.weekday == "søndag" for slot in slots)


# -- sold out and refused -------------------------------------------------------------------------


def test_sold_out_goods_stop_the_order_and_are_named(
    shop: Address, connect: Connect, order_key: str, recipient: str
) -> None:
    set_stock(shop, "milk", "sold_out")
    set_stock(shop, "beer", "sold_out_supplier")
    with pytest.raises(SoldOut) as caught:
        connect().submit(order_key, recipient, ORDER)
    assert sorted(caught.value.product_ids) == ["beer", "milk"]
    assert not caught.value.retryable
    assert placed(shop, order_key) == []


def test_sold_out_between_the_cart_and_the_checkout(
    shop: Address, connect: Connect, order_key: str, recipient: str
) -> None:
    plan(shop, "sold_out", "checkout", products=["bananas"])
    with pytest.raises(SoldOut) as caught:
        connect().submit(order_key, recipient, ORDER)
    assert caught.value.product_ids == ("bananas",)
    assert placed(shop, order_key) == []
    # without it, the mended order goes in
    rest = [line for line in ORDER if line[0] != "bananas"]
    connect().submit(order_key.replace(":3", ":4"), recipient, rest)
    assert placed(shop, order_key.replace(":3", ":4")) == [dict(rest)]


def test_sold_out_while_it_lies_in_the_cart(
    shop: Address, connect: Connect, order_key: str, recipient: str
) -> None:
    with in_shop(shop, recipient) as session:
        items = [{"product_id": number_of(session, "milk"), "quantity": 2}]
        session.post("cart/items/", json={"items": items}).raise_for_status()
    set_stock(shop, "milk", "sold_out")
    admin.delete(shop.admin + "requests").raise_for_status()
    with pytest.raises(SoldOut) as caught:
        connect().submit(order_key, recipient, [("milk", Decimal(2))])
    assert caught.value.product_ids == ("milk",)
    asked = admin.get(shop.admin + "requests").json()["requests"]
    assert "checkout" not in {each["endpoint"] for each in asked}  # the cart said it already


def test_an_older_revision_at_the_grocer_stops_a_newer_one(
    shop: Address, connect: Connect, order_key: str, recipient: str
) -> None:
    grocer = connect()
    receipt = grocer.submit(order_key, recipient, ORDER)
    newer = order_key.replace(":3", ":5")
    with pytest.raises(GrocerRejected, match=receipt.reference):
        grocer.submit(newer, recipient, [("milk", Decimal(1))])
    assert placed(shop, newer) == []
    with in_shop(shop, recipient) as session:
        session.post(f"orders/{receipt.reference}/cancel/").raise_for_status()
    with pytest.raises(GrocerRejected, match="avbestilt"):
        grocer.submit(order_key, recipient, ORDER)
    grocer.submit(newer, recipient, [("milk", Decimal(1))])
    assert placed(shop, newer) == [{"milk": Decimal(1)}]


def test_half_a_carton_is_refused(connect: Connect, order_key: str, recipient: str) -> None:
    with pytest.raises(GrocerRejected):
        connect().submit(order_key, recipient, [("milk", Decimal("0.5"))])


@pytest.mark.parametrize("wrong", [{"client_token": "x"}, {"password": "x"}])
def test_wrong_credentials(
    connect: Connect, order_key: str, recipient: str, wrong: dict[str, str]
) -> None:
    with pytest.raises(GrocerAuthError):
        connect(**wrong).submit(order_key, recipient, ORDER)


def test_nobody_listens(assortment: Catalogue) -> None:
    grocer = KolonialGrocer("http://127.0.0.1:9/", assortment, attempts=2, backoff_seconds=0)
    with pytest.raises(GrocerUnavailable):
        grocer.search("melk")
    grocer.close()


def test_a_full_delivery_time_gives_way_to_the_next(assortment: Catalogue, tmp_path: Path) -> None:
    with running(tmp_path / "small.db", assortment, slot_capacity=1) as small:
        grocer = KolonialGrocer(small.url, assortment)
        day = deliverable_day()
        taken = [
            grocer.submit(f"full{n}:1", f"r{n}", [("milk", Decimal(1))], f"{day} kveld").delivery
            for n in range(3)
        ]
        grocer.close()
    hours = [(slot.weekday, slot.opens.hour) for slot in taken if slot]
    assert hours == [(day, 17), (day, 8), (day, 11)]


# -- each failure, and that it heals --------------------------------------------------------------

ONE_FAILURE = [
    ("overloaded", GrocerOverloaded),
    ("error", GrocerUnavailable),
    ("error_after", GrocerUnavailable),
    ("drop", GrocerUnavailable),
    ("drop_after", GrocerUnavailable),
    ("garbage", GrocerUnavailable),
    ("timeout", GrocerTimeout),
]


@pytest.mark.parametrize(("kind", "error"), ONE_FAILURE)
@pytest.mark.parametrize("endpoint", ["cart/items", "checkout"])
def test_a_failure_is_named_and_the_next_attempt_orders_once(
    shop: Address,
    connect: Connect,
    order_key: str,
    recipient: str,
    kind: str,
    error: type[GrocerError],
    endpoint: str,
) -> None:
    plan(shop, kind, endpoint, seconds=0.4)
    impatient = connect(attempts=1, answer_seconds=0.2)
    with pytest.raises(error) as caught:
        impatient.submit(order_key, recipient, ORDER)
    assert caught.value.retryable
    impatient.submit(order_key, recipient, ORDER)
    assert placed(shop, order_key) == [dict(ORDER)]


@pytest.mark.parametrize("kind", [kind for kind, _ in ONE_FAILURE if kind != "timeout"])
def test_the_client_heals_a_passing_failure_by_itself(
    shop: Address, connect: Connect, order_key: str, recipient: str, kind: str
) -> None:
    plan(shop, kind, "checkout")
    plan(shop, kind, "cart/items", times=2)
    connect(attempts=5).submit(order_key, recipient, ORDER)
    assert placed(shop, order_key) == [dict(ORDER)]


def test_a_grocer_that_stays_away(
    shop: Address, connect: Connect, order_key: str, recipient: str
) -> None:
    plan(shop, "error", "checkout", times=None)
    with pytest.raises(GrocerUnavailable):
        connect(attempts=3).submit(order_key, recipient, ORDER)
    tried = admin.get(shop.admin + "requests").json()["requests"]
    assert [each["status"] for each in tried if each["endpoint"] == "checkout"][-3:] == [500] * 3
    assert placed(shop, order_key) == []


def test_sessions_that_end_in_the_middle(
    shop: Address, connect: Connect, order_key: str, recipient: str
) -> None:
    for endpoint in ("slots", "cart", "cart/items", "checkout"):
        plan(shop, "logged_out", endpoint)
    connect(attempts=1).submit(order_key, recipient, ORDER)
    assert placed(shop, order_key) == [dict(ORDER)]


def test_a_slow_change_that_arrives_after_we_gave_up_is_not_ordered_twice(
    shop: Address, connect: Connect, order_key: str, recipient: str
) -> None:
    # The first change is applied 0.4 s late, about when a later attempt has filled the cart.
    plan(shop, "slow", "cart/items", seconds=0.4)
    plan(shop, "slow", "checkout", seconds=0.25)
    grocer = connect(answer_seconds=0.2, attempts=10)
    grocer.submit(order_key, recipient, ORDER)
    assert placed(shop, order_key) == [dict(ORDER)]


def test_two_processes_submit_the_same_order_at_once(
    shop: Address, connect: Connect, order_key: str, recipient: str
) -> None:
    receipts = at_once(
        [lambda: connect(attempts=10).submit(order_key, recipient, ORDER) for _ in range(3)]
    )
    assert len({each.reference for each in receipts}) == 1
    assert placed(shop, order_key) == [dict(ORDER)]


def test_two_orders_of_one_recipient_at_once(
    shop: Address, connect: Connect, recipient: str
) -> None:
    keys = [f"order{next(_unique)}:1" for _ in range(2)]
    contents = [[("milk", Decimal(1))], [("bread", Decimal(2)), ("coffee", Decimal(1))]]

    def submit(key: str, lines: list[tuple[str, Decimal]]) -> Callable[[], Any]:
        return lambda: connect(attempts=20, backoff_seconds=0.05).submit(key, recipient, lines)

    at_once([submit(key, lines) for key, lines in zip(keys, contents, strict=True)])
    assert [placed(shop, key) for key in keys] == [[dict(lines)] for lines in contents]


def at_once(calls: list[Callable[[], Any]]) -> list[Any]:
    """Runs these in threads of their own; fails when one of them does."""
    results: list[Any] = []
    threads = [threading.Thread(target=lambda c=c: results.append(c())) for c in calls]
    for each in threads:
        each.start()
    for each in threads:
        each.join(30)
    assert len(results) == len(calls)
    return results


# -- anything at any time -------------------------------------------------------------------------

failures: st.SearchStrategy[dict[str, Any]] = st.builds(
    dict,
    kind=st.sampled_from(
        ["overloaded", "error", "error_after", "drop", "drop_after", "garbage", "logged_out"]
    ),
    endpoint=st.sampled_from(
        ["*", "cart", "cart/items", "checkout", "orders", "slots", "slots/*", "user/login"]
    ),
    skip=st.integers(0, 3),
    times=st.integers(1, 3),
)
quantities = st.integers(1, 9).map(Decimal)


@settings(max_examples=60, deadline=None)
@given(
    planned=st.lists(failures, max_size=6),
    lines=st.dictionaries(
        st.sampled_from(["milk", "bread", "beer", "coffee"]), quantities, min_size=1
    ),
)
def test_any_sequence_of_failures_ends_in_exactly_one_order(
    shared_shop: Address,
    assortment: Catalogue,
    planned: list[dict[str, Any]],
    lines: dict[str, Decimal],
) -> None:
    key, recipient = f"order{next(_unique)}:2", f"r{next(_unique)}"
    for each in planned:
        plan(shared_shop, **each)
    try:
        receipt = None
        for life in range(30):  # each life a new process that remembers nothing
            grocer = KolonialGrocer(
                shared_shop.url, assortment, attempts=1 + life % 2, backoff_seconds=0
            )
            try:
                receipt = grocer.submit(key, recipient, list(lines.items()))
                break
            except GrocerError as error:
                assert error.retryable, error
            finally:
                grocer.close()
    finally:
        admin.delete(shared_shop.admin + "failures").raise_for_status()
    assert receipt is not None
    assert placed(shared_shop, key) == [lines]
    assert {line.product_id: line.quantity for line in receipt.lines} == lines


class Killed(BaseException):
    """Stands for kill -9: no handler may catch it."""


class DyingTransport(httpx.HTTPTransport):
    """Sends requests until the process "dies" at the one with this number."""

    def __init__(self, at: int, after: bool) -> None:
        super().__init__(verify=False)
        self.left, self.after = at, after

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.left -= 1
        if self.left == 0 and not self.after:
            raise Killed
        response = super().handle_request(request)
        if self.left == 0:
            response.read()
            raise Killed
        return response


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_client_that_dies_between_any_two_requests_orders_once(
    shop: Address, connect: Connect, recipient: str, after: bool
) -> None:
    deaths = 0
    for at in itertools.count(1):
        key = f"order{next(_unique)}:1"
        try:
            connect(transport=DyingTransport(at, after)).submit(key, recipient, ORDER)
            break  # it lived long enough
        except Killed:
            deaths += 1
        connect().submit(key, recipient, ORDER)
        assert placed(shop, key) == [dict(ORDER)], at
        assert in_cart(shop, recipient) == 0
    assert deaths >= 10  # login, orders, three look-ups, slots, hold, cart twice, change, checkout


# -- the grocer itself ----------------------------------------------------------------------------


def test_a_restarted_grocer_remembers_everything(assortment: Catalogue, tmp_path: Path) -> None:
    database = tmp_path / "shop.db"
    with running(database, assortment) as before:
        grocer = KolonialGrocer(before.url, assortment, backoff_seconds=0.01)
        receipt = grocer.submit("kept:1", "r1", ORDER, "fredag")
        with in_shop(before, "r2") as session:
            milk = number_of(session, "milk")
            items = {"items": [{"product_id": milk, "quantity": 4}]}
            session.post("cart/items/", json=items).raise_for_status()
            cookie = session.cookies["sessionid"]
    # Reopened on the same port with a larger assortment in another order: ids and sessions stay.
    larger = Catalogue.from_csv(
        [CSV.splitlines()[0], "x,Ny vare,,,stk,1.00,Nytt,,,", *reversed(CSV.splitlines()[1:])]
    )
    with running(database, larger, port=before.port) as after:
        assert grocer.submit("kept:1", "r1", ORDER, "fredag") == receipt
        assert placed(after, "kept:1") == [dict(ORDER)]
        headers = {"X-Client-Token": "kurv", "Cookie": f"sessionid={cookie}"}
        cart = admin.get(after.url + "cart/", headers=headers).json()
        (item,) = cart["groups"][0]["items"]
        assert (item["product"]["id"], item["quantity"]) == (milk, 4)
    grocer.close()


def test_a_grocer_that_renumbers_its_products(assortment: Catalogue, tmp_path: Path) -> None:
    rows = CSV.splitlines()
    backwards = Catalogue.from_csv([rows[0], *reversed(rows[1:])])
    with running(tmp_path / "one.db", assortment) as before:
        grocer = KolonialGrocer(before.url, assortment, backoff_seconds=0.01)
        grocer.submit("numbers:1", "r1", ORDER)
    # The same numbers now mean other wares: what the client remembers would fill the wrong bag.
    with running(tmp_path / "two.db", backwards, port=before.port) as after:
        lines = [("milk", Decimal(1)), ("coffee", Decimal(2))]
        receipt = grocer.submit("numbers-2:1", "r1", lines)
        assert placed(after, "numbers-2:1") == [dict(lines)]
        assert {line.product_id: line.quantity for line in receipt.lines} == dict(lines)
    fewer = Catalogue.from_csv([*rows[:2], rows[3]])
    with running(tmp_path / "three.db", fewer, port=before.port) as small:
        assert grocer.availability(["milk", "coffee"]) == {"milk": True, "coffee": False}
        with pytest.raises(SoldOut) as caught:
            grocer.submit("numbers-3:1", "r1", lines)
        assert caught.value.product_ids == ("coffee",)
        assert placed(small, "numbers-3:1") == []
    grocer.close()


def test_changes_of_one_cart_at_the_same_time_all_count(shop: Address, recipient: str) -> None:
    def add_ten() -> None:
        with in_shop(shop, recipient) as session:
            body = {"items": [{"product_id": number_of(session, "milk"), "quantity": 1}]}
            for _ in range(10):
                session.post("cart/items/", json=body).raise_for_status()

    threads = [threading.Thread(target=add_ten) for _ in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(30)
    assert in_cart(shop, recipient) == 60


def test_a_grocer_killed_at_work_has_the_order_once_when_it_is_back(
    assortment: Catalogue, tmp_path: Path
) -> None:
    catalogue, database = tmp_path / "catalogue.csv", tmp_path / "shop.db"
    catalogue.write_text(CSV, encoding="utf-8")

    def start(port: str = "0") -> tuple[subprocess.Popen[str], str]:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "bot.grocers.simulator",
                "--database",
                str(database),
                "--catalogue",
                str(catalogue),
                "--port",
                port,
                "--fail",
                "slow:checkout",
            ],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        return process, process.stdout.readline().strip()

    first, url = start()
    port = str(httpx.URL(url).port)
    grocer = KolonialGrocer(url, assortment, attempts=1, answer_seconds=0.5)
    try:
        with pytest.raises(GrocerTimeout):
            grocer.submit("killed:1", "r1", ORDER)  # the checkout hangs for a minute
    finally:
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
        first.stdout.close()  # type: ignore[union-attr]
    with pytest.raises(GrocerUnavailable):
        grocer.submit("killed:1", "r1", ORDER)
    second, _ = start(port)
    try:
        address = Address("127.0.0.1", int(port))
        admin.delete(address.admin + "failures").raise_for_status()
        grocer.submit("killed:1", "r1", ORDER)
        assert placed(address, "killed:1") == [dict(ORDER)]
    finally:
        second.kill()
        second.wait()
        second.stdout.close()  # type: ignore[union-attr]
        grocer.close()


def test_categories_products_and_lists_as_documented(shop: Address, recipient: str) -> None:
    with in_shop(shop, recipient) as session:
        (parent,) = session.get("productcategories/").json()["results"]
        assert session.get(f"productcategories/{parent['id']}/").json()["products"] == []
        by_name = {each["name"]: each["id"] for each in parent["children"]}
        (milk,) = session.get(f"productcategories/{by_name['Meieri']}/").json()["products"]
        assert milk["full_name"] == "Tine Lettmelk 1 % 1 l"
        beer = session.get(f"products/{number_of(session, 'beer')}/").json()
        assert beer["bottle_deposit"] == {"is_included_in_price": False, "fee": "2.00"}
        assert (beer["is_restricted"], beer["gross_unit_price"]) == (True, "65.80")

        made = session.post("product-lists/", json={"title": "Fredag"})
        assert made.status_code == 201
        url = f"product-lists/{made.json()['id']}/"

        def change(**item: Any) -> list[Any]:
            body = {"items": [{"product_id": milk["id"], **item}]}
            return list(session.post(url + "products/", json=body).json()["items"])

        assert change(quantity=2)[0]["quantity"] == 2
        assert change(quantity=1)[0]["quantity"] == 3
        assert change(quantity=-5)[0]["quantity"] == 0  # stays until it is deleted
        assert change(quantity=-1, delete=True) == []
        assert session.post(url, json={"title": "Helg"}).json()["title"] == "Helg"
        assert session.get("product-lists/").json()["results"][0]["title"] == "Helg"
        assert session.get(url + "suggestions/").json() == {"products": []}
        with in_shop(shop, recipient + "-other") as stranger:
            assert stranger.get(url).status_code == 404
        assert session.delete(url).json() == {"success": True}
        assert session.get(url).status_code == 404


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        ('{"items": [{"product_id": 1, "quantity": 1}]}', 404, "product_not_found"),
        ('{"items": [{"product_id": true, "quantity": 1}]}', 400, "malformed_product_id"),
        ('{"items": [{"product_id": 20001, "quantity": "1"}]}', 400, "malformed_quantity"),
        ('{"items": [{"product_id": 20001, "quantity": 0.0005}]}', 400, "malformed_quantity"),
        ('{"items": [{"product_id": 20001, "quantity": 5000}]}', 400, "malformed_quantity"),
        ('{"items": [{"product_id": 20001, "quantity": 0.5}]}', 400, "whole_packs_only"),
        ('{"items": []}', 400, "items_required"),
        ('{"items": 3}', 400, "items_required"),
        ("[1]", 400, "items_required"),
        ("{", 400, "malformed_json"),
    ],
)
def test_a_malformed_change_is_refused_as_a_whole(
    shop: Address, recipient: str, content: str, status: int, code: str
) -> None:
    with in_shop(shop, recipient) as session:
        good = number_of(session, "milk")
        content = content.replace(
            '"items": [{', f'"items": [{{"product_id": {good}, "quantity": 1}}, {{'
        )
        answer = session.post("cart/items/", content=content)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert session.get("cart/").json()["product_quantity_count"] == 0


def test_slot_ids_and_holds_do_not_last(assortment: Catalogue, tmp_path: Path) -> None:
    now = [datetime(2026, 11, 23, 9, 30, tzinfo=UTC)]
    with (
        running(tmp_path / "time.db", assortment, clock=lambda: now[0], slot_capacity=1) as shop,
        in_shop(shop, "r1") as one,
        in_shop(shop, "r2") as other,
    ):

        def first_open(session: httpx.Client) -> dict[str, Any]:
            slots = session.get("slots/").json()["results"]
            return next(s for s in slots if not (s["is_full"] or s["is_unavailable"]))

        held = first_open(one)
        assert held["cutoff_time"] == "2026-11-23T15:00:00Z"  # 16:00 the day before
        assert one.post(f"slots/{held['id']}/reserve/").status_code == 200
        assert other.post(f"slots/{held['id']}/reserve/").json()["code"] == "slot_full"
        assert first_open(one)["id"] == held["id"]  # one's own hold is no hindrance
        assert first_open(other)["open_datetime"] > held["open_datetime"]
        now[0] += timedelta(minutes=61)
        again = first_open(other)
        assert again["open_datetime"] == held["open_datetime"]  # the hold is over
        assert again["id"] != held["id"]
        now[0] += timedelta(hours=1)
        assert one.post(f"slots/{held['id']}/reserve/").json()["code"] == "slot_not_found"
        fresh = first_open(one)
        now[0] = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
        late = next(
            s
            for s in one.get("slots/").json()["results"]
            if s["open_datetime"] == fresh["open_datetime"]
        )
        assert late["is_unavailable"]
        refused = one.post(f"slots/{late['id']}/reserve/")
        assert refused.json()["code"] == "slot_unavailable"


def test_an_order_is_packed_brought_and_delivered(assortment: Catalogue, tmp_path: Path) -> None:
    now = [datetime(2026, 11, 23, 9, 30, tzinfo=UTC)]
    with running(tmp_path / "time.db", assortment, clock=lambda: now[0]) as shop:
        grocer = KolonialGrocer(shop.url, assortment, clock=lambda: now[0])
        statuses = []
        for hours in (0, 6, 16, 4):  # Monday 09:30, 15:30; Tuesday 07:30, 11:30 UTC
            now[0] += timedelta(hours=hours)
            statuses.append(grocer.submit("life:1", "r1", ORDER).status)
        with in_shop(shop, "r1") as session:
            (month,) = session.get("orders/").json()["results"]
            number = month["orders"][0]["order_number"]
            too_late = session.post(f"orders/{number}/cancel/")
        grocer.close()
    assert statuses == ["CONFIRMED", "PACKING", "EN_ROUTE", "DELIVERED"]
    assert too_late.json()["code"] == "too_late_to_cancel"


def test_the_simulator_tells_what_it_got_without_naming_anybody(
    shop: Address, connect: Connect, order_key: str, recipient: str
) -> None:
    admin.delete(shop.admin + "requests").raise_for_status()
    plan(shop, "drop_after", "cart/items")
    connect().submit(order_key, recipient, ORDER)
    log = admin.get(shop.admin + "requests")
    entries = log.json()["requests"]
    assert [e["endpoint"] for e in entries].count("cart/items") == 1  # the lost one was not resent
    assert [e["failure"] for e in entries if e["failure"]] == ["drop_after"]
    assert recipient not in log.text
    assert "lettmelk" not in log.text.lower()


def test_failures_can_be_planned_seen_and_taken_back(shop: Address) -> None:
    plan(shop, "slow", "cart/*", method="post", times=None, skip=2, seconds=0.1)
    (shown,) = admin.get(shop.admin + "failures").json()["failures"]
    assert (shown["kind"], shown["endpoint"], shown["method"]) == ("slow", "cart/*", "POST")
    assert admin.delete(shop.admin + "failures").json() == {"failures": []}
    bad = admin.post(shop.admin + "failures", json={"kind": "explode"})
    assert (bad.status_code, bad.json()["code"]) == (400, "malformed_failure")
    assert Failure.parse("drop_after:cart/items:always") == Failure(
        "drop_after", "cart/items", times=None
    )
    with pytest.raises(ValueError, match="explode"):
        Failure.parse("explode")


def test_requests_without_token_agent_or_login_are_refused(shop: Address) -> None:
    def code(**headers: str) -> tuple[int, str]:
        answer = admin.get(shop.url + "cart/", headers=headers)
        assert "set-cookie" not in answer.headers
        return answer.status_code, json.loads(answer.text)["code"]

    assert code() == (403, "client_token_required")
    assert code(**{"X-Client-Token": "kurv", "User-Agent": ""}) == (403, "user_agent_required")
    assert code(**{"X-Client-Token": "kurv"}) == (401, "login_required")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--catalogue", "nowhere.csv"], "nowhere.csv"),
        (["--catalogue", __file__], "kan ikke brukes"),
        (["--catalogue", "nowhere.csv", "--fail", "explode"], "--fail"),
    ],
)
def test_the_command_says_why_it_cannot_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    assert run_simulator(["--database", str(tmp_path / "x.db"), *arguments]) == 1
    said = capsys.readouterr()
    assert says in said.err
    assert said.out == ""


def test_a_taken_port_is_one_clear_error(
    shop: Address, assortment: Catalogue, tmp_path: Path
) -> None:
    with (
        pytest.raises(GrocerUnavailable, match=str(shop.port)),
        running(tmp_path / "x.db", assortment, port=shop.port),
    ):
        pass
