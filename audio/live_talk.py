"""One talk on one live line: carries out what `audio.turn_taking` decides.

One task takes in what comes over the line, at the line's pace; another answers, one thing at a
time. What blocks (decoding, the dialogue, synthesis) is done in worker threads.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field

from audio.dialogue import Dialogue, Event
from audio.endpointing import TurnSettings
from audio.errors import AudioError
from audio.line import KeyPressed, Line, SourceLost
from audio.listening import Ear, Heard
from audio.metrics import Observer, StopWatch, TurnTimes, Unobserved
from audio.speaking import Mouth
from audio.synthesizer import FASTEST, SLOWEST
from audio.turn_taking import (
    Action,
    AnswerKey,
    BeginUtterance,
    Earcon,
    EndUtterance,
    ReadBackTalkedOver,
    Silence,
    State,
    StopSpeech,
    TurnTaking,
)
from audio.voice_activity import FRAME_SECONDS, SpeechDetector

READ_BACK = "read_back"
"""The stage of a turn whose texts must be heard in full."""
_NUMBER_STAGES = frozenset({"choosing", "amount"})
_SAFE_WHILE_UNREAD = frozenset("2*")
"""Keys that confirm nothing of a read-back which was cut off: no, and from the beginning."""
_REMEMBERED = 2.0
"""Seconds of sound that are kept for the beginning of an utterance."""


def never(_event: Event) -> bool:
    """The end of a talk that only its dialogue or its line ends."""
    return False


@dataclass(frozen=True, slots=True)
class TalkSettings:
    """How a talk is led; ``rate`` as in `audio.synthesizer.Synthesizer`."""

    rate: float = 1.0
    turn: TurnSettings = field(default_factory=TurnSettings)
    silences: int = 3
    """Silences in a row that the dialogue is told of; after one more the talk is over."""
    is_over: Callable[[Event], bool] = never
    """The event that ends the talk, once its turn has been said."""
    tones: bool = True
    """Whether short tones tell that we listen, and that we think."""


@dataclass(frozen=True, slots=True)
class Screen:
    """Who watches the talk; all are called on the event loop."""

    on_event: Callable[[Event], None] = lambda event: None
    on_listening: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class _Said:
    """An utterance that has ended, and its text when it is decoded."""

    text: asyncio.Task[Heard]
    watch: StopWatch


class _News:
    """The dialogue may say something of its own accord now."""


_Job = _Said | _News | Silence | AnswerKey | ReadBackTalkedOver | SourceLost | AudioError | None


class LiveTalk:
    """One talk; `run` may be called once."""

    def __init__(
        self,
        line: Line,
        dialogue: Dialogue,
        turns: TurnTaking,
        ear: Ear,
        mouth: Mouth | None,
        detector: SpeechDetector,
        settings: TalkSettings,
        *,
        screen: Screen | None = None,
        observer: Observer | None = None,
        workers: Executor | None = None,
    ) -> None:
        """Put the parts together. ``workers`` holds the threads that the dialogue is asked in."""
        self._line, self._dialogue, self._turns = line, dialogue, turns
        self._ear, self._mouth, self._detector = ear, mouth, detector
        self._settings = settings
        self._screen = screen or Screen()
        self._observer = observer or Unobserved()
        self._workers = workers
        self._rate = 1.0
        self._set_rate(settings.rate)
        self._jobs: asyncio.Queue[_Job] = asyncio.Queue()
        self._recent: deque[bytes] = deque(maxlen=round(_REMEMBERED / FRAME_SECONDS))
        self._tones: set[asyncio.Task[None]] = set()
        self._watch: StopWatch | None = None
        self._stopped: float | None = None
        self._keys_waiting = 0
        self._unread = False
        self._voice_failed = False
        self._over = False
        self._news = False
        self._offered = False
        self._held: list[Event] = []
        self._held_again = False

    def notice(self) -> None:
        """The dialogue has something to say of its own accord; see `Session.notice`."""
        self._news = True

    async def run(self) -> None:
        """Talk from the greeting until one side ends it.

        Raises AudioError when the sound is gone for good, and what the dialogue raises.
        """
        hearing = asyncio.create_task(self._hear())
        try:
            await self._tell(await self._ask(self._dialogue.begin))
            while not self._over:
                job = await self._jobs.get()
                if job is None:
                    await hearing
                    break
                await self._answer(job)
        finally:
            hearing.cancel()
            await asyncio.wait([hearing, *self._tones])
            await self._line.hang_up()
            await self._ear.close()
            await self._ask_ended()

    async def _ask_ended(self) -> None:
        await asyncio.get_running_loop().run_in_executor(self._workers, self._dialogue.ended)

    # -- what comes in --------------------------------------------------------------------------

    async def _hear(self) -> None:
        try:
            while await self._hear_until_lost():
                self._recent.clear()
            self._do(self._turns.close())
        finally:
            self._jobs.put_nowait(None)

    async def _hear_until_lost(self) -> bool:
        """Whether the source was lost and may come back."""
        try:
            async for item in self._line.receive():
                if isinstance(item, KeyPressed):
                    self._do(self._turns.pressed(item.key))
                else:
                    self._hear_sound(item)
        except SourceLost as lost:
            self._do(self._turns.lost())
            self._jobs.put_nowait(lost)
            return True
        except AudioError as error:
            self._jobs.put_nowait(error)
        return False

    def _hear_sound(self, frame: bytes) -> None:
        self._recent.append(frame)
        self._ear.hear(frame)
        actions = self._turns.sound(self._detector.is_speech(frame), self._ear.partial)
        if not self._turns.hears:
            self._recent.clear()
        self._do(actions)
        if (self._news or self._held) and not self._offered and self._turns.may_speak_unasked:
            self._offered = True
            self._jobs.put_nowait(_News())

    def _do(self, actions: Sequence[Action]) -> None:
        for action in actions:
            if isinstance(action, BeginUtterance):
                self._ear.begin(list(self._recent)[-round(action.lead / FRAME_SECONDS) :])
            elif isinstance(action, EndUtterance):
                self._end_utterance(action)
            elif isinstance(action, StopSpeech):
                self._stopped = asyncio.get_running_loop().time()
                self._line.stop()
            elif isinstance(action, Earcon):
                self._play_tone(action.name)
            else:
                self._keys_waiting += isinstance(action, AnswerKey)
                self._jobs.put_nowait(action)

    def _end_utterance(self, ended: EndUtterance) -> None:
        if not ended.kept:
            self._ear.forget()
            return
        loop = asyncio.get_running_loop()
        self._jobs.put_nowait(_Said(loop.create_task(self._ear.finish()), StopWatch(loop.time)))

    def _play_tone(self, name: str) -> None:
        if self._mouth is None or not self._settings.tones:
            return
        task = asyncio.create_task(self._tone(self._mouth, name))
        self._tones.add(task)
        task.add_done_callback(self._tones.discard)

    async def _tone(self, mouth: Mouth, name: str) -> None:
        # A loudspeaker that fails is told of when there is something to say.
        with contextlib.suppress(AudioError):
            await mouth.tone(name)

    # -- what is answered -----------------------------------------------------------------------

    async def _answer(self, job: _Job) -> None:
        if isinstance(job, _Said):
            await self._answer_speech(job)
        elif isinstance(job, _News):
            await self._tell_news()
        elif isinstance(job, Silence):
            if job.step > self._settings.silences:
                self._over = True
                return
            await self._make_unread()
            await self._tell(await self._ask(self._dialogue.say, "", None))
        elif isinstance(job, AnswerKey):
            self._keys_waiting -= 1
            if job.key not in _SAFE_WHILE_UNREAD:
                await self._make_unread()
            self._unread = False
            await self._answer_with(self._dialogue.press, job.key)
        elif isinstance(job, ReadBackTalkedOver):
            self._observer.talked_over()
            await self._read_again()
        elif isinstance(job, SourceLost):
            self._screen.on_event({"event": "error", "code": "microphone", "message": str(job)})
            await self._tell([{"event": "said", "text": str(job)}])
            if self._unread:
                await self._read_again()
        elif isinstance(job, AudioError):
            raise job

    async def _answer_speech(self, said: _Said) -> None:
        heard = await said.text
        said.watch.mark()
        actions = self._turns.decoded(bool(heard.text))
        if heard.text:
            self._screen.on_event(heard.as_event())
            await self._make_unread()
            self._watch = said.watch
            await self._answer_with(self._dialogue.say, heard.text, heard.confidence)
        elif actions:
            self._screen.on_event(heard.as_event())
            self._do(actions)

    async def _answer_with(self, question: Callable[..., list[Event]], *arguments: object) -> None:
        """Ask the dialogue for its answer, and tell it. Where it has none but somebody else will
        answer, a tone says that it was heard."""
        answer = await self._ask(question, *arguments)
        await self._tell(answer)
        kinds = [event.get("event") for event in answer]
        if "wait" in kinds and "said" not in kinds:
            self._play_tone("listening")

    async def _tell_news(self) -> None:
        """Say what the dialogue has of its own accord; what is cut off is said once more."""
        self._offered = False
        news = await self._take_news()
        if not self._turns.may_speak_unasked:  # somebody has begun to speak meanwhile
            self._held += news
            return
        said = [event for event in (*self._held, *news) if event.get("event") == "said"]
        if news or self._held:
            heard = await self._tell(news)
            again = not heard and not self._held_again and not self._over
            self._held_again = again
            # Its question is not: the answer that it is said with ends with one.
            self._held = (said[:-1] or said) if again else []

    async def _take_news(self) -> list[Event]:
        if not self._news:
            return []
        self._news = False
        return await self._ask(self._dialogue.noticed)

    async def _read_again(self) -> None:
        self._unread = False
        await self._tell(await self._ask(self._dialogue.talked_over))

    async def _make_unread(self) -> None:
        """A read-back that was cut off must not be confirmed by what is answered next."""
        if self._unread:
            self._unread = False
            await self._ask(self._dialogue.talked_over)

    async def _ask(self, question: Callable[..., list[Event]], *arguments: object) -> list[Event]:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._workers, question, *arguments)

    # -- what is said ---------------------------------------------------------------------------

    async def _tell(self, events: Sequence[Event]) -> bool:
        """Show a turn's events, say its texts, and do what it asks for.

        What was held back is said first. Returns whether all of it was said.
        """
        events, self._held = [*self._held, *events], []
        if self._watch is not None:
            self._watch.mark()
        texts, asked, stage, last = [], set(), "", False
        for event in events:
            kind = event.get("event")
            if kind == "rate":
                self._set_rate(float(event["value"]))
            elif kind in ("transfer", "hang_up"):
                asked.add(kind)
            elif kind == "wait":
                self._turns.patient()
            else:
                self._screen.on_event(event)
                last = last or self._settings.is_over(event)
            if kind == "said":
                texts.append(str(event["text"]))
            elif kind == "basket":
                stage = str(event["stage"])
                self._turns.expect_number(stage in _NUMBER_STAGES)
        reading, closing = stage == READ_BACK, last or bool(asked)
        heard = await self._say_turn(texts, reading=reading, closing=closing)
        self._watch = None
        if "transfer" in asked:
            last = await self._line.transfer() or last
        self._over = last or "hang_up" in asked
        if asked and not self._over:
            self._turn_over()
            self._play_tone("listening")
        return heard

    async def _say_turn(self, texts: Sequence[str], *, reading: bool, closing: bool) -> bool:
        if reading and not closing:
            # The last text of a turn is its question, which may be answered at once: what had to
            # be heard has been heard by then.
            must, rest = (texts[:-1], texts[-1:]) if len(texts) > 1 else (texts, [])
            self._unread = bool(must)
            if not await self._say(must, reading=True, more=bool(rest)):
                return False
            self._unread = self._voice_failed
            news = await self._take_news() if rest else []
            if news:  # what was read may not be the basket any more: that is said instead
                return await self._tell(news)
            return await self._say(rest)
        return await self._say(texts, closing=closing)

    async def _say(
        self,
        texts: Sequence[str],
        *,
        reading: bool = False,
        closing: bool = False,
        more: bool = False,
    ) -> bool:
        """Say one part of a turn. Returns whether nothing hinders the next."""
        if texts:
            if self._keys_waiting:
                return False
            self._do(self._turns.speak(reading=reading, closing=closing))
            if not self._turns.is_speaking:
                return False
            await self._sound(texts, tone="" if more or closing else "listening")
            if not self._turns.is_speaking:
                return False
        if closing:
            return True
        return self._turn_over(more)

    def _turn_over(self, more: bool = False) -> bool:
        """It has been said: their turn now. Returns False when it was talked over."""
        actions = self._turns.spoken(more=more)
        self._do(actions)
        if self._turns.state is State.LISTENING:
            self._screen.on_listening()
        return not actions

    async def _sound(self, texts: Sequence[str], tone: str) -> None:
        """Say texts aloud. A voice that fails is told once; the talk goes on in writing."""
        if self._mouth is None:
            return
        try:
            await self._mouth.say(
                texts, self._rate, self._mark, tone if self._settings.tones else ""
            )
        except AudioError as error:
            if not self._voice_failed:
                self._screen.on_event({"event": "error", "code": "voice", "message": str(error)})
            self._voice_failed = True
        else:
            self._voice_failed = False
        if self._stopped is not None:
            self._observer.interrupted(asyncio.get_running_loop().time() - self._stopped)
            self._stopped = None

    def _mark(self) -> None:
        watch = self._watch
        if watch is None:
            return
        watch.mark()
        if watch.stages_done == len(TurnTimes.__slots__):
            self._observer.turn(watch.times())
            self._watch = None

    def _set_rate(self, rate: float) -> None:
        self._rate = min(max(rate, SLOWEST), FASTEST)
        self._turns.settings = self._settings.turn.for_rate(self._rate)
