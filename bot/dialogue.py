"""Text in, events out: the bot in this process, or over HTTP.

Nothing heavy is imported here: Rasa (with TensorFlow) takes seconds, and it must be loaded before
Vosk wherever both live in one process.
"""

from __future__ import annotations

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Coroutine
from concurrent.futures import TimeoutError as FutureTimeout
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import httpx

from bot.errors import DialogueError, KurvError
from bot.ordering.speaker import NOW_TYPING, RECIPIENT, TYPED, Speaker
from bot.turn import Event, complete, events, heard

if TYPE_CHECKING:
    from rasa.core.agent import Agent

    from actions.runtime import TalkService

T = TypeVar("T")

#: Seconds after which a turn counts as lost; the grocer's time-outs are much shorter.
TURN_TIMEOUT = 60.0
LOAD_TIMEOUT = 300.0
REMEMBERED_BASKETS = 1000


class Dialogue(Protocol):
    """A bot to talk with."""

    def say(
        self,
        recipient_id: str,
        text: str,
        sure: bool = True,
        actor: str = RECIPIENT,
        how: str = TYPED,
    ) -> list[Event]:
        """Take one turn.

        Args:
            recipient_id: whose conversation.
            text: what was said or typed; empty when nothing was heard.
            sure: False when the recogniser doubts its words: the bot then asks before it acts.
            actor: who takes the turn: the recipient, or staff ("staff:<id>", `Actor.key`), whom
                only the server itself may name.
            how: "voice" or "typed" of the recipient; of staff "beside" (the recipient is with
                them) or "behalf".

        Returns:
            events as in the command-line contract (DESIGN.md); the basket is always last.

        Raises:
            DialogueError: the bot did not answer.
            ValueError: `actor` and `how` do not go together.
        """
        ...


class RasaDialogue:
    """The bot in this process. Safe to use from several threads."""

    def __init__(self, agent: Agent, loop: asyncio.AbstractEventLoop) -> None:
        self._agent = agent
        self._loop = loop
        self._turns: dict[str, threading.Lock] = {}
        self._guard = threading.Lock()
        self._baskets: OrderedDict[str, Event] = OrderedDict()

    @classmethod
    def load(cls, model_path: Path, service: TalkService) -> RasaDialogue:
        """Load a trained model and let its actions call `service`; takes some seconds.

        Raises:
            DialogueError: the model cannot be loaded; the text says what to do.
        """
        from actions import runtime
        from bot.rasa_agent import load_agent

        loop = asyncio.new_event_loop()
        threading.Thread(target=loop.run_forever, name="rasa", daemon=True).start()

        async def load() -> Agent:
            return load_agent(model_path)

        try:
            agent = _result(load(), loop, LOAD_TIMEOUT)
        except Exception as error:
            loop.call_soon_threadsafe(loop.stop)
            raise DialogueError(
                f"Modellen «{model_path}» kan ikke lastes; kjør «kurv train» på nytt."
            ) from error
        runtime.use(service)
        return cls(agent, loop)

    def say(
        self,
        recipient_id: str,
        text: str,
        sure: bool = True,
        actor: str = RECIPIENT,
        how: str = TYPED,
    ) -> list[Event]:
        """Take one turn; see `Dialogue.say`."""
        from bot.rasa_agent import ask

        turn, speaker = heard(text), Speaker(actor, how)
        with self._turn_of(recipient_id):
            try:
                answered = ask(self._agent, recipient_id, turn.text, sure, speaker)
                messages = _result(answered, self._loop, TURN_TIMEOUT)
            except FutureTimeout as error:
                raise DialogueError("Boten svarte ikke i tide; prøv igjen.") from error
            except KurvError:
                raise
            except Exception as error:
                # No text of the error: Rasa quotes messages in its exceptions.
                raise DialogueError("Boten klarte ikke å svare; prøv igjen.") from error
            return self._completed(recipient_id, events(messages, turn.cut))

    def parse(self, text: str) -> dict[str, Any]:
        """What Rasa understands of a text: intent, ranking, entities; for tests and evaluation."""
        return _result(self._agent.parse_message(heard(text).text), self._loop, TURN_TIMEOUT)

    def close(self) -> None:
        """Stop the thread that Rasa runs in; the dialogue cannot be used afterwards."""
        self._loop.call_soon_threadsafe(self._loop.stop)

    def _turn_of(self, recipient_id: str) -> threading.Lock:
        """One turn at a time for one person; Rasa's own lock is polled only once a second."""
        with self._guard:
            return self._turns.setdefault(recipient_id, threading.Lock())

    def _completed(self, recipient_id: str, found: list[Event]) -> list[Event]:
        turn = complete(found, self._baskets.get(recipient_id))
        with self._guard:
            self._baskets[recipient_id] = turn[-1]
            self._baskets.move_to_end(recipient_id)
            while len(self._baskets) > REMEMBERED_BASKETS:
                self._baskets.popitem(last=False)
        return turn


class HttpDialogue:
    """The bot in another process, through its authenticated channel (`bot.channels.talk`)."""

    def __init__(self, url: str, token: str, timeout: float = TURN_TIMEOUT) -> None:
        """`url` is the Rasa server's base URL, `token` a service or conversation token."""
        self._client = httpx.Client(
            base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=timeout
        )

    def say(
        self,
        recipient_id: str,
        text: str,
        sure: bool = True,
        actor: str = RECIPIENT,
        how: str = TYPED,
    ) -> list[Event]:
        """Take one turn of the recipient, who types; see `Dialogue.say`.

        Raises:
            ValueError: it is another's turn: over the network nobody can say who they are.
        """
        if Speaker(actor, how) != NOW_TYPING:
            raise ValueError("over HTTP every turn is the recipient's own, typed")
        body = {"recipient": recipient_id, "text": text, "sure": sure}
        try:
            response = self._client.post("/webhooks/kurv/turn", json=body)
            response.raise_for_status()
            found = response.json()["events"]
        except httpx.HTTPStatusError as error:
            reason = "krever gyldig nøkkel" if error.response.status_code == 401 else "svarte feil"
            raise DialogueError(
                f"Boten {reason} (HTTP {error.response.status_code}); se i loggen."
            ) from error
        except (httpx.HTTPError, ValueError, KeyError) as error:
            raise DialogueError("Boten svarer ikke; se etter at den kjører.") from error
        if not found or found[-1].get("event") != "basket":
            raise DialogueError("Boten svarte ikke fullstendig; prøv igjen.")
        return found

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def _result(work: Coroutine[Any, Any, T], loop: asyncio.AbstractEventLoop, timeout: float) -> T:
    return asyncio.run_coroutine_threadsafe(work, loop).result(timeout)
