"""Plays a golden dialogue against the real bot and says in which turns it went wrong.

A step is what `user` says, then what must hold: `basket` (product id -> quantity; left out: as
before), `stage`, `said_contains`, `said_any` (one of them) and `said_not_contains` (any case),
`question` (the ids offered), `order_status`, `submitted` (how many orders have reached the grocer),
`tasks` (staff tasks), `max_said` (characters). `repeat: text` with `times` is a long `user`;
`sure: false` is a recogniser in doubt. No turn may offer more than three options.
`restart: true` gives the bot a new process's memory; `grocer: {…}` lets the grocer fail,
`grocer: ok` heals it, `submitter: run` lets the outbox be sent; `stock` makes goods `sold_out` or
`available`, `consents` are what the person has agreed to. `given` is what is known of the person:
see `Bench.set_person`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import yaml

from bot.evaluation.bench import Bench
from bot.evaluation.sets import EAST
from bot.evaluation.verdict import Outcome, Verdict

CHECKS = {
    "user", "basket", "stage", "said_contains", "said_any", "said_not_contains", "question",
    "order_status", "submitted", "tasks", "restart", "grocer", "submitter", "sure", "repeat",
    "times", "max_said", "stock", "consents",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class GoldenDialogue:
    """A dialogue and the name of the file it stands in."""

    file: str
    name: str
    content: dict[str, Any]


def read_dialogues(folder: Path) -> list[GoldenDialogue]:
    """All dialogues in a folder's YAML files."""
    return [
        GoldenDialogue(path.stem, dialogue["name"], dialogue)
        for path in sorted(folder.glob("*.yml"))
        for dialogue in yaml.safe_load(path.read_text(encoding="utf-8"))
    ]


def judge_dialogue(dialogue: GoldenDialogue, bench: Bench) -> Verdict:
    """Play it with a new person; the first thing that went wrong is told."""
    try:
        wrong = next(failures(dialogue.content, bench, f"evaluation-{uuid4().hex[:12]}"), "")
    finally:
        bench.grocer_recovers()
        bench.restock()
    outcome = Outcome.WRONG if wrong else Outcome.RIGHT
    return Verdict("dialogues", dialogue.name, dialogue.file, EAST, outcome, got=wrong)


def failures(dialogue: dict[str, Any], bench: Bench, person: str) -> Iterator[str]:
    """What does not hold, turn by turn; nothing when all is as expected."""
    if not set(dialogue) <= {"name", "given", "steps"}:
        yield "unknown key"
    bench.set_person(person, dialogue.get("given", {}))
    held: dict[str, Decimal] = {}
    for number, step in enumerate(dialogue["steps"], start=1):
        if not set(step) <= CHECKS:
            yield f"step {number}: unknown key"
        _prepare(step, bench)
        said = _said(step)
        if said is None:
            continue
        turn = bench.dialogue.say(person, said, step.get("sure", True))
        if "basket" in step:
            held = {pid: Decimal(str(quantity)) for pid, quantity in step["basket"].items()}
        wrong = [*_of_basket(turn, held), *_of_turn(step, turn), *_of_order(step, bench, person)]
        if wrong:
            yield f"step {number}: {said[:200]!r} -> {spoken(turn)!r}: {'; '.join(wrong)}"


def spoken(turn: list[dict[str, Any]]) -> str:
    """All that the bot said in a turn."""
    return " ".join(event["text"] for event in turn if event["event"] == "said")


def _said(step: dict[str, Any]) -> str | None:
    if "repeat" in step:
        return str(step["repeat"]) * int(step["times"])
    return str(step["user"]) if "user" in step else None


def _prepare(step: dict[str, Any], bench: Bench) -> None:
    if step.get("restart"):
        bench.restart()
    if step.get("grocer") == "ok":
        bench.grocer_recovers()
    elif "grocer" in step:
        bench.let_grocer_fail(**step["grocer"])
    bench.set_stock(step.get("stock", {}))
    bench.set_stock(step.get("stock", {}))
    if step.get("submitter") == "run":
        bench.parts.submitter.run_once()


def _of_basket(turn: list[dict[str, Any]], held: dict[str, Decimal]) -> Iterator[str]:
    if turn[-1]["event"] != "basket":
        yield "the basket is not last"
        return
    basket = {line["product_id"]: Decimal(line["quantity"]) for line in turn[-1]["lines"]}
    if basket != held:
        yield f"basket {_readable(basket)}, expected {_readable(held)}"


def _of_turn(step: dict[str, Any], turn: list[dict[str, Any]]) -> Iterator[str]:
    said = spoken(turn).lower()
    if not said:
        yield "the bot was silent"
    if len(said) > step.get("max_said", len(said)):
        yield f"{len(said)} characters were said"
    asked = [event for event in turn if event["event"] == "question"]
    if any(len(event["options"]) > 3 for event in asked):
        yield "more than three options"
    if "stage" in step and turn[-1]["stage"] != step["stage"]:
        yield f"stage {turn[-1]['stage']}, expected {step['stage']}"
    for part in _listed(step, "said_contains"):
        if part.lower() not in said:
            yield f"{part!r} was not said"
    if "said_any" in step and not any(part.lower() in said for part in step["said_any"]):
        yield f"none of {step['said_any']} was said"
    for part in _listed(step, "said_not_contains"):
        if part.lower() in said:
            yield f"{part!r} was said"
    if "question" in step:
        offered = {option["product_id"] for option in asked[-1]["options"]} if asked else set()
        if offered != set(step["question"]):
            yield f"offered {sorted(offered)}, expected {sorted(step['question'])}"
    if "order_status" in step:
        status = [event["status"] for event in turn if event["event"] == "order"][-1:]
        if status != [step["order_status"]]:
            yield f"order {status}, expected {step['order_status']}"


def _of_order(step: dict[str, Any], bench: Bench, person: str) -> Iterator[str]:
    if "submitted" in step and len(bench.submitted(person)) != step["submitted"]:
        yield f"{len(bench.submitted(person))} orders submitted, expected {step['submitted']}"
    if "tasks" in step and bench.tasks(person) != step["tasks"]:
        yield f"tasks {bench.tasks(person)}, expected {step['tasks']}"
    if "consents" in step and bench.consents(person) != step["consents"]:
        yield f"consents {bench.consents(person)}, expected {step['consents']}"
    if "consents" in step and bench.consents(person) != step["consents"]:
        yield f"consents {bench.consents(person)}, expected {step['consents']}"


def _listed(step: dict[str, Any], key: str) -> list[str]:
    value = step.get(key, [])
    return [value] if isinstance(value, str) else value


def _readable(basket: dict[str, Decimal]) -> dict[str, str]:
    return {pid: f"{quantity:f}" for pid, quantity in sorted(basket.items())}
