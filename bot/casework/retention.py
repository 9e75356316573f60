"""Removes what has been kept long enough; run daily by `kurv serve`, or by hand.

Words go when an order is closed; here only what was left open goes. Orders are kept as long as the
municipality says, after that their amounts, without a person and without goods. The access log has
a time of its own.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog

from bot.casework.messages import MessageFolder
from bot.casework.staffing import COMMAND_LINE, Staffing
from bot.errors import KurvError
from bot.store import Store
from bot.store.staff_book import Municipality

log = structlog.get_logger(__name__)

#: A basket that nobody has touched for so long keeps no words, and a talk without an open basket
#: is remembered so long: "er bestillingen sendt?" can still be answered.
ABANDONED, SETTLED = timedelta(days=7), timedelta(days=1)
#: For people who were not assigned to a municipality yet.
DEFAULT = Municipality("", "")
DAY = timedelta(days=1).total_seconds()


@dataclass(frozen=True, slots=True)
class Removed:
    """How much was removed."""

    utterances: int
    orders: int
    other: int
    log_entries: int


class Retention:
    """The daily clearing up."""

    def __init__(self, store: Store, staffing: Staffing, messages: MessageFolder) -> None:
        self._store = store
        self._staffing = staffing
        self._messages = messages

    def run(self, actor: str = COMMAND_LINE) -> Removed:
        """Remove what is over; doing it again removes nothing more.

        Raises:
            StoreError: the access log is broken; then it is not pruned, the rest is done.
        """
        now = self._store.clock()
        with self._store.transaction() as uow:
            utterances = uow.drop_words(now - ABANDONED, now - SETTLED)
        orders = other = 0
        with self._store.transaction(read_only=True) as uow:
            everywhere = [*uow.municipalities(), DEFAULT]
        for each in everywhere:
            before = now - timedelta(days=each.keep_orders_days)
            with self._store.transaction() as uow:
                orders += uow.keep_amounts(
                    uow.orders_over(each.municipality, before), each.municipality
                )
                other += sum(uow.drop_old(each.municipality, before).values())
        with self._store.transaction() as uow:
            other += uow.drop_nobodys(now - timedelta(days=DEFAULT.keep_orders_days))
        other += self._staffing.forget_signing_in() + self._messages.forget()
        return Removed(utterances, orders, other, self._prune(everywhere, actor))

    def _prune(self, everywhere: list[Municipality], actor: str) -> int:
        now = self._store.clock()
        days = {each.municipality: each.keep_log_days for each in everywhere}
        longest = max(days.values())
        with self._store.transaction() as uow:
            whose = uow.municipality_of()
            whose.update({f"staff:{each.staff_id}": each.municipality for each in uow.staff()})

            def over(recipient_id: str, at: object) -> bool:
                kept = days.get(whose.get(recipient_id, "?"), longest)
                return bool(now - at > timedelta(days=kept))  # type: ignore[operator]

            removed = uow.prune_access(over, now - timedelta(days=min(days.values())))
            if removed:
                uow.log_access(actor, "", "log_pruned", str(removed))
                uow.drop_erased()
        return removed


def daily(retention: Retention, every: float = DAY) -> Callable[[], None]:
    """Run now and then every day in a thread; returns what stops it."""
    stop = threading.Event()

    def run() -> None:
        while True:
            try:
                removed = retention.run("kurv")
                log.info("retention", kind=f"{removed.orders} orders")
            except KurvError as error:
                log.error("retention_failed", code=error.code)
            except Exception as error:  # tomorrow is another day; its text may name somebody
                log.error("retention_failed", kind=type(error).__name__)
            if stop.wait(every):
                return

    thread = threading.Thread(target=run, name="retention", daemon=True)
    thread.start()

    def stopped() -> None:
        stop.set()
        thread.join(10)

    return stopped
