"""Norwegian text as tokens with places in the original, and dialect function words made alike.

Only function words (pronouns, auxiliaries, negation, question words) are mapped to bokmål: content
words stay as they were said, because the matcher knows far better than a table what `mjelk` is.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum

from bot.ordering.numbers import NUMBER_WORDS, read_number

__all__ = ["Kind", "Token", "fold", "plain", "read_number", "tokenise"]


class Kind(Enum):
    """What a token is made of."""

    WORD = "word"
    NUMBER = "number"
    COMMA = "comma"
    STOP = "stop"
    DASH = "dash"
    AND = "and"


@dataclass(frozen=True, slots=True)
class Token:
    """One token of an utterance.

    Attributes:
        text: as written.
        said: lower case, composed letters, no stray accents: what a product index should see.
        plain: `said` with dialect function words in bokmål: what phrase tables should see.
        start, end: character places in the utterance.
        kind: word, number or a mark that matters.
    """

    text: str
    said: str
    plain: str
    start: int
    end: int
    kind: Kind


# Digits with a unit or "x" glued on ("400g", "2x", "x2") fall apart into two tokens; "1,5", "1.5",
# "1/2" and "½" stay whole. A word may hold hyphens and apostrophes ("do-rull", "l'oréal").
_TOKEN = re.compile(
    r"""
    (?P<fraction>\d{1,4}\s?/\s?\d{1,4}|[½¼¾])
  | (?P<more>\d{10,}|\d+[eE]\d+)
  | (?P<listed>(?:(?<=\n)|^)[ \t]*\d{1,2}[.)](?=[ \t]))
  | (?P<number>\d{1,9}(?:[.,]\d{1,3})?)
  | (?P<abbreviation>\b(?:stk|ca|pk|pkt|gr|nr|kg|ltr|evt)\.(?!\w))
  | (?P<times>[xX×](?=\s?\d)|(?<=\d)[xX×](?=[^\W\d_]{3}))
  | (?P<word>[^\W\d_]+(?:['’´`\-–][^\W\d_]+)*)
  | (?P<percent>%)
  | (?P<and>[&+])
  | (?P<comma>[,;:/()\[\]|])
  | (?P<stop>[.!?…\n\r•*]+)
  | (?P<dash>[-–—]+)
    """,
    re.VERBOSE | re.IGNORECASE,
)

# Dialect and nynorsk -> bokmål, function words only.
_PLAIN: dict[str, str] = {}
for _row in """
jeg: eg æg æ æi ej jæ je jei æe
meg: mæ mei mej mæg me'
deg: dæ dei' dej dæg
ikke: ikkje itj itte ikkj ikkji ikkja ikke' innkje inkje ittj itjj ikje ike
skal: ska sjkal skall
skulle: sku skull sko skulde
trenger: treng trenge trængg træng trænger trænge trengje trengjer treng'
vil: vill veil ve'
har: he hev
ha: hå have
hva: ka kva hå' ke ke' hæ' kå
hvor: kor korr hår
hvilke: kva'for kossen
hvordan: korleis koss kordan kordann korsn åssen hossen høssen kossdan
noe: noko nåkka nokka nåke nåkke nåe nåko nokko nokke nåkkå
noen: någe nånn nånne någen nokre nokon nåen nån nåkken nåkkån nokken nokken' nåkre nåkker
også: òg åsså ogso ogsåg
mer: meir meire mær meer
mye: møje mje møye mykje møkje mykkje myttji my
litt: litte lite litegrann littegrann littegranne lit
nå: no nu
den: denn
dem: dei demm
de: di'
til: tel tell
fra: frå
er: e æ'
hjem: heim hem
hjemme: heime
bort: burt bårt
vekk: vækk vekke
legg: lægg legge leggj leggje
ønsker: ynskjer ynskje ønskjer ynskjar
sett: set sætt sette
ta: tek tæk ta'
gi: gje gjev gi'
bytt: byt bytte bytta byte
kan: kain
kunne: ku kunn kunna kune
ville: villa
måtte: måttå
bare: berre bærre berra bærr
enn: ænn
men: mæn
eller: elle hell' elder
nei: ne nai næi næ nai neei neii nææ
ja: jaa jaha jæ'
takk: tækk tak takker
heter: heiter heite hete
hatt: hadd hava havt hatte
holder: hold held hælder
mener: mein meiner meinar mæner
glemt: glæmt gløymt glømt
liten: litn
bestillingen: tinginga tingingen tinginja
hele: heile heila heilt'
bestille: tinge tinga tingje tinger
vært: vore vorre vøre våre'
kommer: kjem kjæm kjemme kommar kjæmm
god: go
kjøp: kjøpe kjøpa kjøb
siden: sia
stedet: staden steden stede stad
mente: meinte mænte
vær: ver væ
snill: snild
så: så'
da: då dao
ett: eitt itt
hun: ho hu
vi: me vi' mi'
dere: dokker dåkker dokke dere' dykk dåkke dokk de'
en: ein enn'
ei: ei'
tror: trur
koster: kostar koste
var: va vart
heller: hæller hellar
skriv: skrive skriver skreiv
sett: sette setter
bestill: bestille bestiller
noter: notere noterer
fjern: fjerne fjerner fjærn fjerna
stryk: stryke stryker
slett: slette sletter
dropp: droppe dropper
endre: endrer endra
erstatt: erstatte erstatter
vanlige: vanlege vanlige
vanlig: vanleg
egentlig: eigentleg egentli
kanskje: kanskj kansje kansjje
veldig: veldi
glem: gløym glemm gløm
glemte: gløymde glømte
slutt: slutte'
alt: alltt
det: d de' dæ' dett
tilbake: tebake attende tebakers tebaks tilbakers
hvem: kem kven hvæm kæm
hvorfor: kvifor koffør koffor åffer åffår
også: au åg
dem: dæm døm dømm
så: so
prøv: prøve'
gjerne: gerne gjenne gjærne gjedne jønne jenne
i: ti'
""".strip().splitlines():
    _to, _from = _row.split(":")
    for _word in _from.split():
        _PLAIN.setdefault(_word, _to.strip())
# Words of the table that are better left alone because they are also wares or bokmål words with
# another sense that the phrase tables know in their own right.
for _word in ("hæ'", "hå", "æ'", "slutte"):
    _PLAIN.pop(_word, None)

_KEEP_ACCENT = {"å", "æ", "ø", "ä", "ö"}
_SWEDISH = str.maketrans("äö", "æø")


def fold(word: str) -> str:
    """Lower case, composed, accents dropped from vowels (`én` -> `en`), å/æ/ø kept, ä/ö -> æ/ø."""
    word = unicodedata.normalize("NFC", word).lower()
    if word.isascii():
        return word
    out = []
    for letter in word:
        if letter in _KEEP_ACCENT or letter.isascii():
            out.append(letter)
            continue
        base = unicodedata.normalize("NFD", letter)[0]
        out.append(base if base.isalpha() else letter)
    return "".join(out).translate(_SWEDISH)


def plain(word: str) -> str:
    """The bokmål form of a dialect function word, or the folded word itself."""
    folded = fold(word).replace("’", "'")
    return _PLAIN.get(folded, folded)


def tokenise(text: str) -> list[Token]:
    """Split an utterance; every letter and digit of it ends in exactly one token.

    Hyphenated number words ("tre-fire") fall apart, so that they can be read as a range; a line
    break is a STOP. Characters that carry no words (emoji, quotes, brackets) give no token.
    """
    tokens: list[Token] = []
    text = _WITH.sub(r"\1 ", _listed_lines(text))
    for match in _TOKEN.finditer(text):
        kind, raw, start = match.lastgroup, match.group(), match.start()
        if kind in ("fraction", "number"):
            tokens.append(_token(raw, start, Kind.NUMBER))
        elif kind == "abbreviation":
            said = fold(raw.rstrip("."))
            tokens.append(Token(raw, said, plain(said), start, match.end(), Kind.WORD))
        elif kind in ("times", "percent", "more"):
            tokens.append(_token(raw, start, Kind.WORD))
        elif kind == "and":
            tokens.append(Token(raw, raw, "og", start, match.end(), Kind.AND))
        elif kind == "comma":
            tokens.append(_token(raw, start, Kind.COMMA))
        elif kind in ("stop", "listed"):
            tokens.append(_token(raw, start, Kind.STOP))
        elif kind == "dash":
            tokens.append(_token(raw, start, Kind.DASH))
        else:
            tokens.extend(_word_tokens(raw, start))
    return tokens


_WITH = re.compile(r"\b([muMU])/")  # "m/ bær"
_NUMBERED = re.compile(r"^\s*1[.)] .*?(?<=\s)2[.)] ", re.DOTALL)
_ITEM = re.compile(r"(?<=\S) (?=\d{1,2}[.)] )")


def _listed_lines(text: str) -> str:
    """ "1. melk 2. brød" as two lines, as long as before: the numbers count the lines."""
    return _ITEM.sub("\n", text) if _NUMBERED.match(text) else text


def _token(raw: str, start: int, kind: Kind) -> Token:
    said = fold(raw)
    return Token(raw, said, _PLAIN.get(said, said), start, start + len(raw), kind)


def _word_tokens(raw: str, start: int) -> list[Token]:
    parts = re.split(r"([-–])", raw)
    if len(parts) == 3 and all(fold(part) in NUMBER_WORDS for part in parts[::2]):
        tokens, place = [], start
        for part in parts:
            kind = Kind.DASH if part in "-–" else Kind.WORD
            tokens.append(_token(part, place, kind))
            place += len(part)
        return tokens
    return [_token(raw, start, Kind.WORD)]
