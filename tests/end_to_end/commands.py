"""Running the real command `kurv` in a process of its own, with a state of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
KURV = Path(sys.executable).parent / "kurv"


def kurv(
    *arguments: str | Path, state: Path, typed: str = "", **settings: str
) -> subprocess.CompletedProcess[str]:
    """Run `kurv ARGUMENTS`; the store and the simulated grocer live in `state`."""
    environment = {
        **without_settings(),
        "KURV_DATABASE": f"sqlite:///{state / 'kurv.db'}",
        **settings,
    }
    return subprocess.run(
        [KURV, *map(str, arguments)],
        cwd=ROOT,
        env=environment,
        input=typed,
        capture_output=True,
        text=True,
        timeout=300,
    )


def without_settings() -> dict[str, str]:
    """The environment without what other tests have set for the bot in this process."""
    return {name: value for name, value in os.environ.items() if not name.startswith("KURV_")}


def json_lines(output: str) -> list[dict[str, Any]]:
    """Every line of the output as an object; anything else is an error."""
    return [json.loads(line) for line in output.splitlines()]


def turns(events: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Events cut into turns: the basket is always last in one."""
    found: list[list[dict[str, Any]]] = [[]]
    for event in events:
        found[-1].append(event)
        if event["event"] == "basket":
            found.append([])
    assert found[-1] == [], "the last turn does not end with a basket"
    return found[:-1]
