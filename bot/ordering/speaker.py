"""Who takes a turn, and how: what is told apart for ever when an order is confirmed; pure."""

from dataclasses import dataclass

RECIPIENT = "recipient"
#: How the key of staff begins: "staff:<id>" (`bot.casework.actor.Actor.key`).
STAFF = "staff:"
VOICE, TYPED, BESIDE, BEHALF = "voice", "typed", "beside", "behalf"
#: How the recipient themself takes a turn, and how staff do: with the recipient beside them (or on
#: the telephone), or alone.
OWN, BY_STAFF = (VOICE, TYPED), (BESIDE, BEHALF)


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who takes a turn; always built on the server, never taken from a request.

    Attributes:
        who: "recipient", or "staff:<id>".
        how: "voice" or "typed" of the recipient; "beside" or "behalf" of staff.

    Raises:
        ValueError: the two do not go together: nobody may pass for somebody else.
    """

    who: str = RECIPIENT
    how: str = TYPED

    def __post_init__(self) -> None:
        if self.who == RECIPIENT:
            fits = self.how in OWN
        else:
            fits = is_staff(self.who) and self.how in BY_STAFF
        if not fits:
            raise ValueError("this speaker does not speak this way")


NOW_TYPING = Speaker()


def is_staff(who: str | None) -> bool:
    """Whether a key is one of staff."""
    return who is not None and who.startswith(STAFF) and len(who) > len(STAFF)
