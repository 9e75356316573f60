"""Tier: unit. The dictionary that is part of the program."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import spacy_lookups_data

from bot.dictionary import CLASSES, ERROR_RATE, dictionary

TABLES = Path(spacy_lookups_data.__file__).parent / "data" / "nb_lemma_exc.json.gz"


def test_it_holds_every_form_of_the_tables_it_was_made_of() -> None:
    with gzip.open(TABLES) as file:
        tables = json.load(file)
    asks = (dictionary().is_noun, dictionary().is_verb, dictionary().is_adjective)
    for name, ask in zip(CLASSES, asks, strict=True):
        forms = list(tables[name])[::97]
        assert len(forms) > 400
        assert all(ask(form) for form in forms)


def test_it_knows_few_words_that_are_none() -> None:
    strange = [f"{a}{b}x{c}q" for a in "bcdfgh" for b in "klmnpr" for c in "aeiouyæøå"]
    assert sum(word in dictionary() for word in strange) <= 6 * ERROR_RATE * len(strange)


def test_words_by_class() -> None:
    assert dictionary().is_noun("hammer")
    assert dictionary().is_verb("kokte")
    assert dictionary().is_adjective("fine")
    assert 7 not in dictionary()
