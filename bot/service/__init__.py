"""The use cases of Kurv: what the Rasa actions, the staff screens and the command line call."""

from bot.service.confirmation import CHANGED
from bot.service.reply import Event, Reply, basket_event, order_event
from bot.service.rules import Policies, municipality_of, needs_of
from bot.service.transcript import utterance_event
from bot.service.use_cases import Publish, Service

__all__ = [
    "CHANGED",
    "Event", "Policies", "Publish", "Reply", "Service", "basket_event", "municipality_of",
    "needs_of", "order_event", "utterance_event",
]  # fmt: skip
