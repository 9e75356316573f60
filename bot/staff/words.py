"""Amounts, times and names as staff read them; the filters of the templates."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from bot.casework.today import Shipment
from bot.grocers.local_time import OSLO
from bot.ordering.basket import BasketLine
from bot.ordering.order import Order, Status

_DAYS = ("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag")
_MONTHS = (
    "januar", "februar", "mars", "april", "mai", "juni",
    "juli", "august", "september", "oktober", "november", "desember",
)  # fmt: skip
_RULES = {
    "allow": "kan bestilles",
    "staff_approve": "må godkjennes",
    "block": "kan ikke bestilles",
    None: "som kommunen",
}
_STATUS = {
    Status.CONFIRMED: "Bekreftet, sendes snart",
    Status.SUBMITTED: "Sendes til butikken",
    Status.ACKNOWLEDGED: "Butikken har bestillingen",
    Status.FAILED: "Butikken tok den ikke imot",
    Status.CANCELLED: "Avbestilt",
}
_HOW = {
    "voice": "sa ja på telefonen eller til nettbrettet",
    "typed": "bekreftet skriftlig",
    "beside": "sammen med",
    "behalf": "på vegne av",
}


def kr(amount: Decimal) -> str:
    """Kroner: "1 234,50 kr", with spaces that do not break."""
    whole, _, ore = f"{abs(amount):.2f}".partition(".")
    grouped = f"{int(whole):,}".replace(",", "\u00a0")
    return f"{'−' if amount < 0 else ''}{grouped},{ore}\u00a0kr"


def digits(amount: Decimal) -> str:
    """A quantity: "2" or "0,4"."""
    return format(amount.normalize(), "f").replace(".", ",")


def much(line: BasketLine) -> str:
    """How much of a ware: "2" packs or "0,4 kg"."""
    return digits(line.quantity) + ("\u00a0kg" if line.unit == "kg" else "")


def clock(moment: datetime) -> str:
    """The time on the wall: "10.42"."""
    return f"{moment.astimezone(OSLO):%H.%M}"


def day(moment: datetime | date) -> str:
    """A date: "torsdag 26. november"."""
    when = moment.astimezone(OSLO).date() if isinstance(moment, datetime) else moment
    return f"{_DAYS[when.weekday()]} {when.day}. {_MONTHS[when.month - 1]}"


def at(moment: datetime, now: datetime) -> str:
    """A moment as one says it: "i dag kl. 10.42", "i går kl. 9.05", "tirsdag 3. november"."""
    apart = (moment.astimezone(OSLO).date() - now.astimezone(OSLO).date()).days
    near = {0: "i dag", 1: "i morgen", -1: "i går"}.get(apart)
    if near is not None:
        return f"{near} kl. {clock(moment)}"
    if 1 < apart < 7:
        return f"{_DAYS[moment.astimezone(OSLO).weekday()]} kl. {clock(moment)}"
    return day(moment)


def ago(moment: datetime, now: datetime) -> str:
    """How long ago: "nå nettopp", "for 12 minutter siden", else as `at`."""
    passed = now - moment
    if passed < timedelta(minutes=2):
        return "nå nettopp"
    if passed < timedelta(hours=1):
        return f"for {int(passed.total_seconds() // 60)} minutter siden"
    return at(moment, now)


def left(until: datetime, now: datetime) -> str:
    """How long there is: "2 timer 14 min"."""
    minutes = max(0, int((until - now).total_seconds() // 60))
    hours, minutes = divmod(minutes, 60)
    if hours >= 24:
        days = hours // 24
        return "1 dag" if days == 1 else f"{days} dager"
    in_hours = "1 time" if hours == 1 else f"{hours} timer"
    if not hours:
        return f"{minutes} min"
    return f"{in_hours} {minutes} min" if minutes else in_hours


def arrives(order: Order | Shipment, now: datetime | None = None) -> str:
    """When the goods come, see `window`; "" when that is not known."""
    return "" if order.arrives is None else window(order.arrives, now)


def window(times: tuple[datetime, datetime], now: datetime | None = None) -> str:
    """A delivery time: "torsdag 26. november kl. 17–20", "i dag kl. 17–20" beside `now`."""
    opens, closes = (each.astimezone(OSLO) for each in times)
    apart = (opens.date() - now.astimezone(OSLO).date()).days if now is not None else None
    when = {0: "i dag", 1: "i morgen"}.get(apart, day(opens)) if apart is not None else day(opens)
    return f"{when} kl. {_hour(opens)}–{_hour(closes)}"


def _hour(moment: datetime) -> str:
    return str(moment.hour) if moment.minute == 0 else f"{moment.hour}.{moment:%M}"


def status(order: Order | Shipment) -> str:
    """Where an order is."""
    return _STATUS.get(order.status, "Ikke bestilt")


def rule(policy: str | None) -> str:
    """A rule for restricted goods."""
    return _RULES.get(policy, "som kommunen")


def goods(order: Order) -> str:
    """How many kinds of goods: "1 vare", "7 varer"."""
    count = len(order.basket.lines)
    return "1 vare" if count == 1 else f"{count} varer"


def confirmed(order: Order, recipient: str, names: dict[str, str]) -> str:
    """Who confirmed an order and how, in words that tell the two apart."""
    who = order.confirmed_by or ""
    if who in ("", "recipient"):
        how = _HOW.get(order.confirmed_with or "", "bekreftet selv")
        return f"{recipient} {how}"
    name = names.get(who, "En ansatt")
    if order.confirmed_with == "behalf":
        return f"{name} bestilte på vegne av {recipient}"
    return f"{name} bestilte sammen med {recipient}"


def greeting(now: datetime) -> str:
    """How one greets at this time of day."""
    hour = now.astimezone(OSLO).hour
    if hour < 10:
        return "God morgen"
    return "God dag" if hour < 17 else "God kveld"


def phone(number: str) -> str:
    """A number as it is read: "22 33 44 55" in Norway, others as they are."""
    digits = number.removeprefix("+47")
    if digits == number or len(digits) != 8 or not digits.isdigit():
        return number
    return "\u00a0".join(digits[at : at + 2] for at in range(0, 8, 2))


def first(name: str) -> str:
    """The first of somebody's names; what they are called when there is no name."""
    return name.split()[0] if name.split() else "mottakeren"


FILTERS = {
    each.__name__: each
    for each in (
        kr, digits, much, clock, day, at, ago, left, arrives, window, status, rule, goods,
        confirmed, greeting, phone, first,
    )
}  # fmt: skip
