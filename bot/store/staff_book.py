"""Queries about municipalities and those who may sign in."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Row

from bot.errors import StoreError
from bot.store.part import Part
from bot.store.staff_tables import municipalities, staff


@dataclass(frozen=True, slots=True)
class Municipality:
    """One municipality and its rules.

    Attributes:
        municipality: its id, such as "baerum".
        second_person: whether every order that staff confirm needs another person's approval.
        alcohol_policy, tobacco_policy: `allow`, `staff_approve` or `block`; None: as the
            installation is set.
        keep_orders_days, keep_log_days: how long closed orders and the access log are kept.
    """

    municipality: str
    name: str
    second_person: bool = False
    alcohol_policy: str | None = None
    tobacco_policy: str | None = None
    keep_orders_days: int = 365
    keep_log_days: int = 5 * 365


@dataclass(frozen=True, slots=True)
class StaffMember:
    """Somebody who may sign in.

    Attributes:
        roles: values of `bot.casework.actor.Role`.
        districts: parts of the municipality they work in; empty: all.
        password: argon2 hash; None: they come through the sign-in service only.
        otp_secret: base32 secret of their one-time codes; sealed in the database.
        otp_used: time step of the newest code that was taken.
        subject: "issuer subject" at the sign-in service.
        disabled_at: since when they may not sign in.
    """

    staff_id: str
    municipality: str
    name: str
    roles: tuple[str, ...]
    districts: tuple[str, ...] = ()
    password: str | None = None
    otp_secret: str | None = None
    otp_used: int | None = None
    subject: str | None = None
    disabled_at: datetime | None = None


class StaffBook(Part):
    """Municipalities and staff."""

    def municipality(self, municipality: str) -> Municipality:
        """A municipality and its rules.

        Raises:
            StoreError: there is none with this id.
        """
        row = self._connection.execute(
            select(municipalities).where(municipalities.c.municipality == municipality)
        ).first()
        if row is None:
            raise StoreError(f"Det finnes ingen kommune med navnet «{municipality}».")
        return Municipality(**row._mapping)

    def municipalities(self) -> list[Municipality]:
        """All of them, by id."""
        rows = self._connection.execute(
            select(municipalities).order_by(municipalities.c.municipality)
        )
        return [Municipality(**row._mapping) for row in rows]

    def save_municipality(self, municipality: Municipality) -> None:
        """Store a municipality, new or known."""
        values = {name: getattr(municipality, name) for name in Municipality.__slots__}
        known = update(municipalities).where(
            municipalities.c.municipality == municipality.municipality
        )
        if not self._connection.execute(known.values(**values)).rowcount:
            self._connection.execute(insert(municipalities).values(**values))

    def staff_member(self, staff_id: str, to_change: bool = False) -> StaffMember | None:
        """Somebody by their id; `to_change`: others who change them wait until we are done."""
        query = select(staff).where(staff.c.staff_id == staff_id)
        row = self._connection.execute(query.with_for_update() if to_change else query).first()
        return None if row is None else self._member(row)

    def staff_by_subject(self, subject: str) -> StaffMember | None:
        """Somebody by what the sign-in service calls them ("issuer subject")."""
        row = self._connection.execute(select(staff).where(staff.c.subject == subject)).first()
        return None if row is None else self._member(row)

    def staff(self, municipality: str | None = None) -> list[StaffMember]:
        """Everybody who may or might sign in, by id; of one municipality or all."""
        query = select(staff).order_by(staff.c.staff_id)
        if municipality is not None:
            query = query.where(staff.c.municipality == municipality)
        return [self._member(row) for row in self._connection.execute(query)]

    def save_staff(self, member: StaffMember) -> None:
        """Store an account, new or known."""
        values = {name: getattr(member, name) for name in StaffMember.__slots__}
        values["roles"], values["districts"] = list(member.roles), list(member.districts)
        values["otp_secret"] = self._vault.seal(member.otp_secret or "") or None
        known = update(staff).where(staff.c.staff_id == member.staff_id)
        if not self._connection.execute(known.values(**values)).rowcount:
            self._connection.execute(insert(staff).values(**values, created_at=self._clock()))

    def _member(self, row: Row) -> StaffMember:
        return StaffMember(
            staff_id=row.staff_id,
            municipality=row.municipality,
            name=row.name,
            roles=tuple(row.roles),
            districts=tuple(row.districts),
            password=row.password,
            otp_secret=self._vault.open(row.otp_secret) if row.otp_secret else None,
            otp_used=row.otp_used,
            subject=row.subject,
            disabled_at=row.disabled_at,
        )
