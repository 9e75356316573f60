"""The simulated grocer's carts, delivery times and orders: the part where money is at stake.

Every change is one transaction that begins by taking the write lock, so that two requests for the
same cart, or the last place in a delivery time, never both succeed.
"""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.engine import Connection, Engine, Row

from bot.grocers.local_time import OSLO, UTC
from bot.grocers.simulator.delivery import HOLD, Window, from_public_id, windows
from bot.grocers.simulator.errors import ApiError
from bot.grocers.simulator.items import Change, from_milli
from bot.grocers.simulator.shop import Shop, deposit_sum, line_sum
from bot.grocers.simulator.tables import cart_items, holds, order_items, orders

PAGE = 50
#: What the grocer takes for picking an order under the limit, in kroner.
HANDLING_FEE = Decimal("39.00")
NO_FEE_FROM = Decimal("600.00")

_MONTHS = (
    "Januar",
    "Februar",
    "Mars",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Desember",
)


class Checkout:
    """Carts, slots and orders of all customers."""

    def __init__(
        self, engine: Engine, shop: Shop, clock: Callable[[], datetime], slot_capacity: int
    ) -> None:
        self._engine = engine
        self._shop = shop
        self._clock = clock
        self._capacity = slot_capacity

    # -- cart ---------------------------------------------------------------------------------

    def cart(self, user_id: int) -> dict[str, Any]:
        """The customer's cart."""
        with self._engine.begin() as connection:
            return self._cart(connection, user_id)

    def change_cart(self, user_id: int, changes: list[Change]) -> dict[str, Any]:
        """Apply signed changes, all or none.

        Raises:
            ApiError: 404 unknown product, 400 a fraction of a pack, 409 something sold out.
        """
        with self._engine.begin() as connection:
            for each in changes:
                product = self._shop.product(each.product_id)
                if product.unit != "kg" and each.milli % 1000:
                    raise ApiError(400, "whole_packs_only", product_ids=[each.product_id])
            self._refuse_sold_out(connection, [c.product_id for c in changes if c.milli > 0])
            for each in changes:
                self._change(connection, user_id, each)
            return self._cart(connection, user_id)

    def clear_cart(self, user_id: int) -> dict[str, Any]:
        """Take everything out."""
        with self._engine.begin() as connection:
            connection.execute(delete(cart_items).where(cart_items.c.user_id == user_id))
            return self._cart(connection, user_id)

    def cart_products(self) -> list[int]:
        """What lies in anybody's cart."""
        with self._engine.begin() as connection:
            return list(connection.execute(select(cart_items.c.product_id).distinct()).scalars())

    def _change(self, connection: Connection, user_id: int, change: Change) -> None:
        where = (cart_items.c.user_id == user_id) & (cart_items.c.product_id == change.product_id)
        had = connection.execute(select(cart_items.c.quantity_milli).where(where)).scalar()
        quantity = (had or 0) + change.milli
        if quantity <= 0:
            connection.execute(delete(cart_items).where(where))
        elif had is None:
            connection.execute(
                insert(cart_items).values(
                    user_id=user_id, product_id=change.product_id, quantity_milli=quantity
                )
            )
        else:
            connection.execute(update(cart_items).where(where).values(quantity_milli=quantity))

    def _lines(self, connection: Connection, user_id: int) -> list[Row]:
        rows = connection.execute(
            select(cart_items).where(cart_items.c.user_id == user_id).order_by(cart_items.c.id)
        )
        return [row for row in rows if row.product_id in self._shop.by_id]

    def _cart(self, connection: Connection, user_id: int) -> dict[str, Any]:
        lines = self._lines(connection, user_id)
        codes = self._shop.availability(connection, [row.product_id for row in lines])
        groups: dict[str, list[dict[str, Any]]] = {}
        for row in lines:
            product = self._shop.by_id[row.product_id]
            groups.setdefault(product.category, []).append(
                {
                    "item_id": row.id,
                    "product": self._shop.shape(row.product_id, codes[row.product_id]),
                    "quantity": from_milli(row.quantity_milli),
                    "display_price_total": f"{line_sum(product, row.quantity_milli):.2f}",
                }
            )
        goods, deposits = self._sums(lines)
        held = self._held_window(connection, user_id)
        fees = self._fees(goods, held) if lines else []
        total = goods + deposits + sum((amount for _, amount in fees), Decimal(0))
        extra = [("Pant", deposits)] if deposits else []
        return {
            "id": user_id,
            "product_quantity_count": sum(-(-row.quantity_milli // 1000) for row in lines),
            "total_gross_amount": f"{total:.2f}",
            "currency": "NOK",
            "groups": [{"title": title, "items": items} for title, items in groups.items()],
            "summary_lines": [
                {"description": text, "gross_amount": f"{amount:.2f}"}
                for text, amount in [*extra, *fees]
            ],
        }

    def _sums(self, lines: list[Row]) -> tuple[Decimal, Decimal]:
        goods = deposits = Decimal("0.00")
        for row in lines:
            product = self._shop.by_id[row.product_id]
            goods += line_sum(product, row.quantity_milli)
            deposits += deposit_sum(product, row.quantity_milli)
        return goods, deposits

    @staticmethod
    def _fees(goods: Decimal, window: Window | None) -> list[tuple[str, Decimal]]:
        fees = [("Levering", window.price)] if window else []
        return fees if goods >= NO_FEE_FROM else [*fees, ("Plukkegebyr", HANDLING_FEE)]

    def _refuse_sold_out(self, connection: Connection, numbers: list[int]) -> None:
        codes = self._shop.availability(connection, numbers)
        gone = {number: code for number, code in codes.items() if code != "available"}
        if gone:
            raise ApiError(
                409,
                "unavailable",
                product_ids=list(gone),
                unavailable=[{"product_id": each, "code": code} for each, code in gone.items()],
            )

    # -- slots --------------------------------------------------------------------------------

    def slots(self, user_id: int | None) -> list[dict[str, Any]]:
        """All coming delivery times as this customer sees them."""
        now = self._clock()
        coming = windows(now)
        with self._engine.begin() as connection:
            taken = self._taken(connection, coming, user_id, now)
        return [
            {
                "id": each.public_id(now),
                "open_datetime": _utc(each.opens),
                "close_datetime": _utc(each.closes),
                "cutoff_time": _utc(each.cutoff),
                "price": f"{each.price:.2f}",
                "is_full": taken.get(each.key, 0) >= self._capacity,
                "is_unavailable": each.cutoff <= now,
            }
            for each in coming
        ]

    def hold(self, user_id: int, slot_id: int) -> dict[str, Any]:
        """Keep a place for an hour; the customer's earlier hold is let go.

        Raises:
            ApiError: 404 stale id, 409 full or past its cut-off.
        """
        now = self._clock()
        with self._engine.begin() as connection:
            window = self._open_window(connection, user_id, slot_id, now)
            expires = now + HOLD
            connection.execute(delete(holds).where(holds.c.user_id == user_id))
            connection.execute(
                insert(holds).values(
                    user_id=user_id, window=window.key, expires=int(expires.timestamp())
                )
            )
        return {"id": slot_id, "reserved_until": _utc(expires)}

    def _open_window(
        self, connection: Connection, user_id: int, slot_id: int, now: datetime
    ) -> Window:
        window = from_public_id(slot_id, now)
        if window is None or window.key not in {each.key for each in windows(now)}:
            raise ApiError(404, "slot_not_found")
        if window.cutoff <= now:
            raise ApiError(409, "slot_unavailable")
        if self._taken(connection, [window], user_id, now).get(window.key, 0) >= self._capacity:
            raise ApiError(409, "slot_full")
        return window

    def _taken(
        self, connection: Connection, wanted: list[Window], user_id: int | None, now: datetime
    ) -> dict[str, int]:
        keys = [each.key for each in wanted]
        taken: dict[str, int] = {}
        ordered = (
            select(orders.c.window, func.count())
            .where(orders.c.window.in_(keys) & (orders.c.cancelled == 0))
            .group_by(orders.c.window)
        )
        held = (
            select(holds.c.window, func.count())
            .where(
                holds.c.window.in_(keys)
                & (holds.c.expires > int(now.timestamp()))
                & (holds.c.user_id != (user_id if user_id is not None else -1))
            )
            .group_by(holds.c.window)
        )
        for query in (ordered, held):
            for key, count in connection.execute(query):
                taken[key] = taken.get(key, 0) + count
        return taken

    def _held_window(self, connection: Connection, user_id: int) -> Window | None:
        row = connection.execute(select(holds).where(holds.c.user_id == user_id)).first()
        if row is None or row.expires <= int(self._clock().timestamp()):
            return None
        return Window.from_key(row.window)

    # -- orders -------------------------------------------------------------------------------

    def place(
        self,
        user_id: int,
        *,
        reference: str,
        idempotency_key: str,
        slot_id: int,
        expected: dict[int, int],
    ) -> tuple[dict[str, Any], bool]:
        """Turn the cart into an order.

        Args:
            reference: the client's own number of the order; one customer has each only once.
            idempotency_key: the same key gets the same order again, whatever the cart holds now.
            slot_id: the delivery time.
            expected: what the client believes the cart holds: product id to thousandths.

        Returns:
            The order, and whether it is new.

        Raises:
            ApiError: 409 for an empty or changed cart, goods sold out, a full slot or a reference
                that another order has; 404 for a stale slot id.
        """
        now = self._clock()
        with self._engine.begin() as connection:
            earlier = connection.execute(
                select(orders).where(
                    (orders.c.user_id == user_id)
                    & (
                        (orders.c.external_reference == reference)
                        | (orders.c.idempotency_key == idempotency_key)
                    )
                )
            ).first()
            if earlier is not None:
                if earlier.idempotency_key != idempotency_key:
                    raise ApiError(409, "reference_in_use")
                return self._detail(connection, earlier), False
            lines = self._lines(connection, user_id)
            if not lines:
                raise ApiError(409, "cart_empty")
            if {row.product_id: row.quantity_milli for row in lines} != expected:
                raise ApiError(409, "cart_changed")
            self._refuse_sold_out(connection, [row.product_id for row in lines])
            window = self._open_window(connection, user_id, slot_id, now)
            order = self._insert(connection, user_id, reference, idempotency_key, window, lines)
            connection.execute(delete(cart_items).where(cart_items.c.user_id == user_id))
            connection.execute(delete(holds).where(holds.c.user_id == user_id))
            return self._detail(connection, order), True

    def _insert(
        self,
        connection: Connection,
        user_id: int,
        reference: str,
        idempotency_key: str,
        window: Window,
        lines: list[Row],
    ) -> Row:
        goods, deposits = self._sums(lines)
        handling = Decimal("0.00") if goods >= NO_FEE_FROM else HANDLING_FEE
        last = connection.execute(select(func.max(orders.c.id))).scalar() or 0
        made = connection.execute(
            insert(orders).values(
                number=f"S{100_000 + last + 1}",
                user_id=user_id,
                external_reference=reference,
                idempotency_key=idempotency_key,
                window=window.key,
                delivery_price=str(window.price),
                handling_fee=str(handling),
                total=str(goods + deposits + handling + window.price),
                created=int(self._clock().timestamp()),
            )
        )
        order_id = made.inserted_primary_key[0]
        for row in lines:
            product = self._shop.by_id[row.product_id]
            connection.execute(
                insert(order_items).values(
                    order_id=order_id,
                    product_id=row.product_id,
                    description=product.full_name,
                    quantity_milli=row.quantity_milli,
                    amount=str(line_sum(product, row.quantity_milli)),
                    deposit=str(deposit_sum(product, row.quantity_milli)),
                )
            )
        return connection.execute(select(orders).where(orders.c.id == order_id)).one()

    def orders(self, user_id: int, page: int = 1) -> dict[str, Any]:
        """The customer's orders by month, newest first."""
        with self._engine.begin() as connection:
            rows = connection.execute(
                select(orders)
                .where(orders.c.user_id == user_id)
                .order_by(orders.c.id.desc())
                .limit(PAGE + 1)
                .offset(PAGE * (page - 1))
            ).all()
        months: dict[str, list[dict[str, Any]]] = {}
        for row in rows[:PAGE]:
            opens = Window.from_key(row.window).opens.astimezone(OSLO)
            month = f"{_MONTHS[opens.month - 1]} {opens.year}"
            months.setdefault(month, []).append(self._summary(row))
        return {
            "has_more": len(rows) > PAGE,
            "results": [{"name": name, "orders": inside} for name, inside in months.items()],
        }

    def order(self, user_id: int, number: str) -> dict[str, Any]:
        """One order with its items.

        Raises:
            ApiError: 404.
        """
        with self._engine.begin() as connection:
            return self._detail(connection, self._order_row(connection, user_id, number))

    def cancel(self, user_id: int, number: str) -> dict[str, Any]:
        """Cancel an order that is not being packed yet.

        Raises:
            ApiError: 404, or 409 too late.
        """
        with self._engine.begin() as connection:
            row = self._order_row(connection, user_id, number)
            if self._status(row) not in ("CONFIRMED", "CANCELLED"):
                raise ApiError(409, "too_late_to_cancel")
            connection.execute(update(orders).where(orders.c.id == row.id).values(cancelled=1))
            return self._detail(connection, self._order_row(connection, user_id, number))

    def everything(self) -> list[dict[str, Any]]:
        """All orders of all customers, oldest first, with our own product ids (for tests)."""
        with self._engine.begin() as connection:
            rows = connection.execute(select(orders).order_by(orders.c.id)).all()
            items = connection.execute(select(order_items)).all()
        articles = {number: product.product_id for number, product in self._shop.by_id.items()}
        return [
            {
                "order_number": row.number,
                "external_reference": row.external_reference,
                "status": self._status(row),
                "total": row.total,
                "lines": {
                    articles.get(each.product_id, ""): str(from_milli(each.quantity_milli))
                    for each in items
                    if each.order_id == row.id
                },
            }
            for row in rows
        ]

    def _order_row(self, connection: Connection, user_id: int, number: str) -> Row:
        row = connection.execute(
            select(orders).where((orders.c.number == number) & (orders.c.user_id == user_id))
        ).first()
        if row is None:
            raise ApiError(404, "order_not_found")
        return row

    def _status(self, row: Row) -> str:
        if row.cancelled:
            return "CANCELLED"
        window, now = Window.from_key(row.window), self._clock()
        if now < window.cutoff:
            return "CONFIRMED"
        if now < window.opens:
            return "PACKING"
        return "EN_ROUTE" if now < window.closes else "DELIVERED"

    def _summary(self, row: Row) -> dict[str, Any]:
        window = Window.from_key(row.window)
        opens, closes = window.opens.astimezone(OSLO), window.closes.astimezone(OSLO)
        return {
            "order_number": row.number,
            "external_reference": row.external_reference,
            "gross_amount": row.total,
            "currency": "NOK",
            "status": self._status(row),
            "delivery": {
                "open_datetime": _utc(window.opens),
                "close_datetime": _utc(window.closes),
                "cutoff_time": _utc(window.cutoff),
                "price": row.delivery_price,
                "delivery_time": f"{opens:%d.%m.%Y}, {opens:%H:%M}–{closes:%H:%M}",
                "tracking": {"step_name": self._status(row)},
            },
        }

    def _detail(self, connection: Connection, row: Row) -> dict[str, Any]:
        items = connection.execute(
            select(order_items).where(order_items.c.order_id == row.id)
        ).all()
        deposits = sum((Decimal(each.deposit) for each in items), Decimal("0.00"))
        return {
            "summary": {
                **self._summary(row),
                "handling_fee": row.handling_fee,
                "bottle_deposits": f"{deposits:.2f}",
            },
            "items": {
                "product_count": len(items),
                "item_groups": [
                    {
                        "type": "category",
                        "name": "Varer",
                        "items": [
                            {
                                "product_id": each.product_id,
                                "description": each.description,
                                "quantity": from_milli(each.quantity_milli),
                                "gross_amount": each.amount,
                            }
                            for each in items
                        ],
                    }
                ],
            },
        }


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
