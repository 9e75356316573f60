"""Tier: unit. The order's life: nothing is sent that was not read back and confirmed as it is."""

from dataclasses import replace
from datetime import datetime, timezone
from decimal import Decimal

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.errors import KurvError, StaleRevision
from bot.ordering.basket import Basket, BasketLine
from bot.ordering.order import Order, Status

MILK = BasketLine("melk", "Lettmelk 1 l", Decimal(2), "stk", Decimal("21.90"))
BREAD = BasketLine("brod", "Kneipp", Decimal(1), "stk", Decimal("34.90"))
GONE = (Status.CONFIRMED, Status.SUBMITTED, Status.ACKNOWLEDGED, Status.FAILED)


def draft() -> Order:
    order = Order("o1", "r1")
    return order.with_basket(order.basket.add(MILK))


def confirmed() -> Order:
    return draft().read_back().confirm(1, "recipient")


class OrderMachine(RuleBasedStateMachine):
    """Does anything in any order; keeps a plain diary of what the person heard and agreed to."""

    @initialize()
    def start(self) -> None:
        self.order = Order("o1", "r1")
        self.heard: Basket | None = None  # what the latest read-back that still counts said
        self.agreed: Basket | None = None  # what the person said yes to
        self.by: str | None = None
        self.sent = False

    def attempt(self, step: str, *arguments: object) -> bool:
        """Do a step; when it is refused nothing has changed. Returns whether it was done."""
        before = self.order
        try:
            self.order = getattr(self.order, step)(*arguments)
        except KurvError:
            assert self.order is before
            return False
        return True

    @rule(line=st.sampled_from([MILK, BREAD]), quantity=st.integers(0, 3))
    def talk(self, line: BasketLine, quantity: int) -> None:
        basket = self.order.basket
        if quantity and basket.line(line.product_id) is None:
            basket = basket.add(replace(line, quantity=Decimal(quantity)))
        else:
            basket = basket.set_quantity(line.product_id, Decimal(quantity))
        was_open = self.order.is_open
        changed = basket != self.order.basket
        done = self.attempt("with_basket", basket)
        assert done == (was_open or not changed)
        if done and changed:
            self.heard = None

    @rule()
    def read_back(self) -> None:
        possible = self.order.is_open and bool(self.order.basket.lines)
        assert self.attempt("read_back") == possible
        if possible:
            self.heard = self.order.basket

    @rule()
    def talk_over(self) -> None:
        if self.attempt("unread"):
            self.heard = None

    @rule(by=st.sampled_from(["recipient", "staff-7"]), step=st.integers(-2, 1))
    def say_yes(self, by: str, step: int) -> None:
        revision = self.order.basket.revision + step
        before = self.order
        done = self.attempt("confirm", revision, by)
        if self.agreed is not None:
            assert self.order == before, "a second yes changes nothing"
            assert done == (
                revision == self.agreed.revision and before.status is not Status.CANCELLED
            )
            return
        expected = before.is_open and self.heard is not None and self.heard.revision == revision
        assert done == expected
        if done:
            self.agreed, self.by = self.heard, by

    @rule()
    def send(self) -> None:
        possible = self.order.status in (Status.CONFIRMED, Status.SUBMITTED)
        assert self.attempt("submitted") == possible
        self.sent = self.sent or possible

    @rule(reference=st.sampled_from(["K1", "K2"]))
    def grocer_says_yes(self, reference: str) -> None:
        before = self.order
        if self.attempt("acknowledged", reference) and before.status is Status.ACKNOWLEDGED:
            assert self.order == before and before.grocer_reference == reference

    @rule()
    def grocer_says_no(self) -> None:
        self.attempt("failed", "Butikken er stengt.")

    @rule()
    def cancel(self) -> None:
        possible = self.order.is_open or self.order.status in (
            Status.CONFIRMED,
            Status.CANCELLED,
        )
        assert self.attempt("cancelled") == possible

    @invariant()
    def what_is_confirmed_is_what_was_heard(self) -> None:
        if self.agreed is None:
            assert self.order.status not in GONE
            assert self.order.confirmed_revision is None
            with pytest.raises(StaleRevision):
                _ = self.order.idempotency_key
        else:
            assert self.order.basket == self.agreed
            assert self.order.confirmed_by == self.by
            assert self.order.idempotency_key == f"o1:{self.agreed.revision}"

    @invariant()
    def nothing_reaches_the_grocer_unconfirmed(self) -> None:
        if self.sent or self.order.status in (Status.SUBMITTED, Status.ACKNOWLEDGED):
            assert self.agreed is not None

    @invariant()
    def read_back_means_heard_and_unchanged(self) -> None:
        is_read = self.order.status is Status.READ_BACK
        assert is_read == (self.order.is_open and self.heard == self.order.basket)
        if is_read:
            assert self.order.read_revision == self.order.basket.revision


TestOrderMachine = OrderMachine.TestCase


def test_a_change_after_the_read_back_needs_another_one() -> None:
    order = draft().read_back()
    changed = order.with_basket(order.basket.add(BREAD))
    assert changed.status is Status.DRAFT
    for revision in (1, 2):
        with pytest.raises(StaleRevision):
            changed.confirm(revision, "recipient")
    assert changed.read_back().confirm(2, "recipient").confirmed_revision == 2


@pytest.mark.parametrize("revision", [0, 2])
def test_only_the_revision_that_was_read_can_be_confirmed(revision: int) -> None:
    with pytest.raises(StaleRevision):
        draft().read_back().confirm(revision, "recipient")


def test_a_read_back_that_was_talked_over_does_not_count() -> None:
    with pytest.raises(StaleRevision):
        draft().read_back().unread().confirm(1, "recipient")


def test_the_first_yes_is_the_one_that_counts() -> None:
    order = confirmed()
    assert order.confirm(1, "staff-7") is order
    assert order.confirmed_by == "recipient"
    with pytest.raises(StaleRevision):
        order.confirm(2, "recipient")


def test_an_empty_basket_is_not_read_back() -> None:
    with pytest.raises(KurvError, match="tom"):
        Order("o1", "r1").read_back()


def test_another_basket_with_the_same_or_an_earlier_revision_is_refused() -> None:
    order = draft()
    for other in (Basket((BREAD,), 1), Basket((BREAD,), 0)):
        with pytest.raises(StaleRevision):
            order.with_basket(other)


def test_the_wish_for_delivery_is_no_change_of_the_basket() -> None:
    order = draft().read_back().with_delivery("torsdag kveld")
    assert order.status is Status.READ_BACK
    assert order.confirm(1, "recipient").delivery == "torsdag kveld"
    with pytest.raises(StaleRevision):
        confirmed().with_delivery("fredag")


def test_what_the_grocer_promised_is_kept() -> None:
    arrives = (
        datetime(2026, 11, 25, 17, tzinfo=timezone.utc),
        datetime(2026, 11, 25, 20, tzinfo=timezone.utc),
    )
    order = confirmed().submitted().acknowledged("K1", Decimal("132.80"), arrives)
    assert order.status is Status.ACKNOWLEDGED
    assert (order.grocer_reference, order.grocer_total) == ("K1", Decimal("132.80"))
    assert order.arrives == arrives


def test_a_late_yes_from_the_grocer_corrects_an_order_that_was_given_up() -> None:
    given_up = confirmed().submitted().failed("Butikken svarer ikke.", ("melk",))
    late = given_up.acknowledged("K1")
    assert (late.status, late.failure, late.sold_out) == (Status.ACKNOWLEDGED, None, ())


def test_a_second_acknowledgement_with_another_reference_is_refused() -> None:
    order = confirmed().submitted().acknowledged("K1")
    with pytest.raises(StaleRevision):
        order.acknowledged("K2")


def test_what_may_be_at_the_grocer_cannot_be_cancelled() -> None:
    assert confirmed().cancelled().status is Status.CANCELLED
    with pytest.raises(StaleRevision, match="butikken"):
        confirmed().submitted().cancelled()


@pytest.mark.parametrize("step", ["submitted", "failed"])
def test_a_draft_goes_nowhere(step: str) -> None:
    for order in (draft(), draft().read_back()):
        with pytest.raises(StaleRevision, match="ikke bekreftet"):
            getattr(order, step)(*(["x"] if step == "failed" else []))
