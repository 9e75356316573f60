"""Tier: unit. Asking for stock: bounded by a turn's patience, and silence takes nothing away."""

import threading
import time
from collections.abc import Mapping, Sequence

from bot.errors import GrocerUnavailable
from bot.stock import StockRoom


class Shelves:
    """A grocer that has what it is told, fails for some goods, and never answers for others."""

    def __init__(self, gone: set[str], failing: set[str], silent: set[str]) -> None:
        self.gone, self.failing, self.silent = gone, failing, silent
        self.released = threading.Event()

    def availability(self, product_ids: Sequence[str]) -> Mapping[str, bool]:
        (product_id,) = product_ids
        if product_id in self.failing:
            raise GrocerUnavailable("nede")
        if product_id in self.silent:
            self.released.wait(30)
        return {product_id: product_id not in self.gone}


def test_what_the_grocer_says_holds() -> None:
    room = StockRoom(Shelves({"b"}, set(), set()))  # type: ignore[arg-type]
    assert room.ask(["a", "b"]) == {"a": True, "b": False}
    assert room.ask([]) == {}


def test_a_failing_grocer_takes_nothing_out() -> None:
    room = StockRoom(Shelves({"b"}, {"c"}, set()))  # type: ignore[arg-type]
    assert room.ask(["b", "c"]) == {"b": False, "c": True}


def test_a_silent_grocer_costs_no_more_than_the_patience() -> None:
    shelves = Shelves({"b"}, set(), {"c"})
    room = StockRoom(shelves, patience=0.2)  # type: ignore[arg-type]
    began = time.monotonic()
    found = room.ask(["c", "b"])
    taken = time.monotonic() - began
    shelves.released.set()
    assert found == {"b": False, "c": True}
    assert taken < 5
