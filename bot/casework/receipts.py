"""The receipt of an order: for the refrigerator door, and as a text message."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.casework.actor import Actor
from bot.casework.desk import Desk
from bot.casework.messages import Message, OutgoingMessages
from bot.errors import KurvError
from bot.grocers.local_time import OSLO
from bot.ordering import wording
from bot.ordering.order import Order, Status

#: Lines of goods in a text message; more are counted.
MOST_LINES = 12


class Receipts(Desk):
    """Sends receipts."""

    def __init__(self, *common: Any, messages: OutgoingMessages) -> None:
        """Take what all desks share, and where messages are handed over."""
        super().__init__(*common)
        self._messages = messages

    def send(self, actor: Actor, order_id: str) -> int:
        """Send the recipient the receipt of an order, to each number of theirs; twice sends once.

        Returns:
            To how many numbers it went, this time or before.

        Raises:
            NotAllowed: there is no such order of one of theirs.
            KurvError: it is not sent yet, or we know no number.
            MessageNotTaken: the gateway does not take it.
        """
        with self._store.transaction() as uow:
            order = uow.order(order_id)
            person = self._theirs(uow, actor, order.recipient_id if order is not None else "")
            phones = [each.phone for each in uow.callers(recipient_id=person.recipient_id)]
            if order is None or order.status is not Status.ACKNOWLEDGED:
                raise KurvError("Kvitteringen kan sendes når butikken har bestillingen.")
            if not phones:
                raise KurvError("Kurv kjenner ikke noe telefonnummer til denne mottakeren.")
            uow.log_access(actor.key, person.recipient_id, "send_receipt", order_id)
        for phone in phones:
            self._messages.send(Message(f"receipt:{order_id}:{phone}", phone, receipt_text(order)))
        return len(phones)


def receipt_text(order: Order) -> str:
    """The receipt as a text message; it names goods and prices, not the person."""
    lines = [
        f"{wording.digits(line.quantity)} {'kg ' if line.unit == 'kg' else ''}{line.name}"
        for line in order.basket.lines
    ]
    more = len(lines) - MOST_LINES
    if more > 0:
        lines = [*lines[:MOST_LINES], f"og {more} til"]
    parts = [f"Bestilt: {'; '.join(lines)}."]
    if order.grocer_total is not None:
        parts.append(f"Å betale: {f'{order.grocer_total:.2f}'.replace('.', ',')} kr.")
    if order.arrives is not None:
        parts.append(f"Kommer {_when(*order.arrives)}.")
    parts.append(f"Nummer hos butikken: {order.grocer_reference}.")
    return " ".join(parts)


def _when(opens: datetime, closes: datetime) -> str:
    day = wording.WEEKDAYS[opens.astimezone(OSLO).weekday()]
    return f"{day} {opens.astimezone(OSLO):%d.%m. kl. %H}–{closes.astimezone(OSLO):%H}"
