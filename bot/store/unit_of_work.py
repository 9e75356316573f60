"""Everything that can be asked of the store within one transaction."""

from bot.store.duties import Duties
from bot.store.outbox import Outbox


class UnitOfWork(Outbox, Duties):
    """One database transaction; get it from `Store.transaction`."""
