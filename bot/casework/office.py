"""What staff do with people's baskets and orders."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.casework.actor import Actor, Role
from bot.ordering.shop import Shop
from bot.service import Service
from bot.store import Store

#: Roles that see and change baskets.
CARERS = (Role.ORDERER, Role.APPROVER)


class Office:
    """The use cases of the staff side, for whoever is signed in."""

    def __init__(
        self,
        store: Store,
        service: Service,
        shop: Shop,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        self._store = store
        self._service = service
        self._shop = shop
        self._clock = clock or store.clock

    def today(self, actor: Actor) -> list[str]:
        """The people that the actor has to do with."""
        actor.require(*CARERS)
        with self._store.transaction(read_only=True) as uow:
            return [each.display_name for each in uow.people() if actor.may_see(each)]
