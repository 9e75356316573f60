"""Queries about what was said in the talk about an order: sealed, and gone when the order is over.

It is dropped where an order is saved (`bot.store.order_book`), so that nobody can forget to.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select

from bot.store.part import Part
from bot.store.staff_tables import utterances

#: The speaker of what we say ourselves.
KURV = "kurv"


@dataclass(frozen=True, slots=True)
class Utterance:
    """Something that was said, typed or pressed.

    Attributes:
        entry_id: grows with every utterance of everybody, and is never used again.
        order_id: the order that the talk was about.
        speaker: "recipient", "kurv", or "staff:<id>".
    """

    entry_id: int
    order_id: str
    recipient_id: str
    speaker: str
    text: str
    at: datetime


class Transcripts(Part):
    """What was said."""

    def add_utterance(self, order_id: str, recipient_id: str, speaker: str, text: str) -> Utterance:
        """Put down an utterance in the talk about an order that is saved and not over."""
        at = self._clock()
        added = self._connection.execute(
            insert(utterances).values(
                order_id=order_id,
                recipient_id=recipient_id,
                speaker=speaker,
                text=self._vault.seal(text),
                at=at,
            )
        )
        (entry_id,) = added.inserted_primary_key
        return Utterance(int(entry_id), order_id, recipient_id, speaker, text, at)

    def utterances(self, recipient_id: str, after: int = 0, limit: int = 500) -> list[Utterance]:
        """What was said in a person's talk since entry `after`, oldest first; of more than `limit`
        the newest."""
        rows = self._connection.execute(
            select(utterances)
            .where(utterances.c.recipient_id == recipient_id)
            .where(utterances.c.entry_id > after)
            .order_by(utterances.c.entry_id.desc())
            .limit(limit)
        ).all()
        return [
            Utterance(
                row.entry_id,
                row.order_id,
                row.recipient_id,
                row.speaker,
                self._vault.open(row.text),
                row.at,
            )
            for row in reversed(rows)
        ]

    def drop_utterances(
        self,
        *,
        order_id: str | None = None,
        recipient_id: str | None = None,
        before: datetime | None = None,
    ) -> int:
        """Forget for ever what was said: in one order's talk, to one person, or earlier than a
        moment; all that is given must hold. Returns how many utterances.

        Raises:
            ValueError: nothing is given.
        """
        if order_id is None and recipient_id is None and before is None:
            raise ValueError("say what is to be forgotten")
        gone = delete(utterances)
        if order_id is not None:
            gone = gone.where(utterances.c.order_id == order_id)
        if recipient_id is not None:
            gone = gone.where(utterances.c.recipient_id == recipient_id)
        if before is not None:
            gone = gone.where(utterances.c.at < before)
        return int(self._connection.execute(gone).rowcount)
