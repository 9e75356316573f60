"""What needs doing now: tasks, calls, baskets that wait, and orders on their way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.calls.desk import LONGEST_CALL, NOBODY
from bot.casework.actor import Actor, NotAllowed, Role
from bot.casework.deadlines import deadline
from bot.casework.desk import Desk
from bot.casework.tasks import ABOUT_ORDERS, APPROVE, Kind, kind_of
from bot.ordering.order import OPEN, Order, Status
from bot.ordering.personal import payable
from bot.store import Person, Task, UnitOfWork
from bot.store.callers import Call
from bot.store.worklist import Area, Shipment

__all__ = ["PAGE", "Duty", "Overview", "Running", "Sent", "Shipment", "Today", "Waiting"]

#: A basket that nobody has touched for so long is not waiting, it is forgotten: it is kept, and
#: shows on the recipient's own page.
FRESH = timedelta(days=14)
#: How long an order is on the list when the grocer does not say when it comes.
SENT_LATELY = timedelta(days=2)
#: The longest that an order is on its way.
ON_ITS_WAY = timedelta(days=10)
#: Rows of one list on the first page, and of a page of its own.
MOST_SHOWN, PAGE = 30, 60
_ON_THE_LIST = (Status.CONFIRMED, Status.SUBMITTED, Status.ACKNOWLEDGED, Status.FAILED)


@dataclass(frozen=True, slots=True)
class Duty:
    """A task with what staff need to see of it.

    Attributes:
        person: whom it is about; None: a caller whom nobody knows.
        order_id: the order that it is about, if any.
        deadline: until when it should be done.
        mine: whether the actor may do it; False: it takes a colleague.
    """

    task: Task
    kind: Kind
    person: Person | None
    order_id: str | None
    deadline: datetime
    mine: bool = True


@dataclass(frozen=True, slots=True)
class Waiting:
    """A basket that nobody has confirmed yet."""

    order: Order
    person: Person
    changed_at: datetime
    deadline: datetime

    @property
    def over_budget(self) -> bool:
        """Whether it costs more than the person wants to spend."""
        limit = self.person.budget
        return limit is not None and payable(self.order.basket) > limit


@dataclass(frozen=True, slots=True)
class Sent:
    """An order that was confirmed, and where it is."""

    shipment: Shipment
    person: Person


@dataclass(frozen=True, slots=True)
class Running:
    """A call in progress."""

    call: Call
    person: Person


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything on the first page, each list with what is most pressing first.

    Of long lists the first are there; `waiting_count` and `sent_count` tell how many there are.
    """

    now: datetime
    deadline: datetime
    duties: tuple[Duty, ...]
    calls: tuple[Running, ...]
    waiting: tuple[Waiting, ...]
    sent: tuple[Sent, ...]
    waiting_count: int
    sent_count: int


class Today(Desk):
    """The first page."""

    def overview(self, actor: Actor) -> Overview:
        """What the actor has to do with just now."""
        area, now = self._area(actor), self._clock()
        with self._store.transaction(read_only=True) as uow:
            tasks = uow.tasks_in(area, others=[NOBODY])
            calls = [c for c in uow.calls_in(area) if now - c.began_at < LONGEST_CALL]
            drafts = [d for d in uow.orders_in(area, OPEN, now - FRESH) if d.order.basket.lines]
            sent = self._on_their_way(uow, area, now, tasks)
            people = uow.people_of(
                {t.recipient_id for t in tasks}
                | {c.recipient_id for c in calls if c.recipient_id}
                | {d.order.recipient_id for d in drafts}
                | {s.recipient_id for s in sent[:MOST_SHOWN]}
            )
            confirmers = self._confirmers(uow, tasks)
        self._looks.note(actor, "", "list")
        duties = [
            self._duty(task, people.get(task.recipient_id), actor, confirmers, now)
            for task in tasks
        ]
        waiting = [
            Waiting(
                d.order,
                people[d.order.recipient_id],
                d.changed_at,
                deadline(d.order.delivery or people[d.order.recipient_id].delivery, now),
            )
            for d in drafts
        ]
        return Overview(
            now,
            deadline(None, now),
            tuple(sorted(duties, key=lambda d: (d.kind.weight, d.deadline, d.task.task_id))),
            tuple(Running(c, people[c.recipient_id]) for c in calls if c.recipient_id),
            tuple(sorted(waiting, key=lambda w: (w.deadline, w.changed_at))[:MOST_SHOWN]),
            tuple(Sent(each, people[each.recipient_id]) for each in sent[:MOST_SHOWN]),
            len(waiting),
            len(sent),
        )

    def sent(self, actor: Actor, offset: int = 0) -> tuple[list[Sent], int]:
        """A page of the orders on their way, what comes first first; and how many there are."""
        area, now = self._area(actor), self._clock()
        with self._store.transaction(read_only=True) as uow:
            sent = self._on_their_way(uow, area, now, uow.tasks_in(area))
            shown = sent[offset : offset + PAGE]
            people = uow.people_of({each.recipient_id for each in shown})
        self._looks.note(actor, "", "list")
        return [Sent(each, people[each.recipient_id]) for each in shown], len(sent)

    @staticmethod
    def _on_their_way(
        uow: UnitOfWork, area: Area, now: datetime, tasks: list[Task]
    ) -> list[Shipment]:
        waits = {task.note for task in tasks if task.kind == APPROVE}
        yesterday = (now - timedelta(days=1)).date()
        found = uow.shipments_in(area, _ON_THE_LIST, now - ON_ITS_WAY, yesterday, now - SENT_LATELY)
        sent = [s for s in found if s.order_id not in waits and _on_its_way(s, now)]
        return sorted(sent, key=_comes)

    def close_task(self, actor: Actor, task_id: int) -> Task:
        """A task was done; one that was done already stays so.

        Raises:
            NotAllowed: there is no such task about one of theirs, or it is an order that waits for
                approval: that one is approved or sent back.
        """
        with self._store.transaction() as uow:
            task = uow.task(task_id)
            if task is None or not self._may_see(uow, actor, task):
                raise NotAllowed("Denne oppgaven finnes ikke i ditt område.")
            if task.kind == APPROVE:
                raise NotAllowed("Bestillingen må godkjennes eller sendes tilbake.")
            if uow.close_task(task_id):
                uow.log_access(actor.key, task.recipient_id, "close_task", f"{task.kind}:{task_id}")
        return task

    def _may_see(self, uow: UnitOfWork, actor: Actor, task: Task) -> bool:
        if task.recipient_id == NOBODY:
            self._area(actor)
            return True  # nothing is known of the caller, so there is nothing to keep from anybody
        try:
            return bool(self._theirs(uow, actor, task.recipient_id))
        except NotAllowed:
            return False  # told in the same words as a task that does not exist

    @staticmethod
    def _confirmers(uow: UnitOfWork, tasks: list[Task]) -> dict[str, str | None]:
        found = (uow.order(task.note) for task in tasks if task.kind == APPROVE)
        return {order.order_id: order.confirmed_by for order in found if order is not None}

    @staticmethod
    def _duty(
        task: Task,
        person: Person | None,
        actor: Actor,
        confirmers: dict[str, str | None],
        now: datetime,
    ) -> Duty:
        known = None if task.recipient_id == NOBODY else person
        order_id = task.note if task.kind in ABOUT_ORDERS and task.note else None
        mine = task.kind != APPROVE or (
            Role.APPROVER in actor.roles and confirmers.get(task.note) != actor.key
        )
        until = deadline(person.delivery if person else None, now)
        return Duty(task, kind_of(task.kind), known, order_id, until, mine)


def _comes(sent: Shipment) -> tuple[bool, datetime]:
    """What comes first stands first; before it what nobody knows the time of."""
    return (sent.arrives is not None, sent.arrives[0] if sent.arrives else sent.changed_at)


def _on_its_way(sent: Shipment, now: datetime) -> bool:
    """Whether an order still belongs on the list: until its goods have come."""
    return sent.arrives is None or sent.arrives[1] > now - timedelta(hours=2)
