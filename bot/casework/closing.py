"""Reading a basket back on the screen and confirming it, for a recipient or with them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.casework.actor import Actor
from bot.casework.baskets import ShownBasket, shown
from bot.casework.desk import Desk
from bot.errors import KurvError, StaleRevision
from bot.ordering.gates import Verdict
from bot.ordering.order import Order
from bot.ordering.speaker import BEHALF, BESIDE
from bot.service import CHANGED, municipality_of
from bot.store import Person, UnitOfWork

_EMPTY = "Kurven er tom; legg noe i den før du bestiller."


@dataclass(frozen=True, slots=True)
class ReadBack:
    """Exactly what will be sent, and what staff must have seen before it is.

    Attributes:
        arrives: when the goods come if it is ordered now, from and to; None when the grocer is
            silent or has no time left.
        contains: names of goods that hold what the person must not have.
        unknown: names of goods of which nobody knows whether they do.
        restricted: names of goods that the municipality wants a second person for.
        second_person: whether the municipality wants one for everything that staff confirm.
    """

    person: Person
    basket: ShownBasket
    arrives: tuple[datetime, datetime] | None
    contains: tuple[str, ...]
    unknown: tuple[str, ...]
    restricted: tuple[str, ...]
    blocked: tuple[str, ...]
    second_person: bool

    @property
    def over_budget(self) -> bool:
        """Whether it costs more than the person wanted to spend."""
        return self.basket.left is not None and self.basket.left < 0

    @property
    def waits(self) -> bool:
        """Whether it will wait for a second person."""
        return bool(self.contains or self.unknown or self.restricted or self.second_person)


class Closing(Desk):
    """From a basket to an order."""

    def read_back(self, actor: Actor, recipient_id: str) -> ReadBack:
        """What will be sent if the basket as it is now is confirmed.

        Raises:
            KurvError: there is nothing in it.
        """
        with self._store.transaction(read_only=True) as uow:
            person = self._theirs(uow, actor, recipient_id)
            order = uow.draft(recipient_id)
            rules = self._rules(uow, person)
            theirs = municipality_of(uow, person)
        self._looks.note(actor, recipient_id, "read_back")
        if not order.basket.lines:
            raise KurvError(_EMPTY)
        basket = shown(person, order, self._shop.catalogue, self._clock())
        wish = order.delivery or person.delivery
        return ReadBack(
            person,
            basket,
            self._service.arrival(recipient_id, wish),
            _named(basket, Verdict.CONTAINS),
            _named(basket, Verdict.UNKNOWN),
            self._under(basket, rules, "staff_approve"),
            self._under(basket, rules, "block"),
            theirs is not None and theirs.second_person,
        )

    def confirm(
        self, actor: Actor, recipient_id: str, order_id: str, revision: int, beside: bool
    ) -> Order:
        """Confirm the basket that was read back at `revision`; a second time sends nothing.

        Args:
            beside: the recipient is there and has agreed; False: on their behalf.

        Returns:
            The order as it is now: sent, waiting for the grocer, or waiting for a second person.

        Raises:
            StaleRevision: the basket is no longer the one that was read back.
            KurvError: it holds what may not be ordered at all.
        """
        return self._service.confirm_shown(
            order_id,
            revision,
            actor.key,
            BESIDE if beside else BEHALF,
            lambda uow, order: self._agree(uow, actor, recipient_id, order),
        )

    def _agree(
        self, uow: UnitOfWork, actor: Actor, recipient_id: str, order: Order | None
    ) -> Order:
        """Refuse what may not be confirmed, and put down what confirming also agrees to."""
        person = self._theirs(uow, actor, recipient_id)
        if order is None or order.recipient_id != recipient_id:
            raise StaleRevision(CHANGED)
        if not order.is_open:
            return order  # perhaps confirmed a moment ago, by the first of two clicks
        basket = shown(person, order, self._shop.catalogue, self._clock())
        if not basket.lines:
            raise KurvError(_EMPTY)
        blocked = self._under(basket, self._rules(uow, person), "block")
        if blocked:
            raise KurvError(f"Dette kan ikke bestilles her: {', '.join(blocked)}. Ta det ut først.")
        agreed = {(each.kind, each.product_id) for each in uow.consents(order.order_id)}
        for each in basket.lines:
            if each.verdict is Verdict.CONTAINS and (
                ("contains", each.line.product_id) not in agreed
            ):
                uow.add_consent(order.order_id, "contains", actor.key, each.line.product_id)
        return order

    def _under(self, basket: ShownBasket, rules: dict[str, str], rule: str) -> tuple[str, ...]:
        """The names of restricted goods under a rule."""
        found = []
        for each in basket.lines:
            product = self._shop.catalogue.get(each.line.product_id)
            if product is not None and rules.get(product.restricted.value) == rule:
                found.append(each.line.name)
        return tuple(found)


def _named(basket: ShownBasket, verdict: Verdict) -> tuple[str, ...]:
    return tuple(each.line.name for each in basket.lines if each.verdict is verdict)
