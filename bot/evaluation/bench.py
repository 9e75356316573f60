"""The real bot over a small shop: trained Rasa model, service, store and a grocer over HTTP."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
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

    def set_usual(self, recipient: str, lines: dict[str, Any]) -> None:
        """Give the recipient a usual list."""
        usual = tuple((pid, Decimal(str(quantity))) for pid, quantity in lines.items())
        self.parts.service.remember_usual(recipient, usual)


@contextmanager
def running_bench(folder: Path, catalogue: Path) -> Iterator[Bench]:
    """A bot over the shop in `catalogue` (CSV), everything in `folder` but the trained model."""
    # Rasa first: TensorFlow after spaCy and rapidfuzz in one process can crash it.
    from bot.dialogue import RasaDialogue
    from bot.nlu.shop_words import shop_words
    from bot.training import ensure_model

    model = ensure_model(Settings.from_environment().state_dir)
    old = os.environ.get("KURV_CATALOGUE")
    os.environ["KURV_CATALOGUE"] = str(catalogue)
    shop_words.cache_clear()
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
        shop_words.cache_clear()
        if old is None:
            del os.environ["KURV_CATALOGUE"]
        else:
            os.environ["KURV_CATALOGUE"] = old
