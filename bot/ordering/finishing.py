"""The end of an order: done, yes, no, and throwing everything away."""

from dataclasses import replace

from bot.ordering import closing, wording
from bot.ordering.order import Status
from bot.ordering.talk import Effect, Talk
from bot.ordering.turn import Outcome, Turn


def done(turn: Turn) -> Outcome:
    """Read the whole basket back; it can be confirmed only after that."""
    if not turn.order.basket.lines:
        return turn.end([wording.EMPTY], wording.WHAT)
    if turn.order.status is Status.READ_BACK:
        return turn.end([], wording.YES_OR_NO)
    first = closing.before_read_back(turn)
    if first is not None:
        return first
    turn.order = turn.order.read_back()
    return turn.end([wording.read_back(turn.order.basket)])


def affirm(turn: Turn) -> Outcome:
    """A plain yes: it confirms the basket that was read back, and nothing else."""
    if turn.order.status is Status.READ_BACK and turn.order.read_revision is not None:
        by = turn.about.speaker
        turn.order = turn.order.confirm(turn.order.read_revision, by.who, by.how)
        turn.effects.append(Effect("submit"))
        return Outcome(turn.order, Talk(), (), tuple(turn.effects))
    if turn.about.submitted is not None:
        return turn.end([wording.already_sent(turn.about.submitted.basket)], question="")
    return turn.end([], wording.MORE if turn.order.basket.lines else wording.WHAT)


def deny(turn: Turn) -> Outcome:
    """A plain no: to the read-back, or to "noe mer?"."""
    if turn.order.status is Status.READ_BACK:
        turn.order = turn.order.unread()
        return turn.end([], wording.WHAT_TO_CHANGE)
    if turn.order.basket.lines:
        return done(turn)
    return turn.end([*wording.GOODBYE], question="")


def ask_cancel(turn: Turn) -> Outcome:
    """Ask before everything is thrown away; what was sent already only staff can stop."""
    if not turn.order.basket.lines and turn.talk.question is None:
        if turn.about.submitted is not None:
            turn.effects.append(Effect("task", "cancel_order"))
            return turn.end([wording.CANCEL_SENT], question="")
        return turn.end([wording.EMPTY], wording.WHAT)
    turn.talk = replace(turn.talk, cancelling=True)
    return turn.end([])


def answer_cancel(turn: Turn, act: str) -> Outcome | None:
    """Carry out the answer to "skal jeg tømme hele kurven?"; None when it was none."""
    turn.talk = replace(turn.talk, cancelling=False)
    if act == "affirm":
        turn.remember()
        turn.order = turn.order.with_basket(turn.order.basket.clear())
        turn.talk = replace(turn.talk, questions=(), last_product=None)
        return turn.end([wording.CANCELLED], wording.WHAT)
    if act == "deny":
        return turn.end([wording.NOT_CANCELLED])
    return None
