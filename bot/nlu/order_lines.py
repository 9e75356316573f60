"""Shows the order lines of a sentence as entities, read by rules and never by a learned model."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import (
    ENTITIES,
    ENTITY_ATTRIBUTE_END,
    ENTITY_ATTRIBUTE_START,
    ENTITY_ATTRIBUTE_TYPE,
    ENTITY_ATTRIBUTE_VALUE,
    EXTRACTOR,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.shop_words import shop_words
from bot.ordering.request import OrderLine, parse

ENTITY = "order_line"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class OrderLineExtractor(GraphComponent, EntityExtractorMixin):
    """Appends one `order_line` entity for each line; entities of other extractors stay."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> OrderLineExtractor:
        """Rasa's constructor; there is nothing to configure and nothing to load."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Append the order lines of each message to its entities."""
        for message in messages:
            lines = parse(message.get(TEXT) or "", shop_words()).lines
            found = [self._entity(line) for line in lines]
            message.set(ENTITIES, [*message.get(ENTITIES, []), *found], add_to_output=True)
        return messages

    def _entity(self, line: OrderLine) -> dict[str, Any]:
        amount = line.amount
        return {
            ENTITY_ATTRIBUTE_TYPE: ENTITY,
            ENTITY_ATTRIBUTE_START: line.span[0],
            ENTITY_ATTRIBUTE_END: line.span[1],
            ENTITY_ATTRIBUTE_VALUE: {
                "phrase": line.phrase,
                "amount": None if amount is None else str(amount.value),
                "unit": "" if amount is None else amount.unit,
                "act": None if line.act is None else line.act.value,
            },
            EXTRACTOR: self.name,
        }
