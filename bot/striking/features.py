"""What is told of each word of an utterance to the network that says whether it may be struck out.

Four texts (the word, how it ends and begins, what sort it is) and some yes-or-no facts: where it
stands, whether it is said again, whether it takes something back. Context is the network's part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.dictionary import Dictionary
from bot.ordering.dialect import SMALL_WORDS
from bot.ordering.lemmas import word_set
from bot.ordering.norwegian import Kind, Token
from bot.ordering.numbers import read_number
from bot.ordering.units import MEASURES, PACKS, pack_of
from bot.ordering.vocabulary import Vocabulary

#: Words with which somebody takes back what was said, or begins anew.
_CUES = word_set(
    """
    nei neida nå næ eller forresten mener mente meinte meiner mein sier sa si heller oi oj uff æsj
    stopp vent stryk visk ikke ikkje itj itte unnskyld huff hm hæ sorry beklager rettelse tastefeil
    """
)
#: Words that ask for something.
_WISHES = word_set(
    """
    ha hatt trenger treng treing trengs må vil ville skal ska sku skulle kunne kan kjøp kjøpe kjøpt
    legg bestill bestille ta tar få får fått ønsker mangler putt skriv send sende sett gi hent hente
    noter med bort vekk fjern slett bytt bytte kutt stryk dropp
    """
)
_JOINTS = word_set("og men så for fordi siden mens når da hvis at som eller enn om")
_PERSONS = word_set("jeg han hun vi de du dere det den dette mor far min mi mitt mine hans hennes")
#: Words that some product has and that name none.
_SMALL = (SMALL_WORDS | _WISHES | _JOINTS | _PERSONS | _CUES) - {"te"}
_PAST = ("te", "de", "dde", "et", "a", "ble", "var", "hadde", "ga", "gikk", "kom", "fikk", "sa")
#: What is said again so soon was a slip of the tongue.
_NEAR = 5
#: How many facts `facts_of` tells of a word.
FACTS = 12


@dataclass(frozen=True, slots=True)
class Word:
    """What is known of one token.

    Attributes:
        plain: its bokmål form.
        end, begin: its last three letters and its first four.
        sort: what it is: "ware", "known" (of the shop), "number", "unit", "small", a class of
            words, "strange", or the name of a mark.
        mark: whether it is a mark and no word.
        big: whether it is written with a capital.
    """

    plain: str
    end: str
    begin: str
    sort: str
    mark: bool
    big: bool

    @property
    def is_ware(self) -> bool:
        """Whether the word alone names something that the shop has."""
        return self.sort.startswith("ware")

    @property
    def is_named(self) -> bool:
        """Whether the word may be part of a ware's name."""
        return self.sort.startswith(("ware", "known"))

    @property
    def is_stop(self) -> bool:
        """Whether a sentence ends here."""
        return self.sort == "stop"

    @property
    def texts(self) -> tuple[str, str, str, str]:
        """What the network looks up of the word, table by table."""
        return self.plain, self.end, self.begin, self.sort


def words_of(tokens: Sequence[Token], vocabulary: Vocabulary, dictionary: Dictionary) -> list[Word]:
    """What is known of each token of an utterance."""
    return [
        Word(
            token.plain,
            token.said[-3:],
            token.said[:4],
            _sort(token, vocabulary, dictionary),
            token.kind not in (Kind.WORD, Kind.NUMBER, Kind.AND),
            token.text[:1].isupper(),
        )
        for token in tokens
    ]


def facts_of(words: Sequence[Word]) -> list[list[bool]]:
    """`FACTS` facts of each word of an utterance."""
    found = []
    for at, word in enumerate(words):
        same = [] if word.mark else [n for n, each in enumerate(words) if each.plain == word.plain]
        later = [n for n in same if n > at]
        before = [n for n in same if n < at]
        found.append(
            [
                bool(later),
                bool(before),
                bool(later) and later[0] - at < _NEAR,
                bool(before) and at - before[-1] < _NEAR,
                word.mark,
                word.plain in _CUES,
                word.plain in _WISHES,
                word.plain in _JOINTS,
                word.plain in _PERSONS,
                word.big,
                at == 0,
                at == len(words) - 1,
            ]
        )
    return found


def _sort(token: Token, vocabulary: Vocabulary, dictionary: Dictionary) -> str:
    number = token.kind is Kind.WORD and read_number([token.plain]) is not None
    if number or token.kind is Kind.NUMBER:
        return "number"
    if token.kind is not Kind.WORD:
        return token.kind.name.casefold()
    if token.plain in MEASURES or token.plain in PACKS or pack_of(token.plain) is not None:
        return "unit"
    small = token.plain in _SMALL
    verb = dictionary.is_verb(token.said)
    if not small and vocabulary.coverage([token.said]) >= 1.0:
        return "ware+verb" if verb else "ware"
    if not small and vocabulary.knows(token.said):
        return "known+verb" if verb else "known"
    noun = dictionary.is_noun(token.said)
    if verb:
        tense = "past" if token.plain.endswith(_PAST) else "verb"
        return f"{tense}+noun" if noun else tense
    if noun:
        return "noun"
    if dictionary.is_adjective(token.said):
        return "adjective"
    return "small" if small else "short" if len(token.said) < 4 else "strange"
