"""Tier: end_to_end. After a day's play nothing of a person is in any log: no name, number or word.

The day is played on the `kurv serve` that other tests have played on too; its whole log is read.
"""

from __future__ import annotations

import re
from dataclasses import replace

import httpx
import pyotp
import pytest

from bot.dialogue import HttpDialogue
from bot.errors import DialogueError
from bot.staff.guard import LOCAL_COOKIE
from bot.store import Person
from bot.store.staff_book import Municipality, StaffMember
from tests.end_to_end.telephone_service import PIN, TOKEN, KurvService
from tests.staff_web import FAST, SECRET, form_token

PASSWORD = "åtte gule bananer"
PERSON = Person(
    "logg-1", "Tordis Løvebakken", municipality="loggby", district="sør", allergies=("nøtter",),
    address="Blåbærlia 77", next_of_kin="Sigurd, 41 22 33 44", note="liker reker og lutefisk",
)  # fmt: skip
#: What must not be found, however it is written.
SECRETS = (
    "Tordis", "Løvebakken", "Blåbærlia", "Sigurd", "lutefisk", "41223344", "41 22 33 44",
    "nøtter", PASSWORD, "bananer", SECRET, PIN, TOKEN, "havregryn", "norvegia", "geitost",
    "melk", "brød", "kaffe", "Bearer", "Set-Cookie", "Traceback", "select ", "insert ",
)  # fmt: skip
#: Telephone numbers, and whole e-mail addresses.
PATTERNS = (r"\+47\s?\d", r"(?<![\w.:-])\d{8}(?![\w.:-])", r"[\w.]+@[\w.]+\.\w{2,}")


def test_a_day_leaves_nothing_of_a_person_in_the_log(service: KurvService) -> None:
    with service.store.transaction() as uow:
        uow.save_municipality(Municipality("loggby", "Loggby"))
        uow.save_person(PERSON)
        uow.save_staff(
            StaffMember(
                "loggfører", "loggby", "Frøydis", ("orderer", "privacy"),
                password=FAST.hash(PASSWORD), otp_secret=SECRET,
            )
        )  # fmt: skip
    service.add_caller("logg-1", "+4741223344")
    _talk(service)
    service.announce("+4741223344")
    service.announce("sip:Tordis.Lovebakken@example.no")
    _work_at_the_screen(service)
    logged = service.logged()
    assert "sign_in_refused" in logged, "something was logged, so that reading it proves something"
    for secret in SECRETS:
        for written in (secret, secret.encode("unicode_escape").decode(), _quoted(secret)):
            assert written.casefold() not in logged.casefold(), secret
    for pattern in PATTERNS:
        assert re.search(pattern, logged) is None, pattern


def _talk(service: KurvService) -> None:
    dialogue = HttpDialogue(service.url, TOKEN)
    for said in (
        "hei jeg heter Tordis Løvebakken og bor i Blåbærlia 77", "to geitost og havregryn",
        "ring Sigurd på 41 22 33 44", "blablabla lutefisk", "snakk med et menneske", "",
        "/affirm", "x" * 5000, "det var alt", "ja",
    ):  # fmt: skip
        dialogue.say("logg-1", said)
    dialogue.close()
    stranger = HttpDialogue(service.url, "Tordis sin nøkkel".encode().hex())
    with pytest.raises(DialogueError):
        stranger.say("logg-1", "to geitost")
    stranger.close()
    with httpx.Client(base_url=service.url, headers={"Authorization": f"Bearer {TOKEN}"}) as raw:
        for body in ("Tordis {", '{"recipient": "Tordis"}', '{"recipient":7,"text":"geitost"}'):
            raw.post("/webhooks/kurv/turn", content=body)
        raw.get("/Tordis/Løvebakken?q=geitost")


def _work_at_the_screen(service: KurvService) -> None:
    with httpx.Client(base_url=service.staff, headers={"accept": "text/html"}) as web:
        wrong = {"staff_id": "Tordis", "password": PASSWORD, "code": "123456"}
        assert web.post("/logg-inn", data=wrong).status_code == 403
        code = pyotp.TOTP(SECRET).now()
        right = {"staff_id": "loggfører", "password": PASSWORD, "code": code}
        assert web.post("/logg-inn", data=right).status_code == 303
        assert LOCAL_COOKIE in web.cookies
        page = web.get("/mottaker/logg-1/om")
        assert "Tordis" in page.text
        token = {"form_token": form_token(page.text)}
        web.get("/mottakere", params={"sok": "Tordis Løvebakken"})
        web.get("/mottaker/logg-1/varer", params={"sok": "geitost"})
        web.get("/mottaker/Tordis Løvebakken")
        web.get("/bestilling/Løvebakken")
        web.get("/personvern", params={"om": "Tordis"})
        said = {**token, "text": "et havregryn til Tordis", "beside": "nei"}
        web.post("/mottaker/logg-1/samtale", data=said)
        web.post("/mottaker/logg-1/samtale", data={**token, "text": "Løvebakken" * 100})
        web.post("/mottaker/logg-1/telefon", data={**token, "text": "Hei Tordis"})
        web.post("/mottaker/logg-1/om", data={**token, "version": "x", "budget": "Blåbærlia"})
        web.post("/mottaker/logg-1/kurv/legg", data={**token, "product_id": "Tordis"})
        assert web.post("/personvern/innsyn", data={**token, "recipient_id": "logg-1"}).is_success
        web.post("/logg-ut", data=token)


def _quoted(text: str) -> str:
    return str(httpx.QueryParams({"x": text}))[2:]


def test_the_person_is_told_apart_from_the_secrets() -> None:
    """The words that are looked for are those that were played."""
    told = str(replace(PERSON))
    assert sum(secret in told for secret in SECRETS) >= 6
