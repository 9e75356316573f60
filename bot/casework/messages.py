"""Messages that leave the house: the smallest protocol that an SMS gateway needs.

Kurv hands over; it does not send. The default is a folder with one JSON file a message, which a
gateway's own program empties.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from bot.errors import KurvError


class MessageNotTaken(KurvError):
    """The message could not be handed over; trying again later may help."""

    code = "message"
    retryable = True


@dataclass(frozen=True, slots=True)
class Message:
    """A text message.

    Attributes:
        key: the same message has the same key and is sent once.
        phone: E.164.
        text: what it says, in Norwegian.
    """

    key: str
    phone: str
    text: str


class OutgoingMessages(Protocol):
    """Where messages are handed over."""

    def send(self, message: Message) -> bool:
        """Hand a message over; one that was handed over before is not sent again.

        Returns:
            Whether it was new.

        Raises:
            MessageNotTaken: it could not be handed over.
        """
        ...


#: A message that nobody has fetched for so long is of no use to anybody, and tells of somebody.
FORGOTTEN = timedelta(days=30)


class MessageFolder:
    """A folder with one JSON file a message: {"key", "phone", "text"}; readable by its owner only.

    A gateway takes `*.json`, sends it, and renames it to `*.sent` (an empty file will do): so it is
    known for ever that the message was handed over, and the text need not stay.
    """

    def __init__(self, folder: Path) -> None:
        """The folder is made when the first message comes."""
        self._folder = folder

    def send(self, message: Message) -> bool:
        """See `OutgoingMessages.send`."""
        name = hashlib.sha256(message.key.encode()).hexdigest()[:32]
        file, sent = self._folder / f"{name}.json", self._folder / f"{name}.sent"
        content = {"key": message.key, "phone": message.phone, "text": message.text}
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if sent.exists():
                return False
            draft = self._folder / f".{name}.{os.getpid()}"
            draft.touch(mode=0o600)
            draft.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
            try:
                os.link(draft, file)  # whole or not at all, and only once
            except FileExistsError:
                return False
            finally:
                draft.unlink()
        except OSError as error:
            raise MessageNotTaken("Meldingen kunne ikke sendes nå; prøv igjen senere.") from error
        return True

    def forget(self) -> int:
        """Remove what lies here since long, fetched or not; returns how many files."""
        before = time.time() - FORGOTTEN.total_seconds()
        gone = 0
        for file in self._folder.glob("*") if self._folder.is_dir() else ():
            with contextlib.suppress(OSError):  # the gateway was quicker
                if file.stat().st_mtime < before:
                    file.unlink()
                    gone += 1
        return gone
