"""`kurv order` and `kurv chat`: one talk, by voice or by text."""

import asyncio
import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.calls.keys import Keypad
from bot.cli.output import SURE, Event, LiveText, err, error, out, show
from bot.cli.word_sounds import hearing_shop
from bot.dialogue import RasaDialogue
from bot.errors import KurvError
from bot.ordering.speaker import RECIPIENT, VOICE
from bot.parts import Parts, running_parts
from bot.service import Service
from bot.settings import Settings

if TYPE_CHECKING:
    from audio.recognizer import Recognizer

DEMO_RECIPIENT = "demo"
#: A voice that the speech model has not been trained on (audio/models/nb/README.md).
UNSEEN_VOICE = "nb+f2"

JsonFlag = Annotated[bool, typer.Option("--json", help="Ett JSON-objekt per linje.")]
RecipientOption = Annotated[str, typer.Option("--recipient", help="Hvem det handles for.")]


class BoundDialogue:
    """The bot, talking with one recipient: what a voice session needs."""

    def __init__(self, dialogue: RasaDialogue, service: Service, recipient_id: str) -> None:
        self._dialogue = dialogue
        self._service = service
        self._recipient_id = recipient_id
        self._keypad = Keypad()
        self._stage = "ordering"

    def begin(self) -> list[Event]:
        """Greet; see `audio.dialogue.Dialogue`, as for the others."""
        opened = self._service.handle(self._recipient_id, "greet", "", RECIPIENT, VOICE)
        return self._told(list(opened.events))

    def say(self, text: str, confidence: float | None = None) -> list[Event]:
        """Answer one utterance."""
        sure = confidence is None or confidence >= SURE
        return self._told(self._dialogue.say(self._recipient_id, text, sure, RECIPIENT, VOICE))

    def press(self, key: str) -> list[Event]:
        """Answer a key."""
        text = self._keypad.text(key, self._stage)
        return [] if text is None else self.say(text)

    def talked_over(self) -> list[Event]:
        """Read the basket again, because somebody spoke meanwhile."""
        return self._told(list(self._service.talked_over(self._recipient_id).events))

    def noticed(self) -> list[Event]:
        """Nothing: at a microphone nobody else is in the talk."""
        return []

    def ended(self) -> None:
        """The basket stays as it is: there is nothing to put away."""

    def _told(self, events: list[Event]) -> list[Event]:
        self._stage = events[-1].get("stage", self._stage)
        return events


@contextmanager
def _bot(as_json: bool) -> Iterator[tuple[Parts, RasaDialogue]]:
    """The bot with everything it needs, found ready or trained first."""
    from bot.cli.services import trained_model

    settings = Settings.from_environment()
    with ExitStack() as stack:
        hearing_shop(settings)
        parts = stack.enter_context(running_parts(settings))
        model = trained_model(settings, quiet=as_json)
        if not as_json and err.is_terminal:
            err.print("Starter …", style="dim")
        dialogue = RasaDialogue.load(model, parts.service)
        stack.callback(dialogue.close)
        yield parts, dialogue


def order(
    wav: Annotated[
        list[Path] | None, typer.Option("--wav", help="Lydfiler, én ytring i hver, i rekkefølge.")
    ] = None,
    more: Annotated[list[Path] | None, typer.Argument(help="Flere lydfiler.", hidden=True)] = None,
    script: Annotated[
        Path | None, typer.Option("--script", help="Tekstfil; hver linje blir sagt av en stemme.")
    ] = None,
    recipient: RecipientOption = DEMO_RECIPIENT,
    microphone: Annotated[
        str | None, typer.Option("--microphone", help="Navnet på mikrofonen.")
    ] = None,
    loudspeaker: Annotated[
        str | None, typer.Option("--loudspeaker", help="Navnet på høyttaleren.")
    ] = None,
    headset: Annotated[
        bool,
        typer.Option("--headset", help="Hodetelefoner: du kan avbryte stemmen ved å snakke."),
    ] = False,
    list_devices: Annotated[
        bool, typer.Option("--list-devices", help="Vis lydenhetene og slutt.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Én bestilling med stemmen: fra lydfiler, fra et manus eller fra mikrofonen."""
    if list_devices:
        _show_devices()
        return
    settings = Settings.from_environment()
    files = [*(wav or []), *(more or [])]
    for file in files:
        _must_exist(file)
    if script is not None:
        _must_exist(script)
        files += _spoken_script(script, settings)
    if not files:
        _must_have_sound(microphone, loudspeaker)  # before the bot takes its time to load
    with _bot(as_json) as (parts, dialogue):
        from audio.in_context import InContext
        from audio.session import Session
        from bot.cli.speech import hearing_engine

        bound = BoundDialogue(dialogue, parts.service, recipient)
        ear = hearing_engine(settings, quiet=as_json).recognizer()
        recognizer = InContext(ear, partial(parts.service.fits, recipient))
        if files:
            show(Session(recognizer, bound).hear_files(files), as_json)
        else:
            rate = parts.service.speech_rate(recipient)
            _live(recognizer, bound, rate, (microphone, loudspeaker), headset, as_json)


def _must_exist(file: Path) -> None:
    if not file.is_file():
        raise KurvError(f"Filen «{file}» finnes ikke; sjekk navnet.")


def _must_have_sound(microphone: str | None, loudspeaker: str | None) -> None:
    from audio.microphone import find_device

    find_device(microphone)
    find_device(loudspeaker, output=True)


def _spoken_script(script: Path, settings: Settings) -> list[Path]:
    from audio.rehearsal import make_utterances
    from audio.synthesizer import Voice

    lines = [line.strip() for line in script.read_text(encoding="utf-8").splitlines()]
    texts = [line for line in lines if line and not line.startswith("#")]
    if not texts:
        raise KurvError(f"Manuset «{script}» er tomt; skriv én ytring per linje.")
    return make_utterances(texts, settings.state_dir / "script", Voice(UNSEEN_VOICE))


def _live(
    recognizer: "Recognizer",
    dialogue: BoundDialogue,
    rate: float,
    devices: tuple[str | None, str | None],
    headset: bool,
    as_json: bool,
) -> None:
    """Talk at the microphone until the order is sent or nobody answers any more."""
    from audio.live_talk import Screen, TalkSettings
    from audio.microphone import Microphone, SoundCardSpeaker
    from audio.session import Session, is_sent
    from audio.sound_card import SoundCardLine
    from audio.synthesizer import EspeakSynthesizer
    from audio.turn_taking import DuplexSettings

    line = SoundCardLine(
        Microphone(devices[0], recognizer.sample_rate), SoundCardSpeaker(devices[1])
    )
    live = LiveText()

    def shown(event: Event) -> None:
        live.clear()
        show([event], as_json)

    with EspeakSynthesizer() as synthesizer:
        session = Session(
            recognizer,
            dialogue,
            synthesizer,
            settings=TalkSettings(rate=rate, is_over=is_sent),
            duplex=DuplexSettings(barge_in=headset),
            screen=Screen(on_event=shown),
            on_partial=None if as_json else live.partial,
        )
        asyncio.run(session.run(line))


def _show_devices() -> None:
    from audio.microphone import devices

    found = devices()
    for device in found:
        out.print(str(device), markup=False)
    if not found:
        out.print("Fant ingen mikrofon eller høyttaler.")


def chat(recipient: RecipientOption = DEMO_RECIPIENT, as_json: JsonFlag = False) -> None:
    """Bestill ved å skrive, én linje om gangen; tom linje eller Ctrl-D slutter."""
    with _bot(as_json) as (parts, dialogue):
        interactive = sys.stdin.isatty() and not as_json
        if interactive:
            show(parts.service.handle(recipient, "greet", "").events, as_json)
        while line := _next_line(interactive):
            if not line.strip():
                if interactive:
                    break
                continue
            _chat_turn(dialogue, recipient, line.strip(), as_json)


def _next_line(interactive: bool) -> str:
    if not interactive:
        return sys.stdin.readline()
    try:
        return out.input("Du:   ") + "\n"
    except EOFError:
        return ""


def _chat_turn(dialogue: RasaDialogue, default: str, line: str, as_json: bool) -> None:
    """One line of a chat; a JSON line names its recipient, and each answer then carries it."""
    if not (as_json and line.startswith("{")):
        show(dialogue.say(default, line), as_json)
        return
    try:
        message = json.loads(line)
        recipient, text = message["recipient"], message["text"]
        if not (isinstance(recipient, str) and recipient and isinstance(text, str)):
            raise ValueError
    except (ValueError, KeyError, TypeError):
        text = 'Linjen er ikke på formen {"recipient":"r17","text":"…"}; den ble ikke brukt.'
        error(text, "bad_line", as_json)
        return
    show(({"recipient": recipient, **event} for event in dialogue.say(recipient, text)), as_json)
