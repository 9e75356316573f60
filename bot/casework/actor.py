"""Who does something at the staff side, and what they may."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from bot.errors import KurvError
from bot.store import Person


class Role(str, Enum):
    """What somebody is employed to do; one person may have several roles."""

    ORDERER = "orderer"
    """Sees and changes baskets of their districts, reads back and confirms."""
    APPROVER = "approver"
    """Lets orders go that take a second person or hold restricted goods."""
    ADMINISTRATOR = "administrator"
    """Makes and closes accounts, sets the municipality's rules; sees no basket by this role."""
    PRIVACY = "privacy"
    """Reads the access log, exports and erases what is stored about a person."""


class NotAllowed(KurvError):
    """The actor may not do this, or may not know whether it exists."""

    code = "not_allowed"


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who is signed in; made on the server from the store, never from a request.

    Attributes:
        staff_id: their id; in orders and logs they are `staff:<id>`.
        name: what colleagues and recipients know them by.
        municipality: the one whose people they may see; nobody sees two.
        roles: what they may do.
        districts: parts of the municipality; empty: all of it.
    """

    staff_id: str
    name: str
    municipality: str
    roles: frozenset[Role]
    districts: frozenset[str] = frozenset()

    @property
    def key(self) -> str:
        """How orders, transcripts and the access log name them."""
        return f"staff:{self.staff_id}"

    def may_see(self, person: Person) -> bool:
        """Whether the person is theirs, by municipality and district."""
        if not person.municipality or person.municipality != self.municipality:
            return False
        return not self.districts or person.district in self.districts

    def require(self, *roles: Role) -> None:
        """Go on only with one of these roles.

        Raises:
            NotAllowed: they have none of them.
        """
        if not self.roles & set(roles):
            raise NotAllowed("Du har ikke tilgang til dette; spør administratoren din.")

    def require_person(self, person: Person, *roles: Role) -> None:
        """Go on only if the person is theirs and they have one of these roles.

        The sentence is the same for people of others and for people who do not exist.

        Raises:
            NotAllowed: it is not, or they have not.
        """
        self.require(*roles)
        if not self.may_see(person):
            raise NotAllowed("Det finnes ingen mottaker med dette nummeret i ditt område.")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session of the staff web that counts now.

    Attributes:
        actor: who it is.
        form_token: what each form of this session must carry, so that no other site can send one.
    """

    actor: Actor
    form_token: str
