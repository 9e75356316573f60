"""Tier: unit. `kurv staff`, in this process: accounts, municipalities, log, privacy, keys."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyotp
import pytest
from argon2 import PasswordHasher
from cryptography.fernet import Fernet
from typer.testing import CliRunner

from bot.casework import accounts
from bot.casework.accounts import Accounts
from bot.casework.lock_out import SignInRefused
from bot.cli import app
from bot.errors import KurvError
from bot.store import Store
from bot.store.vault import Vault
from tests.databases import migrated_sqlite
from tests.staff_web import FAST

KEY = Fernet.generate_key().decode()
Run = Callable[..., str]


@pytest.fixture
def url(tmp_path: Path) -> str:
    return migrated_sqlite(tmp_path)


@pytest.fixture
def run(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `kurv ARGUMENTS`; what it prints, or its error."""
    for name, value in {
        "KURV_DATABASE": url, "KURV_STATE": str(tmp_path), "KURV_DATA_KEY": KEY,
        "KURV_OIDC_ISSUER": "https://tjeneste.no",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(accounts, "PasswordHasher", lambda: FAST)

    def run(*arguments: str | Path, typed: str = "") -> str:
        done = CliRunner().invoke(app, [*map(str, arguments)], input=typed)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert done.exit_code == 0, done.output
        return done.output

    return run


def store_at(url: str) -> Store:
    return Store(url, vault=Vault([KEY]))


ADD = ("staff", "add", "kari", "--municipality", "baerum", "--name", "Kari", "--role", "orderer")


def test_an_account_signs_in_with_what_is_shown_once(run: Run, url: str) -> None:
    run("staff", "municipality", "baerum", "--name", "Bærum")
    shown = run(*ADD, "--role", "privacy", "--district", "vest")
    password = re.search(r"^Passord: (\S+)$", shown, re.M)
    uri = re.search(r"otpauth://\S+", shown)
    assert password and uri
    otp = pyotp.parse_uri(uri[0])
    assert isinstance(otp, pyotp.TOTP)
    signing_in = Accounts(store_at(url), FAST)
    token = signing_in.sign_in("kari", password[1], otp.now(), "192.0.2.1")
    signed_in = signing_in.actor_of(token)
    assert signed_in is not None
    assert {role.value for role in signed_in.actor.roles} == {"orderer", "privacy"}
    assert signed_in.actor.districts == {"vest"}
    run("staff", "change", "kari", "--role", "approver")
    changed = signing_in.actor_of(token)
    assert changed is not None and not changed.actor.districts
    run("staff", "close", "kari")
    assert signing_in.actor_of(token) is None
    again = run("staff", "reset", "kari", "--password-file", "-", typed="en ganske lang setning\n")
    assert "Passord:" not in again, "what was typed is not shown"
    otp = pyotp.parse_uri(re.search(r"otpauth://\S+", again)[0])  # type: ignore[index]
    assert isinstance(otp, pyotp.TOTP)
    assert signing_in.sign_in("kari", "en ganske lang setning", otp.now(), "192.0.2.1")
    with pytest.raises(SignInRefused):
        signing_in.sign_in("kari", password[1], otp.now(), "192.0.2.1")
    listed: dict[str, Any] = json.loads(run("staff", "list", "--json"))
    assert listed == {
        "event": "staff", "staff_id": "kari", "municipality": "baerum", "name": "Kari",
        "roles": ["approver"], "districts": [], "closed": False,
    }  # fmt: skip
    log = [json.loads(line) for line in run("staff", "log", "--json").splitlines()]
    assert {each["actor"] for each in log} == {"kommandolinjen", "staff:kari"}
    assert [each["action"] for each in log if each["recipient_id"] == "staff:kari"] == [
        "sign_in", "account_reset", "account_closed", "account_changed", "sign_in",
        "account_added",
    ]  # fmt: skip


def test_an_account_of_the_sign_in_service_has_no_secrets(run: Run, url: str) -> None:
    run("staff", "municipality", "baerum", "--name", "Bærum")
    assert "Passord" not in run(*ADD, "--subject", "abc")
    with store_at(url).transaction() as uow:
        member = uow.staff_by_subject("https://tjeneste.no abc")
    assert member is not None and member.password is None and member.otp_secret is None


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("--role", "konge"), "Velg roller"),
        (("--municipality", "asker"), "ingen kommune"),
        (("--password-file", "-"), "minst 12 tegn"),
        (("--name", " "), "ha et navn"),
        (("--password-file", "finnes-ikke"), "kan ikke leses"),
    ],
)
def test_what_cannot_be_is_one_sentence(run: Run, change: tuple[str, str], sentence: str) -> None:
    run("staff", "municipality", "baerum", "--name", "Bærum")
    with pytest.raises(KurvError, match=sentence):
        run(*ADD, *change, typed="kort\n")
    assert "ingen kontoer" in run("staff", "list")


@pytest.mark.parametrize(
    "arguments",
    [
        ("close", "ola"), ("reset", "ola"), ("change", "ola", "--role", "orderer"),
        ("municipality", "asker"), ("export", "--recipient", "r9", "/tmp/kurv-r9.json"),
        ("export", "--recipient", "r9", "/tmp/kurv-r9.txt"), ("verify-log", "--head", "x"),
        ("erase", "--recipient", "r9", "--reason", "sak 1"), ("add", "Ola N", "--municipality",
        "baerum", "--name", "Ola", "--role", "orderer"),
        ("municipality", "asker", "--name", "Asker", "--keep-log", "5"),
        ("municipality", "asker", "--name", "Asker", "--alcohol", "gratis"),
    ],
    ids=range(11),
)  # fmt: skip
def test_what_is_not_there_is_one_sentence(run: Run, arguments: tuple[str, ...]) -> None:
    with pytest.raises(KurvError, match=r"^[A-ZÅ«].*\.$"):
        run("staff", *arguments)


def test_a_person_is_assigned_exported_and_erased(run: Run, url: str, tmp_path: Path) -> None:
    run("person", "set", "--recipient", "r1", "--name", "Áile")
    shown = run(
        "staff", "municipality", "baerum", "--name", "Bærum", "--assign", "r1=vest",
        "--second-person", "--tobacco", "allow", "--keep-orders", "30", "--json",
    )  # fmt: skip
    assert json.loads(shown)["tobacco_policy"] == "allow"
    assert "som maskinen er satt opp" in run(
        "staff", "municipality", "baerum", "--tobacco", "ingen"
    )
    with store_at(url).transaction() as uow:
        person = uow.person("r1")
    assert (person.municipality, person.district) == ("baerum", "vest")
    for name in ("r1.pdf", "r1.json"):
        run("staff", "export", "--recipient", "r1", tmp_path / name)
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
        with pytest.raises(KurvError, match="ikke finnes fra før"):
            run("staff", "export", "--recipient", "r1", tmp_path / name)
    assert json.loads((tmp_path / "r1.json").read_text())["person"]["display_name"] == "Áile"
    head = json.loads(run("staff", "verify-log", "--json"))["head"]
    run("staff", "erase", "--recipient", "r1", "--reason", "sak 1")
    assert "hel" in run("staff", "verify-log", "--head", head)
    with pytest.raises(KurvError, match="endret eller kuttet"):
        run("staff", "verify-log", "--head", head[:-1] + ("0" if head[-1] != "0" else "1"))
    assert json.loads(run("staff", "retention", "--json"))["log_entries"] == 0
    with pytest.raises(KurvError):
        run("person", "show", "--recipient", "r1")


def test_keys_are_made_and_changed(run: Run, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    run("person", "set", "--recipient", "r1", "--name", "Áile")
    new = run("staff", "new-key").strip()
    monkeypatch.setenv("KURV_DATA_KEY", f"{new},{KEY}")
    assert "Forseglet 1 verdier" in run("staff", "seal")
    monkeypatch.setenv("KURV_DATA_KEY", new)
    assert "Áile" in run("person", "show", "--recipient", "r1")
    monkeypatch.setenv("KURV_DATA_KEY", KEY)
    with pytest.raises(KurvError, match="KURV_DATA_KEY"):
        run("person", "show", "--recipient", "r1")


def test_argon2_outside_tests_is_the_librarys_own() -> None:
    used = PasswordHasher()
    assert (used.time_cost, used.memory_cost >= 19 * 1024) >= (2, True)
    assert accounts.Accounts.__init__.__defaults__ == (None, None)
