"""What a person can ask for at any time: again, slower, help, a person, one step back."""

from dataclasses import replace

from bot.ordering import finishing, wording
from bot.ordering.context import is_urgent
from bot.ordering.edits import basket_line
from bot.ordering.talk import Effect
from bot.ordering.turn import Outcome, Turn

SLOWER_FACTOR = 0.85
SLOWEST = 0.55


def repeat(turn: Turn) -> Outcome:
    """Say the last reply once more; nothing else changes."""
    texts = turn.talk.last_reply or (wording.NOTHING_SAID,)
    return Outcome(turn.order, turn.talk, texts)


def slower(turn: Turn) -> Outcome:
    """Speak more slowly from now on, and put the question once more."""
    rate = max(turn.about.speech_rate * SLOWER_FACTOR, SLOWEST)
    turn.effects.append(Effect("rate", f"{rate:.2f}"))
    again = turn.talk.last_reply[-1:]
    return Outcome(turn.order, turn.talk, (wording.SLOWER, *again), tuple(turn.effects))


def explain(turn: Turn) -> Outcome:
    """What can be said here."""
    return turn.end([*wording.HELP])


def person(turn: Turn, text: str) -> Outcome:
    """Call staff; whoever has fallen is told to ring 113 as well."""
    urgent = is_urgent(text)
    turn.effects.append(Effect("task", "urgent" if urgent else "person"))
    said = wording.URGENT if urgent else wording.PERSON
    return turn.end([*said], question="")


def greet(turn: Turn) -> Outcome:
    """Answer a greeting; in the middle of an order the question stays."""
    if turn.order.basket.lines or turn.talk.question:
        return turn.end([wording.GREETING_AGAIN])
    return turn.end([], wording.GREETING)


def thanks(turn: Turn) -> Outcome:
    """Answer a thank-you."""
    return turn.end([wording.WELCOME])


def undo(turn: Turn) -> Outcome:
    """One step back: the basket as it was before the last change."""
    if not turn.talk.undo and turn.about.submitted is not None:
        return finishing.ask_cancel(turn)
    if not turn.talk.undo:
        return turn.end([wording.NOTHING_TO_UNDO])
    last, before = turn.talk.undo[-1], turn.order.basket
    lines = tuple(
        basket_line(product, quantity)
        for pid, quantity in last.lines
        if (product := turn.shop.catalogue.get(pid)) is not None
    )
    turn.order = turn.order.with_basket(turn.order.basket.restore(lines))
    turn.talk = replace(turn.talk, undo=turn.talk.undo[:-1])
    gone = [line for line in before.lines if turn.order.basket.line(line.product_id) is None]
    if gone:
        return turn.end([wording.removed([wording.line(line) for line in gone])])
    return turn.end([wording.undone(turn.order.basket)])
