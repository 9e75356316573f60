"""Many real-time calls in the time of the longest: scripts side by side, a test for each."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Coroutine, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

import pytest

#: Calls at the same time: two cores carry more, but not beside whatever else runs on them.
AT_ONCE = 8
World = TypeVar("World")
#: What is done in a world, in a thread of its own; it may be a coroutine function.
Script = Callable[[World], Coroutine[Any, Any, None] | None]


@contextmanager
def all_at_once(
    scripts: Sequence[Script[World]], world: World
) -> Iterator[dict[Script[World], Future[None]]]:
    """Run the scripts at the same time, as many as a small machine bears; ends with all."""

    def run(script: Script[World]) -> None:
        work = script(world)
        if inspect.iscoroutine(work):
            asyncio.run(work)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {script: pool.submit(run, script) for script in scripts}


def wanted(request: pytest.FixtureRequest) -> list[Any]:
    """The scripts of the tests of this module that will be run."""
    here = [item for item in request.session.items if item.path == request.path]
    parameters = [getattr(getattr(item, "callspec", None), "params", {}) for item in here]
    return [each["script"] for each in parameters if "script" in each]
