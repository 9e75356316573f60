"""What every use case at the staff side begins with: is this person theirs? And it is logged."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.casework.actor import Actor, NotAllowed, Role
from bot.errors import StoreError
from bot.ordering.catalogue import Restriction
from bot.ordering.shop import Shop
from bot.service import Service, municipality_of
from bot.store import Person, Store, UnitOfWork
from bot.store.worklist import Area

#: Roles that see and change baskets.
CARERS = (Role.ORDERER, Role.APPROVER)
#: Within this time the same look of the same person at the same thing is one look.
ONE_LOOK = timedelta(minutes=10)
_REMEMBERED = 10_000


class Looks:
    """Puts each look into the access log, once for all that one look makes a page ask for."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock
        self._lately: OrderedDict[tuple[str, str, str, str], datetime] = OrderedDict()
        self._guard = threading.Lock()

    def note(self, actor: Actor, recipient_id: str, action: str, reason: str = "") -> None:
        """Log a look, unless it goes on from one a few minutes ago.

        Raises:
            StoreError: it could not be logged; then nothing may be shown.
        """
        key, now = (actor.key, recipient_id, action, reason), self._clock()
        with self._guard:
            before = self._lately.get(key)
        if before is not None and now - before < ONE_LOOK:
            return
        with self._store.transaction() as uow:
            uow.log_access(actor.key, recipient_id, action, reason)
        with self._guard:
            self._lately[key] = now
            self._lately.move_to_end(key)
            while len(self._lately) > _REMEMBERED:
                self._lately.popitem(last=False)


class Desk:
    """What the use cases share; each of them is one subclass with one job."""

    def __init__(
        self,
        store: Store,
        service: Service,
        shop: Shop,
        looks: Looks,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._service = service
        self._shop = shop
        self._looks = looks
        self._clock = clock

    def _theirs(self, uow: UnitOfWork, actor: Actor, recipient_id: str, *roles: Role) -> Person:
        """A recipient whom the actor may see, with one of the roles (carers by default).

        Raises:
            NotAllowed: there is no such recipient, or they are not the actor's: alike.
        """
        actor.require(*(roles or CARERS))
        try:
            person = uow.person(recipient_id, create=False)
        except StoreError:
            person = Person(recipient_id)  # in no municipality: nobody may see them
        actor.require_person(person, *(roles or CARERS))
        return person

    def _rules(self, uow: UnitOfWork, person: Person) -> dict[str, str]:
        """Which rule holds for each kind of restricted goods: `allow`, `staff_approve`, `block`."""
        theirs = municipality_of(uow, person)
        return {
            kind.value: self._service.policies.of(kind, person, theirs)
            for kind in (Restriction.ALCOHOL, Restriction.TOBACCO)
        }

    @staticmethod
    def _area(actor: Actor) -> Area:
        """Whose people the actor has to do with.

        Raises:
            NotAllowed: they are of no municipality.
        """
        actor.require(*CARERS)
        if not actor.municipality:
            raise NotAllowed("Kontoen din hører ikke til noen kommune; spør administratoren.")
        return Area(actor.municipality, actor.districts)
