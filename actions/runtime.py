"""The service that the actions of this process call."""

import atexit
from contextlib import ExitStack
from threading import Lock
from typing import Protocol

from bot.parts import running_parts
from bot.service import Reply
from bot.settings import Settings


class TalkService(Protocol):
    """What the actions need of `bot.service.Service`."""

    def handle(
        self, recipient_id: str, act: str, text: str, actor: str = ..., how: str = ...
    ) -> Reply:
        """Take one turn of a recipient's talk; see `Service.handle`."""
        ...


_lock = Lock()
_service: TalkService | None = None


def use(service: TalkService | None) -> None:
    """Let the actions call this service; None lets the settings decide at the next turn."""
    global _service
    with _lock:
        _service = service


def service() -> TalkService:
    """The service in use; a process of its own for actions builds it from its settings.

    Raises:
        KurvError: a setting, the catalogue or the database cannot be used.
    """
    global _service
    with _lock:
        if _service is None:
            parts = ExitStack()
            _service = parts.enter_context(running_parts(Settings.from_environment())).service
            atexit.register(parts.close)
        return _service
