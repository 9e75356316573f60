"""What a turn says and shows: its texts, and its events as in the command-line contract."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.ordering.catalogue import Catalogue
from bot.ordering.conversation import Outcome, stage
from bot.ordering.order import Order
from bot.ordering.talk import ProductQuestion

Event = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reply:
    """What one turn says and shows.

    Attributes:
        texts: what to say, in order.
        events: the turn's events as in the command-line contract, the basket last; besides them
            `{"event": "rate", "value"}` when we shall speak at another speed from now on.
        stage: where the talk is now.
        understood: whether the turn led anywhere.
    """

    texts: tuple[str, ...]
    events: tuple[Event, ...]
    stage: str
    understood: bool


def reply_of(outcome: Outcome, shown: Order, catalogue: Catalogue) -> Reply:
    """The reply of a turn, with the basket of the order `shown`."""
    where = stage(shown, outcome.talk)
    events = said(outcome.texts)
    events += [
        {"event": "rate", "value": float(effect.value)}
        for effect in outcome.effects
        if effect.kind == "rate"
    ]
    question = outcome.talk.question
    if outcome.talk.cancelling:
        question = None
    if isinstance(question, ProductQuestion) and question.options:
        events.append(_question_event(question, catalogue))
    events.append(basket_event(shown, where))
    return Reply(outcome.texts, tuple(events), where, outcome.understood)


def said(texts: Sequence[str]) -> list[Event]:
    """The `said` events of the command-line contract."""
    return [{"event": "said", "text": text} for text in texts]


def basket_event(order: Order, where: str) -> Event:
    """The `basket` event of the command-line contract."""
    return {
        "event": "basket",
        "stage": where,
        "revision": order.basket.revision,
        "lines": order.basket.as_event_lines(),
        "total": f"{order.basket.total:.2f}",
    }


def order_event(order: Order) -> Event:
    """The `order` event of the command-line contract."""
    return {
        "event": "order",
        "order_id": order.order_id,
        "status": order.status.value,
        "grocer_reference": order.grocer_reference,
        "lines": order.basket.as_event_lines(),
        "total": f"{order.basket.total:.2f}",
    }


def _question_event(question: ProductQuestion, catalogue: Catalogue) -> Event:
    products = [catalogue[product_id] for product_id in question.options]
    return {
        "event": "question",
        "options": [{"product_id": p.product_id, "name": p.full_name} for p in products],
    }
