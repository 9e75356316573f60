"""Calls that the exchange has told us about and that have not reached us yet; in memory only."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

#: Seconds within which an announced call must reach us.
LIFETIME = 60.0
#: Announcements that are kept at most, and that may come in a minute.
MOST, MOST_A_MINUTE = 1000, 600


class Announcements:
    """Who calls, by the call's UUID. Safe to use from several threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` gives steady seconds."""
        self._clock = clock
        self._lock = threading.Lock()
        self._entries: OrderedDict[str, tuple[float, str]] = OrderedDict()
        self._recent: list[float] = []

    def add(self, call: str, caller: str) -> bool:
        """A call is about to come; returns False when too many do."""
        now = self._clock()
        with self._lock:
            self._forget(now)
            self._recent = [at for at in self._recent if now - at < 60]
            if len(self._recent) >= MOST_A_MINUTE or len(self._entries) >= MOST:
                return False
            self._recent.append(now)
            self._entries.pop(call, None)
            self._entries[call] = (now, caller)
            return True

    def take(self, call: str) -> str:
        """The number that the call comes from; "" when it is hidden or was not announced."""
        with self._lock:
            self._forget(self._clock())
            return self._entries.pop(call, (0.0, ""))[1]

    def _forget(self, now: float) -> None:
        while self._entries:
            call, (at, _) = next(iter(self._entries.items()))
            if now - at <= LIFETIME:
                break
            del self._entries[call]
