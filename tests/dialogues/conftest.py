"""One real bot for all dialogue tests of a session; every test is somebody new."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.dialogues.bench import Bench, running_bench


@pytest.fixture(scope="session")
def session_bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """The bot; loading it takes seconds."""
    folder: Path = tmp_path_factory.mktemp("bot")
    with running_bench(folder) as bench:
        yield bench


@pytest.fixture
def bench(session_bench: Bench) -> Iterator[Bench]:
    """The bot, with a grocer in good health."""
    yield session_bench
    session_bench.grocer_recovers()
    session_bench.restock()


@pytest.fixture
def person() -> str:
    """A recipient whom nobody else uses."""
    return f"test-{uuid4().hex[:12]}"
