"""What all parts of a unit of work have: the transaction's connection and the clock."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.engine import Connection


class Part:
    """A group of queries in one transaction."""

    def __init__(self, connection: Connection, clock: Callable[[], datetime]) -> None:
        self._connection = connection
        self._clock = clock
