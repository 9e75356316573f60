"""Whose turn is it? A talk with both sides as a pure state machine.

It is fed 20 ms of sound at a time, and what happens on our side; it answers with what is to be
done now. It has no clock, no sound and no threads: time is the sound that it is fed. When a person
has begun and when they have finished is decided by `audio.endpointing`; here it is decided what
that means while we listen, think or speak.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from audio.endpointing import Endpointer, NoInput, SpeechEnded, SpeechStarted, TurnSettings
from audio.voice_activity import FRAME_SECONDS

_EXACT = 1e-9
"""What sums of frames may be short of."""


class State(Enum):
    """Where the talk is."""

    LISTENING = "listening"
    """It is the person's turn, and they have not begun."""
    HEARING = "hearing"
    """The person speaks."""
    THINKING = "thinking"
    """We look for an answer."""
    SPEAKING = "speaking"
    """We speak and can be interrupted."""
    READING = "reading"
    """We read something that must be heard in full."""
    CLOSING = "closing"
    """We say our last words; nothing is listened to."""
    OVER = "over"
    """The line is gone."""


@dataclass(frozen=True, slots=True)
class BeginUtterance:
    """Decode from now on, and first the last ``lead`` seconds of sound."""

    lead: float


@dataclass(frozen=True, slots=True)
class EndUtterance:
    """The utterance is over. Not ``kept``: it was a cough or an echo, forget it.

    ``voiced`` seconds of it held speech, and the last ``silence`` seconds did not.
    """

    kept: bool
    voiced: float
    silence: float


@dataclass(frozen=True, slots=True)
class StopSpeech:
    """Stop our own speech at once."""


@dataclass(frozen=True, slots=True)
class ReadBackTalkedOver:
    """What had to be heard in full was talked over, for ``seconds``."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Silence:
    """Nobody has said a word, for the ``step``-th time in a row (1, 2, …)."""

    step: int


@dataclass(frozen=True, slots=True)
class AnswerKey:
    """A telephone key is to be answered."""

    key: str


@dataclass(frozen=True, slots=True)
class Earcon:
    """Play a short tone meanwhile; the only one is "thinking"."""

    name: str


Action = (
    BeginUtterance | EndUtterance | StopSpeech | ReadBackTalkedOver | Silence | AnswerKey | Earcon
)


@dataclass(frozen=True, slots=True)
class DuplexSettings:
    """What happens while both may sound at once; all in seconds."""

    barge_in: bool = True
    """Whether we listen while we speak. Not beside a loudspeaker: there we would hear ourselves."""
    interrupts: float = 0.5
    """Speech that interrupts us whatever it is."""
    interrupts_as_words: float = 0.3
    """Speech that interrupts us when words were made out in it: a cough has none."""
    talked_over: float = 0.5
    """Speech over a read-back that makes it count as not heard."""
    talk_run: float = 0.1
    """Speech in a row that counts towards that: noise flickers."""
    echo: float = 0.15
    """Sound after our speech that is not listened to where we do not listen while we speak."""
    cough: float = 0.3
    """Voice below which sound that became no words was a cough, not a person not understood."""
    unasked: float = 0.6
    """Silence of both before we may speak of our own accord."""
    slow_thought: float = 0.8
    """Thinking after which a tone tells that we are still there."""
    thought_again: float = 3.0
    """And after which it tells so again."""


READING_KEYS = frozenset("02*")
"""Keys that are obeyed in the middle of a read-back: a person, no, and from the beginning. A yes
(or anything else) before its end does not count."""


class TurnTaking:
    """One talk. Feed it in the order in which things happen; do what it answers, in order.

    At most one utterance is open at a time, and each is ended exactly once.
    """

    def __init__(
        self, settings: TurnSettings | None = None, duplex: DuplexSettings | None = None
    ) -> None:
        """Begin by thinking: the greeting is the first thing that happens."""
        self.duplex = duplex or DuplexSettings()
        self._endpointer = Endpointer(settings)
        self.state = State.THINKING
        self.utterance_open = False
        self._voiced = 0.0
        self._over_ours = False
        self._silence = 0.0
        self._thought = 0.0
        self._overlap = 0.0
        self._run = 0.0
        self._deaf = 0.0
        self._calm = 0.0
        self.hears = True
        self._silences = 0

    @property
    def settings(self) -> TurnSettings:
        """How long to wait for what; may be changed at any time."""
        return self._endpointer.settings

    @settings.setter
    def settings(self, settings: TurnSettings) -> None:
        self._endpointer.settings = settings

    def expect_number(self, expected: bool) -> None:
        """Whether a bare number would answer what was asked ("to")."""
        self._endpointer.numbers_complete = expected

    # -- sound ----------------------------------------------------------------------------------

    def sound(self, is_speech: bool, partial: str = "") -> list[Action]:
        """20 ms of the person's side; ``partial``: the words of the open utterance so far."""
        self.hears = self.duplex.barge_in
        self._count_calm(is_speech)
        if self.state in (State.OVER, State.CLOSING):
            return []
        if self.state is State.READING:
            self._count_overlap(is_speech)
            return []
        actions: list[Action] = []
        if self.state is State.THINKING:
            actions += self._thinking_on()
        self.hears = self._listens()
        if not self.hears:
            return actions
        if self.utterance_open:
            self._silence = 0.0 if is_speech else self._silence + FRAME_SECONDS
            self._voiced += FRAME_SECONDS * is_speech
        event = self._endpointer.feed(FRAME_SECONDS, is_speech, partial)
        if isinstance(event, SpeechStarted) and not self.utterance_open:
            actions += self._begin(event)
        elif isinstance(event, SpeechEnded) and self.utterance_open:
            actions += self._finished(event, partial)
        elif isinstance(event, NoInput) and self.state is State.LISTENING:
            actions += self._no_words()
        if self.state is State.SPEAKING and self._is_interruption(partial):
            self.state = State.HEARING
            actions.append(StopSpeech())
        return actions

    def _listens(self) -> bool:
        """Whether this sound counts; where we would hear ourselves it does not."""
        if self.duplex.barge_in:
            return True
        if self.state in (State.SPEAKING, State.THINKING):
            return False
        self._deaf = max(0.0, self._deaf - FRAME_SECONDS)
        return self._deaf <= _EXACT

    def _begin(self, event: SpeechStarted) -> list[Action]:
        self.utterance_open = True
        self._voiced = self.settings.onset
        self._silence = 0.0
        self._over_ours = self.state is not State.LISTENING
        if not self._over_ours:
            self.state = State.HEARING
        return [BeginUtterance(event.lead)]

    def _finished(self, event: SpeechEnded, partial: str) -> list[Action]:
        if self.state is State.HEARING:
            return self._end(kept=True, silence=event.silence)
        if self._is_interruption(partial):
            # They went on while we think: this is answered next, when the answer is there.
            return []
        return self._end(kept=False, silence=event.silence)

    def _is_interruption(self, partial: str) -> bool:
        enough = self.duplex.interrupts_as_words if partial else self.duplex.interrupts
        return self.utterance_open and self._voiced + _EXACT >= enough

    def _end(self, kept: bool, silence: float | None = None) -> list[Action]:
        if not self.utterance_open:
            return []
        self.utterance_open = False
        self._endpointer.restart()
        if kept:
            self._think()
        return [EndUtterance(kept, self._voiced, self._silence if silence is None else silence)]

    def _count_overlap(self, is_speech: bool) -> None:
        if not self.duplex.barge_in:
            return
        before = self._run
        self._run = self._run + FRAME_SECONDS if is_speech else 0.0
        if self._run + _EXACT >= self.duplex.talk_run:
            counted = before + _EXACT >= self.duplex.talk_run
            self._overlap += FRAME_SECONDS if counted else self._run

    def _count_calm(self, is_speech: bool) -> None:
        """A flicker of noise takes back a little; whoever begins to speak shows at once."""
        change = -3 * FRAME_SECONDS if is_speech else FRAME_SECONDS
        if self.state is State.LISTENING:
            self._calm = min(self.duplex.unasked, max(0.0, self._calm + change))

    def _think(self) -> None:
        self.state = State.THINKING
        self._thought = 0.0

    def _thinking_on(self) -> list[Action]:
        before = self._thought
        self._thought += FRAME_SECONDS
        due = self.duplex.slow_thought
        while due + _EXACT < before:
            due += self.duplex.thought_again
        return [Earcon("thinking")] if before + _EXACT < due <= self._thought + _EXACT else []

    # -- what happens on our side ---------------------------------------------------------------

    def decoded(self, words: bool) -> list[Action]:
        """What the kept utterance that ended last became: words, or none."""
        if words:
            self._silences = 0
        elif self.state is State.THINKING:
            cough = self.duplex.interrupts if self._over_ours else self.duplex.cough
            if self._voiced + _EXACT >= cough:
                return self._no_words()
            self._listen()
        return []

    def _no_words(self) -> list[Action]:
        self._silences += 1
        self._think()
        return [Silence(self._silences)]

    def speak(self, *, reading: bool = False, closing: bool = False) -> list[Action]:
        """We are about to speak. ``reading``: it must be heard in full; ``closing``: last words.

        Speak only if `is_speaking` says so afterwards: a person who has gone on speaking in the
        meantime is heard first, unless it is as important as that.
        """
        if self.state in (State.OVER, State.HEARING):
            return []
        if closing:
            actions = self._end(kept=False)
            self.state = State.CLOSING
            return actions
        if reading:
            if self.state is not State.READING:
                self._overlap = self._voiced if self.utterance_open else 0.0
                self._run = 0.0
            actions = self._end(kept=False)
            self.state = State.READING
            return actions
        if self._is_interruption(""):
            self.state = State.HEARING
            return [] if self._endpointer.speaking else self._end(kept=True)
        self.state = State.SPEAKING
        return []

    @property
    def is_speaking(self) -> bool:
        """Whether it is for us to speak."""
        return self.state in (State.SPEAKING, State.READING, State.CLOSING)

    @property
    def may_speak_unasked(self) -> bool:
        """Whether we may say something that answers nothing: nobody speaks or has just begun to.

        Call `speak` at once if so.
        """
        calm = self._calm + _EXACT >= self.duplex.unasked
        return self.state is State.LISTENING and not self.utterance_open and calm

    def patient(self) -> None:
        """The silence is none to speak of: silences count anew."""
        self._silences = 0

    def spoken(self, *, more: bool = False) -> list[Action]:
        """What we were speaking is played out, or there was nothing to say; ``more`` follows in
        the same turn: call `speak` for it."""
        if self.state is State.READING:
            overlap, self._overlap = self._overlap, 0.0
            if overlap + _EXACT >= self.duplex.talked_over:
                self._think()
                self._endpointer.restart()
                return [ReadBackTalkedOver(overlap)]
            self._endpointer.restart()
        elif self.state not in (State.SPEAKING, State.CLOSING, State.THINKING):
            return []
        if more:
            self._think()
            return []
        if self.utterance_open:
            self.state = State.HEARING
            return [] if self._endpointer.speaking else self._end(kept=True)
        self._listen()
        return []

    def pressed(self, key: str) -> list[Action]:
        """A telephone key: it interrupts us, and is answered before anything else."""
        if self.state in (State.OVER, State.CLOSING):
            return []
        if self.state is State.READING and key not in READING_KEYS:
            return []
        actions: list[Action] = [StopSpeech()] if self.is_speaking else []
        actions += self._end(kept=False)
        self._silences = 0
        self._endpointer.restart()
        self._think()
        return [*actions, AnswerKey(key)]

    def close(self) -> list[Action]:
        """The line is gone. What was being said is still heard."""
        if self.state is State.OVER:
            return []
        speaking = self.is_speaking
        actions = self._end(kept=self.state is State.HEARING)
        self.state = State.OVER
        return [*actions, StopSpeech()] if speaking else actions

    def lost(self) -> list[Action]:
        """The microphone broke: half an utterance is forgotten, and we speak of it."""
        if self.state is State.OVER:
            return []
        speaking = self.is_speaking
        actions = self._end(kept=False)
        self._endpointer.restart()
        self._think()
        return [*actions, StopSpeech()] if speaking else actions

    def _listen(self) -> None:
        self.state = State.LISTENING
        self._deaf = self.duplex.echo
        self._calm = 0.0
        self._endpointer.restart()
