"""Tier: unit. The staff web without a browser: the way in, what goes wrong in words, its weight."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from bot.staff.app import create_app
from bot.staff.parts import StaffParts
from tests.staff_office import ANNE, StaffOffice, staff_office
from tests.staff_web import browser, form_token

SCRIPT = {"accept": "*/*", "x-kurv-part": "1"}


@pytest.fixture(scope="module")
def kurv(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StaffOffice]:
    with staff_office(tmp_path_factory.mktemp("office")) as found:
        yield found


@pytest.fixture
def anne(kurv: StaffOffice) -> TestClient:
    """Anne's browser, signed in."""
    with kurv.store.transaction() as uow:
        member = uow.staff_member("anne")
    assert member is not None
    app = create_app(StaffParts(kurv.office, kurv.accounts))
    return browser(app, kurv.token(member))


def test_nobody_sees_a_page_unsigned(anne: TestClient) -> None:
    anne.cookies.clear()
    answer = anne.get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/logg-inn")
    assert anne.get("/", headers=SCRIPT).status_code == 401


def test_an_unknown_page_is_told_in_words(anne: TestClient) -> None:
    answer = anne.get("/finnes-ikke")
    assert answer.status_code == 404
    assert "ikke til ditt område" in answer.text


def test_everything_works_without_the_script(anne: TestClient, kurv: StaffOffice) -> None:
    olga = kurv.person(display_name="Olga Dahl")
    page = anne.get(f"/mottaker/{olga}/varer?sok=lettmelk").text
    token = form_token(page)
    form = {"form_token": token, "revision": "0", "product_id": "tine-lettmelk-1l", "quantity": "2"}
    answer = anne.post(f"/mottaker/{olga}/kurv/legg", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/mottaker/{olga}")
    # The same form again is of a basket that is no more.
    again = anne.post(f"/mottaker/{olga}/kurv/legg", data=form)
    assert again.status_code == 409
    assert "Kurven ble endret" in again.text and "<h1>Olga Dahl</h1>" in again.text
    assert kurv.office.baskets.show(ANNE, olga).lines[0].line.quantity == 2
    # Our script gets the basket alone.
    part = anne.post(f"/mottaker/{olga}/kurv/legg", data=form, headers=SCRIPT)
    assert part.status_code == 409
    assert "<h1>" not in part.text and "Kurven ble endret" in part.text


def test_a_form_of_another_session_does_nothing(anne: TestClient, kurv: StaffOffice) -> None:
    olga = kurv.person()
    form = {"form_token": "x", "revision": "0", "product_id": "grovbrod", "quantity": "1"}
    assert anne.post(f"/mottaker/{olga}/kurv/legg", data=form).status_code == 404
    assert kurv.office.baskets.show(ANNE, olga).lines == ()


@pytest.mark.parametrize(
    "change",
    [
        {"quantity": "mange"}, {"quantity": "-1"}, {"quantity": "1e9"}, {"quantity": "NaN"},
        {"quantity": "0.5"}, {"revision": "x"}, {"product_id": "finnes-ikke"},
        {"product_id": "x" * 1000},
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_in_words(
    anne: TestClient, kurv: StaffOffice, change: dict[str, str]
) -> None:
    olga = kurv.person()
    token = form_token(anne.get("/").text)
    form = {"form_token": token, "revision": "0", "product_id": "grovbrod", "quantity": "1"}
    answer = anne.post(f"/mottaker/{olga}/kurv/legg", data={**form, **change})
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert kurv.office.baskets.show(ANNE, olga).lines == ()


def test_what_people_are_called_is_never_markup(anne: TestClient, kurv: StaffOffice) -> None:
    olga = kurv.person(display_name="<b>Olga</b>", note='"><script>alert(1)</script>')
    for path in ("", "/om", "/varer", "/fast", "/historikk"):
        text = anne.get(f"/mottaker/{olga}{path}").text
        assert "<b>Olga" not in text and "<script>alert" not in text


def test_a_task_leads_back_to_our_own_pages_only(anne: TestClient, kurv: StaffOffice) -> None:
    token = form_token(anne.get("/").text)
    for back, goes in (("/mottaker/x", "/mottaker/x"), ("//ute.no", "/"), ("https://ute.no", "/")):
        olga = kurv.person()
        kurv.service.handle(olga, "person", "menneske")
        with kurv.store.transaction() as uow:
            (task,) = uow.tasks(recipient_id=olga)
        answer = anne.post(
            f"/oppgave/{task.task_id}/ferdig", data={"form_token": token, "tilbake": back}
        )
        assert answer.headers["location"] == goes
