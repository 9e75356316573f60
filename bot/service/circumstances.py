"""What a turn must know about the person, gathered from the store when it is asked for."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from bot.grocers.delivery import choose_slot
from bot.grocers.local_time import OSLO
from bot.grocers.protocol import Slot
from bot.ordering import wording
from bot.ordering.catalogue import Restriction
from bot.ordering.conversation import Circumstances
from bot.ordering.order import Order, Status
from bot.ordering.personal import Personal
from bot.ordering.reminders import Purchase
from bot.ordering.speaker import Speaker
from bot.service.rules import needs_of
from bot.store import Person, UnitOfWork

SENT = (Status.CONFIRMED, Status.SUBMITTED, Status.ACKNOWLEDGED)


def gather(
    uow: UnitOfWork,
    person: Person,
    order: Order,
    speaker: Speaker,
    *,
    policy: Callable[[Restriction], str],
    slots: list[Slot],
    stock: dict[str, bool],
    now: datetime,
) -> Circumstances:
    """The circumstances of a turn; valid as long as the transaction.

    Args:
        policy: which rule applies to restricted goods.
        slots: the delivery times that are open.
        stock: product id -> whether the grocer has it, as far as it was asked.
        now: the moment of the turn.
    """
    recipient_id = person.recipient_id
    latest = uow.latest_order(recipient_id)
    sent = latest is not None and latest.status in SENT and not order.basket.lines

    def purchases() -> list[Purchase]:
        bought = uow.bought(recipient_id)
        return [Purchase(pid, much, at.astimezone(OSLO).date()) for pid, much, at in bought]

    return Circumstances(
        history=uow.history(recipient_id),
        usual=lambda: uow.usual(recipient_id) or _last_bought(uow, recipient_id),
        policy=policy,
        speech_rate=person.speech_rate,
        delivery=lambda wish: _arrival(slots, wish or order.delivery or person.delivery, now),
        submitted=latest if sent else None,
        personal=Personal(
            needs=needs_of(person),
            budget=person.budget,
            ask_substitutes=person.substitutes != "never",
            in_stock=stock.get,
            purchases=purchases,
            today=now.astimezone(OSLO).date() if person.reminders else None,
            last=lambda: _last_bought(uow, recipient_id),
        ),
        speaker=speaker,
    )


def _arrival(slots: list[Slot], wish: str | None, now: datetime) -> str | None:
    """When goods that are ordered now arrive, as a sentence."""
    slot = choose_slot(wish, slots, now)
    return wording.delivery(slot.opens, slot.closes) if slot else None


def _last_bought(uow: UnitOfWork, recipient_id: str) -> tuple[tuple[str, Decimal], ...]:
    """What "som vanlig" means for somebody without a list: what they got the last time."""
    bought = (o for o in uow.orders(recipient_id, 20) if o.status is Status.ACKNOWLEDGED)
    last = next(bought, None)
    return tuple((line.product_id, line.quantity) for line in last.basket.lines) if last else ()
