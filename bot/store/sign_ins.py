"""Queries about who is signed in, and about attempts that failed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from bot.store.part import Part
from bot.store.staff_tables import sign_in_failures, staff, staff_sessions


@dataclass(frozen=True, slots=True)
class StaffSession:
    """Somebody who is or was signed in.

    Attributes:
        token_hash: of the token that only the browser has.
        form_token: what every form of the session carries.
        seen_at: when the browser last did something.
        expires_at: when the session ends whatever they do.
        ended_at: when it was ended before that; None: it was not.
    """

    token_hash: str
    staff_id: str
    form_token: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None


class SignIns(Part):
    """Sessions of staff, failed attempts, one-time codes that were used."""

    def add_session(self, session: StaffSession) -> None:
        """Somebody has signed in."""
        values = {name: getattr(session, name) for name in StaffSession.__slots__}
        self._connection.execute(insert(staff_sessions).values(**values))

    def session(self, token_hash: str) -> StaffSession | None:
        """The session with this hash, whether it goes on or not."""
        row = self._connection.execute(
            select(staff_sessions).where(staff_sessions.c.token_hash == token_hash)
        ).first()
        return None if row is None else StaffSession(**row._mapping)

    def touch_session(self, token_hash: str) -> None:
        """The browser of a session has just done something."""
        self._connection.execute(
            update(staff_sessions)
            .where(staff_sessions.c.token_hash == token_hash)
            .values(seen_at=self._clock())
        )

    def end_session(self, token_hash: str) -> bool:
        """End a session; returns whether it went on until now."""
        ended = self._connection.execute(
            update(staff_sessions)
            .where(staff_sessions.c.token_hash == token_hash)
            .where(staff_sessions.c.ended_at.is_(None))
            .values(ended_at=self._clock())
        )
        return bool(ended.rowcount)

    def end_sessions(self, staff_id: str) -> int:
        """End all sessions of somebody; returns how many had not been ended."""
        ended = self._connection.execute(
            update(staff_sessions)
            .where(staff_sessions.c.staff_id == staff_id)
            .where(staff_sessions.c.ended_at.is_(None))
            .values(ended_at=self._clock())
        )
        return int(ended.rowcount)

    def drop_sessions(self, before: datetime) -> int:
        """Forget sessions that ran out before a moment; returns how many."""
        gone = self._connection.execute(
            delete(staff_sessions).where(staff_sessions.c.expires_at < before)
        )
        return int(gone.rowcount)

    def sign_in_failures(self, key: str) -> tuple[int, datetime | None, datetime | None]:
        """Failed attempts in a row of an account or an address.

        Two attempts with the same key wait for each other here.

        Returns:
            How many, until when it is locked (None: it is not), and when the last one was.
        """
        row = self._connection.execute(
            select(sign_in_failures).where(sign_in_failures.c.key == key).with_for_update()
        ).first()
        if row is None:
            return 0, None, None
        locked = row.locked_until
        return row.failures, locked if locked and locked > self._clock() else None, row.changed_at

    def set_sign_in_failures(self, key: str, failures: int, locked_until: datetime | None) -> None:
        """Store how many attempts in a row have failed; 0 forgets them."""
        if not failures:
            self._connection.execute(delete(sign_in_failures).where(sign_in_failures.c.key == key))
            return
        values = {"failures": failures, "locked_until": locked_until, "changed_at": self._clock()}
        query = update(sign_in_failures).where(sign_in_failures.c.key == key)
        if self._connection.execute(query.values(**values)).rowcount:
            return
        try:
            with self._connection.begin_nested():
                self._connection.execute(insert(sign_in_failures).values(key=key, **values))
        except IntegrityError:  # another attempt was a moment earlier
            self._connection.execute(query.values(**values))

    def drop_sign_in_failures(self, before: datetime) -> int:
        """Forget failures whose last was before a moment; returns of how many keys."""
        gone = self._connection.execute(
            delete(sign_in_failures).where(sign_in_failures.c.changed_at < before)
        )
        return int(gone.rowcount)

    def take_code(self, staff_id: str, step: int) -> bool:
        """Use up the one-time code of a time step and all before it; False: it was used up."""
        taken = self._connection.execute(
            update(staff)
            .where(staff.c.staff_id == staff_id)
            .where(or_(staff.c.otp_used.is_(None), staff.c.otp_used < step))
            .values(otp_used=step)
        )
        return bool(taken.rowcount)

    def set_password(self, staff_id: str, hashed: str) -> None:
        """Replace the hash of somebody's password, and nothing else."""
        self._connection.execute(
            update(staff).where(staff.c.staff_id == staff_id).values(password=hashed)
        )
