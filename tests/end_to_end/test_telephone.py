"""Tier: end_to_end. Calls to a real `kurv serve`: spoken, by keys, broken off, too many.

They are made at the same time, as on a busy morning; each test waits for its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import Future

import httpx
import pytest

from audio.frames import resample
from audio.synthesizer import EspeakSynthesizer, Voice
from bot.calls import wording as said
from bot.ordering import wording
from bot.ordering.order import Status
from tests.end_to_end.at_once import Script, all_at_once, wanted
from tests.end_to_end.hearing import Listener, Turns
from tests.end_to_end.on_the_phone import Phone
from tests.end_to_end.phone_peer import PhonePeer
from tests.end_to_end.staff_in_a_call import staff_join_mend_lead_and_hand_back
from tests.end_to_end.telephone_service import PIN, TOKEN, KurvService

ASKED = f"{said.HELLO} {said.PIN}"
#: What others might have in their baskets.
ANOTHER = "to Friele Kaffe frokostkaffe filtermalt 250 g og Stabburet Grandiosa original 575 g"
A_THIRD = "tre Tine Lettmelk 1 % 1 l, Gilde Kjøttdeig 400 g og Prior Egg 12 stk"


async def a_spoken_order_ends_in_a_sent_order(phone: Phone, kind: int = 0x10) -> None:
    who, number = f"spoken{kind}", f"+472233{kind:04}"
    phone.service.add_caller(who, number)
    call = await phone.call(number, kind)
    greeting = await call.hears()
    assert await call.which(greeting, [said.BUSY, ASKED, said.CLOSING]) == ASKED
    await call.presses(PIN)
    await call.says("jeg vil ha to norvegia", until=lambda: phone.lines(who) == 1)
    await call.says("et kneippbrød", until=lambda: phone.lines(who) == 2)
    read_back = await call.says("det var alt", until=lambda: phone.stage(who) == "read_back")
    order = phone.order(who)
    assert order is not None
    mine = wording.read_back(order.basket)
    assert (
        await call.which(read_back, [f"Da har du {ANOTHER}", mine, f"Da har du {A_THIRD}"]) == mine
    )
    await call.says("ja", until=lambda: phone.stage(who) == "submitted")
    assert await call.is_hung_up()
    (order,) = phone.service.orders(who)
    assert order.status is Status.ACKNOWLEDGED and len(order.basket.lines) == 2
    assert await phone.outcome(call.peer) == "ordered"


async def a_spoken_order_at_sixteen_kilohertz(phone: Phone) -> None:
    await a_spoken_order_ends_in_a_sent_order(phone, 0x12)


async def a_broken_call_keeps_the_basket_and_keys_alone_can_send_it(phone: Phone) -> None:
    phone.service.add_caller("broken", "+4722440001", "1234")
    call = await phone.call("+4722440001")
    await call.hears()
    await call.says("en to tre fire", until=lambda: phone.identified(call.peer) == "broken")
    await call.says("jeg vil ha to norvegia", until=lambda: phone.lines("broken") == 1)
    await call.peer.hang_up()
    assert await phone.outcome(call.peer) == "draft_kept"
    again = await phone.call("+4722440001")
    order = phone.order("broken")
    assert order is not None
    summary = said.last_time(order.basket)
    # Nothing of the basket before the PIN.
    assert await again.which(await again.hears(), [summary, ASKED]) == ASKED
    others = [f"Sist hadde vi kommet til: {basket}" for basket in (ANOTHER, A_THIRD)]
    assert await again.which(await again.presses("1234"), [*others, summary]) == summary
    await again.presses("1")  # go on
    read_back = await again.presses("#")  # that was all
    assert phone.stage("broken") == "read_back"
    mine = wording.read_back(order.basket)
    assert await again.which(read_back, [f"Da har du {ANOTHER}", mine]) == mine
    await again.presses("1")  # yes
    assert await again.is_hung_up()
    (order,) = phone.service.orders("broken")
    assert order.status is Status.ACKNOWLEDGED
    # Who has ordered can order again.
    new = await phone.call("+4722440001")
    await new.hears()
    greeting = await new.presses("1234")
    assert await new.which(greeting, [summary, wording.GREETING]) == wording.GREETING
    await new.peer.hang_up()
    assert await phone.outcome(new.peer) == "nothing_ordered"


async def an_unknown_caller_is_sent_to_staff(phone: Phone) -> None:
    expected = f"{said.HELLO} {said.UNKNOWN_CALLER} {said.TO_STAFF}"
    for caller in ("", "+4799999999"):
        call = await phone.call(caller)
        assert await call.which(await call.hears(), [ASKED, expected, said.BUSY]) == expected
        assert await call.is_hung_up()
        assert ("unknown_caller", str(call.peer.call)) in phone.tasks("unknown_caller")
        assert await phone.outcome(call.peer) == "unknown_caller"


async def three_wrong_pins_end_the_call(phone: Phone) -> None:
    phone.service.add_caller("forgot", "+4722440002")
    call = await phone.call("+4722440002")
    await call.hears()
    for _ in range(3):
        answer = await call.presses("1111")
    assert await call.which(answer, [ASKED, said.PIN_WRONG_LAST, said.BUSY]) == said.PIN_WRONG_LAST
    assert await call.is_hung_up()
    assert [kind for kind, _ in phone.tasks("forgot")] == ["pin_locked"]
    with phone.service.store.transaction(read_only=True) as uow:
        actions = [entry.action for entry in uow.accesses("forgot")]
    assert actions.count("pin_failed") == 3


async def zero_is_a_person_and_the_basket_is_in_the_task(phone: Phone) -> None:
    phone.service.add_caller("tired", "+4722440003")
    call = await phone.call("+4722440003")
    await call.identifies()
    await call.says("jeg vil ha to norvegia", until=lambda: phone.lines("tired") == 1)
    answer = await call.presses("0")
    person = f"{' '.join(wording.PERSON)} {said.TO_STAFF} {said.NO_ONE_FREE}"
    assert await call.which(answer, [f"Jeg la til {ANOTHER}", person, wording.MORE]) == person
    await call.peer.hang_up()
    order = phone.order("tired")
    assert order is not None
    assert ("person", order.order_id) in phone.tasks("tired")


SCRIPTS: list[Script[Phone]] = [
    a_spoken_order_ends_in_a_sent_order,
    a_spoken_order_at_sixteen_kilohertz,
    a_broken_call_keeps_the_basket_and_keys_alone_can_send_it,
    an_unknown_caller_is_sent_to_staff,
    three_wrong_pins_end_the_call,
    zero_is_a_person_and_the_basket_is_in_the_task,
    staff_join_mend_lead_and_hand_back,
]
Calls = dict[Script[Phone], "Future[None]"]


@pytest.fixture(scope="module")
def voice() -> Iterator[EspeakSynthesizer]:
    with EspeakSynthesizer(Voice("nb+f2")) as voice:
        yield voice


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KurvService]:
    """A service for one call at a time, which is still starting."""
    small = KurvService(tmp_path_factory.mktemp("small"), KURV_CALLS="1").start()
    yield small
    assert small.stop() == 0
    small.store.close()


@pytest.fixture(scope="module")
def phone(service: KurvService, listener: Listener, voice: EspeakSynthesizer) -> Phone:
    return Phone(service, listener, voice)


@pytest.fixture(scope="module")
def calls(small: KurvService, phone: Phone, request: pytest.FixtureRequest) -> Iterator[Calls]:
    with all_at_once(wanted(request), phone) as running:
        yield running


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.__name__)
def test_call(script: Script[Phone], calls: Calls) -> None:
    calls[script].result(240)


def test_calls_are_announced_with_the_token_only(phone: Phone) -> None:
    peer = PhonePeer()
    assert phone.announce(peer, "", "wrong") == 401
    for body in ({}, {"call": "no uuid", "caller": ""}, {"call": str(peer.call), "caller": 1}, []):
        answer = httpx.post(
            f"{phone.service.url}/webhooks/kurv/calls",
            json=body,
            headers={"Authorization": f"Bearer {TOKEN}"},
        )
        assert answer.status_code == 400, body


@pytest.mark.asyncio
async def test_who_finds_no_place_is_told_so_and_stopping_says_so_and_keeps_the_basket(
    small: KurvService, listener: Listener, voice: EspeakSynthesizer
) -> None:
    phone = Phone(await asyncio.to_thread(small.ready), listener, voice)
    small.add_caller("stopped", "+4722440005")
    call = await phone.call("+4722440005")
    await call.identifies()
    for _ in range(2):  # nobody's place is lost by that
        second = await phone.call("+4722440005")
        assert await second.which(await second.hears(), [ASKED, said.BUSY]) == said.BUSY
        assert await second.is_hung_up()
    await call.says("jeg vil ha to norvegia", until=lambda: phone.lines("stopped") == 1)
    stopping = asyncio.create_task(asyncio.to_thread(small.stop))
    goodbye = await call.hears()
    assert await call.which(goodbye, [ASKED, said.BUSY, said.CLOSING]) == said.CLOSING
    assert await call.is_hung_up()
    assert await stopping == 0
    assert phone.lines("stopped") == 1


def test_what_was_said_is_told_from_what_was_not(
    listener: Listener, voice: EspeakSynthesizer
) -> None:
    """The listening of these tests can say no."""
    mine = f"Da har du {A_THIRD}"
    sound = resample(voice.speak(mine), voice.sample_rate, 8000)
    assert listener.told(sound, 8000, [f"Da har du {ANOTHER}", mine]) == mine
    assert listener.told(sound, 8000, [f"Da har du {ANOTHER}", ASKED, said.BUSY, mine]) == mine
    assert Turns(8000).next(sound) is None  # speech is no tone
    assert Turns(8000).next(sound, ended=True) == sound
