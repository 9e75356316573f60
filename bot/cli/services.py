"""`kurv train` and `kurv serve`: the bot's model, and everything as services."""

import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from bot.cli.memory import share_freed_memory, spare_what_stays
from bot.cli.output import err, out
from bot.cli.speech import hearing_engine, ready_model
from bot.cli.word_sounds import hearing_shop
from bot.dialogue import RasaDialogue
from bot.errors import SettingsError
from bot.parts import open_store, running_parts
from bot.settings import Settings

#: Characters of the secret between our own processes; whoever guesses it speaks for anybody.
SHORTEST_TOKEN = 16
#: How long one thread may keep the others from running Python (5 ms by default): a turn of many
#: short steps waits for it at each of them.
_SWITCH_SECONDS = 0.001

if TYPE_CHECKING:
    from bot.cli.staff_web import StaffWeb


def trained_model(settings: Settings, quiet: bool = False) -> Path:
    """The trained Rasa model, found ready or trained now with a progress bar."""
    from bot.training import ensure_model, model_path

    if quiet or model_path(settings.state_dir).is_file():
        return ensure_model(settings.state_dir)
    with _progress() as told:
        return ensure_model(settings.state_dir, told)


@contextmanager
def _progress() -> Iterator[Callable[[int, int, str], None]]:
    columns = (TextColumn("{task.description:<40}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err) as bar:
        task = bar.add_task("Boten", total=1)

        def told(done: int, of: int, step: str) -> None:
            bar.update(task, description=step, completed=done, total=of)

        yield told


def train() -> None:
    """Lær opp boten på nytt når det den er laget av, er endret."""
    path = trained_model(Settings.from_environment())
    out.print(f"Boten er lært opp: {path}", markup=False)


def serve(
    host: Annotated[str, typer.Option("--host", help="Adressen det lyttes på.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="Botens port; 0 tar en ledig.")] = 5005,
    phone_host: Annotated[
        str, typer.Option("--phone-host", help="Adressen telefonsentralen kobler seg til.")
    ] = "127.0.0.1",
    phone_port: Annotated[
        int, typer.Option("--phone-port", help="Telefonens port (AudioSocket); 0 tar en ledig.")
    ] = 5039,
    phone: Annotated[bool, typer.Option("--phone/--no-phone", help="Svar på telefonen.")] = True,
    staff_host: Annotated[
        str, typer.Option("--staff-host", help="Adressen ansattes sider lyttes på.")
    ] = "127.0.0.1",
    staff_port: Annotated[
        int, typer.Option("--staff-port", help="Ansattes sider; 0 tar en ledig port.")
    ] = 5080,
    staff: Annotated[bool, typer.Option("--staff/--no-staff", help="Vis ansattes sider.")] = True,
    demo: Annotated[
        bool, typer.Option("--demo", help="Vis fram Kurv med oppdiktede mottakere og bestillinger.")
    ] = False,
) -> None:
    """Kjør alt som tjenester: boten, telefonen, ansattes sider, og om nødvendig en butikk."""
    from bot.calls.announced import Announcements
    from bot.casework.retention import Retention, daily
    from bot.casework.staffing import Staffing
    from bot.casework.watch import Watcher
    from bot.cli.demo import demo_settings, fill_demo
    from bot.cli.staff_web import StaffWeb
    from bot.cli.telephone import Telephone
    from bot.server import run_server

    share_freed_memory()
    sys.setswitchinterval(_SWITCH_SECONDS)
    settings = Settings.from_environment()
    token = checked_token(settings.service_token)
    model = trained_model(settings)
    if phone and not settings.whisper_model:
        ready_model(settings)
    announced = Announcements()
    hearing_shop(settings)
    if demo:
        settings = demo_settings(settings)
        fill_demo(settings)
    with ExitStack() as stack:
        parts = stack.enter_context(running_parts(settings))
        stack.callback(Watcher(parts.store, parts.live).start())
        telephone = Telephone(parts, token, announced)
        web = StaffWeb(parts, demo)
        stop_clearing_up = daily(
            Retention(parts.store, Staffing(parts.store, web.accounts), web.messages)
        )

        def ready(url: str, bot: RasaDialogue) -> None:
            _tell_of_bot(url, token)
            if phone:
                hearing = partial(hearing_engine, settings, quiet=True)
                _tell_of_phone(url, telephone.start(bot, hearing, phone_host, phone_port), settings)
            if staff:
                _tell_of_staff(web, web.start(bot, staff_host, staff_port))
            spare_what_stays()

        def stopping() -> None:
            web.stop()
            telephone.stop()
            stop_clearing_up()

        run_server(
            model,
            parts.service,
            host,
            port,
            token,
            ready,
            announce=announced.add if phone else None,
            stopping=stopping,
        )


def checked_token(token: str) -> str:
    """The secret between our own processes: as it was set, or a new one.

    Raises:
        SettingsError: it is so short that it could be guessed.
    """
    if token and len(token.strip()) < SHORTEST_TOKEN:
        raise SettingsError(
            f"KURV_SERVICE_TOKEN er for kort; bruk minst {SHORTEST_TOKEN} tilfeldige tegn."
        )
    return token or secrets.token_urlsafe(24)


def _tell_of_bot(url: str, token: str) -> None:
    out.print(f"Boten svarer på {url}/webhooks/kurv/turn", markup=False)
    out.print(f"Nøkkel: {token}", markup=False)
    out.print(
        f"Prøv: curl -s -H 'Authorization: Bearer {token}' -H 'Content-Type: application/json' "
        f'-d \'{{"recipient":"demo","text":"to liter lettmelk"}}\' {url}/webhooks/kurv/turn',
        markup=False,
    )


def _tell_of_staff(web: "StaffWeb", url: str) -> None:
    out.print(f"Ansattes sider: {url}", markup=False)
    for name, link in web.demo_links(url):
        out.print(f"  Logg inn én gang som {name}: {link}", markup=False)


def _tell_of_phone(url: str, port: int, settings: Settings) -> None:
    out.print(f"Telefonen svarer på AudioSocket, port {port}.", markup=False)
    out.print(f"Samtaler meldes til {url}/webhooks/kurv/calls", markup=False)
    with open_store(settings).transaction(read_only=True) as uow:
        callers = len(uow.callers())
    if not callers:
        out.print(
            "Ingen kan ringe ennå: «kurv caller add --recipient r1 --phone +4722334455».",
            markup=False,
        )
