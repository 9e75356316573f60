"""What the store hands out besides orders: plain immutable records."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Person:
    """A recipient, as far as ordering needs to know them.

    Attributes:
        recipient_id: the municipality's id of the person; no name, no national identity number.
        display_name: what the bot and staff call them; may be "".
        municipality, district: whose staff may see them; "" before they were assigned: then only
            the command line.
        address, next_of_kin, note: where they live, whom staff may call, and what staff should
            know; one text each. Stored sealed, as are the name and the health data.
        speech_rate: how fast we speak to them; 1 is normal, less is slower.
        alcohol_policy, tobacco_policy: `allow`, `staff_approve` or `block`; None: the
            municipality's own rule.
        delivery: when they usually want the goods, in Norwegian ("torsdag kveld").
        budget: kroner that one order should not exceed; None: no limit.
        allergies, diets: keys of `bot.ordering.gates`, such as "egg" or "vegetar". Health data.
        substitutes: what to do when something is sold out: `ask` or `never`.
        reminders: whether we may ask about what they seem to have forgotten.
    """

    recipient_id: str
    display_name: str = ""
    speech_rate: float = 1.0
    alcohol_policy: str | None = None
    tobacco_policy: str | None = None
    delivery: str | None = None
    budget: Decimal | None = None
    allergies: tuple[str, ...] = ()
    diets: tuple[str, ...] = ()
    substitutes: str = "ask"
    reminders: bool = True
    municipality: str = ""
    district: str = ""
    address: str = ""
    next_of_kin: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Consent:
    """Something that a person agreed to besides the basket that was read back.

    Attributes:
        order_id: the order that it holds for.
        kind: `substitute` (`product_id` comes instead of `instead_of`) or `over_budget` (the goods
            may cost `amount` kroner although the budget is lower).
        given_by: "recipient", or the id of who agreed on their behalf.
    """

    order_id: str
    kind: str
    product_id: str
    instead_of: str
    amount: Decimal | None
    given_by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Task:
    """Something that staff must do.

    Attributes:
        task_id: the store's number of the task.
        recipient_id: whom it is about.
        kind: what it is: "person", "not_understood", "approve", "order_failed", "sold_out" …
        note: an id that belongs to it, such as the order's; never what somebody said.
        done_at: when it was done; None while it is open.
    """

    task_id: int
    recipient_id: str
    kind: str
    note: str
    created_at: datetime
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """A confirmed order on its way to the grocer.

    Attributes:
        entry_id: the store's number of the entry.
        key: the idempotency key that the grocer gets.
        order_id, revision: the order and the basket revision that was confirmed.
        delivery: when the goods are wanted; fixed at confirmation, so that a repeated submission
            has the same arguments.
        attempts: how many times it was handed to the grocer, this time included.
    """

    entry_id: int
    key: str
    order_id: str
    revision: int
    recipient_id: str
    delivery: str | None
    attempts: int


@dataclass(frozen=True, slots=True)
class AccessEntry:
    """One line of the access log: who did what about whom, and why."""

    at: datetime
    actor: str
    recipient_id: str
    action: str
    reason: str
