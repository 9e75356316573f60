"""Who is calling: the PIN by keys or voice, with three tries; pure but for the check itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from bot.calls import wording
from bot.calls.pins import SHORTEST, spoken_digits
from bot.ordering.acts import read_act

#: Turns in a row without a PIN after which staff are called.
PATIENCE = 3


class State(Enum):
    """Where an identification is."""

    ASKING = "asking"
    IDENTIFIED = "identified"
    LOCKED = "locked"
    PERSON = "person"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a PIN was worth: the recipient's, or wrong with so many tries left (0: locked)."""

    recipient_id: str | None
    tries_left: int = 0


class Identification:
    """The talk about the PIN. `texts` of a step are said; nothing in them is personal."""

    def __init__(self, lengths: set[int], check: Callable[[str], Verdict]) -> None:
        """`lengths`: of the PINs that the number has; `check` counts every try."""
        self.state = State.ASKING
        self.recipient_id: str | None = None
        self._lengths = lengths or {SHORTEST}
        self._check = check
        self._keys = ""
        self._idle = 0

    @property
    def over(self) -> bool:
        """Whether nothing more is asked."""
        return self.state is not State.ASKING

    def say(self, text: str, sure: bool) -> list[str]:
        """Something was said, or nothing ("")."""
        if read_act(text) == "person":
            self.state = State.PERSON
            return []
        digits = spoken_digits(text)
        if digits is None or (digits and not sure):
            return self._nothing(wording.PIN_AGAIN)
        if not digits:
            if self._keys and not text.strip():
                return self._try(self._keys)
            return self._nothing(wording.PIN_AGAIN if text.strip() else wording.PIN_ARE_YOU_THERE)
        self._keys = ""
        return self._try(digits)

    def press(self, key: str) -> list[str]:
        """A telephone key. "#" ends the PIN, "*" begins it anew, "0" is a person."""
        if key == "0":
            self.state = State.PERSON
            return []
        if key == "*":
            self._keys = ""
            return [wording.PIN]
        if key != "#":
            self._keys += key
            if len(self._keys) < max(self._lengths):
                return []
        if not self._keys:
            return self._nothing(wording.PIN_AGAIN)
        return self._try(self._keys)

    def _try(self, digits: str) -> list[str]:
        self._keys = ""
        if len(digits) not in self._lengths:
            # A digit was lost or added on the way; that is no wrong code.
            return self._nothing(wording.PIN_LENGTH)
        self._idle = 0
        verdict = self._check(digits)
        if verdict.recipient_id is not None:
            self.state, self.recipient_id = State.IDENTIFIED, verdict.recipient_id
            return []
        if verdict.tries_left <= 0:
            self.state = State.LOCKED
            return [wording.PIN_WRONG_LAST]
        return [wording.PIN_WRONG[-1 if verdict.tries_left == 1 else 0]]

    def _nothing(self, asked: str) -> list[str]:
        self._idle += 1
        if self._idle >= PATIENCE:
            self.state = State.GIVEN_UP
            return []
        return [asked]
