"""What can go wrong with sound. Messages are Norwegian sentences that a user may read."""

from __future__ import annotations


class AudioError(Exception):
    """Anything that `audio` reports on purpose; ``str(error)`` is one Norwegian sentence."""


class SpeechModelMissing(AudioError):
    """The folder of the speech model is not there."""


class SpeechModelBroken(AudioError):
    """There is a folder, but it does not hold a speech model that can be loaded."""


class UnreadableAudio(AudioError):
    """A sound file or stream is not what it must be."""


class UnknownWords(AudioError):
    """Phrases hold words which the loaded model cannot hear."""

    def __init__(self, words: tuple[str, ...]) -> None:
        """Keep the words so that a caller can list them or build a graph that has them."""
        self.words = words
        super().__init__("Talemodellen kjenner ikke disse ordene: " + ", ".join(words) + ".")


class TrainingUnavailable(AudioError):
    """A part which only training needs is not installed."""


class CorpusError(AudioError):
    """A corpus, manifest or lexicon file has a fault; the message names file and line."""
