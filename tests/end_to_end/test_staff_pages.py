"""Tier: end_to_end. Staff at an iPad, in a real browser, with a real `kurv serve` behind it: they
sign in, read along while somebody orders by telephone, mend, confirm, approve, take over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pyotp
import pytest
from argon2 import PasswordHasher
from playwright.sync_api import Browser, Page, expect

from audio.synthesizer import EspeakSynthesizer, Voice
from bot.ordering.order import Order, Status
from bot.store import Person
from bot.store.staff_book import Municipality, StaffMember
from tests.end_to_end.commands import ROOT
from tests.end_to_end.staff_browser import (
    CHROMIUM,
    LARGE,
    LYING,
    STANDING,
    Caller,
    Colleague,
    chromium,
    hindrances,
    is_wider_than_the_screen,
    small_targets,
)
from tests.end_to_end.telephone_service import PIN, KurvService

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="chromium")

PASSWORD = "tretti grønne agurker"
SECRET = pyotp.random_base32()
STAFF = {
    "anne": ("Anne Lie", ("orderer",)),
    "bjorn": ("Bjørn Haugen", ("orderer", "approver")),
    "lars": ("Lars Ås", ("orderer",)),
}
PEOPLE = {
    "olga": ("Olga Dahl", "baerum"), "arne": ("Arne Sol", "baerum"),
    "signe": ("Signe Vik", "baerum"), "einar": ("Einar Moe", "baerum"),
    "gudrun": ("Gudrun Aas", "baerum"), "fremmed": ("Nabo Nes", "asker"),
}  # fmt: skip
expect.set_options(timeout=20_000)
#: Where the pictures of the newest run are kept; docs/images are chosen from them.
SHOTS = ROOT / "build" / "screenshots"


@dataclass
class House:
    """A service with people and staff, and browsers to look at it."""

    service: KurvService
    browser: Browser
    shots: Path

    def __post_init__(self) -> None:
        self._signed_in: dict[str, Colleague] = {}

    def stranger(self, name: str = "lars") -> Colleague:
        """Somebody who has not signed in."""
        return Colleague(self.browser, self.service.staff, name, PASSWORD, SECRET)

    def colleague(self, name: str) -> Colleague:
        """Somebody who has; a code counts once, so that each signs in once."""
        if name not in self._signed_in:
            self._signed_in[name] = self.stranger(name)
            expect(self._signed_in[name].sign_in().get_by_role("heading", level=1)).to_contain_text(
                STAFF[name][0].split()[0]
            )
        return self._signed_in[name]

    def order(self, recipient: str) -> Order:
        """Somebody's newest order."""
        return self.service.orders(recipient)[0]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("staff")
    SHOTS.mkdir(parents=True, exist_ok=True)
    service = KurvService(folder)
    service.store.migrate()
    hasher = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1)
    with service.store.transaction() as uow:
        for municipality in ("baerum", "asker"):
            uow.save_municipality(Municipality(municipality, municipality.capitalize()))
        for staff_id, (name, roles) in STAFF.items():
            uow.save_staff(
                StaffMember(staff_id, "baerum", name, roles, (), hasher.hash(PASSWORD), SECRET)
            )
        for recipient, (name, municipality) in PEOPLE.items():
            uow.save_person(Person(recipient, name, municipality=municipality))
    service.add_caller("olga", "+4722556677")
    with service, chromium() as browser:
        yield House(service, browser, SHOTS)


@pytest.fixture(scope="module")
def voice() -> Iterator[EspeakSynthesizer]:
    with EspeakSynthesizer(Voice("nb+f2")) as found:
        yield found


def basket(page: Page, *lines: str) -> None:
    """Wait until the basket on the page has these lines, by how they begin."""
    shown = page.locator("#kurv .line .name")
    expect(shown).to_have_count(len(lines))
    for place, line in enumerate(lines):
        expect(shown.nth(place)).to_contain_text(re.compile(line, re.IGNORECASE))


def test_a_spoken_order_is_followed_mended_and_taken_over(
    house: House, voice: EspeakSynthesizer
) -> None:
    anne = house.colleague("anne")
    page = anne.open("/")
    expect(page.get_by_text("Ingen er på telefonen")).to_be_visible()
    caller = Caller(house.service, "+4722556677", voice)
    caller.hears()
    caller.press(PIN)
    caller.hears()
    page.get_by_role("link", name=re.compile("Olga Dahl.*siden kl", re.DOTALL)).click()
    page.evaluate("window.notReloaded = true")
    expect(page.get_by_text("Olga er på telefonen")).to_be_visible()
    basket(page)
    caller.says("jeg vil ha to norvegia")
    basket(page, "norvegia")
    expect(page.locator("#sagt .person:not(.partial)").last).to_contain_text("norvegia")
    page.screenshot(path=house.shots / "samtale.png")
    # Mended while the call goes on.
    page.get_by_role("button", name=re.compile("^Mer: .*norvegia", re.IGNORECASE)).click()
    expect(page.locator("#kurv .amount")).to_have_text("3")
    assert house.order("olga").basket.lines[0].quantity == 3
    # Beside Kurv, instead of it, and back.
    page.get_by_role("button", name="Bli med").click()
    expect(page.get_by_text("Du er med.")).to_be_visible()
    page.get_by_role("button", name="Ta over").click()
    expect(page.get_by_text("Du har tatt over")).to_be_visible()
    page.get_by_label("Si til Olga").fill("Hei Olga, nå er det Anne.")
    page.get_by_role("button", name="Si", exact=True).click()
    expect(page.locator("#sagt .staff").last).to_contain_text("nå er det Anne")
    expect(page.get_by_label("Si til Olga")).to_have_value("")
    page.get_by_role("button", name="Gi tilbake til Kurv").click()
    expect(page.get_by_text("Du er med.")).to_be_visible()
    caller.hang_up()
    expect(page.get_by_text("Olga er på telefonen")).to_have_count(0)
    basket(page, "norvegia")
    assert page.evaluate("window.notReloaded") is True
    assert anne.troubles == []


def test_goods_are_chosen_changed_read_back_and_ordered_once(house: House) -> None:
    anne = house.colleague("anne")
    page = anne.open("/mottakere")
    page.get_by_label("Navn eller nummer").fill("arne")
    page.get_by_role("button", name="Finn").click()
    page.get_by_role("link", name=re.compile("Arne Sol")).click()
    # The same bot, typed.
    page.get_by_label("Skriv til Kurv").fill("to liter lettmelk")
    page.get_by_role("button", name="Send").click()
    basket(page, "lettmelk")
    expect(page.locator("#sagt .kurv").last).to_contain_text("Lettmelk")
    expect(page.get_by_label("Skriv til Kurv")).to_have_value("")
    # Chosen from the shelf.
    page.get_by_role("link", name="Legg til varer").click()
    page.get_by_label("Vare, merke eller strekkode").fill("kaffe")
    page.get_by_role("button", name="Finn").click()
    coffee = page.locator(".goods li").first
    name = coffee.locator("h3").inner_text()
    coffee.get_by_label("Antall").fill("2")
    coffee.get_by_role("button", name=re.compile("^Legg i kurven")).click()
    basket(page, "lettmelk", re.escape(name))
    # Something else instead, and that taken back.
    page.get_by_role("link", name=f"Bytt {name}").click()
    other = page.locator(".goods li").first
    instead = other.locator("h3").inner_text()
    other.get_by_role("button", name=re.compile("^Velg denne")).click()
    basket(page, "lettmelk", re.escape(instead))
    page.get_by_role("button", name="Angre").click()
    basket(page, "lettmelk", re.escape(name))
    page.get_by_role("link", name="Les opp og bestill").click()
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.nth(1)).to_contain_text(name)
    total = house.order("arne").basket.total + house.order("arne").basket.deposit_total
    expect(page.locator("tfoot")).to_contain_text(f"{total:.2f}".replace(".", ","))
    page.screenshot(path=house.shots / "bekreft.png")
    page.get_by_role("button", name="Arne er her og sier ja").dblclick()
    expect(page.get_by_text("Butikken har bestillingen")).to_be_visible()
    expect(page.get_by_text("Anne Lie bestilte sammen med Arne Sol")).to_be_visible()
    order = house.order("arne")
    assert order.status is Status.ACKNOWLEDGED
    assert (order.confirmed_by, order.confirmed_with) == ("staff:anne", "beside")
    assert len(house.service.orders("arne")) == 1
    page.get_by_role("link", name="Kvittering til utskrift").click()
    expect(page.locator("main")).to_contain_text(order.grocer_reference or "-")
    page.emulate_media(media="print")
    expect(page.locator("header.top")).to_be_hidden()
    page.emulate_media(media="screen")
    assert anne.troubles == []


def test_a_stale_page_is_refused_and_shows_the_basket_anew(house: House) -> None:
    anne, bjorn = house.colleague("anne"), house.colleague("bjorn")
    page = anne.open("/mottaker/signe")
    page.get_by_label("Skriv til Kurv").fill("to norvegia")
    page.get_by_role("button", name="Send").click()
    basket(page, "norvegia")
    page.get_by_role("link", name="Les opp og bestill").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    with house.service.store.transaction(read_only=True) as uow:
        revision = uow.open_order("signe").basket.revision
    # Meanwhile a colleague takes one out.
    other = bjorn.open("/mottaker/signe")
    other.get_by_role("button", name=re.compile("^Mindre: ")).click()
    expect(other.locator("#kurv .amount")).to_have_text("1")
    page.get_by_role("button", name="Signe er her og sier ja").click()
    expect(page.get_by_role("alert")).to_contain_text("Kurven ble endret")
    expect(page.locator("tbody tr td").nth(1)).to_have_text("1")
    order = house.order("signe")
    assert order.is_open and order.basket.revision == revision + 1
    page.get_by_role("button", name="på vegne av Signe").click()
    expect(page.get_by_text("Anne Lie bestilte på vegne av Signe Vik")).to_be_visible()


def test_beer_waits_for_a_second_person(house: House) -> None:
    anne, bjorn = house.colleague("anne"), house.colleague("bjorn")
    page = anne.open("/mottaker/einar/varer?sok=pilsner")
    expect(page.get_by_text("Må godkjennes").first).to_be_visible()
    page.get_by_role("button", name=re.compile("^Legg i kurven")).first.click()
    page.get_by_role("link", name="Les opp og bestill").click()
    expect(page.get_by_text("En kollega må godkjenne")).to_be_visible()
    page.get_by_role("button", name="Einar er her og sier ja").click()
    expect(page.get_by_text("Venter på godkjenning").first).to_be_visible()
    expect(page.get_by_role("button", name="Godkjenn")).to_have_count(0)
    other = bjorn.open("/")
    other.get_by_role("link", name=re.compile("Einar Moe.*din godkjenning", re.DOTALL)).click()
    other.screenshot(path=house.shots / "godkjenn.png")
    other.get_by_role("button", name="Godkjenn og send").dblclick()
    expect(other.get_by_text("Butikken har bestillingen")).to_be_visible()
    order = house.order("einar")
    assert (order.status, order.approved_by) == (Status.ACKNOWLEDGED, "staff:bjorn")


def test_a_lost_connection_catches_up(house: House) -> None:
    anne, bjorn = house.colleague("anne"), house.colleague("bjorn")
    page = anne.open("/mottaker/gudrun")
    basket(page)
    page.evaluate("window.notReloaded = true")
    anne.context.set_offline(True)
    expect(page.get_by_text("Ingen forbindelse")).to_be_visible()
    other = bjorn.open("/mottaker/gudrun")
    other.get_by_label("Skriv til Kurv").fill("to norvegia")
    other.get_by_role("button", name="Send").click()
    basket(other, "norvegia")
    basket(page)
    anne.context.set_offline(False)
    basket(page, "norvegia")
    expect(page.locator("#sagt .staff").last).to_contain_text("to norvegia")
    expect(page.get_by_text("Ingen forbindelse")).to_be_hidden()
    assert page.evaluate("window.notReloaded") is True


def test_what_belongs_to_others_does_not_exist(house: House) -> None:
    anne = house.colleague("anne")
    told = []
    for recipient in ("fremmed", "finnes-ikke"):
        for path in ("", "/om", "/historikk", "/fast", "/varer", "/bekreft"):
            answer = anne.page.goto(f"{house.service.staff}/mottaker/{recipient}{path}")
            assert answer is not None and answer.status == 404
            told.append(anne.page.get_by_role("alert").inner_text())
            assert "Nabo" not in anne.page.content()
    assert len(set(told)) == 1


def test_the_pages_can_be_used_by_everybody(house: House) -> None:
    """axe finds nothing, nothing needs scrolling sideways, everything is a fingertip large."""
    anne = house.colleague("anne")
    with house.service.store.transaction() as uow:
        person = uow.person("gudrun")
        uow.save_person(
            Person(**{**_known(person), "allergies": ("egg",), "budget": Decimal(100),
                      "note": "Ring på to ganger."})
        )  # fmt: skip
        uow.add_task("gudrun", "person")
        uow.set_usual("gudrun", (("k1318", Decimal(2)),))
    pages = {
        "idag": "/", "mottakere": "/mottakere", "kurv": "/mottaker/gudrun",
        "varer": "/mottaker/gudrun/varer?sok=egg", "sendes": "/mottaker/gudrun/bekreft",
        "fast": "/mottaker/gudrun/fast", "historikk": "/mottaker/arne/historikk",
        "om": "/mottaker/gudrun/om", "bestilling": f"/bestilling/{house.order('arne').order_id}",
        "feil": "/finnes-ikke", "logg-inn": "/logg-inn",
    }  # fmt: skip
    stranger = house.stranger()
    found = []
    for name, path in pages.items():
        page = (stranger if name == "logg-inn" else anne).open(path)
        found += [f"{name}: {each}" for each in hindrances(page)]
        for size in (LYING, STANDING, LARGE):
            page.set_viewport_size(size)
            if is_wider_than_the_screen(page):
                found.append(f"{name}: wider than {size['width']}")
            found += [f"{name}: small {each}" for each in small_targets(page)]
            if size is not LARGE:
                stands = "staende" if size is STANDING else "liggende"
                page.screenshot(path=house.shots / f"{name}-{stands}.png")
        page.set_viewport_size(LYING)
    assert found == []
    assert anne.troubles == stranger.troubles == []


def test_everything_can_be_done_with_the_keys(house: House) -> None:
    page = house.colleague("anne").open("/mottaker/gudrun")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    more = page.get_by_role("button", name=re.compile("^Mer: "))
    more.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#kurv .amount")).to_have_text("3")
    expect(more).to_be_focused()  # although the basket was put in anew


def test_guessing_is_locked_out(house: House) -> None:
    lars = house.stranger("lars")
    for _ in range(5):
        page = lars.sign_in(code="000000")
        expect(page.get_by_role("alert")).to_be_visible()
    page = lars.sign_in()
    expect(page.get_by_role("alert")).to_contain_text("Vent", ignore_case=True)
    assert lars.page.goto(house.service.staff + "/") is not None
    expect(lars.page.get_by_role("button", name="Logg inn")).to_be_visible()


def _known(person: Person) -> dict[str, object]:
    return {name: getattr(person, name) for name in Person.__slots__}
