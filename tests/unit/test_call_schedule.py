"""Tier: unit. Agreed rings: never at night, never twice, three attempts, then staff."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.calls.calendar import EARLIEST, LATEST, easter, is_holiday, may_ring
from bot.calls.desk import Desk
from bot.calls.dialler import CallFileDialler, DiallerError
from bot.calls.pins import hashed
from bot.calls.schedule import RingScheduler
from bot.grocers.local_time import OSLO
from bot.store import Store
from bot.store.callers import Caller

PHONE = "+4722334455"


class Clock:
    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


class Exchange:
    """Rings nobody; remembers when it was asked to, and how that ended."""

    def __init__(self, clock: Clock, outcome: str = "no_answer") -> None:
        self._clock, self.outcome = clock, outcome
        self.rung: list[tuple[datetime, str, str]] = []

    def dial(self, call_id: str, number: str) -> str:
        self.rung.append((self._clock.now, call_id, number))
        if self.outcome == "broken":
            raise DiallerError("…")
        return self.outcome


@contextmanager
def office(start: datetime, outcome: str = "no_answer") -> Iterator[tuple[Clock, Store, Exchange]]:
    clock = Clock(start)
    store = Store("sqlite://", clock)
    store.migrate()
    try:
        yield clock, store, Exchange(clock, outcome)
    finally:
        store.close()


def agree(store: Store, when: datetime, holidays: bool = False, who: str = "r1") -> int:
    with store.transaction() as uow:
        minute = when.hour * 60 + when.minute
        return uow.add_schedule(who, PHONE, when.weekday(), minute, holidays).schedule_id


def pass_time(clock: Clock, ringing: RingScheduler, hours: float, step: int = 5) -> None:
    for _ in range(round(hours * 60 / step)):
        while ringing.run_once():
            pass
        clock.now += timedelta(minutes=step)


def open_tasks(store: Store) -> list[tuple[str, str]]:
    with store.transaction() as uow:
        return [(task.recipient_id, task.kind) for task in uow.tasks()]


TUESDAY = datetime(2026, 11, 24, 10, 30, tzinfo=OSLO)


def test_three_rings_with_fifteen_minutes_between_then_staff() -> None:
    with office(TUESDAY - timedelta(hours=2)) as (clock, store, exchange):
        agree(store, TUESDAY)
        pass_time(clock, RingScheduler(store, exchange), 24)
        times = [at for at, _, _ in exchange.rung]
        assert times == [TUESDAY + timedelta(minutes=15 * n) for n in range(3)]
        assert len({call for _, call, _ in exchange.rung}) == 3
        assert open_tasks(store) == [("r1", "not_reached")]


@pytest.mark.parametrize("outcome", ["placed", "broken"])
def test_an_exchange_that_does_not_tell_or_fails_is_asked_three_times_too(outcome: str) -> None:
    with office(TUESDAY - timedelta(hours=2), outcome) as (clock, store, exchange):
        agree(store, TUESDAY)
        pass_time(clock, RingScheduler(store, exchange), 24)
        assert len(exchange.rung) == 3
        assert open_tasks(store) == [("r1", "not_reached")]


def test_whoever_answers_and_gives_the_pin_is_not_rung_again() -> None:
    with office(TUESDAY - timedelta(hours=2), "answered") as (clock, store, exchange):
        with store.transaction() as uow:
            uow.save_caller(Caller(PHONE, "r1", hashed("2468"), 4))
            uow.save_caller(Caller(PHONE, "r2", hashed("1357"), 4))
        agree(store, TUESDAY)
        ringing, desk = RingScheduler(store, exchange), Desk(store)
        pass_time(clock, ringing, 2.1)
        call = exchange.rung[0][1]
        opening = desk.open(call, PHONE)
        assert opening.ring is not None
        # The ring is for r1: another member of the household is not let in by it.
        assert desk.check(call, opening, "1357").recipient_id is None
        assert desk.check(call, opening, "2468").recipient_id == "r1"
        desk.close(call, opening, "ordered")
        pass_time(clock, ringing, 20)
        assert len(exchange.rung) == 1
        assert open_tasks(store) == []


def test_an_answering_machine_is_rung_again() -> None:
    with office(TUESDAY - timedelta(hours=2), "answered") as (clock, store, exchange):
        with store.transaction() as uow:
            uow.save_caller(Caller(PHONE, "r1", hashed("2468"), 4))
        agree(store, TUESDAY)
        ringing, desk = RingScheduler(store, exchange), Desk(store)
        while len(exchange.rung) < 1:
            pass_time(clock, ringing, 0.1)
        opening = desk.open(exchange.rung[0][1], PHONE)
        pass_time(clock, ringing, 0.5)
        assert len(exchange.rung) == 1  # the call lasts
        desk.close(exchange.rung[0][1], opening, "not_identified")
        pass_time(clock, ringing, 0.3)
        assert len(exchange.rung) == 2


def test_whoever_is_on_the_telephone_is_rung_afterwards() -> None:
    with office(TUESDAY - timedelta(minutes=5)) as (clock, store, exchange):
        agree(store, TUESDAY)
        with store.transaction() as uow:
            uow.begin_call("c1", "in")
            uow.identify_call("c1", "r1")
        ringing = RingScheduler(store, exchange)
        pass_time(clock, ringing, 0.75)
        assert exchange.rung == []
        with store.transaction() as uow:
            uow.end_call("c1", "ordered")
        pass_time(clock, ringing, 24)
        assert len(exchange.rung) == 3


moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(
    lambda naive: naive.replace(second=0, microsecond=0, tzinfo=OSLO)
)


@settings(max_examples=40, deadline=None)
@given(
    moments,
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 1439), st.booleans()), max_size=4),
    st.sampled_from(["no_answer", "placed", "busy", "broken"]),
    st.lists(st.integers(1, 200), min_size=10, max_size=60),
)
def test_never_at_night_never_on_holidays_never_too_often(
    begin: datetime, agreed: list[tuple[int, int, bool]], outcome: str, steps: list[int]
) -> None:
    """However the clock jumps: two services, waking at any time."""
    with office(begin, outcome) as (clock, store, exchange):
        with store.transaction() as uow:
            for weekday, minute, holidays in agreed:
                uow.add_schedule("r1", PHONE, weekday, minute, holidays)
        services = [RingScheduler(store, exchange), RingScheduler(store, exchange)]
        for number, minutes in enumerate(steps):
            while services[number % 2].run_once():
                pass
            clock.now += timedelta(minutes=minutes)
    by_day: dict[date, int] = {}
    for at, _, _ in exchange.rung:
        local = at.astimezone(OSLO)
        assert EARLIEST <= local.time() < LATEST
        assert any(holidays for _, _, holidays in agreed) or not is_holiday(local.date())
        by_day[local.date()] = by_day.get(local.date(), 0) + 1
    today = [sum(weekday == day.weekday() for weekday, _, _ in agreed) for day in by_day]
    assert all(n <= 3 * most for n, most in zip(by_day.values(), today, strict=True))
    times = [at for at, _, _ in exchange.rung]
    # One at a time: two attempts of one time are a quarter of an hour apart.
    assert len(times) <= 3 * len(agreed) * (1 + sum(steps) // 1440 // 7 + 1)


@given(st.integers(1900, 2199))
def test_easter_is_a_sunday_between_its_bounds(year: int) -> None:
    day = easter(year)
    assert day.weekday() == 6
    assert date(year, 3, 22) <= day <= date(year, 4, 25)


def test_the_holidays_of_a_year() -> None:
    year = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    weekdays = [day for day in year if is_holiday(day) and day.weekday() != 6]
    assert [f"{day:%d.%m}" for day in weekdays] == [
        "01.01", "02.04", "03.04", "06.04", "01.05", "14.05", "25.05", "25.12", "26.12",
    ]  # fmt: skip
    assert may_ring(datetime(2026, 11, 29, 12, tzinfo=OSLO), holidays=True)
    assert not may_ring(datetime(2026, 11, 29, 12, tzinfo=OSLO), holidays=False)


def test_a_call_file_is_whole_and_has_the_call(tmp_path: object) -> None:
    from pathlib import Path

    spool = Path(str(tmp_path)) / "outgoing"
    spool.mkdir()
    dialler = CallFileDialler(spool, "PJSIP/{number}@provider", "kurv-out")
    assert dialler.dial("c-1", PHONE) == "placed"
    (file,) = spool.iterdir()
    text = file.read_text()
    assert file.name == "c-1.call"
    assert f"Channel: PJSIP/{PHONE}@provider\n" in text and "Setvar: KURV_CALL=c-1\n" in text
    with pytest.raises(DiallerError):
        CallFileDialler(spool / "none", "{number}", "x").dial("c-2", PHONE)
