"""A recogniser whose readings are weighed once more by those who know what the talk is about."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from audio.readings import weighed_anew
from audio.recognizer import Recognizer, Transcript

Bonus = Callable[[Sequence[str]], Sequence[float]]
"""How much better than others each of these texts fits here, in natural logarithms."""


#: A reading with a larger share is taken as it is; one with so small a share of the likeliest one's
#: has no chance.
_CLEAR, _HOPELESS = 0.97, 0.02


class InContext:
    """Hears with another recogniser and takes the reading that fits best; see `Recognizer`."""

    def __init__(self, recognizer: Recognizer, bonus: Bonus) -> None:
        """Take over a recogniser; *bonus* is asked after every utterance that can be doubted."""
        self.sample_rate = recognizer.sample_rate
        self._recognizer = recognizer
        self._bonus = bonus

    def accept(self, pcm: bytes) -> str | None:
        """Take a frame; return the text so far when it has changed, else None."""
        return self._recognizer.accept(pcm)

    def final(self) -> Transcript:
        """Return the utterance, and be ready for the next one."""
        return fitting(self._recognizer.final(), self._bonus)

    def reset(self) -> None:
        """Forget what was heard of this utterance."""
        self._recognizer.reset()


def fitting(heard: Transcript, bonus: Bonus) -> Transcript:
    """Return the transcript with the reading that is likeliest when what fits counts too.

    The words of another reading than the recogniser's own get the times of the whole utterance.
    """
    if len(heard.readings) < 2 or heard.readings[0].share > _CLEAR:
        return heard
    possible = [each for each in heard.readings if each.share > _HOPELESS * heard.readings[0].share]
    readings = weighed_anew(possible, bonus([reading.text for reading in possible]))
    if readings[0].text == heard.text:
        timed = [(word.word, word.start, word.end) for word in heard.words]
    else:
        start = heard.words[0].start if heard.words else 0.0
        end = heard.words[-1].end if heard.words else 0.0
        timed = [(word, start, end) for word in readings[0].words]
    return Transcript.of(timed, readings)
