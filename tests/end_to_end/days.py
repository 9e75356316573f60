"""Days for wishes of delivery, whatever day and hour the tests run at."""

from datetime import datetime, timedelta

from bot.grocers.local_time import OSLO
from bot.grocers.protocol import WEEKDAYS

_SUNDAY = 6


def deliverable_day() -> str:
    """The name of a day which can still be chosen tonight: in three days, but no Sunday."""
    day = datetime.now(OSLO) + timedelta(days=3)
    return WEEKDAYS[day.weekday() if day.weekday() != _SUNDAY else 0]
