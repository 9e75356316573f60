"""Tier: unit. The bot bound to one person, as a voice session at a microphone uses it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from bot.cli.talking import BoundDialogue


class Bot:
    """Answers everything at the stage it is given; notes what it was told."""

    def __init__(self, stage: str = "ordering") -> None:
        self.stage = stage
        self.told: list[tuple[str, str, bool]] = []

    def say(
        self, recipient_id: str, text: str, sure: bool = True, actor: str = "", how: str = ""
    ) -> list[dict[str, Any]]:
        assert (actor, how) == ("recipient", "voice")
        self.told.append((recipient_id, text, sure))
        return [{"event": "said", "text": "Ja vel."}, {"event": "basket", "stage": self.stage}]


class Service:
    """Greets, and reads again."""

    def handle(self, recipient_id: str, act: str, text: str, actor: str, how: str) -> Any:
        assert (recipient_id, act, text, actor, how) == ("r1", "greet", "", "recipient", "voice")
        said = {"event": "said", "text": "God dag!"}
        return SimpleNamespace(events=(said, {"event": "basket", "stage": "ordering"}))

    def talked_over(self, recipient_id: str) -> Any:
        return SimpleNamespace(events=({"event": "basket", "stage": "read_back"},))


def bound(bot: Bot) -> BoundDialogue:
    return BoundDialogue(bot, Service(), "r1")  # type: ignore[arg-type]


def test_it_greets_and_doubts_what_was_heard_badly() -> None:
    bot = Bot()
    dialogue = bound(bot)
    assert dialogue.begin()[0]["text"] == "God dag!"
    dialogue.say("to melk", 0.31)
    dialogue.say("to melk", 0.9)
    dialogue.say("", None)
    assert bot.told == [
        ("r1", "to melk", False),
        ("r1", "to melk", True),
        ("r1", "", True),
    ]


def test_keys_mean_what_they_mean_at_this_stage() -> None:
    bot = Bot("choosing")
    dialogue = bound(bot)
    dialogue.press("1")
    dialogue.press("1")
    bot.stage = "amount"
    dialogue.press("*")
    assert dialogue.press("4") == []
    dialogue.press("#")
    dialogue.press("0")
    assert [text for _, text, _ in bot.told] == ["ja", "den første", "gjenta", "4", "menneske"]


def test_a_talked_over_read_back_is_the_services_business() -> None:
    assert bound(Bot()).talked_over() == [{"event": "basket", "stage": "read_back"}]
