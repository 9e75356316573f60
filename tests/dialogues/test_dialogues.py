"""Tier: dialogue. Golden dialogues in YAML with the real bot; the basket is checked every turn.

What a step may say is told in bot/evaluation/dialogues.py, which plays them.

Dialogues that fail and wait for a mend stand in known_failures.txt, one name a line: the list must
shrink, and a dialogue that holds again must leave it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.evaluation.dialogues import GoldenDialogue, failures, read_dialogues
from tests.dialogues.bench import Bench

HERE = Path(__file__).resolve().parent
GOLDEN = read_dialogues(HERE)


def _parameters() -> list[Any]:
    known = (HERE / "known_failures.txt").read_text(encoding="utf-8").splitlines()
    return [
        pytest.param(
            dialogue,
            id=f"{dialogue.file}: {dialogue.name}",
            marks=[pytest.mark.xfail(strict=True)] if dialogue.name in known else [],
        )
        for dialogue in GOLDEN
    ]


def test_there_are_enough_dialogues() -> None:
    assert len(GOLDEN) >= 240
    assert len({dialogue.name for dialogue in GOLDEN}) == len(GOLDEN)


@pytest.mark.parametrize("dialogue", _parameters())
def test_dialogue(dialogue: GoldenDialogue, bench: Bench, person: str) -> None:
    wrong = next(failures(dialogue.content, bench, person), None)
    assert wrong is None, wrong
