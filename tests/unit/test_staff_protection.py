"""Tier: unit. What stands before every route of the staff web, and the pages of signing in."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.casework.office import Office
from bot.staff import protection
from bot.staff.app import create_app
from bot.staff.parts import StaffParts
from bot.staff.protection import LARGEST_BODY, Limiter, Protection, Rate
from tests.staff_web import PASSWORD, URL, StaffStore, browser, form_token


class World(StaffStore):
    """A staff web, and somebody who may sign in."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.member = self.add_staff("kari", "orderer")
        self.app = self.made()
        self.browser = browser(self.app)

    def made(self, **parts: Any) -> Any:
        office = Office(self.store, None, None, None)  # type: ignore[arg-type]
        return create_app(StaffParts(office, self.accounts, **{"url": URL, **parts}))

    def sign_in(self, **changes: str) -> Any:
        form = {"staff_id": "kari", "password": PASSWORD, "code": self.code(), **changes}
        return self.browser.post("/logg-inn", data=form)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.store.close()


# -- signing in ------------------------------------------------------------------------------------


def test_a_session_is_in_a_cookie_that_scripts_and_other_sites_cannot_use(world: World) -> None:
    answer = world.sign_in()
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    (cookie,) = answer.headers.get_list("set-cookie")
    assert cookie.startswith("__Host-kurv=")
    parts = {part.strip().casefold() for part in cookie.split(";")[1:]}
    assert parts == {"httponly", "path=/", "samesite=strict", "secure"}
    assert world.browser.get("/").status_code == 200


def test_a_cookie_on_this_machine_only_is_not_for_https(world: World) -> None:
    local = browser(world.made(url="http://127.0.0.1:5080", secure=False))
    local.base_url = "http://127.0.0.1:5080"  # type: ignore[assignment]
    form = {"staff_id": "kari", "password": PASSWORD, "code": world.code()}
    answer = local.post("/logg-inn", data=form)
    assert "Secure" not in answer.headers["set-cookie"]
    assert answer.headers["set-cookie"].startswith("kurv=")
    assert "strict-transport-security" not in answer.headers
    assert local.get("/").status_code == 200


def test_what_was_wrong_is_one_sentence_and_no_cookie(world: World) -> None:
    for wrong in ({"password": "feil"}, {"code": "000000"}, {"staff_id": "<script>"}):
        answer = world.sign_in(**wrong)
        assert answer.status_code == 403
        assert 'role="alert"' in answer.text
        assert "set-cookie" not in answer.headers
        assert "<script>" not in answer.text


def test_after_five_attempts_even_the_right_one_waits(world: World) -> None:
    for _ in range(5):
        world.sign_in(password="feil")
    answer = world.sign_in()
    assert answer.status_code == 429
    assert "vent" in answer.text


def test_no_parameter_leads_elsewhere_after_signing_in(world: World) -> None:
    """There is no "next": nothing a link can say sends a browser to another site."""
    elsewhere = {"next": "https://ond.no", "url": "//ond.no", "redirect": "//ond.no"}
    form = {"staff_id": "kari", "password": PASSWORD, "code": world.code(), **elsewhere}
    answer = world.browser.post("/logg-inn", params=elsewhere, data=form)
    assert answer.headers["location"] == "/"
    for path in ("//ond.no", "/logg-inn//ond.no", "/%2f%2fond.no", "/logg-inn/tjeneste"):
        answer = world.browser.get(path)
        assert answer.headers.get("location", "/logg-inn") in ("/logg-inn", "/")


def test_a_planted_session_does_not_become_the_victims(world: World) -> None:
    """Session fixation: signing in gives a new token, and ends the one that was there."""
    planted = world.token(world.add_staff("per", "orderer"))
    world.browser.cookies.set("__Host-kurv", planted, domain="localhost.local", path="/")
    assert world.sign_in().status_code == 303
    token = world.browser.cookies.get("__Host-kurv", domain="localhost.local")
    assert token and token != planted
    assert world.accounts.actor_of(planted) is None
    assert world.accounts.actor_of(token)


def test_signing_out_needs_the_form_and_ends_the_session(world: World) -> None:
    world.sign_in()
    token = world.browser.cookies["__Host-kurv"]
    page = world.browser.get("/").text
    for wrong in ({}, {"form_token": "feil"}, {"form_token": "å"}):
        assert world.browser.post("/logg-ut", data=wrong).status_code == 404
    other = world.token(world.add_staff("per", "orderer"))
    others = form_token(browser(world.app, other).get("/").text)
    assert world.browser.post("/logg-ut", data={"form_token": others}).status_code == 404
    assert world.accounts.actor_of(token)
    answer = world.browser.post("/logg-ut", data={"form_token": form_token(page)})
    assert answer.headers["location"] == "/logg-inn"
    assert "cache" in answer.headers["clear-site-data"]
    assert world.accounts.actor_of(token) is None
    assert world.browser.get("/").headers["location"] == "/logg-inn"


def test_only_the_session_cookie_says_who_it_is(world: World) -> None:
    token = world.token(world.member)
    stranger = browser(world.app)
    for attempt in (
        stranger.get("/", headers={"authorization": f"Bearer {token}"}),
        stranger.get("/", headers={"x-kurv": token, "x-actor": "staff:kari", "x-role": "admin"}),
        stranger.get("/", params={"token": token, "__Host-kurv": token, "actor": "staff:kari"}),
        stranger.get("/", headers={"cookie": f"kurv={token}"}),
    ):
        assert attempt.headers["location"] == "/logg-inn"


# -- before every route ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"), ("GET", "/logg-inn"), ("GET", "/finnes-ikke"), ("POST", "/logg-inn"),
        ("DELETE", "/"), ("GET", "/static/kurv.css"), ("GET", "/static/../app.py"),
        ("GET", "/%00"), ("POST", "/logg-ut"),
    ],
)  # fmt: skip
def test_every_answer_has_the_headers(world: World, method: str, path: str) -> None:
    answer = world.browser.request(method, path)
    for name, value in protection.HEADERS.items():
        assert answer.headers[name] == value
    assert answer.headers["strict-transport-security"]
    expected = "no-cache" if path == "/static/kurv.css" else ("no-store", "no-cache")
    assert answer.headers["cache-control"] in expected
    assert "server" not in answer.headers


def test_the_policy_allows_nothing_inline_and_nothing_from_elsewhere() -> None:
    policy = dict(part.strip().split(" ", 1) for part in protection.CONTENT_POLICY.split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert set(policy.values()) == {"'none'", "'self'"}


def test_no_template_has_anything_inline_or_from_elsewhere() -> None:
    folder = Path(protection.__file__).parent / "templates"
    found = list(folder.rglob("*.html"))
    assert found
    for file in found:
        text = file.read_text(encoding="utf-8").casefold()
        for forbidden in (
            "<style",
            " style=",
            " onclick=",
            " onload=",
            " onsubmit=",
            "javascript:",
            "|safe",
            "http://",
            "https://",
            "autoescape false",
        ):
            assert forbidden not in text, f"{file.name}: {forbidden}"
        for script in text.split("<script")[1:]:
            assert script.lstrip().startswith(
                ('src="/static/', 'defer src="/static/', 'type="module" src="/static/')
            ), file.name


@pytest.mark.parametrize(
    "host", ["ond.no", "", "localhost.ond.no", "ond.no#localhost", "localhost@ond.no", "[x"]
)
def test_another_host_is_refused(world: World, host: str) -> None:
    answer = world.browser.get("/logg-inn", headers={"host": host})
    assert answer.status_code == 400
    assert "ond.no" not in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://ond.no"},
        {"origin": "null"},
        {"origin": "http://localhost:81"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": URL, "sec-fetch-site": "cross-site"},
    ],
)
def test_a_form_of_another_site_is_refused(world: World, headers: dict[str, str]) -> None:
    world.sign_in()
    token = form_token(world.browser.get("/").text)
    answer = world.browser.post("/logg-ut", data={"form_token": token}, headers=headers)
    assert answer.status_code == 403
    own = {"origin": URL, "sec-fetch-site": "same-origin"}
    answer = world.browser.post("/logg-ut", data={"form_token": token}, headers=own)
    assert answer.status_code == 303


def test_too_large_a_body_is_refused_before_anybody_reads_it(world: World) -> None:
    assert world.sign_in(password="x" * LARGEST_BODY).status_code == 413
    assert world.sign_in(password="x" * 1000).status_code == 400

    def endless() -> Iterator[bytes]:
        for _ in range(1000):
            yield b"x" * 1024

    assert world.browser.post("/logg-inn", content=endless()).status_code == 413
    assert world.browser.get("/logg-inn?" + "x" * 5000).status_code == 414


def test_a_body_that_never_comes_does_not_hold_anybody_up(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protection, "BODY_SECONDS", 0.05)
    sent: list[Any] = []

    async def never() -> Any:
        await asyncio.sleep(60)

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": "POST", "path": "/logg-inn", "raw_path": b"/logg-inn",
        "query_string": b"", "headers": [(b"host", b"localhost"), (b"content-length", b"9")],
        "client": ("192.0.2.1", 1),
    }  # fmt: skip
    asyncio.run(Protection(world.app, URL, "kurv")(scope, never, send))
    assert sent[0]["status"] == 408


def test_an_unforeseen_error_says_nothing_to_anybody(
    world: World, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    class Broken:
        def actor_of(self, token: str) -> None:
            raise ValueError("Kari Nordmann, Storgata 1")

    broken = browser(world.app)
    world.app.state.parts = StaffParts(None, Broken())  # type: ignore[arg-type]
    answer = broken.get("/")
    assert answer.status_code == 500
    logged = capsys.readouterr()
    for text in (answer.text, logged.out, logged.err, caplog.text):
        assert "Nordmann" not in text
        assert "Traceback" not in text
    assert "ValueError" in logged.out + logged.err + caplog.text
    assert answer.headers["content-security-policy"]


def test_websockets_are_closed_without_a_word(world: World) -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    asyncio.run(Protection(world.app, URL, "kurv")({"type": "websocket"}, receive, send))
    assert sent == [{"type": "websocket.close", "code": 1008}]


# -- rates -----------------------------------------------------------------------------------------


def test_a_rate_allows_a_burst_and_then_so_many_a_second() -> None:
    now = [0.0]
    limiter = Limiter(lambda: now[0])
    rate = Rate(each_second=2, burst=3)
    assert [limiter.allows("a", rate) for _ in range(4)] == [True, True, True, False]
    assert limiter.allows("b", rate)
    now[0] = 0.5
    assert [limiter.allows("a", rate) for _ in range(2)] == [True, False]
    now[0] = 100
    assert [limiter.allows("a", rate) for _ in range(4)] == [True, True, True, False]


def test_a_limiter_forgets_and_does_not_grow() -> None:
    limiter = Limiter(lambda: 0.0, keys=10)
    for number in range(1000):
        limiter.allows(str(number), Rate(1, 1))
    assert len(limiter._left) == 10


def test_guessing_at_the_door_is_slowed_down_by_address(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protection, "SIGNING_IN", Rate(0.0, 3))
    statuses = [world.sign_in(staff_id=f"n{number}").status_code for number in range(4)]
    assert statuses == [403, 403, 403, 429]


def test_one_browser_cannot_take_it_all(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protection, "BROWSER", Rate(0.0, 3))
    first = browser(world.app, world.token(world.member))
    second = browser(world.app, world.token(world.member))
    assert [first.get("/").status_code for _ in range(4)] == [200, 200, 200, 429]
    assert second.get("/").status_code == 200
