"""Queries about what staff must do and what was done with a person's data."""

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime, timezone

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Row
from sqlalchemy.exc import IntegrityError

from bot.store.people import People
from bot.store.records import AccessEntry, Task
from bot.store.tables import access_log, tasks


class Duties(People):
    """Tasks for staff, and the access log."""

    def add_task(self, recipient_id: str, kind: str, note: str = "") -> Task:
        """Ask staff to do something; an open task of the same kind and note is not made twice.

        Args:
            kind: what it is; see `bot.store.Task`.
            note: an id that belongs to it, never what somebody said.
        """
        self.person(recipient_id)
        self.touched.add(recipient_id)
        try:
            with self._connection.begin_nested():
                self._connection.execute(
                    insert(tasks).values(
                        recipient_id=recipient_id, kind=kind, note=note, created_at=self._clock()
                    )
                )
        except IntegrityError:
            pass  # it is open already
        row = self._connection.execute(
            select(tasks)
            .where(tasks.c.recipient_id == recipient_id)
            .where(tasks.c.kind == kind)
            .where(tasks.c.note == note)
            .where(tasks.c.done_at.is_(None))
        ).one()
        return _task(row)

    def tasks(self, open_only: bool = True, recipient_id: str | None = None) -> list[Task]:
        """What staff must do (or, too, have done), oldest first; about one person or all."""
        query = select(tasks).order_by(tasks.c.task_id)
        if open_only:
            query = query.where(tasks.c.done_at.is_(None))
        if recipient_id is not None:
            query = query.where(tasks.c.recipient_id == recipient_id)
        return [_task(row) for row in self._connection.execute(query)]

    def close_task(self, task_id: int) -> bool:
        """A task is done; returns whether it was open."""
        done = self._connection.execute(
            update(tasks)
            .where(tasks.c.task_id == task_id)
            .where(tasks.c.done_at.is_(None))
            .values(done_at=self._clock())
        )
        return bool(done.rowcount)

    def close_tasks(self, recipient_id: str, kind: str, note: str = "") -> int:
        """What such a task asked for is done; returns how many were open."""
        done = self._connection.execute(
            update(tasks)
            .where(tasks.c.recipient_id == recipient_id)
            .where(tasks.c.kind == kind)
            .where(tasks.c.note == note)
            .where(tasks.c.done_at.is_(None))
            .values(done_at=self._clock())
        )
        return int(done.rowcount)

    def log_access(self, actor: str, recipient_id: str, action: str, reason: str = "") -> None:
        """Note for ever that `actor` did `action` with data about the person.

        Each entry carries a hash of itself and of the one before, so that a changed, moved or
        removed entry shows (`broken_access`).
        """
        if self._connection.dialect.name == "postgresql":
            # One writer at a time: two must not follow the same entry. SQLite has only one.
            self._connection.exec_driver_sql("SELECT pg_advisory_xact_lock(4711002)")
        before = self._connection.execute(
            select(access_log.c.hash).order_by(access_log.c.entry_id.desc()).limit(1)
        ).scalar()
        entry = AccessEntry(self._clock(), actor, recipient_id, action, reason)
        self._connection.execute(
            insert(access_log).values(
                at=entry.at,
                actor=actor,
                recipient_id=recipient_id,
                action=action,
                reason=reason,
                hash=chained(before, entry),
            )
        )

    def broken_access(self) -> int | None:
        """The number of the first entry of the access log that is not as it was written.

        Returns:
            Its `entry_id`, or None: the chain is whole. What was written by a Kurv without the
            chain is passed over. Entries cut off at the very end do not show here: note
            `access_head` outside the database for that.
        """
        before = None
        for entry_id, entry, stored in self._chain():
            if stored is not None and stored != chained(before, entry):
                return entry_id
            if stored is None and before is not None:
                return entry_id
            before = stored
        return None

    def access_head(self) -> tuple[int, str]:
        """Number and hash of the newest entry of the access log; (0, "") when it is empty."""
        row = self._connection.execute(
            select(access_log.c.entry_id, access_log.c.hash)
            .order_by(access_log.c.entry_id.desc())
            .limit(1)
        ).first()
        return (row.entry_id, row.hash or "") if row is not None else (0, "")

    def _chain(self) -> Iterator[tuple[int, AccessEntry, str | None]]:
        for row in self._connection.execute(select(access_log).order_by(access_log.c.entry_id)):
            entry = AccessEntry(row.at, row.actor, row.recipient_id, row.action, row.reason)
            yield row.entry_id, entry, row.hash

    def accesses(self, recipient_id: str | None = None, limit: int = 100) -> list[AccessEntry]:
        """The access log, newest first; about one person or all."""
        query = select(access_log).order_by(access_log.c.entry_id.desc()).limit(limit)
        if recipient_id is not None:
            query = query.where(access_log.c.recipient_id == recipient_id)
        return [
            AccessEntry(row.at, row.actor, row.recipient_id, row.action, row.reason)
            for row in self._connection.execute(query)
        ]


def _task(row: Row) -> Task:
    return Task(row.task_id, row.recipient_id, row.kind, row.note, row.created_at, row.done_at)


def chained(before: str | None, entry: AccessEntry) -> str:
    """The hash of an entry that follows one with the hash `before` (None: it is the first)."""
    at: datetime = entry.at.astimezone(timezone.utc)
    written = [before, at.isoformat(), entry.actor, entry.recipient_id, entry.action, entry.reason]
    return hashlib.sha256(json.dumps(written, ensure_ascii=False).encode()).hexdigest()
