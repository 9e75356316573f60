"""Sees every change about the people whom somebody follows, and tells the live feed of it.

What this process changes is seen at its commit; what others change, within a second. One watcher
serves everybody who follows.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import structlog

from bot.casework.accounts import IDLE
from bot.errors import StoreError
from bot.live import LiveFeed
from bot.ordering.conversation import stage
from bot.ordering.talk import Talk
from bot.service import basket_event, order_event, utterance_event
from bot.store import Store, UnitOfWork
from bot.store.takeovers import TakeOver

log = structlog.get_logger(__name__)

#: Seconds between two looks for what other processes have changed.
INTERVAL = 1.0
#: A call that began earlier has ended, whatever the store says.
LONGEST_CALL = timedelta(hours=2)
#: Seconds between two looks, however much happens here: at some people, and at everybody.
LEAST_PAUSE, LEAST_PAUSE_FOR_ALL = 0.03, 0.3
#: Utterances that are told at once: of somebody at whom was not looked before (whoever follows has
#: just read the others), and of others.
FIRST_TOLD, MOST_TOLD = 50, 500

Event = dict[str, Any]


class Watcher:
    """Looks into the store while somebody follows; a thread of its own."""

    def __init__(self, store: Store, live: LiveFeed, interval: float = INTERVAL) -> None:
        """`interval`: seconds between two looks; nothing runs before `start`."""
        self._store, self._live, self._interval = store, live, interval
        self._poke = threading.Event()
        self._stop = False
        self._known: dict[str, object] = {}
        self._heard: dict[str, int] = {}
        self._all = False

    def start(self) -> Callable[[], None]:
        """Begin to look; returns what ends it."""
        before = self._store.changed

        def changed(recipient_ids: frozenset[str]) -> None:
            before(recipient_ids)
            self._poke.set()

        self._store.changed = changed
        thread = threading.Thread(target=self._run, name="watcher", daemon=True)
        thread.start()

        def stopped() -> None:
            self._stop = True
            self._store.changed = before
            self._poke.set()
            thread.join()

        return stopped

    def _run(self) -> None:
        while not self._stop:
            self._poke.wait(self._interval)
            self._poke.clear()
            if not self._stop and self._live.listened_to:
                try:
                    self.look()
                except StoreError as error:
                    log.warning("watcher_blind", code=error.code)
                time.sleep(LEAST_PAUSE_FOR_ALL if self._all else LEAST_PAUSE)

    def look(self) -> None:
        """Look once: end take-overs that nobody is in any more, and tell what has changed."""
        self._end_lost()
        followed = self._live.listened_to
        every = None in followed
        ids = None if every else sorted(each for each in followed if each is not None)
        with self._store.transaction(read_only=True) as uow:
            marks = uow.marks(ids)
            # Who begins to follow everybody has just read how it stands.
            seen = self._known if every and not self._all else {*marks, *self._known}
            changed = [each for each in seen if marks.get(each) != self._known.get(each)]
            told = {each: self._state(uow, each) for each in changed}
        self._known, self._all = dict(marks), every
        self._heard = {each: newest for each, newest in self._heard.items() if each in marks}
        for recipient_id, events in told.items():
            for event in events:
                self._live.publish(recipient_id, event)

    def _end_lost(self) -> None:
        with self._store.transaction(read_only=True) as uow:
            lost = uow.lost_takeovers(IDLE, LONGEST_CALL) if uow.takeovers() else []
        if lost:
            with self._store.transaction() as uow:
                for recipient_id in lost:
                    uow.end_takeover(recipient_id)

    def _state(self, uow: UnitOfWork, recipient_id: str) -> list[Event]:
        """How it stands with a person now: whoever has seen it already passes it over."""
        heard = self._heard.get(recipient_id)
        limit = FIRST_TOLD if heard is None else MOST_TOLD
        said = uow.utterances(recipient_id, heard or 0, limit)
        if said:
            self._heard[recipient_id] = said[-1].entry_id
        return [*(utterance_event(each) for each in said), *state(uow, recipient_id)]


def state(uow: UnitOfWork, recipient_id: str) -> list[Event]:
    """A person's basket, call and take-over as they are now, as events of the live feed."""
    order = uow.draft(recipient_id)
    latest = uow.latest_order(recipient_id)
    talk = Talk.from_dict(uow.talk(recipient_id))
    call = uow.running_call(recipient_id, uow.now() - LONGEST_CALL)
    return [
        *([order_event(latest)] if latest is not None else []),
        basket_event(order, stage(order, talk)),
        {"event": "call", "state": "begun" if call else "ended", "call_id": call},
        takeover_event(uow.takeover(recipient_id)),
    ]


def takeover_event(found: TakeOver | None) -> Event:
    """Who of staff is in the person's call, as those who follow get it."""
    if found is None:
        return {"event": "takeover", "mode": None, "staff": None, "name": None}
    return {
        "event": "takeover",
        "mode": found.mode,
        "staff": found.staff_id,
        "name": found.name,
    }
