"""Tier: end_to_end. The use cases over a real store and a real grocer's HTTP, without Rasa."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from bot.errors import KurvError
from bot.grocers.kolonial import KolonialGrocer
from bot.grocers.simulator.server import Address, running
from bot.ordering.catalogue import Catalogue
from bot.ordering.order import Status
from bot.ordering.shop import Shop
from bot.ordering.synonyms import Synonyms
from bot.service import Policies, Reply, Service
from bot.store import Store
from bot.store.submitter import Submitter

CATALOGUE = """\
product_id,name,brand,size,unit,price,category,gtin,restricted,deposit
b1,Kneippbrød,Bakehuset,750 g,stk,29.90,Brød,,,
s1,Makrell i tomat,Stabburet,170 g,stk,16.90,Pålegg,,,
o1,Pilsner,Ringnes,0.5 l,stk,29.90,Øl,,alcohol,2
"""
SHOP = Shop(Catalogue.from_csv(CATALOGUE.splitlines()), Synonyms.empty())


class World:
    """A service with its own database and its own grocer."""

    def __init__(self, folder: Path, address: Address) -> None:
        self.address = address
        self.store = Store(f"sqlite:///{folder / 'kurv.db'}")
        self.store.migrate()
        self.grocer = KolonialGrocer(
            address.url, SHOP.catalogue, attempts=2, patience_seconds=2, answer_seconds=2
        )
        self.submitter = Submitter(self.store, self.grocer)
        self.service = self.new_service()

    def new_service(self) -> Service:
        policies = Policies(alcohol="staff_approve", tobacco="block")
        return Service(SHOP, self.store, self.grocer, self.submitter, policies)

    def says(self, *turns: tuple[str, str]) -> Reply:
        for act, text in turns:
            reply = self.service.handle("r1", act, text)
        return reply

    def orders_at_grocer(self) -> list[dict[str, object]]:
        answer = httpx.get(f"{self.address.admin}orders")
        return list(answer.raise_for_status().json()["orders"])


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with running(tmp_path / "grocer.db", SHOP.catalogue) as address:
        made = World(tmp_path, address)
        yield made
        made.grocer.close()


def test_confirming_twice_sends_once(world: World) -> None:
    reply = world.says(("add", "to kneippbrød"), ("done", ""), ("affirm", "ja"), ("affirm", "ja"))
    assert "allerede sendt" in reply.texts[0]
    assert len(world.orders_at_grocer()) == 1
    (order,) = world.service.orders("r1")
    assert order.status is Status.ACKNOWLEDGED


def test_a_new_process_goes_on_where_the_old_one_was(world: World) -> None:
    world.says(("add", "to kneippbrød"), ("done", ""))
    world.service = world.new_service()
    world.says(("affirm", "ja"))
    assert len(world.orders_at_grocer()) == 1


def test_the_answer_says_when_the_goods_come(world: World) -> None:
    reply = world.says(("add", "kneippbrød"), ("done", ""), ("affirm", "ja"))
    assert "Varene kommer" in reply.texts[0]
    assert reply.stage == "submitted"
    assert reply.events[-1]["event"] == "basket"


def test_when_it_comes_is_about_the_order_that_was_sent(world: World) -> None:
    sent = world.says(
        ("delivery", "fredag kveld"), ("add", "kneippbrød"), ("done", ""), ("affirm", "ja")
    )
    reply = world.says(("delivery", "når kommer varene"))
    assert reply.texts[0] in sent.texts[0]
    assert "fredag" in reply.texts[0]


def test_alcohol_waits_for_staff(world: World) -> None:
    reply = world.says(("add", "to pilsner"), ("done", ""), ("affirm", "ja"))
    assert "godkjenne" in reply.texts[0]
    assert world.orders_at_grocer() == []
    (order,) = world.service.orders("r1")
    assert world.service.approve(order.order_id, "ansatt-7").status is Status.ACKNOWLEDGED
    assert len(world.orders_at_grocer()) == 1
    with pytest.raises(KurvError, match="venter ikke"):
        world.service.approve(order.order_id, "ansatt-7")


def test_what_is_sold_out_is_said_and_the_rest_is_read_back(world: World) -> None:
    world.says(("add", "kneippbrød og to makrell i tomat"), ("done", ""))
    stock = httpx.post(
        f"{world.address.admin}stock", json={"product_id": "s1", "code": "sold_out"}
    )
    assert stock.is_success, stock.text
    reply = world.says(("affirm", "ja"))
    assert "utsolgt for Stabburet Makrell i tomat 170 g" in reply.texts[0]
    assert reply.stage == "read_back"
    assert [line["product_id"] for line in reply.events[-1]["lines"]] == ["b1"]
    assert world.orders_at_grocer() == []
    world.says(("affirm", "ja"))
    assert len(world.orders_at_grocer()) == 1


def test_a_silent_grocer_delays_the_order_but_does_not_lose_it(world: World) -> None:
    world.says(("add", "kneippbrød"), ("done", ""))
    failing = f"{world.address.admin}failures"
    assert httpx.post(failing, json={"kind": "error", "times": None}).is_success
    reply = world.says(("affirm", "ja"))
    assert "så snart butikken svarer" in reply.texts[0]
    httpx.delete(failing)
    assert world.orders_at_grocer() == []
    (order,) = world.service.orders("r1")
    assert order.status in (Status.CONFIRMED, Status.SUBMITTED)
    assert world.submitter.run_once(order.order_id) == 1
    assert len(world.orders_at_grocer()) == 1
    assert world.service.orders("r1")[0].status is Status.ACKNOWLEDGED


def test_staff_tasks_are_made_when_a_person_is_wanted(world: World) -> None:
    world.says(("add", "kneippbrød"), ("person", "jeg vil snakke med et menneske"))
    with world.store.transaction() as uow:
        assert [task.kind for task in uow.tasks()] == ["person"]
    assert len(world.service.basket("r1").lines) == 1


def test_slower_lasts_until_the_next_call(world: World) -> None:
    reply = world.says(("slower", "saktere"))
    rates = [event["value"] for event in reply.events if event["event"] == "rate"]
    assert rates == [world.new_service().speech_rate("r1")]
    assert rates[0] < 1


def test_usual_is_what_came_the_last_time(world: World) -> None:
    world.says(("add", "to kneippbrød"), ("done", ""), ("affirm", "ja"))
    reply = world.says(("usual", "som vanlig"))
    assert [line["quantity"] for line in reply.events[-1]["lines"]] == ["2"]
