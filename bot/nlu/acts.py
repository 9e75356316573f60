"""Fixed expressions decide the act; what was learned decides only where they are silent."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import (
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message

from bot.ordering.acts import read_act


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class ActClassifier(GraphComponent, IntentClassifier):
    """Overrules the learned intent, with confidence 1, where `bot.ordering.acts` is certain."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ActClassifier:
        """Rasa's constructor; there is nothing to configure and nothing to load."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the intent of each message whose act is certain."""
        for message in messages:
            act = read_act(message.get(TEXT) or "")
            if act is not None:
                certain = {INTENT_NAME_KEY: act, PREDICTED_CONFIDENCE_KEY: 1.0}
                learned = message.get(INTENT_RANKING_KEY) or []
                others = [entry for entry in learned if entry[INTENT_NAME_KEY] != act]
                message.set(INTENT, certain, add_to_output=True)
                message.set(INTENT_RANKING_KEY, [certain, *others], add_to_output=True)
        return messages
