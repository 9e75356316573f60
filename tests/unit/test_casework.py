"""Tier: unit. What staff do with baskets and orders: revisions, second persons, walls, the log."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest

from bot.calls.desk import NOBODY
from bot.casework.actor import Actor, NotAllowed, Role
from bot.casework.deadlines import deadline, next_delivery
from bot.errors import KurvError, StaleRevision
from bot.grocers.local_time import OSLO
from bot.ordering.gates import Verdict
from bot.ordering.order import Status
from bot.store.callers import Caller
from bot.store.staff_book import Municipality
from tests.staff_office import ANNE, BJORN, ONE, ORDERER, STRANGER, StaffOffice, staff_office

MILK, BREAD, BEER, SMOKES = "tine-lettmelk-1l", "grovbrod", "ringnes-pilsner", "prince"


@pytest.fixture(scope="module")
def kurv(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StaffOffice]:
    with staff_office(tmp_path_factory.mktemp("office")) as found:
        yield found


# -- baskets -----------------------------------------------------------------------------------


def test_every_change_is_a_revision_that_is_shown_and_logged(kurv: StaffOffice) -> None:
    olga = kurv.person()
    first = kurv.basket(olga, MILK, BREAD)
    changed = kurv.office.baskets.set_quantity(ANNE, olga, first.basket.revision, MILK, Decimal(3))
    assert changed.basket.revision == first.basket.revision + 1
    assert [line.quantity for line in changed.basket.lines] == [3, 1]
    assert kurv.log(olga).count(("staff:anne", "change_basket")) == 3
    assert (olga, "basket") in kurv.shown
    with kurv.store.transaction() as uow:
        assert len(uow.revisions(first.order_id)) == 3


def test_a_stale_page_changes_nothing(kurv: StaffOffice) -> None:
    olga = kurv.person()
    order = kurv.basket(olga, MILK)
    kurv.service.handle(olga, "add", "et grovbrød")  # the recipient was a moment earlier
    for change in (
        lambda: kurv.office.baskets.add(ANNE, olga, order.basket.revision, BREAD, ONE),
        lambda: kurv.office.baskets.clear(ANNE, olga, order.basket.revision),
        lambda: kurv.office.baskets.set_delivery(ANNE, olga, order.basket.revision, "fredag"),
        lambda: kurv.office.closing.confirm(
            ANNE, olga, order.order_id, order.basket.revision, beside=True
        ),
    ):
        with pytest.raises(StaleRevision):
            change()
    assert len(kurv.office.baskets.show(ANNE, olga).lines) == 2


def test_a_line_is_replaced_undone_and_filled_up_to_the_usual(kurv: StaffOffice) -> None:
    olga = kurv.person()
    baskets = kurv.office.baskets
    for product_id, much in ((MILK, Decimal(2)), (BREAD, ONE)):
        kurv.office.recipients.set_usual_line(ANNE, olga, product_id, much)
    baskets.replace(ANNE, olga, kurv.basket(olga, "loff").basket.revision, "loff", MILK, ONE)
    shown = baskets.show(ANNE, olga)
    assert [line.line.product_id for line in shown.lines] == [MILK]
    full = baskets.add_usual(ANNE, olga, shown.revision)
    assert [(line.product_id, line.quantity) for line in full.basket.lines] == [
        (MILK, 2), (BREAD, 1),
    ]  # fmt: skip
    undone = baskets.undo(ANNE, olga, full.basket.revision)
    assert [line.quantity for line in undone.basket.lines] == [1]
    assert undone.basket.revision == full.basket.revision + 1


@pytest.mark.parametrize("much", ["-1", "100", "0.5", "NaN", "Infinity", "0.0001"])
def test_what_cannot_be_had_is_refused(kurv: StaffOffice, much: str) -> None:
    olga = kurv.person()
    revision = kurv.basket(olga, MILK).basket.revision
    with pytest.raises(KurvError):
        kurv.office.baskets.set_quantity(ANNE, olga, revision, MILK, Decimal(much))


def test_goods_are_found_with_what_must_be_known_of_them(kurv: StaffOffice) -> None:
    olga = kurv.person(allergies=("melk",))
    kurv.basket(olga, BREAD)
    cards = kurv.office.products.search(ANNE, olga, "lettmelk")
    assert cards[0].verdict is Verdict.CONTAINS
    assert "melk" in cards[0].reasons
    assert {"melk" in card.product.name.casefold() for card in cards[:2]} == {True}
    (beer, *_) = kurv.office.products.search(ANNE, olga, "pilsner")
    assert beer.rule == "staff_approve"
    assert kurv.office.products.search(ANNE, olga, "grovbrød")[0].held == 1
    instead = kurv.office.products.instead_of(ANNE, olga, BREAD)
    assert all(card.dearer is not None for card in instead)


# -- confirming and approving -------------------------------------------------------------------


def test_what_staff_confirm_is_told_apart_from_the_recipients_own(kurv: StaffOffice) -> None:
    own, beside, behalf = kurv.person(), kurv.person(), kurv.person()
    for act, text in (("add", "et grovbrød"), ("done", "det var alt"), ("affirm", "ja")):
        kurv.service.handle(own, act, text, how="voice")
    kurv.confirmed(beside, BREAD)
    order = kurv.basket(behalf, BREAD)
    kurv.office.closing.confirm(ANNE, behalf, order.order_id, order.basket.revision, beside=False)
    found = [kurv.office.recipients.history(ANNE, who)[0].order for who in (own, beside, behalf)]
    assert [order.status for order in found] == [Status.ACKNOWLEDGED] * 3
    assert [(order.confirmed_by, order.confirmed_with) for order in found] == [
        ("recipient", "voice"), ("staff:anne", "beside"), ("staff:anne", "behalf"),
    ]  # fmt: skip


def test_a_double_click_sends_once(kurv: StaffOffice) -> None:
    olga = kurv.person()
    order = kurv.basket(olga, MILK)

    def confirm(_: int) -> Status:
        return kurv.office.closing.confirm(
            ANNE, olga, order.order_id, order.basket.revision, beside=True
        ).status

    with ThreadPoolExecutor(4) as clicks:
        results = list(clicks.map(confirm, range(4)))
    assert set(results) <= {Status.CONFIRMED, Status.SUBMITTED, Status.ACKNOWLEDGED}
    assert len(kurv.office.recipients.history(ANNE, olga)) == 1
    assert kurv.log(olga).count(("staff:anne", "confirm")) == 1


def test_the_read_back_is_what_is_sent(kurv: StaffOffice) -> None:
    olga = kurv.person(budget=Decimal(30), allergies=("gluten",), delivery="torsdag kveld")
    kurv.basket(olga, MILK, BREAD)
    back = kurv.office.closing.read_back(ANNE, olga)
    assert back.contains and back.over_budget and back.waits
    assert back.arrives is not None
    assert back.arrives[0].astimezone(OSLO).weekday() == 3
    order = back.basket.order
    kurv.office.closing.confirm(ANNE, olga, order.order_id, order.basket.revision, beside=True)
    with kurv.store.transaction() as uow:
        consents = {(each.kind, each.given_by) for each in uow.consents(order.order_id)}
    assert consents == {("contains", "staff:anne"), ("over_budget", "staff:anne")}
    assert kurv.tasks(olga) == ["approve"]


def test_an_empty_basket_and_what_is_blocked_are_not_ordered(kurv: StaffOffice) -> None:
    olga = kurv.person()
    with pytest.raises(KurvError, match="tom"):
        kurv.office.closing.read_back(ANNE, olga)
    order = kurv.basket(olga, SMOKES)
    with pytest.raises(KurvError, match="kan ikke bestilles"):
        kurv.office.closing.confirm(ANNE, olga, order.order_id, order.basket.revision, beside=True)
    assert kurv.office.baskets.show(ANNE, olga).order.is_open


def test_a_second_person_approves_and_nobody_their_own(kurv: StaffOffice) -> None:
    olga = kurv.person()
    order = kurv.confirmed(olga, BEER, actor=BJORN)
    revision = order.confirmed_revision or 0
    shown = kurv.office.approvals.show(ANNE, order.order_id)
    assert shown.waits and shown.why == ("alkohol",) and not shown.mine
    for actor in (BJORN, ANNE):  # his own; hers to see, not to approve
        with pytest.raises(NotAllowed):
            kurv.office.approvals.approve(actor, order.order_id, revision)
    other = Actor("dag", "Dag", "baerum", frozenset({Role.APPROVER}))
    with pytest.raises(StaleRevision):
        kurv.office.approvals.approve(other, order.order_id, revision + 1)
    for _ in range(2):
        kurv.office.approvals.approve(other, order.order_id, revision)
    approved = kurv.office.approvals.show(ANNE, order.order_id)
    assert approved.order.status is Status.ACKNOWLEDGED
    assert approved.order.approved_by == "staff:dag"
    assert kurv.tasks(olga) == []
    assert kurv.log(olga).count(("staff:dag", "approve")) == 1


def test_what_is_not_approved_is_a_basket_again(kurv: StaffOffice) -> None:
    olga = kurv.person()
    order = kurv.confirmed(olga, BEER)
    kurv.office.approvals.send_back(BJORN, order.order_id, order.confirmed_revision or 0)
    basket = kurv.office.baskets.show(ANNE, olga)
    assert [line.line.product_id for line in basket.lines] == [BEER]
    assert basket.order.order_id != order.order_id
    assert kurv.tasks(olga) == ["sent_back"]
    with pytest.raises(StaleRevision):
        kurv.office.approvals.approve(BJORN, order.order_id, order.confirmed_revision or 0)


def test_a_municipality_may_want_two_people_for_all_that_staff_order(kurv: StaffOffice) -> None:
    with kurv.store.transaction() as uow:
        uow.save_municipality(Municipality("lier", "Lier", second_person=True))
    olga = kurv.person(municipality="lier")
    liv = Actor("liv", "Liv", "lier", ORDERER)
    order = kurv.confirmed(olga, BREAD, actor=liv)
    assert order.status is Status.CONFIRMED
    assert kurv.tasks(olga) == ["approve"]


# -- the day's list ------------------------------------------------------------------------------


def test_the_days_list_has_what_waits_and_nothing_of_others(kurv: StaffOffice) -> None:
    mine, theirs = kurv.person(display_name="Min"), kurv.person(municipality="asker")
    kurv.basket(mine, MILK)
    kurv.service.handle(mine, "person", "menneske")
    kurv.service.handle(theirs, "add", "melk")
    sent = kurv.person()
    kurv.confirmed(sent, BREAD)
    with kurv.store.transaction() as uow:
        uow.begin_call("c1", "in")
        uow.identify_call("c1", mine)
        uow.add_task(NOBODY, "unknown_caller", "c2")
    found = kurv.office.today.overview(ANNE)
    assert mine in {duty.person.recipient_id for duty in found.duties if duty.person}
    assert any(duty.person is None for duty in found.duties)
    assert mine in {each.person.recipient_id for each in found.waiting}
    assert [each.person.recipient_id for each in found.calls] == [mine]
    assert sent in {each.person.recipient_id for each in found.sent}
    everybody = [each.person for each in (*found.duties, *found.waiting, *found.sent)]
    assert kurv.office.today.sent(ANNE)[1] == found.sent_count
    assert theirs not in {person.recipient_id for person in everybody if person}
    with kurv.store.transaction() as uow:
        uow.end_call("c1", "done")


def test_a_task_is_closed_by_those_whose_it_is(kurv: StaffOffice) -> None:
    olga = kurv.person()
    kurv.service.handle(olga, "person", "menneske")
    with kurv.store.transaction() as uow:
        (task,) = uow.tasks(recipient_id=olga)
    with pytest.raises(NotAllowed):
        kurv.office.today.close_task(STRANGER, task.task_id)
    kurv.office.today.close_task(ANNE, task.task_id)
    kurv.office.today.close_task(ANNE, task.task_id)
    assert kurv.tasks(olga) == []
    assert kurv.log(olga).count(("staff:anne", "close_task")) == 1


@pytest.mark.parametrize(
    ("now", "wish", "day"),
    [
        ("2026-11-26T14:59", None, "2026-11-27"),  # Thursday 15.59 in Norway
        ("2026-11-26T15:00", None, "2026-11-28"),
        ("2026-11-26T12:00", "torsdag kveld", "2026-12-03"),
        ("2026-11-25T14:59", "torsdag", "2026-11-26"),
        ("2026-11-25T15:01", "torsdag", "2026-12-03"),
        ("2026-07-01T13:59", "på kvelden", "2026-07-02"),  # summer time
        ("2026-07-01T14:00", None, "2026-07-03"),
    ],
)
def test_the_deadline_is_four_the_day_before(now: str, wish: str | None, day: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=timezone.utc)
    assert next_delivery(wish, moment).isoformat() == day
    until = deadline(wish, moment)
    assert until > moment
    assert (until + timedelta(days=1)).date().isoformat() == day
    assert until.hour == 16


def test_what_passes_the_limit_is_a_task_that_leads_to_the_order(kurv: StaffOffice) -> None:
    olga = kurv.person(budget=Decimal(30))
    for act, text in (("add", "et grovbrød"), ("affirm", "ja"), ("done", "det var alt")):
        kurv.service.handle(olga, act, text, how="voice")
    waiting = {each.person.recipient_id: each for each in kurv.office.today.overview(ANNE).waiting}
    assert waiting[olga].over_budget
    kurv.service.handle(olga, "affirm", "ja", how="voice")
    found = kurv.office.today.overview(ANNE).duties
    (duty,) = [each for each in found if each.person and each.person.recipient_id == olga]
    order = kurv.office.recipients.history(ANNE, olga)[0].order
    assert (duty.task.kind, duty.order_id) == ("over_budget", order.order_id)


# -- people ---------------------------------------------------------------------------------------


def test_what_is_known_of_somebody_is_edited_at_its_version(kurv: StaffOffice) -> None:
    olga = kurv.person(speech_rate=0.8)
    recipients = kurv.office.recipients
    version = recipients.profile(ANNE, olga).version
    recipients.edit(ANNE, olga, version, {"note": "Ring på hos naboen.", "allergies": ("egg",)})
    now = recipients.profile(ANNE, olga).person
    assert (now.note, now.allergies, now.speech_rate) == ("Ring på hos naboen.", ("egg",), 0.8)
    with pytest.raises(StaleRevision):
        recipients.edit(ANNE, olga, version, {"note": ""})
    with kurv.store.transaction() as uow:
        reasons = [e.reason for e in uow.accesses(olga) if e.action == "edit_person"]
    assert reasons == ["allergies note"]  # what was changed, not what it says


@pytest.mark.parametrize(
    "fields",
    [
        {"allergies": ("nøter",)}, {"budget": Decimal(-1)}, {"budget": Decimal("NaN")},
        {"delivery": "snart"}, {"alcohol_policy": "kanskje"}, {"note": "x" * 3000},
        {"substitutes": "x"},
    ],
)  # fmt: skip
def test_what_would_protect_nobody_is_not_stored(
    kurv: StaffOffice, fields: dict[str, object]
) -> None:
    olga = kurv.person()
    version = kurv.office.recipients.profile(ANNE, olga).version
    with pytest.raises(KurvError):
        kurv.office.recipients.edit(ANNE, olga, version, fields)
    assert kurv.office.recipients.profile(ANNE, olga).version == version


def test_whose_they_are_cannot_be_edited(kurv: StaffOffice) -> None:
    olga = kurv.person()
    version = kurv.office.recipients.profile(ANNE, olga).version
    changed = kurv.office.recipients.edit(
        ANNE, olga, version, {"municipality": "asker", "recipient_id": "x", "district": "y"}
    )
    assert (changed.recipient_id, changed.municipality, changed.district) == (olga, "baerum", "")


def test_a_look_is_logged_once_and_why(kurv: StaffOffice) -> None:
    olga = kurv.person()
    for _ in range(3):
        kurv.office.recipients.profile(ANNE, olga, "task")
    assert kurv.log(olga) == [("staff:anne", "profile")]
    kurv.clock.forward(11 * 60)
    kurv.office.recipients.profile(ANNE, olga, "task")
    assert len(kurv.log(olga)) == 2


def test_districts_are_walls_too(kurv: StaffOffice) -> None:
    olga = kurv.person(district="Nord")
    for districts, sees in (({"Nord"}, True), ({"Sør"}, False), (set(), True)):
        eva = Actor("eva", "Eva", "baerum", ORDERER, frozenset(districts))
        found = kurv.office.recipients.find(eva).people
        assert (olga in {person.recipient_id for person in found}) is sees
        if not sees:
            with pytest.raises(NotAllowed):
                kurv.office.baskets.show(eva, olga)


# -- receipts -------------------------------------------------------------------------------------


def test_a_receipt_is_handed_over_once_a_number(kurv: StaffOffice) -> None:
    olga = kurv.person(display_name="Olga Dahl", allergies=("egg",))
    order = kurv.confirmed(olga, MILK)
    with pytest.raises(KurvError, match="telefonnummer"):
        kurv.office.receipts.send(ANNE, order.order_id)
    with kurv.store.transaction() as uow:
        uow.save_caller(Caller("+4722334455", olga, "x$y", 4))
    for _ in range(2):
        assert kurv.office.receipts.send(ANNE, order.order_id) == 1
    (file,) = (kurv.folder / "messages").glob("*.json")
    assert file.stat().st_mode & 0o077 == 0
    message = json.loads(file.read_text(encoding="utf-8"))
    assert message["phone"] == "+4722334455"
    assert "Lettmelk" in message["text"] and "kr" in message["text"]
    assert "Olga" not in message["text"] and "egg" not in message["text"]
    file.rename(file.with_suffix(".sent"))  # as the gateway does
    kurv.office.receipts.send(ANNE, order.order_id)
    assert not list((kurv.folder / "messages").glob("*.json"))
