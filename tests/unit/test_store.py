"""Tier: unit. The store gives back exactly what it got, in SQLite and in PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from bot.errors import StaleRevision, StoreError
from bot.ordering.basket import BasketLine
from bot.ordering.order import Order, Status
from bot.store import Person, Store, UnitOfWork
from bot.store.vault import Vault

if TYPE_CHECKING:
    from tests.databases import Clock

pytest_plugins = ("tests.databases",)

MILK = BasketLine("melk", "Lettmelk 1 l", Decimal("2"), "stk", Decimal("21.90"), Decimal("0"))
MINCE = BasketLine("deig", "Kjøttdeig", Decimal("0.405"), "kg", Decimal("139.00"))
COLA = BasketLine("cola", "Cola 1,5 l", Decimal("3"), "stk", Decimal("32.90"), Decimal("3.00"))


def put(uow: UnitOfWork, recipient_id: str, *lines: BasketLine) -> Order:
    """An open order that holds `lines` besides what it held."""
    uow.person(recipient_id)
    order = uow.open_order(recipient_id)
    basket = order.basket
    for line in lines:
        basket = basket.add(line)
    return uow.save_order(order.with_basket(basket))


def confirm(uow: UnitOfWork, order: Order) -> Order:
    return uow.save_order(order.read_back().confirm(order.basket.revision, "recipient"))


def buy(store: Store, recipient_id: str, *lines: BasketLine) -> Order:
    """An order that the grocer has acknowledged."""
    with store.transaction() as uow:
        order = confirm(uow, put(uow, recipient_id, *lines))
        return uow.save_order(order.submitted().acknowledged("K1"))


# -- people ---------------------------------------------------------------------------------------


def test_a_person_is_made_when_first_met(store: Store) -> None:
    with store.transaction() as uow:
        assert uow.person("r1") == Person("r1")
        with pytest.raises(StoreError, match="r2"):
            uow.person("r2", create=False)
        assert uow.people() == [Person("r1")]


def test_everything_about_a_person_is_kept(store: Store) -> None:
    person = Person("r1", "Åse", 0.85, "allow", "block", "torsdag kveld", Decimal("1200.50"))
    with store.transaction() as uow:
        uow.save_person(person)
    with store.transaction() as uow:
        assert uow.person("r1") == person


def test_the_usual_list_keeps_its_order_and_can_be_made_anew(store: Store) -> None:
    first = (("melk", Decimal("2")), ("deig", Decimal("0.4")), ("brod", Decimal("1")))
    with store.transaction() as uow:
        assert uow.usual("r1") == ()
        uow.set_usual("r1", first)
        assert uow.usual("r1") == first
        uow.set_usual("r1", first[:1])
        assert uow.usual("r1") == first[:1]
        uow.set_usual("r1", ())
        assert uow.usual("r1") == ()


def test_where_the_talk_is(store: Store) -> None:
    state = {"questions": [{"phrase": "melk", "options": ["a", "b"]}], "failures": 2, "x": None}
    with store.transaction() as uow:
        assert uow.talk("r1") == {}
        uow.save_talk("r1", state)
    with store.transaction() as uow:
        assert uow.talk("r1") == state
        uow.save_talk("r1", {})
        assert uow.talk("r1") == {}


# -- history --------------------------------------------------------------------------------------


def test_history_is_what_was_bought_and_nothing_else(store: Store, clock: Clock) -> None:
    buy(store, "r1", MILK, COLA)
    clock.forward(86_400)
    buy(store, "r1", MILK, MINCE)
    buy(store, "r2", COLA)
    with store.transaction() as uow:
        put(uow, "r1", COLA)  # only in the basket
        history = uow.history("r1")
    assert history.counts == {"melk": 2, "cola": 1, "deig": 1}
    assert history.last == ("melk", "deig", "cola")


def test_earlier_baskets_of_an_order_are_not_bought(store: Store) -> None:
    with store.transaction() as uow:
        order = put(uow, "r1", MILK, COLA)
        order = uow.save_order(order.with_basket(order.basket.remove("cola")))
        uow.save_order(confirm(uow, order).submitted().acknowledged("K1"))
        assert uow.history("r1").counts == {"melk": 1}


def test_imported_purchases_count(store: Store, clock: Clock) -> None:
    buy(store, "r1", MILK)
    with store.transaction() as uow:
        uow.add_purchase("r1", "cola", Decimal(2), clock.now - timedelta(days=9))
        uow.add_purchase("r1", "melk", Decimal(1), clock.now + timedelta(days=9))
        uow.add_purchase("r3", "deig", Decimal(1), clock.now)
        assert uow.history("r1").counts == {"melk": 2, "cola": 1}
        assert uow.history("r1").last == ("melk", "cola")
        assert uow.history("r9").counts == {}


# -- orders ---------------------------------------------------------------------------------------


def test_an_order_comes_back_exactly(store: Store) -> None:
    with store.transaction() as uow:
        order = put(uow, "r1", MILK, MINCE, COLA)
        order = uow.save_order(order.with_delivery("torsdag kveld"))
    with store.transaction() as uow:
        read = uow.open_order("r1")
        assert read == order
        assert read.basket.lines == (MILK, MINCE, COLA)
        assert read.basket.total == Decimal("198.80")
        assert read.basket.deposit_total == Decimal("9.00")
        assert str(read.basket.lines[1].quantity) == "0.405"


def test_the_end_of_an_order_comes_back_exactly(store: Store) -> None:
    oslo = timezone(timedelta(hours=1))
    arrives = (
        datetime(2026, 11, 26, 17, tzinfo=oslo),
        datetime(2026, 11, 26, 20, tzinfo=oslo),
    )
    with store.transaction() as uow:
        order = confirm(uow, put(uow, "r1", MILK)).submitted()
        order = uow.save_order(order.acknowledged("K-77", Decimal("132.80"), arrives))
        refused = confirm(uow, put(uow, "r2", MILK, COLA)).submitted()
        refused = uow.save_order(refused.failed("Utsolgt.", ("melk", "cola")))
    with store.transaction() as uow:
        read = uow.order(order.order_id)
        assert read == order
        assert read is not None and read.arrives is not None
        assert read.arrives[0].hour == 17, "the promised time on the wall"
        assert uow.order(refused.order_id) == refused
        assert uow.order("borte") is None


@pytest.mark.parametrize("amount", ["0.1", "1234567.89", "0.000001", "33.333333333333333333"])
def test_amounts_are_exact(store: Store, amount: str) -> None:
    line = replace(MILK, quantity=Decimal(amount), unit_price=Decimal(amount))
    with store.transaction() as uow:
        put(uow, "r1", line)
    with store.transaction() as uow:
        assert uow.open_order("r1").basket.lines == (line,)


def test_one_open_order_at_a_time(store: Store) -> None:
    with store.transaction() as uow:
        first = put(uow, "r1", MILK)
        assert uow.open_order("r1") == first
        confirm(uow, first)
        second = uow.open_order("r1")
        assert second.order_id != first.order_id
        assert second.basket.lines == ()
        uow.save_order(second)
        with pytest.raises(StaleRevision):
            uow.save_order(Order("another", "r1"))
        assert uow.open_order("r1") == second


def test_looking_at_an_empty_basket_stores_nothing(store: Store) -> None:
    with store.transaction() as uow:
        uow.person("r1")
        uow.open_order("r1")
    with store.transaction() as uow:
        assert uow.orders() == []


def test_latest_is_the_newest_that_was_confirmed(store: Store) -> None:
    first = buy(store, "r1", MILK)
    second = buy(store, "r1", COLA)
    buy(store, "r2", COLA)
    with store.transaction() as uow:
        put(uow, "r1", MINCE)
        assert uow.latest_order("r1") == second
        assert uow.latest_order("r9") is None
        assert [each.order_id for each in uow.orders("r1")][1:] == [
            second.order_id,
            first.order_id,
        ]
        assert len(uow.orders(limit=2)) == 2
        assert len(uow.orders()) == 4


def test_every_revision_is_kept(store: Store) -> None:
    with store.transaction() as uow:
        order = put(uow, "r1", MILK)
    with store.transaction() as uow:
        more = put(uow, "r1", COLA)
    with store.transaction() as uow:
        emptied = uow.save_order(more.with_basket(more.basket.clear()))
    with store.transaction() as uow:
        assert uow.revisions(order.order_id) == [order.basket, more.basket]
        assert uow.open_order("r1").basket == emptied.basket
        assert emptied.basket.revision == 3


def test_an_order_goes_on_within_one_transaction(store: Store) -> None:
    with store.transaction() as uow:
        order = put(uow, "r1", MILK)
        uow.save_order(order.read_back())
        uow.save_order(order.read_back().confirm(1, "recipient"))  # from the one before
    with store.transaction() as uow:
        read = uow.order(order.order_id)
        assert read is not None
        assert (read.status, read.version) == (Status.CONFIRMED, 3)


def test_nothing_happens_when_a_transaction_breaks(store: Store) -> None:
    with pytest.raises(RuntimeError), store.transaction() as uow:
        put(uow, "r1", MILK)
        raise RuntimeError("the process trips")
    with store.transaction() as uow:
        assert uow.orders() == [] and uow.people() == []


# -- tasks and the access log ---------------------------------------------------------------------


def test_tasks_are_made_once_and_closed(store: Store, clock: Clock) -> None:
    with store.transaction() as uow:
        task = uow.add_task("r1", "person")
        assert uow.add_task("r1", "person") == task
        other = uow.add_task("r1", "order_failed", "o1")
        assert uow.tasks() == [task, other]
        assert uow.tasks(recipient_id="r2") == []
        assert task.created_at == clock.now
    clock.forward(60)
    with store.transaction() as uow:
        assert uow.close_task(task.task_id)
        assert not uow.close_task(task.task_id)
        assert uow.tasks() == [other]
        assert uow.tasks(open_only=False)[0].done_at == clock.now
        assert uow.close_tasks("r1", "order_failed", "o1") == 1
        again = uow.add_task("r1", "person")
        assert again.task_id != task.task_id


def test_the_access_log_says_who_did_what(store: Store, clock: Clock) -> None:
    with store.transaction() as uow:
        uow.log_access("staff-7", "r1", "approve", "o1")
        uow.log_access("recipient", "r2", "confirm")
        (entry,) = uow.accesses("r1")
        assert entry.at == clock.now
        assert (entry.actor, entry.action, entry.reason) == ("staff-7", "approve", "o1")
        assert [each.recipient_id for each in uow.accesses()] == ["r2", "r1"]


@pytest.mark.parametrize(
    "statement", ["UPDATE access_log SET actor = 'ingen'", "DELETE FROM access_log"]
)
def test_the_access_log_is_append_only(store: Store, statement: str) -> None:
    with store.transaction() as uow:
        uow.log_access("staff-7", "r1", "approve", "o1")
    with pytest.raises(StoreError), store.transaction() as uow:
        uow._connection.execute(text(statement))
    with store.transaction() as uow:
        assert [each.actor for each in uow.accesses()] == ["staff-7"]


# -- what is refused ------------------------------------------------------------------------------


def test_a_float_is_not_stored(store: Store) -> None:
    with pytest.raises(StoreError), store.transaction() as uow:
        uow.set_usual("r1", [("melk", 2.0)])  # type: ignore[list-item]


def test_a_moment_without_a_zone_is_not_stored(store: Store) -> None:
    with pytest.raises(StoreError), store.transaction() as uow:
        uow.add_purchase("r1", "melk", Decimal(2), datetime(2026, 11, 1))


def test_an_unknown_recipient_has_no_talk(store: Store) -> None:
    with store.transaction() as uow:
        uow.save_talk("r5", {"failures": 1})
        assert uow.person("r5", create=False) == Person("r5")


def test_errors_do_not_tell_what_was_ordered(
    store: Store, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(StoreError) as raised, store.transaction() as uow:
        uow.set_usual("r1", [("hemmelig-vare", 2.5)])  # type: ignore[list-item]
    shown = str(raised.value) + "".join(capfd.readouterr())
    assert "hemmelig-vare" not in shown


def test_what_a_person_may_eat_and_wants_to_be_asked_about_is_kept(store: Store) -> None:
    with store.transaction() as uow:
        person = uow.person("r1")
        assert (person.allergies, person.diets, person.substitutes, person.reminders) == (
            (), (), "ask", True,
        )  # fmt: skip
        changed = replace(
            person, allergies=("egg",), diets=("vegetar",), substitutes="never", reminders=False
        )
        uow.save_person(changed)
    with store.transaction() as uow:
        assert uow.person("r1") == changed


def test_consents_belong_to_an_order_and_stay(store: Store) -> None:
    with store.transaction() as uow:
        uow.person("r1")
        order = uow.save_order(uow.open_order("r1").with_reminder())
        uow.add_consent(order.order_id, "substitute", "recipient", "p2", "p1")
        uow.add_consent(order.order_id, "over_budget", "recipient", amount=Decimal("520.50"))
    with store.transaction() as uow:
        assert uow.order(order.order_id).reminded  # type: ignore[union-attr]
        first, second = uow.consents(order.order_id)
        assert (first.kind, first.product_id, first.instead_of) == ("substitute", "p2", "p1")
        assert (second.kind, second.amount) == ("over_budget", Decimal("520.50"))
        assert uow.consents("another") == []


# -- the access log's chain, and what is sealed ---------------------------------------------------


def test_a_changed_entry_of_the_access_log_shows(store: Store) -> None:
    with store.transaction() as uow:
        for number in range(4):
            uow.log_access("staff:7", "r1", "look", str(number))
        assert uow.broken_access() is None
        second = uow.accesses()[2]
    with store.transaction() as uow:
        for statement in (
            "DROP TRIGGER access_log_no_update",
            "DROP TRIGGER access_log_append_only ON access_log",
        ):
            nested = uow._connection.begin_nested()
            try:
                uow._connection.execute(text(statement))
            except SQLAlchemyError:
                nested.rollback()
        uow._connection.execute(
            text("UPDATE access_log SET actor = 'ingen' WHERE reason = :r"), {"r": second.reason}
        )
    with store.transaction() as uow:
        assert uow.broken_access() == 2


def test_what_is_told_about_a_person_is_sealed_with_a_key(database_url: str) -> None:
    first, second = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    store = Store(database_url, vault=Vault([first]))
    store.migrate()
    kari = Person("r1", display_name="Kari", address="Storgata 1", allergies=("egg",))
    with store.transaction() as uow:
        uow.save_person(kari)
        stored = uow._connection.execute(text("SELECT private FROM people")).scalar()
    assert "Kari" not in stored and "egg" not in stored
    with Store(database_url, vault=Vault([second, first])).transaction() as uow:
        assert uow.person("r1") == kari
    with pytest.raises(StoreError, match="KURV_DATA_KEY"), Store(database_url).transaction() as uow:
        uow.person("r1")
