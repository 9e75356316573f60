"""Queries about what was said in the talk about an order: sealed, and gone when the order is over.

It is dropped where an order is saved (`bot.store.order_book`), so that nobody can forget to.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select

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
        aloud: whether it is something of staff that the recipient shall hear on the telephone.
    """

    entry_id: int
    order_id: str
    recipient_id: str
    speaker: str
    text: str
    at: datetime
    aloud: bool = False


class Transcripts(Part):
    """What was said."""

    def add_utterance(
        self, order_id: str, recipient_id: str, speaker: str, text: str, aloud: bool = False
    ) -> Utterance:
        """Put down an utterance in the talk about an order that is saved and not over.

        `aloud`: the recipient, who is on the telephone, shall hear it.
        """
        at = self._clock()
        self.touched.add(recipient_id)
        added = self._connection.execute(
            insert(utterances).values(
                order_id=order_id,
                recipient_id=recipient_id,
                speaker=speaker,
                text=self._vault.seal(text),
                at=at,
                aloud=aloud,
            )
        )
        (entry_id,) = added.inserted_primary_key
        return Utterance(int(entry_id), order_id, recipient_id, speaker, text, at, aloud)

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
                row.aloud,
            )
            for row in reversed(rows)
        ]

    def newest_utterance(self, recipient_id: str) -> int:
        """The number of the newest utterance of a person's talk; 0 when none is kept."""
        newest = select(func.max(utterances.c.entry_id)).where(
            utterances.c.recipient_id == recipient_id
        )
        return self._connection.execute(newest).scalar() or 0

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
