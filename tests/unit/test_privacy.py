"""Tier: unit. What is kept, who may see it, and how it goes: log, export, erasure, retention."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from bot.casework.accounts import Accounts
from bot.casework.actor import Actor, NotAllowed, Role
from bot.casework.export_pdf import LABELS, export_pdf
from bot.casework.messages import FORGOTTEN, Message, MessageFolder
from bot.casework.privacy import Privacy
from bot.casework.retention import Retention
from bot.casework.staffing import Staffing
from bot.errors import KurvError, StoreError
from bot.ordering.basket import BasketLine
from bot.ordering.catalogue import Catalogue
from bot.ordering.order import Status
from bot.store import Person, Store
from bot.store.callers import Caller
from bot.store.staff_book import Municipality
from bot.store.worklist import Area
from tests.databases import Clock
from tests.staff_web import FAST, StaffStore

pytest_plugins = ("tests.databases",)

MILK = BasketLine("k1", "Lettmelk 1 l", Decimal("2"), "stk", Decimal("21.90"), Decimal("0"))
COLA = BasketLine("k2", "Cola 1,5 l", Decimal("3"), "stk", Decimal("32.90"), Decimal("3.00"))
CATALOGUE = Catalogue.from_csv(
    "product_id,name,brand,size,unit,price,category,gtin,restricted,deposit\n"
    "k1,Lettmelk,Tine,1 l,stk,21.90,Meieri,,,\n".splitlines()
)
OFFICER = Actor("pia", "Pia", "baerum", frozenset({Role.PRIVACY}))
SECRETS = ("Áile Šárá Đoŋ", "Storgata 12", "Ola, sønn", "går på krykker", "+4722334455", "egg")


class World(StaffStore):
    """A person of whom everything is known, and one of another municipality."""

    def __init__(self, folder: Path, sealed: bool = True) -> None:
        super().__init__(folder, sealed)
        self.staffing = Staffing(self.store, self.accounts)
        self.privacy = Privacy(self.store, CATALOGUE)
        self.messages = MessageFolder(folder / "messages")
        self.retention = Retention(self.store, self.staffing, self.messages)
        self.add_person("r1", "baerum")
        self.add_person("r2", "asker")

    def add_person(self, recipient_id: str, municipality: str) -> None:
        with self.store.transaction() as uow:
            uow.save_person(
                Person(
                    recipient_id, "Áile Šárá Đoŋ", allergies=("egg",), municipality=municipality,
                    district="vest", address="Storgata 12", next_of_kin="Ola, sønn",
                    note="går på krykker", budget=Decimal("500"),
                )
            )  # fmt: skip
            uow.set_usual(recipient_id, (("k1", Decimal("2")),))
            uow.add_purchase(recipient_id, "k1", Decimal("1"), self.clock())
            uow.save_caller(Caller("+4722334455", recipient_id, "salt$hash", 4))
            uow.set_pin_failures("+4722334455", 1, None)
            uow.add_schedule(recipient_id, "+4722334455", 1, 600, False)
            uow.begin_call(f"call-{recipient_id}", "in")
            uow.identify_call(f"call-{recipient_id}", recipient_id)
            uow.end_call(f"call-{recipient_id}", "ordered")
            uow.add_task(recipient_id, "person")
            uow.save_talk(recipient_id, {"last_reply": ["Jeg la til Lettmelk."]})

    def buy(self, recipient_id: str = "r1", status: Status = Status.ACKNOWLEDGED) -> str:
        with self.store.transaction() as uow:
            order = uow.open_order(recipient_id)
            order = uow.save_order(order.with_basket(order.basket.add(MILK).add(COLA)))
            if status is Status.CANCELLED:
                return uow.save_order(order.cancelled()).order_id
            order = uow.save_order(order.read_back().confirm(order.basket.revision, "recipient"))
            uow.enqueue(order)
            if status is Status.CONFIRMED:
                return order.order_id
            uow.add_consent(order.order_id, "substitute", "recipient", "k2", "k1")
            sent = order.submitted().acknowledged("K100", Decimal("231.60"))
            return uow.save_order(sent).order_id

    def log(self, count: int, recipient_id: str = "r1") -> None:
        with self.store.transaction() as uow:
            for number in range(count):
                uow.log_access("staff:kari", recipient_id, "look", str(number))

    def raw(self, statement: str) -> Any:
        with self.store._engine.begin() as connection:
            return connection.execute(text(statement)).fetchall()

    def stored(self) -> str:
        """Everything in the database, sealed things opened."""
        tables = self.raw("SELECT name FROM sqlite_master WHERE type = 'table'")
        values = [
            str(value)
            for (table,) in tables
            for row in self.raw(f"SELECT * FROM {table}")
            for value in row
        ]
        return "\n".join(self.vault.open(value) for value in values)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.store.close()


# -- export ----------------------------------------------------------------------------------------


def test_an_export_holds_everything(world: World) -> None:
    order_id = world.buy()
    with world.store.transaction() as uow:
        draft = uow.open_order("r1")
        draft = uow.save_order(draft.with_basket(draft.basket.add(MILK)))
        uow.add_utterance(draft.order_id, "r1", "recipient", "to liter melk, takk")
    export = world.privacy.export(OFFICER, "r1")
    written = json.dumps(export, ensure_ascii=False)
    for told in (
        *SECRETS,
        order_id,
        "231.60",
        "Tine Lettmelk",
        "to liter melk, takk",
        "substitute",
        "call-r1",
        "salt",
    ):
        assert (told in written) == (told != "salt"), told
    assert [order["status"] for order in export["orders"]] == ["draft", "acknowledged"]
    assert export["orders"][1]["lines"][1] == {
        "name": "Cola 1,5 l", "quantity": "3", "unit": "stk", "sum": "98.70",
    }  # fmt: skip
    with world.store.transaction() as uow:
        assert uow.accesses("r1")[0].action == "export"


def test_every_table_about_a_person_is_in_the_export_or_is_said_why_not(world: World) -> None:
    """A table that is added later must not be forgotten."""
    from bot.store.call_tables import metadata

    about = {table.name for table in metadata.tables.values() if "recipient_id" in table.columns}
    exported = {
        "people", "orders", "talks", "tasks", "access_log", "usual_lines", "purchases",
        "utterances", "takeovers", "callers", "calls", "schedules",
    }  # fmt: skip
    elsewhere = {"outbox": "how an order is sent", "erased_people": "only of those who are gone"}
    assert about == exported | set(elsewhere)


def test_the_pdf_has_sami_letters_and_norwegian_labels(world: World) -> None:
    world.buy()
    export = world.privacy.export(OFFICER, "r1")
    pdf = export_pdf(export)
    assert pdf.startswith(b"%PDF-") and b"DejaVuSans" in pdf
    assert len(pdf) < 200_000

    def names(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            for name, each in value.items():
                yield name
                yield from names(each)
        elif isinstance(value, list):
            for each in value:
                yield from names(each)

    del export["talk"]  # its fields are a program's
    assert set(names(export)) - set(LABELS) == set()


def test_an_officer_gets_nothing_of_another_municipality(world: World) -> None:
    for recipient_id in ("r2", "finnes-ikke", ""):
        with pytest.raises(NotAllowed) as refused:
            world.privacy.export(OFFICER, recipient_id)
        assert str(refused.value) == "Det finnes ingen mottaker med dette nummeret i ditt område."
        with pytest.raises(NotAllowed):
            world.privacy.erase(OFFICER, recipient_id, "sak 1")


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.PRIVACY])
def test_no_other_role_does_what_the_officer_does(world: World, role: Role) -> None:
    actor = replace(OFFICER, roles=frozenset({role}))
    for attempt in (
        lambda: world.privacy.export(actor, "r1"),
        lambda: world.privacy.erase(actor, "r1", "sak 1"),
        lambda: world.privacy.log(actor),
        lambda: world.privacy.verify(actor),
    ):
        with pytest.raises(NotAllowed):
            attempt()


# -- erasure ---------------------------------------------------------------------------------------


def test_erasing_leaves_amounts_and_the_log_and_nothing_else(world: World) -> None:
    order_id = world.buy()
    cancelled = world.buy(status=Status.CANCELLED)
    with world.store.transaction() as uow:
        draft = uow.open_order("r1")
        draft = uow.save_order(draft.with_basket(draft.basket.add(MILK)))
        uow.add_utterance(draft.order_id, "r1", "recipient", "to liter melk, takk")
        uow.erase_person("r2")  # it has the same number and name
    world.privacy.erase(OFFICER, "r1", "sak 17/26")
    stored = world.stored()
    for told in (*SECRETS, "Lettmelk", "Cola", "melk, takk", cancelled, "call-r1"):
        assert told not in stored, told
    with world.store.transaction() as uow:
        order = uow.order(order_id)
        assert order is not None
        assert (order.recipient_id, order.grocer_total) == ("slettet:baerum", Decimal("231.60"))
        assert order.grocer_reference == "K100"
        (line,) = order.basket.lines
        assert (line.name, line.sum, line.deposit_sum) == (
            "Varer", Decimal("142.50"), Decimal("9.00"),
        )  # fmt: skip
        log = uow.accesses("r1")
        assert (log[0].action, log[0].reason) == ("erase", "sak 17/26")
        assert uow.broken_access() is None
    assert [entry.action for entry in world.privacy.log(OFFICER, "r1")] == ["erase"]
    with pytest.raises(NotAllowed):
        world.privacy.export(OFFICER, "r1")


def test_nobody_sees_the_person_that_amounts_belong_to(world: World) -> None:
    world.buy()
    world.privacy.erase(OFFICER, "r1", "sak 1")
    with world.store.transaction() as uow:
        nobody = uow.person("slettet:baerum", create=False)
        assert not OFFICER.may_see(nobody)
        assert uow.people_in(Area("baerum")) == []


def test_an_order_on_its_way_must_arrive_before_the_person_goes(world: World) -> None:
    world.buy(status=Status.CONFIRMED)
    with pytest.raises(KurvError, match="på vei"):
        world.privacy.erase(OFFICER, "r1", "sak 1")
    for reason in ("", " ", "x" * 101):
        with pytest.raises(KurvError, match="saksnummer"):
            world.privacy.erase(OFFICER, "r1", reason)


# -- the access log --------------------------------------------------------------------------------


def test_an_officer_reads_of_their_own_people_and_staff_only(world: World) -> None:
    world.add_staff("kari", "orderer")
    world.add_staff("per", "orderer", municipality="asker")
    with world.store.transaction() as uow:
        for actor, about in (
            ("staff:kari", "r1"), ("staff:per", "r2"), ("staff:kari", ""), ("staff:per", ""),
            ("kommandolinjen", "staff:kari"), ("kommandolinjen", "staff:per"),
        ):  # fmt: skip
            uow.log_access(actor, about, "look")
    found = [(each.actor, each.recipient_id) for each in world.privacy.log(OFFICER)]
    assert found == [("kommandolinjen", "staff:kari"), ("staff:kari", ""), ("staff:kari", "r1")]
    assert world.privacy.log(OFFICER, "r2") == []
    assert world.privacy.log(OFFICER, "staff:per") == []
    east = replace(OFFICER, districts=frozenset({"øst"}))
    assert "r1" not in {each.recipient_id for each in world.privacy.log(east)}
    reads = [each for each in world.privacy.log(None) if each.action == "read_log"]
    assert [each.reason for each in reads] == ["", "staff:per", "r2", ""]


@pytest.fixture
def kept(store: Store, clock: Clock) -> tuple[Store, Clock, Retention]:
    """An empty store of each kind, and its retention."""
    with store.transaction() as uow:
        uow.save_municipality(Municipality("baerum", "Bærum", keep_log_days=100))
        uow.save_municipality(Municipality("asker", "Asker", keep_log_days=200))
        uow.save_person(Person("r1", municipality="baerum"))
        uow.save_person(Person("r2", municipality="asker"))
    staffing = Staffing(store, Accounts(store, FAST))
    return store, clock, Retention(store, staffing, MessageFolder(Path("/finnes-ikke")))


def entries(store: Store) -> list[tuple[str, str]]:
    with store.transaction() as uow:
        return [(each.recipient_id, each.reason) for each in reversed(uow.accesses(limit=1000))]


def test_pruning_leaves_gaps_and_the_chain_whole(kept: tuple[Store, Clock, Retention]) -> None:
    """Each municipality's entries go in their own time; in between the chain is followed."""
    store, clock, retention = kept
    for number in range(6):
        with store.transaction() as uow:
            uow.log_access("staff:kari", "r1" if number % 3 else "r2", "look", str(number))
    clock.forward(timedelta(days=101).total_seconds())
    assert retention.run().log_entries == 4
    assert entries(store) == [("r2", "0"), ("r2", "3"), ("", "4")]
    with store.transaction() as uow:
        assert uow.broken_access() is None
        uow.log_access("staff:kari", "r1", "look", "6")
        assert uow.broken_access() is None
    clock.forward(timedelta(days=100).total_seconds())
    retention.run()
    assert entries(store)[:1] == [("", "4")], "the older ones are one gap now"
    with store._engine.connect() as connection:
        rows = connection.execute(text("SELECT first_id, last_id, entries FROM access_gaps")).all()
    assert [tuple(row) for row in rows] == [(1, 6, 6)]
    with store.transaction() as uow:
        assert uow.broken_access() is None
        head = uow.access_head()
    clock.forward(timedelta(days=5000).total_seconds())
    assert retention.run().log_entries > 0
    assert retention.run().log_entries == 0
    with store.transaction() as uow:
        assert [each.action for each in uow.accesses()] == ["log_pruned"]
        assert uow.broken_access() is None
        assert uow.in_gap(head[0])


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM access_log",
        "DELETE FROM access_log WHERE entry_id = 2",
        "UPDATE access_log SET actor = 'ingen' WHERE entry_id = 2",
        "DELETE FROM access_gaps",
        "UPDATE access_gaps SET last_id = 1000",
        "UPDATE access_gaps SET hash = 'x'",
    ],
)
def test_what_is_left_cannot_be_removed(
    kept: tuple[Store, Clock, Retention], statement: str
) -> None:
    store, clock, retention = kept
    with store.transaction() as uow:
        uow.log_access("staff:kari", "r1", "look")
        uow.log_access("staff:kari", "r2", "look")
    clock.forward(timedelta(days=101).total_seconds())
    assert retention.run().log_entries == 1
    with pytest.raises(SQLAlchemyError), store._engine.begin() as connection:
        connection.execute(text(statement))
    with store.transaction() as uow:
        assert uow.broken_access() is None


def test_a_gap_that_somebody_without_the_key_makes_shows(world: World) -> None:
    world.log(5)
    third = world.raw("SELECT hash FROM access_log WHERE entry_id = 3")[0][0]
    for proof in (f'[2, 3, "{third}", 2]', world.vault.seal("[1, 1, null, 1]")):
        with world.store._engine.begin() as connection:
            connection.execute(
                text(
                    "INSERT INTO access_gaps (first_id, last_id, hash, entries, removed_at, proof) "
                    "VALUES (2, 3, :hash, 2, '2026-01-01 00:00:00.000000', :proof)"
                ),
                {"hash": third, "proof": proof},
            )
            connection.execute(text("DELETE FROM access_log WHERE entry_id IN (2, 3)"))
        assert world.privacy.verify(None).broken_at == 2


def test_a_broken_log_is_not_pruned(world: World) -> None:
    world.log(3)
    world.raw("SELECT 1")
    with world.store._engine.begin() as connection:
        connection.execute(text("DROP TRIGGER access_log_no_update"))
        connection.execute(text("UPDATE access_log SET actor = 'ingen' WHERE entry_id = 2"))
    world.clock.forward(timedelta(days=3000).total_seconds())
    with pytest.raises(StoreError, match="ikke slik den ble skrevet"):
        world.retention.run()
    assert len(world.raw("SELECT * FROM access_log")) == 3, "the evidence stays"


def test_a_log_that_is_cut_off_shows_by_the_head_that_was_noted(world: World) -> None:
    world.log(3)
    chain = world.privacy.verify(OFFICER)
    assert chain.broken_at is None and chain.head[0] == 3
    world.log(1)
    assert world.privacy.verify(None, chain.head).head[0] == 4
    with world.store._engine.begin() as connection:
        connection.execute(text("DROP TRIGGER access_log_no_delete"))
        connection.execute(text("DELETE FROM access_log WHERE entry_id > 2"))
    assert world.privacy.verify(None).broken_at is None
    with pytest.raises(KurvError, match="endret eller kuttet"):
        world.privacy.verify(None, chain.head)


# -- retention -------------------------------------------------------------------------------------


def test_orders_are_kept_as_long_as_the_municipality_says(world: World) -> None:
    with world.store.transaction() as uow:
        uow.save_municipality(Municipality("baerum", "Bærum", keep_orders_days=30))
    old, others = world.buy(), world.buy("r2")
    cancelled = world.buy(status=Status.CANCELLED)
    world.clock.forward(timedelta(days=31).total_seconds())
    young = world.buy()
    removed = world.retention.run()
    assert removed.orders == 2
    assert world.retention.run().orders == 0, "the second time there is nothing to do"
    with world.store.transaction() as uow:
        found = {order.order_id: order.recipient_id for order in uow.orders()}
    assert found == {old: "slettet:baerum", others: "r2", young: "r1"}
    assert cancelled not in world.stored()


def test_an_order_on_its_way_is_never_over(world: World) -> None:
    order_id = world.buy(status=Status.CONFIRMED)
    world.clock.forward(timedelta(days=4000).total_seconds())
    world.retention.run()
    with world.store.transaction() as uow:
        order = uow.order(order_id)
        assert order is not None and order.recipient_id == "r1"


def test_words_of_a_basket_that_nobody_touches_go(world: World) -> None:
    with world.store.transaction() as uow:
        order = uow.open_order("r1")
        order = uow.save_order(order.with_basket(order.basket.add(MILK)))
        uow.add_utterance(order.order_id, "r1", "recipient", "to liter melk, takk")
    assert "melk, takk" in world.stored()
    world.clock.forward(timedelta(days=3).total_seconds())
    assert world.retention.run().utterances == 0
    world.clock.forward(timedelta(days=5).total_seconds())
    assert world.retention.run().utterances == 1
    assert "melk, takk" not in world.stored()
    assert "Jeg la til" not in world.stored(), "what was said last in a talk goes too"
    with world.store.transaction() as uow:
        assert len(uow.open_order("r1").basket.lines) == 1


def test_sessions_calls_tasks_and_failures_go(world: World) -> None:
    world.token(world.add_staff("kari", "orderer"))
    with world.store.transaction() as uow:
        uow.set_sign_in_failures("account:x", 3, None)
        for task in uow.tasks():
            uow.close_task(task.task_id)
    world.clock.forward(timedelta(days=366).total_seconds())
    world.retention.run()
    for table in (
        "staff_sessions",
        "sign_in_failures",
        "calls",
        "tasks",
        "purchases",
        "pin_failures",
    ):
        assert world.raw(f"SELECT * FROM {table}") == [], table
    assert len(world.raw("SELECT * FROM staff")) == 1
    assert len(world.raw("SELECT * FROM people")) == 2


def test_messages_that_nobody_fetches_go(world: World) -> None:
    for key in ("gammel", "ny"):
        world.messages.send(Message(key, "+4722334455", "Bestillingen kommer fredag."))
    (folder,) = {file.parent for file in world.messages._folder.glob("*.json")}
    old = next(file for file in folder.iterdir() if '"gammel"' in file.read_text())
    long_ago = time.time() - FORGOTTEN.total_seconds() - 1
    os.utime(old, (long_ago, long_ago))
    assert world.retention.run().other == 1
    assert [json.loads(file.read_text())["key"] for file in folder.iterdir()] == ["ny"]
