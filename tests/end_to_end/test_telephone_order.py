"""Tier: end_to_end. People call, order by voice and keys, and hear the answers: from the caller's
telephone (baresip, sipp) through the SIP program and `kurv serve` to an order at the grocer's.

The calls are made at the same time; each test waits for its own.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from pathlib import Path

import pytest

from audio.rehearsal import make_utterances
from audio.synthesizer import Voice
from bot.calls import wording as said
from bot.calls.calendar import may_ring
from bot.calls.dialler import HttpDialler
from bot.calls.schedule import RingScheduler
from bot.grocers.local_time import OSLO
from bot.ordering import wording
from bot.ordering.order import Order, Status
from bot.store.callers import Call
from tests.benchmarks.telephone_callers import Talker
from tests.end_to_end.at_once import Script, all_at_once, wanted
from tests.end_to_end.audiosocket_peer import HANGUP
from tests.end_to_end.callers import (
    TELEPHONE_RATE,
    TRIES,
    BaresipCaller,
    SippCaller,
    SipProgram,
    TalkingCaller,
    comes_true,
    missing,
    raw_sound,
    wait_until,
)
from tests.end_to_end.hearing import Listener, Memory, read_backs, summaries
from tests.end_to_end.network import LossyNetworkProcess
from tests.end_to_end.telephone_service import PIN, TOKEN, KurvService

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())

UTTERANCES = {"cheese": "Jeg vil ha to norvegia.", "done": "Det var alt.", "yes": "Ja."}
SENT = (Status.CONFIRMED, Status.SUBMITTED, Status.ACKNOWLEDGED)
ASKED = f"{said.HELLO} {said.PIN}"
AT_HOME = "+4799887755"
#: Where a call is hung up.
STAGES = ("at once", "when greeted", "when known", "while ordering", "with a basket", "while read")
AT_ONCE, GREETED, IDENTIFIED, ORDERING, ORDERED, IN_THE_READ_BACK = range(len(STAGES))


@dataclass
class World:
    """The telephone network of these tests, and what may be said in it."""

    service: KurvService
    sip: SipProgram
    staff: BaresipCaller
    at_home: TalkingCaller
    listener: Listener
    spoken: dict[str, Path]
    folder: Path

    def __post_init__(self) -> None:
        self.callers: list[TalkingCaller] = []
        self._count = itertools.count(10)
        self._numbers: dict[str, str] = {}

    def caller(self, recipient: str, codec: str = "PCMA") -> TalkingCaller:
        """Somebody who may order, with a telephone of their own; the same number each time."""
        count = next(self._count)
        number = self._numbers.setdefault(recipient, f"+47998877{count}")
        self.service.add_caller(recipient, number)
        caller = TalkingCaller(self.folder / f"telephone-{count}", codec=codec, number=number)
        self.callers.append(caller)
        return caller

    def order(self, recipient: str) -> Order:
        """The only order that somebody has."""
        (order,) = self.service.orders(recipient)
        return order

    def lines(self, recipient: str) -> int:
        """How many lines are in somebody's baskets."""
        return sum(len(order.basket.lines) for order in self.service.orders(recipient))

    def calls(self, recipient: str) -> list[Call]:
        """Somebody's calls that have ended, the newest first."""
        with self.service.store.transaction(read_only=True) as uow:
            calls = uow.calls(limit=1000)
        return [call for call in calls if call.recipient_id == recipient and call.ended_at]

    def is_known(self, recipient: str) -> bool:
        """Whether somebody is in a call and has been identified."""
        with self.service.store.transaction(read_only=True) as uow:
            return any(call.recipient_id == recipient for call in uow.calls(running=True))

    def memory(self) -> Memory:
        """For what is heard in one call."""
        return Memory(self.listener, TELEPHONE_RATE)


def orders_by_voice(world: World, recipient: str, caller: TalkingCaller, misheard: int = 0) -> None:
    """The caller, who has called, orders and hears that it was sent."""
    memory = world.memory()
    memory.keep(caller.turn(), ASKED, said.BUSY, said.CLOSING)
    for _ in range(TRIES):  # a bad line loses keys, too
        caller.press(PIN)
        caller.turn()
        if world.is_known(recipient):
            break
    caller.says(world.spoken["cheese"], until=lambda: world.lines(recipient))
    read_back = caller.says(
        world.spoken["done"], until=lambda: world.order(recipient).status is Status.READ_BACK
    )
    read = read_backs(world.order(recipient).basket)
    memory.keep(read_back, *read)
    goodbye = caller.says(world.spoken["yes"], until=lambda: world.order(recipient).status in SENT)
    order = world.order(recipient)
    arrives = wording.delivery(*order.arrives) if order.arrives else None
    sent = f"{wording.sent(arrives, order.grocer_total)} {said.GOODBYE}"
    memory.keep(goodbye, sent, wording.GROCER_SLOW, wording.CANCELLED, *read)
    wait_until(lambda: caller.ended, 30, "the hang-up after a goodbye")
    caller.hang_up()
    assert order.status is Status.ACKNOWLEDGED
    assert [line.quantity for line in order.basket.lines] == [2]
    assert "norvegia" in order.basket.lines[0].name.lower()
    memory.check(misheard)


def an_order_by_voice(world: World, codec: str = "PCMA", bad_network: bool = False) -> None:
    """Through a bad network 5 % of the sound is lost and each packet up to 60 ms later."""
    recipient = f"voice-{codec}-{bad_network}"
    caller = world.caller(recipient, codec)
    if not bad_network:
        caller.call(world.sip.address, seconds=300)
        orders_by_voice(world, recipient, caller)
        return
    with LossyNetworkProcess(caller.port, world.sip.port, loss=0.05, jitter=0.060) as network:
        caller.tones_are_lost = True
        caller.call(f"sip:kurv@127.0.0.1:{network.port}", seconds=300)
        orders_by_voice(world, recipient, caller, misheard=1)
    assert network.lost > 10


def an_order_from_sipp_that_keys_confirm(world: World) -> None:
    """sipp hears nothing: it speaks and presses by the clock, and does so again."""
    folder = world.folder / "sipp"
    folder.mkdir()
    raw = raw_sound(world.spoken["cheese"], folder / "cheese", "PCMU")

    def step(action: str, then: int) -> str:
        return f'<nop><action><exec {action}/></action></nop><pause milliseconds="{then}"/>'

    number = "+4799887744"
    world.service.add_caller("sipp", number)
    steps = (
        '<pause milliseconds="6000"/>',
        step(f'play_dtmf="{PIN}"', 7000),
        step(f'rtp_stream="{raw},1,0,PCMU/8000"', 10000),
        step('play_dtmf="#"', 12000),
        *[step('play_dtmf="1"', 9000)] * 5,  # a yes before the end of the read-back does not count
    )
    caller = SippCaller(folder, "".join(steps), "PCMU", number=number).call(world.sip.port)
    caller.wait(180)  # Kurv may hang up first, which is no part of sipp's script
    assert world.order("sipp").status is Status.ACKNOWLEDGED


def nought_is_a_person_who_takes_the_call(world: World) -> None:
    caller = world.caller("person").call(world.sip.address)
    caller.turn()
    caller.press(PIN)
    caller.turn()
    caller.press("0")
    wait_until(lambda: world.staff.established, 60, "staff with the caller")
    caller.hang_up()


def at_the_agreed_time_a_person_is_rung(world: World) -> None:
    """The clock alone is not the real one: these tests may run at night."""
    morning = datetime.combine(datetime.now(OSLO).date(), time(10, 30), OSLO)
    agreed = next(day for days in range(2, 20) if may_ring(day := morning + timedelta(days), False))
    now = agreed - timedelta(hours=1)
    store = world.service.open_store(lambda: now)
    world.service.add_caller("rung", AT_HOME)
    with store.transaction() as uow:
        uow.add_schedule("rung", AT_HOME, agreed.weekday(), 10 * 60 + 30, False)
    dialler = HttpDialler(f"http://127.0.0.1:{world.sip.control}", TOKEN)
    scheduler = RingScheduler(store, dialler, lambda: now)
    assert not scheduler.run_once()
    now = agreed + timedelta(minutes=1)
    assert scheduler.run_once()
    phone = world.at_home
    assert phone.established
    memory = world.memory()
    memory.keep(phone.turn(), f"{said.HELLO_WE_RANG} {said.PIN}", said.BUSY, said.CLOSING)
    phone.press(PIN)
    memory.keep(phone.turn(), wording.GREETING, said.PIN_WRONG[0])
    phone.says(world.spoken["cheese"], until=lambda: world.lines("rung"))
    phone.hang_up()
    assert not scheduler.run_once()  # once is enough
    wait_until(lambda: world.calls("rung"), 30, "the end of the call")
    (call,) = world.calls("rung")
    assert (call.direction, call.outcome) == ("out", "draft_kept")
    memory.check()
    dialler.close()
    store.close()


def who_says_nothing_is_asked_and_then_parted_from(world: World) -> None:
    world.service.add_caller("silent", "+4799887766")
    with Talker(world.service, "+4799887766") as silent:
        assert silent.wait_closed(180)
        assert silent.messages()[-1].kind == HANGUP
        seconds = len(silent.heard()) * 0.02
    assert 5 < seconds < 90  # we spoke, more than once, and not for ever


def hang_up_at(stage: int, world: World) -> None:
    """Call, and hang up at this stage: nothing is sent, and what is in the basket stays there."""
    recipient = f"left-{stage}"
    caller = world.caller(recipient).call(world.sip.address)
    wait_until(lambda: caller.established, 30, "an answer")
    if stage >= GREETED:
        caller.turn()
    if stage >= IDENTIFIED:
        caller.press(PIN)
        caller.turn()
    if stage == ORDERING:
        caller.say(world.spoken["cheese"])
    if stage >= ORDERED:
        caller.says(world.spoken["cheese"], until=lambda: world.lines(recipient))
    if stage == IN_THE_READ_BACK:
        is_read = lambda: world.order(recipient).status is Status.READ_BACK  # noqa: E731
        for _ in range(TRIES):
            caller.say(world.spoken["done"])
            if comes_true(is_read, 15):
                break
        assert is_read()
    caller.hang_up()
    if stage >= IDENTIFIED:
        wait_until(lambda: world.calls(recipient), 30, "the end of the call")
    orders = world.service.orders(recipient)
    assert [order for order in orders if order.status in SENT] == []
    if stage >= ORDERED:
        goes_on_after_a_summary(recipient, world)


def goes_on_after_a_summary(recipient: str, world: World) -> None:
    """Who calls back hears what is in the basket; what an earlier call read does not count."""
    order = world.order(recipient)
    memory = world.memory()
    caller = world.caller(recipient).call(world.sip.address)
    caller.turn()
    caller.press(PIN)
    memory.keep(caller.turn(), *summaries(order.basket))
    assert world.order(recipient).status is Status.DRAFT
    caller.hang_up()
    memory.check()


def script(name: str, work: Script[World], *arguments: object, **options: object) -> object:
    """A test of this name."""
    return pytest.param(partial(work, *arguments, **options), id=name)


SCRIPTS = [
    script("an order by voice, A-law", an_order_by_voice, codec="PCMA"),
    script("an order by voice, µ-law", an_order_by_voice, codec="PCMU"),
    script("an order by voice through a bad network", an_order_by_voice, bad_network=True),
    script("an order by voice and keys from sipp", an_order_from_sipp_that_keys_confirm),
    script("nought is a person who takes the call", nought_is_a_person_who_takes_the_call),
    script("a person is rung as agreed", at_the_agreed_time_a_person_is_rung),
    script("who says nothing is parted from", who_says_nothing_is_asked_and_then_parted_from),
    *(script(f"a hang-up {name}", hang_up_at, number) for number, name in enumerate(STAGES)),
]


@pytest.fixture(scope="module")
def world(
    control: int,
    service: KurvService,
    listener: Listener,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("telephones")
    spoken = make_utterances(list(UTTERANCES.values()), folder, Voice("nb+f2"))
    answers = ";answermode=auto"
    staff = BaresipCaller(folder / "staff", number="4711", account=answers).start(seconds=900)
    at_home = TalkingCaller(folder / "home", number=AT_HOME, account=answers)
    at_home.start(seconds=900)
    ends = (service.url, service.audiosocket, "--staff", staff.address)
    domain = ("--domain", f"127.0.0.1:{at_home.port}", "--no-register")
    with SipProgram(folder, *ends, *domain, control=control) as sip:
        by_name = dict(zip(UTTERANCES, spoken, strict=True))
        world = World(service, sip, staff, at_home, listener, by_name, folder)
        yield world
        for telephone in (staff, at_home, *world.callers):
            telephone.hang_up()


@pytest.fixture(scope="module")
def calls(
    world: World, request: pytest.FixtureRequest
) -> Iterator[dict[Script[World], Future[None]]]:
    with all_at_once(wanted(request), world) as running:
        yield running


@pytest.mark.parametrize("script", SCRIPTS)
def test_call(script: Script[World], calls: dict[Script[World], Future[None]]) -> None:
    calls[script].result(600)
