"""The talk with Kurv as staff see it: what was said, and what can be answered."""

from __future__ import annotations

from dataclasses import dataclass

from bot.casework.actor import Actor
from bot.casework.desk import Desk
from bot.ordering.talk import ProductQuestion, Talk
from bot.store import Person
from bot.store.transcripts import Utterance

#: What is shown of a long talk.
MOST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class ShownTalk:
    """What was said in the talk about the open order.

    Attributes:
        said: oldest first.
        options: the names of the goods that Kurv asks to choose between.
        names: "staff:<id>" -> the colleague's name.
    """

    person: Person
    said: tuple[Utterance, ...]
    options: tuple[str, ...]
    names: dict[str, str]


class Talking(Desk):
    """Reading along."""

    def show(self, actor: Actor, recipient_id: str) -> ShownTalk:
        """What was said lately, and what is being asked."""
        with self._store.transaction(read_only=True) as uow:
            person = self._theirs(uow, actor, recipient_id)
            said = tuple(uow.utterances(recipient_id, limit=MOST_SHOWN))
            question = Talk.from_dict(uow.talk(recipient_id)).question
            names = {}
            for key in {each.speaker for each in said if each.speaker.startswith("staff:")}:
                member = uow.staff_member(key.removeprefix("staff:"))
                names[key] = member.name if member is not None else "En kollega"
        self._looks.note(actor, recipient_id, "talk")
        options: tuple[str, ...] = ()
        if isinstance(question, ProductQuestion):
            found = (self._shop.catalogue.get(pid) for pid in question.options)
            options = tuple(product.full_name for product in found if product is not None)
        return ShownTalk(person, said, options, names)

    def may_speak(self, actor: Actor, recipient_id: str) -> None:
        """Go on only if the actor may type for this recipient; that they did is logged.

        Raises:
            NotAllowed: they may not.
        """
        with self._store.transaction() as uow:
            self._theirs(uow, actor, recipient_id)
            uow.log_access(actor.key, recipient_id, "speak")
