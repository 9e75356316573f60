"""Changing the basket as a request asks: each phrase ends in the basket, in a question, or is said.

`Edit` collects what one turn does. It never drops a line: whatever cannot be done is kept in one of
its lists, and the wording speaks every list.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal

from bot.ordering import wording, wording_personal
from bot.ordering.amount import Amount
from bot.ordering.basket import Basket, BasketLine
from bot.ordering.catalogue import Product, Restriction
from bot.ordering.each import amount_to_each
from bot.ordering.gatekeeper import Gatekeeper
from bot.ordering.match import MAX_OPTIONS
from bot.ordering.matcher import Certain, Choice, History, Unknown
from bot.ordering.offer import Offer
from bot.ordering.packs import PackPlan, plan
from bot.ordering.personal import NOBODY, Personal, payable
from bot.ordering.reading import not_told
from bot.ordering.repeats import together
from bot.ordering.request import Act, OrderLine, Request
from bot.ordering.shop import Shop
from bot.ordering.talk import AmountQuestion, ProductQuestion, Question

MOST_WITHOUT_ASKING = Decimal(24)
#: More than this is a slip of the tongue or of the ear, also when it is said twice.
MOST_BELIEVED = Decimal(1000)

#: So many packs of so many pieces are asked about when they are more pieces than this.
_MANY_PACKS = Decimal(6)
_MANY_IN_PACK = Decimal(10)
_MANY_PIECES = Decimal(100)

Policy = Callable[[Restriction], str]


@dataclass
class Edit:
    """What a turn has done so far, and what must be said about it.

    Attributes:
        basket: the basket as it is now.
        questions: the open questions, earlier ones first, then in the order of speech.
        earlier: the questions that were open when the turn began.
        touched: the product that was changed last; `spoken`: what the person called it.
        added, removed, changed: item phrases for the wording; `replaced` holds (out, in).
        notes: whole sentences, such as which pack was the nearest.
        missing: phrases that the shop does not have; `absent`: that the basket does not have.
        blocked: names of goods that policy forbids.
        unplaced: words that belong to nothing.
        usual: which of `added` the person's history decided, and what the person called it.
        unchecked: names of goods that we cannot tell whether the person tolerates; `reasons`: the
            allergies that it is about; `checked_before`: whether such goods lay in the basket.
        over: what the goods cost now, when they cost more than the budget and more than before.
        started_with: the basket when the turn began.
    """

    basket: Basket
    questions: list[Question] = field(default_factory=list)
    earlier: tuple[Question, ...] = ()
    touched: str | None = None
    spoken: str = ""
    added: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    replaced: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    blocked: list[str] = field(default_factory=list)
    unplaced: list[str] = field(default_factory=list)
    usual: list[tuple[str, str]] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)
    reasons: set[str] = field(default_factory=set)
    checked_before: bool = False
    over: Decimal | None = None
    started_with: Basket = field(init=False)

    def __post_init__(self) -> None:
        self.started_with = self.basket

    @property
    def fruitful(self) -> bool:
        """Whether the turn led anywhere: a change, a question or a useful answer."""
        done = self.added or self.removed or self.changed or self.replaced
        opened = any(question not in self.earlier for question in self.questions)
        return bool(done or opened or self.notes or self.blocked or self.absent)

    def sentences(self) -> list[str]:
        """What was done, for the voice, most important first; joined into at most two sentences."""
        done = []
        if self.added and [item for item, _ in self.usual] == self.added:
            done.append(wording.added(self.added, wording.AS_USUAL))
        elif self.added:
            done.append(wording.added(self.added))
            if self.usual:
                done.append(wording_personal.as_usual([phrase for _, phrase in self.usual]))
        if self.removed:
            done.append(wording.removed(self.removed))
        if self.changed:
            done.append(wording.changed(self.changed))
        done += [wording.replaced(old, new) for old, new in self.replaced]
        done += self.notes
        if self.over is not None:
            done.append(wording_personal.now_costs(self.over))
        if self.unchecked and self.checked_before:
            done.append(wording_personal.CHECKED_TOO)
        elif self.unchecked:
            done.append(wording_personal.unchecked(self.unchecked, sorted(self.reasons)))
        if self.missing:
            done.append(wording.not_found(self.missing))
        if self.absent:
            done.append(wording.not_in_basket(self.absent))
        if self.blocked:
            done.append(wording.blocked(self.blocked))
        if self.unplaced:
            done.append(wording.not_accounted(self.unplaced))
        return done


class Editor:
    """Applies requests and answers to an `Edit`, with one person's history and policy."""

    def __init__(
        self, shop: Shop, history: History, policy: Policy, personal: Personal = NOBODY
    ) -> None:
        self._shop = shop
        self.gates = Gatekeeper(shop.catalogue, personal)
        self._history = history
        self._policy = policy
        self._doubtful = False

    def apply(
        self,
        request: Request,
        default: Act,
        edit: Edit,
        last_product: str | None,
        doubtful: bool = False,
    ) -> None:
        """Carry out every line of `request`; a line that names no act does `default`.

        With `doubtful` it is not certain that this was an order at all: then each product is asked
        about before it goes in.
        """
        edit.touched = last_product
        self._doubtful = doubtful
        lines = together(amount_to_each(request.lines))
        for position, line in enumerate(lines):
            named = [each.phrase for each in lines[:position] if each.phrase]
            if line.each and named:
                for phrase in named:
                    self._line(replace(line, phrase=phrase), Act.CHANGE, edit)
            else:
                self._line(line, line.act or default, edit)
        edit.unplaced += not_told(request)

    def choose(self, question: ProductQuestion, product: Product, edit: Edit) -> None:
        """Carry out what `question` was about, now that the product is known."""
        if question.act == Act.REMOVE.value:
            self._take_out(product.product_id, question.amount, edit)
        elif question.act == Act.CHANGE.value:
            self._set(product, question.amount, question.relative, edit)
        else:
            self._put(question.phrase, product, question.amount, edit, question.instead_of)

    def put_amount(self, question: AmountQuestion, amount: Amount, edit: Edit) -> None:
        """Carry out what `question` was about, now that the amount is known."""
        product = self._shop.catalogue[question.product_id]
        if question.act == Act.CHANGE.value:
            self._set(product, amount, False, edit, asked=True)
        else:
            self._put(question.phrase, product, amount, edit, question.instead_of, asked=True)

    def _line(self, line: OrderLine, act: Act, edit: Edit) -> None:
        if line.phrase and line.amount is not None and not line.amount.value:
            # "null loff", "0 brød": none of it.
            self._with_held(replace(line, amount=None), Act.REMOVE, edit)
        elif act is Act.REPLACE:
            self._replace(line, edit)
        elif not line.phrase:
            self._without_name(line, act, edit)
        elif act is Act.REMOVE:
            self._with_held(line, Act.REMOVE, edit)
        elif act is Act.CHANGE or line.relative:
            self._with_held(line, Act.CHANGE, edit)
        elif line.amount is not None and line.amount.value <= 0:
            # "null loff": none of it, also when some was ordered before.
            self._with_held(replace(line, amount=None), Act.REMOVE, edit)
        elif line.or_else:
            self._either(line, edit)
        else:
            self._add(line.phrase, line.amount, edit)

    def _either(self, line: OrderLine, edit: Edit) -> None:
        """ "cola eller pepsi": which of them is asked."""
        found: list[tuple[str, Product]] = []
        for phrase in (line.phrase, *line.or_else):
            match = self._shop.matcher.match(phrase, self._history, line.amount)
            if isinstance(match, Unknown):
                edit.missing.append(phrase)
            elif self._policy(match.candidates[0].product.restricted) == "block":
                edit.blocked.append(f"«{phrase}»")
            else:
                found.append((phrase, match.candidates[0].product))
        if len(found) == 1:
            self._add(found[0][0], line.amount, edit)
        elif found:
            named = wording.join([phrase for phrase, _ in found[:MAX_OPTIONS]], "eller")
            options = tuple(product.product_id for _, product in found[:MAX_OPTIONS])
            edit.questions.append(
                ProductQuestion(named, options, Act.ADD.value, line.amount, wording=wording.EITHER)
            )
            edit.unplaced += [phrase for phrase, _ in found[MAX_OPTIONS:]]

    def _without_name(self, line: OrderLine, act: Act, edit: Edit) -> None:
        """ "to til", "nei, tre", "ta bort den": it is about the product that was touched last."""
        product = self._shop.catalogue.get(edit.touched) if edit.touched else None
        if product is not None and line.amount is not None:
            product = self._measured_so(product, line.amount, edit)
        held = product is not None and edit.basket.line(product.product_id) is not None
        if (
            (product is None or not held)
            and line.amount is not None
            and (act in (Act.ADD, Act.CHANGE) and not line.relative and line.amount.value > 0)
        ):
            asked = ProductQuestion(
                wording.number(abs(line.amount.value)), (), Act.ADD.value, line.amount
            )
            edit.questions.append(asked)
        elif product is None or not held:
            edit.unplaced.append(wording.number(abs(line.amount.value)) if line.amount else "den")
        elif act is Act.REMOVE:
            self._take_out(product.product_id, line.amount, edit)
        else:
            self._set(product, line.amount, line.relative, edit)

    def _measured_so(self, product: Product, amount: Amount, edit: Edit) -> Product:
        """The ware that an amount alone may be about: "400 gram" is not of rolls of paper."""
        held = [self._shop.catalogue.get(line.product_id) for line in reversed(edit.basket.lines)]
        for each in (product, *held):
            if each is not None and _is_measured_in(each, amount.unit):
                return each
        return product

    def _add(
        self, phrase: str, amount: Amount | None, edit: Edit, instead_of: str | None = None
    ) -> None:
        act = Act.REPLACE.value if instead_of else Act.ADD.value
        match = self._shop.matcher.match(phrase, self._history, amount)
        if isinstance(match, Unknown):
            if match.told:
                edit.notes.append(match.told)
            else:
                edit.missing.append(phrase)
            return
        if isinstance(match, Certain):
            if not self._doubtful:
                product, before = match.candidate.product, len(edit.added)
                self._put(phrase, product, amount, edit, instead_of)
                if match.reason == "history":
                    edit.usual += [(item, phrase) for item in edit.added[before:]]
                return
            found, asked = [match.candidate.product], ""
        else:
            found, asked = [each.product for each in match.candidates], match.question
        allowed = [each for each in found if self._policy(each.restricted) != "block"]
        if not allowed:
            edit.blocked.append(f"«{phrase}»")
            return
        options = tuple(each.product_id for each in allowed)
        if self._asked_already(options, act, amount, edit):
            return
        edit.questions.append(
            ProductQuestion(phrase, options, act, amount, instead_of=instead_of, wording=asked)
        )

    @staticmethod
    def _asked_already(
        options: tuple[str, ...], act: str, amount: Amount | None, edit: Edit
    ) -> bool:
        """Whether the same is being asked about: somebody said it again instead of answering."""
        for place, question in enumerate(edit.questions):
            if isinstance(question, ProductQuestion) and (question.options, question.act) == (
                options,
                act,
            ):
                again = replace(question, amount=amount or question.amount)
                edit.questions[place] = again
                # It keeps its place in the row of questions.
                edit.earlier = tuple(again if each == question else each for each in edit.earlier)
                return True
        return False

    def _put(
        self,
        phrase: str,
        product: Product,
        amount: Amount | None,
        edit: Edit,
        instead_of: str | None = None,
        asked: bool = False,
    ) -> None:
        if self._policy(product.restricted) == "block":
            edit.blocked.append(product.full_name)
            return
        act = Act.REPLACE.value if instead_of else Act.ADD.value
        amount = _weighed(product, phrase, amount)
        if not asked and (question := _amount_question(phrase, product, amount, act, instead_of)):
            edit.questions.append(question)
            return
        packs = plan(product, amount, self._shop.siblings(product))
        many = packs.quantity > MOST_WITHOUT_ASKING or _is_too_many(packs)
        if packs.quantity > MOST_BELIEVED or (many and not asked):
            likely = packs.quantity if packs.quantity <= MOST_BELIEVED else None
            edit.questions.append(
                AmountQuestion(phrase, product.product_id, likely, act, instead_of)
            )
            return
        line = basket_line(packs.product, packs.quantity)
        offer = Offer("", line.name, ((line.product_id, line.quantity),), instead_of)
        if self.gates.stops(edit, packs.product, offer):
            return
        self._put_line(line, edit, instead_of)
        if not packs.exact:
            edit.notes.append(_nearest(packs, line))
        edit.spoken = phrase

    def put_offer(self, offer: Offer, edit: Edit) -> None:
        """Carry out an offer that the person said yes to; each line may still meet another gate."""
        for product_id, quantity in offer.lines:
            product = self._shop.catalogue[product_id]
            if self._policy(product.restricted) == "block":
                edit.blocked.append(product.full_name)
                continue
            one = replace(offer, lines=((product_id, quantity),), phrase=product.full_name)
            if not self.gates.stops(edit, product, one):
                self._put_line(basket_line(product, quantity), edit, offer.instead_of)

    def _put_line(self, line: BasketLine, edit: Edit, instead_of: str | None) -> None:
        if instead_of == line.product_id and edit.basket.line(instead_of) == line:
            edit.notes.append(wording.held_already(line.name))  # nothing to exchange
        elif instead_of and (old := edit.basket.line(instead_of)):
            edit.basket = edit.basket.replace(instead_of, line)
            edit.replaced.append((wording.line(old), wording.line(line)))
        else:
            edit.basket = edit.basket.add(line)
            edit.added.append(wording.line(line))
        edit.touched = line.product_id
        self._note_cost(edit)

    def _note_cost(self, edit: Edit) -> None:
        """Once the budget is passed, each addition says what it costs now."""
        before, now = edit.started_with, edit.basket
        if self.gates.personal.is_over(before) and payable(now) > payable(before):
            edit.over = payable(now)

    def _with_held(self, line: OrderLine, act: Act, edit: Edit) -> None:
        match = self._shop.in_basket(line.phrase, edit.basket)
        question = ProductQuestion(
            line.phrase,
            tuple(candidate.product.product_id for candidate in match.candidates),
            act.value,
            line.amount,
            relative=line.relative,
        )
        if isinstance(match, Certain):
            held = match.candidate.product
            self.choose(replace(question, amount=_in_packs(held, line)), held, edit)
        elif isinstance(match, Choice):
            edit.questions.append(question)
        elif self._withdraw_question(line.phrase, act, edit):
            return
        elif act is Act.CHANGE and line.amount and line.amount.value > 0:
            self._add(line.phrase, line.amount, edit)
        else:
            edit.absent.append(line.phrase)

    def _withdraw_question(self, phrase: str, act: Act, edit: Edit) -> bool:
        """ "melk, brød, nei ikke melk": what is taken back may still be an open question."""
        if act is not Act.REMOVE:
            return False
        for question in edit.questions:
            if isinstance(question, ProductQuestion | Offer):
                asked = question.options
            else:
                asked = (question.product_id,)
            same = question.phrase.casefold() == phrase.casefold()
            if same or not isinstance(self._shop.matcher.match_held(phrase, asked), Unknown):
                edit.questions.remove(question)
                edit.notes.append(wording.dropped(phrase))
                return True
        return False

    def _replace(self, line: OrderLine, edit: Edit) -> None:
        outgoing = edit.touched
        if line.instead_of:
            old_phrase = line.instead_of.removeprefix("ene ").removeprefix("eine ")
            match = self._shop.in_basket(old_phrase, edit.basket)
            if isinstance(match, Unknown):
                edit.absent.append(line.instead_of)
                outgoing = None
            elif len(match.candidates) > 1 and not isinstance(match, Certain):
                # Which of them goes is asked; what comes instead comes at once.
                held = tuple(each.product.product_id for each in match.candidates)
                edit.questions.append(ProductQuestion(old_phrase, held, Act.REMOVE.value))
                if line.phrase:
                    self._add(line.phrase, line.amount, edit)
                return
            else:
                outgoing = match.candidates[0].product.product_id
        old = edit.basket.line(outgoing) if outgoing else None
        if old is not None and old.quantity > 1 and _only_one(line.instead_of) and line.phrase:
            # "bytt den ene": the others stay.
            edit.basket = edit.basket.set_quantity(old.product_id, old.quantity - 1)
            edit.removed.append(wording.item(old.name, Decimal(1), old.unit))
            self._add(line.phrase, line.amount or Amount(Decimal(1)), edit)
            return
        if not line.phrase:  # "bytt kaffen": with what?
            if old is not None:
                edit.questions.append(
                    ProductQuestion(old.name, (), Act.REPLACE.value, instead_of=outgoing)
                )
            elif not line.instead_of:
                edit.unplaced.append("bytt")
            return
        amount = line.amount
        if amount is None and old is not None and old.quantity != 1:
            amount = Amount(old.quantity, "kg" if old.unit == "kg" else "")
        self._add(line.phrase, amount, edit, outgoing if old is not None else None)

    def _take_out(self, product_id: str, amount: Amount | None, edit: Edit) -> None:
        line = edit.basket.line(product_id)
        if line is None:
            return
        taken = line.quantity
        if amount is not None and not amount.vague:
            packs = plan(self._shop.catalogue[product_id], amount)
            taken = min(taken, packs.quantity)
        edit.basket = edit.basket.set_quantity(product_id, line.quantity - taken)
        edit.removed.append(wording.item(line.name, taken, line.unit))
        if taken < line.quantity:
            edit.touched = product_id
        elif edit.touched == product_id:
            edit.touched = None

    def _set(
        self,
        product: Product,
        amount: Amount | None,
        relative: bool,
        edit: Edit,
        asked: bool = False,
    ) -> None:
        line = edit.basket.line(product.product_id)
        if line is None:
            return
        edit.touched = product.product_id
        if amount is None or amount.vague or amount.upper is not None:
            edit.questions.append(
                AmountQuestion(product.name, product.product_id, _likely(amount), Act.CHANGE.value)
            )
            return
        if relative:
            quantity = max(line.quantity + amount.value, Decimal(0))
        elif amount.value <= 0:
            quantity = Decimal(0)
        else:
            quantity = plan(product, amount).quantity
        if line.unit == "stk" and quantity != quantity.to_integral_value():
            edit.questions.append(
                AmountQuestion(product.name, product.product_id, None, Act.CHANGE.value)
            )
            return
        if quantity > (MOST_BELIEVED if asked else MOST_WITHOUT_ASKING):
            likely = quantity if quantity <= MOST_BELIEVED else None
            edit.questions.append(
                AmountQuestion(product.name, product.product_id, likely, Act.CHANGE.value)
            )
            return
        if quantity and self.gates.stops_change(edit, line, replace(line, quantity=quantity)):
            return
        edit.basket = edit.basket.set_quantity(product.product_id, quantity)
        self._note_cost(edit)
        if quantity == 0:
            edit.removed.append(wording.line(line))
        else:
            edit.changed.append(wording.line(replace(line, quantity=quantity)))


def _is_too_many(packs: PackPlan) -> bool:
    """Whether so many pieces are hardly meant: twelve trays of twelve eggs."""
    content = packs.product.content
    if content is None or content.unit != "stk" or packs.quantity < _MANY_PACKS:
        return False
    return content.amount >= _MANY_IN_PACK and content.amount * packs.quantity > _MANY_PIECES


def basket_line(product: Product, quantity: Decimal) -> BasketLine:
    """The basket line for `quantity` packs (or kilos) of `product`."""
    return BasketLine(
        product_id=product.product_id,
        name=product.full_name,
        quantity=quantity,
        unit=product.unit,
        unit_price=product.price,
        deposit=product.deposit,
    )


def _only_one(phrase: str | None) -> bool:
    return phrase is not None and phrase.casefold().split()[:1] in (["ene"], ["eine"])


def _in_packs(product: Product, line: OrderLine) -> Amount | None:
    """ "tolv egg til" of a six-pack is two packs more, not twelve."""
    amount = line.amount
    if not line.relative or amount is None or amount.vague or not amount.value:
        return amount
    packs = plan(product, replace(amount, value=abs(amount.value))).quantity
    return replace(amount, value=packs.copy_sign(amount.value), unit="")


_MEASURE = re.compile(r"(\d+(?:[.,]\d+)?)\s*(kg|kilo|g|gram|gr|hg|hekto)\b", re.IGNORECASE)
_KILOS = {"kg": 1, "kilo": 1, "g": 1000, "gram": 1000, "gr": 1000, "hg": 10, "hekto": 10}


def _weighed(product: Product, phrase: str, amount: Amount | None) -> Amount | None:
    """ "2 x poteter 1 kg" of what is sold by weight: two kilos."""
    said = _MEASURE.search(phrase)
    if said is None or product.unit != "kg" or amount is None or amount.unit in ("kg", "l"):
        return amount
    kilos = Decimal(said[1].replace(",", ".")) / _KILOS[said[2].casefold()]
    return replace(amount, value=amount.value * kilos, unit="kg")


def _nearest(packs: PackPlan, line: BasketLine) -> str:
    """What is said when the packs cannot give exactly what was asked for."""
    wanted = packs.wanted
    if wanted is not None and wanted.unit == "" and 0 < wanted.value < 1 and line.unit == "stk":
        return wording.whole_one(wording.line(line))
    if wanted is not None and line.unit == "kg" and wanted.unit not in ("kg", "l"):
        return wording.by_weight(line.name, wanted.value, line.quantity)
    if wanted is None or wanted.unit not in ("kg", "l") or not packs.product.size:
        return wording.NEAREST_PACKS
    return wording.nearest_size(wanted.value, wanted.unit, packs.product.size)


def _likely(amount: Amount | None) -> Decimal | None:
    """The amount behind "et par" or "litt", which "ja" may accept; "noen" suggests nothing."""
    if amount is None or not amount.vague or amount.upper is not None:
        return None
    return amount.value if amount.value >= 2 or amount.little else None


def _is_measured_in(product: Product, unit: str) -> bool:
    """Whether an amount in this unit says something of a product; a count says it of any."""
    if unit not in ("l", "kg"):
        return True
    content = product.content
    return product.unit == unit or (content is not None and content.unit == unit)


def _amount_question(
    phrase: str, product: Product, amount: Amount | None, act: str, instead_of: str | None
) -> AmountQuestion | None:
    unclear = amount is not None and (amount.vague or amount.upper is not None)
    if unclear or (amount is None and product.unit == "kg"):
        return AmountQuestion(phrase, product.product_id, _likely(amount), act, instead_of)
    return None
