"""One action for every act: ask the service, say what it answers, never end in silence."""

import asyncio
from typing import Any

import structlog
from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import runtime
from bot.errors import KurvError
from bot.service import Event

log = structlog.get_logger(__name__)

#: What a person can do in a turn; for each there is an intent, a rule and an action.
ACTS = (
    "greet", "add", "remove", "change", "replace", "basket", "price", "choose", "usual", "undo",
    "repeat", "slower", "help", "person", "cancel", "delivery", "done", "affirm", "deny", "thanks",
    "out_of_scope", "nlu_fallback",
)  # fmt: skip

#: Spoken when something broke that nobody foresaw.
SOMETHING_BROKE = "Beklager, noe gikk galt hos meg. Kan du si det en gang til?"


class ActAction(Action):
    """Carries out one act through the service."""

    def __init__(self, act: str, name: str = "") -> None:
        """`act` as the service knows it; `name` in the domain, `action_<act>` by default."""
        self._act = act
        self._name = name or f"action_{act}"

    def name(self) -> str:
        """The name in the domain."""
        return self._name

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Take the turn and say the answer; every failure is spoken too.

        The service runs in a thread, so that a slow grocer holds up only this person's turn.
        """
        try:
            reply = await asyncio.to_thread(
                lambda: runtime.service().handle(
                    recipient_id=tracker.sender_id,
                    act=self._act_of(tracker),
                    text=_text(tracker),
                    **_speaker(tracker),
                )
            )
        except KurvError as error:
            log.warning("turn_failed", code=error.code)
            say_failure(dispatcher, error.code, str(error))
            return []
        except Exception as error:  # a person is waiting: whatever broke, they get an answer
            log.error("turn_broke", kind=type(error).__name__, at=_place(error))
            say_failure(dispatcher, "internal", SOMETHING_BROKE)
            return []
        for event in reply.events:
            utter(dispatcher, event)
        return [SlotSet("stage", reply.stage)]

    def _act_of(self, tracker: Tracker) -> str:
        """The act, unless the recogniser was not sure of the words: then they are asked about."""
        return "unclear" if _metadata(tracker).get("sure") is False else self._act


def utter(dispatcher: CollectingDispatcher, event: Event) -> None:
    """Pass one event of the contract on: a sentence as text, everything else as data."""
    if event["event"] == "said":
        dispatcher.utter_message(text=event["text"])
    else:
        dispatcher.utter_message(json_message=dict(event))


def say_failure(dispatcher: CollectingDispatcher, code: str, sentence: str) -> None:
    """Say one sentence about a failure, and tell scripts its code."""
    utter(dispatcher, {"event": "said", "text": sentence})
    utter(dispatcher, {"event": "error", "code": code, "message": sentence})


def _metadata(tracker: Tracker) -> dict[str, Any]:
    """What our own channels sent along with the turn (`bot.turn.metadata`)."""
    return (tracker.latest_message or {}).get("metadata") or {}


def _speaker(tracker: Tracker) -> dict[str, str]:
    """Who takes the turn and how; without a word about it the recipient, typing."""
    found = _metadata(tracker)
    return {name: str(found[name]) for name in ("actor", "how") if name in found}


def _text(tracker: Tracker) -> str:
    return (tracker.latest_message or {}).get("text") or ""


def _place(error: BaseException) -> str:
    """Where an error arose, without its message: that could quote what a person said."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "" if trace is None else f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"


def all_actions() -> list[ActAction]:
    """Every action of the domain.

    The core fallback is one of our own: Rasa's would take back the person's turn and its effects,
    and the next "ja" would submit a second time.
    """
    return [
        *(ActAction(act) for act in ACTS),
        ActAction("nlu_fallback", name="action_core_fallback"),
    ]
