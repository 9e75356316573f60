"""Rasa inside this process: an agent whose actions run here too, without any HTTP."""

from __future__ import annotations

import logging
import os
import sys
from collections import OrderedDict
from pathlib import Path
from typing import Any

import structlog

# Read by Rasa and TensorFlow when they are imported; nothing is ever sent out of the house.
os.environ["RASA_TELEMETRY_ENABLED"] = "false"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")

# The classifier is stored with skops, which at import looks for 765 types in every module that is
# loaded: six seconds after TensorFlow, a quarter of one before it.
import skops.io  # noqa: F401
from rasa.core.actions.action import RemoteAction
from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.executor import ActionExecutor

from actions.acts import all_actions
from bot.ordering.speaker import NOW_TYPING, Speaker
from bot.turn import metadata

#: Conversations whose course Rasa remembers at the same time; the basket is not part of it.
CONVERSATIONS = 500
#: Events after which a conversation is remembered anew: what a turn costs grows with them.
EVENTS = 120
SILENCE = {"intent": {"name": "nlu_fallback", "confidence": 1.0}, "entities": [], "text": ""}


def silence_logs() -> None:
    """Keep what people say out of every log: Rasa writes it at debug and information level."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            _without_words,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    if not logging.getLogger().handlers:
        logging.basicConfig(format="%(message)s", stream=sys.stderr, level=logging.WARNING)
    for noisy in ("rasa", "rasa_sdk", "tensorflow", "absl", "matplotlib", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.ERROR)


def _without_words(
    logger: Any, method: str, event: structlog.types.EventDict
) -> structlog.types.EventDict:
    """Drop the fields in which Rasa carries words of a person or of the bot."""
    kept = {"event", "level", "timestamp", "code", "kind", "at", "call"}
    return {key: value for key, value in event.items() if key in kept}


class LocalActions(EndpointConfig):
    """Runs actions in this process where Rasa would call an action server."""

    def __init__(self) -> None:
        super().__init__(url="local", enable_selective_domain=True)
        self._executor = ActionExecutor()
        for action in all_actions():
            self._executor.register_action(action)

    async def request(
        self,
        method: str = "post",
        subpath: str | None = None,
        content_type: str | None = "application/json",
        compress: bool = False,
        **kwargs: Any,
    ) -> dict[str, Any] | None:
        """Run the action that Rasa asks for; its answer is what a server would have sent."""
        return await self._executor.run(kwargs["json"])


class RecentConversations(InMemoryTrackerStore):
    """Rasa's memory of conversations, bounded in number and length.

    Forgetting one costs nothing: no rule looks back; basket and open questions are in our store.
    """

    def __init__(self, domain: Domain) -> None:
        super().__init__(domain)
        self.store: OrderedDict[str, str] = OrderedDict()

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Remember the conversation, and forget it when it has grown long."""
        if len(tracker.events) > EVENTS:
            self.store.pop(tracker.sender_id, None)
            return
        await super().save(tracker)
        self.store.move_to_end(tracker.sender_id)
        while len(self.store) > CONVERSATIONS:
            self.store.popitem(last=False)


def _trust(action: RemoteAction, result: dict[str, Any]) -> bool:
    """Accept what our own action returned, as `RemoteAction` accepts what a schema allows."""
    return True


def load_agent(model: Path) -> Agent:
    """Load a trained model; its actions run in this process."""
    silence_logs()
    # Rasa checks an action server's answer, and the schema that it checks with, at every call:
    # four fifths of a whole turn. The answers here come from rasa_sdk in this very process.
    RemoteAction._validate_action_result = _trust
    agent = Agent.load(
        str(model),
        tracker_store=RecentConversations(Domain.empty()),
        action_endpoint=LocalActions(),
    )
    silence_logs()  # loading may have configured logging anew
    return agent


def conversations(agent: Agent) -> RecentConversations:
    """The memory of an agent that `load_agent` has made; Rasa wraps it."""
    return getattr(agent.tracker_store, "_tracker_store", agent.tracker_store)


async def ask(
    agent: Agent, recipient_id: str, text: str, sure: bool, speaker: Speaker = NOW_TYPING
) -> list[dict[str, Any]]:
    """One turn: what the bot sends back, in order."""
    channel = CollectingOutputChannel()
    message = UserMessage(
        text,
        channel,
        recipient_id,
        parse_data=None if text else dict(SILENCE),
        input_channel="kurv",
        metadata=metadata(sure, speaker),
    )
    await agent.handle_message(message)
    return channel.messages
