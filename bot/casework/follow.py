"""Staff look on while a person orders: first what there is, then what happens, until they leave."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from bot.calls.desk import NOBODY
from bot.casework.actor import Actor
from bot.casework.desk import CARERS, Desk
from bot.casework.watch import state
from bot.live import LiveFeed
from bot.service import utterance_event
from bot.store.worklist import Area

Event = dict[str, Any]

#: Seconds after which a sign of life comes when nothing happens.
BEAT = 10.0
#: Seconds within which what happens to many people is gathered before it is told.
GATHERED = 0.3
#: Utterances whose numbers are remembered, to tell each only once.
_REMEMBERED = 1000
#: Kinds of events of which only the newest counts: the same again tells nothing.
_STATES = ("basket", "call", "takeover", "order")


class Follow(Desk):
    """Live looks at one person's talk, and at everything in the actor's area."""

    def __init__(self, *common: Any, live: LiveFeed) -> None:
        """`common` is what every `Desk` takes."""
        super().__init__(*common)
        self._live = live

    def may(self, actor: Actor, recipient_id: str) -> None:
        """Put down that the actor follows a person's talk.

        Raises:
            NotAllowed: the person is not theirs.
        """
        self.check(actor, recipient_id)
        self._looks.note(actor, recipient_id, "follow")

    def check(self, actor: Actor, recipient_id: str) -> None:
        """See that the person is (still) the actor's.

        Raises:
            NotAllowed: they are not.
        """
        with self._store.transaction(read_only=True) as uow:
            self._theirs(uow, actor, recipient_id)

    async def one(
        self, actor: Actor, recipient_id: str, after: int = 0, beat: float = BEAT
    ) -> AsyncIterator[Event | None]:
        """A person's talk: what was said since utterance `after`, basket, call and take-over as
        they are, and from then on what happens (`bot.live`). None is a sign of life.

        Raises:
            NotAllowed: the person is not theirs, or is not any more.
        """
        told = _Told(after)
        async with self._live.listen(recipient_id) as events:
            await asyncio.to_thread(self.may, actor, recipient_id)
            for event in await asyncio.to_thread(self._snapshot, actor, recipient_id, after):
                if told.is_new(event):
                    yield event
            while True:
                live = await events.next(beat)
                if live is None:
                    yield None
                elif live["event"] == "catch_up":
                    again = await asyncio.to_thread(
                        self._snapshot, actor, recipient_id, told.newest
                    )
                    for event in again:
                        if told.is_new(event):
                            yield event
                else:
                    event = {name: live[name] for name in live if name != "recipient"}
                    if told.is_new(event):
                        yield event

    async def all(self, actor: Actor, beat: float = BEAT) -> AsyncIterator[Event | None]:
        """That something has changed about a person of the actor's area: `changed` {"recipient"},
        and no word of what. None is a sign of life.

        Raises:
            NotAllowed: the actor may not see anybody's basket.
        """
        actor.require(*CARERS)
        theirs = await asyncio.to_thread(self._theirs_all, actor)
        async with self._live.listen() as events:
            while True:
                event = await events.next(beat)
                if event is None:
                    theirs = await asyncio.to_thread(self._theirs_all, actor)
                    yield None
                    continue
                changed = {event["recipient"]} if event["event"] != "partial" else set()
                await asyncio.sleep(GATHERED)
                while (event := await events.next(0.001)) is not None:
                    changed |= {event["recipient"]} if event["event"] != "partial" else set()
                if changed - theirs - {None}:
                    theirs = await asyncio.to_thread(self._theirs_all, actor)
                if None in changed:  # more than could be told
                    yield {"event": "changed", "recipient": None}
                for recipient_id in sorted(changed & theirs - {None}):
                    yield {"event": "changed", "recipient": recipient_id}

    def _snapshot(self, actor: Actor, recipient_id: str, after: int) -> list[Event]:
        with self._store.transaction(read_only=True) as uow:
            self._theirs(uow, actor, recipient_id)
            said = uow.utterances(recipient_id, after)
            return [*(utterance_event(each) for each in said), *state(uow, recipient_id)]

    def _theirs_all(self, actor: Actor) -> set[str]:
        with self._store.transaction(read_only=True) as uow:
            people = uow.people_in(Area(actor.municipality, actor.districts))
        return {*(person.recipient_id for person in people), NOBODY}


class _Told:
    """What somebody who follows has been told already."""

    def __init__(self, after: int) -> None:
        self.newest = after
        self._utterances: dict[int, None] = {}
        self._states: dict[str, Event] = {}

    def is_new(self, event: Event) -> bool:
        """Whether an event tells something; it counts as told from now on."""
        kind = event["event"]
        if kind in _STATES:
            same = self._states.get(kind) == event
            self._states[kind] = event
            return not same
        number = event.get("entry_id")
        if kind != "utterance" or number is None:
            return True
        if number in self._utterances:
            return False
        self._utterances[number] = None
        if len(self._utterances) > _REMEMBERED:
            del self._utterances[next(iter(self._utterances))]
        self.newest = max(self.newest, number)
        return True
