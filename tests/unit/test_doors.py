"""Tier: unit. The doors between our own processes: locked, on this machine only, and few."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest
import yaml

from bot.channels.tokens import Caller, caller, conversation_token
from bot.cli import services
from bot.cli.staff_web import StaffWeb
from bot.errors import SettingsError

ROOT = Path(__file__).resolve().parents[2]
SECRET = "en-lang-hemmelighet-mellom-prosessene"
LOOPBACK = "127.0.0.1"


def test_everything_listens_on_this_machine_only_unless_told_otherwise() -> None:
    options = inspect.signature(services.serve).parameters
    hosts = {name: each.default for name, each in options.items() if name.endswith("host")}
    assert hosts == {"host": LOOPBACK, "phone_host": LOOPBACK, "staff_host": LOOPBACK}


def test_rasa_has_one_door_and_it_is_ours() -> None:
    doors = yaml.safe_load((ROOT / "credentials.yml").read_text(encoding="utf-8"))
    assert list(doors) == ["bot.channels.talk.TalkInput"]
    ends = yaml.safe_load((ROOT / "endpoints.yml").read_text(encoding="utf-8"))
    assert set(ends) == {"action_endpoint"}
    source = (ROOT / "bot" / "server.py").read_text(encoding="utf-8")
    assert "enable_api=False" in source


@pytest.mark.parametrize("token", ["", "a", "femten-tegn-her", "kort"])
def test_a_short_secret_is_refused(token: str) -> None:
    """Whoever guesses it speaks for anybody."""
    with pytest.raises(SettingsError, match="KURV_SERVICE_TOKEN"):
        services.checked_token(token or " ")
    assert len(services.checked_token("")) >= 24, "without one a new one is made"
    assert services.checked_token(SECRET) == SECRET


def test_a_devices_token_is_for_one_recipient_and_a_time() -> None:
    token = conversation_token(SECRET, "r17", expires=1000)
    assert caller(SECRET, token, 999.0) == Caller("r17")
    assert caller(SECRET, token, 1000.0) is None
    assert caller("en-annen-hemmelighet", token, 999.0) is None
    name, expires, signature = token.split(".")
    other = conversation_token(SECRET, "r99", expires=1000).split(".")[0]
    for forged in (
        f"{other}.{expires}.{signature}", f"{name}.9999999999.{signature}", f"{name}.{expires}.",
        f"{name}.{expires}.{signature[:-1]}", f"{name}..{signature}", f"{name}.{expires}",
        f".{expires}.{signature}", f"{name}.{expires}.{signature}.", "...", "", "å.å.å",
        f"{name}.¹000.{signature}", f"{name}.-1.{signature}",
    ):  # fmt: skip
        assert caller(SECRET, forged, 999.0) is None, forged


def test_staff_pages_do_not_open_to_others_without_https() -> None:
    """Passwords and baskets would travel openly."""

    class Parts:
        class settings:
            staff_url = ""

    web = StaffWeb.__new__(StaffWeb)
    web._parts = Parts()  # type: ignore[assignment]
    for host in ("0.0.0.0", "::", "192.0.2.1", "kurv.kommune.no"):
        with pytest.raises(SettingsError, match="https"):
            web.start(None, host, 0)  # type: ignore[arg-type]
