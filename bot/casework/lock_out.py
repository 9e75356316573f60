"""Slows down those who guess: failed attempts are counted per account and per address."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from bot.errors import KurvError
from bot.store import Store, UnitOfWork


class SignInRefused(KurvError):
    """Name, password or code is wrong, or the account is closed: which of them is not said."""

    code = "sign_in_refused"


class SignInLocked(SignInRefused):
    """Too many attempts have failed; nothing was looked at."""

    code = "sign_in_locked"
    retryable = True


@dataclass(frozen=True, slots=True)
class Limit:
    """How many attempts may fail, and what comes then.

    Attributes:
        free: so many attempts may fail in a row.
        first: the lock after those; it doubles with every further failure, up to `longest`.
        forgotten: after so long without an attempt the count begins anew.
    """

    free: int
    first: timedelta = timedelta(minutes=1)
    longest: timedelta = timedelta(hours=1)
    forgotten: timedelta = timedelta(days=1)

    def lock(self, failures: int) -> timedelta | None:
        """How long to lock after so many failures in a row; None: not yet."""
        if failures < self.free:
            return None
        return min(self.first * 2 ** min(failures - self.free, 20), self.longest)


#: Guessing at one account.
ACCOUNT = Limit(free=5)
#: Guessing at many accounts from one address. Higher: a whole department shares an address.
ADDRESS = Limit(free=25, forgotten=timedelta(hours=1))


class LockOut:
    """The counters, in the store: they outlive a restart and hold for all processes."""

    def __init__(self, store: Store, account: Limit = ACCOUNT, address: Limit = ADDRESS) -> None:
        self._store = store
        self._account = account
        self._address = address

    def count(self, staff_id: str, address: str) -> None:
        """Count an attempt as failed until `forgive` says otherwise.

        An attempt while it is locked neither counts nor is looked at.

        Raises:
            SignInLocked: too many have failed.
        """
        keys = ((_account_key(staff_id), self._account), (_key("address", address), self._address))
        with self._store.transaction() as uow:
            locked = [uow.sign_in_failures(key)[1] for key, _ in keys]
            until = max((each for each in locked if each is not None), default=None)
            if until is None:
                for key, limit in keys:
                    self._failed(uow, key, limit)
                return
            minutes = max(1, round((until - self._store.clock()).total_seconds() / 60))
        raise SignInLocked(f"For mange forsøk; vent {_minutes(minutes)} og prøv igjen.")

    def forgive(self, staff_id: str, address: str) -> None:
        """The attempt succeeded: the account's count begins anew.

        The address's does not, it only loses this attempt: else whoever has an account could
        guess at others for ever.
        """
        key = _key("address", address)
        with self._store.transaction() as uow:
            unlock(uow, staff_id)
            failures, _, _ = uow.sign_in_failures(key)
            uow.set_sign_in_failures(key, max(0, failures - 1), None)

    def _failed(self, uow: UnitOfWork, key: str, limit: Limit) -> None:
        failures, _, last = uow.sign_in_failures(key)
        now = self._store.clock()
        if last is not None and now - last > limit.forgotten:
            failures = 0
        lock = limit.lock(failures + 1)
        uow.set_sign_in_failures(key, failures + 1, now + lock if lock else None)


def unlock(uow: UnitOfWork, staff_id: str) -> None:
    """Let an account try again at once."""
    uow.set_sign_in_failures(_account_key(staff_id), 0, None)


def _account_key(staff_id: str) -> str:
    return _key("account", staff_id)


def _key(kind: str, value: str) -> str:
    """Hashed: people type their password where the name belongs."""
    return f"{kind}:{hashlib.sha256(value.encode()).hexdigest()[:32]}"


def _minutes(count: int) -> str:
    return "ett minutt" if count == 1 else f"{count} minutter"
