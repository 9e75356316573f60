"""The use cases of the staff side over a real store and the simulated grocer, for tests."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

from bot.casework.actor import Actor, Role
from bot.casework.messages import MessageFolder
from bot.casework.office import Office
from bot.data_files import load_shop
from bot.grocers.kolonial import KolonialGrocer
from bot.grocers.simulator.server import running
from bot.ordering.order import Order
from bot.service import Policies, Service
from bot.settings import PACKAGED_DATA
from bot.store import Person
from bot.store.submitter import Submitter
from tests.staff_web import StaffStore

SHOP = load_shop(Path(__file__).parent / "dialogues" / "shop.csv", PACKAGED_DATA / "synonyms.yml")
ONE = Decimal(1)
ORDERER, APPROVER = frozenset({Role.ORDERER}), frozenset({Role.APPROVER})
ANNE = Actor("anne", "Anne Lie", "baerum", ORDERER)
BJORN = Actor("bjorn", "Bjørn Moe", "baerum", ORDERER | APPROVER)
STRANGER = Actor("carl", "Carl Ås", "asker", ORDERER | APPROVER)


class StaffOffice(StaffStore):
    """Two municipalities, their staff, and an office for them."""

    def __init__(self, folder: Path, grocer_url: str) -> None:
        super().__init__(folder)
        self.folder = folder
        self.shown: list[tuple[str, str]] = []
        grocer = KolonialGrocer(grocer_url, SHOP.catalogue, clock=self.clock)
        self.submitter = Submitter(self.store, grocer)
        self.service = Service(
            SHOP, self.store, grocer, self.submitter, Policies("staff_approve", "block"),
            self.clock, lambda who, event: self.shown.append((who, event["event"])),
        )  # fmt: skip
        self.office = Office(
            self.store, self.service, SHOP, MessageFolder(folder / "messages"), self.clock
        )
        self._count = itertools.count(1)
        for actor, roles in ((ANNE, ("orderer",)), (BJORN, ("orderer", "approver"))):
            self.add_staff(actor.staff_id, *roles)

    def person(self, **known: Any) -> str:
        """Somebody new in Bærum, or elsewhere."""
        recipient_id = f"r{next(self._count)}"
        with self.store.transaction() as uow:
            uow.save_person(
                Person(recipient_id, **{"municipality": "baerum", "display_name": "Olga", **known})
            )
        return recipient_id

    def basket(self, recipient_id: str, *product_ids: str, actor: Actor = ANNE) -> Order:
        """The open order after these were put into it, one of each."""
        for product_id in product_ids:
            revision = self.office.baskets.show(actor, recipient_id).revision
            self.office.baskets.add(actor, recipient_id, revision, product_id, ONE)
        return self.office.baskets.show(actor, recipient_id).order

    def confirmed(self, recipient_id: str, *product_ids: str, actor: Actor = ANNE) -> Order:
        """An order that staff confirmed, with the recipient beside them."""
        order = self.basket(recipient_id, *product_ids, actor=actor)
        return self.office.closing.confirm(
            actor, recipient_id, order.order_id, order.basket.revision, beside=True
        )

    def log(self, recipient_id: str) -> list[tuple[str, str]]:
        """Who did what about somebody, the oldest first."""
        with self.store.transaction(read_only=True) as uow:
            found = uow.accesses(recipient_id)
        return [(each.actor, each.action) for each in reversed(found)]

    def tasks(self, recipient_id: str) -> list[str]:
        """The kinds of what is open about somebody."""
        with self.store.transaction(read_only=True) as uow:
            return [task.kind for task in uow.tasks(recipient_id=recipient_id)]


@contextmanager
def staff_office(folder: Path) -> Iterator[StaffOffice]:
    """An office and its grocer for as long as the block lasts; both have the test's clock."""
    made: list[StaffOffice] = []
    clock = lambda: made[0].clock()  # noqa: E731 - the office's, which needs the grocer's address
    with running(folder / "grocer.db", SHOP.catalogue, clock=clock) as address:
        made.append(StaffOffice(folder, address.url))
        yield made[0]
        made[0].store.close()
