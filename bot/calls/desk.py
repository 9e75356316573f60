"""The use cases of a telephone call: what is looked up and put down in the store around a talk."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.calls import pins
from bot.calls.identification import Verdict
from bot.calls.news import Newsroom
from bot.calls.numbers import known_form
from bot.ordering.basket import Basket
from bot.ordering.conversation import stage
from bot.ordering.order import Order, Status
from bot.ordering.talk import Talk
from bot.store import Store, UnitOfWork
from bot.store.callers import Caller
from bot.store.rings import Ring

#: The "recipient" of tasks about callers whom we do not know.
NOBODY = "unknown_caller"
#: Wrong PINs in a row, across calls, after which a number is locked; and for how long, the first
#: time and from then on.
TRIES = 3
LOCKED_FIRST, LOCKED_AGAIN = timedelta(hours=1), timedelta(hours=24)
#: A basket younger than this is gone on with; about an older one we ask.
RECENT = timedelta(hours=24)
#: How long nobody rings somebody anew who has answered, unless the call ends before.
HELD = timedelta(hours=1)
RETRY = timedelta(minutes=15)
#: A call that has not ended after this broke with the process that led it.
LONGEST_CALL = timedelta(hours=2)
#: Tasks after which a person should come to the telephone.
CALLS_STAFF = ("person", "urgent", "not_understood")


@dataclass(frozen=True, slots=True)
class Opening:
    """What is known when a call begins.

    Attributes:
        number: whence it comes, E.164; None when hidden, not announced or nobody's.
        lengths: of the PINs that it may be opened with.
        locked: whether PINs are not taken from this number now.
        ring: the agreed ring that this call is; None when we were called.
    """

    number: str | None
    lengths: frozenset[int]
    locked: bool
    ring: Ring | None


@dataclass(frozen=True, slots=True)
class Draft:
    """A basket that an earlier call left; `recent`: within the last day."""

    basket: Basket
    recent: bool


class Desk:
    """What a call needs of the store."""

    def __init__(self, store: Store, clock: Callable[[], datetime] | None = None) -> None:
        """`clock` gives the moment it is now, with its zone; by default the store's."""
        self._store = store
        self._clock = clock or store.clock

    def end_lost_calls(self) -> None:
        """Put down as ended what broke with an earlier process."""
        with self._store.transaction() as uow:
            uow.end_lost_calls(self._clock() - LONGEST_CALL)

    def open(self, call_id: str, caller: str) -> Opening:
        """A call has begun; `caller` is its number as the exchange told it, "" when hidden.

        An unknown number makes a task for staff.
        """
        number = known_form(caller)
        with self._store.transaction() as uow:
            ring = uow.ring_of_call(call_id)
            uow.begin_call(call_id, "in" if ring is None else "out")
            if ring is not None:
                uow.hold_ring(ring.ring_id, self._clock() + HELD)
                number = ring.phone
            known = [] if number is None else self._eligible(uow, number, ring)
            if not known:
                uow.add_task(NOBODY, "unknown_caller", call_id)
                return Opening(None, frozenset(), False, ring)
            assert number is not None
            locked = uow.pin_failures(number)[1] is not None
            return Opening(number, frozenset(each.pin_length for each in known), locked, ring)

    def check(self, call_id: str, opening: Opening, pin: str) -> Verdict:
        """Try a PIN. The try is counted before it is looked at: no crash or second call in
        between gives another one for nothing."""
        number = opening.number
        if number is None:
            return Verdict(None)
        with self._store.transaction() as uow:
            failures, locked = uow.pin_failures(number)
            if locked is not None:
                return Verdict(None)
            failures += 1
            spent = failures % TRIES == 0
            lock = LOCKED_FIRST if failures <= TRIES else LOCKED_AGAIN
            uow.set_pin_failures(number, failures, self._clock() + lock if spent else None)
            known = self._eligible(uow, number, opening.ring)
        # Each one is compared, also after one that fits: the time tells nothing.
        right = [each for each in known if pins.matches(pin, each.pin)]
        with self._store.transaction() as uow:
            if not right:
                for each in known:
                    uow.log_access("telephone", each.recipient_id, "pin_failed", call_id)
                    if spent:
                        uow.log_access("telephone", each.recipient_id, "pin_locked", call_id)
                        uow.add_task(each.recipient_id, "pin_locked", call_id)
                return Verdict(None, 0 if spent else TRIES - failures % TRIES)
            recipient_id = right[0].recipient_id
            uow.set_pin_failures(number, 0, None)
            uow.identify_call(call_id, recipient_id)
            uow.log_access("telephone", recipient_id, "identified", call_id)
            if opening.ring is not None:
                uow.close_ring(opening.ring.ring_id, "done")
            return Verdict(recipient_id)

    def not_identified(self, call_id: str, opening: Opening, kind: str) -> None:
        """Somebody at a known number needs staff: all who may call from it get a task."""
        if opening.number is None:
            return
        with self._store.transaction() as uow:
            for each in self._eligible(uow, opening.number, opening.ring):
                uow.add_task(each.recipient_id, kind, call_id)

    def speech_rate(self, recipient_id: str) -> float:
        """How fast to speak to this person (1 is normal)."""
        with self._store.transaction(read_only=True) as uow:
            return uow.person(recipient_id, create=False).speech_rate

    def draft(self, recipient_id: str) -> Draft | None:
        """The basket that is not ordered yet, when there is something in it.

        A read-back of an earlier call does not count in this one.
        """
        with self._store.transaction() as uow:
            order = uow.open_order(recipient_id)
            if not order.basket.lines:
                return None
            changed = uow.draft_changed_at(recipient_id)
            self._unread(uow, order)
        recent = changed is not None and self._clock() - changed <= RECENT
        return Draft(order.basket, recent)

    def stage(self, recipient_id: str) -> str:
        """Where the person's talk is; see `bot.ordering.conversation.stage`."""
        with self._store.transaction(read_only=True) as uow:
            return stage(uow.draft(recipient_id), Talk.from_dict(uow.talk(recipient_id)))

    def unread(self, recipient_id: str) -> None:
        """What was read back does not count as read."""
        with self._store.transaction() as uow:
            self._unread(uow, uow.open_order(recipient_id))

    def called_staff(self, recipient_id: str, after: int) -> tuple[str, int] | None:
        """The newest task since number `after` that calls a person, and its number."""
        with self._store.transaction(read_only=True) as uow:
            new = [
                task
                for task in uow.tasks(recipient_id=recipient_id)
                if task.task_id > after and task.kind in CALLS_STAFF
            ]
        return (new[-1].kind, new[-1].task_id) if new else None

    def newest_task(self, recipient_id: str) -> int:
        """The number of the person's newest task, done or not; 0 without any."""
        with self._store.transaction(read_only=True) as uow:
            return max((task.task_id for task in uow.tasks(False, recipient_id)), default=0)

    def call_staff(self, recipient_id: str, kind: str) -> None:
        """A person please: a task with the basket as it stands (the order's id is its note)."""
        with self._store.transaction() as uow:
            order = uow.open_order(recipient_id)
            note = order.order_id if order.basket.lines else ""
            uow.add_task(recipient_id, kind, note)

    def newsroom(self, recipient_id: str) -> Newsroom:
        """Follows what others do in the person's talk from now on."""
        return Newsroom(self._store, recipient_id)

    def note(self, recipient_id: str, said: Iterable[tuple[str, str]]) -> None:
        """Put down what was said past the bot, for staff who follow: speaker and text."""
        with self._store.transaction() as uow:
            order = uow.open_order(recipient_id)
            if not order.version:
                order = uow.save_order(order)
            for speaker, text in said:
                if text.strip():
                    uow.add_utterance(order.order_id, recipient_id, speaker, text)

    def end_takeover(self, recipient_id: str) -> None:
        """Nobody of staff is in the person's call any more."""
        with self._store.transaction() as uow:
            uow.end_takeover(recipient_id)

    def close(self, call_id: str, opening: Opening | None, outcome: str) -> None:
        """The call is over; an agreed ring that reached nobody is rung again."""
        with self._store.transaction() as uow:
            uow.end_call(call_id, outcome)
            call = uow.call(call_id)
            if call is not None and call.recipient_id is not None:
                uow.end_takeover(call.recipient_id)
            ring = uow.ring_of_call(call_id) if opening is not None and opening.ring else None
            if ring is not None:
                uow.put_off_ring(ring.ring_id, self._clock() + RETRY)

    def _eligible(self, uow: UnitOfWork, number: str, ring: Ring | None) -> list[Caller]:
        known = uow.callers(phone=number)
        return [each for each in known if ring is None or each.recipient_id == ring.recipient_id]

    def _unread(self, uow: UnitOfWork, order: Order) -> None:
        if order.status is Status.READ_BACK:
            uow.save_order(order.unread())
