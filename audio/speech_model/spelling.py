"""Written phrases to the words that people say: "Lettmelk 1,5 l" -> lettmelk halvannen liter."""

from __future__ import annotations

import re
import unicodedata

_ONES = [
    "null",
    "en",
    "to",
    "tre",
    "fire",
    "fem",
    "seks",
    "sju",
    "åtte",
    "ni",
    "ti",
    "elleve",
    "tolv",
    "tretten",
    "fjorten",
    "femten",
    "seksten",
    "sytten",
    "atten",
    "nitten",
]
_TENS = ["", "", "tjue", "tretti", "førti", "femti", "seksti", "sytti", "åtti", "nitti"]

_UNITS: dict[str, str] = {
    "l": "liter", "ltr": "liter", "dl": "desiliter", "cl": "centiliter", "ml": "milliliter",
    "g": "gram", "gr": "gram", "kg": "kilo", "hg": "hekto", "stk": "stykk", "pk": "pakning",
    "pkn": "pakning", "m": "meter", "cm": "centimeter", "mm": "millimeter", "w": "watt",
    "mg": "milligram", "kr": "kroner", "x": "ganger",
}  # fmt: skip

_ABBREVIATIONS: dict[str, str] = {
    "m/": "med ", "u/": "uten ", "&": " og ", "+": " pluss ", "%": " prosent ", "½": " en halv ",
    "ca.": "cirka ", "stk.": "stykk ", "pk.": "pakning ",
}  # fmt: skip

_TOKEN = re.compile(r"\d+(?:[.,]\d+)?|[^\W\d_]+", re.UNICODE)

_WORD = re.compile(r"[a-zæøåäöüéèêëàáâçñóòôíìîúùûðþß]+")

#: Letters that Norwegian letter-to-sound does not know, as the nearest ones which it knows.
_FOLDS = str.maketrans({"ä": "æ", "ö": "ø", "ü": "y", "ß": "ss", "ð": "d", "þ": "t", "œ": "ø"})


def number_words(number: int) -> str:
    """Return the Norwegian words for 0 to 999,999 as one says them today (tjuefem).

    Raises ValueError outside that range.
    """
    if not 0 <= number <= 999_999:
        raise ValueError(f"{number} is not within 0 to 999,999")
    if number < 20:
        return _ONES[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return _TENS[tens] + (_ONES[ones] if ones else "")
    if number < 1000:
        hundreds, rest = divmod(number, 100)
        head = ("ett" if hundreds == 1 else _ONES[hundreds]) + " hundre"
        return head + (" og " + number_words(rest) if rest else "")
    thousands, rest = divmod(number, 1000)
    head = ("ett" if thousands == 1 else number_words(thousands)) + " tusen"
    if not rest:
        return head
    return head + (" og " if rest < 100 else " ") + number_words(rest)


def _decimal_words(token: str) -> str:
    whole, _, part = token.replace(".", ",").partition(",")
    if not part.strip("0"):
        return number_words(int(whole))
    if whole == "0" and part == "5":
        return "en halv"
    if whole == "1" and part == "5":
        return "halvannen"
    if len(part) == 2 and not part.startswith("0"):
        spoken = number_words(int(part))
    else:
        spoken = " ".join(_ONES[int(digit)] for digit in part)
    return f"{number_words(int(whole))} komma {spoken}"


def fold(word: str) -> str:
    """Return the word in the letters a-z, æ, ø and å only."""
    text = unicodedata.normalize("NFC", word.lower()).translate(_FOLDS)
    folded = ""
    for letter in text:
        if letter in "æøå":
            folded += letter
        else:
            folded += "".join(c for c in unicodedata.normalize("NFKD", letter) if "a" <= c <= "z")
    return folded


def spoken_words(phrase: str) -> list[str]:
    """Return the lower-case words that a person says for a written phrase.

    Digits, decimals, units and signs become words; what cannot be said (article numbers of more
    than six digits, other alphabets) is left out.
    """
    text = unicodedata.normalize("NFC", phrase).lower().replace("’", "'")
    for written, said in _ABBREVIATIONS.items():
        text = text.replace(written, said)
    text = re.sub(r"(?<=\w)'(?=\w)", "", text)
    words: list[str] = []
    after_number = False
    for token in _TOKEN.findall(text):
        if token[0].isdigit():
            whole = token.replace(".", ",").partition(",")[0]
            if len(whole) <= 6:
                words += _decimal_words(token).split()
            after_number = True
            continue
        if after_number and token in _UNITS:
            token = _UNITS[token]
        after_number = False
        if _WORD.fullmatch(token) and fold(token):
            words.append(token)
    return words
