"""How the command line shows events: JSON lines for scripts, or text for people."""

import json
import sys
from collections.abc import Iterable
from typing import Any

from rich.console import Console

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
