"""What goes into a turn and what comes out, alike in every channel; pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.ordering.speaker import Speaker

Event = dict[str, Any]

#: Longest text of a turn, in characters; more than a minute of speech.
LONGEST = 1000
#: Letters of markup and templates; nobody speaks them, and what was said may be said back.
MARKUP = "<>{}$`\\"
TOO_LONG = "Det ble litt mye på én gang, så jeg tok bare med meg begynnelsen."
SILENT = "Beklager, jeg fikk ikke svart deg. Kan du si det en gang til?"


@dataclass(frozen=True, slots=True)
class Heard:
    """A turn's text as the bot may see it; `cut` tells that its end was left out."""

    text: str
    cut: bool


def heard(text: str) -> Heard:
    """Make a text harmless and short.

    A leading "/" would make Rasa take the rest as an intent ("/affirm"), past all understanding.
    Control and formatting characters carry no words and could hide that "/".
    """
    visible = "".join(
        " " if unicodedata.category(letter) in ("Cc", "Zl", "Zp") or letter in MARKUP else letter
        for letter in text
        if unicodedata.category(letter) not in ("Cf", "Cs", "Co", "Cn")
    )
    plain = " ".join(visible.split()).lstrip("/ ")
    if len(plain) <= LONGEST:
        return Heard(plain, cut=False)
    short = plain[: LONGEST + 1]
    return Heard(short[: short.rfind(" ")] if " " in short else plain[:LONGEST], cut=True)


def events(messages: Iterable[Mapping[str, Any]], cut: bool = False) -> list[Event]:
    """The contract's events from a bot's messages: `text` is said, `custom` is an event already."""
    found: list[Event] = [{"event": "said", "text": TOO_LONG}] if cut else []
    for message in messages:
        if message.get("text"):
            found.append({"event": "said", "text": message["text"]})
        if message.get("custom"):
            found.append(dict(message["custom"]))
    return found


def metadata(sure: bool, speaker: Speaker) -> dict[str, Any]:
    """What goes with a turn to the actions; built here, so that no client gives itself a role."""
    return {"sure": sure, "actor": speaker.who, "how": speaker.how}


def complete(found: Sequence[Event], last_basket: Event | None) -> list[Event]:
    """A turn that keeps the contract: something is said, and the basket comes last.

    Args:
        found: the events of the turn; none at all means that the bot failed without a word.
        last_basket: the basket as it was known before, for a turn that could not tell it.
    """
    baskets = [event for event in found if event["event"] == "basket"]
    others = [event for event in found if event["event"] != "basket"]
    if not others:
        others = [
            {"event": "said", "text": SILENT},
            {"event": "error", "code": "dialogue", "message": SILENT},
        ]
    return [*others, baskets[-1] if baskets else last_basket or EMPTY_BASKET]


EMPTY_BASKET: Event = {
    "event": "basket", "stage": "ordering", "revision": 0, "lines": [], "total": "0.00",
}  # fmt: skip
