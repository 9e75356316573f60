"""A product phrase, or a product's name, as words and sizes that can be compared."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from bot.ordering.lemmas import word_set
from bot.ordering.numbers import read_number
from bot.ordering.sizes import UNITS

#: A size as a comparable fact: base unit ("l", "kg", "stk") and amount in it.
SizeFact = tuple[str, Decimal]

_CAMEL = re.compile(r"(?<=[a-zæøå]{2})(?=[A-ZÆØÅ][a-zæøå])")
_QUIET = re.compile(r"['’´`®™]")
_TOKEN = re.compile(r"\d+(?:[.,]\d+)?|[^\W\d_]+|%|½")
_MULTIPLY = re.compile(r"(?<=\d)\s*[x×*]\s*(?=\d)", re.IGNORECASE)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")

#: Units that are left out of sizes in a phrase, because they are wares or names at least as often.
_NOT_UNITS = frozenset(("egg", "vask", "blad", "par", "poser", "pose", "bleier", "pack", "ark"))
_SIZE_WORDS: dict[str, SizeFact] = {
    "halvliter": ("l", Decimal("0.5")),
    "halvliters": ("l", Decimal("0.5")),
    "halvlitern": ("l", Decimal("0.5")),
    "halvliteren": ("l", Decimal("0.5")),
    "literen": ("l", Decimal(1)),
    "liters": ("l", Decimal(1)),
    "halvkilo": ("kg", Decimal("0.5")),
    "halvkilos": ("kg", Decimal("0.5")),
    "kilos": ("kg", Decimal(1)),
    "kiloen": ("kg", Decimal(1)),
    "sekspakning": ("stk", Decimal(6)),
    "sekspakk": ("stk", Decimal(6)),
    "sixpack": ("stk", Decimal(6)),
    "firepakning": ("stk", Decimal(4)),
    "tolvpakning": ("stk", Decimal(12)),
    "dusin": ("stk", Decimal(12)),
    "tolvpk": ("stk", Decimal(12)),
}
#: Measures that mean one when no number stands before them.
_ONE_OF: dict[str, SizeFact] = {"kilo": ("kg", Decimal(1)), "liter": ("l", Decimal(1))}
#: Packs by their number: "en sekser".
_BY_NUMBER = {
    "sekser": 6, "sekseren": 6, "seksern": 6, "sekspakken": 6, "tolver": 12, "tolveren": 12,
}  # fmt: skip
_CLOSED = re.compile(
    r"(?P<number>\w{2,}?)(?P<unit>liter|kilo|gram|desi)(?:s|en|ern)?"
    r"(?:flaske|flaska|flasken|kartong|kartongen|pakke|pakka|pakken|pakning|pose|posa|posen"
    r"|stykke|boks|beger|glass)?"
)
_PARTS = {"halv": Decimal("0.5"), "kvart": Decimal("0.25"), "kvarts": Decimal("0.25")}
_PERCENT = frozenset(("%", "prosent", "prosents", "prosentig"))

#: "uten salt" and "usaltet" are one thing; both are written the second way.
_WITHOUT: dict[str, str] = {
    "salt": "usaltet",
    "sukker": "sukkerfri",
    "laktose": "laktosefri",
    "gluten": "glutenfri",
    "koffein": "koffeinfri",
    "alkohol": "alkoholfri",
    "melk": "melkefri",
    "parfyme": "uparfymert",
    "stein": "steinfri",
    "sten": "steinfri",
    "steiner": "steinfri",
    "skinn": "skinnfri",
    "bein": "beinfri",
    "ben": "beinfri",
    "skall": "skallfri",
    "fett": "fettfri",
    "nøtter": "nøttefri",
}
_NUMBERED = frozenset(("størrelse", "storleik", "str", "nr", "nummer"))
_WITHOUT_WORDS = frozenset(("uten", "u", "utan", "uta"))
_SAME = {
    "parfymefri": "uparfymert",
    "parfymefritt": "uparfymert",
    "utan": "uten",
    "usøtet": "sukkerfri",
    "usøta": "sukkerfri",
    "usukret": "sukkerfri",
    "benfri": "beinfri",
    "saltfri": "usaltet",
    "saltfritt": "usaltet",
}
_AND = frozenset(("og", "eller", "å"))

#: Words without a demand of their own: they may explain a word of a product, nobody misses them.
SOFT = word_set(
    """
    frå ifra ifrå åt utav tå sine sitt si me mæ nummer str størrelse storleik
    i med m uten u av på til fra for ved à a og & eller som er en et ei ein eit ett én den det
    de dei noe noen nokre noko litt granne sånn sånt sånne slik slikt type typen slags
    sort merke merket vanlig vanlige ordinær ordinære vanleg vanlege alminnelig helt bare
    bla berre kun helst gjerne min mitt mi mine vår vårt våre sin der her ja takk vær så snill kan
    fl bx ps krt kart gl bg pos
    glas posa poso boksa eska flasko kartonga ho han dei denne desse
    få jeg vil ha skal trenger kjøp kjøpe legg gi meg god gode godt fin ny nye pakke pakker
    pakken pakka pakk pk pakning boks bokser boksen pose poser posen kartong kartonger
    kartongen flaske flasker flaska flasken beger begeret brett brettet glass glasset tube
    tuber tuben rull ruller bunt bunter klase eske esker plate plata platen stk stykk stykker stykke
    liter kilo
    ikke ikkje være vere
    gram hekto desiliter l kg g cl dl ml the ca cirka nr også mer til ekte helst sånne
    """
)


#: Packs that come in sizes of their own: a "boks" of cola is a small one.
PACK_WORDS = word_set(
    "boks boksen bokser boksar flaske flaska flasken flasker kartong kartonger beger"
)
#: Sizes that are only big or small beside another.
BIG = word_set(
    """
    stor store stort storpakning største størst svær svære diger
    """
)
SMALL = word_set(
    """
    liten lille lita små smått minste minst
    """
)


@dataclass(frozen=True, slots=True)
class Words:
    """What a text says.

    Attributes:
        tokens: words in lower case; "1 %" is one token "1%"; sizes are taken out.
        sizes: every size that was said, as facts.
        numbers: bare numbers that also stand in `tokens` ("cola 1,75" may be litres).
    """

    tokens: tuple[str, ...]
    sizes: frozenset[SizeFact]


def split_name(text: str) -> str:
    """Takes brands apart that are glued to the ware ("TineMelk" -> "Tine Melk")."""
    return _CAMEL.sub(" ", text)


@lru_cache(maxsize=8192)
def read_words(text: str) -> Words:
    """Reads words and sizes from a phrase or a name; never fails, whatever the text."""
    raw = _TOKEN.findall(_MULTIPLY.sub(" x ", _QUIET.sub("", text)).casefold())
    tokens: list[str] = []
    sizes: set[SizeFact] = set()
    at = 0
    while at < len(raw):
        word = raw[at]
        after = raw[at + 1] if at + 1 < len(raw) else ""
        size = _SIZE_WORDS.get(word) or _pack_of(word) or _closed_size(word)
        if size is not None:
            sizes.add(size)
        elif (found := _sized(raw, at)) is not None:
            fact, used = found
            if isinstance(fact, str):
                tokens.append(fact)
            else:
                sizes.add(fact)
            at += used
            continue
        elif word in _ONE_OF and len(raw) > 1:
            sizes.add(_ONE_OF[word])  # "makaroni kilo"
        elif word in ("watt", "watts"):
            tokens.append("w")
        elif word in _NUMBERED and (number := read_number(raw[at + 1 : at + 4])) is not None:
            # "størrelse fem", "nummer tretten": the figure is part of the name.
            tokens += (word, f"{_plain(number[0])}")
            at += 1 + number[1]
            continue
        elif word in _WITHOUT_WORDS and after in _WITHOUT:
            tokens.append(_WITHOUT[after])
            at += 2
            while (
                raw[at : at + 1]
                and raw[at] in _AND
                and raw[at + 1 : at + 2]
                and (raw[at + 1] in _WITHOUT)
            ):
                tokens.append(_WITHOUT[raw[at + 1]])  # "uten skinn og bein"
                at += 2
            continue
        elif word in ("u", "uten") and after == "tilsatt" and "sukker" in raw[at + 2 : at + 3]:
            tokens.append("sukkerfri")
            at += 3
            continue
        else:
            word = "liten" if word == "lite" and after in PACK_WORDS else _SAME.get(word, word)
            tokens.append(word.replace(".", ",") if word[0].isdigit() else word)
        at += 1
    return Words(tuple(tokens), frozenset(sizes))


def _pack_of(word: str) -> SizeFact | None:
    """ "trettipakning": a pack of thirty."""
    for end in ("brettet", "brett", "pakningen", "pakning", "pakka", "pakke", "pakk", "pack", "pk"):
        if word.endswith(end) and len(word) > len(end) + 1:
            number = read_number([word[: -len(end)]])
            if number is not None and number[0] > 1:
                return ("stk", _plain(number[0]))
    return None


def is_size(word: str) -> bool:
    """Whether one word says a size: "halvliter", "toliter"."""
    return word in _SIZE_WORDS or _closed_size(word) is not None


def _closed_size(word: str) -> SizeFact | None:
    """ "en toliter", "halvannenlitersflaske", "en sekser": a size that is one word."""
    if word in _BY_NUMBER:
        return ("stk", Decimal(_BY_NUMBER[word]))
    found = _CLOSED.fullmatch(word)
    if found is None:
        return None
    number = found["number"]
    value = _PARTS.get(number)
    if value is None:
        read = read_number([number])
        if read is None or read[0] <= 0:
            return None
        value = read[0]
    base, factor = UNITS["dl" if found["unit"] == "desi" else found["unit"]]
    return (base, _plain(value * factor))


def _sized(raw: list[str], at: int) -> tuple[SizeFact | str, int] | None:
    """A number with its unit at `at` ("1,5 l", "en halv liter", "1 %") and how many words it is."""
    word = raw[at]
    if _NUMBER.fullmatch(word):
        value, used = Decimal(word.replace(",", ".")), 1
    else:
        number = read_number(raw[at : at + 6])
        if number is None:
            return None
        value, used = number
    unit = raw[at + used] if at + used < len(raw) else ""
    if unit == "x" and _NUMBER.fullmatch(raw[at]):
        return ("stk", value), used + 1
    if unit in _PERCENT:
        return f"{_plain(value)}%".replace(".", ","), used + 1
    if unit in ("mg", "milligram"):
        return f"{_plain(value)}mg", used + 1
    if unit in ("watt", "watts", "volt") and value == value.to_integral_value():
        return f"{_plain(value)}", used
    if unit in _SIZE_WORDS and not unit.startswith("halv") and value > 0:
        base, factor = _SIZE_WORDS[unit]
        return (base, _plain(value * factor)), used + 1
    if unit in UNITS and unit not in _NOT_UNITS and value > 0:
        base, factor = UNITS[unit]
        return (base, _plain(value * factor)), used + 1
    return None


def _plain(value: Decimal) -> Decimal:
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def number_facts(token: str) -> tuple[SizeFact, ...]:
    """The sizes that a bare number may mean: "1,75" litres or kilos, "400" grams, "6" pieces."""
    if not _NUMBER.fullmatch(token):
        return ()
    value = Decimal(token.replace(",", "."))
    if value <= 0:
        return ()
    value = _plain(value)
    facts: list[SizeFact] = [("l", value), ("kg", value), ("stk", value)]
    if value >= 10:
        facts += [("kg", _plain(value / 1000)), ("l", _plain(value / 1000))]
    if value < 10:
        facts.append(("l", _plain(value / 10)))
    return tuple(facts)
