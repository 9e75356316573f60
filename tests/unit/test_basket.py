"""Tier: unit. The basket: no sequence of operations loses or doubles a line."""

from decimal import Decimal

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.ordering.basket import Basket, BasketLine, plain, to_ore

PRICES = {f"p{number}": Decimal(number * 1095) / 100 for number in range(6)}
products = st.sampled_from(sorted(PRICES))
quantities = st.decimals("0.001", "30", places=3)


def line(product_id: str, quantity: Decimal | str = "1", price: str | None = None) -> BasketLine:
    return BasketLine(
        product_id=product_id,
        name=f"Vare {product_id}",
        quantity=Decimal(quantity),
        unit="stk",
        unit_price=PRICES[product_id] if price is None else Decimal(price),
        deposit=Decimal("2.00") if product_id == "p5" else Decimal(0),
    )


class BasketMachine(RuleBasedStateMachine):
    """Compares a basket with the plainest model of one: a dict of quantities."""

    @initialize()
    def start(self) -> None:
        self.basket = Basket()
        self.model: dict[str, Decimal] = {}
        self.seen: dict[int, Basket] = {0: self.basket}

    def becomes(self, basket: Basket, model: dict[str, Decimal]) -> None:
        changed = list(basket.lines) != list(self.basket.lines)
        assert basket.revision == self.basket.revision + changed
        self.basket, self.model = basket, model

    @rule(product=products, quantity=quantities)
    def add(self, product: str, quantity: Decimal) -> None:
        before = self.model.get(product, Decimal(0))
        model = {**self.model, product: before + quantity}
        self.becomes(self.basket.add(line(product, quantity)), model)

    @rule(product=products, quantity=st.one_of(st.just(Decimal(0)), quantities))
    def set_quantity(self, product: str, quantity: Decimal) -> None:
        model = dict(self.model)
        if product in model:
            model[product] = quantity
        model = {each: amount for each, amount in model.items() if amount}
        self.becomes(self.basket.set_quantity(product, quantity), model)

    @rule(product=products)
    def remove(self, product: str) -> None:
        model = {each: amount for each, amount in self.model.items() if each != product}
        self.becomes(self.basket.remove(product), model)

    @rule(outgoing=products, incoming=products, quantity=quantities)
    def replace(self, outgoing: str, incoming: str, quantity: Decimal) -> None:
        model = {each: amount for each, amount in self.model.items() if each != outgoing}
        model[incoming] = model.get(incoming, Decimal(0)) + quantity
        self.becomes(self.basket.replace(outgoing, line(incoming, quantity)), model)

    @rule()
    def clear(self) -> None:
        self.becomes(self.basket.clear(), {})

    @rule(data=st.data())
    def restore(self, data: st.DataObject) -> None:
        earlier = self.seen[data.draw(st.sampled_from(sorted(self.seen)))]
        model = {each.product_id: each.quantity for each in earlier.lines}
        self.becomes(self.basket.restore(earlier.lines), model)

    @invariant()
    def holds_exactly_what_was_asked_for(self) -> None:
        assert {each.product_id: each.quantity for each in self.basket.lines} == self.model
        assert len(self.basket.lines) == len(self.model)

    @invariant()
    def total_is_the_sum_of_what_each_line_costs(self) -> None:
        total = sum((to_ore(self.model[each] * PRICES[each]) for each in self.model), Decimal(0))
        assert self.basket.total == total
        assert self.basket.deposit_total == to_ore(2 * self.model.get("p5", Decimal(0)))

    @invariant()
    def one_revision_is_one_basket(self) -> None:
        assert self.seen.setdefault(self.basket.revision, self.basket) == self.basket


TestBasketMachine = BasketMachine.TestCase


def test_the_same_product_is_one_line_in_its_own_place_with_the_newest_price() -> None:
    basket = Basket().add(line("p1", "2")).add(line("p2")).add(line("p1", "1", price="12.00"))
    assert [each.product_id for each in basket.lines] == ["p1", "p2"]
    assert basket.lines[0].quantity == 3
    assert basket.lines[0].unit_price == Decimal("12.00")


def test_replace_keeps_the_place() -> None:
    basket = Basket().add(line("p1")).add(line("p2")).add(line("p3"))
    replaced = basket.replace("p2", line("p4", "2"))
    assert [each.product_id for each in replaced.lines] == ["p1", "p4", "p3"]
    assert replaced.revision == basket.revision + 1


def test_replace_by_a_product_that_is_there_adds_up() -> None:
    basket = Basket().add(line("p1")).add(line("p2")).add(line("p3", "2"))
    replaced = basket.replace("p1", line("p3"))
    assert [(each.product_id, each.quantity) for each in replaced.lines] == [
        ("p2", Decimal(1)),
        ("p3", Decimal(3)),
    ]


def test_what_changes_nothing_is_no_new_revision() -> None:
    basket = Basket().add(line("p1", "2"))
    assert basket.remove("p2") is basket
    assert basket.set_quantity("p1", Decimal("2.0")) is basket
    assert basket.set_quantity("p2", Decimal(3)) is basket
    assert basket.restore(basket.lines) is basket
    assert Basket().clear().revision == 0


def test_half_an_ore_is_rounded_up_on_each_line() -> None:
    weighed = BasketLine("p1", "Løk", Decimal("0.35"), "kg", Decimal("24.90"))
    assert weighed.sum == Decimal("8.72")  # 8.715


def test_event_lines_are_all_text() -> None:
    basket = (
        Basket()
        .add(line("p1", "2.00"))
        .add(BasketLine("p2", "Kjøttdeig", Decimal("0.400"), "kg", Decimal("139")))
    )
    assert basket.as_event_lines() == [
        {
            "product_id": "p1",
            "name": "Vare p1",
            "quantity": "2",
            "unit_price": "10.95",
            "sum": "21.90",
        },
        {
            "product_id": "p2",
            "name": "Kjøttdeig",
            "quantity": "0.4",
            "unit_price": "139.00",
            "sum": "55.60",
        },
    ]
    assert plain(Decimal("1E+1")) == "10"


@pytest.mark.parametrize("quantity", ["0", "-1", "NaN", "Infinity"])
def test_a_line_holds_more_than_nothing(quantity: str) -> None:
    with pytest.raises(ValueError):
        line("p1", quantity)


def test_floats_and_strange_units_are_refused() -> None:
    with pytest.raises(TypeError):
        BasketLine("p1", "Melk", 2.0, "stk", Decimal(1))  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Basket().add(line("p1")).set_quantity("p1", 2.5)  # type: ignore[arg-type]
    with pytest.raises(ValueError):
        BasketLine("p1", "Melk", Decimal(2), "liter", Decimal(1))
    with pytest.raises(ValueError):
        Basket().add(line("p1")).add(BasketLine("p1", "Melk", Decimal(1), "kg", Decimal(1)))
    with pytest.raises(ValueError):
        Basket((line("p1"), line("p1")))
    with pytest.raises(ValueError):
        Basket().add(line("p1")).set_quantity("p1", Decimal(-1))
