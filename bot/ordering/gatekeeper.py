"""Stops goods on their way into the basket: what one must not have, and what passes the budget.

Nothing is stopped silently. What must not go in unasked becomes an open `Offer`; what nobody knows
enough about goes in, is said, and waits for staff (`bot.service` asks `Needs.of` once more when the
order is confirmed).
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from bot.ordering.basket import Basket, BasketLine
from bot.ordering.catalogue import Catalogue, Product
from bot.ordering.gates import Verdict
from bot.ordering.offer import BUDGET, CONTAINS, Offer
from bot.ordering.personal import Personal

if TYPE_CHECKING:
    from bot.ordering.edits import Edit


class Gatekeeper:
    """Looks at every line before it goes in, for one person."""

    def __init__(self, catalogue: Catalogue, personal: Personal) -> None:
        self._catalogue = catalogue
        self.personal = personal

    def stops(self, edit: Edit, product: Product, offer: Offer) -> bool:
        """Whether `product` must be asked about first; then the question is open in `edit`.

        Args:
            edit: the turn's edit; its basket does not hold the goods yet.
            offer: the goods as an offer, so that a yes can put them in. What was agreed to is
                asked about again only for another reason.
        """
        held = edit.basket.line(product.product_id)
        verdict = self.personal.needs.of(product)
        if verdict is Verdict.CONTAINS and not offer.knowing and held is None:
            edit.questions.append(replace(offer, kind=CONTAINS))
            return True
        if offer.kind != BUDGET and self._passes_budget(edit, offer):
            self._hold(edit, replace(offer, kind=BUDGET))
            return True
        if verdict is Verdict.UNKNOWN and held is None:
            self._note_unchecked(edit, product)
        return False

    def stops_change(self, edit: Edit, line: BasketLine, changed: BasketLine) -> bool:
        """Whether having more of a line passes the budget; then it is asked about first."""
        after = edit.basket.set_quantity(line.product_id, changed.quantity)
        if changed.quantity <= line.quantity or not self.personal.passes_budget(edit.basket, after):
            return False
        more = ((line.product_id, changed.quantity - line.quantity),)
        self._hold(edit, Offer(BUDGET, line.name, more))
        return True

    def settle(self, edit: Edit) -> list[Offer]:
        """Take out the offers over budget that fit by now, because something else went out."""
        fit = [
            each
            for each in edit.questions
            if isinstance(each, Offer)
            and each.kind == BUDGET
            and each in edit.earlier
            and not self.personal.is_over(self.with_offer(edit.basket, each))
        ]
        edit.questions = [each for each in edit.questions if each not in fit]
        return fit

    def with_offer(self, basket: Basket, offer: Offer) -> Basket:
        """The basket as it would be after a yes."""
        from bot.ordering.edits import basket_line

        for product_id, quantity in offer.lines:
            line = basket_line(self._catalogue[product_id], quantity)
            if offer.instead_of is not None:
                basket = basket.replace(offer.instead_of, line)
            else:
                basket = basket.add(line)
        return basket

    def _passes_budget(self, edit: Edit, offer: Offer) -> bool:
        return self.personal.passes_budget(edit.basket, self.with_offer(edit.basket, offer))

    @staticmethod
    def _hold(edit: Edit, offer: Offer) -> None:
        """Open a question about the budget; goods of one turn are asked about together."""
        for place, question in enumerate(edit.questions):
            if isinstance(question, Offer) and _may_join(question, offer):
                edit.questions[place] = replace(
                    question,
                    phrase=f"{question.phrase} og {offer.phrase}",
                    lines=_summed(question.lines, offer.lines),
                )
                return
        edit.questions.append(offer)

    def _note_unchecked(self, edit: Edit, product: Product) -> None:
        needs = self.personal.needs
        edit.unchecked.append(product.full_name)
        edit.reasons |= set(needs.reasons(product, Verdict.UNKNOWN))
        edit.checked_before |= any(
            (other := self._catalogue.get(line.product_id)) is not None
            and needs.of(other) is Verdict.UNKNOWN
            for line in edit.started_with.lines
        )


def _may_join(question: Offer, offer: Offer) -> bool:
    """Whether two offers over budget can be one: neither replaces anything, both known alike."""
    alone = offer.instead_of is None and question.instead_of is None
    return question.kind == BUDGET and alone and question.knowing == offer.knowing


def _summed(
    lines: tuple[tuple[str, Decimal], ...], more: tuple[tuple[str, Decimal], ...]
) -> tuple[tuple[str, Decimal], ...]:
    found = dict(lines)
    for product_id, quantity in more:
        found[product_id] = found.get(product_id, Decimal(0)) + quantity
    return tuple(found.items())
