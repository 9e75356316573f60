"""Trains the networks that strike out: `python -m bot.striking.training`, about ten minutes.

Each utterance is learned as it is written and as a recogniser would write it. Words are left out at
random, so that the network learns to do with what stands around a word; two networks that began
differently err differently, and both are kept.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.dictionary import Dictionary
from bot.ordering.norwegian import tokenise
from bot.ordering.vocabulary import Vocabulary
from bot.striking.corpus import MarkedTalk, read_corpus
from bot.striking.features import FACTS, Word, facts_of, words_of
from bot.striking.network import LAYERS, MODEL, TABLES, UNKNOWN

_MARKS = re.compile(r"[.,;:!?–—\"«»()…]")
#: A text must occur so often to have a vector of its own, by table.
_FEWEST = (2, 3, 3, 1)
_DIMENSIONS = (64, 24, 24, 16)
_CELLS = 96
_DROPPED = 0.5
_UNREAD = 0.3
_DOUBT = 0.03
_BATCH = 32
EPOCHS = 20
SEEDS = (7, 8)


@dataclass(frozen=True, slots=True)
class Lesson:
    """One utterance: its words and which of them are struck out."""

    words: tuple[Word, ...]
    struck: tuple[bool, ...]


def without_marks(talk: MarkedTalk) -> MarkedTalk:
    """The same talk as a recogniser would write it: no punctuation, no capitals."""
    return MarkedTalk(talk.acts, _MARKS.sub(" ", talk.text).casefold(), talk.struck)


def lessons(
    talks: Iterable[MarkedTalk], vocabulary: Vocabulary, dictionary: Dictionary
) -> Iterator[Lesson]:
    """The talk as it is learned."""
    for talk in talks:
        plain = without_marks(talk)
        for each in (talk,) if plain.text == talk.text else (talk, plain):
            tokens = tokenise(each.text)
            if tokens:
                words = words_of(tokens, vocabulary, dictionary)
                struck = tuple(each.is_struck(token.start, token.end) for token in tokens)
                yield Lesson(tuple(words), struck)


class Trainer:
    """Trains networks on lessons; TensorFlow comes with Rasa and is loaded here only."""

    def __init__(self, learned: Sequence[Lesson]) -> None:
        self._lessons = learned
        self._tables = [_table(learned, n) for n in range(TABLES)]

    def train(self, seed: int, epochs: int = EPOCHS) -> Any:
        """A Keras model, trained from the beginning that `seed` gives."""
        import tensorflow as tf

        tf.keras.utils.set_random_seed(seed)
        chance = np.random.default_rng(seed)
        model = self._model(tf)
        optimiser = tf.keras.optimizers.Adam(2e-3)
        loss = tf.keras.losses.BinaryCrossentropy(from_logits=True, label_smoothing=2 * _DOUBT)

        @tf.function(reduce_retracing=True)
        def step(given: Any, wanted: Any, there: Any) -> Any:
            with tf.GradientTape() as tape:
                answers = model(given, training=True)
                value = loss(wanted[..., None], answers, sample_weight=there)
            slopes = tape.gradient(value, model.trainable_variables)
            slopes, _ = tf.clip_by_global_norm(slopes, 1.0)
            pairs = zip(slopes, model.trainable_variables)  # noqa: B905 (autograph has no strict)
            optimiser.apply_gradients(pairs)
            return value

        for epoch in range(epochs):
            if epoch == epochs * 2 // 3:
                optimiser.learning_rate.assign(5e-4)
            values = [
                float(step([tf.constant(each) for each in given], wanted, there))
                for given, wanted, there in self._batches(chance)
            ]
            print(f"network {seed}, epoch {epoch + 1} of {epochs}: {np.mean(values):.4f}")
        return model

    def _model(self, tf: Any) -> Any:
        layers = tf.keras.layers
        texts = [tf.keras.Input((None,)) for _ in range(TABLES)]
        facts = tf.keras.Input((None, FACTS))
        vectors = [
            layers.Embedding(len(table) + 2, size)(text)
            for table, size, text in zip(self._tables, _DIMENSIONS, texts, strict=True)
        ]
        x = layers.Dropout(_DROPPED)(layers.Concatenate()([*vectors, facts]))
        for _ in range(LAYERS):
            both = layers.Bidirectional(layers.LSTM(_CELLS, return_sequences=True))
            x = layers.Dropout(_DROPPED)(both(x))
        return tf.keras.Model([*texts, facts], layers.Dense(1)(x))

    def _batches(
        self, chance: np.random.Generator
    ) -> Iterator[tuple[list[NDArray[Any]], NDArray[Any], NDArray[Any]]]:
        """Lessons of about the same length together, in any order, some words unread."""
        order = sorted(
            range(len(self._lessons)),
            key=lambda at: len(self._lessons[at].words) + 4 * chance.random(),
        )
        groups = [order[at : at + _BATCH] for at in range(0, len(order), _BATCH)]
        chance.shuffle(groups)
        for group in groups:
            longest = max(len(self._lessons[at].words) for at in group)
            texts = [np.zeros((len(group), longest), np.int32) for _ in range(TABLES)]
            facts = np.zeros((len(group), longest, FACTS), np.float32)
            wanted = np.zeros((len(group), longest), np.float32)
            there = np.zeros((len(group), longest), np.float32)
            for row, at in enumerate(group):
                lesson = self._lessons[at]
                count = len(lesson.words)
                for n, table in enumerate(self._tables):
                    texts[n][row, :count] = [
                        table.get(each.texts[n], UNKNOWN) for each in lesson.words
                    ]
                unread = chance.random(count) < _UNREAD
                texts[0][row, :count][unread] = UNKNOWN
                facts[row, :count] = facts_of(lesson.words)
                wanted[row, :count] = lesson.struck
                there[row, :count] = 1.0
            yield [*texts, facts], wanted, there

    def save(self, models: Sequence[Any], path: Path = MODEL) -> None:
        """Write networks for `bot.striking.network`: the texts of each table in their order, and
        of each network the tables' vectors, the layers' weights and the last layer."""
        arrays: dict[str, NDArray[Any]] = {
            f"texts{n}": np.array("\n".join(table)) for n, table in enumerate(self._tables)
        }
        names = [f"table{n}" for n in range(TABLES)]
        for layer in range(LAYERS):
            for way in ("on", "back"):
                names += [f"layer{layer}.{way}.{part}" for part in ("kernel", "recurrent", "bias")]
        names += ["out", "bias"]
        for number, model in enumerate(models):
            weights = model.get_weights()
            arrays |= {
                f"net{number}.{name}": weight.astype(np.float16)
                for name, weight in zip(names, weights, strict=True)
            }
        np.savez_compressed(path, **arrays)


def _table(learned: Iterable[Lesson], number: int) -> dict[str, int]:
    counts = Counter(word.texts[number] for lesson in learned for word in lesson.words)
    texts = sorted(text for text, count in counts.items() if count >= _FEWEST[number])
    return {text: at + 2 for at, text in enumerate(texts)}


def main() -> None:
    """Train on the whole corpus and write the networks."""
    from bot.data_files import load_catalogue, load_synonyms
    from bot.dictionary import dictionary
    from bot.ordering.shop import Shop
    from bot.settings import Settings

    settings = Settings.from_environment()
    shop = Shop(load_catalogue(settings.catalogue), load_synonyms(settings.synonyms))
    trainer = Trainer(list(lessons(read_corpus(), shop.vocabulary, dictionary())))
    trainer.save([trainer.train(seed) for seed in SEEDS])


if __name__ == "__main__":
    main()
