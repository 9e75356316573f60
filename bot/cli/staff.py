"""`kurv staff`: who may sign in, municipalities, the access log, keys, and what is kept."""

import getpass
import json
import sys
from dataclasses import replace
from datetime import timezone
from pathlib import Path
from typing import Annotated

import typer
from cryptography.fernet import Fernet
from rich.table import Table

from bot.casework.accounts import Accounts
from bot.casework.messages import MessageFolder
from bot.casework.privacy import Privacy
from bot.casework.retention import Retention
from bot.casework.staffing import Secrets, Staffing
from bot.cli.output import out, print_json
from bot.data_files import load_catalogue
from bot.errors import KurvError
from bot.parts import open_store
from bot.settings import POLICIES, Settings
from bot.store import Store
from bot.store.staff_book import Municipality, StaffMember

app = typer.Typer(help="Ansatte, kommuner, tilgangslogg og personvern.", no_args_is_help=True)

StaffId = Annotated[str, typer.Argument(help="Brukernavnet.")]
Roles = Annotated[
    list[str],
    typer.Option("--role", help="orderer, approver, administrator eller privacy; gjentas."),
]
Districts = Annotated[
    list[str] | None, typer.Option("--district", help="Gjentas; uten: hele kommunen.")
]
PasswordFile = Annotated[
    Path | None,
    typer.Option("--password-file", help="Fil med passordet, - er standard inn; uten: lages."),
]
AskPassword = Annotated[bool, typer.Option("--ask-password", help="Skriv inn passordet selv.")]
Recipient = Annotated[str, typer.Option("--recipient", help="Hvem det gjelder.")]
JsonFlag = Annotated[bool, typer.Option("--json", help="Ett JSON-objekt per linje.")]

#: Takes a municipality's own rule away: `--alcohol ingen`.
_NONE = "ingen"


def _store() -> Store:
    return open_store(Settings.from_environment())


def _staffing(store: Store) -> Staffing:
    return Staffing(store, Accounts(store))


def _privacy() -> Privacy:
    settings = Settings.from_environment()
    return Privacy(open_store(settings), load_catalogue(settings.catalogue))


@app.command("add")
def add(
    staff_id: StaffId,
    municipality: Annotated[str, typer.Option("--municipality", help="Kommunens kortnavn.")],
    name: Annotated[str, typer.Option("--name", help="Hva de andre kaller dem.")],
    role: Roles,
    district: Districts = None,
    subject: Annotated[
        str | None,
        typer.Option("--subject", help="Kommer fra innloggingstjenesten: «sub» der, ikke passord."),
    ] = None,
    password_file: PasswordFile = None,
    ask_password: AskPassword = False,
) -> None:
    """Lag en konto. Passord og engangskode vises bare nå."""
    settings = Settings.from_environment()
    if subject is not None and not settings.oidc_issuer:
        raise KurvError("--subject krever at KURV_OIDC_ISSUER er satt.")
    known = None if subject is None else f"{settings.oidc_issuer} {subject}"
    given = _staffing(open_store(settings)).add(
        staff_id, municipality, name, role, district or (),
        password=_password(password_file, ask_password), subject=known,
    )  # fmt: skip
    out.print(f"{staff_id} kan nå logge inn.", markup=False)
    _show_secrets(given, password_file is None and not ask_password)


@app.command("list")
def list_staff(as_json: JsonFlag = False) -> None:
    """Vis kontoene."""
    found = _staffing(_store()).accounts()
    if as_json:
        for each in found:
            print_json(_described(each))
        return
    table = Table("Konto", "Kommune", "Navn", "Roller", "Distrikter", "Tilstand")
    for each in found:
        state = "stengt" if each.disabled_at else "åpen"
        districts = ", ".join(each.districts) or "hele kommunen"
        table.add_row(
            each.staff_id, each.municipality, each.name, ", ".join(each.roles), districts, state
        )
    out.print(table if found else "Det er ingen kontoer ennå: «kurv staff add».")


@app.command("close")
def close(staff_id: StaffId) -> None:
    """Steng en konto; den som er logget inn, er ute med en gang."""
    _staffing(_store()).close(staff_id)
    out.print(f"{staff_id} er stengt.", markup=False)


@app.command("change")
def change(staff_id: StaffId, role: Roles, district: Districts = None) -> None:
    """Gi en konto andre roller og distrikter; det gjelder fra neste klikk."""
    _staffing(_store()).change(staff_id, role, district or ())
    out.print(f"{staff_id} er endret.", markup=False)


@app.command("reset")
def reset(
    staff_id: StaffId, password_file: PasswordFile = None, ask_password: AskPassword = False
) -> None:
    """Gi nytt passord og ny engangskode, lås opp, og åpne en stengt konto igjen."""
    given = _staffing(_store()).reset(staff_id, _password(password_file, ask_password))
    out.print(f"{staff_id} er åpen, og er logget ut overalt.", markup=False)
    _show_secrets(given, password_file is None and not ask_password)


@app.command("municipality")
def municipality(
    short: Annotated[str, typer.Argument(help="Kommunens kortnavn, som «baerum».")],
    name: Annotated[str | None, typer.Option("--name", help="Navnet.")] = None,
    second_person: Annotated[
        bool | None,
        typer.Option("--second-person/--no-second-person", help="To må bekrefte hver bestilling."),
    ] = None,
    alcohol: Annotated[
        str | None, typer.Option("--alcohol", help=f"{', '.join(POLICIES)} eller «ingen».")
    ] = None,
    tobacco: Annotated[
        str | None, typer.Option("--tobacco", help=f"{', '.join(POLICIES)} eller «ingen».")
    ] = None,
    keep_orders: Annotated[
        int | None, typer.Option("--keep-orders", help="Dager bestillinger tas vare på.")
    ] = None,
    keep_log: Annotated[
        int | None, typer.Option("--keep-log", help="Dager tilgangsloggen tas vare på.")
    ] = None,
    assign: Annotated[
        list[str] | None,
        typer.Option("--assign", help="Mottakere som hører til her, «r1» eller «r1=distrikt»."),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Lag eller endre en kommune og reglene der, og si hvem som hører til."""
    store = _store()
    with store.transaction(read_only=True) as uow:
        known = {each.municipality: each for each in uow.municipalities()}.get(short)
    if known is None and name is None:
        raise KurvError(f"Det finnes ingen kommune «{short}»; lag den med --name.")
    rules = known or Municipality(short, name or "")
    changes = {
        "name": name, "second_person": second_person, "alcohol_policy": alcohol,
        "tobacco_policy": tobacco, "keep_orders_days": keep_orders, "keep_log_days": keep_log,
    }  # fmt: skip
    asked = {
        field: None if value == _NONE else value
        for field, value in changes.items()
        if value is not None
    }
    rules = replace(rules, **asked)
    if rules != known:
        _staffing(store).save_municipality(rules)
    _assign(store, short, assign or [])
    if as_json:
        print_json({"event": "municipality", **{n: getattr(rules, n) for n in rules.__slots__}})
        return
    table = Table(show_header=False)
    for title, value in (
        ("Kommune", f"{rules.name} ({rules.municipality})"),
        ("To må bekrefte", "ja" if rules.second_person else "nei"),
        ("Alkohol", rules.alcohol_policy or "som maskinen er satt opp"),
        ("Tobakk", rules.tobacco_policy or "som maskinen er satt opp"),
        ("Bestillinger tas vare på", f"{rules.keep_orders_days} dager"),
        ("Tilgangsloggen tas vare på", f"{rules.keep_log_days} dager"),
    ):
        table.add_row(title, value)
    out.print(table)


@app.command("log")
def log(
    recipient: Annotated[str | None, typer.Option("--recipient", help="Bare om denne.")] = None,
    limit: Annotated[int, typer.Option("--limit", help="Høyst så mange.")] = 100,
    as_json: JsonFlag = False,
) -> None:
    """Vis hvem som har sett eller endret hva; å lese loggen står også i den."""
    found = _privacy().log(None, recipient, limit)
    if as_json:
        for each in found:
            row = {name: getattr(each, name) for name in each.__slots__}
            print_json({"event": "access", **row, "at": each.at.isoformat()})
        return
    table = Table("Når (UTC)", "Hvem", "Om", "Hva", "Hvorfor")
    for each in found:
        at = each.at.astimezone(timezone.utc).strftime("%Y-%m-%d %H:%M:%S")
        table.add_row(at, each.actor, each.recipient_id or "-", each.action, each.reason)
    out.print(table if found else "Tilgangsloggen er tom.")


@app.command("verify-log")
def verify_log(
    head: Annotated[
        str | None, typer.Option("--head", help="Det som ble notert sist, «nummer:hash».")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Se etter om tilgangsloggen er slik den ble skrevet. Noter hodet et annet sted."""
    noted = None
    if head is not None:
        number, _, known = head.partition(":")
        if not number.isdigit() or not known:
            raise KurvError("Skriv hodet som «nummer:hash», slik det ble vist.")
        noted = (int(number), known)
    chain = _privacy().verify(None, noted)
    if chain.broken_at is not None:
        raise KurvError(
            f"Tilgangsloggen er endret: innslag {chain.broken_at} er ikke slik det ble skrevet. "
            "Ta vare på databasen og si fra til personvernombudet."
        )
    shown = f"{chain.head[0]}:{chain.head[1]}"
    if as_json:
        print_json({"event": "log", "whole": True, "head": shown})
    else:
        out.print(f"Tilgangsloggen er hel. Hode: {shown}", markup=False)


@app.command("retention")
def retention(as_json: JsonFlag = False) -> None:
    """Fjern det som er tatt vare på lenge nok; «kurv serve» gjør det hver dag."""
    settings = Settings.from_environment()
    store = open_store(settings)
    messages = MessageFolder(settings.state_dir / "messages")
    removed = Retention(store, _staffing(store), messages).run()
    if as_json:
        print_json({"event": "retention", **{n: getattr(removed, n) for n in removed.__slots__}})
        return
    out.print(
        f"Fjernet {removed.utterances} ytringer, {removed.orders} bestillinger (beløpene står), "
        f"{removed.log_entries} innslag i tilgangsloggen og {removed.other} andre rader."
    )


@app.command("export")
def export(
    recipient: Recipient,
    file: Annotated[Path, typer.Argument(help="Fil som lages: .json eller .pdf.")],
) -> None:
    """Skriv alt som er lagret om en mottaker, til en fil som bare du kan lese."""
    from bot.casework.export_pdf import export_pdf

    if file.suffix not in (".json", ".pdf"):
        raise KurvError("Filnavnet må slutte på .json eller .pdf.")
    found = _privacy().export(None, recipient)
    text = json.dumps(found, ensure_ascii=False, indent=2)
    content = export_pdf(found) if file.suffix == ".pdf" else text.encode()
    try:
        file.touch(mode=0o600, exist_ok=False)
        file.write_bytes(content)
    except OSError as error:
        raise KurvError(f"Filen «{file}» kan ikke lages; den må ikke finnes fra før.") from error
    out.print(f"Skrev {file}.", markup=False)


@app.command("erase")
def erase(
    recipient: Recipient,
    reason: Annotated[str, typer.Option("--reason", help="Saksnummer; uten navn.")],
) -> None:
    """Slett alt om en mottaker; beløpene i bestillingene og tilgangsloggen blir igjen."""
    _privacy().erase(None, recipient, reason)
    out.print(f"Alt om {recipient} er slettet; beløp uten navn står igjen.", markup=False)


@app.command("new-key")
def new_key() -> None:
    """Lag en nøkkel til KURV_DATA_KEY; sett den først, de gamle etter med komma mellom."""
    out.print(Fernet.generate_key().decode(), markup=False)


@app.command("seal")
def seal() -> None:
    """Forsegl alt med den nyeste nøkkelen; etterpå kan de gamle kastes."""
    store = _store()
    with store.transaction() as uow:
        changed = uow.seal_anew()
        uow.log_access("kommandolinjen", "", "sealed", str(changed))
    out.print(f"Forseglet {changed} verdier på nytt.")


def _assign(store: Store, municipality: str, recipients: list[str]) -> None:
    with store.transaction() as uow:
        for each in recipients:
            recipient, _, district = each.partition("=")
            person = uow.person(recipient)
            uow.save_person(replace(person, municipality=municipality, district=district))
            uow.log_access("kommandolinjen", recipient, "assigned", municipality)


def _password(file: Path | None, ask: bool) -> str | None:
    if ask:
        first = getpass.getpass("Passord: ")
        if getpass.getpass("En gang til: ") != first:
            raise KurvError("De to passordene var ikke like; prøv igjen.")
        return first
    if file is None:
        return None
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except OSError as error:
        raise KurvError(f"Filen «{file}» kan ikke leses; sjekk navnet.") from error
    return text.strip()


def _show_secrets(given: Secrets, made: bool) -> None:
    if given.password is not None and made:
        out.print(f"Passord: {given.password}", markup=False)
    if given.code_uri is not None:
        out.print(f"Engangskode, til appen: {given.code_uri}", markup=False)
        out.print("Dette vises bare nå.")


def _described(member: StaffMember) -> dict[str, object]:
    return {
        "event": "staff", "staff_id": member.staff_id, "municipality": member.municipality,
        "name": member.name, "roles": list(member.roles), "districts": list(member.districts),
        "closed": member.disabled_at is not None,
    }  # fmt: skip
