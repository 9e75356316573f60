"""Tier: end_to_end. `kurv serve`: the bot over HTTP, behind its token, until it is told to stop."""

import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from bot.dialogue import HttpDialogue
from tests.end_to_end.commands import KURV, ROOT, without_settings


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The base URL and the token of a running `kurv serve`."""
    state = tmp_path_factory.mktemp("state")
    process = subprocess.Popen(
        [KURV, "serve", "--port", "0", "--staff-port", "0"],
        cwd=ROOT,
        env={**without_settings(), "KURV_DATABASE": f"sqlite:///{state / 'kurv.db'}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    url = token = ""
    for line in process.stdout:
        if found := re.search(r"(http://[\d.]+:\d+)/webhooks", line):
            url = found[1]
        if line.startswith("Nøkkel: "):
            token = line.split()[1]
            break
    yield url, token
    process.send_signal(signal.SIGTERM)
    process.stdout.close()
    assert process.wait(timeout=30) == 0


def test_a_whole_order_over_http(server: tuple[str, str], tmp_path: Path) -> None:
    dialogue = HttpDialogue(*server)
    for text in ("to norvegia", "det var alt"):
        turn = dialogue.say("r1", text)
    assert turn[-1]["stage"] == "read_back"
    turn = dialogue.say("r1", "ja")
    assert [event["status"] for event in turn if event["event"] == "order"] == ["acknowledged"]
    dialogue.close()


def test_nothing_is_answered_without_the_token(server: tuple[str, str]) -> None:
    url, _ = server
    for headers in ({}, {"Authorization": "Bearer feil"}):
        answer = httpx.post(
            f"{url}/webhooks/kurv/turn", json={"recipient": "r1", "text": "hei"}, headers=headers
        )
        assert answer.status_code == 401


def test_rasas_own_doors_are_shut(server: tuple[str, str]) -> None:
    url, _ = server
    for path in ("/webhooks/rest/webhook", "/model/parse", "/conversations/r1/tracker"):
        answer = httpx.post(f"{url}{path}", json={"sender": "r1", "message": "/affirm"})
        assert answer.status_code in (404, 405)
