"""Splits Norwegian text by spaCy's rules and reads dialect function words as bokmål."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message

from bot.ordering.norwegian import fold, plain

if TYPE_CHECKING:
    from spacy.language import Language


@lru_cache(maxsize=1)
def _norwegian() -> Language:
    """spaCy's Norwegian tokeniser. Loaded at first use: importing spaCy takes a second."""
    import spacy

    return spacy.blank("nb")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class NorwegianTokenizer(Tokenizer):
    """Words in lower case; the lemma of each is its bokmål form ("itj" -> "ikke").

    Punctuation and emoji give no token: a recogniser writes none, and people type it as they like.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """What Rasa's base class expects; intents are never split."""
        return {
            "intent_tokenization_flag": False,
            "intent_split_symbol": "_",
            "token_pattern": None,
            "prefix_separator_symbol": None,
        }

    @staticmethod
    def required_packages() -> list[str]:
        """The packages that must be installed."""
        return ["spacy"]

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """The words of the message, each with its place in the original text."""
        return [
            Token(
                fold(word.text),
                start=word.idx,
                end=word.idx + len(word.text),
                lemma=plain(word.text),
            )
            for word in _norwegian().tokenizer(message.get(attribute))
            if any(letter.isalnum() for letter in word.text)
        ]
