"""Puts the parts of the bot together from the settings: shop, store, grocer, submitter, service."""

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile

from cryptography.fernet import Fernet

from bot.data_files import load_shop
from bot.grocers.kolonial import KolonialGrocer
from bot.live import LiveFeed
from bot.ordering.shop import Shop
from bot.service import Policies, Service
from bot.settings import Settings
from bot.store import Store
from bot.store.store import utc_now
from bot.store.submitter import Submitter, start
from bot.store.vault import Vault

Clock = Callable[[], datetime]
#: Seconds that a person waits for the grocer within a turn; after that the outbox takes over.
TURN_PATIENCE = 4.0


@dataclass(frozen=True, slots=True)
class Parts:
    """The assembled bot, without sound and without Rasa."""

    settings: Settings
    shop: Shop
    store: Store
    service: Service
    submitter: Submitter
    live: LiveFeed


def open_store(settings: Settings, clock: Clock = utc_now) -> Store:
    """The store at `KURV_DATABASE`, its tables up to date.

    Raises:
        StoreError: the database cannot be opened.
        SettingsError: `KURV_DATA_KEY` is not a key.
    """
    settings.state_dir.mkdir(parents=True, exist_ok=True)
    keys = settings.data_keys or (_own_key(settings.state_dir / "data.key"),)
    store = Store(settings.database_url, clock, vault=Vault(keys))
    store.migrate()
    return store


def _own_key(file: Path) -> str:
    """The key of an installation that was given none, made the first time."""
    if not file.exists():
        with NamedTemporaryFile("w", dir=file.parent) as new:  # readable by its owner only
            new.write(Fernet.generate_key().decode())
            new.flush()
            # Whole or not at all, and only one of several first starts.
            with suppress(FileExistsError):
                os.link(new.name, file)
    return file.read_text()


def assemble(settings: Settings, grocer_url: str, clock: Clock = utc_now) -> Parts:
    """Wire the parts to a grocer that answers at `grocer_url`.

    Args:
        clock: the moment it is now, for all of them.

    Raises:
        KurvError: the catalogue or the database cannot be used.
    """
    shop = load_shop(settings.catalogue, settings.synonyms)
    store = open_store(settings, clock)
    grocer = KolonialGrocer(
        grocer_url,
        shop.catalogue,
        client_token=settings.grocer_token,
        password=settings.grocer_password,
        attempts=3,
        patience_seconds=TURN_PATIENCE,
        answer_seconds=TURN_PATIENCE,
        clock=clock,
    )
    submitter = Submitter(store, grocer)
    policies = Policies(settings.alcohol_policy, settings.tobacco_policy)
    live = LiveFeed()
    service = Service(shop, store, grocer, submitter, policies, clock, live.publish)
    return Parts(settings, shop, store, service, submitter, live)


@contextmanager
def running_parts(settings: Settings) -> Iterator[Parts]:
    """The parts with the outbox being sent, and a simulated grocer when none is configured."""
    with ExitStack() as stack:
        url = settings.grocer_url
        if not url:
            # With its web server it takes half a second to import, and most commands do without.
            from bot.grocers.simulator.server import running

            settings.state_dir.mkdir(parents=True, exist_ok=True)
            shop = load_shop(settings.catalogue, settings.synonyms)
            simulator = running(simulator_database(settings), shop.catalogue)
            url = stack.enter_context(simulator).url
        parts = assemble(settings, url)
        stack.callback(start(parts.submitter))
        yield parts


def simulator_database(settings: Settings) -> Path:
    """Where the simulated grocer keeps its state: one file for each catalogue that it serves."""
    assortment = hashlib.sha256(settings.catalogue.read_bytes()).hexdigest()[:12]
    return settings.state_dir / f"grocer-{assortment}.db"
