"""The simulated grocer's orders after they were placed: how they are shown and how they fare."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.engine import Connection, Engine, Row

from bot.grocers.local_time import OSLO
from bot.grocers.simulator.delivery import Window
from bot.grocers.simulator.errors import ApiError
from bot.grocers.simulator.items import from_milli
from bot.grocers.simulator.shop import Shop
from bot.grocers.simulator.slots import utc_text
from bot.grocers.simulator.tables import order_items, orders

PAGE = 50

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


class Orders:
    """Orders that were placed. Their status follows the clock."""

    def __init__(self, engine: Engine, shop: Shop, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._shop = shop
        self._clock = clock

    def page(self, user_id: int, number: int = 1) -> dict[str, Any]:
        """The customer's orders by month, newest first."""
        with self._engine.begin() as connection:
            rows = connection.execute(
                select(orders)
                .where(orders.c.user_id == user_id)
                .order_by(orders.c.id.desc())
                .limit(PAGE + 1)
                .offset(PAGE * (number - 1))
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
            return self.detail(connection, self._order_row(connection, user_id, number))

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
            return self.detail(connection, self._order_row(connection, user_id, number))

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
                "open_datetime": utc_text(window.opens),
                "close_datetime": utc_text(window.closes),
                "cutoff_time": utc_text(window.cutoff),
                "price": row.delivery_price,
                "delivery_time": f"{opens:%d.%m.%Y}, {opens:%H:%M}–{closes:%H:%M}",
                "tracking": {"step_name": self._status(row)},
            },
        }

    def detail(self, connection: Connection, row: Row) -> dict[str, Any]:
        """An order with its items, as the API shows it."""
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
