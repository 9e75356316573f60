"""What the end-to-end tests share: one running `kurv serve`, one pair of ears."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from audio.synthesizer import EspeakSynthesizer, Voice
from tests.end_to_end.callers import free_port
from tests.end_to_end.hearing import Listener
from tests.end_to_end.telephone_service import KurvService

HERE = Path(__file__).parent
#: What may run beside other tests: nothing in it goes by the clock or listens to live sound.
BESIDE_OTHERS = {
    f"test_{name}.py"
    for name in (
        "caller_command", "contract", "grocer", "kill", "person_command", "sign_in_service",
        "spoken_order", "staff_fuzz", "staff_walls", "transcribe",
    )
}  # fmt: skip
#: Calls that the service takes at the same time.
CALLS = 12


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that want the machine to themselves."""
    for item in items:
        if item.path.parent == HERE and item.path.name not in BESIDE_OTHERS:
            item.add_marker(pytest.mark.alone)


@pytest.fixture(scope="session")
def control() -> int:
    """The port at which the service expects the SIP program; nobody is there until one starts."""
    return free_port()


@pytest.fixture(scope="session")
def _service(control: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KurvService]:
    settings = {"KURV_DIALLER_URL": f"http://127.0.0.1:{control}", "KURV_CALLS": str(CALLS)}
    with KurvService(tmp_path_factory.mktemp("service"), **settings) as service:
        yield service


@pytest.fixture(scope="module")
def service(_service: KurvService) -> KurvService:
    """`kurv serve` with its telephone; started once, because that takes longer than most calls."""
    return _service if _service.runs else _service.start().ready()


@pytest.fixture(scope="session")
def voice() -> Iterator[EspeakSynthesizer]:
    """How callers speak: a voice that the speech model was not trained on."""
    with EspeakSynthesizer(Voice("nb+f2")) as voice:
        yield voice


@pytest.fixture(scope="session")
def listener(tmp_path_factory: pytest.TempPathFactory) -> Listener:
    """Who hears what the service says."""
    return Listener(tmp_path_factory.mktemp("listener"))
