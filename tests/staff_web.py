"""The staff web in this process, over a store of its own, for tests that need no browser."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pyotp
from argon2 import PasswordHasher
from cryptography.fernet import Fernet
from starlette.testclient import TestClient

from bot.casework.accounts import Accounts
from bot.store import Store
from bot.store.staff_book import Municipality, StaffMember
from bot.store.vault import Vault
from tests.databases import Clock, migrated_sqlite

URL = "https://localhost"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PASSWORD = "fire tørre fiskekaker"
#: A hundredth of the work that argon2 does outside tests.
FAST = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)


class StaffStore:
    """A store with two municipalities, and accounts that sign in quickly."""

    def __init__(self, folder: Path, sealed: bool = True) -> None:
        self.clock = Clock()
        self.vault = Vault([Fernet.generate_key().decode()] if sealed else [])
        self.store = Store(migrated_sqlite(folder), self.clock, vault=self.vault)
        self.accounts = Accounts(self.store, FAST)
        with self.store.transaction() as uow:
            uow.save_municipality(Municipality("baerum", "Bærum"))
            uow.save_municipality(Municipality("asker", "Asker"))

    def add_staff(
        self, staff_id: str, *roles: str, municipality: str = "baerum", **more: Any
    ) -> StaffMember:
        """Somebody who may sign in."""
        member = StaffMember(
            staff_id, municipality, staff_id.capitalize(), roles,
            password=self.accounts.hashed(PASSWORD), otp_secret=SECRET, **more,
        )  # fmt: skip
        with self.store.transaction() as uow:
            uow.save_staff(member)
        return member

    def code(self, steps: int = 0) -> str:
        """The one-time code of now, or of some steps later."""
        return pyotp.TOTP(SECRET).at(int(self.clock().timestamp()) + 30 * steps)

    def token(self, member: StaffMember) -> str:
        """A session of somebody, without the work of signing in."""
        return self.accounts.begin(member)


def form_token(html: str) -> str:
    """What the forms of a page carry."""
    found = re.search(r'name="form_token" value="([^"]+)"', html)
    assert found, "the page has no form"
    return found[1]


def browser(app: Any, token: str = "", accept: str = "text/html") -> TestClient:
    """A client that keeps cookies, follows nothing, and shows errors as answers."""
    client = TestClient(
        app, base_url=URL, follow_redirects=False, raise_server_exceptions=False,
        headers={"accept": accept},
    )  # fmt: skip
    if token:
        client.cookies.set("__Host-kurv", token)
    return client
