"""Tier: end_to_end. `kurv serve`: the bot over HTTP, behind its token."""

import httpx
import pytest

from bot.dialogue import HttpDialogue
from tests.end_to_end.telephone_service import TOKEN, KurvService


@pytest.fixture()
def server(service: KurvService) -> tuple[str, str]:
    """The base URL and the token of a running `kurv serve`."""
    return service.url, TOKEN


def test_a_whole_order_over_http(server: tuple[str, str]) -> None:
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
