"""The simulated grocer's delivery times: which there are and how their ids come and go.

Four windows a day except Sundays, to be ordered before 16:00 the day before. As at the real
grocer an id says nothing and lasts an hour or two: a client that keeps one is found out.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from bot.grocers.local_time import OSLO, UTC

#: Opening hour, closing hour and price in kroner.
WINDOWS = (
    (8, 11, Decimal("49.00")),
    (11, 14, Decimal("39.00")),
    (14, 17, Decimal("39.00")),
    (17, 20, Decimal("59.00")),
)
CUTOFF = time(16, 0)
DAYS_AHEAD = 7
HOLD = timedelta(minutes=60)

_EPOCH = date(2020, 1, 1)
_ID_LIFE_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Window:
    """One delivery time; `key` is what it is called in the database."""

    day: date
    number: int

    @property
    def key(self) -> str:
        """For ever the same: "2026-11-26/3"."""
        return f"{self.day.isoformat()}/{self.number}"

    @classmethod
    def from_key(cls, key: str) -> "Window":
        """The window with this `key`."""
        day, _, number = key.partition("/")
        return cls(date.fromisoformat(day), int(number))

    @property
    def opens(self) -> datetime:
        """When it begins, UTC."""
        return self._at(self.day, time(WINDOWS[self.number][0]))

    @property
    def closes(self) -> datetime:
        """When it ends, UTC."""
        return self._at(self.day, time(WINDOWS[self.number][1]))

    @property
    def cutoff(self) -> datetime:
        """The last moment to order for it, UTC."""
        return self._at(self.day - timedelta(days=1), CUTOFF)

    @property
    def price(self) -> Decimal:
        """Kroner."""
        return WINDOWS[self.number][2]

    def public_id(self, now: datetime) -> int:
        """The id that clients get at this moment."""
        return _hour(now) * 100_000 + (self.day - _EPOCH).days * len(WINDOWS) + self.number

    @staticmethod
    def _at(day: date, moment: time) -> datetime:
        return datetime.combine(day, moment, OSLO).astimezone(UTC)


def windows(now: datetime) -> list[Window]:
    """All windows of the coming days, soonest first, those past their cut-off too."""
    today = now.astimezone(OSLO).date()
    days = (today + timedelta(days=ahead) for ahead in range(DAYS_AHEAD + 1))
    found = [Window(day, n) for day in days if day.weekday() != 6 for n in range(len(WINDOWS))]
    return [each for each in found if each.opens > now]


def from_public_id(slot_id: int, now: datetime) -> Window | None:
    """The window that a client means, or None when the id is stale or was never given."""
    hour, rest = divmod(slot_id, 100_000)
    if hour not in (_hour(now), _hour(now) - 1):
        return None
    days, number = divmod(rest, len(WINDOWS))
    return Window(_EPOCH + timedelta(days=days), number)


def _hour(now: datetime) -> int:
    return int(now.timestamp()) // _ID_LIFE_SECONDS
