"""The use cases of the staff side that are about recipients and their orders, put together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.casework.approvals import Approvals
from bot.casework.baskets import Baskets
from bot.casework.closing import Closing
from bot.casework.desk import Looks
from bot.casework.follow import Follow
from bot.casework.messages import OutgoingMessages
from bot.casework.products import Products
from bot.casework.receipts import Receipts
from bot.casework.recipients import Recipients
from bot.casework.takeover import TakeOvers
from bot.casework.talking import Talking
from bot.casework.today import Today
from bot.live import LiveFeed
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
        live: LiveFeed | None = None,
    ) -> None:
        """Put the desks together.

        Args:
            clock: the moment it is now, with its zone; by default the store's.
            live: what happens right now; None: nobody tells of anything.
        """
        clock = clock or store.clock
        common = (store, service, shop, Looks(store, clock), clock)
        self.today = Today(*common)
        self.recipients = Recipients(*common)
        self.baskets = Baskets(*common)
        self.products = Products(*common)
        self.talking = Talking(*common)
        self.takeovers = TakeOvers(*common)
        self.follow = Follow(*common, live=live or LiveFeed())
        self.closing = Closing(*common)
        self.approvals = Approvals(*common)
        self.receipts = Receipts(*common, messages=messages)
