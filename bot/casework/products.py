"""What a recipient can have: goods found by name, what they usually buy, and substitutes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from bot.casework.actor import Actor
from bot.casework.baskets import step_of
from bot.casework.desk import Desk
from bot.ordering.catalogue import Product
from bot.ordering.gates import Verdict
from bot.ordering.match import Certain, Choice, History
from bot.ordering.substitutes import substitutes
from bot.service import needs_of
from bot.store import Person

#: Cards on one page; who wants something else says more of its name.
MOST_SHOWN = 24
#: Substitutes for one line.
MOST_SUBSTITUTES = 6
LONGEST_SEARCH = 100


@dataclass(frozen=True, slots=True)
class Card:
    """A product with what staff must know before they choose it for somebody.

    Attributes:
        verdict: whether the person tolerates it; `reasons`: what of it they do not.
        bought: how often they have bought it.
        held: how much of it is in the basket.
        rule: `allow`, `staff_approve` or `block`.
        quantity: how much to take unless they say otherwise.
        dearer: for a substitute: kroner more than what it comes instead of.
    """

    product: Product
    verdict: Verdict
    reasons: tuple[str, ...]
    bought: int
    held: Decimal
    rule: str
    quantity: Decimal
    dearer: Decimal | None = None

    @property
    def step(self) -> Decimal:
        """How much "more" and "less" change."""
        return step_of(self.product.unit)


class Products(Desk):
    """Finding goods for one recipient."""

    def search(self, actor: Actor, recipient_id: str, text: str) -> list[Card]:
        """What a text may mean, best first; without a text what the person buys most."""
        with self._store.transaction(read_only=True) as uow:
            person = self._theirs(uow, actor, recipient_id)
            history = uow.history(recipient_id)
            basket = uow.draft(recipient_id).basket
            rules = self._rules(uow, person)
        self._looks.note(actor, recipient_id, "products")
        text = " ".join(text.split())[:LONGEST_SEARCH]
        found = self._found(text, history) if text else self._bought(history)
        held = {line.product_id: line.quantity for line in basket.lines}
        return [self._card(each, person, history, held, rules) for each in found]

    def instead_of(self, actor: Actor, recipient_id: str, product_id: str) -> list[Card]:
        """What can come instead of a basket line, with what more it costs; best first."""
        with self._store.transaction(read_only=True) as uow:
            person = self._theirs(uow, actor, recipient_id)
            history = uow.history(recipient_id)
            basket = uow.draft(recipient_id).basket
            rules = self._rules(uow, person)
        self._looks.note(actor, recipient_id, "products")
        line, gone = basket.line(product_id), self._shop.catalogue.get(product_id)
        if line is None or gone is None:
            return []
        held = {each.product_id: each.quantity for each in basket.lines}
        found = substitutes(
            gone, line.quantity, self._shop.catalogue, needs_of(person), history, list(held)
        )
        return [
            self._card(each.product, person, history, held, rules, each.quantity, each.dearer)
            for each in found[:MOST_SUBSTITUTES]
        ]

    def product(self, product_id: str) -> Product | None:
        """A product by its id."""
        return self._shop.catalogue.get(product_id)

    def _found(self, text: str, history: History) -> list[Product]:
        match = self._shop.find(text, history)
        first = match.candidate.product if isinstance(match, Certain) else None
        near = [each.product for each in match.candidates]
        more = self._shop.matcher.all_like(text) if isinstance(match, Certain | Choice) else ()
        named = self._containing(text)
        return _distinct([*([first] if first else []), *near, *more, *named])

    def _containing(self, text: str) -> Iterable[Product]:
        """Products whose name, brand or barcode has every word that was typed."""
        words = text.casefold().split()
        for product in self._shop.catalogue:
            name = f"{product.full_name} {product.brand} {product.gtin}".casefold()
            if all(word in name for word in words):
                yield product

    def _bought(self, history: History) -> list[Product]:
        often = sorted(history.counts, key=lambda pid: -history.counts[pid])
        found = (self._shop.catalogue.get(pid) for pid in often)
        return _distinct(product for product in found if product is not None)

    @staticmethod
    def _card(
        product: Product,
        person: Person,
        history: History,
        held: dict[str, Decimal],
        rules: dict[str, str],
        quantity: Decimal = Decimal(1),
        dearer: Decimal | None = None,
    ) -> Card:
        needs = needs_of(person)
        verdict = needs.of(product)
        return Card(
            product,
            verdict,
            needs.reasons(product, verdict) if verdict is not Verdict.FINE else (),
            history.counts.get(product.product_id, 0),
            held.get(product.product_id, Decimal(0)),
            rules.get(product.restricted.value, "allow"),
            quantity,
            dearer,
        )


def _distinct(products: Iterable[Product]) -> list[Product]:
    found: dict[str, Product] = {}
    for product in products:
        found.setdefault(product.product_id, product)
        if len(found) == MOST_SHOWN:
            break
    return list(found.values())
