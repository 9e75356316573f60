"""Hands the classifier a sentence without products, numbers and units (see `word_classes`)."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.shop_words import shop, shop_words
from bot.nlu.word_classes import NO_WORDS, word_classes
from bot.ordering.essence import within
from bot.ordering.gist import beside


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class Delexicaliser(GraphComponent):
    """Replaces the tokens of a message by word classes; the featurizers read their lemmas."""

    @classmethod
    def required_components(cls) -> list[type]:
        """A tokenizer must come first."""
        return [Tokenizer]

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Delexicaliser:
        """Rasa's constructor; there is nothing to configure and nothing to load."""
        return cls()

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Treat the examples as sentences are treated later; nothing in them is struck out."""
        for message in training_data.training_examples:
            self._replace(message, message.get(TOKENS_NAMES[TEXT]))
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Replace the tokens of each message, without those that are beside the matter."""
        for message in messages:
            tokens = message.get(TOKENS_NAMES[TEXT])
            if tokens is not None:
                struck = beside(message.get(TEXT), shop()).spans
                kept = [each for each in tokens if not within(each.start, each.end, struck)]
                self._replace(message, kept or tokens)  # a story is heard as what it is
        return messages

    @staticmethod
    def _replace(message: Message, tokens: list[Token] | None) -> None:
        if tokens is not None:
            message.set(TOKENS_NAMES[TEXT], _delexicalised(tokens))


def _delexicalised(tokens: list[Token]) -> list[Token]:
    if not tokens:  # an emoji, a dash: the featurizers need at least one token
        return [Token(NO_WORDS, start=0, end=1)]
    result, at = [], 0
    for piece in word_classes([token.lemma for token in tokens], shop_words()):
        covered = tokens[at : at + piece.count]
        said = " ".join(token.text for token in covered)
        result.append(Token(said, covered[0].start, covered[-1].end, lemma=piece.form))
        at += piece.count
    return result
