"""Ringing people at agreed times: who is due, once at a time, three times at most, never at night.

Everything that must not happen twice is put down in the store before it happens; a process that
dies in between has at worst rung once, and the attempt is counted.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import structlog

from bot.calls.calendar import may_ring
from bot.calls.desk import LONGEST_CALL, RETRY
from bot.calls.dialler import Dialler
from bot.errors import KurvError
from bot.grocers.local_time import OSLO
from bot.store import Store, UnitOfWork
from bot.store.rings import Ring, Schedule

log = structlog.get_logger(__name__)

ATTEMPTS = 3
#: A ring that could not even begin within this time of what was agreed (we were not running) is
#: left to staff.
TOO_LATE = timedelta(hours=1)
#: How long one attempt may take before somebody else may ring: dialling, and the call reaching us.
LEASE = timedelta(minutes=3)
#: How long we wait for somebody who is on the telephone with us already.
ENGAGED = timedelta(minutes=10)


class RingScheduler:
    """Rings whoever is due. Any number of threads and processes may do so at the same time."""

    def __init__(
        self, store: Store, dialler: Dialler, clock: Callable[[], datetime] | None = None
    ) -> None:
        """`clock` gives the moment it is now, with its zone; by default the store's."""
        self._store = store
        self._dialler = dialler
        self._clock = clock or store.clock

    def run_once(self) -> bool:
        """Ring one person who is due; returns whether there was somebody.

        Raises:
            StoreError: the database failed; nobody was rung who is not put down as rung.
        """
        self.plan()
        call_id = str(uuid4())
        now = self._clock()
        with self._store.transaction() as uow:
            ring = uow.lease_ring(call_id, now + LEASE, now + RETRY)
            if ring is None:
                return False
            if not self._goes(uow, ring):
                return True
        try:
            outcome = self._dialler.dial(call_id, ring.phone)
        except KurvError as error:
            log.warning("ring_failed", call=call_id, code=error.code)
            outcome = "failed"
        if outcome not in ("answered", "placed"):
            self._not_reached(ring, call_id)
        return True

    def plan(self) -> None:
        """Put down the rings of today whose time has come."""
        now = self._clock()
        local = now.astimezone(OSLO)
        day = local.date().isoformat()
        with self._store.transaction(read_only=True) as uow:
            due = [each for each in uow.schedules() if self._is_due(each, local)]
            if not due or {each.schedule_id for each in due} <= uow.planned(day):
                return
        with self._store.transaction() as uow:
            for each in due:
                uow.plan_ring(each.schedule_id, day, agreed_at(each, local))

    def _is_due(self, schedule: Schedule, local: datetime) -> bool:
        if schedule.weekday != local.weekday():
            return False
        agreed = agreed_at(schedule, local)
        return schedule.created_at <= agreed <= local

    def _goes(self, uow: UnitOfWork, ring: Ring) -> bool:
        """Whether the person may be rung now; otherwise what becomes of the ring is put down."""
        now = self._clock()
        local = now.astimezone(OSLO)
        first = ring.attempts == 1
        late = now - ring.agreed_at > TOO_LATE if first else ring.attempts > ATTEMPTS
        another_day = local.date() != ring.agreed_at.astimezone(OSLO).date()
        if first and not may_ring(local, ring.holidays) and not late and not another_day:
            uow.close_ring(ring.ring_id, "given_up")  # a holiday: that is as it was agreed
            return False
        if late or another_day or not may_ring(local, ring.holidays):
            self._give_up(uow, ring)
            return False
        if uow.is_calling(ring.recipient_id, now - LONGEST_CALL):
            uow.put_off_ring(ring.ring_id, now + ENGAGED, count=False)
            return False
        return True

    def _not_reached(self, ring: Ring, call_id: str) -> None:
        with self._store.transaction() as uow:
            still = uow.ring_of_call(call_id)
            if still is None:
                return
            if ring.attempts >= ATTEMPTS:
                self._give_up(uow, ring)
            else:
                uow.put_off_ring(ring.ring_id, self._clock() + RETRY)

    def _give_up(self, uow: UnitOfWork, ring: Ring) -> None:
        uow.close_ring(ring.ring_id, "given_up")
        uow.add_task(ring.recipient_id, "not_reached", str(ring.ring_id))


def agreed_at(schedule: Schedule, local: datetime) -> datetime:
    """The agreed time on the day of `local`."""
    hour, minute = divmod(schedule.minute, 60)
    return local.replace(hour=hour, minute=minute, second=0, microsecond=0, fold=0)


def start(scheduler: RingScheduler, interval: float = 15.0, at_once: int = 3) -> Callable[[], None]:
    """Ring in threads of their own, `at_once` people at the same time.

    Returns:
        A function that stops it; a ring that is being placed is finished first.
    """
    stop = threading.Event()

    def run() -> None:
        while not stop.is_set():
            try:
                rang = scheduler.run_once()
            except Exception as error:  # the database may come back; people must still be rung
                log.error("ringing_broke", kind=type(error).__name__)
                rang = False
            if not rang:
                stop.wait(interval)

    threads = [
        threading.Thread(target=run, name=f"ringing-{number}", daemon=True)
        for number in range(at_once)
    ]
    for thread in threads:
        thread.start()

    def stopped() -> None:
        stop.set()
        for thread in threads:
            thread.join(timeout=5)

    return stopped
