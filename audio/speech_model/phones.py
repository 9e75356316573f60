"""The sounds of Norwegian as this model writes them, and their spelling in other alphabets.

A *pronunciation* is a tuple of sounds in IPA. A vowel may carry stress ("ˈ" main, "ˌ" second),
which only the synthesisers use; tone is dropped on purpose. The acoustic model tells fewer sounds
apart than a pronunciation does: stress and the retroflexes (heard in the east and north, not in
the west and south) collapse, see :func:`acoustic`.
"""

from __future__ import annotations

Pronunciation = tuple[str, ...]

SILENCE = "SIL"

VOWELS: tuple[str, ...] = (
    "ɑ", "ɑː", "æ", "æː", "ɛ", "eː", "ə", "ɪ", "iː", "ɔ", "oː", "ʊ", "uː", "ʉ", "ʉː",
    "y", "yː", "œ", "øː",
)  # fmt: skip

CONSONANTS: tuple[str, ...] = (
    "b", "d", "ɡ", "p", "t", "k", "f", "v", "s", "ʃ", "ç", "h", "j", "l", "r", "m", "n", "ŋ",
)  # fmt: skip

#: The sounds which the acoustic model tells apart; the place in the tuple is its output number.
PHONES: tuple[str, ...] = (SILENCE, *VOWELS, *CONSONANTS)

PHONE_NUMBER: dict[str, int] = {phone: number for number, phone in enumerate(PHONES)}

#: Sounds that pronunciations tell apart and the acoustic model does not.
RETROFLEX: dict[str, str] = {"ʈ": "t", "ɖ": "d", "ɳ": "n", "ɭ": "l", "ʂ": "ʃ"}

STRESS = "ˈˌ"

_DIPHTHONGS: dict[str, tuple[str, ...]] = {
    "AEJ": ("æ", "ɪ"),
    "AEW": ("æ", "ʉ"),
    "AJ": ("ɑ", "ɪ"),
    "OEJ": ("œ", "y"),
    "OJ": ("ɔ", "y"),
}

#: NoFAbet (the alphabet of the NST lexicon as the National Library writes it) without its digit.
NOFABET: dict[str, tuple[str, ...]] = {
    "AA": ("ɑː",), "AH": ("ɑ",), "AE": ("æː",), "AEH": ("æ",), "AX": ("ə",),
    "EE": ("eː",), "EH": ("ɛ",), "II": ("iː",), "IH": ("ɪ",), "OA": ("oː",), "OAH": ("ɔ",),
    "OE": ("øː",), "OEH": ("œ",), "OO": ("uː",), "OH": ("ʊ",), "UU": ("ʉː",), "UH": ("ʉ",),
    "YY": ("yː",), "YH": ("y",), **_DIPHTHONGS,
    "LX": ("ə", "l"), "NX": ("ə", "n"), "RLX": ("ə", "ɭ"), "RNX": ("ə", "ɳ"), "MX": ("ə", "m"),
    "B": ("b",), "D": ("d",), "F": ("f",), "G": ("ɡ",), "H": ("h",), "J": ("j",), "K": ("k",),
    "KJ": ("ç",), "L": ("l",), "M": ("m",), "N": ("n",), "NG": ("ŋ",), "P": ("p",), "R": ("r",),
    "RD": ("ɖ",), "RL": ("ɭ",), "RN": ("ɳ",), "RS": ("ʂ",), "RT": ("ʈ",), "S": ("s",),
    "SJ": ("ʃ",), "T": ("t",), "V": ("v",), "W": ("v",),
}  # fmt: skip

#: Sounds of other IPA sources (espeak-ng in several languages, ipa-dict) in ours.
IPA: dict[str, tuple[str, ...]] = {
    **{phone: (phone,) for phone in (*VOWELS, *CONSONANTS, *RETROFLEX)},
    "a": ("ɑ",), "aː": ("ɑː",), "ɐ": ("ɑ",), "ʌ": ("ɑ",), "ɒ": ("ɔ",), "ɒː": ("oː",),
    "e": ("eː",), "ɛː": ("æː",), "e̝": ("eː",), "eɪ": ("eː", "ɪ"), "ɚ": ("ə", "r"),
    "ɜ": ("œ",), "ɜː": ("øː",), "ɪː": ("iː",), "i": ("ɪ",), "o": ("ɔ",), "ɔː": ("oː",),
    "oʊ": ("oː", "ʊ"), "əʊ": ("oː", "ʊ"), "ɔ̝": ("ɔ",), "u": ("ʊ",), "ø": ("œ",), "œː": ("øː",),
    "ʏ": ("y",), "ʏː": ("yː",), "ɵ": ("ʉ",), "aɪ": ("ɑ", "ɪ"), "ɑɪ": ("ɑ", "ɪ"),
    "ʌɪ": ("ɑ", "ɪ"), "æɪ": ("æ", "ɪ"), "ɛɪ": ("æ", "ɪ"), "aʊ": ("ɑ", "ʊ"), "æʉ": ("æ", "ʉ"),
    "øy": ("œ", "y"), "œy": ("œ", "y"), "œʏ": ("œ", "y"), "ɔɪ": ("ɔ", "y"), "ɔʏ": ("ɔ", "y"),
    "oɪ": ("ɔ", "y"), "ɔy": ("ɔ", "y"), "ʉɪ": ("ʉ", "ɪ"), "ɛʊ": ("ɛ", "ʊ"), "ɛu": ("ɛ", "ʊ"),
    "iə": ("iː", "ə"), "ɛə": ("æː", "ə"), "ʊə": ("uː", "ə"), "aɪɚ": ("ɑ", "ɪ", "ə", "r"),
    "aɪə": ("ɑ", "ɪ", "ə"), "əl": ("ə", "l"), "l̩": ("ə", "l"), "n̩": ("ə", "n"),
    "ɑːɹ": ("ɑː", "r"), "ɔːɹ": ("oː", "r"), "oːɹ": ("oː", "r"), "ɛɹ": ("æː", "r"),
    "ɪɹ": ("iː", "r"), "ʊɹ": ("uː", "r"), "ɹ": ("r",), "ɾ": ("r",), "ʁ": ("r",), "ɻ": ("r",),
    "g": ("ɡ",), "x": ("ç",), "ɕ": ("ç",), "ɧ": ("ʃ",), "ʋ": ("v",), "w": ("v",), "β": ("v",),
    "θ": ("t",), "ð": ("d",), "z": ("s",), "ʒ": ("ʃ",), "tʃ": ("t", "ʃ"), "dʒ": ("d", "ʃ"),
    "ɫ": ("l",), "nʲ": ("n",), "kʰ": ("k",), "pʰ": ("p",), "tʰ": ("t",), "ʔ": (), "w̃": ("v",),
}  # fmt: skip

#: Our sounds as espeak-ng's Norwegian voice spells them between "[[" and "]]". It has no code for
#: two of the retroflexes: what follows an unknown code is left unsaid, so they are plain here.
ESPEAK: dict[str, str] = {
    "ɑ": "A", "ɑː": "A:", "æ": "a", "æː": "a:", "ɛ": "E", "eː": "e:", "ə": "@", "ɪ": "I",
    "iː": "i:", "ɔ": "O", "oː": "o:", "ʊ": "U", "uː": "u:", "ʉ": "u-", "ʉː": "u-:", "y": "y",
    "yː": "y:", "œ": "W", "øː": "Y:", "b": "b", "d": "d", "ɡ": "g", "p": "p", "t": "t", "k": "k",
    "f": "f", "v": "v", "s": "s", "ʃ": "S", "ç": "C", "h": "h", "j": "j", "l": "l", "r": "r",
    "m": "m", "n": "n", "ŋ": "N", "ʈ": "t", "ɖ": "d", "ɳ": "n.", "ɭ": "l.", "ʂ": "s.",
}  # fmt: skip


class UnknownSound(ValueError):
    """A symbol that no alphabet known here has."""


def bare(sound: str) -> str:
    """Return the sound without its stress mark."""
    return sound.lstrip(STRESS)


def acoustic(pronunciation: Pronunciation) -> Pronunciation:
    """Return the sounds that the acoustic model tells apart: no stress, no retroflexes."""
    return tuple(RETROFLEX.get(bare(sound), bare(sound)) for sound in pronunciation)


def from_nofabet(symbols: str) -> Pronunciation:
    """Translate NoFAbet such as ``"B R OE1"``; the digit is tone (1, 2) or second stress (3).

    Raises UnknownSound for a symbol that NoFAbet does not have.
    """
    sounds: list[str] = []
    for symbol in symbols.split():
        name = symbol.rstrip("0123456789")
        if name not in NOFABET:
            raise UnknownSound(f"{symbol!r} in {symbols!r} is not NoFAbet")
        first, *rest = NOFABET[name]
        mark = {"1": "ˈ", "2": "ˈ", "3": "ˌ"}.get(symbol[len(name) :], "")
        sounds += [mark + first, *rest]
    return tuple(sounds)


def parse(text: str) -> Pronunciation:
    """Read our own notation: sounds with blanks between, stress before the vowel ("m ˈɛ l k").

    Raises UnknownSound for anything that is not one of our sounds.
    """
    sounds = tuple(text.split())
    for sound in sounds:
        if bare(sound) not in ESPEAK:
            raise UnknownSound(f"{sound!r} in {text!r} is not a sound of this model")
    return sounds


def from_ipa_symbols(symbols: list[str]) -> Pronunciation:
    """Translate single IPA symbols of another source, each with its stress mark if it has one.

    Raises UnknownSound for a symbol without a Norwegian neighbour.
    """
    sounds: list[str] = []
    for symbol in symbols:
        plain = symbol.replace("ʲ", "") if symbol not in IPA else symbol
        mark = "ˈ" if "ˈ" in plain else "ˌ" if "ˌ" in plain else ""
        name = plain.replace("ˈ", "").replace("ˌ", "")
        if name in ("", "-", "|"):
            continue
        if name not in IPA:
            raise UnknownSound(f"{symbol!r} has no Norwegian neighbour")
        translated = list(IPA[name])
        if translated and bare(translated[0]) in VOWELS:
            translated[0] = mark + translated[0]
        sounds += translated
    return tuple(sounds)
