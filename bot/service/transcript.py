"""Puts down what was said in an order's talk, and shows it to whoever follows the talk."""

from collections.abc import Sequence
from datetime import datetime

from bot.ordering.order import ENDED, Order
from bot.service.reply import Event
from bot.store import UnitOfWork
from bot.store.transcripts import KURV, Utterance

#: A word that the recogniser did not know, in what it hands over; nobody should have to read that.
_UNHEARD, _SHOWN = "[unk]", "…"


def note(uow: UnitOfWork, order: Order, said: Sequence[tuple[str, str]]) -> list[Event]:
    """Put down who said what (speaker, text) in the talk about a saved order.

    Nothing is kept of a talk about an order that is over: it is only shown.

    Returns:
        The `utterance` events for those who follow.
    """
    found: list[Event] = []
    for speaker, text in said:
        shown = text.replace(_UNHEARD, _SHOWN).strip()
        if not shown:
            continue
        if order.status in ENDED:
            found.append(_event(speaker, shown, None, uow.now()))
        else:
            kept = uow.add_utterance(order.order_id, order.recipient_id, speaker, shown)
            found.append(utterance_event(kept))
    return found


def spoken(texts: Sequence[str]) -> list[tuple[str, str]]:
    """What we said, for `note`."""
    return [(KURV, text) for text in texts]


def utterance_event(kept: Utterance) -> Event:
    """An utterance as those who follow a talk get it."""
    return _event(kept.speaker, kept.text, kept.entry_id, kept.at)


def _event(speaker: str, text: str, entry_id: int | None, at: datetime) -> Event:
    return {
        "event": "utterance",
        "entry_id": entry_id,
        "speaker": speaker,
        "text": text,
        "at": at.isoformat(),
    }
