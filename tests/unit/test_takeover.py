"""Tier: unit. Staff in a running call: what the caller hears, and what nobody does to them.

The call is led as the telephone leads it, but for the sound; staff work through their use cases.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from bot.calls.desk import Desk
from bot.calls.dialogue import CallDialogue
from bot.calls.news import Newsroom
from bot.calls.pins import hashed
from bot.casework.actor import NotAllowed
from bot.casework.watch import Watcher
from bot.errors import KurvError, StoreError
from bot.live import LiveFeed
from bot.ordering.order import Status
from bot.service import Event
from bot.store.callers import Caller
from tests.staff_office import ANNE, BJORN, ONE, SHOP, STRANGER, StaffOffice, staff_office

PHONE, PIN, HASHED = "+4722000000", "2468", hashed("2468")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StaffOffice]:
    with staff_office(tmp_path_factory.mktemp("office")) as office:
        for actor in (ANNE, BJORN):
            with office.store.transaction(read_only=True) as uow:
                member = uow.staff_member(actor.staff_id)
            assert member is not None
            with office.store.transaction() as uow:
                uow.save_staff(replace(member, name=actor.name))
            office.accounts.begin(member)
        yield office


class Caller82:
    """Somebody on the telephone; `says` goes to the service as the bot would hand it on."""

    def __init__(self, office: StaffOffice, *in_basket: str) -> None:
        self.office = office
        self.id = office.person()
        if in_basket:
            office.basket(self.id, *in_basket)
        with office.store.transaction() as uow:
            uow.save_caller(Caller(f"{PHONE}{self.id[1:]}", self.id, HASHED, 4))
        self.acts = {"ja": "affirm", "det var alt": "done", "grovbrød": "add"}
        self.call = CallDialogue(
            f"call-{self.id}",
            f"{PHONE}{self.id[1:]}",
            Desk(office.store),
            self,
            open_with=self.open_with,
            read_again=lambda who: office.service.talked_over(who).events,
            tell=lambda who, said: office.service.tell(who, said).events,
            sure=0.5,
        )
        self.call.begin()
        for key in PIN:
            self.call.press(key)

    def say(
        self, recipient_id: str, text: str, sure: bool = True, actor: str = "", how: str = ""
    ) -> list[Event]:
        """The bot: understands what it is told here."""
        act = self.acts[text]
        return list(self.office.service.handle(recipient_id, act, text, actor, how).events)

    def open_with(self, recipient_id: str, act: str) -> list[Event]:
        """What the talk begins with: no words of the person."""
        handled = self.office.service.handle(recipient_id, act, "", "recipient", "voice")
        return list(handled.events)

    def says(self, text: str) -> list[str]:
        return spoken(self.call.say(text, 0.9))

    def hears(self) -> list[str]:
        """What is said of its own accord."""
        return spoken(self.call.noticed())

    @property
    def revision(self) -> int:
        return self.office.office.baskets.show(ANNE, self.id).revision

    def read(self) -> list[str]:
        with self.office.store.transaction(read_only=True) as uow:
            return [f"{each.speaker}: {each.text}" for each in uow.utterances(self.id)]


def spoken(events: list[Event]) -> list[str]:
    return [event["text"] for event in events if event["event"] == "said"]


def test_what_staff_mend_is_said_and_nothing_is_said_twice(office: StaffOffice) -> None:
    caller, baskets = Caller82(office), office.office.baskets
    caller.says("grovbrød")
    assert caller.hears() == []  # what the call did itself is no news
    product = caller.office.office.baskets.show(ANNE, caller.id).lines[0].line
    office.office.takeovers.join(ANNE, caller.id)
    assert caller.hears()[0] == "Anne Lie fra hjemmetjenesten er med i samtalen."
    baskets.set_quantity(ANNE, caller.id, caller.revision, product.product_id, Decimal(3))
    assert caller.hears() == [f"Anne Lie har endret {product.name} til tre.", "Noe mer?"]
    assert caller.hears() == []
    baskets.set_quantity(ANNE, caller.id, caller.revision, product.product_id, Decimal(0))
    assert caller.hears() == ["Anne Lie har tømt kurven.", "Hva vil du ha?"]


def test_a_change_by_somebody_outside_the_call_is_told_without_a_name(office: StaffOffice) -> None:
    caller = Caller82(office)
    product = SHOP.catalogue["friele-filter"]
    office.office.baskets.add(BJORN, caller.id, caller.revision, product.product_id, ONE)
    assert caller.hears() == [f"I kurven er det lagt til {product.full_name}.", "Noe mer?"]


def test_a_yes_to_what_was_read_before_the_change_sends_nothing(office: StaffOffice) -> None:
    caller = Caller82(office)
    caller.says("grovbrød")
    assert caller.says("det var alt")[-1] == "Skal jeg bestille dette?"
    line = office.office.baskets.show(ANNE, caller.id).lines[0].line
    office.office.baskets.set_quantity(
        ANNE, caller.id, caller.revision, line.product_id, Decimal(2)
    )
    answer = caller.says("ja")
    assert "til to" in answer[0] and answer[-1] == "Noe mer?"
    assert [order.status for order in office.service.orders(caller.id)] == [Status.DRAFT]
    caller.says("det var alt")
    caller.says("ja")
    (order,) = office.service.orders(caller.id)
    assert (order.confirmed_by, order.confirmed_with) == ("recipient", "voice")
    assert order.basket.lines[0].quantity == 2


def test_staff_lead_and_what_is_said_is_only_shown(office: StaffOffice) -> None:
    caller, takeovers = Caller82(office), office.office.takeovers
    caller.says("grovbrød")
    caller.says("det var alt")
    takeovers.lead(ANNE, caller.id)
    assert caller.hears() == ["Nå er det Anne Lie fra hjemmetjenesten som hjelper deg."]
    events = caller.call.say("ja", 0.9)
    assert events == [{"event": "wait"}], "the bot neither answers nor orders"
    assert caller.call.say("", None) == [{"event": "wait"}], "silence calls nobody"
    assert caller.call.press("1") == [{"event": "wait"}]
    assert caller.read()[-2:] == ["recipient: ja", "recipient: (tast 1)"]
    takeovers.say(ANNE, caller.id, "Trenger du noe mer til helgen?")
    assert caller.hears() == ["Trenger du noe mer til helgen?"]
    assert office.service.orders(caller.id)[0].status is Status.DRAFT
    takeovers.hand_back(ANNE, caller.id)
    # What was read before staff led must be read again.
    assert caller.hears() == ["Nå er det handletelefonen som hjelper deg igjen.", "Noe mer?"]
    takeovers.say(ANNE, caller.id, "Si «ferdig», du.")
    assert caller.hears()[0] == "Anne Lie sier: Si «ferdig», du."
    takeovers.leave(ANNE, caller.id)
    assert caller.hears() == []
    assert [action for who, action in office.log(caller.id) if who == ANNE.key][:2] == [
        "lead_call",
        "say_in_call",
    ]


def test_what_has_happened_meanwhile_is_said_before_the_answer(office: StaffOffice) -> None:
    caller = Caller82(office)
    office.office.takeovers.join(ANNE, caller.id)
    answer = caller.says("grovbrød")
    assert answer[0] == "Anne Lie fra hjemmetjenesten er med i samtalen."
    assert answer[-1] == "Noe mer?" and len(answer) == 3
    assert [each.split(": ")[0] for each in caller.read()[-4:]] == ["recipient", *["kurv"] * 3]


def test_an_order_that_staff_send_during_the_call_is_told(office: StaffOffice) -> None:
    caller = Caller82(office)
    caller.says("grovbrød")
    office.office.takeovers.lead(ANNE, caller.id)
    caller.hears()
    shown = office.office.baskets.show(ANNE, caller.id)
    office.office.closing.confirm(
        ANNE, caller.id, shown.order.order_id, shown.revision, beside=True
    )
    assert caller.hears() == ["Anne Lie har bestilt varene som lå i kurven."]
    (order,) = office.service.orders(caller.id)
    assert (order.confirmed_by, order.confirmed_with) == (ANNE.key, "beside")


def test_what_the_talk_begins_with_is_not_put_into_the_persons_mouth(office: StaffOffice) -> None:
    caller = Caller82(office)
    with office.store.transaction(read_only=True) as uow:
        assert {each.speaker for each in uow.utterances(caller.id)} == {"kurv"}


def test_before_the_pin_nobody_is_in_a_call_and_nothing_is_told(office: StaffOffice) -> None:
    person = office.person()
    for step in (office.office.takeovers.join, office.office.takeovers.lead):
        with pytest.raises(KurvError, match="ikke i telefonen"):
            step(ANNE, person)
    unknown = CallDialogue(
        "nobody", "", Desk(office.store), None,  # type: ignore[arg-type]
        open_with=lambda *a: [], read_again=lambda who: [], tell=lambda *a: [], sure=0.5,
    )  # fmt: skip
    unknown.begin()
    assert unknown.noticed() == [] and not unknown.is_news({"event": "takeover"})


def test_one_at_a_time_and_only_theirs(office: StaffOffice) -> None:
    caller, takeovers = Caller82(office), office.office.takeovers
    takeovers.join(ANNE, caller.id)
    with pytest.raises(KurvError, match="Anne Lie er allerede"):
        takeovers.lead(BJORN, caller.id)
    for step in (takeovers.hand_back, takeovers.fetch):
        with pytest.raises(KurvError, match="ikke med"):
            step(BJORN, caller.id)
    with pytest.raises(KurvError, match="ikke med"):
        takeovers.say(BJORN, caller.id, "hei")
    for step in (
        takeovers.join, takeovers.lead, takeovers.hand_back, takeovers.leave, takeovers.fetch,
        takeovers.now, takeovers.require_floor,
    ):  # fmt: skip
        with pytest.raises(NotAllowed):
            step(STRANGER, caller.id)
    for text in ("", " </> ", "a" * 301):
        with pytest.raises(KurvError):
            takeovers.say(ANNE, caller.id, text)
    assert caller.hears()[0].startswith("Anne Lie")


def test_nobody_writes_to_the_bot_while_it_asks_the_caller(office: StaffOffice) -> None:
    caller, takeovers = Caller82(office), office.office.takeovers
    with pytest.raises(KurvError, match="ta over"):
        takeovers.require_floor(ANNE, caller.id)
    takeovers.lead(ANNE, caller.id)
    takeovers.require_floor(ANNE, caller.id)
    with pytest.raises(KurvError, match="ta over"):
        takeovers.require_floor(BJORN, caller.id)
    caller.call.ended()
    takeovers.require_floor(BJORN, caller.id)


def test_the_call_is_put_through_to_staff(office: StaffOffice) -> None:
    caller = Caller82(office)
    office.office.takeovers.lead(ANNE, caller.id)
    caller.hears()
    office.office.takeovers.fetch(ANNE, caller.id)
    events = caller.call.noticed()
    assert [event["event"] for event in events] == ["said", "transfer"]
    assert office.office.takeovers.now(ANNE, caller.id) is None
    assert caller.says("grovbrød")[-1] == "Noe mer?"  # nobody came: the bot goes on


@pytest.mark.parametrize("why", ["hung up", "signed out", "idle", "lost"])
def test_a_takeover_ends_by_itself(office: StaffOffice, why: str) -> None:
    caller, takeovers = Caller82(office), office.office.takeovers
    now, watcher = office.clock(), Watcher(office.store, LiveFeed())
    member = office.add_staff(f"dina {why}", "orderer")
    token, dina = office.token(member), replace(ANNE, staff_id=member.staff_id, name="Dina")
    takeovers.lead(dina, caller.id)
    caller.hears()
    watcher.look()
    assert takeovers.now(ANNE, caller.id) is not None
    if why == "hung up":
        caller.call.ended()
    elif why == "signed out":
        office.accounts.sign_out(token)
        watcher.look()
    else:
        office.clock.now = now + timedelta(minutes=31 if why == "idle" else 121)
        watcher.look()
        office.clock.now = now
    assert takeovers.now(ANNE, caller.id) is None
    if why in ("signed out", "idle"):
        assert caller.hears()[0] == "Nå er det handletelefonen som hjelper deg igjen."


def test_a_store_that_fails_for_a_moment_ends_no_call(
    office: StaffOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = Caller82(office)
    office.office.takeovers.join(ANNE, caller.id)

    def fail(*_: object) -> None:
        raise StoreError("Databasen er opptatt.")

    with monkeypatch.context() as broken:
        broken.setattr(Newsroom, "take", fail)
        assert caller.hears() == []
        assert caller.says("grovbrød")[-1] == "Noe mer?"
    with monkeypatch.context() as broken:
        broken.setattr(office.service, "tell", fail)
        assert caller.hears() == ["Anne Lie fra hjemmetjenesten er med i samtalen."]
