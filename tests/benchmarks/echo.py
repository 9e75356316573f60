"""Does it talk to itself? Full and half duplex beside a loudspeaker that the microphone hears.

    .venv/bin/python -m tests.benchmarks.echo MODEL

MODEL is a complete speech model (`kurv speech build` says where it puts one). PulseAudio carries
what we play back into the microphone, so much weaker and 60 ms later; nobody else speaks. Prints
how often our own voice interrupted us, and how often it was answered. Kept in docs/benchmarks.md.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from audio.dialogue import Event
from audio.endpointing import TurnSettings
from audio.live_talk import TalkSettings
from audio.metrics import Collected
from audio.microphone import Microphone, SoundCardSpeaker
from audio.recognizer import VoskModel
from audio.session import Session
from audio.sound_card import SoundCardLine
from audio.synthesizer import EspeakSynthesizer
from audio.turn_taking import DuplexSettings
from tests.benchmarks.voice import REPLIES

LEVELS = (None, -20, -15, -10)
"""Decibels by which the echo is weaker than what we play; None: no echo (a headset)."""


class Monologue:
    """Says one text after the other; counts what it is told."""

    def __init__(self) -> None:
        """Nothing is said yet."""
        self.told = 0
        self._left = list(REPLIES)

    def begin(self) -> list[Event]:
        """The first text."""
        return self._next()

    def say(self, text: str, confidence: float | None = None) -> list[Event]:
        """The next text; ``text`` is there only when somebody was heard."""
        self.told += bool(text)
        return self._next()

    def press(self, key: str) -> list[Event]:
        """There are no keys."""
        return []

    def talked_over(self) -> list[Event]:
        """Nothing must be heard in full here."""
        return []

    def noticed(self) -> list[Event]:
        return []

    def ended(self) -> None:
        """Nothing is held."""

    def _next(self) -> list[Event]:
        text = self._left.pop(0)
        last = [] if self._left else [{"event": "hang_up"}]
        return [{"event": "said", "text": text}, *last]


def talk(model: Path, barge_in: bool) -> tuple[int, int]:
    """Times that we interrupted ourselves, and times that we answered ourselves."""
    measured, dialogue = Collected(), Monologue()
    with EspeakSynthesizer() as synthesizer:
        session = Session(
            VoskModel(model).recognizer(),
            dialogue,
            synthesizer,
            settings=TalkSettings(turn=TurnSettings(no_input=1.0), silences=100),
            duplex=DuplexSettings(barge_in=barge_in),
            observer=measured,
        )
        asyncio.run(session.run(SoundCardLine(Microphone(), SoundCardSpeaker())))
    return len(measured.stops), dialogue.told


def main(model: Path) -> None:
    """Measure and print."""
    from tests.end_to_end.sound_server import SoundServer

    table = Table("echo", "duplex", "interrupted itself", "answered itself")
    for level in LEVELS:
        with tempfile.TemporaryDirectory() as folder:
            server = SoundServer(Path(folder))
            server.start()
            try:
                if level is not None:
                    server.echo(level)
                for barge_in in (True, False):
                    program = server.program(
                        "from pathlib import Path; from tests.benchmarks.echo import talk; "
                        f"print(*talk(Path({str(model)!r}), {barge_in}))"
                    )
                    out, err = program.communicate(timeout=300)
                    if program.returncode:
                        raise RuntimeError(err)
                    stops, told = out.split()
                    kind = "full" if barge_in else "half"
                    name = "none" if level is None else f"{level} dB"
                    table.add_row(name, kind, f"{stops} of {len(REPLIES)}", told)
            finally:
                server.stop()
    Console().print(table)


if __name__ == "__main__":
    os.chdir(Path(__file__).resolve().parents[2])
    main(Path(sys.argv[1]))
