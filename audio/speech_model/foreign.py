"""Sounds of other languages as sets of Norwegian ones that they may be.

Recordings of people who speak Norwegian are few; recordings of people are not. What a microphone
does to a voice, and one throat to another, is the same in every language, so foreign speech
teaches it too, if nothing wrong about Norwegian is taught with it. A Spanish /e/ is neither our
long nor our short one: it becomes the *ambiguous sound* "e~", and training only asks that the
network hear one of its members.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from audio.speech_model.phones import IPA, PHONES, STRESS, Pronunciation, UnknownSound, bare

#: The sound of which nothing is known.
UNKNOWN = "?~"

#: Ambiguous sounds and what each of them may be.
AMBIGUOUS: dict[str, tuple[str, ...]] = {
    "a~": ("ɑ", "ɑː", "æ", "æː"),
    "ɑ~": ("ɑ", "ɑː", "ɔ"),
    "ʌ~": ("ɑ", "œ", "ɔ"),
    "æ~": ("æ", "ɛ", "æː"),
    "e~": ("eː", "ɛ"),
    "ɛ~": ("ɛ", "æ", "æː"),
    "i~": ("ɪ", "iː"),
    "o~": ("oː", "ɔ"),
    "u~": ("uː", "ʊ"),
    "y~": ("y", "yː", "ʉ", "ʉː"),
    "ø~": ("øː", "œ"),
    "ə~": ("ə", "ɛ", "œ"),
    "ɨ~": ("ʉ", "y", "ɪ", "ə"),
    "x~": ("ç", "h"),
    "w~": ("v", "ʊ", "uː"),
    "ð~": ("d", "l"),
    "θ~": ("t", "s", "f"),
    "b~": ("b", "v"),
    "p~": ("p", "b"),
    "t~": ("t", "d"),
    "k~": ("k", "ɡ"),
    "c~": ("ç", "ʃ"),
    "j~": ("j", "ɪ"),
    # Speech without a transcript: the teacher alone says what it is.
    UNKNOWN: PHONES,
}  # fmt: skip

#: The number that a label has in training: plain sounds first, then the ambiguous ones.
LABEL_NUMBER: dict[str, int] = {name: n for n, name in enumerate((*PHONES, *AMBIGUOUS))}

#: Languages whose sounds are told apart as ours are, long and short ones too.
_NEIGHBOURS = frozenset({"sv", "nb", "nn"})

#: Languages whose p, t, k are unaspirated, as our b, d, g are.
_UNASPIRATED = frozenset(
    {"fr", "es", "ro", "pt", "pt-br", "ca", "it", "ru", "bg", "be", "cs", "sk", "sl", "sr", "pl",
     "el", "nl", "af", "fi", "hu", "lt", "eu", "eo", "id"}
)  # fmt: skip

_SYMBOLS: dict[str, tuple[str, ...]] = {
    "a": ("a~",), "ä": ("a~",), "ɐ": ("a~",), "ɑ": ("ɑ~",), "ɒ": ("ɑ~",), "ʌ": ("ʌ~",),
    "æ": ("æ~",), "e": ("e~",), "ɛ": ("ɛ~",), "ɜ": ("ø~",), "i": ("i~",), "ɪ": ("i~",),
    "o": ("o~",), "ɔ": ("o~",), "u": ("u~",), "ʊ": ("u~",), "y": ("y~",), "ʏ": ("y~",),
    "ʉ": ("y~",), "ø": ("ø~",), "œ": ("ø~",), "ɵ": ("ø~",), "ə": ("ə~",), "ɘ": ("ə~",),
    "ɨ": ("ɨ~",), "ɯ": ("ɨ~",), "ɤ": ("ə~",), "ɚ": ("ə~", "r"), "ɝ": ("ø~", "r"),
    "b": ("b",), "d": ("d",), "ɡ": ("ɡ",), "g": ("ɡ",), "p": ("p",), "t": ("t",), "k": ("k",),
    "f": ("f",), "v": ("v",), "ʋ": ("v",), "w": ("w~",), "β": ("b~",), "ɸ": ("f",), "ɣ": ("ɡ",),
    "s": ("s",), "z": ("s",), "ʃ": ("ʃ",), "ʒ": ("ʃ",), "ʂ": ("ʃ",), "ʐ": ("ʃ",), "ɕ": ("c~",),
    "ʑ": ("c~",), "ç": ("c~",), "x": ("x~",), "χ": ("x~",), "ʝ": ("j",), "h": ("h",), "ɦ": ("h",),
    "j": ("j~",), "ɟ": ("j",), "l": ("l",), "ɫ": ("l",), "ɭ": ("l",), "ʎ": ("l", "j~"),
    "r": ("r",), "ɹ": ("r",), "ɾ": ("r",), "ʁ": ("r",), "ʀ": ("r",), "ɻ": ("r",), "ɽ": ("r",),
    "m": ("m",), "n": ("n",), "ŋ": ("ŋ",), "ɲ": ("n", "j~"), "ɳ": ("n",), "ɱ": ("m",),
    "ð": ("ð~",), "θ": ("θ~",), "ɖ": ("d",), "ʈ": ("t",), "c": ("k", "j~"), "ɥ": ("y~",),
    "ε": ("ɛ~",), "ᵻ": ("ɨ~",), "q": ("k",), "ʔ": (), "?": (), "ʲ": (), "ʰ": (),
    "ˠ": (), "ʷ": (), "ˀ": (), "ʼ": (), "ʹ": (),
}  # fmt: skip
_IGNORED = frozenset("ːˈˌ\"-|.'_‿^ ˑ̩̯̪̝̞̠̟̥̬̊̍͡ʱ̺̻̃̆̈")
_UNVOICED = {"p": "p~", "t": "t~", "k": "k~"}


def from_foreign_symbols(symbols: list[str], language: str) -> Pronunciation:
    """Translate IPA symbols that espeak-ng gave for a word of *language*.

    Raises UnknownSound for a sound that is like none of ours.
    """
    found: list[str] = []
    for symbol in symbols:
        plain = symbol.strip(STRESS)
        if language in _NEIGHBOURS and (plain in IPA or plain == "sx"):  # Swedish sj
            found += [bare(sound) for sound in IPA.get(plain, ("ʃ",))]
            continue
        if symbol.startswith("("):  # "(en)": what follows is said as in another language
            continue
        for letter in symbol:
            if letter in _IGNORED:
                continue
            if letter not in _SYMBOLS:
                raise UnknownSound(f"{symbol!r} of {language} is like none of our sounds")
            sounds = _SYMBOLS[letter]
            if language in _UNASPIRATED and letter in _UNVOICED:
                sounds = (_UNVOICED[letter],)
            for sound in sounds:
                if not found or found[-1] != sound:
                    found.append(sound)
    return tuple(found)


def members() -> NDArray[np.float32]:
    """Return 1 where a label (row) may be a sound (column), else 0."""
    table = np.zeros((len(LABEL_NUMBER), len(PHONES)), np.float32)
    for name, row in LABEL_NUMBER.items():
        for sound in AMBIGUOUS.get(name, (name,)):
            table[row, PHONES.index(sound)] = 1.0
    return table
