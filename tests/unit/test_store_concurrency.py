"""Tier: unit. Two who write at the same time: nobody's change is lost without being told."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal

import pytest

from bot.errors import StaleRevision
from bot.ordering.basket import BasketLine
from bot.ordering.order import Order
from bot.store import Store

pytest_plugins = ("tests.databases",)

MILK = BasketLine("melk", "Lettmelk 1 l", Decimal("1"), "stk", Decimal("21.90"))


def draft(store: Store) -> Order:
    with store.transaction() as uow:
        uow.person("r1")
        order = uow.open_order("r1")
        return uow.save_order(order.with_basket(order.basket.add(MILK)))


def test_saving_over_a_changed_basket_is_refused(store: Store) -> None:
    mine = theirs = draft(store)
    with store.transaction() as uow:
        uow.save_order(theirs.with_basket(theirs.basket.set_quantity("melk", Decimal(5))))
    with pytest.raises(StaleRevision), store.transaction() as uow:
        uow.save_order(mine.with_basket(mine.basket.clear()))
    with store.transaction() as uow:
        assert uow.open_order("r1").basket.lines[0].quantity == 5


def test_confirming_what_somebody_changed_meanwhile_is_refused(store: Store) -> None:
    read = draft(store).read_back()
    with store.transaction() as uow:
        read = uow.save_order(read)
    with store.transaction() as uow:
        seen = uow.open_order("r1")
        uow.save_order(seen.with_basket(seen.basket.set_quantity("melk", Decimal(5))))
    with pytest.raises(StaleRevision), store.transaction() as uow:
        uow.save_order(read.confirm(1, "recipient"))


def test_a_changed_status_counts_as_a_change(store: Store) -> None:
    order = draft(store)
    with store.transaction() as uow:
        uow.save_order(order.read_back())
    with pytest.raises(StaleRevision), store.transaction() as uow:
        uow.save_order(order.cancelled())


def test_a_stale_order_is_refused_even_when_the_fresh_one_was_read_too(store: Store) -> None:
    order = draft(store)
    with store.transaction() as uow:
        uow.save_order(order.read_back())
    with pytest.raises(StaleRevision), store.transaction() as uow:
        uow.open_order("r1")
        uow.save_order(order.with_delivery("fredag"))


def test_another_basket_of_the_same_revision_is_refused(store: Store) -> None:
    order = draft(store)
    other = replace(order.basket, lines=(replace(MILK, quantity=Decimal(9)),))
    with pytest.raises(StaleRevision), store.transaction() as uow:
        uow.save_order(replace(order, basket=other, delivery="fredag"))


def test_a_new_order_is_not_saved_over_one_of_the_same_name(store: Store) -> None:
    order = draft(store)
    with pytest.raises(StaleRevision), store.transaction() as uow:
        uow.save_order(Order(order.order_id, "r1"))


def test_turns_of_one_person_wait_for_each_other(store: Store) -> None:
    def turn(number: int) -> None:
        with store.transaction() as uow:
            uow.person("r1")
            order = uow.open_order("r1")
            uow.save_order(order.with_basket(order.basket.add(MILK)))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(turn, range(24)))
    with store.transaction() as uow:
        (order,) = uow.orders("r1")
        assert order.basket.lines[0].quantity == 24
        assert order.basket.revision == 24


def test_turns_of_many_people_at_once(store: Store) -> None:
    def turn(number: int) -> None:
        recipient = f"r{number % 6}"
        with store.transaction() as uow:
            uow.person(recipient)
            order = uow.open_order(recipient)
            uow.save_order(order.with_basket(order.basket.add(MILK)))
            uow.save_talk(recipient, {"turn": number})
            uow.add_task(recipient, "person")
            uow.log_access("recipient", recipient, "add")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(turn, range(48)))
    with store.transaction() as uow:
        assert [each.basket.lines[0].quantity for each in uow.orders()] == [8] * 6
        assert len(uow.tasks()) == 6
        assert len(uow.accesses()) == 48
