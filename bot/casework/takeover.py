"""Staff in a recipient's telephone call: beside the bot, instead of it, and out of it again.

The call itself may be led by another process: it hears of everything here through the store, and
says it to the caller when nobody speaks (`bot.calls.news`).
"""

from __future__ import annotations

from bot.casework.actor import Actor
from bot.casework.desk import Desk
from bot.casework.watch import LONGEST_CALL
from bot.errors import KurvError
from bot.store import UnitOfWork
from bot.store.takeovers import BESIDE, INSTEAD, TRANSFER, TakeOver
from bot.turn import heard

#: Characters of a sentence that is typed for the caller; more is a letter.
LONGEST_SENTENCE = 300


class TakeOvers(Desk):
    """Who of staff is in whose call."""

    def now(self, actor: Actor, recipient_id: str) -> TakeOver | None:
        """Who is in the person's call; None: nobody, or there is no call."""
        with self._store.transaction(read_only=True) as uow:
            self._theirs(uow, actor, recipient_id)
            return uow.takeover(recipient_id)

    def join(self, actor: Actor, recipient_id: str) -> None:
        """Be in the call beside the bot; the caller is told who it is.

        Raises:
            KurvError: there is no call, or a colleague is in it.
        """
        self._enter(actor, recipient_id, BESIDE, "join_call")

    def lead(self, actor: Actor, recipient_id: str) -> None:
        """Talk with the caller instead of the bot: what they say is only shown from now on.

        Raises:
            KurvError: there is no call, or a colleague is in it.
        """
        self._enter(actor, recipient_id, INSTEAD, "lead_call")

    def hand_back(self, actor: Actor, recipient_id: str) -> None:
        """Let the bot go on; stay in the call.

        Raises:
            KurvError: the actor is not in the call.
        """
        with self._store.transaction() as uow:
            call = self._inside(uow, actor, recipient_id)
            uow.set_takeover(recipient_id, actor.staff_id, BESIDE)
            uow.log_access(actor.key, recipient_id, "hand_back_call", call)

    def leave(self, actor: Actor, recipient_id: str) -> None:
        """Be in the call no more; the bot goes on. Harmless when the actor is not in it."""
        with self._store.transaction() as uow:
            self._theirs(uow, actor, recipient_id)
            found = uow.takeover(recipient_id)
            if found is not None and found.staff_id == actor.staff_id:
                uow.end_takeover(recipient_id)
                uow.log_access(actor.key, recipient_id, "leave_call")

    def say(self, actor: Actor, recipient_id: str, text: str) -> None:
        """Have a sentence spoken to the caller as soon as nobody speaks.

        Raises:
            KurvError: the actor is not in the call, or there is nothing to say.
        """
        sentence = heard(text).text
        if not sentence or len(sentence) > LONGEST_SENTENCE:
            raise KurvError(f"Skriv en setning på høyst {LONGEST_SENTENCE} tegn.")
        with self._store.transaction() as uow:
            call = self._inside(uow, actor, recipient_id)
            order = uow.save_order(uow.open_order(recipient_id))
            uow.add_utterance(order.order_id, recipient_id, actor.key, sentence, aloud=True)
            uow.log_access(actor.key, recipient_id, "say_in_call", call)

    def fetch(self, actor: Actor, recipient_id: str) -> None:
        """Have the call handed over to the telephone of staff, where the exchange can do that.

        Raises:
            KurvError: the actor is not in the call.
        """
        with self._store.transaction() as uow:
            call = self._inside(uow, actor, recipient_id)
            uow.set_takeover(recipient_id, actor.staff_id, TRANSFER)
            uow.log_access(actor.key, recipient_id, "transfer_call", call)

    def require_floor(self, actor: Actor, recipient_id: str) -> None:
        """Go on with a typed talk only if nobody else is in that talk right now.

        The talk of a person is one: while the bot asks the caller something, staff who write to
        the bot would answer it, and the caller what the bot asks staff.

        Raises:
            KurvError: the person is on the telephone, and the actor does not lead the call.
        """
        with self._store.transaction(read_only=True) as uow:
            self._theirs(uow, actor, recipient_id)
            found = uow.takeover(recipient_id)
            leads = found is not None and (found.staff_id, found.mode) == (actor.staff_id, INSTEAD)
            if self._call(uow, recipient_id) is not None and not leads:
                raise KurvError("Mottakeren er i telefonen nå; ta over samtalen før du skriver.")

    def _enter(self, actor: Actor, recipient_id: str, mode: str, action: str) -> None:
        with self._store.transaction() as uow:
            self._theirs(uow, actor, recipient_id)
            call = self._call(uow, recipient_id)
            if call is None:
                raise KurvError("Mottakeren er ikke i telefonen nå.")
            found = uow.takeover(recipient_id)
            if found is not None and found.staff_id != actor.staff_id:
                raise KurvError(f"{found.name} er allerede i samtalen.")
            if found is not None and found.mode == mode:
                return
            uow.set_takeover(recipient_id, actor.staff_id, mode)
            uow.log_access(actor.key, recipient_id, action, call)

    def _inside(self, uow: UnitOfWork, actor: Actor, recipient_id: str) -> str:
        """The call that the actor is in."""
        self._theirs(uow, actor, recipient_id)
        found, call = uow.takeover(recipient_id), self._call(uow, recipient_id)
        if call is None or found is None or found.staff_id != actor.staff_id:
            raise KurvError("Du er ikke med i samtalen; gå inn i den først.")
        return call

    def _call(self, uow: UnitOfWork, recipient_id: str) -> str | None:
        return uow.running_call(recipient_id, self._clock() - LONGEST_CALL)
