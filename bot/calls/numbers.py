"""Telephone numbers: many ways of writing, one way of storing; pure."""

from __future__ import annotations

import re

from bot.errors import KurvError

_PUNCTUATION = re.compile(r"[\s().\-/]")
_E164 = re.compile(r"\+[1-9]\d{6,14}")
_NORWEGIAN = re.compile(r"[2-9]\d{7}")


class NotANumber(KurvError):
    """What was given cannot be a telephone number."""

    code = "phone"


def normalised(number: str) -> str:
    """The number as E.164 ("+4722334455"); eight digits are a Norwegian one.

    Raises:
        NotANumber: it is none.
    """
    plain = _PUNCTUATION.sub("", number)
    if plain.startswith("00"):
        plain = "+" + plain[2:]
    if _NORWEGIAN.fullmatch(plain):
        plain = "+47" + plain
    elif re.fullmatch(r"47[2-9]\d{7}", plain):
        plain = "+" + plain
    if not _E164.fullmatch(plain):
        raise NotANumber(
            "Telefonnummeret kan ikke brukes; skriv det med landkode, som +47 22 33 44 55."
        )
    return plain


def known_form(number: str) -> str | None:
    """The number as E.164, None for a hidden one or one that is none."""
    try:
        return normalised(number)
    except NotANumber:
        return None


def masked(number: str) -> str:
    """The number so that whoever knows it knows it again: only its last two digits."""
    return f"{'•' * max(0, len(number) - 2)}{number[-2:]}"
