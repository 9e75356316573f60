"""The use cases of the staff side that are about recipients and their orders, put together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.casework.approvals import Approvals
from bot.casework.baskets import Baskets
from bot.casework.closing import Closing
from bot.casework.desk import Looks
from bot.casework.messages import OutgoingMessages
from bot.casework.products import Products
from bot.casework.receipts import Receipts
from bot.casework.recipients import Recipients
from bot.casework.talking import Talking
from bot.casework.today import Today
from bot.ordering.shop import Shop
from bot.service import Service
from bot.store import Store


class Office:
    """Everything that staff do with recipients, each thing in a desk of its own."""

    def __init__(
        self,
        store: Store,
        service: Service,
        shop: Shop,
        messages: OutgoingMessages,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        """`clock` gives the moment it is now, with its zone; by default the store's."""
        clock = clock or store.clock
        common = (store, service, shop, Looks(store, clock), clock)
        self.today = Today(*common)
        self.recipients = Recipients(*common)
        self.baskets = Baskets(*common)
        self.products = Products(*common)
        self.talking = Talking(*common)
        self.closing = Closing(*common)
        self.approvals = Approvals(*common)
        self.receipts = Receipts(*common, messages=messages)
