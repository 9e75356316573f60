"""Signing in to a demonstration: links that work once, made anew at each start."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterable

from bot.casework.accounts import Accounts
from bot.casework.actor import NotAllowed
from bot.store.staff_book import StaffMember


class DemoSignIn:
    """Keys in memory, one for each made-up colleague; nothing real may be behind them."""

    def __init__(self, accounts: Accounts, members: Iterable[StaffMember]) -> None:
        """Make a key for each of them."""
        self._accounts = accounts
        self._members = {secrets.token_urlsafe(12): member for member in members}
        self._guard = threading.Lock()

    @property
    def keys(self) -> list[tuple[str, StaffMember]]:
        """The keys that have not been used, with whom they sign in."""
        with self._guard:
            return list(self._members.items())

    def member(self, key: str) -> StaffMember:
        """Whom a key signs in.

        Raises:
            NotAllowed: it is none, or has been used.
        """
        with self._guard:
            found = self._members.get(key)
        if found is None:
            raise NotAllowed("Lenken er brukt eller gjelder ikke; start «make serve» på nytt.")
        return found

    def take(self, key: str) -> str:
        """Use a key up; returns the token of a new session.

        Raises:
            NotAllowed: as `member`.
        """
        member = self.member(key)
        with self._guard:
            if self._members.pop(key, None) is None:
                raise NotAllowed("Lenken er brukt.")
        return self._accounts.begin(member)
