"""What points back at the basket and at the choices made: who reads it, in which order."""

from __future__ import annotations

from bot.ordering import alternatives, amendments
from bot.ordering.pointing import words_in
from bot.ordering.turn import Outcome, Turn


def resolve(turn: Turn, act: str, text: str) -> Outcome | None:
    """Carry out a turn that points back at what was ordered; None when it does not."""
    words = words_in(text)
    if not words or len(words) > 14:
        return None
    request = turn.parse(text)
    return (
        amendments.each_of_last(turn, request)
        or amendments.scaled(turn, words, request)
        or amendments.all_but(turn, words, request)
        or amendments.by_place(turn, act, words, request)
        or amendments.after_all(turn, words, request)
        or alternatives.same_in(turn, words)
        or alternatives.other_choice(turn, act, text, words)
        or alternatives.other_kind(turn, words)
        or alternatives.other_ware(turn, words)
        or alternatives.instead_of_last(turn, text)
        or alternatives.corrected(turn, words, request)
        or amendments.set_anew(turn, act, words, request)
    )


def resolve_beside(turn: Turn, text: str) -> Outcome | None:
    """What points back at the basket although a question stands open: "det dobbelte"."""
    words = words_in(text)
    if not words or len(words) > 14:
        return None
    request = turn.parse(text)
    return (
        amendments.scaled(turn, words, request)
        or amendments.all_but(turn, words, request)
        or amendments.by_place(turn, "", words, request)
        or alternatives.same_in(turn, words)
    )
