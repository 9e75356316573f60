"""The second person: looks over an order that somebody else confirmed, and lets it go."""

from __future__ import annotations

from dataclasses import dataclass

from bot.casework.actor import Actor, NotAllowed, Role
from bot.casework.baskets import ShownBasket, shown
from bot.casework.desk import CARERS, Desk
from bot.casework.tasks import APPROVE
from bot.errors import StaleRevision
from bot.ordering.catalogue import Restriction
from bot.ordering.gates import Verdict
from bot.ordering.order import Order, Status
from bot.service import municipality_of
from bot.store import Person, UnitOfWork
from bot.store.worklist import Dated

#: The task that an order leaves when it is sent back.
SENT_BACK = "sent_back"
_OVER = "Bestillingen venter ikke lenger på godkjenning."


@dataclass(frozen=True, slots=True)
class ShownOrder:
    """A confirmed order, with what there is to decide about it.

    Attributes:
        names: "staff:<id>" -> the name of who confirmed or approved.
        waits: whether it waits for a second person.
        why: why it does, as short Norwegian phrases.
        mine: whether the actor may be that person.
        phones: where a receipt can be sent.
    """

    person: Person
    dated: Dated
    basket: ShownBasket
    names: dict[str, str]
    waits: bool
    why: tuple[str, ...]
    mine: bool
    phones: tuple[str, ...]

    @property
    def order(self) -> Order:
        """The order itself."""
        return self.dated.order


class Approvals(Desk):
    """Orders that were confirmed."""

    def show(self, actor: Actor, order_id: str) -> ShownOrder:
        """A confirmed order.

        Raises:
            NotAllowed: there is no such order of one of theirs.
        """
        with self._store.transaction(read_only=True) as uow:
            dated, person = self._order(uow, actor, order_id, *CARERS)
            order = dated.order
            keys = [key for key in (order.confirmed_by, order.approved_by) if key]
            names = {key: name for key in keys if (name := _name_of(uow, key))}
            waits = self._waits(uow, order)
            why = self._why(uow, person, order) if waits else ()
            phones = tuple(each.phone for each in uow.callers(recipient_id=person.recipient_id))
        self._looks.note(actor, person.recipient_id, "order", order_id)
        basket = shown(person, order, self._shop.catalogue, self._clock())
        mine = Role.APPROVER in actor.roles and order.confirmed_by != actor.key
        return ShownOrder(person, dated, basket, names, waits, why, mine, phones)

    def approve(self, actor: Actor, order_id: str, revision: int) -> Order:
        """Let an order go to the grocer; a second time sends nothing.

        Raises:
            NotAllowed: it is not theirs to approve; above all, they confirmed it themselves.
            StaleRevision: it is not the basket that they looked at.
        """
        with self._store.transaction(read_only=True) as uow:
            dated, _ = self._order(uow, actor, order_id, Role.APPROVER)
            order = dated.order
            self._not_their_own(actor, order)
            if order.confirmed_revision != revision:
                raise StaleRevision(_OVER)
            if order.approved_by is not None:
                return order
            if not self._waits(uow, order):
                raise StaleRevision(_OVER)
        return self._service.approve(order_id, actor.key)

    def send_back(self, actor: Actor, order_id: str, revision: int) -> Order:
        """Do not approve: the order is void, its goods are a basket again, and that is a task.

        When the recipient has begun another basket by now, the goods stay out of it.

        Raises:
            NotAllowed, StaleRevision: as `approve`.
        """
        with self._store.transaction() as uow:
            dated, person = self._order(uow, actor, order_id, Role.APPROVER)
            order = dated.order
            if order.confirmed_revision != revision or not self._waits(uow, order):
                raise StaleRevision(_OVER)
            void = uow.save_order(order.cancelled())
            draft = uow.open_order(person.recipient_id)
            if not draft.basket.lines:
                goods = draft.basket.restore(order.basket.lines)
                uow.save_order(draft.with_basket(goods).with_delivery(order.delivery))
            uow.close_tasks(person.recipient_id, APPROVE, order_id)
            uow.add_task(person.recipient_id, SENT_BACK, order_id)
            uow.log_access(actor.key, person.recipient_id, "send_back", order_id)
        return void

    # -- inside ----------------------------------------------------------------------------------

    def _order(
        self, uow: UnitOfWork, actor: Actor, order_id: str, *roles: Role
    ) -> tuple[Dated, Person]:
        actor.require(*roles)
        dated = uow.dated_order(order_id)
        if dated is None or dated.order.is_open:
            raise NotAllowed("Det finnes ingen bestilling med dette nummeret i ditt område.")
        try:
            return dated, self._theirs(uow, actor, dated.order.recipient_id, *roles)
        except NotAllowed as error:
            raise NotAllowed(
                "Det finnes ingen bestilling med dette nummeret i ditt område."
            ) from error

    @staticmethod
    def _not_their_own(actor: Actor, order: Order) -> None:
        if order.confirmed_by == actor.key:
            raise NotAllowed("Du bekreftet denne selv; en annen må godkjenne den.")

    @staticmethod
    def _waits(uow: UnitOfWork, order: Order) -> bool:
        if order.status is not Status.CONFIRMED or order.approved_by is not None:
            return False
        open_tasks = uow.tasks(recipient_id=order.recipient_id)
        return any(t.kind == APPROVE and t.note == order.order_id for t in open_tasks)

    def _why(self, uow: UnitOfWork, person: Person, order: Order) -> tuple[str, ...]:
        theirs, rules = municipality_of(uow, person), self._rules(uow, person)
        products = [self._shop.catalogue.get(line.product_id) for line in order.basket.lines]
        held = {product.restricted for product in products if product is not None}
        basket = shown(person, order, self._shop.catalogue, self._clock())
        verdicts = {line.verdict for line in basket.lines}
        names = {Restriction.ALCOHOL: "alkohol", Restriction.TOBACCO: "tobakk"}
        why = [
            name
            for kind, name in names.items()
            if kind in held and rules.get(kind.value) == "staff_approve"
        ]
        if Verdict.CONTAINS in verdicts:
            why.append("noe mottakeren ikke skal ha")
        if Verdict.UNKNOWN in verdicts:
            why.append("varer uten innholdsliste")
        if theirs is not None and theirs.second_person:
            why.append("kommunen vil at to ser på bestillingen")
        return tuple(why)


def _name_of(uow: UnitOfWork, key: str) -> str | None:
    """What a colleague is called."""
    if not key.startswith("staff:"):
        return None
    member = uow.staff_member(key.removeprefix("staff:"))
    return member.name if member is not None else None
