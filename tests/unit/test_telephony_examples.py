"""Tier: unit. The examples for Asterisk fit our side of them; Asterisk itself is not run."""

import json
import re
from configparser import ConfigParser
from pathlib import Path

import pytest

from bot.cli.telephone import CONTEXT
from bot.settings import Settings

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "telephony"
DIALPLAN = (FOLDER / "extensions.conf").read_text(encoding="utf-8")


def steps(context: str) -> list[str]:
    """The applications of a context, one by one."""
    part = DIALPLAN.split(f"[{context}]")[1].split("\n[")[0]
    return re.findall(r"^.*?(?:,|=> )(?:\d+|n(?:\(\w+\))?),(.*)$", part, re.M)


@pytest.fixture(scope="module")
def account() -> ConfigParser:
    parser = ConfigParser(inline_comment_prefixes=(";",))
    parser.read(FOLDER / "pjsip.conf", encoding="utf-8")
    return parser


@pytest.mark.parametrize("context", ["from-provider", CONTEXT])
def test_a_call_is_announced_before_it_is_carried(context: str) -> None:
    kinds = [step.split("(")[0] for step in steps(context)]
    assert kinds.index("System") < kinds.index("AudioSocket")
    (announcing,) = [step for step in steps(context) if step.startswith("System")]
    body = re.search(r"--data '(.*?)' ", announcing)
    assert body is not None
    told = re.sub(r"\$\{(FILTER\(.*?,)?\$?\{?(\w+)\}?\)?\}", "x", body[1])
    assert set(json.loads(told)) == {"call", "caller"}
    # Nothing of a caller's own making reaches the shell unfiltered.
    assert "CALLERID" not in announcing
    assert any("FILTER(+0123456789," in step for step in steps(context))


def test_the_dialplan_knows_our_addresses() -> None:
    found = dict(re.findall(r"^(\w+) = (\S+)$", DIALPLAN, re.M))
    assert found["KURV"].endswith(":5005/webhooks/kurv/calls")
    assert found["AUDIOSOCKET"] == "127.0.0.1:5039"
    assert all(name in DIALPLAN for name in ("KURV_CALL", "KURV_NUMBER"))


def test_the_account_leads_into_the_dialplan_and_out_of_it(account: ConfigParser) -> None:
    kinds = {name: account[name]["type"] for name in account.sections()}
    (endpoint,) = [name for name, kind in kinds.items() if kind == "endpoint"]
    assert f"[{account[endpoint]['context']}]" in DIALPLAN
    assert f"@{endpoint}" in dict(re.findall(r"^(\w+) = (\S+)$", DIALPLAN, re.M))["STAFF"]
    assert Settings.from_environment({}).call_channel.endswith(f"@{endpoint}")
    for section, key, kind in (
        (endpoint, "aors", "aor"),
        (endpoint, "outbound_auth", "auth"),
        (endpoint, "transport", "transport"),
        ("provider-calls", "endpoint", "endpoint"),
        ("provider-registration", "outbound_auth", "auth"),
    ):
        assert kinds[account[section][key]] == kind


def test_the_container_holds_what_its_example_needs() -> None:
    container = (FOLDER / "Containerfile").read_text(encoding="utf-8")
    assert "COPY extensions.conf /etc/asterisk/extensions.conf" in container
    for name in ("pjsip.conf", "kurv.header"):
        assert f"/etc/asterisk/{name}:ro" in container
    packages = re.search(r"apk add --no-cache (.*)", container)
    assert packages is not None and {"asterisk", "curl"} <= set(packages[1].split())
