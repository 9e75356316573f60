"""The sounds of a single word, for telling words apart by ear rather than by spelling."""

from __future__ import annotations

from functools import lru_cache

from threadpoolctl import ThreadpoolController

from audio.pronunciation import respelled
from audio.speech_model.letters import shipped_letter_to_sound, strip
from audio.speech_model.lexicon import hand_entries
from audio.speech_model.phones import acoustic


@lru_cache(maxsize=1)
def _libraries() -> ThreadpoolController:
    return ThreadpoolController()


def word_sounds(word: str) -> str:
    """Return a lower-case word in IPA, one character a sound, without stress and length.

    Words that are not said as they are written come from the list written by hand; all others from
    their letters, so that a misspelled word and the right one are read in the same way. Returns ""
    for a word that cannot be said.
    """
    listed = hand_entries().get(word)
    sounds = listed[0] if listed else ()
    if not sounds:
        # A word is too little work to share: waking other threads takes longer than the sum.
        with _libraries().limit(limits=1, user_api="blas"):
            for part in respelled(word).split():
                sounds += shipped_letter_to_sound()(part)
    return "".join(sound.rstrip("ː") for sound in acoustic(strip(sounds)))
