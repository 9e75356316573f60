"""A demonstration: twelve made-up recipients and a week of their orders, in a place of its own.

All of it goes through the use cases that everybody uses: people speak, staff mend and confirm, the
simulated grocer acknowledges. Only the clock is ours: it walks through the week that has passed.
"""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from bot.calls.desk import Desk
from bot.casework.actor import Actor, Role
from bot.casework.messages import MessageFolder
from bot.casework.office import Office
from bot.cli.output import err
from bot.data_files import load_shop
from bot.grocers.local_time import OSLO, UTC
from bot.grocers.simulator.server import running
from bot.ordering.match import Certain
from bot.parts import Parts, assemble, simulator_database
from bot.service import Service
from bot.settings import Settings
from bot.store import Person
from bot.store.callers import Caller
from bot.store.staff_book import Municipality, StaffMember

MUNICIPALITY = Municipality("fjordvik", "Fjordvik")
ANNE = Actor("anne", "Anne Lie", "fjordvik", frozenset({Role.ORDERER}))
BJORN = Actor("bjorn", "Bjørn Haugen", "fjordvik", frozenset({Role.ORDERER, Role.APPROVER}))
_STAFF = (
    StaffMember("anne", "fjordvik", "Anne Lie", ("orderer",)),
    StaffMember("bjorn", "fjordvik", "Bjørn Haugen", ("orderer", "approver")),
    StaffMember("kari", "fjordvik", "Kari Moen", ("administrator", "privacy")),
)


def _person(recipient_id: str, name: str, address: str, district: str, **more: object) -> Person:
    known = Person(recipient_id, name, municipality="fjordvik", district=district, address=address)
    return replace(known, **more)  # type: ignore[arg-type]


#: Nobody of these exists, nor do the places.
_PEOPLE = (
    _person(
        "f101",
        "Olga Dahl",
        "Strandveien 4\n9990 Fjordvik",
        "Sentrum",
        delivery="torsdag kveld",
        budget=Decimal(800),
        next_of_kin="Eva Dahl (datter), 98 76 00 01",
        note="Hører dårlig på høyre øre. Vil helst ha Friele-kaffe.",
    ),
    _person("f102", "Arne Solheim", "Kirkegata 12\n9990 Fjordvik", "Sentrum", delivery="fredag"),
    _person(
        "f103",
        "Signe Nesbø",
        "Bakken 3\n9991 Nordbyen",
        "Nordbyen",
        allergies=("nøtter",),
        next_of_kin="Jon Nesbø (sønn), 98 76 00 03",
    ),
    _person(
        "f104",
        "Torvald Lien",
        "Havnegata 7\n9990 Fjordvik",
        "Sentrum",
        delivery="onsdag formiddag",
    ),
    _person("f105", "Gudrun Aas", "Bakken 11\n9991 Nordbyen", "Nordbyen", budget=Decimal(300)),
    _person("f106", "Magnus Berge", "Skoleveien 1\n9991 Nordbyen", "Nordbyen"),
    _person("f107", "Astrid Holm", "Strandveien 22\n9990 Fjordvik", "Sentrum", diets=("vegetar",)),
    _person("f108", "Einar Vik", "Kaia 2\n9990 Fjordvik", "Sentrum", delivery="mandag kveld"),
    _person("f109", "Ragnhild Moe", "Lia 9\n9991 Nordbyen", "Nordbyen", reminders=False),
    _person("f110", "Peder Strand", "Lia 14\n9991 Nordbyen", "Nordbyen", substitutes="never"),
    _person("f111", "Solveig Hauge", "Kirkegata 30\n9990 Fjordvik", "Sentrum"),
    _person("f112", "Nils Fossum", "Havnegata 19\n9990 Fjordvik", "Sentrum", delivery="tirsdag"),
)
_PHONES = {"f101": "+4798760101", "f102": "+4798760102", "f108": "+4798760108"}

#: Who ordered what, how many days ago; "voice": themselves, else what staff chose.
_WEEK: tuple[tuple[int, str, str, Sequence[str]], ...] = (
    (7, "f101", "voice", ("to liter lettmelk", "et dusin egg", "et kilo bananer", "norvegia")),
    (7, "f104", "beside", ("leverpostei", "to kilo poteter", "fiskekaker")),
    (6, "f102", "voice", ("kjøttdeig", "en halv kilo tomater", "agurk")),
    (6, "f107", "behalf", ("havregryn", "et kilo bananer", "norvegia", "en halv kilo tomater")),
    (5, "f105", "voice", ("en liter lettmelk", "leverpostei", "et dusin egg")),
    (5, "f112", "beside", ("makrell i tomat", "toalettpapir", "havregryn")),
    (4, "f108", "voice", ("fiskekaker", "to kilo poteter", "agurk")),
    (4, "f109", "behalf", ("to liter lettmelk", "kjøttdeig", "et kilo bananer")),
    (3, "f110", "voice", ("cola", "norvegia", "et dusin egg")),
    (3, "f111", "beside", ("to kilo poteter", "leverpostei", "en halv kilo tomater", "agurk")),
    (2, "f101", "voice", ("to liter lettmelk", "et kilo bananer", "havregryn")),
    (2, "f106", "beside", ("kjøttdeig", "toalettpapir")),
    (1, "f104", "voice", ("en liter lettmelk", "fiskekaker", "makrell i tomat")),
    (1, "f102", "behalf", ("et dusin egg", "norvegia", "et kilo bananer", "leverpostei")),
)
#: What was said today and waits for somebody.
_TODAY: tuple[tuple[int, str, Sequence[tuple[str, str]]], ...] = (
    (150, "f108", (("add", "fiskekaker og to kilo poteter"), ("person", "få snakke med noen"))),
    (95, "f105", (("add", "to pakker kjøttdeig"), ("add", "tre norvegia"), ("affirm", "ja"))),
    (60, "f103", (("add", "havregryn"), ("add", "et kilo bananer"))),
    (25, "f106", (("add", "fire pilsner"), ("choose", "den første"), ("add", "leverpostei"))),
    (12, "f101", (("add", "to liter lettmelk"), ("add", "et dusin egg"), ("add", "leverpostei"))),
)


@dataclass
class _WalkingClock:
    """The moment it is in the demonstration's week."""

    now: datetime

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=2)  # nobody says everything at once
        return self.now


def demo_settings(settings: Settings) -> Settings:
    """The same machine with another store and a simulated grocer: nothing real is touched."""
    folder = settings.state_dir / "demo"
    return replace(
        settings, state_dir=folder, database_url=f"sqlite:///{folder / 'kurv.db'}", data_keys=(),
        grocer_url="", dialler_url="", call_spool=None, staff_url="", oidc_issuer="",
    )  # fmt: skip


def fill_demo(settings: Settings) -> None:
    """Make the demonstration anew, in the folder of `demo_settings`; takes some seconds."""
    err.print("Lager oppdiktede mottakere og en uke med bestillinger …", markup=False)
    shutil.rmtree(settings.state_dir, ignore_errors=True)
    settings.state_dir.mkdir(parents=True)
    today = datetime.now(UTC)
    clock = _WalkingClock(today)
    shop = load_shop(settings.catalogue, settings.synonyms)
    with running(simulator_database(settings), shop.catalogue, clock=clock) as grocer:
        parts = assemble(settings, grocer.url, clock)
        clock.now = today - timedelta(days=8)
        _people(parts)
        for days, recipient_id, how, wares in _WEEK:
            clock.now = _morning(today - timedelta(days=days))
            _order(parts, recipient_id, how, wares)
        for minutes, recipient_id, turns in _TODAY:
            clock.now = today - timedelta(minutes=minutes)
            for act, text in turns:
                parts.service.handle(recipient_id, act, text, how="voice")
        clock.now = today - timedelta(minutes=10)
        _finish(parts.service, "f106")  # with beer in it: it waits for a second person
        clock.now = today - timedelta(minutes=5)
        _unknown_caller(parts)
        parts.store.close()


def _people(parts: Parts) -> None:
    with parts.store.transaction() as uow:
        uow.save_municipality(MUNICIPALITY)
        for member in _STAFF:
            uow.save_staff(member)
        for person in _PEOPLE:
            uow.save_person(person)
        for recipient_id, phone in _PHONES.items():
            # No PIN opens it: nobody is to ring as somebody who does not exist.
            uow.save_caller(Caller(phone, recipient_id, "AA==$AA==", 4))
    office = Office(parts.store, parts.service, parts.shop, _messages(parts))
    for phrase in ("lettmelk", "egg", "bananer"):
        office.recipients.set_usual_line(ANNE, "f101", _product(parts, phrase), Decimal(1))


def _order(parts: Parts, recipient_id: str, how: str, wares: Sequence[str]) -> None:
    if how == "voice":
        for ware in wares:
            parts.service.handle(recipient_id, "add", ware, how="voice")
        _finish(parts.service, recipient_id)
        return
    office = Office(parts.store, parts.service, parts.shop, _messages(parts))
    for ware in wares:
        revision = office.baskets.show(ANNE, recipient_id).revision
        product = _product(parts, ware)
        office.baskets.add(ANNE, recipient_id, revision, product, Decimal(1))
    order = office.closing.read_back(ANNE, recipient_id).basket.order
    revision = order.basket.revision
    done = office.closing.confirm(ANNE, recipient_id, order.order_id, revision, how == "beside")
    if office.approvals.show(BJORN, done.order_id).waits:
        office.approvals.approve(BJORN, done.order_id, revision)


def _finish(service: Service, recipient_id: str) -> None:
    """ "Det var alt", no to whatever is asked besides, and yes to what was read back."""
    reply = service.handle(recipient_id, "done", "det var alt", how="voice")
    for _ in range(3):
        if reply.stage == "read_back":
            service.handle(recipient_id, "affirm", "ja", how="voice")
            return
        reply = service.handle(recipient_id, "deny", "nei takk", how="voice")


def _unknown_caller(parts: Parts) -> None:
    desk, call = Desk(parts.store), str(UUID(int=4711))
    opening = desk.open(call, "+4798769999")
    desk.close(call, opening, "not_identified")


def _product(parts: Parts, phrase: str) -> str:
    match = parts.shop.find(phrase)
    found = match.candidate if isinstance(match, Certain) else match.candidates[0]
    return found.product.product_id


def _messages(parts: Parts) -> MessageFolder:
    return MessageFolder(parts.settings.state_dir / "messages")


def _morning(moment: datetime) -> datetime:
    return moment.astimezone(OSLO).replace(hour=10, minute=12).astimezone(UTC)
