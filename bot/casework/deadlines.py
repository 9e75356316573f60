"""Until when something must be ordered to come in time; pure."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from bot.grocers.local_time import OSLO
from bot.ordering.delivery import read_wish

#: The grocer packs in the night: what is to come tomorrow must be ordered by this time today.
LAST_CALL = time(16)
_WEEKDAYS = ("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag")


def next_delivery(wish: str | None, now: datetime) -> date:
    """The soonest day for which the grocer still takes an order, on the weekday that is wanted.

    Args:
        wish: "torsdag kveld" or the like; None or without a weekday: any day.
        now: with a zone.
    """
    local = now.astimezone(OSLO)
    soonest = local.date() + timedelta(days=1 if local.time() < LAST_CALL else 2)
    wanted = next((w for w in (read_wish(wish or "") or "").split() if w in _WEEKDAYS), None)
    if wanted is None:
        return soonest
    return soonest + timedelta(days=(_WEEKDAYS.index(wanted) - soonest.weekday()) % 7)


def deadline(wish: str | None, now: datetime) -> datetime:
    """The last moment at which an order with this wish comes on the day of `next_delivery`."""
    day = next_delivery(wish, now) - timedelta(days=1)
    return datetime.combine(day, LAST_CALL, tzinfo=OSLO)
