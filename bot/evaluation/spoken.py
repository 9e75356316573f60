"""Golden dialogues said by voices that the ear has not been trained on: are the baskets right?

Each turn is spoken, heard, and answered by the real bot. A dialogue is right when its basket is
exactly the expected one after every turn; what the bot says meanwhile is not judged, because a
doubtful ear rightly asks more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import uuid4

from bot.evaluation.bench import Bench
from bot.evaluation.dialogues import GoldenDialogue
from bot.ordering.fitting import Situation

#: What a dialogue may hold and still be only talk.
_TALK = {
    "user", "basket", "stage", "said_contains", "said_any", "said_not_contains", "question",
    "order_status", "max_said", "submitted",
}  # fmt: skip

Hear = Callable[[str, Situation], tuple[str, bool]]
"""A text that is said, where the talk is -> what is heard, and whether the ear is sure."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """What became of one dialogue: were the last basket and all baskets right, and the turns."""

    name: str
    last: bool
    all: bool
    turns: tuple[tuple[str, str, bool], ...]


def talks(dialogues: Iterable[GoldenDialogue]) -> list[GoldenDialogue]:
    """Those dialogues that consist of talk alone and come to a basket."""
    return [
        each
        for each in dialogues
        if all(set(step) <= _TALK and "user" in step for step in each.content["steps"])
        and any(step.get("basket") for step in each.content["steps"])
    ]


def play(dialogue: GoldenDialogue, bench: Bench, hear: Hear) -> Spoken:
    """Say the dialogue with a new person."""
    person = f"spoken-{uuid4().hex[:12]}"
    bench.set_person(person, dialogue.content.get("given", {}))
    situation = Situation()
    held: dict[str, Decimal] = {}
    right = True
    every = True
    turns = []
    for step in dialogue.content["steps"]:
        text, sure = hear(str(step["user"]), situation)
        turn = bench.dialogue.say(person, text, sure)
        turns.append((str(step["user"]), text, sure))
        situation = after(turn)
        if "basket" in step:
            held = {pid: Decimal(str(quantity)) for pid, quantity in step["basket"].items()}
        found = {line["product_id"]: Decimal(line["quantity"]) for line in turn[-1]["lines"]}
        right = found == held
        every = every and right
    return Spoken(dialogue.name, right, every, tuple(turns))


def after(turn: list[dict[str, Any]]) -> Situation:
    """Where the talk is after a turn, read off its events."""
    basket = turn[-1]
    asked = [event for event in turn if event["event"] == "question"]
    options = tuple(option["product_id"] for option in asked[-1]["options"]) if asked else ()
    held = frozenset(line["product_id"] for line in basket.get("lines", ()))
    return Situation(str(basket.get("stage", "ordering")), options, held)
