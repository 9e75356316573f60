"""Queries about people: who they are, what they usually buy, where their talk is."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Row
from sqlalchemy.exc import IntegrityError

from bot.errors import StoreError
from bot.ordering.matcher import History
from bot.ordering.order import Status
from bot.store.part import Part
from bot.store.records import Person
from bot.store.tables import order_lines, orders, people, purchases, talks, usual_lines

#: What of a person is in the sealed document; empty values are left out.
_PRIVATE = ("display_name", "address", "next_of_kin", "note", "allergies", "diets")


class People(Part):
    """Recipients and what belongs to them."""

    def person(self, recipient_id: str, create: bool = True) -> Person:
        """A recipient.

        Args:
            create: make a person whom the store does not know yet.

        Raises:
            StoreError: unknown, and `create` is False.
        """
        row = self._person_row(recipient_id)
        if row is None and create:
            self._insert_person(recipient_id)
            row = self._person_row(recipient_id)
        if row is None:
            raise StoreError(f"Det finnes ingen mottaker med nummer {recipient_id}.")
        return self._read_person(row)

    def people(self) -> list[Person]:
        """Everybody, by id."""
        rows = self._connection.execute(
            select(people.c.recipient_id).order_by(people.c.recipient_id)
        )
        return [self.person(recipient_id, create=False) for recipient_id in rows.scalars().all()]

    def save_person(self, person: Person) -> None:
        """Store a person, new or known."""
        self.person(person.recipient_id)
        values = asdict(person)
        told = {name: values.pop(name) for name in _PRIVATE}
        kept = {name: value for name, value in told.items() if value}
        values["private"] = self._vault.seal(json.dumps(kept, ensure_ascii=False) if kept else "")
        self._connection.execute(
            update(people)
            .where(people.c.recipient_id == values.pop("recipient_id"))
            .values(**values)
        )

    def usual(self, recipient_id: str) -> tuple[tuple[str, Decimal], ...]:
        """The list that "som vanlig" means: product id and quantity; empty when there is none."""
        rows = self._connection.execute(
            select(usual_lines.c.product_id, usual_lines.c.quantity)
            .where(usual_lines.c.recipient_id == recipient_id)
            .order_by(usual_lines.c.position)
        )
        return tuple((row.product_id, row.quantity) for row in rows)

    def set_usual(self, recipient_id: str, lines: Sequence[tuple[str, Decimal]]) -> None:
        """Make `lines` (product id, quantity) the usual list."""
        self.person(recipient_id)
        self._connection.execute(
            delete(usual_lines).where(usual_lines.c.recipient_id == recipient_id)
        )
        rows = [
            {
                "recipient_id": recipient_id,
                "position": position,
                "product_id": product_id,
                "quantity": quantity,
            }
            for position, (product_id, quantity) in enumerate(lines)
        ]
        if rows:
            self._connection.execute(insert(usual_lines), rows)

    def add_purchase(
        self, recipient_id: str, product_id: str, quantity: Decimal, bought_at: datetime
    ) -> None:
        """Note something bought before Kurv or outside it; it counts in the history."""
        self.person(recipient_id)
        self._connection.execute(
            insert(purchases).values(
                recipient_id=recipient_id,
                product_id=product_id,
                quantity=quantity,
                bought_at=bought_at,
            )
        )

    def history(self, recipient_id: str) -> History:
        """What the person has bought: acknowledged orders and imported purchases."""
        bought = self.bought(recipient_id)
        products = [product_id for product_id, _, _ in bought]
        return History(counts=dict(Counter(products)), last=tuple(dict.fromkeys(products)))

    def bought(self, recipient_id: str) -> list[tuple[str, Decimal, datetime]]:
        """What the person has bought, how much and when, newest first; see `history`."""
        ordered = (
            select(order_lines.c.product_id, order_lines.c.quantity, orders.c.changed_at)
            .join(orders, orders.c.order_id == order_lines.c.order_id)
            .where(orders.c.recipient_id == recipient_id)
            .where(orders.c.status == Status.ACKNOWLEDGED.value)
            .where(order_lines.c.revision == orders.c.confirmed_revision)
            .order_by(orders.c.sequence.desc(), order_lines.c.position)
        )
        imported = select(
            purchases.c.product_id, purchases.c.quantity, purchases.c.bought_at
        ).where(purchases.c.recipient_id == recipient_id)
        found = [
            (product_id, quantity, at)
            for query in (ordered, imported)
            for product_id, quantity, at in self._connection.execute(query)
        ]
        # Newest first; what was bought at the same moment stays in the order of the basket.
        return sorted(found, key=lambda entry: entry[2], reverse=True)

    def talk(self, recipient_id: str) -> dict[str, Any]:
        """Where the talk with the person is; empty when none has begun."""
        state = self._connection.execute(
            select(talks.c.state).where(talks.c.recipient_id == recipient_id)
        ).scalar()
        # Open in what a Kurv without a vault has written.
        return json.loads(self._vault.open(state)) if isinstance(state, str) else dict(state or {})

    def save_talk(self, recipient_id: str, state: dict[str, Any]) -> None:
        """Store where the talk is; `state` must be JSON-able."""
        # Sealed: the last reply and what was asked about tell what somebody wants to buy.
        values = {"state": self._vault.seal(json.dumps(state)), "changed_at": self._clock()}
        changed = self._connection.execute(
            update(talks).where(talks.c.recipient_id == recipient_id).values(**values)
        )
        if not changed.rowcount:
            self.person(recipient_id)
            self._connection.execute(insert(talks).values(recipient_id=recipient_id, **values))

    def _person_row(self, recipient_id: str) -> Row | None:
        return self._connection.execute(
            select(people).where(people.c.recipient_id == recipient_id)
        ).first()

    def _read_person(self, row: Row) -> Person:
        told = json.loads(self._vault.open(row.private) or "{}")
        return Person(
            recipient_id=row.recipient_id,
            display_name=told.get("display_name", ""),
            address=told.get("address", ""),
            next_of_kin=told.get("next_of_kin", ""),
            note=told.get("note", ""),
            allergies=tuple(told.get("allergies", ())),
            diets=tuple(told.get("diets", ())),
            municipality=row.municipality,
            district=row.district,
            speech_rate=row.speech_rate,
            alcohol_policy=row.alcohol_policy,
            tobacco_policy=row.tobacco_policy,
            delivery=row.delivery,
            budget=row.budget,
            substitutes=row.substitutes,
            reminders=row.reminders,
        )

    def _insert_person(self, recipient_id: str) -> None:
        try:
            with self._connection.begin_nested():
                self._connection.execute(
                    insert(people).values(recipient_id=recipient_id, created_at=self._clock())
                )
        except IntegrityError:
            # Somebody else made the same person at the same time: that is the one we wanted.
            return
