"""When people may be rung: by day, and not on Sundays and public holidays unless agreed; pure."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

#: Nobody is rung earlier or later, whatever was agreed.
EARLIEST, LATEST = time(8, 0), time(20, 0)
_FIXED = {(1, 1), (5, 1), (5, 17), (12, 25), (12, 26)}
#: Maundy Thursday, Good Friday, Easter Sunday and Monday, Ascension, Whit Sunday and Monday.
_FROM_EASTER = (-3, -2, 0, 1, 39, 49, 50)


def easter(year: int) -> date:
    """Easter Sunday (Gauss's computation in the anonymous Gregorian form)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    weekday = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * weekday) // 451
    month, day = divmod(h + weekday - 7 * m + 114, 31)
    return date(year, month, day + 1)


def is_holiday(day: date) -> bool:
    """Whether it is a Sunday or a public holiday in Norway (lov om helligdager; 1 and 17 May)."""
    moved = {easter(day.year) + timedelta(days=days) for days in _FROM_EASTER}
    return day.weekday() == 6 or (day.month, day.day) in _FIXED or day in moved


def may_ring(local: datetime, holidays: bool) -> bool:
    """Whether somebody may be rung at this local time; `holidays`: agreed for those too."""
    if not EARLIEST <= local.time() < LATEST:
        return False
    return holidays or not is_holiday(local.date())
