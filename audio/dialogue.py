"""Who answers in a talk: texts, keys and silences in, events out."""

from __future__ import annotations

from typing import Any, Protocol

Event = dict[str, Any]
"""One JSON object of the command line's contract: heard, said, question, order, error, basket."""


class Dialogue(Protocol):
    """Whoever answers. Bound to one person or call by the caller.

    The calls block, and a session makes them in a worker thread, one at a time. Besides the
    contract's events an answer may hold these, which the session obeys and does not pass on:

    - ``{"event": "rate", "value": 0.8}``: speak at this speed from now on;
    - ``{"event": "transfer"}``: after what was said, hand the line to a person if it can;
    - ``{"event": "hang_up"}``: after what was said, end the line;
    - ``{"event": "wait"}``: nothing was asked, so let the person be silent as long as they like.

    What is said in a turn whose ``basket`` event has the stage "read_back" must be heard in full:
    it cannot be interrupted, and is told to `talked_over` if somebody spoke over it.
    """

    def begin(self) -> list[Event]:
        """The line is open: the greeting."""

    def say(self, text: str, confidence: float | None = None) -> list[Event]:
        """Answer what was heard. ``text`` is "" when nobody said anything that could be heard,
        and has ``UNKNOWN_WORD`` ("[unk]") in the place of a word that the ear does not know.

        ``confidence`` is between 0 and 1; None when unknown, and for a silence.
        """

    def press(self, key: str) -> list[Event]:
        """Answer a telephone key: one of ``0123456789*#``."""

    def talked_over(self) -> list[Event]:
        """The read-back was talked over and does not count as read: what is said now."""

    def noticed(self) -> list[Event]:
        """What there is to say of our own accord, and has not been said: see `Session.notice`.

        Called when nobody speaks. The other answers may hold such things too.
        """

    def ended(self) -> None:
        """The line is gone; called once, whatever the reason."""
