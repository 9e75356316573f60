"""What all parts of a unit of work have: the transaction's connection, the clock and the vault."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.engine import Connection

from bot.store.vault import Vault


class Part:
    """A group of queries in one transaction."""

    def __init__(self, connection: Connection, clock: Callable[[], datetime], vault: Vault) -> None:
        self._connection = connection
        self._clock = clock
        self._vault = vault
        self.touched: set[str] = set()
        """The recipients about whom this transaction has changed something that staff follow."""

    def now(self) -> datetime:
        """The moment it is now, in the store's own time."""
        return self._clock()
