"""Queries that tell cheaply whether anything about a person has changed, whoever changed it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.sql import ColumnElement, Select

from bot.store.call_tables import calls
from bot.store.part import Part
from bot.store.staff_tables import takeovers, utterances
from bot.store.tables import orders, tasks

#: What is older than so many newer ones of its kind does not change any more.
_RECENT = 2000

Mark = tuple[object, ...]


class Marks(Part):
    """What changes whenever something changes."""

    def marks(self, recipient_ids: Collection[str] | None = None) -> dict[str, tuple[Mark, ...]]:
        """A value for each person that is another one when their orders, talk, tasks, call or
        take-over are others; of some people, or (None) of all about whom something is recent.
        """
        found: dict[str, list[Mark]] = defaultdict(list)
        for query in self._queries(recipient_ids):
            for recipient_id, *mark in self._connection.execute(query):
                found[recipient_id].append(tuple(mark))
        return {recipient_id: tuple(mark) for recipient_id, mark in found.items()}

    def _queries(self, recipient_ids: Collection[str] | None) -> list[Select]:
        def about(column: ColumnElement[str], query: Select) -> Select:
            if recipient_ids is None:
                return query
            return query.where(column.in_(sorted(recipient_ids)))

        return [
            about(
                orders.c.recipient_id,
                select(
                    orders.c.recipient_id, func.max(orders.c.sequence), func.sum(orders.c.version)
                )
                .where(orders.c.sequence > self._newest(orders.c.sequence))
                .group_by(orders.c.recipient_id),
            ),
            about(
                utterances.c.recipient_id,
                select(utterances.c.recipient_id, func.max(utterances.c.entry_id))
                .where(utterances.c.entry_id > self._newest(utterances.c.entry_id))
                .group_by(utterances.c.recipient_id),
            ),
            about(
                tasks.c.recipient_id,
                select(tasks.c.recipient_id, func.max(tasks.c.task_id), func.count(tasks.c.done_at))
                .where(tasks.c.task_id > self._newest(tasks.c.task_id))
                .group_by(tasks.c.recipient_id),
            ),
            about(
                takeovers.c.recipient_id,
                select(takeovers.c.recipient_id, takeovers.c.staff_id, takeovers.c.mode),
            ),
            about(
                calls.c.recipient_id,
                select(calls.c.recipient_id, func.max(calls.c.began_at))
                .where(calls.c.recipient_id.is_not(None))
                .where(calls.c.ended_at.is_(None))
                .group_by(calls.c.recipient_id),
            ),
        ]

    def _newest(self, column: ColumnElement[int]) -> int:
        newest = self._connection.execute(select(func.max(column))).scalar()
        return (newest or 0) - _RECENT
