"""The bot as an HTTP server: Rasa's own, with the one door of `bot.channels.talk`."""

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rasa.core.run import configure_app

from actions import runtime
from bot.channels.talk import TalkInput
from bot.errors import SettingsError
from bot.rasa_agent import load_agent, silence_logs
from bot.service import Service


def run_server(
    model: Path,
    service: Service,
    host: str,
    port: int,
    token: str,
    ready: Callable[[str], None],
) -> None:
    """Serve until the process is told to stop (SIGINT, SIGTERM).

    Rasa's own HTTP API stays off: it would let callers set slots and inject intents.

    Args:
        model: a trained model.
        service: what the actions call; they run in this process.
        host, port: where to listen; port 0 takes a free one.
        token: the service token that callers must show.
        ready: called with the base URL once requests are answered.

    Raises:
        SettingsError: the address cannot be listened on.
    """
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise SettingsError(
            f"Kan ikke lytte på {host}:{port} ({error.strerror}); velg en annen port."
        ) from error
    runtime.use(service)
    app = configure_app([TalkInput(token)], enable_api=False, use_uvloop=False)
    app.ctx.agent = load_agent(model)
    url = f"http://{host}:{listener.getsockname()[1]}"

    async def started(*_: Any) -> None:
        silence_logs()
        ready(url)

    app.register_listener(started, "after_server_start")
    app.run(sock=listener, workers=1, access_log=False, motd=False)
