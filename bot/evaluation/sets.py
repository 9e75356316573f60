"""Reads the golden sets: product phrases, whole utterances and dialogues (tests/golden)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.errors import EvaluationError

PHRASE_SETS = (
    ("matching", "matching.yml", False),
    ("phrases_dev", "understanding/phrases_dev.yml", False),
    ("phrases_dev2", "understanding/phrases_dev2.yml", False),
    ("phrases_dev3", "understanding/phrases_dev3.yml", False),
    ("phrases_dev4", "understanding/phrases_dev4.yml", False),
    ("phrases_dev5", "understanding/phrases_dev5.yml", False),
    ("phrases_dev6", "understanding/phrases_dev6.yml", False),
    ("phrases_test", "understanding/phrases_test.yml", True),
    ("misheard", "misheard.yml", False),
)
UTTERANCE_SETS = (
    ("requests", "requests.yml", False),
    ("utterances_dev", "understanding/utterances_dev.yml", False),
    ("utterances_dev2", "understanding/utterances_dev2.yml", False),
    ("utterances_dev3", "understanding/utterances_dev3.yml", False),
    ("utterances_dev4", "understanding/utterances_dev4.yml", False),
    ("utterances_dev5", "understanding/utterances_dev5.yml", False),
    ("utterances_dev6", "understanding/utterances_dev6.yml", False),
    ("utterances_dev7", "understanding/utterances_dev7.yml", False),
    ("utterances_test", "understanding/utterances_test.yml", True),
)
EAST = "east"


@dataclass(frozen=True, slots=True)
class Phrase:
    """A product phrase with what is right.

    Attributes:
        outcome: "right", "ask" or "unknown"; see the head of phrases_dev.yml.
        products: the ids that would do.
    """

    text: str
    kind: str
    dialect: str
    outcome: str
    products: frozenset[str]


@dataclass(frozen=True, slots=True)
class Utterance:
    """Something said in the middle of a talk, with what is right.

    Attributes:
        acts: the right acts; empty when only the lines are judged.
        lines: expected lines as in the head of utterances_dev.yml.
    """

    text: str
    kind: str
    dialect: str
    acts: tuple[str, ...]
    lines: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class GoldenSet:
    """One file of cases; those of a held-out set are counted and not shown."""

    name: str
    held_out: bool
    phrases: tuple[Phrase, ...] = ()
    utterances: tuple[Utterance, ...] = ()


def read_sets(folder: Path) -> list[GoldenSet]:
    """All sets that are in `folder`.

    Raises:
        EvaluationError: there are none, or one cannot be read.
    """
    found = [
        GoldenSet(name, held_out, phrases=tuple(_phrase(entry) for entry in _read(folder / path)))
        for name, path, held_out in PHRASE_SETS
        if (folder / path).is_file()
    ]
    found += [
        GoldenSet(name, held_out, utterances=_utterances(_read(folder / path)))
        for name, path, held_out in UTTERANCE_SETS
        if (folder / path).is_file()
    ]
    if not found:
        raise EvaluationError(
            f"Det er ingen prøvesett i «{folder}»; kjør i kildekoden eller oppgi --sets MAPPE."
        )
    return found


def known_failures(folder: Path) -> Mapping[str, frozenset[str]]:
    """The cases that may still fail, by kind of set ("phrases", "utterances")."""
    path = folder / "understanding" / "known_failures.yml"
    listed = _read(path) if path.is_file() else {}
    return {kind: frozenset(listed.get(kind) or ()) for kind in ("phrases", "utterances")}


def _read(path: Path) -> Any:
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise EvaluationError(f"Prøvesettet «{path}» kan ikke leses: {error}") from error


def _phrase(entry: Mapping[str, Any]) -> Phrase:
    return Phrase(
        str(entry.get("heard", entry.get("phrase"))),
        str(entry.get("kind", "")),
        str(entry.get("dialect", EAST)),
        str(entry["outcome"]),
        frozenset(entry.get("products", ())),
    )


def _utterances(content: Any) -> tuple[Utterance, ...]:
    """A list of entries, or groups of them (requests.yml) whose act is in the lines only."""
    if isinstance(content, Mapping):
        return tuple(
            Utterance(str(entry["say"]), f"requests: {group}", EAST, (), tuple(entry["lines"]))
            for group, entries in content.items()
            for entry in entries
        )
    return tuple(
        Utterance(
            str(entry["say"]),
            str(entry["kind"]),
            str(entry.get("dialect", EAST)),
            tuple(entry["acts"]),
            tuple(entry["lines"]),
        )
        for entry in content
    )


_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
