"""`kurv person`: what is known of a recipient. Each look and each change is in the access log."""

import csv
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from bot.cli.output import out, print_json
from bot.data_files import load_catalogue
from bot.errors import KurvError
from bot.grocers.local_time import OSLO
from bot.ordering.allergens import ALLERGENS, DIETS, allergen_key, diet_key
from bot.ordering.basket import plain
from bot.ordering.catalogue import Catalogue
from bot.parts import open_store
from bot.settings import POLICIES, Settings
from bot.store import Person, UnitOfWork

app = typer.Typer(help="Hva Kurv vet om en mottaker.", no_args_is_help=True)

Recipient = Annotated[str, typer.Option("--recipient", help="Hvem det gjelder.")]
JsonFlag = Annotated[bool, typer.Option("--json", help="Ett JSON-objekt per linje.")]

#: Who the access log says it was.
_ACTOR = "kommandolinjen"
#: Takes a value away: `--budget ingen`.
_NONE = "ingen"
_Usual = tuple[tuple[str, Decimal], ...]


@app.command("show")
def show(recipient: Recipient, as_json: JsonFlag = False) -> None:
    """Vis hva som er lagret om en mottaker."""
    settings = Settings.from_environment()
    catalogue = load_catalogue(settings.catalogue)
    with open_store(settings).transaction() as uow:
        person = uow.person(recipient, create=False)
        usual = uow.usual(recipient)
        uow.log_access(_ACTOR, recipient, "show_person")
    _show(person, usual, catalogue, as_json)


@app.command("set")
def set_person(
    recipient: Recipient,
    name: Annotated[str | None, typer.Option("--name", help="Hva Kurv skal kalle dem.")] = None,
    budget: Annotated[
        str | None, typer.Option("--budget", help="Grense i kroner per bestilling, eller «ingen».")
    ] = None,
    allergy: Annotated[
        list[str] | None, typer.Option("--allergy", help="Gjentas; «ingen» tar alle bort.")
    ] = None,
    diet: Annotated[
        list[str] | None, typer.Option("--diet", help="Gjentas; «ingen» tar alle bort.")
    ] = None,
    usual: Annotated[
        str | None, typer.Option("--usual", help="Fast liste: k1318=2,k1001=1, eller «ingen».")
    ] = None,
    reminders: Annotated[
        str | None, typer.Option("--reminders", help="Spør om det som er glemt: on eller off.")
    ] = None,
    substitutes: Annotated[
        str | None, typer.Option("--substitutes", help="Når noe er utsolgt: ask eller never.")
    ] = None,
    alcohol: Annotated[
        str | None, typer.Option("--alcohol", help=f"{', '.join(POLICIES)} eller «ingen».")
    ] = None,
    tobacco: Annotated[
        str | None, typer.Option("--tobacco", help=f"{', '.join(POLICIES)} eller «ingen».")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Endre det som er lagret om en mottaker; det som ikke nevnes, er som før."""
    settings = Settings.from_environment()
    catalogue = load_catalogue(settings.catalogue)
    changes: dict[str, Any] = {}
    if name is not None:
        changes["display_name"] = name
    if budget is not None:
        changes["budget"] = None if budget == _NONE else _kroner(budget)
    if allergy is not None:
        changes["allergies"] = _keys(allergy, allergen_key, "allergien", ALLERGENS)
    if diet is not None:
        changes["diets"] = _keys(diet, diet_key, "dietten", DIETS)
    if reminders is not None:
        changes["reminders"] = _one_of("--reminders", reminders, ("on", "off")) == "on"
    if substitutes is not None:
        changes["substitutes"] = _one_of("--substitutes", substitutes, ("ask", "never"))
    for option, value in (("alcohol", alcohol), ("tobacco", tobacco)):
        if value is not None:
            policy = None if value == _NONE else _one_of(f"--{option}", value, POLICIES)
            changes[f"{option}_policy"] = policy
    listed = None if usual is None else _usual_list(usual, catalogue)
    with open_store(settings).transaction() as uow:
        person = replace(uow.person(recipient), **changes)
        uow.save_person(person)
        if listed is not None:
            uow.set_usual(recipient, listed)
        now_usual = uow.usual(recipient)
        uow.log_access(_ACTOR, recipient, "set_person")
    _show(person, now_usual, catalogue, as_json)


@app.command("bought")
def bought(
    file: Annotated[Path, typer.Argument(help="CSV: product_id,quantity,date (2026-11-02).")],
    recipient: Recipient,
    as_json: JsonFlag = False,
) -> None:
    """Les inn hva mottakeren har kjøpt før, så Kurv kjenner vanene."""
    settings = Settings.from_environment()
    rows = _read_purchases(file, load_catalogue(settings.catalogue))
    with open_store(settings).transaction() as uow:
        _add_purchases(uow, recipient, rows)
        uow.log_access(_ACTOR, recipient, "import_purchases")
    if as_json:
        print_json({"event": "bought", "recipient": recipient, "purchases": len(rows)})
    else:
        out.print(f"Leste inn {len(rows)} kjøp.")


def _add_purchases(uow: UnitOfWork, recipient: str, rows: list[tuple[str, Decimal, date]]) -> None:
    for product_id, quantity, day in rows:
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=OSLO)
        uow.add_purchase(recipient, product_id, quantity, noon)


def _read_purchases(file: Path, catalogue: Catalogue) -> list[tuple[str, Decimal, date]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.DictReader(lines))
    except (OSError, UnicodeDecodeError) as error:
        raise KurvError(f"Filen «{file}» kan ikke leses; lagre den som CSV i UTF-8.") from error
    found = []
    for number, row in enumerate(rows, start=2):
        try:
            day = date.fromisoformat((row.get("date") or "").strip())
        except ValueError as error:
            raise KurvError(f"Linje {number}: datoen må skrives som 2026-11-02.") from error
        product_id = (row.get("product_id") or "").strip()
        found.append(
            (product_id, _quantity(product_id, row.get("quantity") or "1", catalogue), day)
        )
    return found


def _usual_list(text: str, catalogue: Catalogue) -> _Usual:
    if text.strip() == _NONE:
        return ()
    lines = []
    for part in (each.strip() for each in text.split(",") if each.strip()):
        product_id, _, quantity = part.partition("=")
        lines.append((product_id.strip(), _quantity(product_id.strip(), quantity, catalogue)))
    if len(dict(lines)) != len(lines):
        raise KurvError("En vare står to ganger i den faste listen; skriv den én gang.")
    return tuple(lines)


def _quantity(product_id: str, text: str, catalogue: Catalogue) -> Decimal:
    product = catalogue.get(product_id)
    if product is None:
        raise KurvError(f"Varen «{product_id}» finnes ikke i katalogen; se «kurv match».")
    amount = _number(text.strip() or "1", f"antallet «{text}»")
    if amount <= 0 or (product.unit == "stk" and amount != amount.to_integral_value()):
        raise KurvError(f"Antallet «{text}» for {product.full_name} går ikke an.")
    return amount


def _kroner(text: str) -> Decimal:
    amount = _number(text, f"beløpet «{text}»")
    if amount <= 0 or amount != amount.quantize(Decimal("0.01")):
        raise KurvError(f"Beløpet «{text}» går ikke an; skriv for eksempel 500.")
    return amount


def _number(text: str, what: str) -> Decimal:
    try:
        amount = Decimal(text.replace(",", "."))
    except InvalidOperation as error:
        raise KurvError(f"{what[:1].upper()}{what[1:]} er ikke et tall.") from error
    if not amount.is_finite() or abs(amount) > 1_000_000:
        raise KurvError(f"{what[:1].upper()}{what[1:]} går ikke an.")
    return amount


def _keys(names: list[str], key_of: Any, what: str, known: dict[str, Any]) -> tuple[str, ...]:
    if [name.strip().casefold() for name in names] == [_NONE]:
        return ()
    found = {}
    for name in names:
        found[name] = key_of(name)
        if found[name] is None:
            raise KurvError(f"Kurv kjenner ikke {what} «{name}»; skriv en av: {', '.join(known)}.")
    return tuple(sorted(set(found.values())))


def _one_of(option: str, value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise KurvError(f"{option} er «{value}», men må være en av: {', '.join(allowed)}.")
    return value


def _show(person: Person, usual: _Usual, catalogue: Catalogue, as_json: bool) -> None:
    names = {pid: product.full_name if (product := catalogue.get(pid)) else "" for pid, _ in usual}
    if as_json:
        print_json(
            {
                "event": "person",
                "recipient": person.recipient_id,
                "name": person.display_name,
                "budget": None if person.budget is None else f"{person.budget:.2f}",
                "allergies": list(person.allergies),
                "diets": list(person.diets),
                "substitutes": person.substitutes,
                "reminders": person.reminders,
                "alcohol": person.alcohol_policy,
                "tobacco": person.tobacco_policy,
                "usual": [
                    {"product_id": pid, "name": names[pid], "quantity": plain(quantity)}
                    for pid, quantity in usual
                ],
            }
        )
        return
    table = Table(show_header=False)
    for title, value in (
        ("Mottaker", person.recipient_id),
        ("Navn", person.display_name or "-"),
        ("Grense", "ingen" if person.budget is None else f"{person.budget:.2f} kr"),
        ("Allergier", ", ".join(person.allergies) or "ingen"),
        ("Kosthold", ", ".join(person.diets) or "vanlig"),
        ("Når noe er utsolgt", person.substitutes),
        ("Påminnelser", "on" if person.reminders else "off"),
        ("Alkohol", person.alcohol_policy or "kommunens regel"),
        ("Tobakk", person.tobacco_policy or "kommunens regel"),
        ("Fast liste", "\n".join(f"{plain(much)} × {names[pid] or pid}" for pid, much in usual)),
    ):
        table.add_row(title, value or "-")
    out.print(table)
