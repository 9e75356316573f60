"""How alike two words sound, from the sounds that a pronouncer gives them.

The matcher knows a rough key of its own for how a word sounds (`bot.ordering.lemmas.sound`). It
reads Norwegian spelling only; a pronouncer knows how names and loan words are said ("croissant",
"Philadelphia"), so that what is written as it sounds finds them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from rapidfuzz.distance import OSA

#: Gives the sounds of a lower-case word in IPA, one character a sound, without stress and length
#: ("kjøtt" -> "çœt"); "" when it cannot say the word.
Pronounce = Callable[[str], str]

#: Sounds that are easily taken for one another share a letter: voiced and unvoiced stops, vowels
#: beside each other, the sibilants, the nasals of a telephone line.
_CONFUSABLE = str.maketrans(
    {
        "b": "p",
        "d": "t",
        "ɡ": "k",
        "v": "f",
        "ç": "ʃ",
        "ŋ": "n",
        "m": "n",
        "ɪ": "i",
        "y": "i",
        "ʉ": "y",
        "ɛ": "e",
        "ə": "e",
        "æ": "e",
        "ɔ": "o",
        "ʊ": "o",
        "u": "o",
        "œ": "ø",
    }
)
#: Sounds that are often not said at the end of a word.
_DROPPED = "tkhr"


@lru_cache(maxsize=65536)
def rough(sounds: str) -> str:
    """The sounds with easily confused ones as one, no doubles, and without a weak end."""
    key: list[str] = []
    for each in sounds.translate(_CONFUSABLE):
        if not key or key[-1] != each:
            key.append(each)
    while len(key) > 3 and key[-1] in _DROPPED:
        key.pop()
    return "".join(key)


def likeness(sounds: str, other: str) -> float:
    """How alike two words sound, 0..1; confusing two sounds that are alike counts half."""
    exact = float(OSA.normalized_similarity(sounds, other))
    if exact == 1.0:
        return 1.0
    return 0.5 * (exact + float(OSA.normalized_similarity(rough(sounds), rough(other))))
