"""Tier: end_to_end. Calls to a real `kurv serve`: spoken, by keys, broken off.

They are made at the same time, as on a busy morning; each test waits for its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future

import httpx
import pytest

from audio.frames import resample
from audio.synthesizer import EspeakSynthesizer
from bot.calls import wording as said
from bot.ordering import wording
from bot.ordering.order import Status
from tests.end_to_end.at_once import Script, all_at_once, wanted
from tests.end_to_end.hearing import OTHERS, Listener, Turns, read_backs, summaries
from tests.end_to_end.on_the_phone import Phone
from tests.end_to_end.phone_peer import PhonePeer
from tests.end_to_end.staff_in_a_call import staff_join_mend_lead_and_hand_back
from tests.end_to_end.telephone_service import PIN, TOKEN, KurvService

ASKED = f"{said.HELLO} {said.PIN}"


async def a_spoken_order_ends_in_a_sent_order(phone: Phone, kind: int = 0x10) -> None:
    who, number = f"spoken{kind}", f"+472233{kind:04}"
    phone.service.add_caller(who, number)
    call = await phone.call(number, kind)
    call.memory.keep(await call.hears(), ASKED, said.BUSY, said.CLOSING)
    await call.presses(PIN)
    await call.says("jeg vil ha to norvegia", until=lambda: phone.lines(who) == 1)
    await call.says("et kneippbrød", until=lambda: phone.lines(who) == 2)
    read_back = await call.says("det var alt", until=lambda: phone.stage(who) == "read_back")
    order = phone.order(who)
    assert order is not None
    call.memory.keep(read_back, *read_backs(order.basket))
    await call.says("ja", until=lambda: phone.stage(who) == "submitted")
    assert await call.is_hung_up()
    (order,) = phone.service.orders(who)
    assert order.status is Status.ACKNOWLEDGED and len(order.basket.lines) == 2
    assert await phone.outcome(call.peer) == "ordered"
    call.memory.check()


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
    summary, *others = summaries(order.basket)
    # Nothing of the basket before the PIN.
    again.memory.keep(await again.hears(), ASKED, summary)
    again.memory.keep(await again.presses("1234"), summary, *others)
    await again.presses("1")  # go on
    read_back = await again.presses("#")  # that was all
    assert phone.stage("broken") == "read_back"
    again.memory.keep(read_back, *read_backs(order.basket))
    await again.presses("1")  # yes
    assert await again.is_hung_up()
    (order,) = phone.service.orders("broken")
    assert order.status is Status.ACKNOWLEDGED
    # Who has ordered can order again.
    new = await phone.call("+4722440001")
    await new.hears()
    new.memory.keep(await new.presses("1234"), wording.GREETING, summary)
    await new.peer.hang_up()
    assert await phone.outcome(new.peer) == "nothing_ordered"
    again.memory.check()
    new.memory.check()


async def an_unknown_caller_is_sent_to_staff(phone: Phone) -> None:
    expected = (
        f"{said.HELLO} {said.UNKNOWN_CALLER} {said.TO_STAFF} {said.NO_ONE_FREE} {said.GOODBYE}"
    )
    for caller in ("", "+4799999999"):
        call = await phone.call(caller)
        call.memory.keep(await call.hears(), expected, ASKED, said.BUSY)
        assert await call.is_hung_up()
        assert ("unknown_caller", str(call.peer.call)) in phone.tasks("unknown_caller")
        assert await phone.outcome(call.peer) == "unknown_caller"
        call.memory.check()


async def three_wrong_pins_end_the_call(phone: Phone) -> None:
    phone.service.add_caller("forgot", "+4722440002")
    call = await phone.call("+4722440002")
    await call.hears()
    for _ in range(3):
        answer = await call.presses("1111")
    call.memory.keep(answer, f"{said.PIN_WRONG_LAST} {said.GOODBYE}", ASKED, said.BUSY)
    assert await call.is_hung_up()
    call.memory.check()
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
    added = f"{wording.added([OTHERS[0]])} {wording.MORE}"
    call.memory.keep(answer, f"{person} {said.GO_ON_MEANWHILE}", added)
    await call.peer.hang_up()
    call.memory.check()
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
def phone(service: KurvService, listener: Listener, voice: EspeakSynthesizer) -> Phone:
    return Phone(service, listener, voice)


@pytest.fixture(scope="module")
def calls(phone: Phone, request: pytest.FixtureRequest) -> Iterator[Calls]:
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


def test_what_was_said_is_told_from_what_was_not(
    listener: Listener, voice: EspeakSynthesizer
) -> None:
    """The listening of these tests can say no."""
    sound = resample(voice.speak(OTHERS[0]), voice.sample_rate, 8000)
    assert listener.told(sound, 8000, OTHERS[::-1]) == OTHERS[0]
    assert listener.told(sound, 8000, [OTHERS[1], ASKED, said.BUSY, OTHERS[0]]) == OTHERS[0]
    assert Turns(8000).next(sound) is None  # speech is no tone
    assert Turns(8000).next(sound, ended=True) == sound
