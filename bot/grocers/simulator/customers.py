"""The simulated grocer's customers: accounts, sessions and saved product lists."""

import secrets
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection, Engine, Row

from bot.grocers.simulator.errors import ApiError
from bot.grocers.simulator.items import Change, from_milli
from bot.grocers.simulator.shop import Shop
from bot.grocers.simulator.tables import product_list_items, product_lists, sessions, users

PAGE = 50


class Customers:
    """Who may do what. An account comes into being at its first login with the right password."""

    def __init__(self, engine: Engine, password: str) -> None:
        self._engine = engine
        self._password = password

    def login(self, username: str, password: str) -> str:
        """A new session's id.

        Raises:
            ApiError: 401, wrong password.
        """
        if not username or not secrets.compare_digest(password.encode(), self._password.encode()):
            raise ApiError(401, "wrong_credentials")
        token = secrets.token_urlsafe(24)
        with self._engine.begin() as connection:
            user_id = connection.execute(
                select(users.c.id).where(users.c.username == username)
            ).scalar()
            if user_id is None:
                made = connection.execute(insert(users).values(username=username))
                user_id = made.inserted_primary_key[0]
            connection.execute(insert(sessions).values(token=token, user_id=user_id))
        return token

    def user_of(self, token: str) -> int | None:
        """Whose session it is; None when there is no such session."""
        with self._engine.begin() as connection:
            return connection.execute(
                select(sessions.c.user_id).where(sessions.c.token == token)
            ).scalar()

    def logout(self, token: str) -> None:
        """End one session."""
        with self._engine.begin() as connection:
            connection.execute(delete(sessions).where(sessions.c.token == token))

    def logout_everybody(self) -> None:
        """End all sessions, as a grocer's release does."""
        with self._engine.begin() as connection:
            connection.execute(delete(sessions))


class ProductLists:
    """Saved lists: "quantity" is a signed change here too, and only "delete" removes."""

    def __init__(self, engine: Engine, shop: Shop) -> None:
        self._engine = engine
        self._shop = shop

    def all(self, user_id: int, page: int = 1) -> dict[str, Any]:
        """One page of the customer's lists."""
        with self._engine.begin() as connection:
            rows = connection.execute(
                select(product_lists)
                .where(product_lists.c.user_id == user_id)
                .order_by(product_lists.c.id)
                .limit(PAGE + 1)
                .offset(PAGE * (page - 1))
            ).all()
            shown = [self._shape(connection, row) for row in rows[:PAGE]]
        for each in shown:
            del each["items"]
        return {
            "next": f"?page={page + 1}" if len(rows) > PAGE else None,
            "previous": f"?page={page - 1}" if page > 1 else None,
            "results": shown,
        }

    def one(self, user_id: int, list_id: int) -> dict[str, Any]:
        """One list with its items."""
        with self._engine.begin() as connection:
            return self._shape(connection, self._row(connection, user_id, list_id))

    def create(self, user_id: int, title: str, description: str) -> dict[str, Any]:
        """A new, empty list."""
        with self._engine.begin() as connection:
            values = {"user_id": user_id, "title": title, "description": description}
            made = connection.execute(insert(product_lists).values(**values))
            return self._shape(
                connection, self._row(connection, user_id, made.inserted_primary_key[0])
            )

    def rename(
        self, user_id: int, list_id: int, title: str | None, description: str | None
    ) -> dict[str, Any]:
        """Change what is given."""
        new = {"title": title, "description": description}
        values = {name: value for name, value in new.items() if value is not None}
        with self._engine.begin() as connection:
            row = self._row(connection, user_id, list_id)
            if values:
                connection.execute(
                    update(product_lists).where(product_lists.c.id == list_id).values(**values)
                )
                row = self._row(connection, user_id, list_id)
            return self._shape(connection, row)

    def delete(self, user_id: int, list_id: int) -> None:
        """Remove a list."""
        with self._engine.begin() as connection:
            self._row(connection, user_id, list_id)
            connection.execute(delete(product_lists).where(product_lists.c.id == list_id))

    def change(self, user_id: int, list_id: int, changes: list[Change]) -> dict[str, Any]:
        """Apply signed changes; an item with quantity 0 stays on the list until it is deleted."""
        table = product_list_items
        with self._engine.begin() as connection:
            row = self._row(connection, user_id, list_id)
            for each in changes:
                self._shop.product(each.product_id)
                where = (table.c.list_id == list_id) & (table.c.product_id == each.product_id)
                had = connection.execute(select(table.c.quantity_milli).where(where)).scalar()
                connection.execute(delete(table).where(where))
                if not each.delete:
                    connection.execute(
                        insert(table).values(
                            list_id=list_id,
                            product_id=each.product_id,
                            quantity_milli=max(0, (had or 0) + each.milli),
                        )
                    )
            return self._shape(connection, row)

    def suggestions(self, user_id: int, list_id: int) -> list[dict[str, Any]]:
        """What goes with the list: other products from the departments that it draws on."""
        listed = [each["product"]["id"] for each in self.one(user_id, list_id)["items"]]
        departments = {self._shop.by_id[number].category for number in listed}
        near = [
            number
            for number, product in self._shop.by_id.items()
            if product.category in departments and number not in listed
        ]
        return self._shop.describe(near[:10])

    def _row(self, connection: Connection, user_id: int, list_id: int) -> Row:
        row = connection.execute(
            select(product_lists).where(
                (product_lists.c.id == list_id) & (product_lists.c.user_id == user_id)
            )
        ).first()
        if row is None:
            raise ApiError(404, "list_not_found")
        return row

    def _shape(self, connection: Connection, row: Row) -> dict[str, Any]:
        table = product_list_items
        rows = connection.execute(select(table).where(table.c.list_id == row.id)).all()
        inside = [each for each in rows if each.product_id in self._shop.by_id]
        codes = self._shop.availability(connection, [each.product_id for each in inside])
        items = [
            {
                "quantity": from_milli(each.quantity_milli),
                "product": self._shop.shape(each.product_id, codes[each.product_id]),
            }
            for each in inside
        ]
        return {
            "id": row.id,
            "title": row.title,
            "description": row.description,
            "url": f"/handlelister/{row.id}/",
            "number_of_items": len(items),
            "number_of_products": len([each for each in items if each["quantity"]]),
            "images": [],
            "items": items,
        }
