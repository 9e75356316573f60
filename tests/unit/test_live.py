"""Tier: unit. The feed of what happens right now: nothing lost that matters, nothing piled up."""

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any

from bot.live import MOST_WAITING, Listener, LiveFeed


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(work, 10))


def basket(revision: int) -> dict[str, Any]:
    return {"event": "basket", "revision": revision}


def partial(text: str) -> dict[str, Any]:
    return {"event": "partial", "text": text}


def utterance(number: int) -> dict[str, Any]:
    return {"event": "utterance", "entry_id": number}


async def drained(listener: Listener) -> list[dict[str, Any]]:
    found = []
    while (event := await listener.next(timeout=0.01)) is not None:
        found.append(event)
    return found


def test_one_hears_of_one_person_and_another_of_all() -> None:
    async def work() -> None:
        feed = LiveFeed()
        one, everybody = feed.listen("r1"), feed.listen()
        feed.publish("r1", basket(1))
        feed.publish("r2", basket(7))
        assert [e["recipient"] for e in await drained(one)] == ["r1"]
        assert [e["revision"] for e in await drained(everybody)] == [1, 7]
        assert feed.listened_to == {"r1", None}

    run(work())


def test_what_is_said_comes_in_order_and_of_baskets_and_partials_the_newest() -> None:
    async def work() -> None:
        feed = LiveFeed()
        listener = feed.listen("r1")
        for event in (partial("to"), partial("to melk"), utterance(1), basket(1), utterance(2)):
            feed.publish("r1", event)
        feed.publish("r1", partial("og"))
        feed.publish("r1", basket(2))
        told = await drained(listener)
        assert [e.get("entry_id") or e.get("text") or e["revision"] for e in told] == [
            1, 2, "og", 2,
        ]  # fmt: skip

    run(work())


def test_a_slow_reader_is_told_to_catch_up_and_holds_no_memory() -> None:
    async def work() -> None:
        feed = LiveFeed()
        listener = feed.listen()
        for number in range(20 * MOST_WAITING):
            feed.publish("r1", utterance(number))
            feed.publish(f"r{number}", partial("ord"))
            assert len(listener._waiting) <= MOST_WAITING + 1
            assert len(listener._newest) <= MOST_WAITING
        feed.publish("r1", basket(3))
        told = await drained(listener)
        assert told[0] == {"recipient": None, "event": "catch_up"}
        assert [each["revision"] for each in told if each["event"] == "basket"] == [3]

    run(work())


def test_it_is_told_from_other_threads_while_it_waits() -> None:
    async def work() -> None:
        feed = LiveFeed()
        async with feed.listen("r1") as listener:
            teller = threading.Timer(0.02, lambda: feed.publish("r1", basket(1)))
            teller.start()
            async for event in listener:
                assert event["revision"] == 1
                break
        assert feed.listened_to == frozenset()
        feed.publish("r1", basket(2))
        assert await listener.next() is None

    run(work())


def test_a_listener_whose_loop_is_gone_is_forgotten() -> None:
    feed = LiveFeed()

    async def work() -> None:
        feed.listen("r1")

    run(work())
    feed.publish("r1", basket(1))
    assert feed.listened_to == frozenset()
