"""The recipients that staff have to do with: finding one, and what is known of them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from bot.casework.actor import Actor
from bot.casework.desk import Desk
from bot.casework.tasks import Kind, kind_of
from bot.errors import KurvError, StaleRevision
from bot.ordering.allergens import ALLERGENS, DIETS
from bot.ordering.catalogue import Product
from bot.ordering.delivery import read_wish
from bot.ordering.order import Order
from bot.store import Person, Task
from bot.store.callers import Call
from bot.store.worklist import Dated

#: Recipients on one page of the list.
PAGE = 60
POLICIES = ("allow", "staff_approve", "block")
#: Characters of one field, at most.
LONGEST = 2000
LARGEST_BUDGET = Decimal(100_000)
#: What staff choose allergies and diets from.
ALLERGEN_NAMES, DIET_NAMES = tuple(ALLERGENS), tuple(DIETS)
#: What staff may change; not who the person is, nor whose.
EDITABLE = (
    "display_name", "address", "next_of_kin", "note", "delivery", "budget", "allergies", "diets",
    "alcohol_policy", "tobacco_policy", "substitutes", "reminders",
)  # fmt: skip
CHANGED = "Opplysningene ble endret mens du skrev. Se over dem på nytt."


@dataclass(frozen=True, slots=True)
class Found:
    """Recipients that a search found, and how many there are in all."""

    people: tuple[Person, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of a recipient.

    Attributes:
        version: what an edit of this page must name.
        call: the call that they are in now.
        tasks: what is open about them, with how it reads.
        phones: the numbers that they may call from.
        kin: next of kin as the screen shows it.
    """

    person: Person
    version: str
    call: Call | None
    tasks: tuple[tuple[Task, Kind], ...]
    phones: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UsualLine:
    """A line of the usual list; `product` is None when the shop no longer has it."""

    product_id: str
    product: Product | None
    quantity: Decimal


class Recipients(Desk):
    """Finding recipients, and keeping what is known of them."""

    def find(self, actor: Actor, text: str = "", offset: int = 0) -> Found:
        """Recipients by part of their name or id, by name; all of them without a text."""
        area = self._area(actor)
        with self._store.transaction(read_only=True) as uow:
            everybody = uow.people_in(area)
        self._looks.note(actor, "", "list")
        words = text.casefold().split()
        found = [
            person
            for person in everybody
            if all(
                word in f"{person.display_name} {person.recipient_id}".casefold() for word in words
            )
        ]
        found.sort(key=lambda person: (person.display_name.casefold(), person.recipient_id))
        return Found(tuple(found[offset : offset + PAGE]), len(found))

    def profile(self, actor: Actor, recipient_id: str, why: str = "") -> Profile:
        """What is known of one recipient.

        Args:
            why: what led there ("task", "call", "list", "search"); for the access log.
        """
        with self._store.transaction(read_only=True) as uow:
            person = self._theirs(uow, actor, recipient_id)
            call = uow.call_of(recipient_id)
            tasks = uow.tasks(recipient_id=recipient_id)
            phones = tuple(each.phone for each in uow.callers(recipient_id=recipient_id))
        self._looks.note(actor, recipient_id, "profile", why)
        named = tuple((task, kind_of(task.kind)) for task in tasks)
        return Profile(person, version_of(person), call, named, phones)

    def history(self, actor: Actor, recipient_id: str) -> list[Dated]:
        """The recipient's orders, the newest first."""
        with self._store.transaction(read_only=True) as uow:
            self._theirs(uow, actor, recipient_id)
            found = uow.orders_of(recipient_id)
        self._looks.note(actor, recipient_id, "history")
        return [each for each in found if each.order.basket.lines and not each.order.is_open]

    def edit(
        self, actor: Actor, recipient_id: str, version: str, fields: Mapping[str, Any]
    ) -> Person:
        """Store what is known of a recipient; what is not named stays as it is.

        Args:
            version: of the profile that was shown.
            fields: names of `EDITABLE` and what they are to be.

        Raises:
            StaleRevision: somebody else changed it since the page was shown.
            KurvError: something cannot be stored so; the sentence says what.
        """
        with self._store.transaction() as uow:
            person = self._theirs(uow, actor, recipient_id)
            if version_of(person) != version:
                raise StaleRevision(CHANGED)
            checked = replace(person, **{name: fields[name] for name in EDITABLE if name in fields})
            _check(checked)
            uow.save_person(checked)
            names = [
                name for name in Person.__slots__ if getattr(person, name) != getattr(checked, name)
            ]
            if names:
                uow.log_access(actor.key, recipient_id, "edit_person", " ".join(names))
        return checked

    # -- the usual list --------------------------------------------------------------------------

    def usual(self, actor: Actor, recipient_id: str) -> list[UsualLine]:
        """What "som vanlig" means for this recipient."""
        with self._store.transaction(read_only=True) as uow:
            self._theirs(uow, actor, recipient_id)
            usual = uow.usual(recipient_id)
        self._looks.note(actor, recipient_id, "usual")
        get = self._shop.catalogue.get
        return [UsualLine(product_id, get(product_id), much) for product_id, much in usual]

    def set_usual_line(
        self, actor: Actor, recipient_id: str, product_id: str, quantity: Decimal
    ) -> None:
        """Make a product's quantity on the usual list `quantity`; zero takes it off.

        Raises:
            KurvError: the shop does not have it, or not so much of it.
        """
        if quantity and product_id not in self._shop.catalogue:
            raise KurvError("Varen finnes ikke lenger i butikken; velg en annen.")
        if not quantity.is_finite() or not 0 <= quantity <= 99:
            raise KurvError("Antallet må være mellom 0 og 99.")
        with self._store.transaction() as uow:
            self._theirs(uow, actor, recipient_id)
            lines = dict(uow.usual(recipient_id))
            if quantity:
                lines[product_id] = quantity
            else:
                lines.pop(product_id, None)
            uow.set_usual(recipient_id, tuple(lines.items()))
            uow.log_access(actor.key, recipient_id, "set_usual")

    def usual_from(self, actor: Actor, recipient_id: str, order_id: str) -> None:
        """Make what an order held the usual list.

        Raises:
            NotAllowed: it is not an order of this recipient.
        """
        with self._store.transaction() as uow:
            self._theirs(uow, actor, recipient_id)
            order = self._order_of(uow.order(order_id), recipient_id)
            lines = tuple((line.product_id, line.quantity) for line in order.basket.lines)
            uow.set_usual(recipient_id, lines)
            uow.log_access(actor.key, recipient_id, "set_usual", order_id)

    @staticmethod
    def _order_of(order: Order | None, recipient_id: str) -> Order:
        if order is None or order.recipient_id != recipient_id:
            raise KurvError("Bestillingen finnes ikke hos denne mottakeren.")
        return order


def version_of(person: Person) -> str:
    """Changes with everything that is known of a person, and tells nothing of it."""
    return hashlib.sha256(repr(person).encode()).hexdigest()[:16]


def _check(person: Person) -> None:
    """Whether a person can be stored so.

    Raises:
        KurvError: something cannot; the sentence says what.
    """
    texts = (person.display_name, person.address, person.next_of_kin, person.note)
    if any(len(text) > LONGEST for text in texts):
        raise KurvError(f"En av tekstene er for lang; skriv høyst {LONGEST} tegn.")
    limit = person.budget
    if limit is not None and not (limit.is_finite() and 0 < limit <= LARGEST_BUDGET):
        raise KurvError("Beløpsgrensen må være over null; la feltet stå tomt for ingen grense.")
    if not set(person.allergies) <= set(ALLERGENS) or not set(person.diets) <= set(DIETS):
        raise KurvError("Velg allergier og kosthold fra listen.")
    if person.delivery is not None and read_wish(person.delivery) is None:
        raise KurvError("Skriv leveringen som ukedag, tid på dagen eller begge: «torsdag kveld».")
    for policy in (person.alcohol_policy, person.tobacco_policy):
        if policy is not None and policy not in POLICIES:
            raise KurvError("Velg en regel for alkohol og tobakk fra listen.")
    if person.substitutes not in ("ask", "never"):
        raise KurvError("Velg hva som skal skje når noe er utsolgt.")
