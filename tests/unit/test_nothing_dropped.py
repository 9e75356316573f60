"""Tier: unit. No content word of any golden utterance is dropped without a trace."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import bot
from bot.data_files import load_shop
from bot.evaluation.sets import read_sets
from bot.ordering.gist import beside
from bot.ordering.lemmas import basic_forms
from bot.ordering.lines import OrderLine
from bot.ordering.norwegian import tokenise
from bot.ordering.numbers import read_number
from bot.ordering.phrase import SOFT
from bot.ordering.request import parse
from bot.ordering.shop import Shop
from bot.ordering.vocabulary import Vocabulary
from tests.unit.test_request import content, places

DATA = Path(bot.__file__).parent / "data"
GOLDEN = Path(__file__).resolve().parents[1] / "golden"


@cache
def shop() -> Shop:
    """The shipped shop."""
    return load_shop(DATA / "catalogue.csv", DATA / "synonyms.yml")


def vocabulary() -> Vocabulary:
    """The shipped shop's words."""
    return shop().vocabulary


#: Names of wares that are still heard as talk, or as an amount, when somebody wishes for them. The
#: list may only shrink.
NOT_HEARD_WHOLE = frozenset(
    """\
bladet familien
d batterier
d vitamin
d vitaminer
drikke
familien
hår spray
hår såpe
kaffi te å koge
kos
krone is
kvikk
lite gjenge
litt mat
mat
middagen
mot tett avløp
mot tett nese
mot tett vask
mot tette rør
noe attåt
noe attåt kaffen
noe til tett avløp
noko attåt
smøret i det gule papiret
spray mot tett nese
tett avløp
tett nese
tett vask
tette rør
tjuepakning
villa
    """.strip().splitlines()
)


def words_lost(name: tuple[str, ...]) -> list[str]:
    """The words of a ware's name that are in no line when somebody wishes for it."""
    request = parse(f"jeg vil ha {' '.join(name)}", vocabulary())
    said = [*(line.phrase for line in request.lines), *(text for *_, text in request.unaccounted)]
    heard = " ".join(said).casefold().split()
    counted = any(line.amount is not None for line in request.lines)
    return [
        word
        for word in name
        if word not in SOFT and word not in heard and not (counted and is_number(word))
    ]


def is_number(word: str) -> bool:
    """Whether a word may have gone into the amount."""
    return read_number([word]) is not None


def test_a_name_that_people_have_for_a_ware_is_heard_whole() -> None:
    """ "Reker med skall" is no "reker": no small word of a ware's name may be taken for talk."""
    lost = {" ".join(name) for name in shop().synonyms.phrases if words_lost(name)}
    assert lost == NOT_HEARD_WHOLE


def _is_order(line: OrderLine) -> bool:
    """Whether a line says how much of a ware, not only "for lite frukt"."""
    if not line.phrase or line.amount is None or line.relative:
        return False
    return not line.amount.vague


def utterances() -> list[str]:
    """All that is said in the golden sets, the held-out ones too: only what is lost is told."""
    return [each.text for golden in read_sets(GOLDEN) for each in golden.utterances]


def lost_words(text: str) -> list[str]:
    """Content words that are in no line, no question and not among what was not understood."""
    request = parse(text, vocabulary())
    spans = places(request) + [(start, end) for start, end, _ in request.questions]
    return [
        word
        for start, end, word in content(text, vocabulary())
        if not any(first <= start and end <= last for first, last in spans)
    ]


def test_there_are_at_least_800_golden_utterances() -> None:
    assert len(set(utterances())) >= 800


def test_each_content_word_ends_in_a_line_a_question_or_is_said_back() -> None:
    lost = {text: words for text in utterances() if (words := lost_words(text))}
    assert lost == {}


#: Stories of what was got before, and how many, or of what somebody used to say; and an address.
TOLD_OF_BEFORE = {
    "et brød som var så hardt at jeg ga det til fuglene", "en sild", "3b", "en trimsykkel",
    "jente på Finnøya kom det en brødbil med ferja hver", "sukkersyke siden åttini",
    "barnevakt for et marsvin",
}  # fmt: skip


def test_a_story_that_needs_no_answer_has_no_amount_of_a_ware_in_it() -> None:
    """Chatter is the only thing that is passed over without a word: it must not hide an order."""
    hidden = set()
    for text in utterances():
        for start, end, story in parse(text, vocabulary()).chatter:
            inner = parse(story, vocabulary())
            if any(_is_order(line) for line in inner.lines):
                hidden.add(text[start:end])
    assert hidden <= TOLD_OF_BEFORE


def test_a_ware_in_a_story_is_said_back_when_nothing_was_ordered_beside_it() -> None:
    for text in utterances():
        request = parse(text, vocabulary())
        if request.lines or request.questions:
            continue
        for _, _, story in request.chatter:
            named = [word for word in story.casefold().split() if vocabulary().is_saying([word])]
            assert not named, text


#: Wares that somebody wanted and that were struck out without a word, as told only. The list may
#: only shrink.
STRUCK_IN_SILENCE = frozenset(
    (
        "jeg bruker jo nesten ikke sukker lenger, men det er greit å ha en pakke i skapet: sukker",
        "jeg har gjester på lørdag og tenkte på reker, et kilo kanskje: reker",
        "hadde det våre mulig å få litt kaga te kaffen: kage",
    )
)


def test_no_wanted_ware_is_struck_out_in_silence() -> None:
    """What a network takes for a story may hold no ware that was asked for (bot/striking)."""
    lost = {
        f"{utterance.text}: {line['ware']}"
        for golden in read_sets(GOLDEN)
        if not golden.held_out
        for utterance in golden.utterances
        for line in utterance.lines
        if line.get("ware") and _is_lost(utterance.text, str(line["ware"]))
    }
    assert lost == STRUCK_IN_SILENCE


def _is_lost(text: str, ware: str) -> bool:
    """Whether no word of a ware that stands in a text is kept or told of."""
    struck = beside(text, shop())
    wanted = {form for word in ware.casefold().split() for form in basic_forms(word)}
    named = [
        (token.start, token.end)
        for token in tokenise(text)
        if wanted.intersection(basic_forms(token.said)) and token.said not in SOFT
    ]
    gone = set(struck.spans) - set(struck.doubted)
    return bool(named) and all(place in gone for place in named)
