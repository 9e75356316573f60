"""What happens in a person's talk from outside while they are on the telephone.

Staff join the call, type a sentence, mend the basket, take the call over; somebody else may change
the basket too. All of it comes through the store, whichever process it was done in.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bot.ordering import wording_staff as wording
from bot.ordering.basket import Basket, BasketLine
from bot.ordering.order import Status
from bot.store import Store, UnitOfWork
from bot.store.takeovers import BESIDE, INSTEAD, TRANSFER, TakeOver

Event = dict[str, Any]


@dataclass(frozen=True, slots=True)
class News:
    """What there is to say now.

    Attributes:
        sentences: in the order in which it happened.
        led: whether staff talk with the person, instead of us.
        transfer: whether staff ask for the call on their own telephone.
    """

    sentences: tuple[str, ...] = ()
    led: bool = False
    transfer: bool = False


class Newsroom:
    """Follows one person's talk from the moment they are known; tells each thing once.

    What the call itself does must be told to it (`told`), or it would seem to come from others.
    """

    def __init__(self, store: Store, recipient_id: str) -> None:
        """Everything up to now is known."""
        self._store = store
        self._recipient = recipient_id
        self._helper: TakeOver | None = None
        with store.transaction(read_only=True) as uow:
            self._basket = uow.draft(recipient_id).basket
            self._closed = _closed(uow, recipient_id)
            self._heard = uow.newest_utterance(recipient_id)

    def told(self, events: list[Event]) -> list[Event]:
        """The person has been told these events by the call itself; returns them."""
        for event in events:
            if event["event"] == "basket":
                self._basket = _basket(event)
                if event["stage"] == "submitted":
                    self._basket = Basket()
                    with self._store.transaction(read_only=True) as uow:
                        self._closed = _closed(uow, self._recipient)
        return events

    def is_known(self, event: Event) -> bool:
        """Whether an event of the live feed is only what this call has done itself."""
        if event["event"] == "basket":
            return _held(_basket(event)) == _held(self._basket)
        if event["event"] == "utterance":
            return not str(event["speaker"]).startswith("staff:")
        return event["event"] not in ("takeover", "order")

    def take(self) -> News:
        """What has happened since the last time."""
        with self._store.transaction(read_only=True) as uow:
            helper = uow.takeover(self._recipient)
            basket = uow.draft(self._recipient).basket
            closed = _closed(uow, self._recipient)
            typed = [each for each in uow.utterances(self._recipient, self._heard) if each.aloud]
        name = helper.name if helper else self._helper.name if self._helper else ""
        led = helper is not None and helper.mode == INSTEAD
        said = self._arrivals(helper)
        if closed is not None and closed != self._closed:
            said.append(wording.ordered(name))
            before = Basket()
        else:
            before = self._basket
        if change := wording.changed(name, before, basket):
            said.append(change)
        said += [each.text if led else wording.says(name, each.text) for each in typed]
        self._helper, self._basket, self._closed = helper, basket, closed
        self._heard = max((each.entry_id for each in typed), default=self._heard)
        transfer = helper is not None and helper.mode == TRANSFER
        return News(tuple(said), led, transfer)

    def _arrivals(self, helper: TakeOver | None) -> list[str]:
        """Who has come, and who has gone."""
        before = self._helper
        was_led = before is not None and before.mode == INSTEAD
        if helper is None or helper.mode == TRANSFER:
            return [wording.BOT_AGAIN] if was_led and helper is None else []
        same = before is not None and before.staff_id == helper.staff_id
        if helper.mode == INSTEAD:
            return [] if same and was_led else [wording.helps_you(helper.name)]
        if was_led:
            return [wording.BOT_AGAIN]
        return [] if same and helper.mode == BESIDE else [wording.is_with_us(helper.name)]


def _closed(uow: UnitOfWork, recipient_id: str) -> str | None:
    """The newest order that was confirmed; what was thrown away or went wrong is none."""
    latest = uow.latest_order(recipient_id)
    if latest is None or latest.status in (Status.CANCELLED, Status.FAILED):
        return None
    return latest.order_id


def _held(basket: Basket) -> dict[str, Decimal]:
    return {line.product_id: line.quantity for line in basket.lines}


def _basket(event: Event) -> Basket:
    """The basket of a `basket` event, as far as it is compared and told: names and amounts."""
    return Basket(
        tuple(
            BasketLine(
                line["product_id"],
                line["name"],
                Decimal(line["quantity"]),
                "stk",
                Decimal(line["unit_price"]),
            )
            for line in event["lines"]
        )
    )
