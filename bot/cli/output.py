"""How the command line shows events: JSON lines for scripts, or text for people."""

import json
import sys
from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.control import Control, ControlType

Event = dict[str, Any]

#: Below this the bot asks whether it heard right, and the transcript shows how sure the recogniser
#: was. Lower than `audio.recognizer.LOW_CONFIDENCE`, which judges one word: an utterance has the
#: confidence of its least sure word, and a doubted small word is seldom worth a question.
SURE = 0.5

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def print_json(event: Event) -> None:
    """Write one JSON object on a line of its own, at once."""
    sys.stdout.write(json.dumps(event, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def show(events: Iterable[Event], as_json: bool) -> None:
    """Show events in the form that was asked for."""
    for event in events:
        if event["event"] == "rate":  # for the voice, not for readers
            continue
        if as_json:
            print_json(event)
        else:
            _print_text(event)


class LiveText:
    """What somebody is saying, on the last line of a terminal, until it is known for good.

    Elsewhere than on a terminal nothing is shown before that.
    """

    def __init__(self, console: Console = out) -> None:
        """Nothing is shown yet."""
        self._console = console
        self._shown = False

    def partial(self, text: str) -> None:
        """Show the text so far in place of what stood there."""
        if not self._console.is_terminal:
            return
        self.clear()
        room = self._console.width - len("Du:    …") - 1  # the last column would begin a new line
        end = text if len(text) <= room else "…" + text[1 - room :]
        self._console.print(f"Du:   {end} …", style="dim cyan", markup=False, end="")
        self._shown = True

    def clear(self) -> None:
        """Take it away again."""
        if self._shown:
            self._console.control(
                Control((ControlType.ERASE_IN_LINE, 2), ControlType.CARRIAGE_RETURN)
            )
            self._shown = False


def error(message: str, code: str, as_json: bool) -> None:
    """Tell of a failure: one sentence, on standard error unless a script reads us."""
    show([{"event": "error", "code": code, "message": message}], as_json)


def _print_text(event: Event) -> None:
    kind = event["event"]
    if kind == "heard":
        sure = event["confidence"]
        doubt = "" if sure >= SURE else f" ({sure:.0%} sikker)"
        out.print(f"Du:   {event['text'] or '(ingenting)'}{doubt}", style="cyan", markup=False)
    elif kind == "said":
        out.print(f"Kurv: {event['text']}", style="green", markup=False)
    elif kind == "error":
        err.print(f"Feil: {event['message']}", style="red", markup=False)
    elif kind == "order":
        reference = event["grocer_reference"] or "ikke kommet ennå"
        out.print(
            f"Bestilling {event['order_id']}: {event['status']}, butikkens nummer: {reference}, "
            f"{event['total']} kr",
            style="bold",
            markup=False,
        )
