"""Tier: unit. Silences and read-backs that are talked over: what is said, and what counts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ordering import interruptions, wording
from bot.ordering.order import Status
from tests.unit.test_conversation import Person


@pytest.fixture
def person() -> Person:
    found = Person()
    found.says("add", "to kneippbrød")
    found.says("done", "det var alt")
    assert found.stage == "read_back"
    return found


def over(person: Person) -> tuple[str, ...]:
    return person.says(interruptions.TALKED_OVER).texts


def test_a_read_back_that_was_talked_over_is_read_again_in_full(person: Person) -> None:
    texts = over(person)
    assert texts[0].startswith(interruptions.READ_AGAIN)
    assert "to Bakehuset Kneippbrød" in texts[0]
    assert texts[-1] == wording.SHALL_I_ORDER
    assert person.stage == "read_back"


def test_the_second_time_we_wait_to_be_asked_and_a_yes_sends_nothing(person: Person) -> None:
    over(person)
    assert over(person) == (interruptions.READ_LATER, interruptions.ASK_TO_READ)
    assert person.stage == "ordering"
    person.says("affirm", "ja")
    assert person.order.status is Status.DRAFT
    person.says("done", "ferdig")
    assert person.stage == "read_back"


def test_the_third_time_a_person_is_called(person: Person) -> None:
    over(person)
    over(person)
    person.says("done", "ferdig")
    outcome = person.says(interruptions.TALKED_OVER)
    assert [effect.value for effect in outcome.effects] == ["not_understood"]
    assert outcome.texts == (interruptions.TOO_NOISY,)
    assert person.order.status is Status.DRAFT
    assert person.basket == {"b1": 2}


def test_what_is_changed_in_between_begins_the_count_anew(person: Person) -> None:
    over(person)
    person.says("add", "makrell i tomat")
    person.says("done", "det var alt")
    assert over(person)[0].startswith(interruptions.READ_AGAIN)


def test_only_a_read_back_can_be_talked_over() -> None:
    person = Person()
    person.says("add", "to kneippbrød")
    assert over(person) == (wording.MORE,)


def test_silences_are_met_in_another_way_each_time_and_end_at_a_person(person: Person) -> None:
    first, second, third = (person.says("nlu_fallback") for _ in range(3))
    assert first.texts == (interruptions.SILENT[0], wording.SHALL_I_ORDER)
    assert second.texts == (interruptions.SILENT[1], wording.SHALL_I_ORDER)
    assert third.texts == (interruptions.SILENT[2],)
    assert [effect.value for effect in third.effects] == ["not_understood"]
    fourth = person.says("nlu_fallback")
    assert (fourth.texts, fourth.effects) == (third.texts, ()), "staff are called once"
    assert person.basket == {"b1": 2}


def test_who_comes_back_after_the_silence_starts_afresh(person: Person) -> None:
    for _ in range(3):
        person.says("nlu_fallback")
    assert person.says("nlu_fallback", "brum brum").texts[0] == "«brum brum» fant jeg ikke."
    assert person.says("nlu_fallback").texts[0] == interruptions.SILENT[1]


def test_a_silence_leaves_what_was_heard_badly_in_question() -> None:
    person = Person()
    person.says("unclear", "tre makrell i tomat")
    assert person.says("nlu_fallback").texts[-1] == wording.heard_badly("tre makrell i tomat")
    person.says("affirm", "ja")
    assert person.basket == {"s1": 3}


@given(st.lists(st.sampled_from(["over", "silence", "done", "affirm", "deny"]), max_size=12))
def test_only_what_was_read_without_being_talked_over_is_confirmed(steps: list[str]) -> None:
    person = Person()
    person.says("add", "to kneippbrød")
    heard = False
    for step in steps:
        if person.order.status is Status.CONFIRMED:
            break
        if step == "over":
            over(person)
            heard = person.order.status is Status.READ_BACK
        elif step == "silence":
            person.says("nlu_fallback")
        else:
            before = person.order.status
            person.says(step, {"done": "det var alt", "affirm": "ja", "deny": "nei"}[step])
            if step == "affirm":
                assert (person.order.status is Status.CONFIRMED) == (before is Status.READ_BACK)
                assert person.order.status is not Status.CONFIRMED or heard
            heard = heard or person.order.status is Status.READ_BACK
        assert person.basket == {"b1": 2}
