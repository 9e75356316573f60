"""The simulated grocer's places in its delivery times: what is open, and who holds one."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.engine import Connection, Engine

from bot.grocers.local_time import UTC
from bot.grocers.simulator.delivery import HOLD, Window, from_public_id, windows
from bot.grocers.simulator.errors import ApiError
from bot.grocers.simulator.tables import holds, orders


class Slots:
    """Places in delivery times; each time takes so many orders and holds."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime], capacity: int) -> None:
        self._engine = engine
        self._clock = clock
        self._capacity = capacity

    def offered(self, user_id: int | None) -> list[dict[str, Any]]:
        """All coming delivery times as this customer sees them."""
        now = self._clock()
        coming = windows(now)
        with self._engine.begin() as connection:
            taken = self._taken(connection, coming, user_id, now)
        return [
            {
                "id": each.public_id(now),
                "open_datetime": utc_text(each.opens),
                "close_datetime": utc_text(each.closes),
                "cutoff_time": utc_text(each.cutoff),
                "price": f"{each.price:.2f}",
                "is_full": taken.get(each.key, 0) >= self._capacity,
                "is_unavailable": each.cutoff <= now,
            }
            for each in coming
        ]

    def hold(self, user_id: int, slot_id: int) -> dict[str, Any]:
        """Keep a place for an hour; the customer's earlier hold is let go.

        Raises:
            ApiError: 404 stale id, 409 full or past its cut-off.
        """
        now = self._clock()
        with self._engine.begin() as connection:
            window = self.open_window(connection, user_id, slot_id, now)
            expires = now + HOLD
            connection.execute(delete(holds).where(holds.c.user_id == user_id))
            connection.execute(
                insert(holds).values(
                    user_id=user_id, window=window.key, expires=int(expires.timestamp())
                )
            )
        return {"id": slot_id, "reserved_until": utc_text(expires)}

    def open_window(
        self, connection: Connection, user_id: int, slot_id: int, now: datetime
    ) -> Window:
        """The window that a client means, with a place left for this customer.

        Raises:
            ApiError: 404 stale id, 409 full or past its cut-off.
        """
        window = from_public_id(slot_id, now)
        if window is None or window.key not in {each.key for each in windows(now)}:
            raise ApiError(404, "slot_not_found")
        if window.cutoff <= now:
            raise ApiError(409, "slot_unavailable")
        if self._taken(connection, [window], user_id, now).get(window.key, 0) >= self._capacity:
            raise ApiError(409, "slot_full")
        return window

    def _taken(
        self, connection: Connection, wanted: list[Window], user_id: int | None, now: datetime
    ) -> dict[str, int]:
        keys = [each.key for each in wanted]
        taken: dict[str, int] = {}
        ordered = (
            select(orders.c.window, func.count())
            .where(orders.c.window.in_(keys) & (orders.c.cancelled == 0))
            .group_by(orders.c.window)
        )
        held = (
            select(holds.c.window, func.count())
            .where(
                holds.c.window.in_(keys)
                & (holds.c.expires > int(now.timestamp()))
                & (holds.c.user_id != (user_id if user_id is not None else -1))
            )
            .group_by(holds.c.window)
        )
        for query in (ordered, held):
            for key, count in connection.execute(query):
                taken[key] = taken.get(key, 0) + count
        return taken

    def held(self, connection: Connection, user_id: int) -> Window | None:
        """The window in which a place is kept for this customer just now."""
        row = connection.execute(select(holds).where(holds.c.user_id == user_id)).first()
        if row is None or row.expires <= int(self._clock().timestamp()):
            return None
        return Window.from_key(row.window)

    @staticmethod
    def release(connection: Connection, user_id: int) -> None:
        """Let the customer's hold go."""
        connection.execute(delete(holds).where(holds.c.user_id == user_id))


def utc_text(moment: datetime) -> str:
    """A time as the API writes it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
