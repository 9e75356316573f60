"""Who works here: accounts are made, changed and closed, and a municipality's rules are set.

On the command line by whoever runs the machine, on the web by an administrator of the same
municipality, who can neither change themselves nor make an account.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import pyotp

from bot.casework.accounts import (
    LONGEST_INPUT,
    SHORTEST_PASSWORD,
    Accounts,
    log_account,
)
from bot.casework.actor import Actor, NotAllowed, Role
from bot.casework.lock_out import unlock
from bot.errors import KurvError, StoreError
from bot.store import Store, UnitOfWork
from bot.store.staff_book import Municipality, StaffMember

#: How the access log names whoever runs the machine.
COMMAND_LINE = "kommandolinjen"
POLICIES = ("allow", "staff_approve", "block")
#: The access log must outlive a complaint.
SHORTEST_LOG_DAYS = 90
_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_UNKNOWN = "Det finnes ingen konto med dette navnet i din kommune."
#: Sessions that ran out and failures that nobody repeated are forgotten after this.
_FORGOTTEN = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Secrets:
    """What a new account signs in with; shown once and never again.

    Attributes:
        password: None where it comes from the sign-in service.
        code_uri: otpauth URI of the one-time codes, for an app.
    """

    password: str | None
    code_uri: str | None


class Staffing:
    """Accounts and municipalities."""

    def __init__(self, store: Store, accounts: Accounts) -> None:
        self._store = store
        self._accounts = accounts

    def add(
        self,
        staff_id: str,
        municipality: str,
        name: str,
        roles: Sequence[str],
        districts: Sequence[str] = (),
        password: str | None = None,
        subject: str | None = None,
    ) -> Secrets:
        """Make an account, from the command line.

        Args:
            password: None: one is made; not used with a `subject`.
            subject: "issuer subject" of somebody who comes from the sign-in service.

        Raises:
            KurvError: something cannot be used, or there is such an account.
        """
        if not _ID.fullmatch(staff_id):
            raise KurvError("Brukernavnet må ha små bokstaver a-z, tall, punktum eller strek.")
        if not name.strip():
            raise KurvError("Kontoen må ha et navn; mottakeren får høre hvem som hjelper.")
        member = StaffMember(
            staff_id, municipality, name.strip(), checked_roles(roles), tuple(districts),
            subject=subject,
        )  # fmt: skip
        member, given = self._with_secrets(member, password)
        with self._store.transaction() as uow:
            uow.municipality(municipality)
            if uow.staff_member(staff_id) is not None:
                raise KurvError(f"Det finnes en konto som heter «{staff_id}»; velg et annet navn.")
            if subject is not None and uow.staff_by_subject(subject) is not None:
                raise KurvError("En annen konto har denne brukeren i innloggingstjenesten.")
            uow.save_staff(member)
            log_account(uow, COMMAND_LINE, staff_id, "account_added", " ".join(member.roles))
        return given

    def reset(self, staff_id: str, password: str | None = None) -> Secrets:
        """Give new secrets, end all sessions, forget failures; a closed account is open again.

        Raises:
            KurvError: there is no such account.
        """
        with self._store.transaction() as uow:
            member = _known(uow, staff_id)
            member, given = self._with_secrets(replace(member, otp_used=None), password)
            uow.save_staff(replace(member, disabled_at=None))
            uow.end_sessions(staff_id)
            unlock(uow, staff_id)
            log_account(uow, COMMAND_LINE, staff_id, "account_reset")
        return given

    def close(self, staff_id: str, by: Actor | None = None) -> None:
        """Close an account and end all its sessions, now.

        Args:
            by: the administrator; None: whoever runs the machine.

        Raises:
            NotAllowed: `by` is no administrator of the account's municipality, or it is their own.
        """
        with self._store.transaction() as uow:
            member = _theirs(uow, by, staff_id)
            if member.disabled_at is None:
                uow.save_staff(replace(member, disabled_at=self._store.clock()))
                log_account(uow, _who(by), staff_id, "account_closed")
            uow.end_sessions(staff_id)

    def change(
        self,
        staff_id: str,
        roles: Sequence[str],
        districts: Sequence[str],
        by: Actor | None = None,
    ) -> None:
        """Give an account other roles and districts; it holds from their next request on.

        Raises:
            NotAllowed: see `close`.
            KurvError: a role is unknown.
        """
        with self._store.transaction() as uow:
            member = _theirs(uow, by, staff_id)
            kept = tuple(each.strip() for each in districts if each.strip())
            uow.save_staff(replace(member, roles=checked_roles(roles), districts=kept))
            log_account(uow, _who(by), staff_id, "account_changed", " ".join(sorted(set(roles))))

    def accounts(self, by: Actor | None = None) -> list[StaffMember]:
        """The accounts of an administrator's municipality; of all, for whoever runs the machine."""
        if by is not None:
            by.require(Role.ADMINISTRATOR)
        with self._store.transaction(read_only=True) as uow:
            found = uow.staff(by.municipality if by else None)
        return [replace(each, password=None, otp_secret=None) for each in found]

    def municipality(self, by: Actor) -> Municipality:
        """The rules of an administrator's municipality."""
        by.require(Role.ADMINISTRATOR)
        with self._store.transaction(read_only=True) as uow:
            return uow.municipality(by.municipality)

    def save_municipality(self, changed: Municipality, by: Actor | None = None) -> None:
        """Store a municipality's rules; an administrator's own, or a new one.

        Raises:
            NotAllowed: it is not the administrator's.
            KurvError: a rule cannot be.
        """
        if by is not None:
            by.require(Role.ADMINISTRATOR)
            if changed.municipality != by.municipality:
                raise NotAllowed(_UNKNOWN)
        if not _ID.fullmatch(changed.municipality) or not changed.name.strip():
            raise KurvError("Kommunen må ha et kortnavn (små bokstaver a-z) og et navn.")
        for policy in (changed.alcohol_policy, changed.tobacco_policy):
            if policy is not None and policy not in POLICIES:
                raise KurvError(f"«{policy}» er ingen regel; velg en av: {', '.join(POLICIES)}.")
        if changed.keep_orders_days < 1 or changed.keep_log_days < SHORTEST_LOG_DAYS:
            raise KurvError(
                "Bestillinger må tas vare på i minst én dag, tilgangsloggen i minst "
                f"{SHORTEST_LOG_DAYS}."
            )
        with self._store.transaction() as uow:
            uow.save_municipality(changed)
            uow.log_access(_who(by), "", "municipality_changed", changed.municipality)

    def forget_signing_in(self) -> int:
        """Remove sessions that ran out long ago and old failures; returns how many."""
        before = self._store.clock() - _FORGOTTEN
        with self._store.transaction() as uow:
            return uow.drop_sessions(before) + uow.drop_sign_in_failures(before)

    def _with_secrets(
        self, member: StaffMember, password: str | None
    ) -> tuple[StaffMember, Secrets]:
        if member.subject is not None:
            return member, Secrets(None, None)
        password = password if password is not None else secrets.token_urlsafe(15)
        if not SHORTEST_PASSWORD <= len(password) <= LONGEST_INPUT:
            raise KurvError(
                f"Passordet må ha minst {SHORTEST_PASSWORD} tegn; bruk gjerne en setning."
            )
        secret = pyotp.random_base32()
        uri = pyotp.TOTP(secret).provisioning_uri(name=member.staff_id, issuer_name="Kurv")
        hashed = self._accounts.hashed(password)
        return replace(member, password=hashed, otp_secret=secret), Secrets(password, uri)


def checked_roles(roles: Sequence[str]) -> tuple[str, ...]:
    """The roles, each once.

    Raises:
        KurvError: one is unknown, or there is none.
    """
    known = [role.value for role in Role]
    if not roles or not set(roles) <= set(known):
        raise KurvError(f"Velg roller blant: {', '.join(known)}.")
    return tuple(sorted(set(roles)))


def _who(by: Actor | None) -> str:
    return by.key if by else COMMAND_LINE


def _known(uow: UnitOfWork, staff_id: str) -> StaffMember:
    member = uow.staff_member(staff_id, to_change=True)
    if member is None:
        raise StoreError(f"Det finnes ingen konto som heter «{staff_id}»; se «kurv staff list».")
    return member


def _theirs(uow: UnitOfWork, by: Actor | None, staff_id: str) -> StaffMember:
    """An account that may be changed; whether another municipality has it, is not told."""
    if by is None:
        return _known(uow, staff_id)
    by.require(Role.ADMINISTRATOR)
    member = uow.staff_member(staff_id, to_change=True)
    if member is None or member.municipality != by.municipality:
        raise NotAllowed(_UNKNOWN)
    if staff_id == by.staff_id:
        raise NotAllowed("Ingen kan endre sin egen konto; be en annen administrator.")
    return member
