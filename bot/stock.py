"""Asking the grocer what can be had, within the patience of somebody who waits for an answer."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait

import structlog

from bot.errors import GrocerError
from bot.grocers.protocol import Grocer

log = structlog.get_logger(__name__)

#: Seconds that a turn waits at most; goods that were not answered for are taken to be there, and
#: the grocer says so when the order is sent if they are not.
PATIENCE = 2.0
_AT_ONCE = 8


class StockRoom:
    """What the grocer has. Safe to use from several threads."""

    def __init__(self, grocer: Grocer, patience: float = PATIENCE) -> None:
        self._grocer = grocer
        self._patience = patience
        self._workers = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="stock")

    def ask(self, product_ids: Sequence[str]) -> dict[str, bool]:
        """Whether each product can be had; True also for what the grocer was silent about."""
        asked = {each: self._workers.submit(self._has, each) for each in product_ids}
        answered, silent = wait(asked.values(), timeout=self._patience)
        for future in silent:
            future.cancel()
        if silent:
            log.warning("stock_unanswered", products=len(silent))
        return {each: _answer(future, answered) for each, future in asked.items()}

    def _has(self, product_id: str) -> bool:
        try:
            return self._grocer.availability([product_id]).get(product_id, True)
        except GrocerError as error:
            log.warning("stock_unavailable", code=error.code)
            return True


def _answer(future: "Future[bool]", answered: set["Future[bool]"]) -> bool:
    return future.result() if future in answered else True
