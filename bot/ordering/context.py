"""What an act means where the talk is: small readings that need no state of their own."""

import re
from dataclasses import replace

from bot.ordering.fillers import FILLERS
from bot.ordering.lemmas import word_set
from bot.ordering.norwegian import plain
from bot.ordering.numbers import read_number_word
from bot.ordering.request import Request
from bot.ordering.units import MEASURES, PACKS

#: Stands for a word that was not heard while a sentence is read; no shop has it.
GAP = "qxqxqx"

#: Acts that are about no product. When a product is named all the same, and the words are no known
#: phrase, the classifier was wrong: "ja, og to melk" is an order, not a yes.
WITHOUT_PRODUCT = frozenset(
    ("greet", "thanks", "basket", "cancel", "undo", "repeat", "slower", "help", "done", "affirm",
     "deny")
)  # fmt: skip
_REFUSING = frozenset(("nei", "næi", "ikke", "ikkje", "itj", "feil", "galt", "gærent"))
_SENDING = frozenset(("send", "sende", "bestill", "bestille", "bekreft"))
#: Words with which somebody asks for help and not for groceries.
_URGENT = (
    r"\b(?:har|hev|jeg|eg|æ|nettopp|og) (?:falt|falle|falt|fallen|ramla|ramlet|dette|dotti)\b",
    r"\b(?:får|fæ|greier|klarer)[\w ]* ikk\w* (?:å )?puste?\b|\bpustebesvær\b|\bpustevansker\b",
    r"\b(?:vondt|vont|ondt|smerter?|trykk|press|klemmer|stikker|svir)\b[\w ]* (?:bryst|hjert)",
    r"\bbrystsmerter?\b|\bhjerneslag\b|\bhjerteinfarkt\b|\bhjerteattakk\b|\bfått slag\b",
    r"\bblør\b|\bblør\w*\b|\bambulanse\w*\b|^\W*113\W*$|\bring 113\b|\bnødhjelp\b|\bakutt\b",
    r"\b(?:vil|ønsker|skulle ønske|har lyst til)\b[\w ,]* (?:dø|døy|ta livet)\b",
    r"\bta (?:mitt eget liv|livet (?:mitt|av))\b",
    r"\b(?:lei|trøtt|trett) av (?:å leve|livet)\b|\b(?:ingenting|ikke noe) å leve for\b",
    r"\b(?:vil|orker|ork|gidder|ønsker)\b[\w ]*\b(?:ikk\w*|itj|itte)\b[\w ]*\bleve?\b",
    r"\b(?:for mange|for mye|feil)\b[\w ]*\b(?:tablett\w*|pille\w*|medisin\w*)\b",
    r"\bslått hodet\b|\bdet (?:brenner|tar fyr)\b|\b(?:e|æ|eg|jeg|je|i) (?:ramla|datt|dætt)\b",
    r"\bbesvim\w*\b|\bsvimer av\b|\bligger på gulvet\b|\bkommer meg ikke opp\b|\bforgifta\b",
)
_ABUSE = word_set(
    """
    jævla jævlig jævel faen fæn fader fanden helvete helvetes satan satans idiot idioter dust
    dustete drittsekk kjeft kjeften tulling teit dritt drit drite forbanna forbannet fordømte
    fitte fitta hore hora kuk kukk pikk rasshøl ræv ræva pisspreik tosk tosken
    """
)


def words_of(text: str) -> set[str]:
    """The words of a text in lower case."""
    return set(re.findall(r"\w+", text.casefold()))


def after_read_back(act: str, text: str) -> str:
    """What an act means right after "skal jeg bestille dette?".

    "Nei, det var feil" refuses there and takes nothing back; "send den" is a yes.
    """
    words = words_of(text)
    if act == "undo" and words & _REFUSING:
        return "deny"
    if act == "done" and words & _SENDING and not words & _REFUSING:
        return "affirm"
    return act


_TAKING = word_set(
    """
    ja jo jau jepp den det de dem ta tar tek jeg vi vil ville skal ha gjerne takk kan du legge legg
    til i stedet istedet isteden istedenfor kurven fint greit ok okei bra også da får bli blir
    hatt kjøper kjøpe bestill så denne
    dette sånn der prøver prøve
    """
)
_TAKES = frozenset({"ta", "tar", "den", "det", "ha", "kjøper", "legg", "denne", "de", "prøver"})


#: Words that tell one thing from another, and name no ware when they stand alone.
_POINTING = word_set(
    """
    første fyrste andre annen annet tredje siste nest øverste nederste midterste vanlige vanlig
    vanlege store stor største lille liten små minste billig billige billigste billigere dyr dyre
    dyreste dyrt rimelig rimelige rimeligste samme sånn sånne slik slike nye ny gamle gammel
    mindre større bedre beste
    """
)


def points_only(phrase: str) -> bool:
    """Whether a phrase only points ("første", "mindre pakke") and no ware can be found by it."""
    words = [plain(word) for word in phrase.split()]
    pointing = [word for word in words if word in _POINTING]
    return bool(pointing) and all(word in _POINTING or word in PACKS for word in words)


def takes_it(text: str) -> bool:
    """Whether somebody takes what was just spoken of: "ja, den tar jeg", "ta den"."""
    words = [plain(word) for word in re.findall(r"\w+", text)]
    return bool(words) and set(words) <= _TAKING and bool(set(words) & _TAKES)


#: Acts that change nothing, or only lead to a question.
HARMLESS = frozenset(
    ("greet", "thanks", "basket", "price", "repeat", "slower", "help", "person", "cancel",
     "delivery", "done", "deny")
)  # fmt: skip


def only_amount(request: Request) -> bool:
    """Whether nothing but how much was said: "to pakker"."""
    if len(request.lines) != 1 or request.unaccounted:
        return False
    line = request.lines[0]
    return not line.phrase and not line.instead_of and line.amount is not None


def says_only_amount(text: str) -> bool:
    """Whether every word counts or is small talk: "en til", not "syng en sang for meg"."""
    words = [plain(word) for word in re.findall(r"\w+", text)]
    return bool(words) and all(
        word in FILLERS
        or word in PACKS
        or word in MEASURES
        or word in ("hver", "hvert", "kvar")
        or word.isdigit()
        or read_number_word(word) is not None
        for word in words
    )


def without_gaps(request: Request) -> Request:
    """The request without what belonged to words that were not heard, their amounts included."""
    lines = []
    for line in request.lines:
        phrase = _gapless(line.phrase)
        old = None if line.instead_of is None else _gapless(line.instead_of)
        if (phrase or not line.phrase) and (old or not line.instead_of):
            lines.append(replace(line, phrase=phrase, instead_of=old))
    unaccounted = tuple(each for each in request.unaccounted if _gapless(each[2]))
    return replace(request, lines=tuple(lines), unaccounted=unaccounted)


def _gapless(phrase: str) -> str:
    return " ".join(word for word in phrase.split() if word != GAP)


def is_urgent(text: str) -> bool:
    """Whether somebody asks for help with more than groceries ("jeg har falt")."""
    said = text.casefold()
    return any(re.search(pattern, said) for pattern in _URGENT)


def is_abusive(text: str) -> bool:
    """Whether somebody swears at us; their words are never said back."""
    return bool(words_of(text) & _ABUSE)


def objects(text: str) -> bool:
    """Whether a no says that something is wrong, not that nothing more is wanted."""
    words = words_of(text)
    wrong = words & {"feil", "galt", "gæli", "gærent"}
    denied = words & {"stemmer", "riktig", "rett"} and words & {"ikke", "ikkje", "itj", "itte"}
    return bool(wrong or denied)


def is_most_of(phrase: str, text: str) -> bool:
    """Whether `phrase` is all that was said, fillers aside: then it can only be a wish."""
    said = [plain(word) for word in re.findall(r"\w+", text)]
    named = {plain(word) for word in re.findall(r"\w+", phrase)}
    return len(named) <= 3 and all(word in named or word in FILLERS for word in said)
