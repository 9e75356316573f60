"""The real bot over a small shop: trained Rasa model, service, store and a grocer over HTTP."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx

from bot.grocers.simulator import Address, running
from bot.parts import Parts, assemble
from bot.settings import Settings


@dataclass
class Bench:
    """A bot with its surroundings.

    Attributes:
        dialogue: the bot.
        parts: its service and store; replaced when the bot restarts.
        grocer: where the grocer is told to fail.
    """

    dialogue: Any
    parts: Parts
    grocer: Address
    _out_of_stock: set[str] = field(default_factory=set)

    def restart(self) -> None:
        """What a new process has: the same database, and no memory of any conversation."""
        from actions import runtime
        from bot.rasa_agent import conversations

        self.parts = assemble(self.parts.settings, self.grocer.url)
        runtime.use(self.parts.service)
        conversations(self.dialogue._agent).store.clear()

    def let_grocer_fail(self, **failure: Any) -> None:
        """Plan a failure of the grocer; see `bot.grocers.simulator.failures`."""
        httpx.post(f"{self.grocer.admin}failures", json=failure).raise_for_status()

    def grocer_recovers(self) -> None:
        """Drop all planned failures."""
        httpx.delete(f"{self.grocer.admin}failures").raise_for_status()

    def submitted(self, recipient: str) -> list[Any]:
        """The recipient's orders that reached the grocer."""
        found = self.parts.service.orders(recipient)
        return [order for order in found if order.status.value == "acknowledged"]

    def tasks(self, recipient: str) -> list[str]:
        """The kinds of staff tasks that are open for the recipient."""
        with self.parts.store.transaction() as uow:
            return [task.kind for task in uow.tasks() if task.recipient_id == recipient]

    def consents(self, recipient: str) -> list[list[str]]:
        """What the recipient agreed to in all orders: the kind, what came, and instead of what."""
        with self.parts.store.transaction() as uow:
            orders = reversed(uow.orders(recipient))
            found = [each for order in orders for each in uow.consents(order.order_id)]
        return [
            [part for part in (each.kind, each.product_id, each.instead_of) if part]
            for each in found
        ]

    def set_stock(self, stock: dict[str, str]) -> None:
        """Make goods `sold_out` or `available` at the grocer; see its /_simulator/stock."""
        for product_id, code in stock.items():
            body = {"product_id": product_id, "code": code}
            httpx.post(f"{self.grocer.admin}stock", json=body).raise_for_status()
            self._out_of_stock.add(product_id)

    def restock(self) -> None:
        """Everything can be had again."""
        self.set_stock(dict.fromkeys(sorted(self._out_of_stock), "available"))
        self._out_of_stock.clear()

    def set_person(self, recipient: str, given: dict[str, Any]) -> None:
        """Give the recipient what a dialogue says that is known of them.

        `usual`, `budget`, `allergies`, `diets`, `substitutes`, `reminders`, and `bought`: product
        id -> how many days ago it was bought, each time one of it.
        """
        self.set_usual(recipient, given.get("usual", {}))
        changes: dict[str, Any] = {
            key: given[key] for key in ("substitutes", "reminders") if key in given
        }
        changes |= {key: tuple(given[key]) for key in ("allergies", "diets") if key in given}
        if "budget" in given:
            changes["budget"] = Decimal(str(given["budget"]))
        now = datetime.now(timezone.utc)
        with self.parts.store.transaction() as uow:
            uow.save_person(replace(uow.person(recipient), **changes))
            for product_id, days in given.get("bought", {}).items():
                for ago in days:
                    bought = now - timedelta(days=ago)
                    uow.add_purchase(recipient, product_id, Decimal(1), bought)

    def set_usual(self, recipient: str, lines: dict[str, Any]) -> None:
        """Give the recipient a usual list."""
        usual = tuple((pid, Decimal(str(quantity))) for pid, quantity in lines.items())
        self.parts.service.remember_usual(recipient, usual)


@contextmanager
def running_bench(folder: Path, catalogue: Path) -> Iterator[Bench]:
    """A bot over the shop in `catalogue` (CSV), everything in `folder` but the trained model."""
    # Rasa first: TensorFlow after spaCy and rapidfuzz in one process can crash it.
    from bot.dialogue import RasaDialogue
    from bot.nlu.shop_words import shop
    from bot.training import ensure_model

    model = ensure_model(Settings.from_environment().state_dir)
    old = os.environ.get("KURV_CATALOGUE")
    os.environ["KURV_CATALOGUE"] = str(catalogue)
    shop.cache_clear()
    settings = replace(
        Settings.from_environment({"KURV_CATALOGUE": str(catalogue)}),
        state_dir=folder,
        database_url=f"sqlite:///{folder / 'kurv.db'}",
    )
    from bot.data_files import load_catalogue

    try:
        with running(folder / "grocer.db", load_catalogue(catalogue)) as grocer:
            parts = assemble(settings, grocer.url)
            dialogue = RasaDialogue.load(model, parts.service)
            yield Bench(dialogue, parts, grocer)
            dialogue.close()
    finally:
        shop.cache_clear()
        if old is None:
            del os.environ["KURV_CATALOGUE"]
        else:
            os.environ["KURV_CATALOGUE"] = old
