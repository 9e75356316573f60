"""Staff mend a recipient's basket: every change is a revision, and a stale page changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from bot.casework.actor import Actor
from bot.casework.deadlines import deadline
from bot.casework.desk import Desk
from bot.errors import KurvError, StaleRevision
from bot.ordering.basket import Basket, BasketLine
from bot.ordering.catalogue import Catalogue, Product
from bot.ordering.delivery import read_wish
from bot.ordering.edits import basket_line
from bot.ordering.gates import Verdict
from bot.ordering.order import Order
from bot.ordering.personal import payable
from bot.ordering.talk import Snapshot, Talk
from bot.service import CHANGED, needs_of
from bot.store import Person, UnitOfWork

#: More of one thing than this is a slip of the finger.
MOST = Decimal(99)

Change = Callable[[Basket], Basket]


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A basket line with what staff must know of it.

    Attributes:
        verdict: whether the person tolerates it.
        reasons: what of it they do not tolerate.
        step: how much "more" and "less" change.
        sold: False when the shop no longer has it.
    """

    line: BasketLine
    verdict: Verdict
    reasons: tuple[str, ...]
    step: Decimal
    sold: bool


@dataclass(frozen=True, slots=True)
class ShownBasket:
    """A basket as it is now, with what staff must know of it.

    Attributes:
        to_pay: goods and deposit, in kroner.
        left: what is left of the budget, below zero when it is passed; None without a budget.
        wish: when the goods are wanted, by this order or as usual; None: whenever.
        deadline: until when it must be ordered for that.
    """

    order: Order
    lines: tuple[ShownLine, ...]
    to_pay: Decimal
    left: Decimal | None
    wish: str | None
    deadline: datetime

    @property
    def revision(self) -> int:
        """What a change of this basket must name."""
        return self.order.basket.revision


class Baskets(Desk):
    """Looking at and changing the open basket of one recipient."""

    def show(self, actor: Actor, recipient_id: str) -> ShownBasket:
        """The basket as it is now."""
        with self._store.transaction(read_only=True) as uow:
            person = self._theirs(uow, actor, recipient_id)
            order = uow.draft(recipient_id)
        self._looks.note(actor, recipient_id, "basket")
        return shown(person, order, self._shop.catalogue, self._clock())

    def set_quantity(
        self, actor: Actor, recipient_id: str, revision: int, product_id: str, quantity: Decimal
    ) -> Order:
        """Make the quantity of a line `quantity`; zero takes it out.

        Raises:
            StaleRevision: the basket is no longer the one at `revision`.
            KurvError: that quantity cannot be had.
        """
        self._check(self._shop.catalogue.get(product_id), quantity)
        return self._edit(
            actor, recipient_id, revision, lambda basket: basket.set_quantity(product_id, quantity)
        )

    def add(
        self, actor: Actor, recipient_id: str, revision: int, product_id: str, quantity: Decimal
    ) -> Order:
        """Put a product in, or more of it; raises as `set_quantity`."""
        line = self._line(product_id, quantity)
        return self._edit(actor, recipient_id, revision, lambda basket: basket.add(line))

    def replace(
        self,
        actor: Actor,
        recipient_id: str,
        revision: int,
        gone: str,
        product_id: str,
        quantity: Decimal,
    ) -> Order:
        """Put a product where `gone` stands, which goes out; raises as `set_quantity`."""
        line = self._line(product_id, quantity)
        return self._edit(actor, recipient_id, revision, lambda basket: basket.replace(gone, line))

    def add_usual(self, actor: Actor, recipient_id: str, revision: int) -> Order:
        """See to it that the basket holds at least what the usual list says."""
        with self._store.transaction(read_only=True) as uow:
            self._theirs(uow, actor, recipient_id)
            usual = uow.usual(recipient_id)

        def fill(basket: Basket) -> Basket:
            held = {line.product_id: line.quantity for line in basket.lines}
            lines = list(basket.lines)
            for product_id, quantity in usual:
                product = self._shop.catalogue.get(product_id)
                lacking = quantity - held.get(product_id, Decimal(0))
                if product is None or lacking <= 0:
                    continue
                if product_id not in held:
                    lines.append(basket_line(product, quantity))
                else:
                    lines = [
                        basket_line(product, quantity) if each.product_id == product_id else each
                        for each in lines
                    ]
            return basket.restore(lines)

        return self._edit(actor, recipient_id, revision, fill)

    def clear(self, actor: Actor, recipient_id: str, revision: int) -> Order:
        """Take everything out; "angre" in the talk brings it back."""
        return self._edit(actor, recipient_id, revision, Basket.clear)

    def undo(self, actor: Actor, recipient_id: str, revision: int) -> Order:
        """Take back the last change, whoever made it.

        Raises:
            KurvError: there is nothing to take back.
        """
        with self._store.transaction() as uow:
            self._theirs(uow, actor, recipient_id)
            order = self._current(uow, recipient_id, revision)
            talk = Talk.from_dict(uow.talk(recipient_id))
            if not talk.undo:
                raise KurvError("Det er ingen endring å angre.")
            lines = [
                basket_line(product, quantity)
                for product_id, quantity in talk.undo[-1].lines
                if (product := self._shop.catalogue.get(product_id)) is not None
            ]
            undone = Talk.from_dict({**talk.to_dict(), "undo": talk.to_dict()["undo"][:-1]})
            saved = uow.save_order(order.with_basket(order.basket.restore(lines)))
            uow.save_talk(recipient_id, undone.to_dict())
            self._log(uow, actor, saved)
        self._service.show(saved)
        return saved

    def set_delivery(self, actor: Actor, recipient_id: str, revision: int, wish: str) -> Order:
        """When this order's goods are wanted ("torsdag kveld"); "" leaves it to the usual wish.

        Raises:
            StaleRevision: the basket is no longer the one at `revision`.
            KurvError: the wish names neither a weekday nor a part of the day.
        """
        known = read_wish(wish)
        if wish.strip() and known is None:
            raise KurvError("Skriv en ukedag, en tid på dagen eller begge: «torsdag kveld».")
        with self._store.transaction() as uow:
            self._theirs(uow, actor, recipient_id)
            order = self._current(uow, recipient_id, revision)
            saved = uow.save_order(order.with_delivery(known))
            self._log(uow, actor, saved)
        self._service.show(saved)
        return saved

    def _edit(self, actor: Actor, recipient_id: str, revision: int, change: Change) -> Order:
        with self._store.transaction() as uow:
            self._theirs(uow, actor, recipient_id)
            order = self._current(uow, recipient_id, revision)
            changed = change(order.basket)
            if changed == order.basket:
                return order
            saved = uow.save_order(order.with_basket(changed))
            talk = Talk.from_dict(uow.talk(recipient_id))
            held = tuple((line.product_id, line.quantity) for line in order.basket.lines)
            uow.save_talk(recipient_id, talk.remember(Snapshot(held)).to_dict())
            self._log(uow, actor, saved)
        self._service.show(saved)
        return saved

    @staticmethod
    def _current(uow: UnitOfWork, recipient_id: str, revision: int) -> Order:
        order = uow.open_order(recipient_id)
        if order.basket.revision != revision:
            raise StaleRevision(CHANGED)
        return order

    @staticmethod
    def _log(uow: UnitOfWork, actor: Actor, order: Order) -> None:
        reason = f"{order.order_id}:{order.basket.revision}"
        uow.log_access(actor.key, order.recipient_id, "change_basket", reason)

    def _line(self, product_id: str, quantity: Decimal) -> BasketLine:
        product = self._shop.catalogue.get(product_id)
        if product is None:
            raise KurvError("Varen finnes ikke lenger i butikken; velg en annen.")
        self._check(product, quantity)
        if not quantity:
            raise KurvError("Velg hvor mye det skal være.")
        return basket_line(product, quantity)

    @staticmethod
    def _check(product: Product | None, quantity: Decimal) -> None:
        """Whether so much of it can be had.

        Raises:
            KurvError: it cannot.
        """
        whole = product is None or product.unit == "stk"
        if not quantity.is_finite() or not 0 <= quantity <= MOST:
            raise KurvError(f"Antallet må være mellom 0 og {MOST}.")
        if quantity != quantity.quantize(Decimal(1) if whole else Decimal("0.001")):
            raise KurvError("Antallet går ikke an for denne varen.")


def step_of(unit: str) -> Decimal:
    """How much "more" and "less" change: a pack, or a quarter of a kilo."""
    return Decimal("0.25") if unit == "kg" else Decimal(1)


def shown(person: Person, order: Order, catalogue: Catalogue, now: datetime) -> ShownBasket:
    """An order's basket with what staff must know of it."""
    needs = needs_of(person)
    lines = []
    for line in order.basket.lines:
        product = catalogue.get(line.product_id)
        # What the shop no longer has, nobody knows anything of.
        verdict = needs.of(product) if product is not None else Verdict.UNKNOWN
        reasons = needs.reasons(product, verdict) if product is not None else ()
        lines.append(ShownLine(line, verdict, reasons, step_of(line.unit), product is not None))
    to_pay, wish = payable(order.basket), order.delivery or person.delivery
    left = None if person.budget is None else person.budget - to_pay
    return ShownBasket(order, tuple(lines), to_pay, left, wish, deadline(wish, now))
