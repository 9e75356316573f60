"""A call that staff join, mend, lead and hand back, as the caller hears it.

Helper of `test_telephone.py`. Staff are in another process than the call: all goes by the store.
"""

from __future__ import annotations

import asyncio
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

KARI = Actor("kari", "Kari Moe", "byen", frozenset({Role.ORDERER}))
OTHER = "Nå har du seks Prior Egg 12 stk og en pakke kaffe."
SENTENCE = "Har du nok brød til helgen?"


def office_of(phone: Phone, recipient: str) -> Office:
    """Kari's office, over the store of the running service; she is signed in."""
    store, settings = phone.service.store, Settings.from_environment(without_settings())
    member = StaffMember(KARI.staff_id, KARI.municipality, KARI.name, ("orderer",))
    with store.transaction() as uow:
        uow.save_municipality(Municipality(KARI.municipality, "Byen"))
        uow.save_staff(member)
        uow.save_person(replace(uow.person(recipient), municipality=KARI.municipality))
    Accounts(store).begin(member)
    shop = load_shop(settings.catalogue, settings.synonyms)
    nobody: Any = None  # nothing is bought from here
    service = Service(shop, store, nobody, nobody, Policies("staff_approve", "block"))
    return Office(store, service, shop, MessageFolder(phone.service.folder / "messages"))


class Scene:
    """The call, and Kari at her screen."""

    def __init__(self, call: OnThePhone, phone: Phone, office: Office, recipient: str) -> None:
        self.call, self.phone, self.office, self.recipient = call, phone, office, recipient

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
        """The caller hears this, and not what else could be said."""
        heard = await self.call.hears()
        others = [OTHER, wording.MORE, wording_staff.is_with_us(KARI.name), said.GOODBYE]
        told = [each for each in others if each not in expected]
        assert await self.call.which(heard, [*told, expected]) == expected

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
        answers = [f"{expected} {each}" for each in (wording.NOT_UNDERSTOOD[0], ADDED)]
        assert await self.call.which(heard, [OTHER, wording.MORE, *answers]) in answers


ADDED = "Jeg la til Bakehuset Kneippbrød 750 g. Noe mer?"


async def staff_join_mend_lead_and_hand_back(phone: Phone) -> None:
    """All that staff do in a call, in one."""
    who, number = "helped", "+4722440010"
    phone.service.add_caller(who, number)
    office = await asyncio.to_thread(office_of, phone, who)
    call = await phone.call(number)
    await call.identifies()
    await call.says("jeg vil ha to norvegia", until=lambda: phone.lines(who) == 1)
    scene, takeovers = Scene(call, phone, office, who), office.takeovers

    await scene.kari(takeovers.join)
    await scene.hears(f"{wording_staff.is_with_us(KARI.name)} {wording.MORE}")
    await scene.hears(f"{await scene.mends()} {wording.MORE}")
    await scene.mends_while_they_speak()

    # A change while the basket is read comes instead of the question.
    begun = len(call.peer.heard)
    await call.peer.press("#")
    while len(call.peer.heard) < begun + 8000:  # half a second of it
        await asyncio.sleep(0.02)
    changed = await scene.mends()
    read = await call.hears()
    wanted = f"{wording.read_back(scene.order.basket)} {changed} {wording.MORE}"
    plain = f"{wording.read_back(scene.order.basket)} {wording.SHALL_I_ORDER}"
    assert await call.which(read, [plain, OTHER, wanted]) == wanted
    assert phone.stage(who) == "ordering"

    # Kari leads: a yes orders nothing, and what she types is said.
    await scene.kari(takeovers.lead)
    await scene.hears(wording_staff.helps_you(KARI.name))
    await call.presses("1")
    assert scene.order.status is Status.DRAFT
    await scene.kari(takeovers.say, SENTENCE)
    await scene.hears(SENTENCE)
    await scene.kari(takeovers.hand_back)
    await scene.hears(f"{wording_staff.BOT_AGAIN} {wording.MORE}")

    await call.presses("#")
    await call.presses("1")
    assert await call.is_hung_up()
    order = scene.order
    assert (order.status, order.confirmed_by) == (Status.ACKNOWLEDGED, "recipient")
    assert order.confirmed_with == "voice" and order.basket.lines[0].quantity == Decimal(5)
    with phone.service.store.transaction(read_only=True) as uow:
        assert uow.takeover(who) is None, "it ended with the call"
        assert uow.utterances(who) == []
