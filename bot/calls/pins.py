"""PINs: made, hashed, compared, and read out of what somebody said."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import b64decode, b64encode

from bot.errors import KurvError
from bot.ordering.norwegian import tokenise
from bot.ordering.numbers import read_number_word

SHORTEST, LONGEST = 4, 6
#: 0 always means a person, so that no PIN has it.
DIGITS = "123456789"
#: scrypt: 16 MB and some hundredths of a second for each comparison.
_COST = {"n": 2**14, "r": 8, "p": 1, "maxmem": 64 * 2**20, "dklen": 32}


class UnusablePin(KurvError):
    """A PIN that cannot be one."""

    code = "pin"


def checked(pin: str) -> str:
    """The PIN, if it can be one: four to six digits from 1 to 9.

    Raises:
        UnusablePin: it cannot.
    """
    if not (SHORTEST <= len(pin) <= LONGEST and set(pin) <= set(DIGITS)):
        raise UnusablePin(
            "Koden må ha fire til seks siffer fra 1 til 9; 0 betyr alltid et menneske."
        )
    return pin


def new_pin(length: int = SHORTEST) -> str:
    """A PIN by chance."""
    return "".join(secrets.choice(DIGITS) for _ in range(length))


def hashed(pin: str) -> str:
    """Salt and hash of a PIN, for the store."""
    salt = secrets.token_bytes(16)
    return f"{_b64(salt)}${_b64(_scrypt(pin, salt))}"


def matches(pin: str, stored: str) -> bool:
    """Whether this is the PIN; takes as long whether it is or not."""
    salt, _, expected = stored.partition("$")
    return hmac.compare_digest(_scrypt(pin, b64decode(salt)), b64decode(expected))


def spoken_digits(text: str) -> str | None:
    """The digits that were said: "en to tre fire", "tolv trettifire", "1 2 3 4" -> "1234".

    Returns:
        The digits, "" when there are none, or None when something beside them was not heard:
        then they may not be all of them.
    """
    found = ""
    words = [token.plain for token in tokenise(text) if token.plain]
    at = 0
    while at < len(words):
        value, used = _number(words, at)
        if value:
            found += value
        at += used
    return None if found and "[unk]" in text else found


def _number(words: list[str], at: int) -> tuple[str, int]:
    word = words[at]
    if word.isascii() and word.isdigit():
        return word, 1
    value = read_number_word(word)
    if value is None:
        return "", 1
    following = read_number_word(words[at + 1]) if at + 1 < len(words) else None
    if value in range(20, 100, 10) and following is not None and 1 <= following <= 9:
        return str(value + following), 2
    if 1 <= value <= 9 and words[at + 1 : at + 2] in (["og"], ["å"]) and at + 2 < len(words):
        tens = read_number_word(words[at + 2])
        if tens is not None and tens in range(20, 100, 10):
            return str(value + tens), 3
    return str(value), 1


def _scrypt(pin: str, salt: bytes) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, **_COST)


def _b64(data: bytes) -> str:
    return b64encode(data).decode()
