"""What the synthetic voices say: order sentences, dialogue acts and lists of dictionary words."""

from __future__ import annotations

import random
from collections.abc import Sequence

from audio.speech_model.lexicon import Lexicon, realisations
from audio.speech_model.patterns import ACTS, NUMBERS, request
from audio.speech_model.phones import Pronunciation, UnknownSound
from audio.speech_model.spelling import spoken_words


class TextSource:
    """Draws texts; the sentences whose number falls into the held-out tenth are for tests only."""

    def __init__(
        self,
        products: Sequence[str],
        sentences: Sequence[str],
        words: Sequence[str],
        lexicon: Lexicon,
        *,
        dictionary_only: bool = False,
    ) -> None:
        """Prepare the sources; *dictionary_only* leaves out words that only letters can give."""

        def sayable(phrase: str) -> bool:
            found = spoken_words(phrase)
            if not found or len(found) > 14:
                return False
            return not dictionary_only or all(lexicon.known(word) for word in found)

        self._lexicon = lexicon
        self._products = [" ".join(spoken_words(p)) for p in products if sayable(p)]
        self._sentences = [" ".join(spoken_words(s)) for s in sentences if sayable(s)]
        self._words = list(words)
        self._dictionary_only = dictionary_only

    def draw(self, rng: random.Random) -> str:
        """Return one text of lower-case words."""
        kind = rng.random()
        if kind < 0.42 and self._products:
            return request(rng, rng.choice(self._products), self._products)
        if kind < 0.52:
            return rng.choice(ACTS)
        if kind < 0.57:
            return " ".join(rng.choice(NUMBERS) for _ in range(rng.randint(1, 5)))
        if kind < 0.75 and self._sentences:
            return rng.choice(self._sentences)
        return " ".join(rng.choice(self._words) for _ in range(rng.randint(1, 6)))

    def pronounce(self, text: str, rng: random.Random) -> list[Pronunciation] | None:
        """Return one way of saying each word, or None when a word has none."""
        said: list[Pronunciation] = []
        east = rng.random() < 0.6
        for word in text.split():
            if self._dictionary_only and not self._lexicon.known(word):
                return None
            try:
                variants = self._lexicon.spoken(word)
            except UnknownSound:
                return None
            first = variants[0] if rng.random() < 0.7 else rng.choice(variants)
            options = realisations(first)
            said.append(first if east else rng.choice(options))
        return said
