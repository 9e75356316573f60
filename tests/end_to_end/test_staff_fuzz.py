"""Tier: end_to_end. schemathesis reads the staff web's OpenAPI description and sends what fits, and
what does not: never a server error, never an answer without its headers, nothing of another's.

The application runs in this process; the same cases come every time.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.schemas import APIOperation

from bot.staff import protection
from tests.end_to_end.test_staff_walls import FOREIGN_WORDS, Ids, World, made_world

#: Requests of each operation.
EXAMPLES = 8


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with made_world(tmp_path_factory.mktemp("fuzz")) as made:
        yield made


def operations(world: World) -> list[APIOperation]:
    """All of them but the event streams, which do not end, and signing out, which ends the rest."""
    schema = schemathesis.openapi.from_dict(world.app.openapi())
    found = [each.ok() for each in schema.get_all_operations()]
    return [each for each in found if not each.path.endswith(("/hendelser", "/logg-ut"))]


def send(world: World, case: Any, role: str, ids: Ids | None) -> Any:
    """A case as the browser of somebody with a role sends it, with the token of their forms."""
    if ids is not None:
        known = {
            "recipient_id": ids.recipient_id, "order_id": ids.order_id, "task_id": ids.task_id,
            "staff_id": ids.staff_id,
        }  # fmt: skip
        case.path_parameters = {**(case.path_parameters or {}), **known}
    asked = case.as_transport_kwargs(base_url="https://localhost")
    headers = {name: value for name, value in asked["headers"].items() if value.isascii()}
    data = asked.get("data")
    if isinstance(data, dict):
        data = {"form_token": world.form_token(role), **data}
    client = world.client(role)
    for name, value in (asked.get("cookies") or {}).items():
        client.cookies.set(name, value)
    return client.request(
        asked["method"], asked["url"], params=asked.get("params"), data=data,
        headers={**headers, "x-form-token": world.form_token(role)},
    )  # fmt: skip


def test_nothing_that_anybody_sends_breaks_the_staff_web(world: World) -> None:
    found = operations(world)
    assert len(found) > 40
    foreign = {name: rows for name, rows in world.rows().items() if name == "people"}
    for operation in found:
        refused = _play(world, operation)
        assert refused, operation.label
    after = world.rows()["people"]
    assert [row for row in after if row[0] == "fremmed"] == [
        row for row in foreign["people"] if row[0] == "fremmed"
    ]


def _play(world: World, operation: APIOperation) -> list[int]:
    statuses: list[int] = []

    @given(
        case=operation.as_strategy(),
        role=st.sampled_from(("orderer", "approver", "administrator", "privacy", "")),
        ids=st.sampled_from((None, world.own, world.foreign, world.nobody)),
    )
    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, derandomize=True,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    def play(case: Any, role: str, ids: Ids | None) -> None:
        answer = send(world, case, role, ids)
        statuses.append(answer.status_code)
        assert answer.status_code < 500, (operation.label, role, answer.text[:300])
        assert answer.headers["content-security-policy"] == protection.CONTENT_POLICY
        assert not any(word in answer.text for word in FOREIGN_WORDS), operation.label

    play()
    return statuses
