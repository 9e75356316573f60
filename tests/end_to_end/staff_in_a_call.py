"""A call that staff join, mend, lead and hand back, as the caller hears it.

Helper of `test_telephone.py`. Staff are in another process than the call: all goes by the store.
"""

from __future__ import annotations

import asyncio
import json
import threading
import urllib.request
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from audio.frames import resample
from bot.calls import wording as said
from bot.casework.accounts import Accounts
from bot.casework.actor import Actor, Role
from bot.casework.messages import MessageFolder
from bot.casework.office import Office
from bot.data_files import load_shop
from bot.ordering import wording, wording_staff
from bot.ordering.order import Order, Status
from bot.service import Policies, Service
from bot.settings import Settings
from bot.store.staff_book import Municipality, StaffMember
from tests.end_to_end.commands import without_settings
from tests.end_to_end.on_the_phone import OnThePhone, Phone
from tests.end_to_end.telephone_service import PIN

KARI = Actor("kari", "Kari Moe", "byen", frozenset({Role.ORDERER}))
OTHER = "Nå har du seks Prior Egg 12 stk og en pakke kaffe."
SENTENCE = "Har du nok brød til helgen?"


class Screen:
    """Kari's page, as her browser gets it: the events about a recipient, as they come."""

    def __init__(self, url: str, recipient: str, token: str) -> None:
        self.events: list[tuple[str, dict[str, Any]]] = []
        request = urllib.request.Request(
            f"{url}/mottaker/{recipient}/hendelser", headers={"Cookie": f"kurv={token}"}
        )
        self._answer = urllib.request.urlopen(request, timeout=240)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        kind = ""
        for line in self._answer:
            name, _, value = line.decode().rstrip("\n").partition(": ")
            if name == "event":
                kind = value
            elif name == "data":
                self.events.append((kind, json.loads(value)))

    def shows(self, kind: str, **wanted: Any) -> bool:
        """Whether an event like this has come."""
        return any(
            each == kind and all(data.get(name) == wanted[name] for name in wanted)
            for each, data in self.events
        )

    async def will_show(self, kind: str, **wanted: Any) -> None:
        """Wait for an event like this."""
        for _ in range(200):
            if self.shows(kind, **wanted):
                return
            await asyncio.sleep(0.05)
        raise AssertionError(f"no {kind} {wanted} in {[each for each, _ in self.events]}")


def office_of(phone: Phone, recipient: str) -> tuple[Office, str]:
    """Kari's office, over the store of the running service, and the token of her session."""
    store, settings = phone.service.store, Settings.from_environment(without_settings())
    member = StaffMember(KARI.staff_id, KARI.municipality, KARI.name, ("orderer",))
    with store.transaction() as uow:
        uow.save_municipality(Municipality(KARI.municipality, "Byen"))
        uow.save_staff(member)
        uow.save_person(replace(uow.person(recipient), municipality=KARI.municipality))
    token = Accounts(store).begin(member)
    shop = load_shop(settings.catalogue, settings.synonyms)
    nobody: Any = None  # nothing is bought from here
    service = Service(shop, store, nobody, nobody, Policies("staff_approve", "block"))
    messages = MessageFolder(phone.service.folder / "messages")
    return Office(store, service, shop, messages), token


class Scene:
    """The call, and Kari at her screen."""

    def __init__(self, call: OnThePhone, phone: Phone, office: Office, recipient: str) -> None:
        self.call, self.phone, self.office, self.recipient = call, phone, office, recipient
        self._heard: list[tuple[bytes, str]] = []
        self._others = {OTHER, wording.MORE, said.GOODBYE}

    async def kari(self, act: Callable[..., Any], *more: Any) -> None:
        """Kari does something."""
        await asyncio.to_thread(act, KARI, self.recipient, *more)

    async def mends(self) -> str:
        """She makes it one more of the first line; returns what the caller must be told."""
        before = self.order.basket
        line = before.lines[0]
        args = (before.revision, line.product_id, line.quantity + 1)
        await self.kari(self.office.baskets.set_quantity, *args)
        return wording_staff.changed(KARI.name, before, self.order.basket)

    @property
    def order(self) -> Order:
        found = self.phone.order(self.recipient)
        assert found is not None
        return found

    async def hears(self, expected: str) -> None:
        """The caller hears this next; a tone alone says only that they were heard."""
        while len(sound := await self.call.hears()) < self.call.peer.rate:  # half a second
            pass
        self.heard(sound, expected)

    def heard(self, sound: bytes, expected: str, *others: str) -> None:
        """This was heard; what it was is found out at the end: a caller who is silent while the
        test listens would be asked whether they are there."""
        self._heard.append((sound, expected))
        self._others |= {expected, *others}

    def check(self) -> None:
        """All that was heard is what should have been, of all that could have been said."""
        for sound, expected in self._heard:
            self.call.memory.keep(sound, expected, *sorted(self._others - {expected}))
        self.call.memory.check()

    async def mends_while_they_speak(self) -> None:
        """Nobody is spoken to in the middle of their sentence."""
        voice, peer = self.phone.voice, self.call.peer
        words = "jeg vil gjerne ha et kneippbrød"
        sound = await asyncio.to_thread(voice.speak, words)
        speaking = asyncio.create_task(peer.say(resample(sound, voice.sample_rate, peer.rate)))
        await asyncio.sleep(0.4)
        before = len(peer.heard)
        expected = await self.mends()
        await speaking
        assert len(peer.heard) == before, "the caller was spoken to while they spoke"
        heard = await self.call.hears()  # the change is told before the answer
        without = " ".join(self.said_since_the_caller_spoke())
        self.heard(heard, f"{expected} {without}", f"{without} {wording.GREETING}")
        assert expected in self.read()

    def read(self) -> list[str]:
        """The talk as it was put down, without who said what."""
        with self.phone.service.store.transaction(read_only=True) as uow:
            return [each.text for each in uow.utterances(self.recipient)]

    def said_since_the_caller_spoke(self) -> list[str]:
        """The answer, without what staff have done meanwhile."""
        with self.phone.service.store.transaction(read_only=True) as uow:
            said = uow.utterances(self.recipient)
        last = max(at for at, each in enumerate(said) if each.speaker == "recipient")
        return [each.text for each in said[last + 1 :] if not each.text.startswith(KARI.name)]


async def staff_join_mend_lead_and_hand_back(phone: Phone) -> None:
    """All that staff do in a call, in one."""
    who, number = "helped", "+4722440010"
    phone.service.add_caller(who, number)
    office, token = await asyncio.to_thread(office_of, phone, who)
    screen = await asyncio.to_thread(Screen, phone.service.staff, who, token)
    call = await phone.call(number)
    await call.hears()
    assert not screen.shows("utterance") and not screen.shows("call", state="begun")
    await call.presses(PIN)
    await screen.will_show("call", state="begun")
    assert not screen.shows("partial"), "no word of the PIN is shown"
    await call.says("jeg vil ha to norvegia", until=lambda: phone.lines(who) == 1)
    await screen.will_show("basket", revision=1)
    kinds = [
        kind for kind, data in screen.events
        if kind == "partial" or data.get("speaker") == "recipient"
    ]  # fmt: skip
    assert "partial" in kinds and kinds[-1] == "utterance", "words appear while they are spoken"
    scene, takeovers = Scene(call, phone, office, who), office.takeovers

    await scene.kari(takeovers.join)
    await scene.hears(f"{wording_staff.is_with_us(KARI.name)} {wording.MORE}")
    assert screen.shows("takeover", mode="beside", name=KARI.name)
    await scene.hears(f"{await scene.mends()} {wording.MORE}")
    await scene.mends_while_they_speak()

    # A change while the basket is read comes instead of the question.
    begun, was = len(call.peer.heard), scene.order.basket
    await call.peer.press("#")
    while len(call.peer.heard) < begun + 8000:  # half a second of it
        await asyncio.sleep(0.02)
    changed = await scene.mends()
    read = await call.hears()
    aloud = wording.read_back(was)
    scene.heard(read, f"{aloud} {changed} {wording.MORE}", f"{aloud} {wording.SHALL_I_ORDER}")
    assert phone.stage(who) == "ordering"

    # Kari leads: a yes orders nothing, and what she types is said.
    await scene.kari(takeovers.lead)
    await scene.hears(wording_staff.helps_you(KARI.name))
    await call.presses("1")  # a tone
    assert scene.order.status is Status.DRAFT
    await scene.kari(takeovers.say, SENTENCE)
    await scene.hears(SENTENCE)
    await scene.kari(takeovers.hand_back)
    await scene.hears(f"{wording_staff.BOT_AGAIN} {wording.MORE}")

    await call.presses("#")
    await call.presses("1")
    assert await call.is_hung_up()
    await asyncio.to_thread(scene.check)
    order = scene.order
    assert (order.status, order.confirmed_by) == (Status.ACKNOWLEDGED, "recipient")
    assert order.confirmed_with == "voice" and order.basket.lines[0].quantity == Decimal(5)
    await screen.will_show("order", status="acknowledged")
    await screen.will_show("takeover", mode=None)
    assert [kind for kind, _ in screen.events].count("call") == 3  # none, begun, ended
    with phone.service.store.transaction(read_only=True) as uow:
        assert uow.takeover(who) is None, "it ended with the call"
        assert uow.utterances(who) == []
