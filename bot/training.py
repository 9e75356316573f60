"""Trains the Rasa model when what it is made of has changed, and finds it ready otherwise."""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.errors import DialogueError
from bot.settings import PROJECT_ROOT

#: Files and folders that the model is made of.
INPUTS = ("config.yml", "domain.yml", "nlu_data", "bot/nlu")
#: Steps of a training that Rasa reports; the bar ends with the last one.
STEPS = 9

Progress = Callable[[int, int, str], None]


def no_progress(done: int, of: int, step: str) -> None:
    """Show nothing."""


def fingerprint(root: Path = PROJECT_ROOT) -> str:
    """Names the contents of all inputs and the version of Rasa: sixteen hexadecimal digits."""
    digest = hashlib.sha256(version("rasa").encode())
    for path in _input_files(root):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0")
        digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _input_files(root: Path) -> Iterator[Path]:
    for name in INPUTS:
        top = root / name
        if top.is_file():
            yield top
        else:
            yield from sorted(p for p in top.rglob("*") if p.suffix in (".yml", ".py"))


def model_path(state_dir: Path, root: Path = PROJECT_ROOT) -> Path:
    """Where the model of the present inputs lies, or will lie."""
    return state_dir / "rasa" / f"{fingerprint(root)}.tar.gz"


def ensure_model(
    state_dir: Path, progress: Progress = no_progress, root: Path = PROJECT_ROOT
) -> Path:
    """The trained model of the present inputs; trained now if there is none.

    Training runs in a process of its own, so that its memory is given back. Two callers at the same
    time train once.

    Args:
        state_dir: folder for what is built on this machine.
        progress: called with (steps done, steps in all, what is being done).
        root: the project's folder.

    Raises:
        DialogueError: the training failed; the text ends with Rasa's last words about it.
    """
    target = model_path(state_dir, root)
    if target.is_file():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    with _only_one(target.parent / "training.lock"):
        if not target.is_file():
            _train(target, progress, root)
    return target


@contextmanager
def _only_one(lock: Path) -> Iterator[None]:
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _train(target: Path, progress: Progress, root: Path) -> None:
    progress(0, STEPS, "Leser opplæringsdata")
    with TemporaryDirectory(dir=target.parent) as folder:
        command = [
            sys.executable, "-m", "rasa", "train", "--config", "config.yml", "--domain",
            "domain.yml", "--data", "nlu_data", "--out", folder, "--fixed-model-name", "model",
        ]  # fmt: skip
        process = subprocess.Popen(
            command,
            cwd=root,
            env=_environment(target.parent),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
        last_words = _follow(process, progress)
        built = Path(folder) / "model.tar.gz"
        if process.wait() != 0 or not built.is_file():
            raise DialogueError(f"Opplæringen av boten mislyktes: {' '.join(last_words)}")
        built.replace(target)
    progress(STEPS, STEPS, "Ferdig")


def _environment(cache: Path) -> dict[str, str]:
    """The training's environment: the shipped catalogue, whatever this process serves."""
    env = {k: v for k, v in os.environ.items() if k not in ("KURV_CATALOGUE", "KURV_SYNONYMS")}
    env.update(
        RASA_TELEMETRY_ENABLED="false",
        RASA_CACHE_DIRECTORY=str(cache / "cache"),
        TF_CPP_MIN_LOG_LEVEL="3",
        SQLALCHEMY_SILENCE_UBER_WARNING="1",
        PYTHONUNBUFFERED="1",
        LOG_LEVEL="INFO",
    )
    return env


def _follow(process: subprocess.Popen[str], progress: Progress) -> list[str]:
    """Report each step that Rasa begins; returns its last lines."""
    done, tail = 0, [""]
    assert process.stdout is not None
    for line in process.stdout:
        tail = [*tail, line.strip()][-3:]
        if "Starting to train component" in line or "Finished training component" in line:
            done = min(done + 1, STEPS - 1)
            name = line.split("'")[1] if line.count("'") >= 2 else ""
            progress(done, STEPS, f"Lærer: {name.rsplit('.', 1)[-1]}")
    return tail
