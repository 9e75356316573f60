"""Runs the simulated grocer: in a thread for tests and demonstrations, or as a whole process."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.errors import GrocerUnavailable
from bot.grocers.simulator.app import BASE, create_app
from bot.grocers.simulator.failures import CONNECTION, App, Receive, Scope, Send
from bot.ordering.catalogue import Catalogue

_START_SECONDS = 30


class _CuttableProtocol(H11Protocol):
    """HTTP/1.1 that hands each request its connection, so that a failure can cut it."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        inner: App = self.app

        async def with_connection(scope: Scope, receive: Receive, send: Send) -> None:
            scope[CONNECTION] = transport
            await inner(scope, receive, send)

        self.app = with_connection


class _Server(uvicorn.Server):
    """Says when it listens."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._on_ready()


@dataclass(frozen=True, slots=True)
class Address:
    """Where a simulated grocer listens.

    Attributes:
        url: what belongs in KURV_GROCER_URL.
        admin: where it is told to fail and asked what it got.
    """

    host: str
    port: int

    @property
    def url(self) -> str:
        """The base of the grocer's API."""
        return f"http://{self.host}:{self.port}{BASE}/"

    @property
    def admin(self) -> str:
        """The base of the simulator's own endpoints."""
        return f"http://{self.host}:{self.port}/_simulator/"


def serve(
    database: Path,
    catalogue: Catalogue,
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    announce: Callable[[Address], None] = lambda address: None,
    **options: Any,
) -> None:
    """Run until the process is interrupted.

    Args:
        database: the file with the grocer's state.
        port: 0 for any free one.
        announce: called once, when it listens, with where.
        options: those of `bot.grocers.simulator.app.Simulator`.

    Raises:
        GrocerUnavailable: the port is taken.
    """
    listener = _listen(host, port)
    address = Address(host, listener.getsockname()[1])
    application = create_app(database, catalogue, **options)
    server = _Server(_config(application), lambda: announce(address))
    server.run(sockets=[listener])


@contextmanager
def running(
    database: Path,
    catalogue: Catalogue,
    host: str = "127.0.0.1",
    port: int = 0,
    **options: Any,
) -> Iterator[Address]:
    """A simulated grocer in a thread of this process, for as long as the block lasts.

    Raises:
        GrocerUnavailable: the port is taken, or it did not start.
    """
    listener = _listen(host, port)
    address = Address(host, listener.getsockname()[1])
    ready = threading.Event()
    server = _Server(_config(create_app(database, catalogue, **options)), ready.set)
    thread = threading.Thread(
        target=server.run, kwargs={"sockets": [listener]}, name="simulated-grocer", daemon=True
    )
    thread.start()
    try:
        if not ready.wait(_START_SECONDS):
            raise GrocerUnavailable("Den simulerte butikken kom ikke i gang.")
        yield address
    finally:
        server.should_exit = True
        server.force_exit = True  # no request that is meant to hang keeps us
        thread.join(_START_SECONDS)
        listener.close()


def _listen(host: str, port: int) -> socket.socket:
    # asyncio switches Nagle's algorithm off only for sockets that say they are TCP; left on, each
    # answer waits 40 ms for the client's delayed acknowledgement.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise GrocerUnavailable(
            f"Den simulerte butikken får ikke bruke port {port} på {host}; velg en annen port."
        ) from error
    listener.set_inheritable(True)
    return listener


def _config(application: App) -> uvicorn.Config:
    return uvicorn.Config(
        application,
        http=_CuttableProtocol,
        ws="none",
        loop="asyncio",
        lifespan="off",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=1,
    )
