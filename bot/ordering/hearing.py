"""Words that the recogniser doubts or did not hear at all."""

from dataclasses import replace

from bot.ordering import wording
from bot.ordering.acts import read_act
from bot.ordering.amount import ARTICLES
from bot.ordering.answer import read_answer, read_quantity_answer
from bot.ordering.context import GAP, HARMLESS, after_read_back, words_of
from bot.ordering.talk import AmountQuestion, ProductQuestion
from bot.ordering.turn import FAILURES_TO_STAFF, Outcome, Turn

#: What the recogniser writes for a word that it does not know.
UNHEARD = "[unk]"


def act_of_doubtful(turn: Turn, text: str) -> str:
    """What to do with words that the recogniser doubts.

    An answer to our question is taken, because it is said back at once, and so is what changes
    nothing. Orders and the yes that sends one are asked about.
    """
    known = read_act(text)
    if known in HARMLESS and after_read_back(known, text) != "affirm":
        return known
    question = turn.talk.question
    if isinstance(question, AmountQuestion) and read_quantity_answer(text) is not None:
        return "choose"
    if isinstance(question, ProductQuestion):
        options = [turn.shop.catalogue[pid] for pid in question.options]
        if read_answer(text, options) is not None:
            return "choose"
    return "unclear"


def ask_unclear(turn: Turn, text: str) -> Outcome:
    """The recogniser doubts its words: ask, but not for ever."""
    failures = turn.talk.failures + 1
    if failures >= FAILURES_TO_STAFF or not text.strip():
        return turn.failed([])
    turn.talk = replace(turn.talk, unclear=text, failures=failures)
    return turn.end([], wording.heard_badly(text), understood=False)


def after_unclear(turn: Turn, act: str, text: str) -> tuple[str, str] | Outcome:
    """The answer to "sa du …?": the act and the text that are to be handled now, or the outcome."""
    heard = turn.talk.unclear or ""
    turn.talk = replace(turn.talk, unclear=None)
    if act == "affirm":
        return read_act(heard) or "add", heard
    if act == "deny":
        return turn.end([], wording.SAY_AGAIN)
    if act not in ("cancel", "remove") and _says_again(heard, text):
        return read_act(heard) or "add", text if read_act(heard) is None else heard
    if text != heard:
        turn.besides.append(wording.left_out(heard))
    elif act == "unclear" and read_act(heard) != "affirm":
        return read_act(heard) or "add", heard  # the same words heard twice were said
    return act, text


def _says_again(heard: str, text: str) -> bool:
    """Whether the doubtful words are said again: "ja, brunost sa jeg"."""
    words = {word for word in heard.casefold().split() if word not in ARTICLES}
    return bool(words) and text != heard and words <= words_of(text)


def with_unheard(turn: Turn, act: str, text: str) -> tuple[str, str] | Outcome:
    """Words are missing from `text`: what can be handled without them, or the outcome."""
    heard = " ".join(text.replace(UNHEARD, " ").split())
    if not heard:
        return turn.failed([])
    turn.besides.append(wording.UNHEARD_WORD)
    turn.with_gaps = text.replace(UNHEARD, f" {GAP} ")
    # "ja, men [unk]" is not a yes that may send anything.
    return "unclear" if act == "affirm" else act, heard
