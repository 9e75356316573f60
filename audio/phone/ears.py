"""Two ears of one call: for a while only few words can be meant, and are then heard better."""

from __future__ import annotations

from collections.abc import Callable

from audio.recognizer import Recognizer, Transcript

CODE_WORDS = (
    "en", "to", "tre", "fire", "fem", "seks", "sju", "syv", "åtte", "ni", "ti", "elleve", "tolv",
    "tretten", "fjorten", "femten", "seksten", "sytten", "atten", "nitten", "tjue", "tretti",
    "førti", "femti", "seksti", "sytti", "åtti", "nitti", "et menneske", "menneske",
    "hjemmehjelpen", "jeg vil snakke med et menneske", "hva sa du", "hei", "hallo", "ja", "nei",
)  # fmt: skip
"""What somebody who is asked for a code may say."""


class Ears:
    """Hears with ``narrow`` as long as ``is_narrow``, then with ``wide``; see `Recognizer`.

    It changes between utterances only.
    """

    def __init__(self, narrow: Recognizer, wide: Recognizer, is_narrow: Callable[[], bool]) -> None:
        """Both must run at the same rate."""
        self.sample_rate = wide.sample_rate
        self._narrow, self._wide, self._is_narrow = narrow, wide, is_narrow
        self._now: Recognizer | None = None

    def accept(self, pcm: bytes) -> str | None:
        """Take a frame; return the text so far when it has changed, else None."""
        return self._ear.accept(pcm)

    def final(self) -> Transcript:
        """Return the utterance, and be ready for the next one."""
        heard = self._ear.final()
        self._now = None
        return heard

    def reset(self) -> None:
        """Forget what was heard of this utterance."""
        self._ear.reset()
        self._now = None

    @property
    def _ear(self) -> Recognizer:
        if self._now is None:
            self._now = self._narrow if self._is_narrow() else self._wide
        return self._now
