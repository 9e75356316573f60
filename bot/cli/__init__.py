"""The command `kurv`, and the only place where sound and bot are wired together."""

import logging
import os
import sys
import warnings

import structlog
import typer

from bot.cli import calls, evaluate, output, people, services, shop, speech, staff, talking
from bot.errors import KurvError

app = typer.Typer(
    name="kurv",
    help="Dagligvarer på norsk: si eller skriv hva du vil ha.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("order")(talking.order)
app.command("chat")(talking.chat)
app.command("transcribe")(speech.transcribe)
app.command("match")(shop.match)
app.command("orders")(shop.orders)
app.command("serve")(services.serve)
app.command("train")(services.train)
app.add_typer(calls.app, name="caller")
app.add_typer(evaluate.app, name="evaluate")
app.add_typer(people.app, name="person")
app.add_typer(speech.app, name="speech")
app.add_typer(staff.app, name="staff")


def main() -> None:
    """Run the command; what a user can cause ends in one sentence and exit status 1."""
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    # Our libraries warn about their own libraries, and set the filters anew: a user of the
    # command can do nothing about it. Tests and scripts see every warning.
    warnings.showwarning = lambda *_, **__: None
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    as_json = "--json" in sys.argv
    try:
        app()
    except KurvError as error:
        output.error(str(error), error.code, as_json)
        sys.exit(1)
    except speech.audio_errors() as error:
        output.error(str(error), "audio", as_json)
        sys.exit(1)
    except KeyboardInterrupt:
        output.error("Avbrutt; det som lå i kurven, er lagret.", "interrupted", as_json)
        sys.exit(130)
    except BrokenPipeError:  # the reader of our output has gone, e.g. `kurv match | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
