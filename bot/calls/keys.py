"""What telephone keys mean in the talk, as words that the bot understands; pure.

1 yes, 2 no, in a choice 1 to 3 choose, where an amount is asked for digits are the amount (ended
by #), 0 a person, * once more, # that is all.
"""

from __future__ import annotations

_ALWAYS = {"0": "menneske", "*": "gjenta", "#": "det var alt"}
_YES_NO = {"1": "ja", "2": "nei"}
_CHOICES = {"1": "den første", "2": "den andre", "3": "den tredje"}
#: Digits of an amount, at most.
_MOST_DIGITS = 3


class Keypad:
    """The keys of one call; it gathers the digits of an amount."""

    def __init__(self) -> None:
        """No key was pressed yet."""
        self._digits = ""

    def text(self, key: str, stage: str) -> str | None:
        """What a key says at this stage of the talk; None: nothing, or nothing yet."""
        digits, self._digits = self._digits, ""
        if stage == "amount":
            if key == "#" and digits:
                return digits
            if key.isdigit() and (digits or key != "0"):  # 0 by itself is a person
                self._digits = (digits + key)[:_MOST_DIGITS]
                return None
        if key in _ALWAYS:
            return _ALWAYS[key]
        return (_CHOICES if stage == "choosing" else _YES_NO).get(key)
