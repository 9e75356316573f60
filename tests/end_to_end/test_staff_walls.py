"""Tier: end_to_end. Every route of the staff web, asked by every role for its own and others' data.

The application runs in this process over a real store and the simulated grocer. What each role may
is written as a table into docs/security.md; when it differs from what stands there, it is written
anew and the test fails, so that the change is seen.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute
from sqlalchemy import text
from starlette.datastructures import Headers
from starlette.testclient import TestClient

from bot.casework.demo_sign_in import DemoSignIn
from bot.casework.privacy import Privacy
from bot.casework.staffing import Staffing
from bot.dialogue import Event
from bot.staff import guard, protection, stream
from bot.staff.app import create_app
from bot.staff.parts import StaffParts
from bot.store import Person
from bot.store.callers import Caller
from bot.store.staff_book import StaffMember
from tests.staff_office import ANNE, SHOP, STRANGER, StaffOffice, staff_office
from tests.staff_web import PASSWORD, URL, browser, form_token

DOC = Path(__file__).resolve().parents[2] / "docs" / "security.md"
BEGIN, END = "<!-- routes: written by tests/end_to_end/test_staff_walls.py -->", "<!-- /routes -->"
#: Nothing of the other municipality may ever be in an answer.
FOREIGN_WORDS = ("Fremmed", "Fjellveien 3", "Fetter Fjern", "fremmed merknad", "+4799887766")
MILK, BREAD, BEER = "tine-lettmelk-1l", "grovbrod", "ringnes-pilsner"


@dataclass
class Ids:
    """What a request is about."""

    recipient_id: str
    order_id: str
    task_id: str
    staff_id: str
    values: dict[str, str] = field(default_factory=dict)

    def fill(self, template: str) -> str:
        """A path or a value with these ids in it."""
        known = {
            "recipient_id": self.recipient_id, "order_id": self.order_id,
            "task_id": self.task_id, "staff_id": self.staff_id, "key": "nøkkel", "step": "bli-med",
        }  # fmt: skip
        return template.format(**known)


#: What a sensible request of each route carries; a route that is not here fails the test.
ROUTES: dict[tuple[str, str], dict[str, str]] = {
    ("GET", "/logg-inn"): {},
    ("POST", "/logg-inn"): {"staff_id": "anne", "password": "feil passord", "code": "000000"},
    ("GET", "/logg-inn/tjeneste"): {},
    ("GET", "/logg-inn/svar"): {"code": "x", "state": "y"},
    ("GET", "/logg-inn/demo/{key}"): {},
    ("POST", "/logg-inn/demo/{key}"): {},
    ("POST", "/logg-ut"): {},
    ("GET", "/"): {},
    ("POST", "/oppgave/{task_id}/ferdig"): {"tilbake": "/"},
    ("GET", "/bestillinger"): {},
    ("GET", "/mottakere"): {"sok": ""},
    ("GET", "/mottaker/{recipient_id}"): {},
    ("GET", "/mottaker/{recipient_id}/historikk"): {},
    ("GET", "/mottaker/{recipient_id}/fast"): {},
    ("POST", "/mottaker/{recipient_id}/fast"): {"product_id": MILK, "quantity": "2"},
    ("POST", "/mottaker/{recipient_id}/fast/fra-bestilling"): {"order_id": "{order_id}"},
    ("GET", "/mottaker/{recipient_id}/om"): {},
    ("POST", "/mottaker/{recipient_id}/om"): {"version": "gammel", "display_name": "Endret"},
    ("GET", "/mottaker/{recipient_id}/kurv"): {},
    ("POST", "/mottaker/{recipient_id}/kurv/antall"): {
        "revision": "0", "product_id": MILK, "quantity": "3",
    },
    ("POST", "/mottaker/{recipient_id}/kurv/legg"): {
        "revision": "0", "product_id": MILK, "quantity": "1",
    },
    ("POST", "/mottaker/{recipient_id}/kurv/bytt"): {
        "revision": "0", "gone": MILK, "product_id": BREAD, "quantity": "1",
    },
    ("POST", "/mottaker/{recipient_id}/kurv/vanlig"): {"revision": "0"},
    ("POST", "/mottaker/{recipient_id}/kurv/angre"): {"revision": "0"},
    ("POST", "/mottaker/{recipient_id}/kurv/levering"): {"revision": "0", "wish": "fredag"},
    ("GET", "/mottaker/{recipient_id}/varer"): {"sok": "melk"},
    ("GET", "/mottaker/{recipient_id}/bekreft"): {},
    ("POST", "/mottaker/{recipient_id}/bekreft"): {
        "order_id": "{order_id}", "revision": "1", "how": "beside",
    },
    ("GET", "/mottaker/{recipient_id}/samtale"): {},
    ("POST", "/mottaker/{recipient_id}/samtale"): {"text": "en melk til"},
    ("GET", "/hendelser"): {},
    ("GET", "/mottaker/{recipient_id}/hendelser"): {},
    ("POST", "/mottaker/{recipient_id}/telefon"): {"text": "Hei, det er Anne."},
    ("POST", "/mottaker/{recipient_id}/telefon/{step}"): {},
    ("GET", "/bestilling/{order_id}"): {},
    ("POST", "/bestilling/{order_id}/godkjenn"): {"revision": "1"},
    ("POST", "/bestilling/{order_id}/send-tilbake"): {"revision": "1"},
    ("GET", "/bestilling/{order_id}/kvittering"): {},
    ("POST", "/bestilling/{order_id}/sms"): {},
    ("GET", "/ansatte"): {},
    ("POST", "/ansatte/{staff_id}/endre"): {"roles": "orderer", "districts": "vest"},
    ("POST", "/ansatte/{staff_id}/steng"): {},
    ("GET", "/kommunen"): {},
    ("POST", "/kommunen"): {"keep_orders_days": "365", "keep_log_days": "1825"},
    ("GET", "/personvern"): {"om": "{recipient_id}"},
    ("POST", "/personvern/kontroll"): {},
    ("POST", "/personvern/innsyn"): {"recipient_id": "{recipient_id}", "form": "json"},
    ("POST", "/personvern/slett"): {
        "recipient_id": "{recipient_id}", "again": "{recipient_id}", "reason": "sak 1",
    },
}  # fmt: skip
#: Routes for those who are not signed in, and the one for everybody who is.
OPEN = {key for key in ROUTES if key[1].startswith("/logg-inn")}
#: Who asks: roles and districts of accounts in Bærum; the recipient lives in its west.
ROLES = {
    "orderer": (("orderer",), ()),
    "approver": (("approver",), ()),
    "administrator": (("administrator",), ()),
    "privacy": (("privacy",), ()),
    "all, but other district": (("orderer", "approver", "privacy"), ("øst",)),
}
STRANGER_ROLE = "all, but other municipality"
LET_IN, REFUSED, SIGN_IN = "yes", "–", "sign in"


class Echo:
    """The typed talk, without Rasa: it notes who said what as whom."""

    def __init__(self) -> None:
        self.said: list[tuple[str, str, str]] = []

    def say(self, recipient_id: str, text: str, sure: bool = True, **by: Any) -> list[Event]:
        self.said.append((recipient_id, by["actor"], by["how"]))
        return []


class World:
    """A staff web with people in two municipalities, and a session of every role."""

    def __init__(self, office: StaffOffice) -> None:
        self.office, self.store = office, office.store
        self.echo = Echo()
        self.staffing = Staffing(self.store, office.accounts)
        self.app = create_app(
            StaffParts(
                office.office, office.accounts, talk=self.echo, url=URL, staffing=self.staffing,
                privacy=Privacy(self.store, SHOP.catalogue),
                demo=DemoSignIn(office.accounts, []),
            )
        )  # fmt: skip
        self.tokens = {"": ""}
        for number, (name, (roles, districts)) in enumerate(ROLES.items()):
            member = office.add_staff(f"s{number}", *roles, districts=districts)
            self.tokens[name] = office.token(member)
        self.stranger = self._stranger()
        self.tokens[STRANGER_ROLE] = office.token(self.stranger)
        self.own = self._about("egen", "baerum", "vest", ANNE)
        self.foreign = self._about("fremmed", "asker", "nord", STRANGER)
        self.nobody = Ids("finnes-ikke", "finnes-ikke", "999999", "finnes-ikke")

    def _stranger(self) -> StaffMember:
        roles = ("orderer", "approver", "administrator", "privacy")
        return self.office.add_staff(STRANGER.staff_id, *roles, municipality="asker")

    def _about(self, name: str, municipality: str, district: str, by: Any) -> Ids:
        """A recipient with an order that waits, an open basket, a task and a number."""
        foreign = name == "fremmed"
        with self.store.transaction() as uow:
            uow.save_person(
                Person(
                    name, "Fremmed Fremmedsen" if foreign else "Egen Egensen",
                    municipality=municipality, district=district,
                    address="Fjellveien 3" if foreign else "Storgata 1",
                    next_of_kin="Fetter Fjern" if foreign else "", allergies=("egg",),
                    note="fremmed merknad" if foreign else "",
                )
            )  # fmt: skip
            uow.save_caller(Caller("+4799887766" if foreign else "+4722334455", name, "a$b", 4))
        order = self.office.confirmed(name, BEER, actor=by)
        self.office.basket(name, MILK, actor=by)
        with self.store.transaction() as uow:
            task = uow.add_task(name, "person")
        colleague = f"{name}-kollega"
        self.office.add_staff(colleague, "orderer", municipality=municipality)
        return Ids(name, order.order_id, str(task.task_id), colleague)

    def client(self, role: str) -> TestClient:
        return browser(self.app, self.tokens[role])

    def form_token(self, role: str) -> str:
        signed_in = self.office.accounts.actor_of(self.tokens[role])
        return signed_in.form_token if signed_in else ""

    def ask(self, role: str, route: tuple[str, str], ids: Ids, **changes: str) -> Any:
        method, path = route
        values = {name: ids.fill(value) for name, value in {**ROUTES[route], **changes}.items()}
        client = self.client(role)
        if path.endswith("/hendelser"):
            return Opening(self.app, self.tokens[role], ids.fill(path))
        if method == "GET":
            return client.get(ids.fill(path), params=values)
        return client.post(ids.fill(path), data={"form_token": self.form_token(role), **values})

    def rows(self, *but: str) -> dict[str, list[tuple[Any, ...]]]:
        """Everything that is stored, table by table, but what every request may write."""
        with self.store._engine.connect() as connection:
            tables = connection.execute(
                text("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
            ).scalars()
            return {
                table: [tuple(row) for row in connection.execute(text(f"SELECT * FROM {table}"))]
                for table in tables.all()
                if table not in {"access_log", "staff_sessions", "sqlite_sequence", *but}
            }


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One for all tests that leave the sessions and the recipients of it as they are."""
    with made_world(tmp_path_factory.mktemp("walls")) as made:
        yield made


@contextmanager
def made_world(folder: Path) -> Iterator[World]:
    free = protection.Rate(1e9, 1e9)  # rates have their own tests
    with pytest.MonkeyPatch.context() as patch, staff_office(folder) as office:
        for name in ("ADDRESS", "BROWSER", "STRANGER", "SIGNING_IN"):
            patch.setattr(protection, name, free)
        yield World(office)


class Opening:
    """What an event stream begins with; the browser goes away after that."""

    def __init__(self, app: Any, token: str, path: str) -> None:
        self.status_code, self.headers, self.text = 0, Headers(), ""
        asyncio.run(self._read(app, token, path))

    async def _read(self, app: Any, token: str, path: str) -> None:
        read = asyncio.Event()
        asked = iter([{"type": "http.request", "body": b"", "more_body": False}])

        async def receive() -> Any:
            first = next(asked, None)
            if first is None:
                await read.wait()
            return first or {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                self.status_code = message["status"]
                self.headers = Headers(raw=message["headers"])
            self.text += message.get("body", b"").decode()
            # A refusal has one part, a stream goes on: the basket is its second or third part.
            if "event: basket" in self.text or not message.get("more_body", True):
                read.set()
            elif self.text:
                asyncio.get_running_loop().call_later(0.2, read.set)

        await asyncio.wait_for(app(self._scope(token, path), receive, send), 20)

    @staticmethod
    def _scope(token: str, path: str) -> dict[str, Any]:
        return {
            "type": "http", "method": "GET", "path": path, "raw_path": path.encode(),
            "query_string": b"", "root_path": "", "scheme": "https", "http_version": "1.1",
            "headers": [(b"host", b"localhost"), (b"cookie", f"__Host-kurv={token}".encode())],
            "client": ("testclient", 1), "server": ("localhost", 443),
        }  # fmt: skip


def outcome(answer: Any) -> str:
    """Whether a role was let in."""
    location = answer.headers.get("location", "")
    if "clear-site-data" in answer.headers:  # signed out
        return LET_IN
    if answer.status_code == 401 or location == "/logg-inn":
        return SIGN_IN
    if answer.status_code == 404:
        return REFUSED
    assert answer.status_code in (200, 303, 400, 403, 409), answer.text
    return LET_IN


def without_ids(answer: Any, ids: Ids) -> tuple[int, str]:
    """An answer in which nothing tells which ids were asked for."""
    shown = answer.text
    for each in (ids.recipient_id, ids.order_id, ids.staff_id):
        shown = shown.replace(each, "ID")
    return answer.status_code, re.sub(r'value="[\w-]{43}"', "TOKEN", shown)


def test_every_route_is_known_here(world: World) -> None:
    found = {
        (method, route.path)
        for route in world.app.routes
        if isinstance(route, APIRoute)
        for method in route.methods - {"HEAD"}
    }
    assert found == set(ROUTES), "describe a new route in ROUTES, so that its walls are tried"
    mounted = {route.path for route in world.app.routes if not isinstance(route, APIRoute)}
    assert mounted == {"/static"}


def test_every_route_asks_who_it_is(world: World) -> None:
    """By its dependencies, not only by its answers: nobody can forget the guard."""

    def calls(dependant: Any) -> Iterator[Any]:
        yield dependant.call
        for inner in dependant.dependencies:
            yield from calls(inner)

    for route in world.app.routes:
        if not isinstance(route, APIRoute) or ("GET", route.path) in OPEN:
            continue
        for method in route.methods:
            if (method, route.path) in OPEN:
                continue
            found = set(calls(route.dependant))
            needed = guard.signed_in if method == "GET" else guard.checked_form
            assert needed in found, f"{method} {route.path}"


def test_what_each_role_may_is_as_documented(tmp_path: Path) -> None:
    with made_world(tmp_path) as world:  # its recipient is erased in the end
        table = asked_by_all(world)
    for route, row in table.items():
        if route not in OPEN:
            assert row[""] == SIGN_IN, route
        if "{" in route[1] and route not in OPEN:
            assert row[STRANGER_ROLE] == REFUSED, route
        if "{recipient_id}" in route[1] or "{order_id}" in route[1]:
            assert row["all, but other district"] == REFUSED, route
            assert row["administrator"] == row["privacy"] == REFUSED, route
            assert row["orderer"] == LET_IN or row["approver"] == LET_IN, route
    written = described(table)
    document = DOC.read_text(encoding="utf-8")
    before, _, rest = document.partition(BEGIN)
    stands, _, after = rest.partition(END)
    if stands.strip() != written.strip():
        DOC.write_text(f"{before}{BEGIN}\n{written}\n{END}{after}", encoding="utf-8")
        pytest.fail("docs/security.md was stale and has been written anew; look at the change")


def asked_by_all(world: World) -> dict[tuple[str, str], dict[str, str]]:
    """What came of every route for every role."""
    table: dict[tuple[str, str], dict[str, str]] = {}
    last = [("POST", "/personvern/slett"), ("POST", "/logg-ut")]
    for route in [*(each for each in ROUTES if each not in last), *last]:
        row = table[route] = {}
        for role in ("", *ROLES, STRANGER_ROLE):
            row[role] = "open" if route in OPEN else outcome(world.ask(role, route, world.own))
    return table


def described(table: dict[tuple[str, str], dict[str, str]]) -> str:
    heads = ["nobody signed in", *ROLES, STRANGER_ROLE]
    lines = [f"| Route | {' | '.join(heads)} |", "| --- " * (len(heads) + 1) + "|"]
    for (method, path), row in sorted(table.items(), key=lambda each: (each[0][1], each[0][0])):
        lines.append(f"| `{method} {path}` | {' | '.join(row.values())} |")
    return "\n".join(lines)


def test_nothing_of_another_municipality_is_shown_or_changed(world: World) -> None:
    """Whoever asks, by path or by any field: as if it did not exist, and nothing changes."""
    for role in ("", *ROLES):
        before = world.rows("sign_in_failures")
        for route in ROUTES:
            if route in OPEN or route in (("POST", "/logg-ut"), ("POST", "/kommunen")):
                continue
            foreign = world.ask(role, route, world.foreign)
            for word in FOREIGN_WORDS:
                assert word not in foreign.text, (role, route)
            if any("{" in part for part in (route[1], *ROUTES[route].values())):
                nobody = world.ask(role, route, world.nobody)
                assert without_ids(foreign, world.foreign) == without_ids(nobody, world.nobody), (
                    role, route,
                )  # fmt: skip
            if "{" in route[1]:
                assert outcome(foreign) in (REFUSED, SIGN_IN), (role, route)
        assert world.rows("sign_in_failures") == before, role
    assert all(recipient == world.own.recipient_id for recipient, _, _ in world.echo.said)


def test_another_district_is_as_far_as_another_municipality(world: World) -> None:
    role = "all, but other district"
    before = world.rows()
    for route in ROUTES:
        if route in OPEN or "{" not in route[1] or "{staff_id}" in route[1]:
            continue
        own = world.ask(role, route, world.own)
        assert outcome(own) == REFUSED, route
        assert "Egen" not in own.text and "Storgata" not in own.text
    for path in ("/", "/mottakere", "/bestillinger", "/personvern"):
        assert "Egen" not in world.ask(role, ("GET", path), world.own).text
    assert world.rows() == before


def test_ones_own_recipient_is_no_way_to_anothers_order(world: World) -> None:
    """A path of one's own with somebody else's order, task or product in the form."""
    mixed = Ids(
        world.own.recipient_id, world.foreign.order_id, world.foreign.task_id,
        world.foreign.staff_id,
    )  # fmt: skip
    nobodys = Ids(world.own.recipient_id, "finnes-ikke", "999999", "finnes-ikke")
    before = world.rows()
    for role in ("orderer", "approver"):
        for route, values in ROUTES.items():
            if "{order_id}" not in str(values):
                continue
            answer = world.ask(role, route, mixed)
            assert answer.status_code in (400, 404, 409), route
            as_none = world.ask(role, route, nobodys)
            assert without_ids(answer, mixed) == without_ids(as_none, nobodys), (role, route)
            assert not any(word in answer.text for word in FOREIGN_WORDS)
    assert world.rows() == before


def test_a_form_without_its_token_changes_nothing(world: World) -> None:
    role, before = "orderer", world.rows()
    for route in ROUTES:
        if route[0] != "POST" or route in OPEN:
            continue
        for token in ("", world.form_token("approver")):
            assert world.ask(role, route, world.own, form_token=token).status_code == 404, route
        by_address = world.client(role).post(
            world.own.fill(route[1]), params={"form_token": world.form_token(role)},
            data={name: world.own.fill(value) for name, value in ROUTES[route].items()},
        )  # fmt: skip
        assert by_address.status_code == 404, "a token in the address counts for nothing"
    assert world.rows() == before


def test_nobody_can_say_who_they_are_or_what_they_may(world: World) -> None:
    """Actor, role, municipality and how it was confirmed come from the server alone."""
    lies = {
        "actor": "staff:carl", "role": "administrator", "roles": "administrator", "how": "voice",
        "municipality": "asker", "by": "recipient", "confirmed_by": "recipient",
        "approved_by": "staff:carl", "staff_id": "carl",
    }  # fmt: skip
    path = world.own.fill("/mottaker/{recipient_id}/samtale")
    token = world.form_token("orderer")
    client = world.client("orderer")
    headers = {"x-actor": "staff:carl", "x-role": "administrator", "x-forwarded-user": "carl"}
    answer = client.post(
        path, params=lies, headers=headers,
        data={**lies, "form_token": token, "text": "/affirm", "beside": "nei"},
    )  # fmt: skip
    assert answer.status_code == 303
    assert world.echo.said[-1] == ("egen", "staff:s0", "behalf")
    order = {"form_token": token, "order_id": world.own.order_id, "revision": "1"}
    answer = client.post(
        world.own.fill("/mottaker/{recipient_id}/bekreft"), data={**order, "how": "voice"}
    )
    assert answer.status_code == 400, "the recipient's own yes is not staff's to give"
    for route in (("GET", "/ansatte"), ("GET", "/personvern"), ("GET", "/kommunen")):
        answer = client.get(route[1], params=lies, headers=headers)
        assert answer.status_code == 404


def test_the_one_who_confirmed_does_not_approve(world: World) -> None:
    member = world.office.add_staff("begge", "orderer", "approver")
    world.tokens["both"] = world.office.token(member)
    actor = world.office.accounts.actor_of(world.tokens["both"])
    assert actor is not None
    with world.store.transaction() as uow:
        uow.save_person(Person("tredje", "Tredje", municipality="baerum"))
    order = world.office.confirmed("tredje", BEER, actor=actor.actor)
    ids = Ids("tredje", order.order_id, "1", "x")
    answer = world.ask("both", ("POST", "/bestilling/{order_id}/godkjenn"), ids)
    assert answer.status_code in (400, 404, 409)
    with world.store.transaction() as uow:
        stored = uow.order(order.order_id)
    assert stored is not None and stored.approved_by is None


# -- sessions that go on ---------------------------------------------------------------------------


def test_a_closed_account_is_out_at_its_next_request(world: World) -> None:
    page = ("GET", "/mottaker/{recipient_id}")
    world.tokens["leaving"] = world.office.token(world.office.add_staff("slutter", "orderer"))
    assert outcome(world.ask("leaving", page, world.own)) == LET_IN
    form = {"form_token": world.form_token("administrator")}
    closed = world.client("administrator").post("/ansatte/slutter/steng", data=form)
    assert closed.status_code == 303
    for route in (page, ("POST", "/mottaker/{recipient_id}/fast")):
        assert outcome(world.ask("leaving", route, world.own)) == SIGN_IN


def test_other_districts_and_roles_hold_at_the_next_request(world: World) -> None:
    page = ("GET", "/mottaker/{recipient_id}")
    world.tokens["moving"] = world.office.token(world.office.add_staff("flytter", "orderer"))
    for roles, districts, expected in (
        (["orderer"], [], LET_IN),
        (["orderer"], ["øst"], REFUSED),
        (["orderer"], ["øst", "vest"], LET_IN),
        (["privacy"], [], REFUSED),
    ):
        world.staffing.change("flytter", roles, districts)
        assert outcome(world.ask("moving", page, world.own)) == expected


@pytest.mark.parametrize("change", ["close", "district", "moved", "signed out"])
def test_an_open_event_stream_ends_with_the_right_to_it(
    world: World, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    """Also while so much happens that there is never a pause in which to look."""
    monkeypatch.setattr(stream, "CHECKED", 0.0)
    name = "ser-" + change.replace(" ", "-")
    token = world.office.token(world.office.add_staff(name, "orderer", districts=("vest",)))
    live = world.office.office.follow._live

    def happens(number: int) -> None:
        live.publish("egen", {"event": "partial", "text": f"ord nummer {number}"})

    def take_away() -> None:
        if change == "close":
            world.staffing.close(name)
        elif change == "district":
            world.staffing.change(name, ["orderer"], ["øst"])
        elif change == "signed out":
            world.office.accounts.sign_out(token)
        else:
            with world.store.transaction() as uow:
                uow.save_person(replace(uow.person("egen"), district="øst"))

    try:
        reading = Reading(world.app, token, "/mottaker/egen/hendelser", happens, take_away)
    finally:
        with world.store.transaction() as uow:
            uow.save_person(replace(uow.person("egen"), district="vest"))
    assert "ord nummer 1" in reading.text
    assert "ord nummer 2" not in reading.text, "told after the right was gone"
    assert reading.ended


class Reading(Opening):
    """A stream that is read: something happens, the right to it goes, something happens again."""

    def __init__(
        self, app: Any, token: str, path: str, happens: Callable[[int], None],
        take_away: Callable[[], None],
    ) -> None:  # fmt: skip
        self._happens, self._take_away, self.ended = happens, take_away, False
        super().__init__(app, token, path)

    async def _read(self, app: Any, token: str, path: str) -> None:
        async def play() -> None:
            while "event: basket" not in self.text:
                await asyncio.sleep(0.01)
            self._happens(1)
            while "ord nummer 1" not in self.text:
                await asyncio.sleep(0.01)
            await asyncio.to_thread(self._take_away)
            self._happens(2)

        async def receive() -> Any:
            if not asked:
                await asyncio.Event().wait()
            return asked.pop()

        async def send(message: Any) -> None:
            self.text += message.get("body", b"").decode()
            self.ended = message["type"] == "http.response.body" and not message.get("more_body")

        asked = [{"type": "http.request", "body": b"", "more_body": False}]
        reading = asyncio.ensure_future(app(self._scope(token, path), receive, send))
        await asyncio.wait_for(play(), 20)
        await asyncio.wait_for(reading, 20)


def test_an_administrator_cannot_make_themselves_anything(world: World) -> None:
    own = Ids("egen", "x", "1", "s2")
    for route in (("POST", "/ansatte/{staff_id}/endre"), ("POST", "/ansatte/{staff_id}/steng")):
        answer = world.ask("administrator", route, own, roles="privacy")
        assert outcome(answer) == REFUSED, route
    page = world.client("administrator").get("/ansatte").text
    assert "carl" not in page and "fremmed-kollega" not in page
    for route in (("POST", "/ansatte/{staff_id}/endre"),):
        answer = world.ask("administrator", route, world.own, roles="konge")
        assert answer.status_code == 400


def test_no_answer_about_people_may_be_kept(world: World) -> None:
    for route in ROUTES:
        if route[0] == "POST":
            continue
        answer = world.ask("orderer", route, world.own)
        assert answer.headers["cache-control"] == "no-store", route
        assert "set-cookie" not in answer.headers or route[1] == "/logg-inn/svar", route


@pytest.mark.parametrize(
    "evil",
    ["//ond.no", "https://ond.no", "/\\ond.no", "\\\\ond.no", "javascript:alert(1)", "/\tond.no",
     "/x\r\nSet-Cookie: a=b", " //ond.no", "", "ond.no", "/%0d%0aSet-Cookie:a=b"],
    ids=range(11),
)  # fmt: skip
def test_no_form_leads_elsewhere_or_writes_headers(world: World, evil: str) -> None:
    with world.store.transaction() as uow:
        task = uow.add_task("egen", "not_understood", evil[:5].strip() or "x")
    ids = Ids("egen", "x", str(task.task_id), "x")
    answer = world.ask("orderer", ("POST", "/oppgave/{task_id}/ferdig"), ids, tilbake=evil)
    assert answer.status_code == 303
    location = answer.headers["location"]
    assert location.startswith("/") and not location.startswith(("//", "/\\"))
    assert not any(control in location for control in "\r\n\t")
    assert "set-cookie" not in answer.headers


def test_after_signing_in_the_form_that_was_there_before_counts_for_nothing(world: World) -> None:
    """A page that was open before a colleague signed in on the same iPad."""
    client = browser(world.app, world.office.token(world.office.add_staff("kveld", "orderer")))
    old = form_token(client.get("/").text)
    form = {"staff_id": "s1", "password": PASSWORD, "code": world.office.code()}
    assert client.post("/logg-inn", data=form).status_code == 303
    path = world.own.fill("/oppgave/{task_id}/ferdig")
    assert client.post(path, data={"form_token": old}).status_code == 404
