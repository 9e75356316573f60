"""Fixed expressions decide the act; what was learned decides only where they are silent.

A learned act that could not be taken back needs more than a likely guess: a "ja" after the
read-back sends the order, so an unknown word that merely resembles one must not count as yes.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME
from rasa.shared.nlu.constants import (
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.shop_words import shop
from bot.ordering.acts import read_act
from bot.ordering.gist import left_of

#: Read from one verb ("slett …", "bestill …"), not from a whole expression.
EDITS = frozenset({"add", "remove", "change", "replace"})


OUTSIDE = "out_of_scope"


def _likeliest_is_outside(message: Message) -> bool:
    """Whether it was too unsure for an act, and what lies outside the shop was likeliest."""
    name = (message.get(INTENT) or {}).get(INTENT_NAME_KEY)
    names = [entry[INTENT_NAME_KEY] for entry in message.get(INTENT_RANKING_KEY) or []]
    learned = [each for each in names if each != DEFAULT_NLU_FALLBACK_INTENT_NAME]
    return name == DEFAULT_NLU_FALLBACK_INTENT_NAME and learned[:1] == [OUTSIDE]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class ActClassifier(GraphComponent, IntentClassifier):
    """Overrules the learned intent, with confidence 1, where `bot.ordering.acts` is certain.

    Configuration:
        careful: act -> confidence that a learned prediction of it needs; below, nothing is
            understood.
        sure: confidence from which a learned act that is no edit stands against an edit that was
            read from its verb alone ("slett kurven", "bestill time hos legen").
    """

    def __init__(self, careful: dict[str, float], sure: float) -> None:
        self._careful = careful
        self._sure = sure

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Only a confirmation needs care: everything else can be undone or is asked about."""
        return {"careful": {"affirm": 0.8}, "sure": 0.6}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ActClassifier:
        """Rasa's constructor; there is nothing to load."""
        return cls(config["careful"], config["sure"])

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the intent of each message whose act is certain."""
        for message in messages:
            act = read_act(left_of(message.get(TEXT) or "", shop()))
            learned = message.get(INTENT) or {}
            if act is not None and not self._is_better(learned, act):
                self._decide(message, act, 1.0)
            elif _likeliest_is_outside(message):
                # Nearly nothing hangs on it, and "that is not my business" is the better answer.
                self._decide(message, OUTSIDE, learned.get(PREDICTED_CONFIDENCE_KEY, 0.0))
            elif self._too_unsure(learned):
                self._decide(message, DEFAULT_NLU_FALLBACK_INTENT_NAME, 1.0)
        return messages

    def _is_better(self, learned: dict[str, Any], act: str) -> bool:
        return (
            act in EDITS
            and learned.get(INTENT_NAME_KEY) not in EDITS
            and learned.get(PREDICTED_CONFIDENCE_KEY, 0.0) >= self._sure
        )

    def _too_unsure(self, learned: dict[str, Any]) -> bool:
        needed = self._careful.get(learned.get(INTENT_NAME_KEY) or "", 0.0)
        return learned.get(PREDICTED_CONFIDENCE_KEY, 0.0) < needed

    @staticmethod
    def _decide(message: Message, act: str, confidence: float) -> None:
        decided = {INTENT_NAME_KEY: act, PREDICTED_CONFIDENCE_KEY: confidence}
        learned = message.get(INTENT_RANKING_KEY) or []
        others = [entry for entry in learned if entry[INTENT_NAME_KEY] != act]
        message.set(INTENT, decided, add_to_output=True)
        message.set(INTENT_RANKING_KEY, [decided, *others], add_to_output=True)
