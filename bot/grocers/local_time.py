"""Norwegian wall-clock time, also on machines without a time zone database."""

from datetime import datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


class CentralEuropeanTime(tzinfo):
    """UTC+1, and UTC+2 from the last Sunday of March to that of October (directive 2000/84/EC)."""

    def utcoffset(self, moment: datetime | None) -> timedelta:
        """The offset at this wall-clock time; the doubled hour in October honours `fold`."""
        return timedelta(hours=1) + self.dst(moment)

    def dst(self, moment: datetime | None) -> timedelta:
        """One hour in summer, else none."""
        if moment is None:
            return timedelta(0)
        wall = moment.replace(tzinfo=None)
        begins = _last_sunday(wall.year, 3).replace(hour=2 + (0 if moment.fold else 1))
        ends = _last_sunday(wall.year, 10).replace(hour=2 + (0 if moment.fold else 1))
        return timedelta(hours=1) if begins <= wall < ends else timedelta(0)

    def tzname(self, moment: datetime | None) -> str:
        """CET or CEST."""
        return "CEST" if self.dst(moment) else "CET"

    def fromutc(self, moment: datetime) -> datetime:
        """Wall-clock time for a time in UTC that is labelled with this zone."""
        naive = moment.replace(tzinfo=None)
        begins = _last_sunday(naive.year, 3).replace(hour=1)
        ends = _last_sunday(naive.year, 10).replace(hour=1)
        summer = begins <= naive < ends
        wall = naive + timedelta(hours=2 if summer else 1)
        doubled = ends <= naive < ends + timedelta(hours=1)
        return wall.replace(tzinfo=self, fold=1 if doubled else 0)


def _last_sunday(year: int, month: int) -> datetime:
    last = datetime(year, month, 31)
    return last - timedelta(days=(last.weekday() + 1) % 7)


def norwegian_time() -> tzinfo:
    """The zone Europe/Oslo."""
    try:
        return ZoneInfo("Europe/Oslo")
    except ZoneInfoNotFoundError:  # a bare container has no database
        return CentralEuropeanTime()


OSLO = norwegian_time()
UTC = timezone.utc
