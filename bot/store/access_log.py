"""The access log: who did what with whose data, and why; append-only and chained by hashes.

Each entry carries a hash of itself and of the one before. What has been kept long enough is
removed, and leaves a gap that holds the last hash: the chain can be followed across it. Triggers
refuse every other removal, and a gap's proof is sealed with the data key.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timezone

from sqlalchemy import and_, delete, func, insert, or_, select, update
from sqlalchemy.engine import Row
from sqlalchemy.sql import Select

from bot.errors import StoreError
from bot.store.part import Part
from bot.store.records import AccessEntry
from bot.store.staff_tables import staff
from bot.store.tables import access_gaps, access_log, erased_people, people
from bot.store.worklist import Area


class AccessLog(Part):
    """The access log."""

    def log_access(self, actor: str, recipient_id: str, action: str, reason: str = "") -> None:
        """Note for ever that `actor` did `action` with data about the person.

        Each entry carries a hash of itself and of the one before, so that a changed, moved or
        removed entry shows (`broken_access`).
        """
        if self._connection.dialect.name == "postgresql":
            # One writer at a time: two must not follow the same entry. SQLite has only one.
            self._connection.exec_driver_sql("SELECT pg_advisory_xact_lock(4711002)")
        _, before = self._last()
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
        before, gap_ends = None, 0
        for link in self._links():
            if isinstance(link, _Gap):
                if link.last_id <= gap_ends:
                    continue
                if not link.proven:
                    return link.first_id
                before, gap_ends = link.hash, link.last_id
            elif link.broken(before) or link.entry_id <= gap_ends:
                return link.entry_id
            else:
                before = link.hash
        return None

    def access_head(self) -> tuple[int, str]:
        """Number and hash of the newest entry of the access log; (0, "") when it is empty."""
        entry_id, found = self._last()
        return entry_id, found or ""

    def access_hash(self, entry_id: int) -> str | None:
        """The hash of an entry; None: there is no such entry (any more)."""
        return self._connection.execute(
            select(access_log.c.hash).where(access_log.c.entry_id == entry_id)
        ).scalar()

    def in_gap(self, entry_id: int) -> bool:
        """Whether an entry was removed because its time was over."""
        query = select(access_gaps.c.gap_id).where(
            access_gaps.c.first_id <= entry_id, access_gaps.c.last_id >= entry_id
        )
        return self._connection.execute(query).first() is not None

    def accesses(
        self, recipient_id: str | None = None, limit: int = 100, area: Area | None = None
    ) -> list[AccessEntry]:
        """The access log, newest first; about one person or all, of one area or all."""
        query = select(access_log).order_by(access_log.c.entry_id.desc()).limit(limit)
        if recipient_id is not None:
            query = query.where(access_log.c.recipient_id == recipient_id)
        if area is not None:
            query = _within(query, area)
        return [_entry(row) for row in self._connection.execute(query)]

    def prune_access(self, over: Callable[[str, datetime], bool], before: datetime) -> int:
        """Remove entries whose time is over, and leave gaps; returns how many were removed.

        Args:
            over: whether the time of an entry is over: whom it is about, and when it was.
            before: no entry after this can be.

        Raises:
            StoreError: what is to be removed is not as it was written; nothing is removed.
        """
        removed, known = 0, None
        run: list[_Link | _Gap] = []
        for link in list(self._links(before)):
            if isinstance(link, _Gap):
                if run and link.last_id <= run[-1].last_id:
                    continue
                if not link.proven:
                    raise StoreError(_BROKEN)
                run.append(link)
            else:
                if link.broken(known):
                    raise StoreError(_BROKEN)
                if over(link.entry.recipient_id, link.entry.at):
                    run.append(link)
                else:
                    removed += self._make_gap(run)
                    run = []
            known = link.hash
        return removed + self._make_gap(run)

    def seal_gaps(self) -> int:
        """Seal the proofs of all gaps with the newest key; returns how many were not."""
        rows = self._connection.execute(select(access_gaps)).all()
        old = [row for row in rows if not self._vault.is_current(row.proof)]
        for row in old:
            # Opened first: a proof that is false must not become a good one.
            proof = self._vault.open(row.proof)
            self._connection.execute(
                update(access_gaps)
                .where(access_gaps.c.gap_id == row.gap_id)
                .values(proof=self._vault.seal(proof))
            )
        return len(old)

    def _make_gap(self, run: list["_Link | _Gap"]) -> int:
        entries = [link for link in run if isinstance(link, _Link)]
        if not entries:
            return 0
        first, last, end = run[0].first_id, run[-1].last_id, run[-1].hash
        count = len(entries) + sum(link.entries for link in run if isinstance(link, _Gap))
        self._connection.execute(
            insert(access_gaps).values(
                first_id=first,
                last_id=last,
                hash=end,
                entries=count,
                removed_at=self._clock(),
                proof=self._vault.seal(_proof(first, last, end, count)),
            )
        )
        self._connection.execute(
            delete(access_log).where(access_log.c.entry_id.between(first, last))
        )
        narrower = [link.gap_id for link in run if isinstance(link, _Gap)]
        self._connection.execute(delete(access_gaps).where(access_gaps.c.gap_id.in_(narrower)))
        return len(entries)

    def _last(self) -> tuple[int, str | None]:
        """Number and hash of the newest entry, be it in a gap."""
        entry = self._connection.execute(
            select(access_log.c.entry_id, access_log.c.hash)
            .order_by(access_log.c.entry_id.desc())
            .limit(1)
        ).first()
        gap = self._connection.execute(
            select(access_gaps.c.last_id, access_gaps.c.hash)
            .order_by(access_gaps.c.last_id.desc(), access_gaps.c.first_id)
            .limit(1)
        ).first()
        if gap is not None and (entry is None or gap.last_id > entry.entry_id):
            return gap.last_id, gap.hash
        return (0, None) if entry is None else (entry.entry_id, entry.hash)

    def _links(self, before: datetime | None = None) -> Iterator["_Link | _Gap"]:
        """Entries and gaps in turn, up to the first entry that is not older than `before`."""
        gap_query = select(access_gaps).order_by(
            access_gaps.c.first_id, access_gaps.c.last_id.desc()
        )
        query = select(access_log).order_by(access_log.c.entry_id)
        if before is not None:
            first_young = self._connection.execute(
                select(func.min(access_log.c.entry_id)).where(access_log.c.at >= before)
            ).scalar()
            if first_young is not None:
                query = query.where(access_log.c.entry_id < first_young)
                gap_query = gap_query.where(access_gaps.c.last_id < first_young)
        gaps = [self._gap(row) for row in self._connection.execute(gap_query)]
        entries = self._connection.execute(query.execution_options(stream_results=True))
        for row in entries.yield_per(1000):
            while gaps and gaps[0].first_id <= row.entry_id:
                yield gaps.pop(0)
            yield _Link(row.entry_id, _entry(row), row.hash)
        yield from gaps

    def _gap(self, row: Row) -> "_Gap":
        said = _proof(row.first_id, row.last_id, row.hash, row.entries)
        try:
            proven = self._vault.open(row.proof) == said and self._vault.is_sealed(row.proof)
        except StoreError:
            proven = False
        return _Gap(row.gap_id, row.first_id, row.last_id, row.hash, row.entries, proven)


_BROKEN = "Tilgangsloggen er ikke slik den ble skrevet, og blir ikke ryddet; kjør verify-log."


@dataclass(frozen=True, slots=True)
class _Link:
    """One entry of the chain."""

    entry_id: int
    entry: AccessEntry
    hash: str | None

    @property
    def first_id(self) -> int:
        return self.entry_id

    @property
    def last_id(self) -> int:
        return self.entry_id

    def broken(self, before: str | None) -> bool:
        """Whether it does not follow the entry with the hash `before`."""
        if self.hash is None:
            return before is not None
        return self.hash != chained(before, self.entry)


@dataclass(frozen=True, slots=True)
class _Gap:
    """Entries that were removed."""

    gap_id: int
    first_id: int
    last_id: int
    hash: str | None
    entries: int
    proven: bool


def chained(before: str | None, entry: AccessEntry) -> str:
    """The hash of an entry that follows one with the hash `before` (None: it is the first)."""
    at: datetime = entry.at.astimezone(timezone.utc)
    written = [before, at.isoformat(), entry.actor, entry.recipient_id, entry.action, entry.reason]
    return hashlib.sha256(json.dumps(written, ensure_ascii=False).encode()).hexdigest()


def _proof(first_id: int, last_id: int, end: str | None, entries: int) -> str:
    return json.dumps([first_id, last_id, end, entries])


def _entry(row: Row) -> AccessEntry:
    return AccessEntry(row.at, row.actor, row.recipient_id, row.action, row.reason)


def _within(query: Select, area: Area) -> Select:
    """Only entries about people and accounts of one area, and lists that its staff looked at."""
    about = access_log.c.recipient_id
    clauses = []
    for table in (people, erased_people):
        theirs = table.c.municipality == area.municipality
        if area.districts:
            theirs = and_(theirs, table.c.district.in_(sorted(area.districts)))
        clauses.append(about.in_(select(table.c.recipient_id).where(theirs)))
    accounts = select("staff:" + staff.c.staff_id).where(staff.c.municipality == area.municipality)
    clauses += [about.in_(accounts), and_(about == "", access_log.c.actor.in_(accounts))]
    return query.where(or_(*clauses))
