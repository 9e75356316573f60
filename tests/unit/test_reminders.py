"""Tier: unit. What seems forgotten: from rhythm alone, never what is in the basket or unwanted."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ordering.reminders import Due, Purchase, due, how_often

TODAY = date(2026, 11, 24)


def bought(product_id: str, *days_ago: int, quantity: str = "1") -> list[Purchase]:
    return [
        Purchase(product_id, Decimal(quantity), TODAY - timedelta(days=ago)) for ago in days_ago
    ]


def kind(product_id: str) -> str:
    """ "kaffe-1" and "kaffe-2" are the same ware."""
    return product_id.partition("-")[0]


def test_what_is_bought_every_week_is_due_after_a_week() -> None:
    assert due(bought("kaffe-1", 21, 14, 7), TODAY, kind, ()) == [Due("kaffe-1", Decimal(1), 7)]


@pytest.mark.parametrize(
    "days_ago",
    [(14, 7), (21, 14, 7, 0), (15, 8, 1), (60, 53, 46), (180, 120, 60), ()],
    ids=["too seldom", "bought today", "too early", "stopped long ago", "no habit", "nothing"],
)
def test_what_is_not_due(days_ago: tuple[int, ...]) -> None:
    assert due(bought("kaffe-1", *days_ago), TODAY, kind, ()) == []


def test_another_brand_is_the_same_ware() -> None:
    purchases = [*bought("kaffe-1", 21, 7), *bought("kaffe-2", 14)]
    assert due(purchases, TODAY, kind, ()) == [Due("kaffe-1", Decimal(1), 7)]
    assert due(purchases, TODAY, kind, {"kaffe"}) == []


def test_two_packs_on_one_day_are_one_purchase() -> None:
    assert due(bought("kaffe-1", 14, 14, 7, 7), TODAY, kind, ()) == []


def test_the_firmest_habit_comes_first_and_the_usual_amount_is_known() -> None:
    purchases = bought("kaffe-1", 21, 14, 7) + bought("melk-1", 28, 21, 14, 7, quantity="2")
    assert [each.product_id for each in due(purchases, TODAY, kind, ())] == ["melk-1", "kaffe-1"]
    assert due(purchases, TODAY, kind, ())[0].quantity == 2


def test_one_large_purchase_does_not_make_the_usual_amount() -> None:
    purchases = bought("kaffe-1", 21, 14) + bought("kaffe-1", 7, quantity="6")
    assert due(purchases, TODAY, kind, ())[0].quantity == 1


def test_the_usual_amount_is_that_of_late_in_whatever_order_purchases_are_told() -> None:
    late = bought("kaffe-1", *range(35, 0, -7), quantity="2")
    early = bought("kaffe-1", *range(119, 35, -7), quantity="5")
    for purchases in (early + late, late + early):
        assert due(purchases, TODAY, kind, ())[0].quantity == due(late, TODAY, kind, ())[0].quantity


PURCHASES = st.lists(
    st.builds(
        Purchase,
        st.sampled_from(["kaffe-1", "kaffe-2", "melk-1", "tobakk-1"]),
        st.integers(1, 6).map(Decimal),
        st.integers(0, 120).map(lambda ago: TODAY - timedelta(days=ago)),
    ),
    max_size=40,
)


@given(PURCHASES, st.sets(st.sampled_from(["kaffe", "melk"])))
def test_whatever_was_bought(purchases: list[Purchase], leave_out: set[str]) -> None:
    def remindable(product_id: str) -> str | None:
        return None if product_id == "tobakk-1" else kind(product_id)

    found = due(purchases, TODAY, remindable, leave_out)
    kinds = [kind(each.product_id) for each in found]
    assert len(set(kinds)) == len(kinds)
    assert not set(kinds) & (leave_out | {"tobakk"})
    for each in found:
        same = [one for one in purchases if kind(one.product_id) == kind(each.product_id)]
        days = {one.day for one in same}
        assert len(days) >= 3
        assert TODAY not in days
        assert each.quantity in {one.quantity for one in same if one.product_id == each.product_id}
        assert each.every_days <= 45
    assert due(list(reversed(purchases)), TODAY, remindable, leave_out) == found


@given(PURCHASES)
def test_what_will_be_bought_changes_nothing(purchases: list[Purchase]) -> None:
    later = [Purchase("kaffe-1", Decimal(1), TODAY + timedelta(days=1))]
    assert due(purchases + later, TODAY, kind, ()) == due(purchases, TODAY, kind, ())


@pytest.mark.parametrize(
    ("days", "words"),
    [(3, "flere ganger i uken"), (7, "hver uke"), (14, "annenhver uke"), (21, "hver tredje uke"),
     (30, "hver måned"), (44, "jevnlig")],
)  # fmt: skip
def test_intervals_in_words(days: int, words: str) -> None:
    assert how_often(days) == words
