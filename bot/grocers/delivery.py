"""From "torsdag kveld" to one of the grocer's delivery times."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.grocers.local_time import OSLO
from bot.grocers.protocol import WEEKDAYS, Slot
from bot.ordering.delivery import read_wish

#: Parts of the day: hours in whose span a delivery's middle must lie.
_PARTS = {"formiddag": (0, 13), "ettermiddag": (13, 17), "kveld": (17, 24)}
_DAYS_FROM_NOW = (
    (re.compile(r"\bi ?overmorgen\b"), 2),
    (re.compile(r"\bi ?morg[eo]n\b"), 1),
    (re.compile(r"\bi ?dag\b|\bi ?kveld\b|\bi ?ettermiddag\b"), 0),
)


def choose_slot(wish: str | None, slots: Sequence[Slot], now: datetime) -> Slot | None:
    """The open slot that fits a wish best.

    A slot on the day and in the part of the day is best, then one on the day, then one in the part
    of the day; else, or without a wish, the first that is open. Among equals the soonest is taken.

    Args:
        wish: Norwegian: a weekday, "i morgen", a part of the day, or both; None for no wish.
        slots: what the grocer offers.
        now: with a zone.

    Returns:
        None when no slot is open.
    """
    open_slots = sorted(
        (each for each in slots if each.available and each.cutoff > now),
        key=lambda each: each.opens,
    )
    if not open_slots:
        return None
    text = (wish or "").casefold()
    words = (read_wish(text) or "").split()
    weekday = next((WEEKDAYS.index(word) for word in words if word in WEEKDAYS), None)
    part = next((_PARTS[word] for word in words if word in _PARTS), None)
    date = None
    if weekday is None:
        for pattern, days in _DAYS_FROM_NOW:
            if pattern.search(text):
                date = (now.astimezone(OSLO) + timedelta(days=days)).date()
                break

    def fit(slot: Slot) -> int:
        on_day = slot.opens.weekday() == weekday or slot.opens.date() == date
        middle = slot.opens + (slot.closes - slot.opens) / 2
        in_part = part is not None and part[0] <= middle.hour < part[1]
        return 2 * on_day + in_part

    return max(open_slots, key=fit)  # the first, and so the soonest, of the best
