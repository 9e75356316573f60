"""`kurv train` and `kurv serve`: the bot's model, and everything as services."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from bot.cli.output import err, out
from bot.cli.word_sounds import hearing_shop
from bot.parts import running_parts
from bot.settings import Settings


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
) -> None:
    """Kjør alt som tjenester: boten over HTTP, utsendingen og, uten KURV_GROCER_URL, en butikk."""
    from bot.server import run_server

    settings = Settings.from_environment()
    token = settings.service_token or secrets.token_urlsafe(24)
    model = trained_model(settings)
    hearing_shop(settings)
    with running_parts(settings) as parts:
        run_server(model, parts.service, host, port, token, lambda url: _ready(url, token))


def _ready(url: str, token: str) -> None:
    out.print(f"Boten svarer på {url}/webhooks/kurv/turn", markup=False)
    out.print(f"Nøkkel: {token}", markup=False)
    out.print(
        f"Prøv: curl -s -H 'Authorization: Bearer {token}' -H 'Content-Type: application/json' "
        f'-d \'{{"recipient":"demo","text":"to liter lettmelk"}}\' {url}/webhooks/kurv/turn',
        markup=False,
    )
