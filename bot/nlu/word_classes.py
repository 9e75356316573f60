"""Replaces products, numbers and units by the name of their class; pure.

"to liter lettmelk takk" and "fem pakker kaffe takk" become the same sentence, so that what is
learned about acts holds for every catalogue.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.ordering.numbers import read_number
from bot.ordering.vocabulary import Vocabulary

PRODUCT = "__vare__"
NUMBER = "__antall__"
UNIT = "__enhet__"
NO_WORDS = "__ingen__"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Words that carry an act, or hold a sentence together. They also stand in names of products ("God
#: Morgen", "lørdagsgodt", "uten tilsatt sukker", "Ja!"), but here they must stay what they are.
ACT_WORDS = _words(
    """
    aldri all alle allikevel alt alternativ alternativer altså andre angra angrar angre angrer
    annen annenhver annet antall antallet av avbestill avbryt avslutt bare begge begynn begynne
    begynnelsen beklager bekreft best beste bestill bestille bestiller bestilling bestillinga
    bestillingen bestillingsliste bestilt betale betjening betjeningen billig billige billigere
    billigst billigste ble blir bort bra bruk bruker bytt bytte byttet både da dag dagen de deg
    den denne der dere deres det dette din ditt dobbel dobbelt doble dokker dropp droppe du dyr
    dyre dyrest dyreste dyrt dårlig egentlig eller ellers en enda endra endre enig enn ennå er
    erstatt et etter ettermiddag ettermiddagen faen fant fast faste feil ferdig ferdige fin fine
    fint fjern fjerne flere flink flott folk for forandre forfra forklar formiddag formiddagen
    forresten forrige forstod forstår fort fra frakt fredag fredager frem frokost fullfør fysste
    få får færre først første føste gang ganger gi gir gjenta gjerne gjorde gjør gjøre glad glem
    glemte god godkjenn godkjent godt greie greit gå går ha hadde hadet hallo halver han handle
    handlekurv handlekurva handlekurven handlelista handleliste handlelisten hans har hatt hei
    heim heime heisann hele helg helgen heller helst helt hen henger her hjelp hjelpe hjelpen
    hjem hjemme hjemmehjelp hjemmehjelpen hjemmetjenesten hos hun hva hvem hver hvilke hvilken
    hvilket hvis hvor hvordan hvorfor hæ hører hørte høyere i i-dag idag igjen ikke ingen
    ingenting inn ja jada javel javisst jeg jepp jo kan kanskje kassen klart klikk klokka
    klokken komme kommer kor korga korleis koss kostar koste koster kun kunne kurv kurva kurven
    kvart kveld kvelden kveldsmat la lag langsommere legg legge les lese lever levere leverer
    levering levert liker likeså likevel likt lille lista liste listen liten litt lov lørdag
    lørdager mandag mange med meg men mener menneske mente mer mest mi middag midt midten
    midterste min mindre mine minst minste mitt morgen morn morna mulig mye må måned natt nei
    nest nettopp nevnte noe noen nok nummer ny nytt nå når nærmest og også ok okei om ombestemt
    ombestemte onsdag opp oppsummer oss over passer person personen pleier pluss plutselig pris
    prisen priser produkt på reduser regning riktig rimeligste ring ringe robot rolig roligere
    sa sakte saktere samme sammen se selv selvsagt send sende senere sett si siden sier sist
    siste sjekk skal skift skjønner skulle slett slik slutt slutten små snakk snakke snakker
    snart snill som spurte spør start starte stedet steg stemmer stopp stor store stryk stå står
    størst største sum summen så sånn søndag ta takk takker tar tid tiden til tilbake tilbud
    time tirsdag torsdag totalsum totalt tredje trenger trengs tusen tydelig tydeligere tøm
    tømme uka uke ukens undo unnskyld ut uten vanlig vanlige vanligste vanskelig var vare varen
    varene varer veiledning vekk veldig velg velge velger vent vi vil vis vær være vært åpent år
    øk øke ønsker
    """
)

#: What comes between an amount and a product.
UNITS = _words(
    """
    beger begerene begeret begre boks boksa boksen bokser brett bretter brettet bunt bunten
    bunter bøtte cl desi desiliter dl dusin eske esken esker flaska flaske flasken flasker g
    glass glasset gr gram hekto hg hg. kartong kartongen kartonger kasse kassen kasser kg kilo
    kiloen klase klasen klaser krukke krukker l lit liter litere literen ltr nett nettet pakk
    pakka pakke pakken pakker pakning pakninger pk porsjon porsjoner posa pose posen poser rull
    rullen ruller sekk sekker sekspakk sekspakning sixpack skive skiver snes spann stk stykk
    stykke stykker stykket tube tuben tuber
    """
)


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
    number = read_number(words)
    if number is not None:
        return Piece(NUMBER, number[1])
    word = words[0]
    if word in UNITS:
        return Piece(UNIT, 1)
    if word in ACT_WORDS or len(word) < 2:
        return Piece(word, 1)
    return Piece(PRODUCT if vocabulary.knows(word) else word, 1)
