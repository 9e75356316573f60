"""Seals anew what an older key has sealed, or none: after it the older key is no longer needed."""

import json
from typing import Any

from sqlalchemy import Column, delete, select, update

from bot.store.access_log import AccessLog
from bot.store.call_tables import callers, pin_failures, schedules
from bot.store.staff_tables import staff, utterances
from bot.store.tables import people, talks

#: Columns with one sealed text each, and what tells their rows apart.
SEALED = (
    (people.c.private, people.c.recipient_id),
    (staff.c.otp_secret, staff.c.staff_id),
    (utterances.c.text, utterances.c.entry_id),
    (schedules.c.phone, schedules.c.schedule_id),
)


class Sealing(AccessLog):
    """Changing keys."""

    def seal_anew(self) -> int:
        """Seal everything with the newest key; returns how many values were not.

        Raises:
            StoreError: something is sealed with a key that is not there; nothing was changed.
        """
        changed = self.seal_gaps()
        for column, key in SEALED:
            for row in self._connection.execute(select(key, column)).all():
                if row[1] and not self._vault.is_current(row[1]):
                    changed += self._store(column, key == row[0], self._anew(row[1]))
        for row in self._connection.execute(select(talks.c.recipient_id, talks.c.state)).all():
            state = row.state if isinstance(row.state, str) else json.dumps(row.state)
            if not isinstance(row.state, str) or not self._vault.is_current(state):
                whose = talks.c.recipient_id == row.recipient_id
                changed += self._store(talks.c.state, whose, self._anew(state))
        return changed + self._numbers()

    def _numbers(self) -> int:
        """Numbers have a fingerprint beside them, and so have the wrong PINs of a number."""
        changed = 0
        for row in self._connection.execute(select(callers)).all():
            number = self._vault.open(row.number) or row.phone
            fingerprint = self._vault.fingerprint(number)
            if row.phone == fingerprint and self._vault.is_current(row.number):
                continue
            self._connection.execute(
                update(callers)
                .where(callers.c.phone == row.phone)
                .where(callers.c.recipient_id == row.recipient_id)
                .values(phone=fingerprint, number=self._vault.seal(number))
            )
            old = pin_failures.c.phone == row.phone
            if row.phone != fingerprint:
                # A household's second caller finds it moved already.
                known = select(pin_failures.c.phone).where(pin_failures.c.phone == fingerprint)
                if self._connection.execute(known).first() is None:
                    self._store(pin_failures.c.phone, old, fingerprint)
            changed += 1
        # Of numbers that are nobody's (any more) only an older key knows which they are.
        known = select(callers.c.phone)
        self._connection.execute(delete(pin_failures).where(pin_failures.c.phone.not_in(known)))
        return changed

    def _anew(self, stored: str) -> str:
        return self._vault.seal(self._vault.open(stored))

    def _store(self, column: Column, where: Any, value: str) -> int:
        self._connection.execute(update(column.table).where(where).values({column.name: value}))
        return 1
