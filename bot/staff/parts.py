"""What the staff web is made of; put together by `bot.cli` and by tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from bot.casework.actor import SignedIn
from bot.casework.office import Office

if TYPE_CHECKING:
    from bot.dialogue import Dialogue


class Accounts(Protocol):
    """Those who are signed in."""

    def actor_of(self, token: str) -> SignedIn | None:
        """Whose session the token is; None when it is nobody's, too old or ended."""
        ...


@dataclass(frozen=True, slots=True)
class StaffParts:
    """The parts that routes use; none of them reaches for the store.

    Attributes:
        office: what staff do with people's baskets and orders.
        accounts: who is signed in.
        talk: the bot, for the typed talk; None: it is not loaded here.
        secure: whether cookies are for HTTPS only; False only on this machine.
    """

    office: Office
    accounts: Accounts
    talk: Dialogue | None = None
    secure: bool = True
