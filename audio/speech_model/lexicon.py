"""Pronunciations: written by hand, from the NST lexicon, from parts of a compound, from letters.

Sources, first that answers wins:

1. ``lexicon_nb.tsv``: function words, numbers, dialect forms, foods and brands, by hand;
2. ``nst_nb.tsv.xz``: 66,000 words of the NST lexicon (public domain, National Library of Norway);
3. a compound whose parts are in 1 or 2 ("havregrøt" = havre + grøt);
4. letter-to-sound (:mod:`audio.speech_model.letters`), trained on the NST entries.
"""

from __future__ import annotations

import lzma
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from audio.errors import CorpusError
from audio.speech_model.phones import (
    RETROFLEX,
    VOWELS,
    Pronunciation,
    UnknownSound,
    acoustic,
    bare,
    from_nofabet,
)

HAND_FILE = Path(__file__).with_name("lexicon_nb.tsv")
NST_FILE = Path(__file__).with_name("nst_nb.tsv.xz")

#: More ways of saying one word than this make the search slower and nothing better.
MOST_VARIANTS = 4

#: The shortest part of a compound, unless it is written by hand ("fri", "ost"): shorter ones split
#: words which are no compounds.
SHORTEST_PART = 4

LetterToSound = Callable[[str], Pronunciation]


def read_entries(lines: Iterable[str], source: str) -> dict[str, list[Pronunciation]]:
    """Read ``word<TAB>NoFAbet | NoFAbet`` lines; '#' begins a comment line.

    Raises CorpusError naming *source* and the line of the first fault.
    """
    entries: dict[str, list[Pronunciation]] = {}
    for number, line in enumerate(lines, 1):
        text = line.rstrip("\n")
        if not text or text.startswith("#"):
            continue
        word, tab, spelled = text.partition("\t")
        if not tab or not word or not spelled.strip():
            raise CorpusError(f"{source}, linje {number}: ventet «ord<TAB>uttale».")
        try:
            found = [from_nofabet(variant) for variant in spelled.split(" | ")]
        except UnknownSound as error:
            raise CorpusError(f"{source}, linje {number}: ukjent lydtegn ({error}).") from error
        entries.setdefault(word, []).extend(found)
    return entries


@lru_cache(maxsize=1)
def hand_entries() -> Mapping[str, list[Pronunciation]]:
    """Return the entries written by hand."""
    with HAND_FILE.open(encoding="utf-8") as lines:
        return read_entries(lines, HAND_FILE.name)


@lru_cache(maxsize=1)
def nst_entries() -> Mapping[str, list[Pronunciation]]:
    """Return the entries of the NST lexicon."""
    with lzma.open(NST_FILE, "rt", encoding="utf-8") as lines:
        return read_entries(lines, NST_FILE.name)


def weaken(pronunciation: Pronunciation) -> Pronunciation:
    """Return the second part of a compound: its main stress becomes second stress."""
    return tuple(sound.replace("ˈ", "ˌ") for sound in pronunciation)


def realisations(pronunciation: Pronunciation) -> list[Pronunciation]:
    """Return how people from different places say it, the given one first.

    Retroflexes are an r and a dental in the west and south; a schwa before l or n after a dental
    is often only a syllabic l or n.
    """
    found = [pronunciation]
    if any(sound in RETROFLEX and sound != "ʂ" for sound in pronunciation):
        split: list[str] = []
        for sound in pronunciation:
            split += ["r", RETROFLEX[sound]] if sound in RETROFLEX else [sound]
        found.append(tuple(split))
    syllabic = tuple(
        sound
        for at, sound in enumerate(pronunciation)
        if not (
            sound == "ə"
            and 0 < at < len(pronunciation) - 1
            and pronunciation[at - 1] in ("t", "d", "s", "ʈ", "ɖ", "n")
            and pronunciation[at + 1] in ("n", "l", "ɳ", "ɭ")
            and (at + 2 == len(pronunciation) or bare(pronunciation[at + 2]) not in VOWELS)
        )
    )
    if syllabic != pronunciation:
        found.append(syllabic)
    return found


class Lexicon:
    """Gives every word at least one pronunciation."""

    def __init__(
        self,
        *,
        hand: Mapping[str, list[Pronunciation]] | None = None,
        nst: Mapping[str, list[Pronunciation]] | None = None,
        letter_to_sound: LetterToSound | None = None,
    ) -> None:
        """Use the shipped sources unless others are given."""
        self._hand = hand_entries() if hand is None else hand
        self._nst = nst_entries() if nst is None else nst
        self._letter_to_sound = letter_to_sound

    def listed(self, word: str) -> list[Pronunciation]:
        """Return the entries of a dictionary, [] when the word is in none."""
        return list(self._hand.get(word) or self._nst.get(word) or [])

    def _part(self, text: str) -> list[Pronunciation]:
        """Return the entries of a possible part of a compound."""
        if len(text) < SHORTEST_PART and not (text in self._hand and len(text) > 2):
            return []
        return self.listed(text)

    def compound(self, word: str) -> list[Pronunciation]:
        """Return the pronunciation put together from two or three listed parts, or [].

        The split with the longest last part wins; a joint may have an "s" or "e" between.
        """
        for at in range(3, len(word) - 2):
            tail = self._part(word[at:])
            if not tail:
                continue
            head = word[:at]
            first = self._part(head)
            joint: Pronunciation = ()
            if not first and head.endswith("s"):
                first, joint = self._part(head[:-1]), ("s",)
            if not first and head.endswith("e"):
                first, joint = self._part(head[:-1]), ("ə",)
            if not first and len(head) >= 2 * SHORTEST_PART:
                first = self.compound(head)
            if first:
                return [first[0] + joint + weaken(tail[0])]
        return []

    def known(self, word: str) -> list[Pronunciation]:
        """Return what the dictionaries say about the word or its parts, [] without letters."""
        return self.listed(word) or self.compound(word)

    def spoken(self, word: str) -> list[Pronunciation]:
        """Return the pronunciations with stress, for a synthesiser; never empty.

        *word* is in lower case. Raises UnknownSound when nothing at all can be made of it.
        """
        found = self.listed(word)
        if not found:
            # A compound of known parts first, then what the letters say if that is something else.
            guess = self._guess(word)
            found = self.compound(word)
            if guess and guess not in found:
                found.append(guess)
        if not found:
            raise UnknownSound(f"«{word}» has no letters that can be said")
        return found

    def _guess(self, word: str) -> Pronunciation:
        if self._letter_to_sound is None:
            from audio.speech_model.letters import shipped_letter_to_sound

            self._letter_to_sound = shipped_letter_to_sound()
        return self._letter_to_sound(word)

    def heard(self, word: str) -> list[Pronunciation]:
        """Return the pronunciations that the acoustic model is to recognise; at most four."""
        found: list[Pronunciation] = []
        for pronunciation in self.spoken(word):
            for realised in realisations(pronunciation):
                sounds = acoustic(realised)
                if sounds not in found:
                    found.append(sounds)
        return found[:MOST_VARIANTS]
