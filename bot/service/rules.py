"""What a municipality lets people order, and which orders take a second person."""

from dataclasses import dataclass

from bot.ordering.catalogue import Catalogue, Restriction
from bot.ordering.gates import Needs, Verdict
from bot.ordering.order import Order
from bot.ordering.speaker import is_staff
from bot.store import Person, UnitOfWork
from bot.store.staff_book import Municipality


@dataclass(frozen=True, slots=True)
class Policies:
    """What this installation lets people order: `allow`, `staff_approve` or `block`."""

    alcohol: str
    tobacco: str

    def of(
        self, restriction: Restriction, person: Person, municipality: Municipality | None = None
    ) -> str:
        """The rule for a product: the person's own, else their municipality's, else ours."""
        if restriction is Restriction.ALCOHOL:
            theirs = municipality.alcohol_policy if municipality else None
            return person.alcohol_policy or theirs or self.alcohol
        if restriction is Restriction.TOBACCO:
            theirs = municipality.tobacco_policy if municipality else None
            return person.tobacco_policy or theirs or self.tobacco
        return "allow"

    def needs_approval(
        self,
        order: Order,
        person: Person,
        municipality: Municipality | None,
        catalogue: Catalogue,
    ) -> bool:
        """Whether another person must approve a confirmed order before it may be sent.

        Where the municipality asks for two people, what staff confirmed does; everywhere, what
        holds restricted goods or may not suit the person does.
        """
        if municipality is not None and municipality.second_person and is_staff(order.confirmed_by):
            return True
        needs = needs_of(person)
        products = (catalogue.get(line.product_id) for line in order.basket.lines)
        return any(
            product is not None
            and (
                self.of(product.restricted, person, municipality) == "staff_approve"
                or needs.of(product) is not Verdict.FINE
            )
            for product in products
        )


def municipality_of(uow: UnitOfWork, person: Person) -> Municipality | None:
    """The person's municipality; None before they were assigned to one.

    Raises:
        StoreError: it does not exist: without its rules nothing is ordered.
    """
    return uow.municipality(person.municipality) if person.municipality else None


def needs_of(person: Person) -> Needs:
    """What a person does not tolerate and how they eat."""
    return Needs(frozenset(person.allergies), frozenset(person.diets))
