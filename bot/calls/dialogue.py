"""The talk of one telephone call: who is it, what was left last time, then the person's own talk.

`CallDialogue` answers a voice session: texts, keys and silences in, events out. Before the PIN was
right, nothing that it says comes from the store or from the bot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from typing import Any, Protocol

import structlog

from bot.calls import wording
from bot.calls.desk import Desk, Draft, Opening
from bot.calls.identification import Identification, State
from bot.calls.keys import Keypad
from bot.calls.news import Newsroom
from bot.errors import KurvError
from bot.ordering.acts import read_act
from bot.ordering.speaker import RECIPIENT, VOICE
from bot.store.transcripts import KURV

log = structlog.get_logger(__name__)

Event = dict[str, Any]
HANG_UP: Event = {"event": "hang_up"}
WAIT: Event = {"event": "wait"}
TRANSFER: Event = {"event": "transfer"}
#: Failures of the bot itself in a row after which staff are called.
BROKEN = 3
#: How often we ask again whether to go on with the basket.
ASKED = 2


class Talk(Protocol):
    """The bot; see `bot.dialogue.Dialogue`."""

    def say(
        self, recipient_id: str, text: str, sure: bool = ..., actor: str = ..., how: str = ...
    ) -> list[Event]:
        """Take one turn; the basket is always last in what it returns."""


class CallDialogue:
    """One call. The methods block and are called one at a time."""

    def __init__(
        self,
        call_id: str,
        caller: str,
        desk: Desk,
        talk: Talk,
        *,
        open_with: Callable[[str, str], Iterable[Event]],
        read_again: Callable[[str], Iterable[Event]],
        tell: Callable[[str, Sequence[str]], Iterable[Event]],
        sure: float,
        can_transfer: bool = True,
    ) -> None:
        """Nothing is said or stored yet.

        Args:
            call_id: the call's UUID.
            caller: the number as the exchange told it; "" when hidden or not announced.
            open_with: what is said to a recipient for an act of `bot.ordering.acts` that they have
                not put in words: with what their talk begins.
            read_again: what is said to a recipient who spoke while their basket was read; it then
                does not count as read.
            tell: says something to a recipient that answers nothing, and then puts the question
                at which the talk stands.
            sure: the confidence below which the bot asks whether it heard right.
            can_transfer: whether the exchange may be able to hand calls to a person.
        """
        self._call_id, self._caller = call_id, caller
        self._desk, self._talk = desk, talk
        self._open_with, self._read_again, self._tell = open_with, read_again, tell
        self._sure = sure
        self._keypad = Keypad()
        self._can_transfer = can_transfer
        self.not_transferred = ""
        """What is said when the latest transfer did not succeed."""
        self._opening: Opening | None = None
        self._who: Identification | None = None
        self._recipient: str | None = None
        self.known: Future[str] = Future()
        """Gets the recipient as soon as we know who is calling."""
        self._newsroom: Newsroom | None = None
        self._led = False
        self._draft: Draft | None = None
        self._stage = "ordering"
        self._task = 0
        self._broken = 0
        self._asked = 0
        self._outcome = "interrupted"

    @property
    def recipient(self) -> str | None:
        """Who is calling, as soon as we know."""
        return self._recipient

    @property
    def identified(self) -> bool:
        """Whether we know who is calling."""
        return self._recipient is not None

    def is_news(self, event: Event) -> bool:
        """Whether an event about the caller, of the live feed, may be for `noticed`."""
        return self._newsroom is not None and not self._newsroom.is_known(event)

    @property
    def talking_with(self) -> str | None:
        """Whose own talk is led now: nobody's while we ask who it is, or about an old basket."""
        return None if self._draft is not None else self._recipient

    def begin(self) -> list[Event]:
        """The line is open: the greeting, and nothing personal in it."""
        opening = self._opening = self._desk.open(self._call_id, self._caller)
        hello = wording.HELLO_WE_RANG if opening.ring else wording.HELLO
        if opening.number is None:
            self._outcome = "unknown_caller"
            return [_said(hello), *self._to_staff(wording.UNKNOWN_CALLER)]
        if opening.locked:
            self._outcome = "locked"
            return [_said(hello), *self._to_staff(wording.LOCKED)]
        self._who = Identification(
            set(opening.lengths), lambda pin: self._desk.check(self._call_id, opening, pin)
        )
        return [_said(f"{hello} {wording.PIN}")]

    def say(self, text: str, confidence: float | None = None) -> list[Event]:
        """Answer what was heard."""
        sure = confidence is None or confidence >= self._sure
        if self._recipient is None:
            return self._identify(lambda who: who.say(text, sure))
        aside = self._aside(asks=not text)
        if self._led:
            # Staff answer, not we; they see what was said.
            self._desk.note(self._recipient, [(RECIPIENT, text)])
            return [*aside, WAIT]
        if TRANSFER in aside or (aside and not text):
            self._desk.note(self._recipient, [(RECIPIENT, text)])
            return aside
        answer = self._answer(text, sure)
        if aside:  # it is said before the answer, and after what the person has just said
            self._desk.note(self._recipient, [(KURV, each["text"]) for each in aside])
        return [*aside, *answer]

    def _answer(self, text: str, sure: bool) -> list[Event]:
        if self._draft is not None:
            return self._about_draft(text, sure)
        return self._turn(text, sure)

    def press(self, key: str) -> list[Event]:
        """Answer a telephone key: while the PIN is asked for a digit, else what it means there."""
        if self._recipient is None:
            return self._identify(lambda who: who.press(key))
        if self._led:
            return self.say(wording.pressed(key))
        stage = self._stage if self._draft is None else "ordering"
        text = self._keypad.text(key, stage)
        return self.say(text) if text is not None else []

    def talked_over(self) -> list[Event]:
        """The read-back was talked over: it does not count as read; what is said now."""
        if self._recipient is None:
            return []
        return self._known(self._read_again(self._recipient))

    def noticed(self) -> list[Event]:
        """What others have done in this talk, and what is to be said of it."""
        return self._aside(asks=True) if self._recipient is not None else []

    def ended(self) -> None:
        """The line is gone: the basket stays, and what was not heard to its end is unread."""
        if self._recipient is not None:
            self._desk.unread(self._recipient)
        self._desk.close(self._call_id, self._opening, self._outcome)

    # -- who is it ----------------------------------------------------------------------------

    def _identify(self, step: Callable[[Identification], list[str]]) -> list[Event]:
        who, opening = self._who, self._opening
        if who is None or opening is None:
            return [HANG_UP]
        if who.over:
            return []
        said = [_said(text) for text in step(who)]
        if who.state is State.IDENTIFIED and who.recipient_id is not None:
            return self._welcome(who.recipient_id)
        if who.state is State.LOCKED:
            self._outcome = "pin_locked"
            return [*said, _said(wording.GOODBYE), HANG_UP]
        if who.state is State.PERSON:
            self._outcome = "person"
            self._desk.not_identified(self._call_id, opening, "person")
            return self._to_staff(wording.PERSON_TOLD)
        if who.state is State.GIVEN_UP:
            return self._without_pin(opening)
        return said

    def _without_pin(self, opening: Opening) -> list[Event]:
        self._outcome = "not_identified"
        if opening.ring is not None:  # an answering machine, or nobody who could speak
            return [_said(wording.RING_LATER), HANG_UP]
        self._desk.not_identified(self._call_id, opening, "not_identified")
        return self._to_staff(wording.NOT_IDENTIFIED)

    def _to_staff(
        self, told: str = "", otherwise: str = wording.GOODBYE, end: bool = True
    ) -> list[Event]:
        """To a person if the exchange can; `otherwise` is said when there is none, and then the
        call ends, or the talk goes on."""
        said = [_said(told)] if told else []
        last = [HANG_UP] if end else []
        if not self._can_transfer:
            return [*said, _said(otherwise), *last]
        self.not_transferred = f"{wording.NO_ONE_FREE} {otherwise}"
        return [*said, _said(wording.TO_STAFF), TRANSFER, *last]

    # -- others in the talk -------------------------------------------------------------------

    def _aside(self, asks: bool) -> list[Event]:
        """What others have done since the last time; `asks`: no answer is said after it."""
        recipient_id, newsroom = self._recipient, self._newsroom
        if recipient_id is None or newsroom is None:
            return []
        try:
            news = newsroom.take()
        except KurvError as error:  # what staff did is said later; the person goes on meanwhile
            log.warning("news_unavailable", code=error.code, call=self._call_id)
            return []
        begins = news.led and not self._led
        self._led = news.led
        if begins:
            self._desk.unread(recipient_id)  # whoever leads reads it anew
        said = [_said(text) for text in news.sentences]
        if news.transfer:
            self._desk.end_takeover(recipient_id)
            return [*said, *self._to_staff(otherwise=wording.GO_ON_MEANWHILE, end=False)]
        if not said or not (asks or news.led):
            return said
        if news.led or self._draft is not None:
            self._desk.note(recipient_id, [(KURV, text) for text in news.sentences])
            question = self._ask_about(self._draft)[-1:] if self._draft and not news.led else []
            return [*said, *question]
        try:
            return self._known(self._tell(recipient_id, news.sentences))
        except KurvError as error:
            log.warning("news_without_question", code=error.code, call=self._call_id)
            return said

    def _known(self, events: Iterable[Event]) -> list[Event]:
        """Events of the talk, which the newsroom must not take for news."""
        found = list(events)
        return self._newsroom.told(found) if self._newsroom is not None else found

    # -- the person's own talk ----------------------------------------------------------------

    def _welcome(self, recipient_id: str) -> list[Event]:
        self._recipient = recipient_id
        if not self.known.done():
            self.known.set_result(recipient_id)
        self._outcome = "nothing_ordered"
        self._task = self._desk.newest_task(recipient_id)
        self._newsroom = self._desk.newsroom(recipient_id)
        rate: Event = {"event": "rate", "value": self._desk.speech_rate(recipient_id)}
        self._draft = self._desk.draft(recipient_id)
        if self._draft is None:
            return [rate, *self._opened("greet")]
        self._outcome = "draft_kept"
        return [rate, _said(wording.THANKS), *self._ask_about(self._draft)]

    def _ask_about(self, draft: Draft) -> list[Event]:
        if draft.recent:
            return [_said(wording.last_time(draft.basket)), _said(wording.SHALL_WE_GO_ON)]
        return [_said(wording.old_basket(draft.basket)), _said(wording.GO_ON_WITH_IT)]

    def _about_draft(self, text: str, sure: bool) -> list[Event]:
        """The answer to "shall we go on?"; anything else than yes or no is simply gone on with.

        "Nei" empties nothing by itself: the talk asks before it does.
        """
        draft, self._draft = self._draft, None
        act = read_act(text)
        if draft is not None and (act == "repeat" or not text.strip()) and self._asked < ASKED:
            self._asked += 1
            self._draft = draft
            return self._ask_about(draft)
        if act == "affirm":
            if self._stage_in_store() == "ordering":
                return [_said(wording.GO_ON)]
            return self._opened("repeat")
        if act == "deny":
            return self._opened("cancel")
        return self._turn(text, sure)

    def _stage_in_store(self) -> str:
        assert self._recipient is not None
        return self._desk.stage(self._recipient)

    def _turn(self, text: str, sure: bool) -> list[Event]:
        return self._taken(lambda who: self._talk.say(who, text, sure, RECIPIENT, VOICE))

    def _opened(self, act: str) -> list[Event]:
        """Begin the talk with an act that is ours: nobody has said a word of it."""
        return self._taken(lambda who: self._open_with(who, act))

    def _taken(self, turn: Callable[[str], Iterable[Event]]) -> list[Event]:
        assert self._recipient is not None
        try:
            events = self._known(turn(self._recipient))
            self._broken = 0
        except KurvError as error:
            log.warning("turn_failed", code=error.code, call=self._call_id)
            return self._turn_failed(error)
        basket = next((e for e in reversed(events) if e["event"] == "basket"), None)
        if basket is not None:
            self._stage = str(basket["stage"])
            kept = basket["lines"] and self._stage != "submitted"
            self._outcome = "draft_kept" if kept else "nothing_ordered"
        if any(e["event"] == "order" and e["status"] != "failed" for e in events):
            self._outcome = "ordered"
            return _before_basket(events, [_said(wording.GOODBYE), HANG_UP])
        return _before_basket(events, self._staff_called(self._recipient))

    def _turn_failed(self, error: KurvError) -> list[Event]:
        assert self._recipient is not None
        self._broken += 1
        told: Event = {"event": "error", "code": error.code, "message": str(error)}
        if self._broken < BROKEN:
            return [_said(wording.BROKE), told]
        self._outcome = "failed"
        self._desk.call_staff(self._recipient, "call_failed")
        return [told, *self._to_staff(wording.BROKEN, f"{wording.KEPT} {wording.GOODBYE}")]

    def _staff_called(self, recipient_id: str) -> list[Event]:
        """What follows when the talk has called staff in this turn."""
        found = self._desk.called_staff(recipient_id, self._task)
        if found is None:
            return []
        kind, self._task = found
        self._outcome = kind
        if kind == "not_understood":
            return self._to_staff(otherwise=f"{wording.KEPT} {wording.GOODBYE}")
        return self._to_staff(otherwise=wording.GO_ON_MEANWHILE, end=False)


def _said(text: str) -> Event:
    return {"event": "said", "text": text}


def _before_basket(events: Iterable[Event], more: list[Event]) -> list[Event]:
    """`more` before the basket, which is always last in a turn."""
    found = list(events)
    at = len(found) - 1 if found and found[-1]["event"] == "basket" else len(found)
    return [*found[:at], *more, *found[at:]]
