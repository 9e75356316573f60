"""The bot as an HTTP server: Rasa's own, with the one door of `bot.channels.talk`."""

import asyncio
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from rasa.core.run import configure_app
from sanic import response
from sanic.request import Request
from sanic.response import HTTPResponse

from actions import runtime
from bot.channels.talk import Announce, TalkInput
from bot.dialogue import RasaDialogue
from bot.errors import SettingsError
from bot.rasa_agent import load_agent, silence_logs
from bot.service import Service

LOOPBACK = ("127.0.0.1", "::1")


def run_server(
    model: Path,
    service: Service,
    host: str,
    port: int,
    token: str,
    ready: Callable[[str, RasaDialogue], None],
    *,
    announce: Announce | None = None,
    stopping: Callable[[], None] = lambda: None,
) -> None:
    """Serve until the process is told to stop (SIGINT, SIGTERM).

    Rasa's own HTTP API stays off: it would let callers set slots and inject intents.

    Args:
        model: a trained model.
        service: what the actions call; they run in this process.
        host, port: where to listen; port 0 takes a free one.
        token: the service token that callers must show.
        ready: called in a thread with the base URL, and the same bot for other threads of this
            process, once requests are answered.
        announce: takes telephone calls that are about to come; None: there is no telephone.
        stopping: called in a thread when the process is told to stop, while the bot still answers.

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
    app = configure_app([TalkInput(token, announce)], enable_api=False, use_uvloop=False)
    app.ctx.agent = load_agent(model)
    url = f"http://{host}:{listener.getsockname()[1]}"

    async def started(*_: Any) -> None:
        silence_logs()
        bot = RasaDialogue(app.ctx.agent, asyncio.get_running_loop())
        await asyncio.to_thread(ready, url, bot)

    async def ends(*_: Any) -> None:
        await asyncio.to_thread(stopping)

    @app.get("/metrics")
    async def metrics(request: Request) -> HTTPResponse:
        """Figures for Prometheus, to this machine only."""
        if request.ip not in LOOPBACK:
            return response.empty(status=403)
        return response.raw(generate_latest(), content_type=CONTENT_TYPE_LATEST)

    app.register_listener(started, "after_server_start")
    app.register_listener(ends, "before_server_stop")
    app.run(sock=listener, workers=1, access_log=False, motd=False)
