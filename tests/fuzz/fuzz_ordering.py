"""Fuzzes the pure heart with atheris: reading, matching, answers, and whole talks.

Run it as README.md beside it says; atheris is optional and is not among the requirements.
"""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["bot.ordering"]):
    from bot.ordering.acts import read_act
    from bot.ordering.answer import read_answer, read_quantity_answer
    from bot.ordering.request import parse
    from tests.fuzz.talker import ACTS, SHOP, Talker
    from tests.fuzz.words import AMOUNTS, NONSENSE, SPEECH, STRANGE, WARES

PIECES = (*WARES, *AMOUNTS, *SPEECH, *STRANGE)
OPTIONS = SHOP.catalogue.products[:3]


def one_input(data: bytes) -> None:
    """A talk of a few turns, or one text through every reader."""
    provider = atheris.FuzzedDataProvider(data)
    if provider.ConsumeIntInRange(0, 4) == 0:
        _readers(_text(provider))
        return
    talker = Talker()
    for _ in range(provider.ConsumeIntInRange(1, 8)):
        if provider.ConsumeIntInRange(0, 9) == 0:
            words = [provider.PickValueInList(list(NONSENSE)) for _ in range(3)]
            talker.nothing_changed("add", " ".join(words))
            continue
        text = _text(provider)
        act = provider.PickValueInList(list(ACTS))
        if provider.ConsumeBool():
            act = read_act(text) or act
        talker.says(act, text)


def _readers(text: str) -> None:
    read_act(text)
    read_answer(text, OPTIONS)
    read_quantity_answer(text)
    for line in parse(text, SHOP.vocabulary).lines:
        if line.phrase:
            SHOP.find(line.phrase)


def _text(provider: atheris.FuzzedDataProvider) -> str:
    if provider.ConsumeIntInRange(0, 5) == 0:
        return provider.ConsumeUnicodeNoSurrogates(provider.ConsumeIntInRange(0, 120))
    count = provider.ConsumeIntInRange(1, 10)
    return " ".join(PIECES[provider.ConsumeIntInRange(0, len(PIECES) - 1)] for _ in range(count))


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
