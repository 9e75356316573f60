"""Tier: unit. Looking on while somebody orders: at once, nothing lost, and only at one's own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import aclosing
from typing import Any

import pytest

from bot.casework.actor import NotAllowed
from bot.casework.office import Office
from bot.casework.watch import Watcher
from bot.live import MOST_WAITING, LiveFeed
from bot.store import Store
from tests.staff_office import ANNE, ONE, SHOP, STRANGER, StaffOffice, staff_office

Event = dict[str, Any]


class Scene:
    """An office that is followed, and another process that works on the same database."""

    def __init__(self, office: StaffOffice) -> None:
        self.world = office
        self.live = LiveFeed()
        self.service = office.service
        self.service._publish = self.live.publish
        self.office = Office(
            office.store,
            office.service,
            SHOP,
            None,
            office.clock,
            self.live,  # type: ignore[arg-type]
        )
        self.elsewhere = Store(str(office.store._engine.url), office.clock, vault=office.vault)

    def orders(self, recipient: str, text: str = "en friele frokostkaffe filtermalt") -> None:
        self.service.handle(recipient, "add", text)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with staff_office(tmp_path_factory.mktemp("follow")) as office:
        made = Scene(office)
        stop = Watcher(office.store, made.live, interval=0.05).start()
        yield made
        stop()
        made.elsewhere.close()


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(work, 30))


async def until(events: AsyncIterator[Event | None], kind: str, **wanted: Any) -> list[Event]:
    """What comes until an event that is like this."""
    found = []
    async for event in events:
        if event is None:
            continue
        found.append(event)
        if event["event"] == kind and all(event.get(name) == wanted[name] for name in wanted):
            return found
    raise AssertionError(f"no {kind}")


def texts(events: list[Event]) -> list[str]:
    return [each["text"] for each in events if each["event"] == "utterance"]


def test_first_what_there_is_and_then_what_happens(scene: Scene) -> None:
    person = scene.world.person()
    scene.orders(person)

    async def work() -> None:
        async with aclosing(scene.office.follow.one(ANNE, person)) as events:
            begun = await until(events, "takeover")
            assert texts(begun)[0] == "en friele frokostkaffe filtermalt"
            assert [each["revision"] for each in begun if each["event"] == "basket"] == [1]
            scene.live.publish(person, {"event": "partial", "text": "en til"})
            assert (await until(events, "partial"))[-1]["text"] == "en til"
            await asyncio.to_thread(scene.orders, person, "en til friele filtermalt")
            told = await until(events, "basket", revision=2)
            assert texts(told)[0] == "en til friele filtermalt"
            numbers = [each["entry_id"] for each in (*begun, *told) if each["event"] == "utterance"]
            assert numbers == sorted(set(numbers)), "each once"

    run(work())


def test_what_others_change_is_seen_too(scene: Scene) -> None:
    person = scene.world.person()

    async def work() -> None:
        async with aclosing(scene.office.follow.one(ANNE, person)) as events:
            await until(events, "takeover")
            with scene.elsewhere.transaction() as uow:  # another process, which knows no feed
                order = uow.save_order(uow.open_order(person))
                uow.add_utterance(order.order_id, person, "recipient", "hallo")
            assert texts(await until(events, "utterance")) == ["hallo"]
            office = scene.office.baskets
            await asyncio.to_thread(office.add, ANNE, person, 0, "friele-filter", ONE)
            await until(events, "basket", revision=1)

    run(work())


def test_a_lost_connection_catches_up(scene: Scene) -> None:
    person = scene.world.person()

    async def work() -> None:
        scene.orders(person)
        async with aclosing(scene.office.follow.one(ANNE, person)) as events:
            seen = await until(events, "takeover")
        last = max(each["entry_id"] for each in seen if each["event"] == "utterance")
        scene.orders(person, "en til friele filtermalt")
        async with aclosing(scene.office.follow.one(ANNE, person, last)) as events:
            missed = await until(events, "takeover")
        assert texts(missed)[0] == "en til friele filtermalt"
        assert not set(texts(seen)[:1]) & set(texts(missed))
        assert [each["revision"] for each in missed if each["event"] == "basket"] == [2]

    run(work())


def test_who_reads_too_slowly_catches_up_from_the_store(scene: Scene) -> None:
    person = scene.world.person()

    async def work() -> None:
        async with aclosing(scene.office.follow.one(ANNE, person)) as events:
            await until(events, "takeover")
            scene.orders(person)
            for _ in range(2 * MOST_WAITING):
                scene.live.publish(person, {"event": "question", "options": []})
            told = await until(events, "basket", revision=1)
            assert "en friele frokostkaffe filtermalt" in texts(told)

    run(work())


def test_only_ones_own_people_and_it_is_put_down(scene: Scene) -> None:
    person = scene.world.person()

    async def work() -> None:
        with pytest.raises(NotAllowed):
            await scene.office.follow.one(STRANGER, person).__anext__()
        await scene.office.follow.one(ANNE, person).__anext__()

    run(work())
    assert scene.world.log(person) == [(ANNE.key, "follow")]


def test_the_list_hears_that_something_changed_and_not_what(scene: Scene) -> None:
    mine, foreign = scene.world.person(), scene.world.person(municipality="asker")

    async def work() -> None:
        async with aclosing(scene.office.follow.all(ANNE, beat=0.2)) as events:
            assert await events.__anext__() is None  # a sign of life
            for person in (foreign, mine):
                scene.orders(person)
                scene.live.publish(person, {"event": "partial", "text": "hemmelig"})
            new = scene.world.person()
            with scene.elsewhere.transaction() as uow:
                uow.add_task(new, "person")
            told: list[Event] = []
            while {each["recipient"] for each in told} != {mine, new}:
                event = await events.__anext__()
                told += [event] if event is not None else []
            assert all(set(each) == {"event", "recipient"} for each in told)

    run(work())


def test_nobody_follows_and_nobody_looks(scene: Scene) -> None:
    assert scene.live.listened_to == frozenset()
