"""Tier: end_to_end. Signing in through a real OpenID Connect server, and what an attacker may try.

The server is `tests/end_to_end/oidc_server.py`, started by uv as a program of its own; the staff
web runs in this process, and a second client plays the part of the browser at the server.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from bot.casework.office import Office
from bot.casework.sign_in_service import ServiceSettings, ServiceSilent, SignInService
from bot.errors import SettingsError
from bot.staff.app import create_app
from bot.staff.parts import StaffParts
from tests.end_to_end.callers import free_port, uv, wait_until
from tests.end_to_end.commands import ROOT, without_settings
from tests.staff_web import URL, StaffStore, browser

RETURN = f"{URL}/logg-inn/svar"
SECRET = "hemmelig-i-proven"


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running server."""
    command = uv()
    if command is None:
        pytest.skip("uv is not installed")
    python = [command, "python", "find", "--no-project", ">=3.11"]
    environment = {**without_settings(), "UV_PYTHON_DOWNLOADS": "never"}
    if subprocess.run(python, env=environment, capture_output=True).returncode:
        pytest.skip("Python 3.11 or newer is not installed")
    address = f"http://127.0.0.1:{free_port()}"
    script = str(ROOT / "tests/end_to_end/oidc_server.py")
    log = tmp_path_factory.mktemp("oidc") / "log"
    server = subprocess.Popen(
        [command, "run", "--quiet", "--script", script, address.rpartition(":")[2], RETURN],
        env=environment,
        stdout=log.open("w"),
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        wait_until(lambda: answers(address) or server.poll() is not None, 120, "the OIDC server")
        assert server.poll() is None, log.read_text()
        yield address
    finally:
        os.killpg(server.pid, 15)
        server.wait(30)


def answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/keys").is_success
    except httpx.HTTPError:
        return False


class World(StaffStore):
    """A staff web that trusts the server."""

    def __init__(self, folder: Path, issuer: str) -> None:
        super().__init__(folder)
        self.settings = ServiceSettings.read(issuer, "kurv", SECRET, "substantial,high")
        assert self.settings is not None
        self.member = self.add_staff("kari", "orderer", subject=f"{issuer} sub-kari")
        self.use(self.settings)

    def use(self, settings: ServiceSettings) -> None:
        self.service = SignInService(settings, self.store, self.accounts, RETURN)
        office = Office(self.store, None, None, None)  # type: ignore[arg-type]
        self.app = create_app(StaffParts(office, self.accounts, url=URL, service=self.service))
        self.browser = browser(self.app)

    def depart(self) -> str:
        """To the server; the address that it was asked by."""
        answer = self.browser.get("/logg-inn/tjeneste")
        assert answer.status_code == 303
        return str(answer.headers["location"])

    def decide(self, asked: str, sub: str = "sub-kari", acr: str = "high", **more: str) -> str:
        """What somebody does at the server; the path with which they come back to us."""
        form = {"sub": sub, "acr": acr, "action": "in", **more}
        answer = httpx.post(asked, data=form)
        assert answer.status_code == 302, answer.text
        assert answer.headers["location"].startswith(RETURN)
        return str(answer.headers["location"]).removeprefix(URL)

    def came_in(self) -> bool:
        return bool(self.accounts.actor_of(self.browser.cookies.get("__Host-kurv") or ""))


@pytest.fixture
def world(tmp_path: Path, issuer: str) -> Iterator[World]:
    made = World(tmp_path, issuer)
    yield made
    made.store.close()


def test_whoever_the_service_vouches_for_comes_in(world: World) -> None:
    asked = world.depart()
    query = parse_qs(urlsplit(asked).query)
    assert query["response_type"] == ["code"]
    assert query["code_challenge_method"] == ["S256"]
    assert query["prompt"] == ["login"], "the one before on the same iPad is asked anew"
    assert query["acr_values"] == ["substantial high"]
    for hidden in ("state", "nonce", "code_challenge"):
        assert len(query[hidden][0]) >= 32
    answer = world.browser.get(world.decide(asked))
    assert answer.status_code == 200
    assert 'http-equiv="refresh"' in answer.text
    cookies = answer.headers.get_list("set-cookie")
    assert any(each.startswith("__Host-kurv=") and "SameSite=strict" in each for each in cookies)
    assert world.came_in()
    assert world.browser.cookies.get("__Secure-kurv-inn") is None
    assert world.browser.get("/").status_code == 200


@pytest.mark.parametrize(
    "mischief",
    ["nonce", "issuer", "audience", "expired", "key", "shared", "unsigned"],
)
def test_a_false_id_token_lets_nobody_in(world: World, mischief: str) -> None:
    answer = world.browser.get(world.decide(world.depart(), mischief=mischief))
    assert answer.status_code == 403
    assert "ble ikke fullført" in answer.text
    assert not world.came_in()


def test_too_low_a_level_does_not_come_in(world: World) -> None:
    for acr in ("low", ""):
        answer = world.browser.get(world.decide(world.depart(), acr=acr))
        assert answer.status_code == 403
        assert "høyere sikkerhetsnivå" in answer.text
    assert not world.came_in()


def test_somebody_without_an_account_learns_what_to_tell_the_administrator(world: World) -> None:
    answer = world.browser.get(world.decide(world.depart(), sub="<b>ukjent</b>"))
    assert answer.status_code == 403
    assert "&lt;b&gt;ukjent" in answer.text
    assert not world.came_in()


def test_a_closed_account_does_not_come_in(world: World) -> None:
    back = world.decide(world.depart())
    with world.store.transaction() as uow:
        uow.save_staff(replace(world.member, disabled_at=world.clock()))
    answer = world.browser.get(back)
    assert answer.status_code == 403
    assert "stengt" in answer.text


def test_whoever_breaks_off_comes_back_to_a_sentence(world: World) -> None:
    answer = world.browser.get(world.decide(world.depart(), action="deny"))
    assert answer.status_code == 403
    assert "avbrutt" in answer.text


def test_an_answer_counts_only_in_the_browser_that_asked(world: World) -> None:
    """Else an attacker could sign a victim in as themselves, or use a stolen answer."""
    back = world.decide(world.depart())
    victim = browser(world.app)
    assert victim.get(back).status_code == 403
    victim.get("/logg-inn/tjeneste")  # an attempt of their own: another state
    assert victim.get(back).status_code == 403
    assert victim.cookies.get("__Host-kurv") is None


def test_an_answer_counts_once(world: World) -> None:
    back = world.decide(world.depart())
    note = world.browser.cookies["__Secure-kurv-inn"]
    assert world.browser.get(back).status_code == 200
    world.browser.cookies.set("__Secure-kurv-inn", note, domain="localhost.local", path="/logg-inn")
    assert world.browser.get(back).status_code == 403


def test_a_code_of_another_attempt_is_refused_by_the_verifier(world: World) -> None:
    """PKCE: a code that was caught on its way is of no use in an attempt of one's own."""
    caught = parse_qs(urlsplit(world.decide(world.depart())).query)["code"][0]
    state = parse_qs(urlsplit(world.depart()).query)["state"][0]
    answer = world.browser.get("/logg-inn/svar", params={"code": caught, "state": state})
    assert answer.status_code == 403
    assert not world.came_in()


def test_an_answer_that_names_another_service_is_refused(world: World) -> None:
    back = world.decide(world.depart())
    assert world.browser.get(back + "&iss=https://en.annen.no").status_code == 403


def test_a_forged_note_is_none(world: World) -> None:
    back = world.decide(world.depart())
    stranger = browser(world.app)
    for note in ("", "{}", '{"state":"x"}', "gAAAAA", "å"):
        stranger.cookies.set("__Secure-kurv-inn", note.encode().hex() if note == "å" else note)
        assert stranger.get(back).status_code == 403


def test_signing_in_ends_a_session_that_was_planted(world: World) -> None:
    planted = world.token(world.add_staff("per", "orderer"))
    world.browser.cookies.set("__Host-kurv", planted)
    answer = world.browser.get(world.decide(world.depart()))
    assert answer.status_code == 200
    assert world.accounts.actor_of(planted) is None


def test_the_service_may_change_its_keys(world: World, issuer: str) -> None:
    world.depart()
    httpx.post(f"{issuer}/change-keys")
    assert world.browser.get(world.decide(world.depart())).status_code == 200


def test_a_wrong_secret_of_ours_lets_nobody_in(world: World) -> None:
    assert world.settings is not None
    world.use(replace(world.settings, client_secret="feil"))
    assert world.browser.get(world.decide(world.depart())).status_code == 403
    assert not world.came_in()


def test_a_silent_service_is_one_sentence(world: World) -> None:
    assert world.settings is not None
    world.use(replace(world.settings, issuer=f"http://127.0.0.1:{free_port()}"))
    answer = world.browser.get("/logg-inn/tjeneste")
    assert answer.status_code == 503
    assert "svarer ikke" in answer.text


def test_a_service_that_calls_itself_something_else_is_not_used(world: World) -> None:
    assert world.settings is not None
    issuer = world.settings.issuer + "/"
    service = SignInService(
        replace(world.settings, issuer=issuer), world.store, world.accounts, RETURN
    )
    with pytest.raises(ServiceSilent, match="ikke den som er satt opp"):
        service.depart()


@pytest.mark.parametrize(
    ("issuer", "client", "level"),
    [
        ("https://tjeneste.no", "", "high"),
        ("https://tjeneste.no", "kurv", ""),
        ("http://tjeneste.no", "kurv", "high"),
    ],
)
def test_settings_that_would_be_unsafe_are_refused(issuer: str, client: str, level: str) -> None:
    with pytest.raises(SettingsError, match="KURV_OIDC"):
        ServiceSettings.read(issuer, client, SECRET, level)


def test_the_level_may_be_in_another_claim() -> None:
    claim = "helseid://claims/identity/security_level"
    settings = ServiceSettings.read("https://helseid.no", "kurv", SECRET, f"{claim}=3,4")
    assert settings is not None
    assert (settings.claim, settings.levels) == (claim, ("3", "4"))
    assert ServiceSettings.read("", "", "", "") is None
