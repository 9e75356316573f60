"""Tier: unit. The one way into the staff web, and how it tells what went wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from bot.casework.actor import Actor, Role, SignedIn
from bot.casework.office import Office
from bot.data_files import load_shop
from bot.settings import PACKAGED_DATA
from bot.staff.app import create_app
from bot.staff.guard import LOCAL_COOKIE
from bot.staff.parts import StaffParts
from bot.store import Person, Store

ANNE = Actor("anne", "Anne Lie", "asker", frozenset({Role.ORDERER}))


class OneAccount:
    """A session "t" of Anne's."""

    def actor_of(self, token: str) -> SignedIn | None:
        return SignedIn(ANNE, "form") if token == "t" else None


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    store = Store(f"sqlite:///{tmp_path}/kurv.db")
    store.migrate()
    with store.transaction() as uow:
        uow.save_person(Person("r1", "Olga Dahl", municipality="asker"))
        uow.save_person(Person("r2", "Per Moe", municipality="baerum"))
    shop = load_shop(PACKAGED_DATA / "catalogue.csv", PACKAGED_DATA / "synonyms.yml")
    office = Office(store, None, shop)  # type: ignore[arg-type]
    parts = StaffParts(office, OneAccount(), secure=False)
    return TestClient(create_app(parts), headers={"accept": "text/html"}, follow_redirects=False)


def test_nobody_sees_a_page_unsigned(client: TestClient) -> None:
    answer = client.get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/logg-inn")
    assert client.get("/", headers={"accept": "*/*"}).status_code == 401


def test_only_ones_own_people_are_seen(client: TestClient) -> None:
    client.cookies.set(LOCAL_COOKIE, "t")
    text = client.get("/").text
    assert "Olga Dahl" in text
    assert "Per Moe" not in text


def test_an_unknown_page_is_told_in_words(client: TestClient) -> None:
    client.cookies.set(LOCAL_COOKIE, "t")
    answer = client.get("/finnes-ikke")
    assert answer.status_code == 404
    assert "ikke til ditt område" in answer.text
