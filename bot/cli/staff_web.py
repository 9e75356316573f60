"""The staff web of `kurv serve`: uvicorn in a thread of its own."""

import socket
import threading
from urllib.parse import urlsplit

import uvicorn

from bot.casework.accounts import Accounts
from bot.casework.demo_sign_in import DemoSignIn
from bot.casework.messages import MessageFolder
from bot.casework.office import Office
from bot.casework.privacy import Privacy
from bot.casework.sign_in_service import ServiceSettings, SignInService
from bot.casework.staffing import Staffing
from bot.dialogue import Dialogue
from bot.errors import SettingsError
from bot.parts import Parts
from bot.staff.app import create_app
from bot.staff.parts import StaffParts
from bot.store.staff_book import StaffMember

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
#: Seconds that starting and stopping may take.
PATIENCE = 15.0


class _Server(uvicorn.Server):
    """Says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listens = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listens.set()


class StaffWeb:
    """Answers staff's browsers from `start` to `stop`."""

    def __init__(self, parts: Parts, demo: bool = False) -> None:
        """Nothing is listened to yet; `demo`: anybody on this machine may sign in, once a link."""
        self._parts = parts
        self.accounts = Accounts(parts.store)
        self.messages = MessageFolder(parts.settings.state_dir / "messages")
        self._demo = DemoSignIn(self.accounts, self._members()) if demo else None
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    def start(self, talk: Dialogue, host: str, port: int) -> str:
        """Listen; returns the address that browsers reach it by.

        Raises:
            SettingsError: the address cannot be listened on, or others could listen in on it.
        """
        settings = self._parts.settings
        if not settings.staff_url and host not in _LOOPBACK:
            raise SettingsError(
                "Sett KURV_STAFF_URL til adressen med https:// før ansattes sider åpnes for andre "
                "maskiner."
            )
        listener = _listen(host, port)
        url = settings.staff_url or f"http://{host}:{listener.getsockname()[1]}"
        app = create_app(self._staff_parts(talk, url))
        config = uvicorn.Config(
            app, log_config=None, access_log=False, lifespan="off", ws="none",
            server_header=False, timeout_graceful_shutdown=2,
        )  # fmt: skip
        self._server = _Server(config)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [listener]}, name="staff-web", daemon=True
        )
        self._thread.start()
        if not self._server.listens.wait(PATIENCE):
            raise SettingsError("Ansattes sider kom ikke i gang.")
        return url

    def stop(self) -> None:
        """Answer no more; those who read along are cut off and come back by themselves."""
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join(PATIENCE)

    def demo_links(self, url: str) -> list[tuple[str, str]]:
        """Names and links that sign in once; none outside a demonstration."""
        keys = self._demo.keys if self._demo is not None else []
        return [(member.name, f"{url}/logg-inn/demo/{key}") for key, member in keys]

    def _members(self) -> list[StaffMember]:
        with self._parts.store.transaction(read_only=True) as uow:
            return uow.staff()

    def _staff_parts(self, talk: Dialogue, url: str) -> StaffParts:
        parts, settings = self._parts, self._parts.settings
        service = ServiceSettings.read(
            settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret,
            settings.oidc_level,
        )  # fmt: skip
        signs_in = service and SignInService(
            service, parts.store, self.accounts, f"{url}/logg-inn/svar"
        )
        return StaffParts(
            office=Office(parts.store, parts.service, parts.shop, self.messages, live=parts.live),
            accounts=self.accounts,
            talk=talk,
            secure=urlsplit(url).scheme == "https",
            url=url,
            transfers=bool(settings.dialler_url),
            service=signs_in or None,
            staffing=Staffing(parts.store, self.accounts),
            privacy=Privacy(parts.store, parts.shop.catalogue),
            demo=self._demo,
        )


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Said to be TCP: only then asyncio sends each answer at once (Nagle's algorithm off).
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise SettingsError(
            f"Ansattes sider kan ikke lytte på {host}:{port} ({error.strerror}); "
            "velg en annen port med --staff-port."
        ) from error
    return listener
