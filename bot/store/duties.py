"""Queries about what staff must do."""

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Row
from sqlalchemy.exc import IntegrityError

from bot.store.people import People
from bot.store.records import Task
from bot.store.tables import tasks


class Duties(People):
    """Tasks for staff."""

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


def _task(row: Row) -> Task:
    return Task(row.task_id, row.recipient_id, row.kind, row.note, row.created_at, row.done_at)
