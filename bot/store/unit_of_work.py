"""Everything that can be asked of the store within one transaction."""

from bot.store.callers import Callers
from bot.store.duties import Duties
from bot.store.outbox import Outbox
from bot.store.rings import Rings


class UnitOfWork(Outbox, Duties, Callers, Rings):
    """One database transaction; get it from `Store.transaction`."""
