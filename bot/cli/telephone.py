"""The telephone of `kurv serve`: calls answered, agreed rings placed, in threads of their own."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any, TypeVar

from audio.in_context import InContext
from audio.phone.audiosocket import AudioSocketLine
from audio.phone.ears import CODE_WORDS, Ears
from audio.phone.pool import RecognizerPool
from audio.phone.server import AudioSocketServer, Handler
from audio.recognizer import Engine
from audio.session import Session
from audio.synthesizer import EspeakSynthesizer
from bot.calls import schedule, wording
from bot.calls.announced import Announcements
from bot.calls.desk import Desk
from bot.calls.dialler import CallFileDialler, Dialler, HttpDialler
from bot.calls.dialogue import CallDialogue
from bot.cli.output import SURE
from bot.dialogue import RasaDialogue
from bot.errors import SettingsError
from bot.metrics import VoiceMetrics
from bot.ordering.speaker import RECIPIENT, VOICE
from bot.parts import Parts

T = TypeVar("T")

#: Threads that one call may keep busy at the same time: decoding, the talk, the voice.
THREADS_A_CALL = 3
#: The extension context that Asterisk's call files lead to (docs/telephony.md).
CONTEXT = "kurv-out"
#: Seconds that starting and stopping may take.
PATIENCE = 60.0


class Telephone:
    """Answers calls from `start` to `stop`. All methods may be called from any thread."""

    def __init__(self, parts: Parts, token: str, announced: Announcements) -> None:
        """Nothing is loaded or listened to yet.

        Args:
            token: the service token, which the SIP program asks for too.
            announced: where the exchange's announcements arrive.
        """
        self._settings = parts.settings
        self._desk = Desk(parts.store)
        self._store = parts.store
        self._service = parts.service
        self._live = parts.live
        self._metrics = VoiceMetrics()
        self._announced = announced
        self._http = HttpDialler(parts.settings.dialler_url, token) if self._exchange else None
        self._dialogues: dict[str, CallDialogue] = {}
        self._stack = ExitStack()
        self._loop = asyncio.new_event_loop()

    @property
    def _exchange(self) -> bool:
        return bool(self._settings.dialler_url)

    def start(self, talk: RasaDialogue, load: Callable[[], Engine], host: str, port: int) -> int:
        """Load what hears and answer calls; returns the port.

        Raises:
            AudioError: it cannot be loaded.
            SettingsError: the address cannot be listened on.
        """
        self._desk.end_lost_calls()
        self._talk = talk
        engine = load()
        codes = [word for word in CODE_WORDS if not engine.unknown_words([word])]
        self._words = RecognizerPool(engine.recognizer, engine.sample_rate)
        self._codes = RecognizerPool(lambda: engine.recognizer(codes), engine.sample_rate)
        self._voice = self._stack.enter_context(EspeakSynthesizer())
        calls = self._settings.call_limit
        self._workers = ThreadPoolExecutor(THREADS_A_CALL * calls + 4, "call")
        self._stack.callback(self._workers.shutdown, wait=False)
        self._loop.set_default_executor(self._workers)
        transfer = self._transfer if self._http is not None else None
        self._server = AudioSocketServer(self._answer, self._busy, limit=calls, transfer=transfer)
        threading.Thread(target=self._loop.run_forever, name="telephone", daemon=True).start()
        try:
            port = self._run(self._server.start(host, port))
        except OSError as error:
            raise SettingsError(
                f"Kan ikke lytte på {host}:{port} ({error.strerror}); velg en annen port."
            ) from error
        dialler = self._dialler()
        if dialler is not None:
            self._stack.callback(schedule.start(schedule.RingScheduler(self._store, dialler)))
        return port

    def stop(self) -> None:
        """Ring nobody more; those who are calling hear a sentence, and their baskets stay."""
        if self._loop.is_running():
            self._run(self._server.stop(self._speaking(wording.CLOSING)))
            self._loop.call_soon_threadsafe(self._loop.stop)
        self._stack.close()

    @property
    def calls(self) -> int:
        """How many calls are in progress."""
        return self._server.calls

    def _dialler(self) -> Dialler | None:
        if self._http is not None:
            return self._http
        if self._settings.call_spool is not None:
            return CallFileDialler(self._settings.call_spool, self._settings.call_channel, CONTEXT)
        return None

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE)

    # -- in the telephone's own loop ------------------------------------------------------------

    async def _answer(self, line: AudioSocketLine) -> None:
        call = str(line.call)
        dialogue = CallDialogue(
            call,
            self._announced.take(call),
            self._desk,
            self._talk,
            open_with=lambda who, act: self._service.handle(who, act, "", RECIPIENT, VOICE).events,
            read_again=lambda who: self._service.talked_over(who).events,
            tell=lambda who, sentences: self._service.tell(who, sentences).events,
            sure=SURE,
            can_transfer=self._http is not None,
        )
        self._dialogues[call] = dialogue
        ears = self._ears(dialogue)
        listening: asyncio.Task[None] | None = None
        try:
            session = Session(
                ears,
                dialogue,
                self._voice,
                on_partial=lambda words: self._show_partial(dialogue, words),
                observer=self._metrics,
                workers=self._workers,
            )
            listening = asyncio.create_task(self._watch(dialogue, session))
            with self._metrics.call():
                await session.run(line)
        finally:
            if listening is not None:
                listening.cancel()
            ears.reset()  # what was borrowed for an utterance that never ended goes back
            self._metrics.frames(line.sent_frames, line.late_frames)
            del self._dialogues[call]

    def _show_partial(self, dialogue: CallDialogue, words: str) -> None:
        """Staff who follow see words as they are spoken; of a PIN they see nothing."""
        if dialogue.recipient is not None:
            self._live.publish(dialogue.recipient, {"event": "partial", "text": words})

    async def _watch(self, dialogue: CallDialogue, session: Session) -> None:
        """Let the talk say what others do in it, as soon as nobody speaks."""
        recipient = await asyncio.wrap_future(dialogue.known)
        async with self._live.listen(recipient) as events:
            async for event in events:
                if event["event"] == "catch_up" or dialogue.is_news(event):
                    session.notice()

    def _ears(self, dialogue: CallDialogue) -> Ears:
        def bonus(texts: Sequence[str]) -> list[float]:
            who = dialogue.talking_with
            return self._service.fits(who, texts) if who else [0.0] * len(texts)

        wide = InContext(self._words.recognizer(), bonus)
        return Ears(self._codes.recognizer(), wide, lambda: not dialogue.identified)

    async def _busy(self, line: AudioSocketLine) -> None:
        self._announced.take(str(line.call))
        await self._speaking(wording.BUSY)(line)

    def _speaking(self, text: str) -> Handler:
        """Something that says a text to whoever is on a line."""

        async def speak(line: AudioSocketLine) -> None:
            await line.play(self._voice.stream(text), self._voice.sample_rate)

        return speak

    async def _transfer(self, line: AudioSocketLine) -> bool:
        assert self._http is not None
        if await asyncio.to_thread(self._http.transfer, line.call):
            return True
        dialogue = self._dialogues.get(str(line.call))
        if dialogue is not None and dialogue.not_transferred:
            await self._speaking(dialogue.not_transferred)(line)
        return False
