"""Tier: unit. What somebody is saying stands on the screen while they say it."""

import io
import re

from rich.console import Console

from bot.cli.output import LiveText


def terminal(**kind: object) -> tuple[Console, io.StringIO]:
    file = io.StringIO()
    return Console(file=file, width=30, highlight=False, soft_wrap=True, **kind), file  # type: ignore[arg-type]


def seen(written: str) -> list[str]:
    """The last line of the terminal, each time that it was written."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", written)
    return [piece.strip() for piece in plain.split("\x1b[2K\r")]


def test_each_partial_text_replaces_the_one_before() -> None:
    console, file = terminal(force_terminal=True)
    live = LiveText(console)
    live.partial("jeg vil")
    live.partial("jeg vil ha melk")
    live.clear()
    live.clear()
    console.print("Du:   jeg vil ha melk")
    assert seen(file.getvalue()) == [
        "Du:   jeg vil …",
        "Du:   jeg vil ha melk …",
        "Du:   jeg vil ha melk",
    ]


def test_of_a_long_text_the_end_is_shown_on_one_line() -> None:
    console, file = terminal(force_terminal=True)
    LiveText(console).partial("jeg vil ha to liter lettmelk og et grovt brød")
    (line,) = seen(file.getvalue())
    assert len(line) < 30 and line.endswith("et grovt brød …") and line.startswith("Du:   …")


def test_a_file_gets_no_partial_texts() -> None:
    console, file = terminal()
    live = LiveText(console)
    live.partial("jeg vil")
    live.clear()
    assert file.getvalue() == ""
