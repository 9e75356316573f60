"""Running the real command `kurv` in a process of its own, with a state of its own."""

import atexit
import functools
import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
KURV = Path(sys.executable).parent / "kurv"
_STARTING = Lock()


def kurv(
    *arguments: str | Path, state: Path, typed: str = "", **settings: str
) -> subprocess.CompletedProcess[str]:
    """Run `kurv ARGUMENTS`; the store and the simulated grocer live in `state`."""
    with TemporaryDirectory() as folder:
        return kurv_in(Path(folder), *arguments, state=state, typed=typed, **settings)


def kurv_in(
    folder: Path, *arguments: str | Path, state: Path, typed: str = "", **settings: str
) -> subprocess.CompletedProcess[str]:
    """The same with standard output and error in a folder, where they can be read meanwhile."""
    environment = {
        **without_settings(),
        "KURV_DATABASE": f"sqlite:///{state / 'kurv.db'}",
        **settings,
    }
    files = {name: folder / name for name in ("stdin", "stdout", "stderr")}
    for file in files.values():
        file.write_text(typed if file.name == "stdin" else "", encoding="utf-8")
    request = {
        "arguments": [*map(str, arguments)],
        "environment": environment,
        "folder": str(ROOT),
        **{name: str(file) for name, file in files.items()},
    }
    with _STARTING:
        status = _starter().run(request)
    told = {name: file.read_text(encoding="utf-8") for name, file in files.items()}
    return subprocess.CompletedProcess(request["arguments"], status, told["stdout"], told["stderr"])


class _Starter:
    """The process of `warm_start`, which is forked for each command."""

    def __init__(self) -> None:
        answers, given = os.pipe()
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "tests.end_to_end.warm_start", str(given)],
            cwd=ROOT,
            env=without_settings(),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            pass_fds=[given],
            text=True,
        )
        os.close(given)
        self._answers = os.fdopen(answers)

    def run(self, request: dict[str, Any]) -> int:
        """Run one command to its end; returns its exit status."""
        assert self._process.stdin is not None
        print(json.dumps(request), file=self._process.stdin, flush=True)
        return int(self._answers.readline())

    def end(self) -> None:
        """End the process."""
        self._process.communicate()
        self._answers.close()


@functools.cache
def _starter() -> _Starter:
    starter = _Starter()
    atexit.register(starter.end)
    return starter


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
