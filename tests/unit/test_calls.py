"""Tier: unit. A telephone call's talk: nothing personal before the PIN, three tries, a draft."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.calls.announced import LIFETIME, MOST_A_MINUTE, Announcements
from bot.calls.desk import NOBODY, Desk
from bot.calls.dialogue import CallDialogue
from bot.calls.keys import Keypad
from bot.calls.numbers import NotANumber, masked, normalised
from bot.calls.pins import UnusablePin, checked, hashed, matches, new_pin, spoken_digits
from bot.errors import DialogueError
from bot.ordering.basket import Basket, BasketLine
from bot.store import Person, Store
from bot.store.callers import Caller

PHONE, PIN = "+4722334455", "2468"
START = datetime(2026, 11, 24, 10, 0, tzinfo=timezone.utc)
Event = dict[str, Any]
HASHED = {pin: hashed(pin) for pin in (PIN, "1357", "13579")}


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


class Talk:
    """Stands for the bot: remembers what it was told, and says it back."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.heard: list[tuple[str, str, bool]] = []
        self.stage = "ordering"
        self.order = ""
        self.task = ""
        self.broken = False

    def say(
        self, recipient_id: str, text: str, sure: bool = True, actor: str = "", how: str = ""
    ) -> list[Event]:
        assert (actor, how) == ("recipient", "voice")
        if self.broken:
            raise DialogueError("Boten svarte ikke.")
        self.heard.append((recipient_id, text, sure))
        if self.task:
            with self.store.transaction() as uow:
                uow.add_task(recipient_id, self.task)
        order = [{"event": "order", "status": self.order}] if self.order else []
        with self.store.transaction(read_only=True) as uow:
            lines = uow.draft(recipient_id).basket.as_event_lines()
        basket = {"event": "basket", "stage": self.stage, "lines": lines, "total": "0.00"}
        return [{"event": "said", "text": f"svar på {text}"}, *order, basket]

    def open_with(self, recipient_id: str, act: str) -> list[Event]:
        return self.say(recipient_id, f"act:{act}", actor="recipient", how="voice")

    def tell(self, recipient_id: str, sentences: Sequence[str]) -> list[Event]:
        return [{"event": "said", "text": text} for text in (*sentences, "Noe mer?")]


@pytest.fixture()
def clock() -> Clock:
    return Clock()


@pytest.fixture()
def store(clock: Clock) -> Iterator[Store]:
    store = Store("sqlite://", clock)
    store.migrate()
    with store.transaction() as uow:
        uow.save_person(Person("r1", "Kari Nordmann", speech_rate=0.8))
        uow.save_caller(Caller(PHONE, "r1", HASHED[PIN], 4))
    yield store
    store.close()


@pytest.fixture()
def talk(store: Store) -> Talk:
    return Talk(store)


Ring = Callable[..., CallDialogue]


@pytest.fixture()
def ring(store: Store, talk: Talk) -> Ring:
    count = iter(range(100))

    def make(caller: str = PHONE, call: str = "") -> CallDialogue:
        return CallDialogue(
            call or f"call-{next(count)}",
            caller,
            Desk(store),
            talk,
            open_with=talk.open_with,
            read_again=lambda who: [],
            tell=talk.tell,
            sure=0.5,
        )

    return make


def said(events: list[Event]) -> str:
    return " ".join(event["text"] for event in events if event["event"] == "said")


def kinds(events: list[Event]) -> list[str]:
    return [event["event"] for event in events]


def press(call: CallDialogue, keys: str) -> list[Event]:
    return [event for key in keys for event in call.press(key)]


def tasks(store: Store) -> list[tuple[str, str]]:
    with store.transaction() as uow:
        return [(task.recipient_id, task.kind) for task in uow.tasks()]


def put_in_basket(store: Store, quantity: str = "2") -> str:
    line = BasketLine("k1", "Tine Lettmelk 1 l", Decimal(quantity), "stk", Decimal("20"))
    with store.transaction() as uow:
        order = uow.open_order("r1")
        basket = Basket((line,), order.basket.revision + 1)
        uow.save_order(order.with_basket(basket))
        return order.order_id


@pytest.mark.parametrize("how", ["keys", "keys#", "voice", "pairs"])
def test_the_pin_opens_the_talk(how: str, ring: Ring, talk: Talk, store: Store) -> None:
    call = ring()
    assert said(call.begin()) == "Hei! Dette er handletelefonen. Tast eller si koden din."
    if how.startswith("keys"):
        events = press(call, PIN)
    else:
        events = call.say("to fire seks åtte" if how == "voice" else "tjuefire sekstiåtte", 0.9)
    assert events[0] == {"event": "rate", "value": 0.8}
    assert talk.heard == [("r1", "act:greet", True)]
    call.say("to melk", 0.3)
    assert talk.heard[-1] == ("r1", "to melk", False)
    assert press(call, "1#") and [text for _, text, _ in talk.heard[-2:]] == ["ja", "det var alt"]
    call.ended()
    with store.transaction() as uow:
        (record,) = uow.calls()
        log = [(entry.actor, entry.action) for entry in uow.accesses("r1")]
    assert (record.recipient_id, record.outcome) == ("r1", "nothing_ordered")
    assert ("telephone", "identified") in log


utterances = st.one_of(
    st.sampled_from(
        ["", "hei", "hvem er du", "hva har jeg i kurven", "ja", "nei", "gjenta", "[unk]",
         "en to tre fire", "to fire", "hva heter jeg", "det var alt", "[unk] fire", "saktere"]
    ).map(lambda text: ("say", text)),
    st.sampled_from("123456789*#").map(lambda key: ("press", key)),
    st.just(("talked_over", "")),
)  # fmt: skip


@settings(max_examples=30, deadline=None)
@given(st.lists(utterances, max_size=12), st.sampled_from([PHONE, "", "+4799887766", "anonymous"]))
def test_nothing_personal_is_said_before_the_pin(steps: list[tuple[str, str]], caller: str) -> None:
    """Whatever is tried with another PIN: no name, no basket, and the bot hears nothing."""
    store = Store("sqlite://", Clock())
    store.migrate()
    with store.transaction() as uow:
        uow.save_person(Person("r1", "Kari Nordmann"))
        uow.save_caller(Caller(PHONE, "r1", HASHED["13579"], 5))
    put_in_basket(store)
    talk = Talk(store)
    call = CallDialogue(
        *("c", caller, Desk(store), talk),
        open_with=talk.open_with,
        read_again=lambda who: [],
        tell=talk.tell,
        sure=0.5,
    )
    events = call.begin()
    for kind, value in steps:
        if kind == "talked_over":
            events += call.talked_over()
        elif value != "13579":
            events += call.say(value, 0.9) if kind == "say" else call.press(value)
    call.ended()
    store.close()
    if not any(entry == ("r1",) for entry in talk.heard):
        assert talk.heard == []
    spoken = said(events).lower()
    for secret in ("kari", "nordmann", "lettmelk", "tine", "to ", "40", "13579"):
        assert secret not in spoken
    assert "basket" not in kinds(events) and "question" not in kinds(events)


def test_three_wrong_pins_end_politely_and_stay_wrong_in_the_next_call(
    ring: Ring, store: Store, clock: Clock, talk: Talk
) -> None:
    call = ring()
    call.begin()
    first, second, third = (press(call, "1111") for _ in range(3))
    assert "Prøv en gang til" in said(first) and "ett forsøk igjen" in said(second)
    assert kinds(third) == ["said", "said", "hang_up"]
    assert "Hjemmehjelpen har fått beskjed" in said(third)
    assert press(call, PIN) == [] and talk.heard == []
    call.ended()
    assert tasks(store) == [("r1", "pin_locked")]
    with store.transaction() as uow:
        log = [entry.action for entry in uow.accesses("r1")]
        assert uow.calls()[0].outcome == "pin_locked"
    assert log.count("pin_failed") == 3 and log.count("pin_locked") == 1
    again = ring()
    events = again.begin()
    assert "låst" in said(events) and kinds(events)[-1] == "hang_up"
    assert again.press("2") == [{"event": "hang_up"}] and talk.heard == []
    clock.now += timedelta(minutes=61)
    later = ring()
    later.begin()
    press(later, PIN)
    assert talk.heard == [("r1", "act:greet", True)]


def test_wrong_pins_count_across_calls_and_the_lock_grows(
    ring: Ring, store: Store, clock: Clock
) -> None:
    for _ in range(3):
        call = ring()
        call.begin()
        press(call, "1111")
        call.ended()
    assert tasks(store) == [("r1", "pin_locked")]
    clock.now += timedelta(minutes=61)
    for _ in range(3):
        call = ring()
        call.begin()
        press(call, "1111")
    clock.now += timedelta(hours=23)
    assert "låst" in said(ring().begin())
    clock.now += timedelta(hours=2)
    assert "låst" not in said(ring().begin())


def test_a_household_is_told_apart_by_the_pin(ring: Ring, store: Store, talk: Talk) -> None:
    with store.transaction() as uow:
        uow.save_caller(Caller(PHONE, "r2", HASHED["13579"], 5))
    call = ring()
    call.begin()
    assert press(call, "1357") == []  # five digits may be meant
    assert press(call, "9")
    assert talk.heard == [("r2", "act:greet", True)]
    other = ring()
    other.begin()
    press(other, PIN + "#")
    assert talk.heard[-1] == ("r1", "act:greet", True)


@pytest.mark.parametrize("caller", ["", "anonymous", "+4799887766"])
def test_unknown_callers_reach_staff(caller: str, ring: Ring, store: Store) -> None:
    call = ring(caller, "call-x")
    events = call.begin()
    assert kinds(events) == ["said", "said", "said", "transfer", "hang_up"]
    call.ended()
    assert tasks(store) == [(NOBODY, "unknown_caller")]
    with store.transaction() as uow:
        assert uow.tasks()[0].note == "call-x"
        assert (uow.calls()[0].outcome, uow.calls()[0].recipient_id) == ("unknown_caller", None)


def test_a_misheard_pin_is_not_a_wrong_one(ring: Ring, store: Store) -> None:
    call = ring()
    call.begin()
    for heard, sure in (("en to tre fire", 0.2), ("en [unk] tre fire", 0.9)):
        assert "én gang til" in said(call.say(heard, sure))
    with store.transaction() as uow:
        assert uow.pin_failures(PHONE) == (0, None)
    events = call.say("en to", 0.9)
    assert "transfer" in kinds(events) and tasks(store) == [("r1", "not_identified")]


@pytest.mark.parametrize("way", ["0", "menneske"])
def test_a_person_can_be_had_before_the_pin(way: str, ring: Ring, store: Store) -> None:
    call = ring()
    call.begin()
    events = call.press("0") if way == "0" else call.say("jeg vil snakke med et menneske", 0.9)
    assert "transfer" in kinds(events) and tasks(store) == [("r1", "person")]


def test_silence_ends_at_a_person(ring: Ring, store: Store) -> None:
    call = ring()
    call.begin()
    assert "Er du der?" in said(call.say("", None))
    assert "Er du der?" in said(call.say("", None))
    assert "transfer" in kinds(call.say("", None))
    assert tasks(store) == [("r1", "not_identified")]


def test_calling_back_within_a_day_goes_on_after_a_summary(
    ring: Ring, store: Store, talk: Talk, clock: Clock
) -> None:
    put_in_basket(store)
    clock.now += timedelta(hours=5)
    call = ring()
    call.begin()
    assert said(press(call, PIN)) == (
        "Takk. Sist hadde vi kommet til: to Tine Lettmelk 1 l. Skal vi fortsette?"
    )
    assert said(press(call, "1")) == "Fint. Hva mer vil du ha?"
    assert talk.heard == []
    call.say("et brød", 0.9)
    assert talk.heard == [("r1", "et brød", True)]


def test_an_old_basket_is_asked_about_and_emptied_only_with_a_word(
    ring: Ring, store: Store, talk: Talk, clock: Clock
) -> None:
    put_in_basket(store)
    clock.now += timedelta(hours=25)
    call = ring()
    call.begin()
    assert "Du har en gammel handlekurv med to Tine Lettmelk 1 l." in said(press(call, PIN))
    assert said(call.say("", None)) == said(call.say("hva sa du", 0.9)) != ""
    call.say("nei", 0.9)
    assert talk.heard == [("r1", "act:cancel", True)]  # which asks "skal jeg tømme kurven?"
    with store.transaction() as uow:
        assert uow.open_order("r1").basket.lines


def test_a_read_back_of_an_earlier_call_confirms_nothing(
    ring: Ring, store: Store, talk: Talk
) -> None:
    put_in_basket(store)
    call = ring()
    call.begin()
    press(call, PIN)
    with store.transaction() as uow:
        uow.save_order(uow.open_order("r1").read_back())
    call.ended()
    with store.transaction() as uow:
        assert uow.open_order("r1").status.value == "draft"


def test_a_person_in_the_talk_becomes_a_transfer(ring: Ring, talk: Talk) -> None:
    call = ring()
    call.begin()
    press(call, PIN)
    talk.task = "person"
    assert kinds(call.press("0")) == ["said", "said", "transfer", "basket"]
    assert "Vil du ha noe mer" in call.not_transferred
    talk.task = ""
    assert kinds(call.say("et brød", 0.9)) == ["said", "basket"]
    talk.task = "not_understood"
    assert kinds(call.say("bla", 0.9))[-3:] == ["transfer", "hang_up", "basket"]


def test_where_nobody_can_be_put_through_that_is_not_promised(store: Store, talk: Talk) -> None:
    call = CallDialogue(
        *("c", "", Desk(store), talk),
        open_with=talk.open_with,
        read_again=lambda who: [],
        tell=talk.tell,
        sure=0.5,
        can_transfer=False,
    )
    events = call.begin()
    assert kinds(events) == ["said", "said", "said", "hang_up"]
    assert "sette deg over" not in said(events) and said(events).endswith("Ha det bra!")


@pytest.mark.parametrize(
    ("stage", "keys", "heard"),
    [("ordering", "1", ["ja"]), ("ordering", "2", ["nei"]), ("ordering", "#", ["det var alt"]),
     ("ordering", "*", ["gjenta"]), ("ordering", "0", ["menneske"]), ("ordering", "7", []),
     ("choosing", "2", ["den andre"]), ("choosing", "4", []), ("amount", "12#", ["12"]),
     ("amount", "3#", ["3"]), ("amount", "#", ["det var alt"]), ("amount", "10#", ["10"]),
     ("amount", "0", ["menneske"]), ("amount", "4*", ["gjenta"]), ("read_back", "1", ["ja"])],
)  # fmt: skip
def test_what_the_keys_mean(stage: str, keys: str, heard: list[str]) -> None:
    keypad = Keypad()
    texts = [keypad.text(key, stage) for key in keys]
    assert [text for text in texts if text is not None] == heard


def test_an_order_that_was_sent_ends_the_call(ring: Ring, talk: Talk, store: Store) -> None:
    call = ring()
    call.begin()
    press(call, PIN)
    talk.order, talk.stage = "failed", "read_back"  # sold out at the grocer's: it is read anew
    assert kinds(call.say("ja", 0.9)) == ["said", "order", "basket"]
    talk.order, talk.stage = "acknowledged", "submitted"
    assert kinds(call.say("ja", 0.9)) == ["said", "order", "said", "hang_up", "basket"]
    call.ended()
    with store.transaction() as uow:
        assert uow.calls()[0].outcome == "ordered"


def test_who_has_ordered_before_can_order_again(ring: Ring, talk: Talk, store: Store) -> None:
    """As long as nothing new is in it, the basket that is told is the one that was sent."""
    talk.stage = "submitted"
    call = ring()
    call.begin()
    assert "hang_up" not in kinds(press(call, PIN))
    call.ended()
    with store.transaction() as uow:
        assert uow.calls()[0].outcome == "nothing_ordered"


def test_a_bot_that_fails_ends_at_a_person(ring: Ring, talk: Talk, store: Store) -> None:
    call = ring()
    call.begin()
    press(call, PIN)
    talk.broken = True
    assert "én gang" in said(call.say("melk", 0.9)) or "en gang" in said(call.say("melk", 0.9))
    call.say("melk", 0.9)
    call.say("melk", 0.9)
    assert ("r1", "call_failed") in tasks(store)


def test_a_call_that_broke_with_its_process_is_ended_later(
    ring: Ring, store: Store, clock: Clock
) -> None:
    ring().begin()
    clock.now += timedelta(hours=1)
    Desk(store).end_lost_calls()
    with store.transaction() as uow:
        assert len(uow.calls(running=True)) == 1
    clock.now += timedelta(hours=2)
    Desk(store).end_lost_calls()
    with store.transaction() as uow:
        assert uow.calls(running=True) == [] and uow.calls()[0].outcome == "interrupted"


def test_announcements_are_forgotten_and_bounded() -> None:
    now = [0.0]
    announced = Announcements(lambda: now[0])
    assert announced.add("a", PHONE)
    assert announced.take("a") == PHONE and announced.take("a") == ""
    assert announced.add("b", PHONE)
    now[0] = LIFETIME + 1
    assert announced.take("b") == ""
    assert sum(announced.add(f"c{n}", "") for n in range(MOST_A_MINUTE + 10)) <= MOST_A_MINUTE


def test_numbers_and_pins() -> None:
    for written in ("22 33 44 55", "+47 22334455", "0047 22 33 44 55", "4722334455"):
        assert normalised(written) == PHONE
    for wrong in ("", "123", "anonymous", "+0123456789", "12345678901234567"):
        with pytest.raises(NotANumber):
            normalised(wrong)
    assert masked(PHONE) == "•••••••••55"
    for unusable in ("123", "1234567", "12a4", "1204", ""):
        with pytest.raises(UnusablePin):
            checked(unusable)
    assert checked(new_pin()) and matches(PIN, HASHED[PIN]) and not matches("2469", HASHED[PIN])
    assert hashed(PIN) != hashed(PIN) and PIN not in HASHED[PIN]


@given(st.lists(st.integers(1, 9), min_size=4, max_size=6))
def test_a_pin_said_digit_by_digit_is_heard(digits: list[int]) -> None:
    words = ("en", "to", "tre", "fire", "fem", "seks", "sju", "åtte", "ni")
    spoken = " ".join(words[digit - 1] for digit in digits)
    assert spoken_digits(f"ja koden er {spoken}") == "".join(map(str, digits))


@pytest.mark.parametrize(
    ("text", "digits"),
    [("tolv trettifire", "1234"), ("tre og tyve femogførti", "2345"), ("nitten åttifire", "1984"),
     ("1 2 3 4", "1234"), ("1234", "1234"), ("hei der", ""), ("en [unk] tre", None)],
)  # fmt: skip
def test_other_ways_to_say_a_pin(text: str, digits: str | None) -> None:
    assert spoken_digits(text) == digits
