"""What somebody may ask about themselves: who looked, what is stored, and to have it erased."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from bot.casework.actor import Actor, NotAllowed, Role
from bot.casework.staffing import COMMAND_LINE
from bot.errors import KurvError
from bot.ordering.catalogue import Catalogue
from bot.store import AccessEntry, Person, Store, UnitOfWork
from bot.store.worklist import Area

#: Entries of the access log on one page, and in an export.
PAGE, EVERYTHING = 200, 1_000_000
LONGEST_REASON = 100
_UNKNOWN = "Det finnes ingen mottaker med dette nummeret i ditt område."


@dataclass(frozen=True, slots=True)
class Chain:
    """Whether the access log is as it was written.

    Attributes:
        broken_at: number of the first entry that is not; None: it is whole.
        head: number and hash of the newest entry, to be noted outside the database.
    """

    broken_at: int | None
    head: tuple[int, str]


class Privacy:
    """The privacy officer's use cases; without an actor for whoever runs the machine."""

    def __init__(self, store: Store, catalogue: Catalogue) -> None:
        """`catalogue` gives products their names."""
        self._store = store
        self._catalogue = catalogue

    def log(
        self, by: Actor | None, recipient_id: str | None = None, limit: int = PAGE
    ) -> list[AccessEntry]:
        """Who did what, the newest first; about one person or all of the officer's area.

        Reading it is written into it.
        """
        area = _area(by)
        with self._store.transaction() as uow:
            found = uow.accesses(recipient_id, limit, area)
            # Whom it was about stands in the reason: the person may be another municipality's.
            uow.log_access(_who(by), "", "read_log", recipient_id or "")
        return found

    def verify(self, by: Actor | None, noted: tuple[int, str] | None = None) -> Chain:
        """Follow the access log's chain from its beginning.

        Args:
            noted: a head that was noted earlier: it must still be in the chain, unless its time
                was over.

        Raises:
            KurvError: the entry that was noted is another one, or is not there.
        """
        _area(by)
        with self._store.transaction(read_only=True) as uow:
            chain = Chain(uow.broken_access(), uow.access_head())
            if noted is not None:
                found = uow.access_hash(noted[0])
                if found != noted[1] and not (found is None and uow.in_gap(noted[0])):
                    raise KurvError(
                        f"Innslag {noted[0]} i tilgangsloggen er ikke det som ble notert; "
                        "loggen er endret eller kuttet."
                    )
        return chain

    def export(self, by: Actor | None, recipient_id: str) -> dict[str, Any]:
        """Everything that is stored about a person, ready for JSON; amounts are texts.

        Raises:
            NotAllowed: the person is not the officer's, or does not exist.
        """
        with self._store.transaction() as uow:
            person = _person(uow, by, recipient_id)
            rows = uow.rows_about(recipient_id)
            found = {
                "recipient_id": recipient_id,
                "exported_at": self._store.clock(),
                "person": asdict(person),
                "numbers": [
                    {"phone": each.phone} for each in uow.callers(recipient_id=recipient_id)
                ],
                "agreed_times": [
                    {"weekday": each.weekday, "minute": each.minute, "phone": each.phone}
                    for each in uow.schedules(recipient_id)
                ],
                "usual_list": [
                    {"product": self._name(product_id), "quantity": quantity}
                    for product_id, quantity in uow.usual(recipient_id)
                ],
                "orders": [self._order(uow, each) for each in uow.order_ids(recipient_id)],
                "purchases": [
                    {
                        "product": self._name(row["product_id"]),
                        "quantity": row["quantity"],
                        "bought_at": row["bought_at"],
                    }
                    for row in rows["purchases"]
                ],
                "tasks": [asdict(each) for each in uow.tasks(False, recipient_id)],
                "calls": rows["calls"],
                "takeovers": rows["takeovers"],
                "utterances": [
                    {"at": each.at, "speaker": each.speaker, "text": each.text}
                    for each in uow.utterances(recipient_id, limit=EVERYTHING)
                ],
                "talk": uow.talk(recipient_id),
                "access_log": [asdict(each) for each in uow.accesses(recipient_id, EVERYTHING)],
            }
            uow.log_access(_who(by), recipient_id, "export")
        return {name: _plain(value) for name, value in found.items()}

    def erase(self, by: Actor | None, recipient_id: str, reason: str) -> None:
        """Remove everything about a person; amounts of their orders and the access log stay.

        Raises:
            NotAllowed: the person is not the officer's, or does not exist.
            KurvError: no reason was given, or an order is on its way to them.
        """
        if not 0 < len(reason.strip()) <= LONGEST_REASON:
            raise KurvError(
                "Skriv saksnummer eller grunn på høyst hundre tegn og uten navn: "
                "det blir stående i tilgangsloggen."
            )
        with self._store.transaction() as uow:
            _person(uow, by, recipient_id)
            if uow.is_on_its_way(recipient_id):
                raise KurvError("En bestilling er på vei; slett når butikken har svart på den.")
            uow.erase_person(recipient_id)
            uow.log_access(_who(by), recipient_id, "erase", reason.strip())

    def _order(self, uow: UnitOfWork, order_id: str) -> dict[str, Any]:
        order = uow.order(order_id)
        assert order is not None, "read in the same transaction"
        created, changed = uow.order_times(order_id)
        return {
            "order_id": order_id,
            "status": order.status.value,
            "created_at": created,
            "changed_at": changed,
            "confirmed_by": order.confirmed_by,
            "confirmed_with": order.confirmed_with,
            "approved_by": order.approved_by,
            "delivery": order.delivery,
            "arrives": order.arrives,
            "grocer_reference": order.grocer_reference,
            "grocer_total": order.grocer_total,
            "failure": order.failure,
            "lines": [_line(line) for line in order.basket.lines],
            "earlier_baskets": [
                {"revision": basket.revision, "lines": [_line(line) for line in basket.lines]}
                for basket in uow.revisions(order_id)
                if basket.revision != order.basket.revision
            ],
            "consents": [asdict(each) for each in uow.consents(order_id)],
        }

    def _name(self, product_id: str) -> str:
        product = self._catalogue.get(product_id)
        return product.full_name if product else product_id


def _line(line: Any) -> dict[str, Any]:
    return {"name": line.name, "quantity": line.quantity, "unit": line.unit, "sum": line.sum}


def _plain(value: Any) -> Any:
    """A value as JSON can hold it; amounts stay exact."""
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _who(by: Actor | None) -> str:
    return by.key if by else COMMAND_LINE


def _area(by: Actor | None) -> Area | None:
    if by is None:
        return None
    by.require(Role.PRIVACY)
    return Area(by.municipality, by.districts)


def _person(uow: UnitOfWork, by: Actor | None, recipient_id: str) -> Person:
    known = uow.people_of([recipient_id]).get(recipient_id)
    if by is None:
        if known is None:
            raise NotAllowed(f"Det finnes ingen mottaker med nummer {recipient_id}.")
        return known
    by.require(Role.PRIVACY)
    if known is None:
        raise NotAllowed(_UNKNOWN)
    by.require_person(known, Role.PRIVACY)
    return known
