"""Tier: end_to_end. `kurv evaluate understanding`: its figures hold, known failures only shrink.

It needs no clock and no caller, so it runs beside other tests. The list is
tests/golden/understanding/known_failures.yml: what is silently wrong or missed in the sets that
may be looked at. An entry that has begun to work fails the run until it is removed.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.end_to_end.commands import without_settings

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden"
KNOWN = yaml.safe_load((GOLDEN / "understanding" / "known_failures.yml").read_text("utf-8"))
#: Right in percent, and wrong without a word at most: what has been reached must not be lost.
LEAST_RIGHT = {
    "matching": 94, "phrases_dev": 88, "phrases_dev2": 90, "phrases_dev3": 81, "phrases_dev4": 80,
    "phrases_dev5": 73, "phrases_dev6": 84, "requests": 99, "utterances_dev": 98,
    "utterances_dev2": 93, "utterances_dev3": 91, "utterances_dev4": 87, "utterances_dev5": 89,
    "utterances_dev6": 71, "utterances_dev7": 77,
}  # fmt: skip
MOST_WRONG = {
    "matching": 0.5, "phrases_dev": 0.5, "phrases_dev2": 0.5, "phrases_dev3": 1,
    "phrases_dev4": 0.5, "phrases_dev5": 0.5, "phrases_dev6": 1.5, "requests": 1,
    "utterances_dev": 1, "utterances_dev2": 4, "utterances_dev3": 4.5, "utterances_dev4": 5,
    "utterances_dev5": 5, "utterances_dev6": 15, "utterances_dev7": 14,
}  # fmt: skip
HELD_OUT = ("phrases_test", "utterances_test")


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[dict[str, Any]], str]:
    """What the command prints, and the report that it writes; without whole dialogues."""
    report = tmp_path_factory.mktemp("report") / "understanding.md"
    command = [sys.executable, "-m", "bot.cli", "evaluate", "understanding", "--no-dialogues"]
    done = subprocess.run(
        [*command, "--json", "--write", str(report)],
        cwd=ROOT, env=without_settings(), capture_output=True, text=True, timeout=400, check=True,
    )  # fmt: skip
    return [json.loads(line) for line in done.stdout.splitlines()], report.read_text("utf-8")


def _figures(events: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {
        event["set"]: event
        for event in events
        if event["event"] == "figures" and event["group"] == "all"
    }


def _failures(events: list[dict[str, Any]], *sets: str) -> set[str]:
    return {
        event["said"]
        for event in events
        if event["event"] == "failure"
        and event["set_name"] in sets
        and event["outcome"] in ("wrong", "missed")
    }


def test_what_was_reached_is_kept(measured: tuple[list[dict[str, Any]], str]) -> None:
    figures = _figures(measured[0])
    for name, least in LEAST_RIGHT.items():
        found = figures[name]
        assert 100 * found["right"] >= least * found["count"], found
        assert 100 * found["wrong"] <= MOST_WRONG[name] * found["count"], found


def test_known_failures_only_shrink(measured: tuple[list[dict[str, Any]], str]) -> None:
    phrases = _failures(measured[0], *(name for name in LEAST_RIGHT if name.startswith("phrases")))
    utterances = _failures(measured[0], "utterances_dev")
    assert sorted(set(KNOWN["phrases"]) - phrases) == [], "they work now: take them off the list"
    assert sorted(set(KNOWN["utterances"]) - utterances) == [], "take them off the list"
    assert sorted(phrases - set(KNOWN["phrases"])) == [], "new failures"
    assert sorted(utterances - set(KNOWN["utterances"])) == [], "new failures"


def test_held_out_sets_are_counted_and_never_shown(
    measured: tuple[list[dict[str, Any]], str],
) -> None:
    events, report = measured
    shown = {event["set_name"] for event in events if event["event"] == "failure"}
    assert not shown & set(HELD_OUT)
    assert not any(f"### {name}" in report for name in HELD_OUT)
    figures = _figures(events)
    unseen = [figures[f"{name} (held out)"]["count"] for name in HELD_OUT]
    assert unseen[0] >= 330 and unseen[1] >= 240


def test_there_are_enough_cases(measured: tuple[list[dict[str, Any]], str]) -> None:
    figures = _figures(measured[0])
    phrases = figures["phrases_dev"]["count"] + figures["phrases_test (held out)"]["count"]
    assert phrases >= 600


def test_a_folder_without_sets_is_told_in_one_sentence(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot.cli", "evaluate", "understanding", "--sets", str(tmp_path)],
        cwd=ROOT, env=without_settings(), capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "Det er ingen prøvesett" in done.stderr
    assert "Traceback" not in done.stderr
