"""Tier: dialogue. Golden dialogues in YAML with the real bot; the basket is checked every turn.

A step is what `user` says, then what must hold: `basket` (product id -> quantity; left out: as
before), `stage`, `said_contains`, `said_any` (one of them) and `said_not_contains` (any case),
`question` (the ids offered), `order_status`, `submitted` (how many orders have reached the grocer),
`tasks` (staff tasks), `max_said` (characters). `repeat: text` with `times` is a long `user`;
`sure: false` is a recogniser in doubt. No turn may offer more than three options.
`restart: true` gives the bot a new process's memory; `grocer: {…}` lets the grocer fail,
`grocer: ok` heals it, `submitter: run` lets the outbox be sent; `stock` makes goods `sold_out` or
`available`, `consents` are what the person has agreed to. `given` is what is known of the person:
see `Bench.set_person`.

Dialogues that fail and wait for a mend stand in known_failures.txt, one name a line: the list must
shrink, and a dialogue that holds again must leave it.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.dialogues.bench import Bench

HERE = Path(__file__).resolve().parent
CHECKS = {
    "user", "basket", "stage", "said_contains", "said_any", "said_not_contains", "question",
    "order_status", "submitted", "tasks", "restart", "grocer", "submitter", "sure", "repeat",
    "times", "max_said", "stock", "consents",
}  # fmt: skip


def _load() -> list[Any]:
    found = []
    known = (HERE / "known_failures.txt").read_text(encoding="utf-8").splitlines()
    for path in sorted(HERE.glob("*.yml")):
        for dialogue in yaml.safe_load(path.read_text(encoding="utf-8")):
            name = dialogue["name"]
            marks = [pytest.mark.xfail(strict=True)] if name in known else []
            found.append(pytest.param(dialogue, id=f"{path.stem}: {name}", marks=marks))
    return found


DIALOGUES = _load()


def test_there_are_enough_dialogues() -> None:
    assert len(DIALOGUES) >= 240
    names = [parameter.values[0]["name"] for parameter in DIALOGUES]  # type: ignore[attr-defined]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("dialogue", DIALOGUES)
def test_dialogue(dialogue: dict[str, Any], bench: Bench, person: str) -> None:
    assert set(dialogue) <= {"name", "given", "steps"}, "unknown key"
    bench.set_person(person, dialogue.get("given", {}))
    held: dict[str, Decimal] = {}
    for number, step in enumerate(dialogue["steps"], start=1):
        assert set(step) <= CHECKS, f"step {number}: unknown key"
        _prepare(step, bench)
        said = _said(step)
        if said is None:
            continue
        turn = bench.dialogue.say(person, said, step.get("sure", True))
        where = f"step {number}: {said[:200]!r} -> {_spoken(turn)!r}"
        if "basket" in step:
            held = {pid: Decimal(str(quantity)) for pid, quantity in step["basket"].items()}
        assert _basket(turn) == held, where
        _check(step, turn, bench, person, where)


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
    if step.get("submitter") == "run":
        bench.parts.submitter.run_once()


def _check(
    step: dict[str, Any], turn: list[dict[str, Any]], bench: Bench, person: str, where: str
) -> None:
    assert turn[-1]["event"] == "basket", where
    spoken = _spoken(turn)
    assert spoken, f"{where}: the bot was silent"
    assert len(spoken) <= step.get("max_said", len(spoken)), where
    asked = [e for e in turn if e["event"] == "question"]
    assert all(len(event["options"]) <= 3 for event in asked), where
    if "stage" in step:
        assert turn[-1]["stage"] == step["stage"], where
    for part in _listed(step, "said_contains"):
        assert part.lower() in spoken.lower(), where
    if "said_any" in step:
        assert any(part.lower() in spoken.lower() for part in step["said_any"]), where
    for part in _listed(step, "said_not_contains"):
        assert part.lower() not in spoken.lower(), where
    if "question" in step:
        offered = {option["product_id"] for option in asked[-1]["options"]} if asked else set()
        assert offered == set(step["question"]), where
    if "order_status" in step:
        orders = [e for e in turn if e["event"] == "order"]
        assert [e["status"] for e in orders[-1:]] == [step["order_status"]], where
    if "submitted" in step:
        assert len(bench.submitted(person)) == step["submitted"], where
    if "tasks" in step:
        assert bench.tasks(person) == step["tasks"], where
    if "consents" in step:
        assert bench.consents(person) == step["consents"], where


def _listed(step: dict[str, Any], key: str) -> list[str]:
    value = step.get(key, [])
    return [value] if isinstance(value, str) else value


def _basket(turn: list[dict[str, Any]]) -> dict[str, Decimal]:
    return {line["product_id"]: Decimal(line["quantity"]) for line in turn[-1]["lines"]}


def _spoken(turn: list[dict[str, Any]]) -> str:
    return " ".join(event["text"] for event in turn if event["event"] == "said")
