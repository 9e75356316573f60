"""What happens in people's talks, to those who look on right now: in this process, in memory.

The store has the truth; this only tells of it at once. Whoever looks on slowly loses partial words
and, when very much happens, is told to catch up from the store; a basket always comes, the newest.
"""

from __future__ import annotations

import asyncio
import threading
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from typing import Any

LiveEvent = dict[str, Any]
"""An event with its kind in "event" and whom it is about in "recipient". The kinds:

- `partial` {"text"}: words while they are being spoken; each one stands for those before it;
- `utterance` {"entry_id", "speaker", "text", "at"}: something was said. `entry_id` is None when the
  store does not keep it; "at" is ISO 8601; "speaker" is "recipient", "kurv" or "staff:<id>";
- `question` {"options"}, `order` {…} and `basket` {…}: as in the command-line contract;
- `call` {"state": "begun" | "ended", "call_id"}: the person is on the telephone, or no more;
- `takeover` {"mode": "beside" | "instead" | "transfer" | None, "staff", "name"}: staff are in the
  call, or no more;
- `catch_up` {}: too much happened meanwhile; read the store ("recipient" may be None here).

The same may be told twice: what counts is the state that it tells, and an utterance's number.
"""

#: Events of one listener that wait at most, before it is told to catch up.
MOST_WAITING = 256
#: Of these only the newest of each recipient counts.
_NEWEST = ("basket", "partial")


class LiveFeed:
    """Hands events to whoever listens. Publish from any thread; listen in any event loop."""

    def __init__(self) -> None:
        """Nobody listens yet."""
        self._lock = threading.Lock()
        self._listeners: set[Listener] = set()

    def publish(self, recipient_id: str, event: LiveEvent) -> None:
        """Tell those who listen; returns at once and never fails for a listener's sake."""
        told = {"recipient": recipient_id, **event}
        with self._lock:
            listeners = [each for each in self._listeners if each.hears(recipient_id)]
        for each in listeners:
            each.put(told)

    def listen(self, recipient_id: str | None = None) -> Listener:
        """Events about one recipient, or about all (None), from this call on.

        Call it in the event loop that will read, `async with` it or `close` it at the end.
        """
        listener = Listener(self, recipient_id)
        with self._lock:
            self._listeners.add(listener)
        return listener

    @property
    def listened_to(self) -> frozenset[str | None]:
        """Whom somebody listens for now; None is in it when somebody listens for all."""
        with self._lock:
            return frozenset(each.recipient_id for each in self._listeners)

    def _forget(self, listener: Listener) -> None:
        with self._lock:
            self._listeners.discard(listener)


class Listener:
    """One who looks on: an async iterator of events that ends when it is closed."""

    def __init__(self, feed: LiveFeed, recipient_id: str | None) -> None:
        self.recipient_id = recipient_id
        self._feed = feed
        self._loop = asyncio.get_running_loop()
        self._lock = threading.Lock()
        self._there = asyncio.Event()
        self._waiting: deque[LiveEvent] = deque()
        self._newest: OrderedDict[tuple[str, str], LiveEvent] = OrderedDict()
        self._closed = False

    def hears(self, recipient_id: str) -> bool:
        """Whether events about this recipient are for it."""
        return self.recipient_id in (None, recipient_id)

    def put(self, event: LiveEvent) -> None:
        """An event for it, from any thread."""
        with self._lock:
            if self._closed:
                return
            kind, about = event["event"], event["recipient"]
            if kind in _NEWEST:
                self._newest.pop((about, kind), None)
                self._newest[about, kind] = event
                if len(self._newest) > MOST_WAITING:
                    self._make_room()
            else:
                # What was being said has been said, or is about to be.
                self._newest.pop((about, "partial"), None)
                self._waiting.append(event)
                if len(self._waiting) > MOST_WAITING:
                    self._overflow()
        try:
            self._loop.call_soon_threadsafe(self._there.set)
        except RuntimeError:  # its loop is gone, and it with it
            self.close()

    def _make_room(self) -> None:
        """The oldest partial words go first, and never a basket alone."""
        partial = next((each for each in self._newest if each[1] == "partial"), None)
        if partial is None:
            self._overflow()
        else:
            del self._newest[partial]

    def _overflow(self) -> None:
        """Only that there was more is remembered; what must come is in the store."""
        self._waiting.clear()
        self._newest.clear()
        self._waiting.append({"recipient": self.recipient_id, "event": "catch_up"})

    def close(self) -> None:
        """Listen no more; harmless the second time."""
        with self._lock:
            self._closed = True
            self._waiting.clear()
            self._newest.clear()
        self._feed._forget(self)
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._there.set)

    async def next(self, timeout: float | None = None) -> LiveEvent | None:
        """The next event; None after `timeout` seconds without any, or when it is closed."""
        while not self._closed:
            event = self._take()
            if event is not None:
                return event
            try:
                await asyncio.wait_for(self._there.wait(), timeout)
            except asyncio.TimeoutError:
                return None
        return None

    def _take(self) -> LiveEvent | None:
        with self._lock:
            if self._waiting:
                return self._waiting.popleft()
            if self._newest:
                return self._newest.popitem(last=False)[1]
            self._there.clear()
            return None

    async def __aenter__(self) -> Listener:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    def __aiter__(self) -> AsyncIterator[LiveEvent]:
        return self

    async def __anext__(self) -> LiveEvent:
        event = await self.next()
        if event is None:
            raise StopAsyncIteration
        return event
