"""What the staff web is made of; put together by `bot.cli` and by tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.casework.accounts import Accounts
from bot.casework.demo_sign_in import DemoSignIn
from bot.casework.office import Office
from bot.casework.privacy import Privacy
from bot.casework.sign_in_service import SignInService
from bot.casework.staffing import Staffing

if TYPE_CHECKING:
    from bot.dialogue import Dialogue


@dataclass(frozen=True, slots=True)
class StaffParts:
    """The parts that routes use; none of them reaches for the store.

    Attributes:
        office: what staff do with people's baskets and orders.
        accounts: who may sign in, and who is signed in.
        talk: the bot, for the typed talk; None: it is not loaded here.
        secure: whether cookies are for HTTPS only; False only on this machine.
        transfers: whether the exchange can hand a call over to the telephone of staff.
        url: what browsers reach us by; requests for other hosts are refused.
        service: the municipality's own sign-in service; None: local accounts only.
        staffing: accounts and the municipality's rules; None: not from here.
        privacy: what the privacy officer does; None: not from here.
        demo: signs in to the demonstration without a password; None: this is no demonstration.
    """

    office: Office
    accounts: Accounts
    talk: Dialogue | None = None
    secure: bool = True
    transfers: bool = False
    url: str = "https://localhost"
    service: SignInService | None = None
    staffing: Staffing | None = None
    privacy: Privacy | None = None
    demo: DemoSignIn | None = None
