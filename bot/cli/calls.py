"""`kurv caller`: who may order by telephone, and agreed times at which we ring them."""

import getpass
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from bot.calls import pins
from bot.calls.calendar import EARLIEST, LATEST
from bot.calls.numbers import masked, normalised
from bot.cli.output import out
from bot.errors import KurvError
from bot.ordering.wording import WEEKDAYS
from bot.parts import open_store
from bot.settings import Settings
from bot.store import Store
from bot.store.callers import Caller

app = typer.Typer(help="Hvem som kan bestille på telefon.", no_args_is_help=True)
schedule = typer.Typer(help="Faste tider da vi ringer.", no_args_is_help=True)
app.add_typer(schedule, name="schedule")

Recipient = Annotated[str, typer.Option("--recipient", help="Mottakerens nummer.")]
Phone = Annotated[str, typer.Option("--phone", help="Telefonnummer, som +47 22 33 44 55.")]


def _store() -> Store:
    return open_store(Settings.from_environment())


@app.command("add")
def add(
    recipient: Recipient,
    phone: Phone,
    pin_file: Annotated[
        Path | None, typer.Option("--pin-file", help="Fil med koden; - er standard inn.")
    ] = None,
    generate: Annotated[
        bool, typer.Option("--generate", help="Lag en kode og vis den én gang.")
    ] = False,
) -> None:
    """La noen ringe fra et nummer, med en kode på fire til seks siffer."""
    number = normalised(phone)
    pin = pins.new_pin() if generate else pins.checked(_given_pin(pin_file))
    store = _store()
    with store.transaction(read_only=True) as uow:
        numbers = {number, *(each.phone for each in uow.callers(recipient_id=recipient))}
        others = [
            each
            for each in uow.callers()
            if each.phone in numbers and each.recipient_id != recipient
        ]
    while any(pins.matches(pin, each.pin) for each in others):
        if not generate:
            raise KurvError("Velg en annen kode; andre på samme nummer kan ikke ha den samme.")
        pin = pins.new_pin()
    with store.transaction() as uow:
        uow.save_caller(Caller(number, recipient, pins.hashed(pin), len(pin)))
        uow.set_pin_failures(number, 0, None)
        uow.log_access("command", recipient, "caller_added")
    out.print(f"{recipient} kan nå ringe fra {masked(number)}.", markup=False)
    if generate:
        out.print(f"Koden er {pin}. Den vises bare nå.", markup=False)


def _given_pin(pin_file: Path | None) -> str:
    if pin_file is not None and str(pin_file) != "-":
        try:
            return pin_file.read_text(encoding="utf-8").strip()
        except OSError as error:
            raise KurvError(f"Filen «{pin_file}» kan ikke leses; sjekk navnet.") from error
    if pin_file is None and sys.stdin.isatty():
        return getpass.getpass("Kode: ").strip()
    return sys.stdin.readline().strip()


@app.command("list")
def list_callers() -> None:
    """Vis hvem som kan ringe; av numrene bare de to siste sifrene."""
    with _store().transaction(read_only=True) as uow:
        found = [(each, uow.pin_failures(each.phone)[1]) for each in uow.callers()]
    table = Table("Mottaker", "Nummer", "Kode")
    for caller, locked in found:
        state = "låst en stund" if locked else f"{caller.pin_length} siffer"
        table.add_row(caller.recipient_id, masked(caller.phone), state)
    out.print(table if found else "Ingen kan ringe ennå.")


@app.command("remove")
def remove(
    recipient: Recipient,
    phone: Annotated[
        str | None, typer.Option("--phone", help="Bare dette nummeret; ellers alle.")
    ] = None,
) -> None:
    """Ta bort et nummer eller alle numrene til en mottaker, og de faste tidene der."""
    number = None if phone is None else normalised(phone)
    with _store().transaction() as uow:
        if not uow.remove_caller(recipient, number):
            raise KurvError("Det er ikke noe slikt nummer å ta bort; se «kurv caller list».")
        for each in uow.schedules(recipient):
            if number is None or each.phone == number:
                uow.remove_schedule(each.schedule_id)
        uow.log_access("command", recipient, "caller_removed")
    out.print("Tatt bort.")


@app.command("unlock")
def unlock(phone: Phone) -> None:
    """Lås opp et nummer etter for mange feil koder."""
    number = normalised(phone)
    with _store().transaction() as uow:
        for each in uow.callers(phone=number):
            uow.log_access("command", each.recipient_id, "pin_unlocked")
        uow.set_pin_failures(number, 0, None)
    out.print(f"{masked(number)} kan prøve igjen.", markup=False)


@schedule.command("add")
def schedule_add(
    recipient: Recipient,
    day: Annotated[str, typer.Option("--day", help="Ukedag, som «tirsdag».")],
    at: Annotated[str, typer.Option("--at", help="Klokkeslett, som 10:30.")],
    phone: Annotated[
        str | None, typer.Option("--phone", help="Hvilket nummer, hvis det er flere.")
    ] = None,
    holidays: Annotated[
        bool, typer.Option("--holidays", help="Avtalt også for søndager og helligdager.")
    ] = False,
) -> None:
    """Avtal en fast tid da vi ringer, mellom 08 og 20."""
    weekday, minute = _weekday(day), _minute(at)
    if weekday == 6 and not holidays:
        raise KurvError("Vi ringer ikke på søndager uten at det er avtalt; bruk --holidays.")
    with _store().transaction() as uow:
        numbers = [each.phone for each in uow.callers(recipient_id=recipient)]
        if phone is not None:
            numbers = [number for number in numbers if number == normalised(phone)]
        if len(numbers) != 1:
            raise KurvError(
                "Velg nummeret med --phone; mottakeren har flere."
                if numbers
                else "Mottakeren kan ikke ringe fra dette nummeret; se «kurv caller add»."
            )
        agreed = uow.add_schedule(recipient, numbers[0], weekday, minute, holidays)
        uow.log_access("command", recipient, "ring_agreed")
    out.print(f"Avtale {agreed.schedule_id}: {recipient}, {WEEKDAYS[weekday]} {at}.", markup=False)


def _weekday(day: str) -> int:
    name = day.strip().lower()
    found = [at for at, each in enumerate(WEEKDAYS) if len(name) >= 3 and each.startswith(name)]
    if not found:
        raise KurvError(f"«{day}» er ingen ukedag; skriv for eksempel «tirsdag».")
    return found[0]


def _minute(at: str) -> int:
    hour, _, minute = at.replace(".", ":").partition(":")
    if not (hour.isdecimal() and (minute or "00").isdecimal() and int(minute or 0) < 60):
        raise KurvError(f"«{at}» er ikke noe klokkeslett; skriv for eksempel 10:30.")
    total = int(hour) * 60 + int(minute or 0)
    if not EARLIEST.hour * 60 <= total < LATEST.hour * 60:
        raise KurvError("Vi ringer bare mellom klokken 08 og 20; velg en annen tid.")
    return total


@schedule.command("list")
def schedule_list() -> None:
    """Vis de faste tidene."""
    with _store().transaction(read_only=True) as uow:
        found = uow.schedules()
    table = Table("Avtale", "Mottaker", "Nummer", "Dag", "Tid", "Helligdager")
    for each in found:
        table.add_row(
            str(each.schedule_id),
            each.recipient_id,
            masked(each.phone),
            WEEKDAYS[each.weekday],
            f"{each.minute // 60:02}:{each.minute % 60:02}",
            "ja" if each.holidays else "nei",
        )
    out.print(table if found else "Ingen faste tider ennå.")


@schedule.command("remove")
def schedule_remove(
    number: Annotated[int, typer.Argument(help="Nummeret på avtalen.")],
) -> None:
    """Ta bort en fast tid."""
    with _store().transaction() as uow:
        if not uow.remove_schedule(number):
            raise KurvError(f"Det er ingen avtale {number}; se «kurv caller schedule list».")
    out.print("Tatt bort.")
