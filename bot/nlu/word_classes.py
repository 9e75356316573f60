"""Replaces products, numbers and units by the name of their class; pure.

"to liter lettmelk takk" and "fem pakker kaffe takk" become the same sentence, so that what is
learned about acts holds for every catalogue.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.ordering.fillers import FILLERS
from bot.ordering.numbers import read_number
from bot.ordering.units import MEASURES, PACKS
from bot.ordering.vocabulary import Vocabulary

PRODUCT = "__vare__"
NUMBER = "__antall__"
UNIT = "__enhet__"
#: "0" is nobody's amount: it always asks for a person.
ZERO = "__null__"
NO_WORDS = "__ingen__"

ARTICLES = frozenset({"en", "ei", "et", "ett", "tusen"})


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Words that carry an act, or hold a sentence together. They also stand in names of products ("God
#: Morgen", "lørdagsgodt", "uten tilsatt sukker", "Ja!"), but here they must stay what they are.
ACT_WORDS = FILLERS | _words(
    """
    aldri aller allikevel allt alternativ alternativer altfor angra angrar angre angrer anna
    annenhver anngre antall antallet avbestill avbryt avslutt begynn begynne begynnelsen bekreft
    best beste bestillingsliste betale betjening betjeningen billig billige billigere billigst
    billigste bort bruk bruker bytt bytte byttet bære dagen dager del delene dobbel dobbelt
    doble dokker dropp droppe dyr dyre dyrest dyreste dyrt dårlig dæn ekte en endra endre enig
    erstatt et etter ettermiddag ettermiddagen faen falt fant fast faste feil ferdi ferdig
    ferdige fin fine fjern fjerne flink folk forandre forfra forklar formiddag formiddagen
    forrige forstod forstår fort frakt fredager frem frokost fullfør fyrste fysste færdi færre
    første føste gale gang ganger gjenta gjer gjere gjorde glad glem glemte glæm godkjenn
    godkjent godt gong grei greie greitt gång gæli hadet halver heile heim heime heisann held
    heller hen henger hjelp hjelpe hjelpen hjemmehjelp hjemmehjelpen hjemmetjenesten hva hvem
    hver hvilke hvilken hvilket hvor hvordan hvorfor hæ høre hørt hørte høyere høyrde i-dag ikke
    ingen ingenting inn istann japp javisst kassen klarer klart klikk klokka klokken kor korleis
    koss kostar koste koster kroner kutt kvart kvelden kveldsmat lag lage lang langsommere langt
    leg lege les lese lever levering leveringen levert liker likeså likt lille liten lov lyst
    lørdager mat maten mellom mener menneske mennesker mente mest middag midt midten midterste
    mindre minst minste morgon mulig mye måned natt nei nest nettopp nevner nevnte nr nummer ny
    nytt nærmest ombestemt ombestemte opp oppsummer over passer perfekt person personen pleie
    pleier pluss plutselig pris prisen priser produkt puste reduser regning rekker rett riktig
    rimeligste ring ringe ringer robot rolig roligere rolle rætt sa sakte saktere sama same
    samme sammen se seie seier senere si siden sier sist siste sjekk skift skjønner slett
    slutten små snak snakk snakke snakker snakket snart spurte spør start starte stedet steg
    stemmer stop stopp stor store stryk stå står størst største sum summen takker takkk tebake
    tid tiden tilbake tilbud time tom totalen totalsum totalt tredje tydelig tydeligere tøm
    tømme undo ut uten utenfor vanli vanlie vanlig vanlige vanligste vannlig vannlige vanskelig
    vare varen varene varer veiledning vekk velg velge velger vent venter vere vis vite yes
    åpent år øk øke
    """
)

#: What comes between an amount and a product.
UNITS = frozenset(MEASURES) | frozenset(PACKS)


@dataclass(frozen=True, slots=True)
class Piece:
    """`count` words of a sentence that count as one, known to the classifier as `form`."""

    form: str
    count: int


def word_classes(words: Sequence[str], vocabulary: Vocabulary) -> list[Piece]:
    """The sentence as the intent classifier sees it.

    Args:
        words: folded words, dialect function words already in bokmål.
        vocabulary: what the shop has words for.

    Returns:
        pieces that cover all words, in order; neighbouring product words are one piece.
    """
    pieces: list[Piece] = []
    at = 0
    while at < len(words):
        piece = _piece(words[at:], vocabulary)
        if piece.form == PRODUCT and pieces and pieces[-1].form == PRODUCT:
            pieces[-1] = Piece(PRODUCT, pieces[-1].count + piece.count)
        else:
            pieces.append(piece)
        at += piece.count
    return pieces


def _piece(words: Sequence[str], vocabulary: Vocabulary) -> Piece:
    word = words[0]
    number = None if _is_article(words, vocabulary) else read_number(words)
    if number is not None:
        value, count = number
        return Piece(NUMBER if value else ZERO, count)
    if word in UNITS:
        return Piece(UNIT, 1)
    return Piece(PRODUCT if _is_product(word, vocabulary) else word, 1)


def _is_product(word: str, vocabulary: Vocabulary) -> bool:
    return len(word) > 1 and word not in ACT_WORDS and vocabulary.knows(word)


def _is_article(words: Sequence[str], vocabulary: Vocabulary) -> bool:
    """Whether the first word only looks like a number: "et menneske", "tusen takk"."""
    if words[0] not in ARTICLES or len(words) == 1:
        return False
    follower = words[1]
    return follower in ACT_WORDS or not (follower in UNITS or _is_product(follower, vocabulary))
