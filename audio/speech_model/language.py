"""A back-off trigram model of order sentences: interpolated Kneser-Ney, estimated in a moment."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from math import log

START = "<s>"
END = "</s>"

#: The word that stands for whatever is not in the shop.
UNKNOWN = "[unk]"

History = tuple[str, ...]


@dataclass(frozen=True)
class LanguageModel:
    """For each history its words with their log probability, and its log back-off weight.

    Histories are tuples of at most two words; ``()`` is the unigram, which has every word.
    """

    words: dict[History, dict[str, float]]
    backoff: dict[History, float]

    def next_history(self, history: History, word: str) -> History:
        """Return the longest history with entries after *word* was said."""
        grown = (*history, word)[-2:]
        while grown and grown not in self.words:
            grown = grown[1:]
        return grown

    def log_probability(self, history: History, word: str) -> float:
        """Return ln P(word | history), backing off as far as needed.

        Raises KeyError for a word outside the vocabulary.
        """
        total = 0.0
        while history not in self.words or word not in self.words[history]:
            if not history:
                raise KeyError(word)
            total += self.backoff.get(history, 0.0)
            history = history[1:]
        return total + self.words[history][word]


def estimate(
    sentences: Iterable[list[str]],
    vocabulary: Iterable[str],
    *,
    discount: float = 0.75,
    rarest_trigram: int = 2,
    uniform_share: float = 0.05,
) -> LanguageModel:
    """Estimate the model; words outside *vocabulary* count as UNKNOWN.

    Trigrams seen less than *rarest_trigram* times are left out, which keeps the graph small.
    *uniform_share* of the unigram is spread evenly, so that every word can come.
    """
    known = dict.fromkeys(vocabulary)
    known[UNKNOWN] = None
    trigrams: dict[History, Counter[str]] = defaultdict(Counter)
    bigrams: dict[History, Counter[str]] = defaultdict(Counter)
    for sentence in sentences:
        line = [START, *(word if word in known else UNKNOWN for word in sentence), END]
        for at in range(1, len(line)):
            bigrams[(line[at - 1],)][line[at]] += 1
            if at > 1:
                trigrams[line[at - 2], line[at - 1]][line[at]] += 1
    # The lower orders count in how many ways a word continues, not how often it was seen
    # (Kneser and Ney); after the start of a sentence, nothing longer exists to count.
    continuation: dict[History, Counter[str]] = defaultdict(Counter)
    continuation[(START,)] = bigrams[(START,)]
    for (_, middle), followers in trigrams.items():
        for word in followers:
            continuation[(middle,)][word] += 1
    unigrams: Counter[str] = Counter()
    for followers in bigrams.values():
        for word in followers:
            unigrams[word] += 1
    total = sum(unigrams.values()) or 1
    even = uniform_share / (len(known) + 1)
    probability: dict[History, dict[str, float]] = {
        (): {word: (1 - uniform_share) * unigrams[word] / total + even for word in (*known, END)}
    }
    weight: dict[History, float] = {}

    def add_order(counts: dict[History, Counter[str]], rarest: int) -> None:
        for history, followers in counts.items():
            kept = {word: n for word, n in followers.items() if n >= rarest}
            if not kept:
                continue
            seen = sum(followers.values())
            spare = 1.0 - sum(n - discount for n in kept.values()) / seen
            lower = probability.get(history[1:], probability[()])
            unigram = probability[()]
            shorter = history[1:]
            entries = {}
            for word, n in kept.items():
                below = lower.get(word)
                if below is None:
                    below = weight.get(shorter, 1.0) * unigram[word]
                entries[word] = (n - discount) / seen + spare * below
            probability[history] = entries
            weight[history] = spare

    add_order(continuation, 1)
    add_order(trigrams, rarest_trigram)
    # What was left out of a history must share its weight among the other words only.
    logs = {
        history: {word: log(p) for word, p in entries.items()}
        for history, entries in probability.items()
    }
    return LanguageModel(logs, {history: log(max(w, 1e-6)) for history, w in weight.items()})
