"""Tier: unit. Server-sent events of the staff web, over real HTTP: ids, beats, and their end."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import uvicorn

from bot.casework.office import Office
from bot.live import LiveFeed
from bot.staff import stream
from bot.staff.app import create_app
from bot.staff.parts import StaffParts
from tests.staff_office import SHOP, StaffOffice, staff_office

COFFEE = "en friele frokostkaffe filtermalt"


@dataclass
class Web:
    """A running staff web, and who is signed in to it."""

    url: str
    world: StaffOffice
    token: str

    def stream(self, path: str, **headers: str) -> Any:
        return httpx.stream(
            "GET", self.url + path, headers=headers, cookies={"kurv": self.token}, timeout=20
        )


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with staff_office(tmp_path_factory.mktemp("stream")) as world, socket.socket() as listener:
        live = LiveFeed()
        world.service._publish = live.publish
        listener.bind(("127.0.0.1", 0))
        listener.listen()  # who comes before the server waits for it
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        office = Office(world.store, world.service, SHOP, None, world.clock, live)  # type: ignore[arg-type]
        app = create_app(StaffParts(office, world.accounts, secure=False, url=url))
        server = uvicorn.Server(
            uvicorn.Config(
                app, log_config=None, lifespan="off", ws="none", timeout_graceful_shutdown=1
            )
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        token = world.token(world.add_staff("dina", "orderer"))
        yield Web(url, world, token)
        server.should_exit = True
        thread.join(20)


def events(lines: Iterator[str]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Kind, id and data of each event as a browser reads them."""
    kind = number = ""
    for line in lines:
        name, _, value = line.partition(": ")
        if name == "event":
            kind = value
        elif name == "id":
            number = value
        elif name == "data":
            yield kind, number, json.loads(value)


def test_what_happens_comes_at_once_and_a_browser_that_comes_back_misses_nothing(web: Web) -> None:
    person = web.world.person()
    path = f"/mottaker/{person}/hendelser"
    with web.stream(path) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["cache-control"] == "no-store"
        found = events(answer.iter_lines())
        assert [next(found)[0] for _ in range(3)] == ["basket", "call", "takeover"]
        web.world.service.handle(person, "add", COFFEE)
        told = [next(found) for _ in range(4)]
        assert [kind for kind, _, _ in told] == ["utterance", "utterance", "utterance", "basket"]
        assert told[0][2]["text"] == COFFEE
        last = told[0][1]
    with web.stream(path, **{"last-event-id": last}) as answer:
        found = events(answer.iter_lines())
        missed = [next(found) for _ in range(3)]
    assert [kind for kind, _, _ in missed] == ["utterance", "utterance", "basket"]
    assert int(missed[0][1]) > int(last)


def test_the_list_hears_of_a_change_and_no_word_of_it(web: Web) -> None:
    person = web.world.person()
    with web.stream("/hendelser") as answer:
        lines = answer.iter_lines()
        assert next(lines) == f"retry: {stream.COMES_BACK}"
        web.world.service.handle(person, "add", COFFEE)
        kind, _, data = next(events(lines))
    assert (kind, data) == ("changed", {"event": "changed", "recipient": person})


def test_foreign_people_and_nobody_signed_in(web: Web) -> None:
    foreign = web.world.person(municipality="asker")
    for path in (f"/mottaker/{foreign}/hendelser", "/mottaker/finnes-ikke/hendelser"):
        with web.stream(path) as answer:
            assert answer.status_code == 404
    for path in ("/hendelser", f"/mottaker/{foreign}/hendelser"):
        assert httpx.get(web.url + path).status_code == 401


def test_a_stream_ends_with_its_session(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "BEAT", 0.05)
    person, member = web.world.person(), web.world.add_staff("emma", "orderer")
    token = web.world.token(member)
    with httpx.stream(
        "GET", f"{web.url}/mottaker/{person}/hendelser", cookies={"kurv": token}, timeout=20
    ) as answer:
        lines = answer.iter_lines()
        assert any(line.startswith("data") for line in lines)
        assert any(line == ": " for line in lines), "a sign of life"
        web.world.accounts.sign_out(token)
        assert all(not line.startswith("data") for line in lines)  # it ends


def test_one_session_has_so_many_streams_and_no_more(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "MOST_OPEN", 1)
    cookies = {"kurv": web.world.token(web.world.add_staff("frida", "orderer"))}
    ask = ("GET", f"{web.url}/hendelser")
    with httpx.stream(*ask, cookies=cookies, timeout=20) as first:
        lines = first.iter_lines()
        assert next(lines) == f"retry: {stream.COMES_BACK}"
        with httpx.stream(*ask, cookies=cookies, timeout=20) as second:
            assert list(second.iter_lines()) == [f"retry: {stream.TRY_AGAIN}", ""]


def test_nobody_is_listened_for_after_the_browser_is_gone(web: Web) -> None:
    live = web.world.service._publish.__self__  # type: ignore[attr-defined]
    for _ in range(100):
        if not live.listened_to:
            break
        threading.Event().wait(0.1)
    assert live.listened_to == frozenset()
