"""Queries about orders: read them, and save them only over what was read."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection, Row
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql import Select

from bot.errors import StaleRevision
from bot.ordering.basket import Basket, BasketLine
from bot.ordering.order import ENDED, OPEN, Order, Status
from bot.store.part import Part
from bot.store.records import Consent
from bot.store.staff_tables import utterances
from bot.store.tables import consents, order_lines, orders, people
from bot.store.vault import Vault

_STALE = "Kurven ble endret et annet sted i mellomtiden; les den på nytt og prøv igjen."
_OPEN = [status.value for status in OPEN]


class OrderBook(Part):
    """Orders of all recipients."""

    def __init__(self, connection: Connection, clock: Callable[[], datetime], vault: Vault) -> None:
        super().__init__(connection, clock, vault)
        # What this transaction has read or written, and the version that a saved order had before:
        # whoever still holds that one in the same transaction may go on with it.
        self._known: dict[str, Order] = {}
        self._version_before: dict[str, int] = {}

    def open_order(self, recipient_id: str) -> Order:
        """The order that the person is putting together; a new, unsaved one when there is none.

        Two turns of the same person wait for each other here.
        """
        self._connection.execute(
            select(people.c.recipient_id)
            .where(people.c.recipient_id == recipient_id)
            .with_for_update(key_share=True)
        )
        found = self._first(
            select(orders)
            .where(orders.c.recipient_id == recipient_id)
            .where(orders.c.status.in_(_OPEN))
        )
        return found or Order(order_id=uuid4().hex[:16], recipient_id=recipient_id)

    def order(self, order_id: str) -> Order | None:
        """An order by its id."""
        return self._first(select(orders).where(orders.c.order_id == order_id))

    def latest_order(self, recipient_id: str) -> Order | None:
        """The person's newest order that is no longer open: confirmed, sent, failed, cancelled."""
        return self._first(
            select(orders)
            .where(orders.c.recipient_id == recipient_id)
            .where(orders.c.status.not_in(_OPEN))
            .order_by(orders.c.sequence.desc())
            .limit(1)
        )

    def orders(self, recipient_id: str | None = None, limit: int = 100) -> list[Order]:
        """Orders, newest first; of one recipient or of all."""
        query = select(orders).order_by(orders.c.sequence.desc()).limit(limit)
        if recipient_id is not None:
            query = query.where(orders.c.recipient_id == recipient_id)
        rows = self._connection.execute(query).all()
        baskets = self._baskets(rows)
        return [self._read(row, baskets[row.order_id]) for row in rows]

    def revisions(self, order_id: str) -> list[Basket]:
        """Every basket that the order has had and that was saved with something in it, in turn."""
        rows = self._connection.execute(
            select(order_lines)
            .where(order_lines.c.order_id == order_id)
            .order_by(order_lines.c.revision, order_lines.c.position)
        ).all()
        found: dict[int, list[BasketLine]] = {}
        for row in rows:
            found.setdefault(row.revision, []).append(_line(row))
        return [Basket(tuple(lines), revision) for revision, lines in found.items()]

    def save_order(self, order: Order) -> Order:
        """Store an order, if it is still the one that was read.

        An order that has not changed is not written. What was said about one that is over is
        forgotten.

        Returns:
            The order with its new version. Within the same transaction the one that was handed in
            may be worked on just as well.

        Raises:
            StaleRevision: somebody else has saved it since it was read, or the person has got
                another open order.
        """
        known = self._known.get(order.order_id)
        base = self._base_version(order)
        self.touched.add(order.recipient_id)
        if known is not None and known == order and known.version == base:
            return known
        saved = self._insert(order) if base == 0 else self._update(order, base)
        if known is None or known.basket != order.basket:
            self._save_lines(order)
        if order.status in ENDED:
            said = utterances.c.order_id == order.order_id
            self._connection.execute(delete(utterances).where(said))
        self._version_before[order.order_id] = order.version
        self._known[order.order_id] = saved
        return saved

    def add_consent(
        self,
        order_id: str,
        kind: str,
        given_by: str,
        product_id: str = "",
        instead_of: str = "",
        amount: Decimal | None = None,
    ) -> None:
        """Record what somebody agreed to; see `bot.store.Consent`. The order is saved already."""
        self._connection.execute(
            insert(consents).values(
                order_id=order_id,
                kind=kind,
                product_id=product_id,
                instead_of=instead_of,
                amount=amount,
                given_by=given_by,
                at=self._clock(),
            )
        )

    def consents(self, order_id: str) -> list[Consent]:
        """What was agreed to about an order, in the order in which it was said."""
        rows = self._connection.execute(
            select(consents).where(consents.c.order_id == order_id).order_by(consents.c.consent_id)
        )
        return [
            Consent(
                row.order_id,
                row.kind,
                row.product_id,
                row.instead_of,
                row.amount,
                row.given_by,
                row.at,
            )
            for row in rows
        ]

    def _base_version(self, order: Order) -> int:
        """The version that must be in the database for `order` to be saved over it."""
        if self._version_before.get(order.order_id) == order.version:
            return self._known[order.order_id].version
        return order.version

    def _insert(self, order: Order) -> Order:
        now = self._clock()
        values = {**_values(order), "version": 1, "created_at": now, "changed_at": now}
        try:
            with self._connection.begin_nested():
                self._connection.execute(
                    insert(orders).values(
                        order_id=order.order_id, recipient_id=order.recipient_id, **values
                    )
                )
        except IntegrityError as error:
            raise StaleRevision(_STALE) from error
        return replace(order, version=1)

    def _update(self, order: Order, base: int) -> Order:
        changed = self._connection.execute(
            update(orders)
            .where(orders.c.order_id == order.order_id)
            .where(orders.c.version == base)
            .values(**_values(order), version=base + 1, changed_at=self._clock())
        )
        if changed.rowcount != 1:
            raise StaleRevision(_STALE)
        return replace(order, version=base + 1)

    def _save_lines(self, order: Order) -> None:
        rows = [
            {
                "order_id": order.order_id,
                "revision": order.basket.revision,
                "position": position,
                "product_id": line.product_id,
                "name": line.name,
                "quantity": line.quantity,
                "unit": line.unit,
                "unit_price": line.unit_price,
                "deposit": line.deposit,
            }
            for position, line in enumerate(order.basket.lines)
        ]
        if not rows:
            return
        try:
            with self._connection.begin_nested():
                self._connection.execute(insert(order_lines), rows)
        except IntegrityError as error:
            # These lines are there already (the order was read in another transaction), or
            # another basket has this revision: only the first is harmless.
            if order.basket not in self.revisions(order.order_id):
                raise StaleRevision(_STALE) from error

    def _first(self, query: Select) -> Order | None:
        row = self._connection.execute(query).first()
        return None if row is None else self._read(row, self._baskets([row])[row.order_id])

    def _baskets(self, rows: list[Row]) -> dict[str, Basket]:
        revisions = {row.order_id: row.revision for row in rows}
        lines: dict[str, list[BasketLine]] = {order_id: [] for order_id in revisions}
        query = (
            select(order_lines)
            .join(orders, orders.c.order_id == order_lines.c.order_id)
            .where(orders.c.order_id.in_(list(revisions)))
            .where(order_lines.c.revision == orders.c.revision)
            .order_by(order_lines.c.position)
        )
        for row in self._connection.execute(query):
            lines[row.order_id].append(_line(row))
        return {
            order_id: Basket(tuple(lines[order_id]), revision)
            for order_id, revision in revisions.items()
        }

    def _read(self, row: Row, basket: Basket) -> Order:
        order = Order(
            order_id=row.order_id,
            recipient_id=row.recipient_id,
            basket=basket,
            status=Status(row.status),
            read_revision=row.read_revision,
            confirmed_revision=row.confirmed_revision,
            confirmed_by=row.confirmed_by,
            confirmed_with=row.confirmed_with,
            approved_by=row.approved_by,
            delivery=row.delivery,
            grocer_reference=row.grocer_reference,
            grocer_total=row.grocer_total,
            arrives=arrives_of(row),
            failure=row.failure,
            sold_out=tuple(row.sold_out),
            reminded=row.reminded,
            version=row.version,
        )
        self._known[order.order_id] = order
        self._version_before.pop(order.order_id, None)
        return order


def _values(order: Order) -> dict[str, Any]:
    arrives = order.arrives
    return {
        "status": order.status.value,
        "revision": order.basket.revision,
        "read_revision": order.read_revision,
        "confirmed_revision": order.confirmed_revision,
        "confirmed_by": order.confirmed_by,
        "confirmed_with": order.confirmed_with,
        "approved_by": order.approved_by,
        "delivery": order.delivery,
        "grocer_reference": order.grocer_reference,
        "grocer_total": order.grocer_total,
        "arrives_from": arrives[0].isoformat() if arrives else None,
        "arrives_to": arrives[1].isoformat() if arrives else None,
        "failure": order.failure,
        "sold_out": list(order.sold_out),
        "reminded": order.reminded,
    }


def arrives_of(row: Row) -> tuple[datetime, datetime] | None:
    """When the goods of an order's row come, from and to."""
    if row.arrives_from is None or row.arrives_to is None:
        return None
    return datetime.fromisoformat(row.arrives_from), datetime.fromisoformat(row.arrives_to)


def _line(row: Row) -> BasketLine:
    return BasketLine(
        product_id=row.product_id,
        name=row.name,
        quantity=row.quantity,
        unit=row.unit,
        unit_price=row.unit_price,
        deposit=row.deposit,
    )
