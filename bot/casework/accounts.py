"""Who may sign in at the staff side, and who is signed in.

Passwords with argon2id, one-time codes (RFC 6238) that count once, sessions that are short and can
be ended at any moment. Somebody's roles and districts are read anew at every request: what is
changed or closed holds at once, also for those who are signed in.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from datetime import datetime, timedelta

import pyotp
import structlog
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from bot.casework.actor import Actor, Role, SignedIn
from bot.casework.lock_out import LockOut, SignInLocked, SignInRefused
from bot.store import Store, UnitOfWork
from bot.store.sign_ins import StaffSession
from bot.store.staff_book import StaffMember

log = structlog.get_logger(__name__)

#: A session ends after this, whatever they do, and when nobody has touched it for `IDLE`.
LONGEST, IDLE = timedelta(hours=8), timedelta(minutes=30)
#: A session's last use is written down at most this often: a write makes other writers wait.
_TOUCHED = timedelta(minutes=1)
#: A code of the step before or after is taken too: clocks differ, and people are slow.
_DRIFT = 1
_STEP_SECONDS = 30
#: argon2 takes 64 MB and a tenth of a second: a flood of attempts must take neither the machine nor
#: all threads that answer pages. So many at once, and who waits longer is sent away.
_HASHINGS, _HASHING_SECONDS = 4, 3.0
#: Longer input is none that we have given out, and hashing it is work.
LONGEST_INPUT = 256
SHORTEST_PASSWORD = 12


class Accounts:
    """Signs staff in and out."""

    def __init__(
        self, store: Store, hasher: PasswordHasher | None = None, lock_out: LockOut | None = None
    ) -> None:
        """Work on a store, by its clock.

        Args:
            hasher: argon2 with other costs than the library's own, for tests.
            lock_out: other limits.
        """
        self._store = store
        self._hasher = hasher or PasswordHasher()
        self._lock_out = lock_out or LockOut(store)
        # What those who do not exist are compared with: they take as long as those who do.
        self._nobody = self.hashed(secrets.token_urlsafe())
        self._nobodys_secret = pyotp.random_base32()
        self._hashing = threading.BoundedSemaphore(_HASHINGS)

    def hashed(self, password: str) -> str:
        """A password as it is stored."""
        return self._hasher.hash(password)

    def sign_in(self, staff_id: str, password: str, code: str, address: str) -> str:
        """Sign somebody in by password and one-time code.

        Args:
            address: where the attempt comes from, an IP address.

        Returns:
            The token of the new session; only the browser keeps it.

        Raises:
            SignInRefused: something was wrong; what, is not told.
            SignInLocked: too many attempts of this account or address have failed.
        """
        staff_id = staff_id.strip()
        # Counted before anything is compared: a hundred attempts at once are still a hundred.
        self._lock_out.count(staff_id, address)
        with self._store.transaction(read_only=True) as uow:
            member = uow.staff_member(staff_id) if len(staff_id) <= LONGEST_INPUT else None
        step = self._proven(member, password, code)
        if member is None or step is None or not self._use_up(member, step):
            log.warning("sign_in_refused")  # who it was may be a password in the wrong field
            raise SignInRefused("Brukernavn, passord eller kode er feil; prøv igjen.")
        self._lock_out.forgive(staff_id, address)
        self._rehash(member, password)
        return self.begin(member)

    def begin(self, member: StaffMember) -> str:
        """Begin a session of somebody who has shown who they are; returns its token.

        Raises:
            SignInRefused: the account has been closed.
        """
        token = secrets.token_urlsafe(32)
        with self._store.transaction() as uow:
            now = self._store.clock()
            current = uow.staff_member(member.staff_id)
            if current is None or current.disabled_at is not None:
                raise SignInRefused("Kontoen er stengt; spør administratoren din.")
            uow.add_session(
                StaffSession(
                    token_hash=token_hash(token),
                    staff_id=member.staff_id,
                    form_token=secrets.token_urlsafe(32),
                    created_at=now,
                    seen_at=now,
                    expires_at=now + LONGEST,
                )
            )
            log_account(uow, f"staff:{member.staff_id}", member.staff_id, "sign_in")
        return token

    def actor_of(self, token: str, active: bool = True) -> SignedIn | None:
        """Who holds a token, with what they may at this moment; None: sign in again.

        Args:
            active: False when the browser asks by itself (an event stream): such a session still
                ends when nobody touches it.
        """
        if not token or len(token) > LONGEST_INPUT:
            return None
        hashed = token_hash(token)
        with self._store.transaction(read_only=True) as uow:
            session = uow.session(hashed)
            member = uow.staff_member(session.staff_id) if session else None
        now = self._store.clock()
        if session is None or member is None or not _goes_on(session, member, now):
            return None
        if active and now - session.seen_at >= _TOUCHED:
            with self._store.transaction() as uow:
                uow.touch_session(hashed)
        return SignedIn(actor_from(member), session.form_token)

    def sign_out(self, token: str) -> None:
        """End the session of a token, if there is one."""
        with self._store.transaction() as uow:
            session = uow.session(token_hash(token))
            if session is not None and uow.end_session(session.token_hash):
                log_account(uow, f"staff:{session.staff_id}", session.staff_id, "sign_out")

    def _proven(self, member: StaffMember | None, password: str, code: str) -> int | None:
        """The time step of the code, if password and code are right and the account is open.

        Takes as long for those who do not exist.
        """
        known = member is not None and member.password is not None and member.otp_secret is not None
        stored = (member.password if known and member else None) or self._nobody
        secret = (member.otp_secret if known and member else None) or self._nobodys_secret
        right = self._is_password(stored, password)
        step = self._step_of(secret, code)
        if not known or not right or member is None or member.disabled_at is not None:
            return None
        return step

    def _is_password(self, stored: str, password: str) -> bool:
        if not self._hashing.acquire(timeout=_HASHING_SECONDS):
            log.warning("sign_in_crowded")
            raise SignInLocked("Mange prøver å logge inn nå; vent litt og prøv igjen.")
        try:
            return self._hasher.verify(stored, password[: LONGEST_INPUT + 1])
        except (VerificationError, InvalidHashError):
            return False
        finally:
            self._hashing.release()

    def _step_of(self, secret: str, code: str) -> int | None:
        """The time step whose code this is."""
        digits = "".join(code.split())
        now = int(self._store.clock().timestamp()) // _STEP_SECONDS
        totp = pyotp.TOTP(secret)
        found = None
        for step in range(now - _DRIFT, now + _DRIFT + 1):
            # All of them are compared: which one it was must not show.
            if hmac.compare_digest(totp.at(step * _STEP_SECONDS).encode(), digits.encode()):
                found = step
        return found

    def _use_up(self, member: StaffMember, step: int) -> bool:
        with self._store.transaction() as uow:
            return uow.take_code(member.staff_id, step)

    def _rehash(self, member: StaffMember, password: str) -> None:
        """Hash with today's costs what was hashed with lower ones."""
        if member.password is None or not self._hasher.check_needs_rehash(member.password):
            return
        hashed = self.hashed(password)
        with self._store.transaction() as uow:
            uow.set_password(member.staff_id, hashed)


def actor_from(member: StaffMember) -> Actor:
    """What somebody may, as stored at this moment; roles of a newer Kurv count for nothing."""
    known = {role.value for role in Role}
    return Actor(
        staff_id=member.staff_id,
        name=member.name,
        municipality=member.municipality,
        roles=frozenset(Role(role) for role in member.roles if role in known),
        districts=frozenset(member.districts),
    )


def token_hash(token: str) -> str:
    """What is stored of a token: it has 256 random bits, so that a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def log_account(uow: UnitOfWork, actor: str, staff_id: str, action: str, reason: str = "") -> None:
    """Note in the access log what happened to an account."""
    uow.log_access(actor, f"staff:{staff_id}", action, reason)


def _goes_on(session: StaffSession, member: StaffMember, now: datetime) -> bool:
    return (
        session.ended_at is None
        and now < session.expires_at
        and now - session.seen_at < IDLE
        and member.disabled_at is None
    )
