"""Nobody speaks, or somebody speaks while the basket is read: what the voice tells of a talk."""

from collections.abc import Sequence
from dataclasses import replace

from bot.ordering import wording
from bot.ordering.order import Status
from bot.ordering.talk import Effect, Talk
from bot.ordering.turn import FAILURES_TO_STAFF, Outcome, Turn

#: The act of a turn in which the read-back was talked over; a session tells of it, nobody says it.
TALKED_OVER = "talked_over"

#: What is said at the first, second and third silence in a row.
SILENT = (
    "Jeg hørte ingenting.",
    "Jeg hører deg ikke. På telefonen kan du trykke: ja er én, nei er to, et menneske er null.",
    "Jeg hører deg ikke, så jeg har bedt hjemmehjelpen ta kontakt med deg; kurven er lagret.",
)
READ_AGAIN = "Det ble sagt noe, så jeg leser én gang til; si det gjerne etterpå."
READ_LATER = "Det ble sagt noe igjen, så jeg leser ikke mer nå."
ASK_TO_READ = "Si «ferdig» når jeg kan lese på nytt, eller «menneske» for å snakke med noen."
TOO_NOISY = (
    "Jeg blir avbrutt hele tiden, så jeg har bedt hjemmehjelpen ta kontakt med deg; "
    "kurven er lagret."
)


def silence(turn: Turn) -> Outcome:
    """Nobody said anything: another wording, then the keys, then a person; nothing changes.

    Once a person has been called, silences that follow change nothing more.
    """
    if turn.talk.failures >= FAILURES_TO_STAFF:
        return turn.end([SILENT[-1]], "", understood=False)
    failures = turn.talk.failures + 1
    turn.talk = replace(turn.talk, failures=failures)
    said = SILENT[failures - 1]
    if failures == FAILURES_TO_STAFF:
        turn.effects.append(Effect("task", "not_understood"))
        return turn.end([said], "", understood=False)
    unclear = turn.talk.unclear
    question = wording.heard_badly(unclear) if unclear else None
    return turn.end([said], question, understood=False)


def somebody_speaks(turn: Turn) -> None:
    """The person whom we thought gone is there: their failures count anew."""
    if turn.talk.failures >= FAILURES_TO_STAFF:
        turn.talk = replace(turn.talk, failures=0)


def talked_over(turn: Turn) -> Outcome:
    """The read-back was talked over: it does not count, and the whole basket is read again.

    The second time in a row we wait until we are asked to, and the third time a person is called.
    """
    if turn.order.status is not Status.READ_BACK:
        return turn.end([])
    turn.order = turn.order.unread()
    times = turn.talk.talked_over + 1
    turn.talk = replace(turn.talk, talked_over=times)
    if times == 1:
        turn.before.append(READ_AGAIN)
        turn.order = turn.order.read_back()
        return turn.end([wording.read_back(turn.order.basket)])
    if times < FAILURES_TO_STAFF:
        return turn.end([READ_LATER], ASK_TO_READ)
    turn.effects.append(Effect("task", "not_understood"))
    turn.talk = replace(turn.talk, talked_over=0)
    return turn.end([TOO_NOISY], "")


def read_in_peace(talk: Talk, act: str) -> Talk:
    """The talk after a turn; once something else is done, talking over counts anew."""
    if not talk.talked_over or act in (TALKED_OVER, "done", "repeat", "slower", "nlu_fallback"):
        return talk
    return replace(talk, talked_over=0)


def aside(turn: Turn, sentences: Sequence[str]) -> Outcome:
    """Something is told that answers nothing; then the question at which the talk stands."""
    unclear = turn.talk.unclear
    question = wording.heard_badly(unclear) if unclear else turn.question_now()
    return turn.end(list(sentences), question)
