"""Tier: end_to_end. Calls to a real `kurv serve`: spoken, by keys, broken off, too many."""

import asyncio
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from audio.frames import resample
from audio.recognizer import VoskModel
from audio.session import silence_after
from audio.synthesizer import EspeakSynthesizer, Voice
from bot.calls.pins import hashed
from bot.cli.speech import ready_model
from bot.ordering.order import Status
from bot.settings import Settings
from bot.store import Store
from bot.store.callers import Caller
from tests.end_to_end.commands import KURV, ROOT, without_settings
from tests.end_to_end.phone_peer import PhonePeer

pytestmark = pytest.mark.asyncio

LIMIT = 3
PIN = "1234"


@dataclass
class Phone:
    """A running `kurv serve`, and how to call it and look into its store."""

    process: subprocess.Popen[str]
    url: str
    token: str
    port: int
    store: Store
    model: VoskModel
    voice: EspeakSynthesizer

    def announce(self, peer: PhonePeer, caller: str, token: str = "") -> int:
        answer = httpx.post(
            f"{self.url}/webhooks/kurv/calls",
            json={"call": str(peer.call), "caller": caller},
            headers={"Authorization": f"Bearer {token or self.token}"},
        )
        return answer.status_code

    async def call(self, caller: str = "", kind: int = 0x10) -> "OnThePhone":
        peer = PhonePeer(kind)
        if caller:
            assert await asyncio.to_thread(self.announce, peer, caller) == 204
        return OnThePhone(self, await peer.connect("127.0.0.1", self.port))

    def let_in(self, recipient: str, phone: str) -> None:
        with self.store.transaction() as uow:
            uow.save_caller(Caller(phone, recipient, hashed(PIN), len(PIN)))

    def tasks(self, recipient: str) -> list[tuple[str, str]]:
        with self.store.transaction(read_only=True) as uow:
            return [(task.kind, task.note) for task in uow.tasks(recipient_id=recipient)]

    def identified(self, peer: PhonePeer) -> str | None:
        with self.store.transaction(read_only=True) as uow:
            call = uow.call(str(peer.call))
        return None if call is None else call.recipient_id

    def lines(self, recipient: str) -> int:
        with self.store.transaction(read_only=True) as uow:
            orders = uow.orders(recipient)
        return len(orders[0].basket.lines) if orders else 0

    async def outcome(self, peer: PhonePeer) -> str | None:
        """How the call ended, once it is put down."""
        for _ in range(100):
            with self.store.transaction(read_only=True) as uow:
                call = uow.call(str(peer.call))
            if call is not None and call.ended_at is not None:
                return call.outcome
            await asyncio.sleep(0.1)
        return None


@dataclass
class OnThePhone:
    """Somebody on the telephone."""

    phone: Phone
    peer: PhonePeer

    async def hears(self) -> str:
        """What is said next, as our own recogniser hears it."""
        sound = await self.peer.answer(quiet=1.2, patience=20)
        return await asyncio.to_thread(self._text, sound)

    async def hears_until(self, word: str) -> str:
        """What is said until a word has come: on a busy machine there are pauses within it."""
        heard = ""
        for _ in range(5):
            heard += " " + await self.hears()
            if word in heard or self.peer.ended.is_set():
                break
        return heard

    def _text(self, sound: bytes) -> str:
        ear = self.phone.model.recognizer()
        rate = self.phone.model.sample_rate
        ear.accept(resample(sound, self.peer.rate, rate) + silence_after(rate))
        return ear.final().text

    async def says(self, text: str, until: str = "") -> str:
        """Say something; returns the answer, up to a word."""
        voice = self.phone.voice
        sound = await asyncio.to_thread(voice.speak, text)
        await self.peer.say(resample(sound, voice.sample_rate, self.peer.rate))
        return await self.hears_until(until)

    async def orders(self, recipient: str, text: str, lines: int = 1) -> None:
        """Say something until the basket has so many lines; people, too, are misheard."""
        for _ in range(4):
            await self.says(text)
            if self.phone.lines(recipient) == lines:
                return
        raise AssertionError(f"«{text}» did not reach the basket")

    async def presses(self, keys: str, until: str = "") -> str:
        await self.peer.press(keys)
        return await self.hears_until(until)

    async def is_hung_up(self) -> bool:
        await asyncio.wait_for(self.peer.ended.wait(), 30)
        await self.peer.close()
        return self.peer.hung_up_by_peer


def start(state: Path) -> Phone:
    process = subprocess.Popen(
        [KURV, "serve", "--port", "0", "--phone-port", "0"],
        cwd=ROOT,
        env={
            **without_settings(),
            "KURV_DATABASE": f"sqlite:///{state / 'kurv.db'}",
            "KURV_CALLS": str(LIMIT),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    told = ""
    for line in process.stdout:
        told += line
        if "/webhooks/kurv/calls" in line:
            break
    found = [
        re.search(p, told) for p in (r"(http://\S+)/webhooks", r"Nøkkel: (\S+)", r"port (\d+)")
    ]
    url, token, port = (match[1] for match in found if match is not None)
    store = Store(f"sqlite:///{state / 'kurv.db'}")
    model = VoskModel(ready_model(Settings.from_environment(without_settings()), quiet=True))
    return Phone(process, url, token, int(port), store, model, EspeakSynthesizer(Voice("nb+f2")))


@pytest.fixture(scope="module")
def phone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Phone]:
    running = start(tmp_path_factory.mktemp("state"))
    yield running
    running.process.send_signal(signal.SIGTERM)
    assert running.process.stdout is not None
    running.process.stdout.close()
    assert running.process.wait(timeout=60) == 0
    running.voice.close()
    running.store.close()


@pytest.mark.parametrize("kind", [0x10, 0x12])
async def test_a_spoken_order_ends_in_a_sent_order(phone: Phone, kind: int) -> None:
    who, number = f"spoken{kind}", f"+472233{kind:04}"
    phone.let_in(who, number)
    call = await phone.call(number, kind)
    await call.hears()
    await call.presses(PIN)
    await call.orders(who, "jeg vil ha to norvegia")
    await call.orders(who, "et kneippbrød", 2)
    read_back = await call.says("det var alt", until="bestille")
    assert "norvegia" in read_back and "kneip" in read_back and "kroner" in read_back
    assert "ha det bra" in await call.says("ja", until="ha det bra")
    assert await call.is_hung_up()
    with phone.store.transaction(read_only=True) as uow:
        (order,) = uow.orders(who)
    assert order.status is Status.ACKNOWLEDGED and len(order.basket.lines) == 2
    assert await phone.outcome(call.peer) == "ordered"


async def test_a_broken_call_keeps_the_basket_and_keys_alone_can_send_it(phone: Phone) -> None:
    phone.let_in("broken", "+4722440001")
    call = await phone.call("+4722440001")
    await call.hears()
    for _ in range(3):
        await call.says("en to tre fire")
        if phone.identified(call.peer) == "broken":
            break
    await call.orders("broken", "jeg vil ha to norvegia")
    await call.peer.hang_up()
    assert await phone.outcome(call.peer) == "draft_kept"
    again = await phone.call("+4722440001")
    assert "norvegia" not in await again.hears()
    assert "norvegia" in await again.presses(PIN, until="norvegia")
    await again.presses("1")  # go on
    assert "norvegia" in await again.presses("#", until="bestille")  # that was all: the read-back
    await again.presses("1")  # yes
    assert await again.is_hung_up()
    with phone.store.transaction(read_only=True) as uow:
        (order,) = uow.orders("broken")
    assert order.status is Status.ACKNOWLEDGED


async def test_an_unknown_caller_is_sent_to_staff(phone: Phone) -> None:
    for caller in ("", "+4799999999"):
        call = await phone.call(caller)
        assert "hjemmehjelpen" in await call.hears() or call.peer.ended.is_set()
        assert await call.is_hung_up()
        assert ("unknown_caller", str(call.peer.call)) in phone.tasks("unknown_caller")
        assert await phone.outcome(call.peer) == "unknown_caller"


async def test_three_wrong_pins_end_the_call(phone: Phone) -> None:
    phone.let_in("forgot", "+4722440002")
    call = await phone.call("+4722440002")
    await call.hears()
    for _ in range(3):
        await call.presses("1111")
    assert await call.is_hung_up()
    assert [kind for kind, _ in phone.tasks("forgot")] == ["pin_locked"]
    with phone.store.transaction(read_only=True) as uow:
        actions = [entry.action for entry in uow.accesses("forgot")]
    assert actions.count("pin_failed") == 3


async def test_zero_is_a_person_and_the_basket_is_in_the_task(phone: Phone) -> None:
    phone.let_in("tired", "+4722440003")
    call = await phone.call("+4722440003")
    await call.hears()
    await call.presses(PIN)
    await call.orders("tired", "jeg vil ha to norvegia")
    assert "hjemmehjelpen" in await call.presses("0", until="hjemmehjelpen")
    await call.peer.hang_up()
    with phone.store.transaction(read_only=True) as uow:
        order = uow.orders("tired")[0]
    assert ("person", order.order_id) in phone.tasks("tired")


async def test_more_calls_than_there_are_places(phone: Phone) -> None:
    calls = [await phone.call() for _ in range(LIMIT)]
    phone.let_in("many", "+4722440004")
    for _ in range(LIMIT):
        calls.append(await phone.call("+4722440004"))
    heard = await asyncio.gather(*(call.hears() for call in calls))
    assert sum("prøv" in text or "mange" in text for text in heard) >= 1
    for call in calls:
        await call.peer.hang_up()


async def test_calls_are_announced_with_the_token_only(phone: Phone) -> None:
    peer = PhonePeer()
    assert await asyncio.to_thread(phone.announce, peer, "", "wrong") == 401
    for body in ({}, {"call": "no uuid", "caller": ""}, {"call": str(peer.call), "caller": 1}, []):
        answer = httpx.post(
            f"{phone.url}/webhooks/kurv/calls",
            json=body,
            headers={"Authorization": f"Bearer {phone.token}"},
        )
        assert answer.status_code == 400, body


async def test_stopping_says_so_and_keeps_the_basket(tmp_path: Path) -> None:
    phone = await asyncio.to_thread(start, tmp_path)
    phone.let_in("stopped", "+4722440005")
    call = await phone.call("+4722440005")
    await call.hears()
    await call.presses(PIN)
    await call.orders("stopped", "jeg vil ha to norvegia")
    os.kill(phone.process.pid, signal.SIGTERM)
    assert "kurven" in await call.hears()
    assert await call.is_hung_up()
    assert await asyncio.to_thread(phone.process.wait, 60) == 0
    with phone.store.transaction(read_only=True) as uow:
        assert uow.orders("stopped")[0].basket.lines
    phone.voice.close()
    phone.store.close()
    assert phone.process.stdout is not None
    phone.process.stdout.close()
