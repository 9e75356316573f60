"""Tier: end_to_end. What the README says is true: commands and settings exist, examples run."""

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from tests.end_to_end.commands import without_settings

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")

#: Example lines that are not run here, and why; each must still name an existing target or command.
NOT_RUN = {
    "make order": "tests/end_to_end/test_spoken_order.py runs the same order",
    "make test": "would call itself",
    "make serve": "runs until it is stopped; tests/end_to_end/test_serve.py starts it",
    "make chat": "waits for a person",
    "make setup": "has run when this runs",
    "make lint": "runs before the tests",
    ".venv/bin/kurv order": "needs a microphone; tests/end_to_end/test_microphone.py",
    ".venv/bin/kurv serve": "runs until it is stopped; tests/end_to_end/test_serve.py starts it",
    ".venv/bin/kurv speech train": "takes hours; tests/unit/test_speech_training.py does a little",
}


def example_lines() -> list[tuple[int, str]]:
    """Every command of the examples, with the number of its block."""
    blocks = re.findall(r"```sh\n(.*?)```", README, re.S)
    lines = [(n, line.strip()) for n, block in enumerate(blocks) for line in block.splitlines()]
    return [(n, line) for n, line in lines if line and not line.startswith("#")]


def commands(group: typer.Typer, path: str = "kurv") -> Iterator[str]:
    for command in group.registered_commands:
        yield f"{path} {command.name}"
    for inner in group.registered_groups:
        assert inner.typer_instance is not None
        yield from commands(inner.typer_instance, f"{path} {inner.name}")


def test_every_command_is_documented() -> None:
    from bot.cli import app

    found = list(commands(app))
    assert "kurv speech build" in found
    assert [command for command in found if f"`{command}" not in README] == []


def test_every_setting_is_documented() -> None:
    used = set()
    for top in ("bot", "actions", "audio"):
        for path in (ROOT / top).rglob("*.py"):
            used |= set(re.findall(r"\bKURV_[A-Z_]+\b", path.read_text(encoding="utf-8")))
    missing = sorted(name for name in used if f"`{name}`" not in README)
    assert missing == []


def test_make_targets_in_the_readme_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))
    named = set(re.findall(r"\bmake ([a-z]+)\b", README))
    assert named <= targets


def test_links_in_the_readme_point_to_files() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert [link for link in links if not (ROOT / link).exists()] == []


def skipped(line: str) -> bool:
    return any(line == known or line.startswith(known + " -") for known in NOT_RUN)


@pytest.fixture(scope="module")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("examples")


@pytest.mark.parametrize(
    ("block", "line"), [(block, line) for block, line in example_lines() if not skipped(line)]
)
def test_example_runs(block: int, line: str, databases: Path) -> None:
    # A reader types a block from top to bottom: its lines share one database.
    state = {"KURV_DATABASE": f"sqlite:///{databases / f'{block}.db'}"}
    result = subprocess.run(
        ["bash", "-o", "pipefail", "-c", line],
        cwd=ROOT,
        env={**without_settings(), **state},
        capture_output=True,
        text=True,
        timeout=240,
        stdin=subprocess.DEVNULL,
    )
    assert result.returncode == 0, f"{shlex.quote(line)}\n{result.stdout}\n{result.stderr}"
    assert result.stdout.strip()
