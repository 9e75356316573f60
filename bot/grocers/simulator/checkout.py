"""The simulated grocer's carts, from the first item to the order that they become.

Every change is one transaction that begins by taking the write lock, so that two requests for the
same cart, or the last place in a delivery time, never both succeed.
"""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.engine import Connection, Engine, Row

from bot.grocers.simulator.delivery import Window
from bot.grocers.simulator.errors import ApiError
from bot.grocers.simulator.items import Change, from_milli
from bot.grocers.simulator.orders import Orders
from bot.grocers.simulator.shop import Shop, deposit_sum, line_sum
from bot.grocers.simulator.slots import Slots
from bot.grocers.simulator.tables import cart_items, order_items, orders

#: What the grocer takes for picking an order under the limit, in kroner.
HANDLING_FEE = Decimal("39.00")
NO_FEE_FROM = Decimal("600.00")


class Checkout:
    """The carts of all customers."""

    def __init__(
        self,
        engine: Engine,
        shop: Shop,
        slots: Slots,
        placed: Orders,
        clock: Callable[[], datetime],
    ) -> None:
        self._engine = engine
        self._shop = shop
        self._slots = slots
        self._orders = placed
        self._clock = clock

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
        held = self._slots.held(connection, user_id)
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
                return self._orders.detail(connection, earlier), False
            lines = self._lines(connection, user_id)
            if not lines:
                raise ApiError(409, "cart_empty")
            if {row.product_id: row.quantity_milli for row in lines} != expected:
                raise ApiError(409, "cart_changed")
            self._refuse_sold_out(connection, [row.product_id for row in lines])
            window = self._slots.open_window(connection, user_id, slot_id, now)
            order = self._insert(connection, user_id, reference, idempotency_key, window, lines)
            connection.execute(delete(cart_items).where(cart_items.c.user_id == user_id))
            self._slots.release(connection, user_id)
            return self._orders.detail(connection, order), True

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
