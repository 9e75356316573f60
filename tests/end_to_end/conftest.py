"""What the end-to-end tests share: one running `kurv serve`, one pair of ears."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.end_to_end.callers import free_port
from tests.end_to_end.hearing import Listener
from tests.end_to_end.telephone_service import KurvService


@pytest.fixture(scope="session")
def control() -> int:
    """The port at which the service expects the SIP program; nobody is there until one starts."""
    return free_port()


@pytest.fixture(scope="session")
def service(control: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KurvService]:
    """`kurv serve` with its telephone; starting it takes longer than most calls."""
    url = f"http://127.0.0.1:{control}"
    with KurvService(tmp_path_factory.mktemp("service"), KURV_DIALLER_URL=url) as service:
        yield service


@pytest.fixture(scope="session")
def listener(tmp_path_factory: pytest.TempPathFactory) -> Listener:
    """Who hears what the service says."""
    return Listener(tmp_path_factory.mktemp("listener"))
