"""Tier: end_to_end. The use cases over a real store and a real grocer's HTTP, without Rasa."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.errors import KurvError, StaleRevision
from bot.grocers.kolonial import KolonialGrocer
from bot.grocers.simulator.server import Address, running
from bot.ordering.catalogue import Catalogue
from bot.ordering.order import Order, Status
from bot.ordering.shop import Shop
from bot.ordering.synonyms import Synonyms
from bot.service import Policies, Reply, Service
from bot.store import Store, UnitOfWork
from bot.store.staff_book import Municipality
from bot.store.submitter import Submitter
from tests.end_to_end.days import deliverable_day

CATALOGUE = """\
product_id,name,brand,size,unit,price,category,gtin,restricted,deposit
b1,Kneippbrød,Bakehuset,750 g,stk,29.90,Brød,,,
s1,Makrell i tomat,Stabburet,170 g,stk,16.90,Pålegg,,,
o1,Pilsner,Ringnes,0.5 l,stk,29.90,Øl,,alcohol,2
"""
#: Who takes a turn, and how.
OWN, STAFF = ("recipient", "typed"), ("staff:kari", "behalf")
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
        self.told: list[tuple[str, dict[str, Any]]] = []
        self.service = self.new_service()

    def new_service(self) -> Service:
        policies = Policies(alcohol="staff_approve", tobacco="block")
        publish = self.told.append
        return Service(
            SHOP,
            self.store,
            self.grocer,
            self.submitter,
            policies,
            publish=lambda recipient, event: publish((recipient, event)),
        )

    def says(self, *turns: tuple[str, str], by: tuple[str, str] = OWN) -> Reply:
        for act, text in turns:
            reply = self.service.handle("r1", act, text, *by)
        return reply

    def lives_in(self, **rules: Any) -> None:
        """Assign the recipient to a municipality with these rules."""
        with self.store.transaction() as uow:
            uow.save_municipality(Municipality("by", "Byen", **rules))
            uow.save_person(replace(uow.person("r1"), municipality="by"))

    def said(self) -> list[tuple[str, str]]:
        with self.store.transaction() as uow:
            return [(each.speaker, each.text) for each in uow.utterances("r1")]

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
    day = deliverable_day()
    sent = world.says(
        ("delivery", f"{day} kveld"), ("add", "kneippbrød"), ("done", ""), ("affirm", "ja")
    )
    reply = world.says(("delivery", "når kommer varene"))
    assert reply.texts[0] in sent.texts[0]
    assert day in reply.texts[0]


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
    stock = httpx.post(f"{world.address.admin}stock", json={"product_id": "s1", "code": "sold_out"})
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


@pytest.mark.parametrize("by", [OWN, ("recipient", "voice"), STAFF, ("staff:kari", "beside")])
def test_who_confirmed_and_how_is_told_apart_for_ever(world: World, by: tuple[str, str]) -> None:
    world.says(("add", "to kneippbrød"), ("done", ""), ("affirm", "ja"), by=by)
    (order,) = world.service.orders("r1")
    assert (order.confirmed_by, order.confirmed_with) == by
    assert order.status is Status.ACKNOWLEDGED
    with world.store.transaction() as uow:
        assert (by[0], "confirm") in [(each.actor, each.action) for each in uow.accesses("r1")]


def test_nobody_passes_for_somebody_else(world: World) -> None:
    for actor, how in (("recipient", "behalf"), ("staff:kari", "voice"), ("kari", "beside")):
        with pytest.raises(ValueError, match="speak"):
            world.service.handle("r1", "affirm", "ja", actor, how)


@pytest.mark.parametrize("by", [OWN, STAFF])
def test_what_staff_confirm_may_take_a_second_person(world: World, by: tuple[str, str]) -> None:
    world.lives_in(second_person=True)
    reply = world.says(("add", "to kneippbrød"), ("done", ""), ("affirm", "ja"), by=by)
    waits = by == STAFF
    assert ("godkjenne" in reply.texts[0]) == waits
    assert len(world.orders_at_grocer()) == (0 if waits else 1)
    with world.store.transaction() as uow:
        assert [task.kind for task in uow.tasks()] == (["approve"] if waits else [])


@pytest.mark.parametrize("rule", ["allow", "staff_approve", "block"])
def test_the_municipality_says_whether_beer_is_ordered(world: World, rule: str) -> None:
    world.lives_in(alcohol_policy=rule)
    world.says(("add", "to pilsner"), ("done", ""), ("affirm", "ja"))
    assert len(world.orders_at_grocer()) == (1 if rule == "allow" else 0)
    assert len(world.service.orders("r1")) == (0 if rule == "block" else 1)


def test_staff_confirm_what_they_were_shown_and_twice_sends_once(world: World) -> None:
    world.says(("add", "to kneippbrød"))
    (order,) = world.service.orders("r1")
    world.says(("add", "makrell i tomat"))

    def confirmed(revision: int) -> Order:
        def agree(_: UnitOfWork, shown: Order | None) -> Order:
            assert shown is not None
            return shown

        return world.service.confirm_shown(order.order_id, revision, *STAFF, agree)

    with pytest.raises(StaleRevision):
        confirmed(1)
    for _ in range(2):
        assert confirmed(2).status is Status.ACKNOWLEDGED
    assert len(world.orders_at_grocer()) == 1


def test_what_is_said_is_kept_while_the_order_is_open_and_no_longer(world: World) -> None:
    world.says(("add", "to kneippbrød"))
    world.says(("done", "[unk] det var alt"), by=STAFF)
    said = world.said()
    assert ("recipient", "to kneippbrød") in said and ("staff:kari", "… det var alt") in said
    assert [text for speaker, text in said if speaker == "kurv"][-1] == "Skal jeg bestille dette?"
    world.says(("affirm", "ja"))
    assert world.said() == []
    world.says(("add", "makrell i tomat"))  # the next order's talk is another
    assert ("recipient", "makrell i tomat") in world.said()


def test_those_who_follow_are_told_after_the_turn(world: World) -> None:
    world.says(("add", "to kneippbrød"), ("done", ""))
    assert {recipient for recipient, _ in world.told} == {"r1"}
    events = [event for _, event in world.told]
    shown = [event for event in events if event["event"] == "utterance"]
    assert shown[0]["speaker"] == "recipient" and shown[0]["text"] == "to kneippbrød"
    assert [event["entry_id"] for event in shown] == sorted(event["entry_id"] for event in shown)
    assert [event["revision"] for event in events if event["event"] == "basket"] == [1, 1]
    world.told.clear()
    world.says(("affirm", "ja"))
    events = [event for _, event in world.told]
    assert [e["status"] for e in events if e["event"] == "order"] == ["acknowledged"]
    assert [e["text"][:11] for e in events if e["event"] == "utterance"] == ["ja", "Bestillinge"]


@pytest.mark.parametrize("by", [OWN, STAFF])
def test_who_agreed_to_pass_the_budget_is_kept(world: World, by: tuple[str, str]) -> None:
    with world.store.transaction() as uow:
        uow.save_person(replace(uow.person("r1"), budget=Decimal(20)))
    world.says(("add", "to kneippbrød"), ("done", ""), ("affirm", "ja"), by=by)
    (order,) = world.service.orders("r1")
    with world.store.transaction(read_only=True) as uow:
        (consent,) = uow.consents(order.order_id)
    assert (consent.kind, consent.given_by) == ("over_budget", by[0])
