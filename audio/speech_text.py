"""Written Norwegian made ready to be read aloud: every figure, unit and abbreviation as words.

espeak-ng reads "2 l" as "to ell", spells "stk" and takes a phone number for thousands. `spoken`
turns all of that into words, so that any synthesizer says it right, and so that the written and
the spoken form can be compared by a test. How a word is pronounced is not decided here: see
`audio.pronunciation`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from decimal import Decimal

from audio.number_words import LARGEST, cardinal, decimal, digits, ordinal

# Unit as written -> one, several, neuter.
_UNITS: dict[str, tuple[str, str, bool]] = {
    "l": ("liter", "liter", False),
    "ltr": ("liter", "liter", False),
    "dl": ("desiliter", "desiliter", False),
    "cl": ("centiliter", "centiliter", False),
    "ml": ("milliliter", "milliliter", False),
    "kg": ("kilo", "kilo", False),
    "hg": ("hekto", "hekto", False),
    "g": ("gram", "gram", True),
    "gr": ("gram", "gram", True),
    "mg": ("milligram", "milligram", True),
    "stk": ("stykke", "stykker", True),
    "pk": ("pakke", "pakker", False),
    "pkt": ("pakke", "pakker", False),
    "fl": ("flaske", "flasker", False),
    "bk": ("boks", "bokser", False),
    "bx": ("boks", "bokser", False),
    "ks": ("kasse", "kasser", False),
    "ps": ("pose", "poser", False),
    "rl": ("rull", "ruller", False),
    "m": ("meter", "meter", False),
    "cm": ("centimeter", "centimeter", False),
    "mm": ("millimeter", "millimeter", False),
    "km": ("kilometer", "kilometer", False),
    "w": ("watt", "watt", False),
    "mnd": ("måned", "måneder", False),
    "min": ("minutt", "minutter", True),
    "sek": ("sekund", "sekunder", True),
    "kcal": ("kilokalori", "kilokalorier", False),
    "°c": ("grad", "grader", False),
}
_PER = {"stk": "stykk", "kg": "kilo", "hg": "hekto", "g": "gram", "l": "liter", "dl": "desiliter"}
_PER |= {"m": "meter", "pk": "pakke", "ltr": "liter"}

_ABBREVIATIONS = {
    "bl.a.": "blant annet",
    "ca.": "cirka",
    "ca": "cirka",
    "dr.": "doktor",
    "dvs.": "det vil si",
    "ekskl.": "uten",
    "etc.": "og så videre",
    "evt.": "eventuelt",
    "f.eks.": "for eksempel",
    "gr.": "gram",
    "hhv.": "henholdsvis",
    "inkl.": "med",
    "jf.": "se",
    "kl.": "klokken",
    "kl": "klokken",
    "kr.": "kroner",
    "kr": "kroner",
    "m.m.": "med mer",
    "m/": "med ",
    "maks.": "maks",
    "mnd.": "måneder",
    "mr.": "mister",
    "nr.": "nummer",
    "nr": "nummer",
    "osv.": "og så videre",
    "pga.": "på grunn av",
    "pr.": "per",
    "pr": "per",
    "stk.": "stykk",
    "str.": "størrelse",
    "stk": "stykk",
    "pk": "pakke",
    "tlf.": "telefon",
    "tlf": "telefon",
    "u/": "uten ",
}
_DAYS = {"man": "mandag", "tir": "tirsdag", "ons": "onsdag", "tor": "torsdag", "fre": "fredag"}
_DAYS |= {"lør": "lørdag", "søn": "søndag"}
_MONTHS = (
    *("januar", "februar", "mars", "april", "mai", "juni"),
    *("juli", "august", "september", "oktober", "november", "desember"),
)
_MONTH = "|".join([*_MONTHS, *(month[:3] for month in _MONTHS)])
_NEUTER = re.compile(
    r"(?:brød|egg|eple|brett|beger|glass|nett|ark|stykke|kålhode|knippe|spann|løk(?=$)|smør|mel|"
    r"sjampo|salat(?=$)|bord|minutt|døgn|år|øre|tilbud|alternativ|menneske|svar|produkt)$",
    re.IGNORECASE,
)

_N = r"\d+(?:[.,]\d+)?"
_PRICE = r"(?:\d{1,3}(?:[ .]\d{3})+|\d+)(?:[.,]\d{1,2})?(?!\d)"
_UNIT = "|".join(sorted(_UNITS, key=len, reverse=True))
_LOWER = r"(?-i:[a-zæøå])"
_END = r"(?![\wæøå])"
_FIGURE_BEFORE = re.compile(rf"(?:\d|%|\d ?(?:{_UNIT})) $", re.IGNORECASE)
_START = r"(?<![\w,.])"
_FRACTIONS = {"½": "0,5", "¼": "0,25", "¾": "0,75"}
_WRITTEN_FRACTION = re.compile(r"(?<![\d/,.])(?:(1/2)|(1/4)|(3/4))(?![\d/,.])")


def spoken(text: str) -> str:
    """The text as words: no figure, unit sign or abbreviation is left.

    "19,90 kr" becomes "nitten kroner og nitti øre", "1,75 l" "én komma syttifem liter",
    "ring 22 33 44 55" "ring to to, tre tre, fire fire, fem fem". Saying it twice changes nothing.
    """
    text = _WRITTEN_FRACTION.sub(lambda match: "½¼¾"[(match.lastindex or 1) - 1], text)
    for sign, number in _FRACTIONS.items():
        text = re.sub(rf"(\d)\s*{sign}", rf"\g<1>{number[1:]}", text).replace(sign, number)
    text = unicodedata.normalize("NFKC", text)
    text = text.replace("\u2212", "-").replace("×", "x")
    text = re.sub(r"[^\S\n]+", " ", text)
    for pattern, say in _STEPS:
        text = pattern.sub(say, text)
    text = re.sub(r"[^\S\n]+", " ", text)
    return re.sub(r" ([,.!?;:])", r"\1", text).strip()


# Each step below finds one kind of thing and says it; a later step never sees its figures.


def _number(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))


def _amount(text: str, neuter: bool = False) -> str:
    """A number that says how much, with the halves that people say."""
    number = _number(text)
    if number == Decimal("0.5"):
        return "et halvt" if neuter else "en halv"
    if number == Decimal("1.5"):
        return "halvannet" if neuter else "halvannen"
    if number % 1 == Decimal("0.5") and number < 20:
        return f"{cardinal(int(number))} og en halv"
    return decimal(number, neuter)


def _year(text: str) -> str:
    century, rest = divmod(int(text), 100)
    if century == 20 and rest < 10:
        return cardinal(int(text))
    return f"{cardinal(century)} {cardinal(rest) if rest else 'hundre'}"


def _date(day: str, month: int, year: str | None) -> str:
    if not (1 <= int(day) <= 31 and 1 <= month <= 12):
        parts = [part for part in (day, str(month), year) if part]
        return " ".join(digits(part) for part in parts)
    said = f"{ordinal(int(day))} {_MONTHS[month - 1]}"
    return f"{said} {_year(year)}" if year else said


def _iso_date(match: re.Match[str]) -> str:
    return _date(match["day"], int(match["month"]), match["year"])


def _month_date(match: re.Match[str]) -> str:
    name = match["month"].lower()[:3]
    month = [month[:3] for month in _MONTHS].index(name) + 1
    return _date(match["day"], month, match["year"])


def _clock(hour: str, minute: str) -> str:
    if int(hour) > 24 or int(minute) > 59:
        return f"{digits(hour)} {digits(minute)}"
    if int(minute) == 0:
        return cardinal(int(hour))
    return f"{cardinal(int(hour))} {'null ' if int(minute) < 10 else ''}{cardinal(int(minute))}"


def _time(match: re.Match[str]) -> str:
    said = _clock(match["hour"], match["minute"])
    if match["until"]:
        said += f" til {_clock(match['until_hour'], match['until_minute'])}"
    before = match.string[: match.start()].rstrip()
    named = re.search(r"(?:\bkl\.?|\bklokken|\bklokka|\bog|\btil|\bmellom|-|–)$", before, re.I)
    return said if named else f"klokken {said}"


def _phone(match: re.Match[str]) -> str:
    number = re.sub(r"\D", "", match["number"])
    groups = re.findall(r"\d+", match["number"])
    if len(number) < 5:
        groups = [number]
    elif len(groups) == 1:
        groups = (
            [number[:3], number[3:5], number[5:]]
            if number[0] in "489"
            else [number[start : start + 2] for start in range(0, len(number), 2)]
        )
    said = ", ".join(digits(group) for group in groups if group)
    return f"pluss {digits(match['country'])}, {said}" if match["country"] else said


def _price(match: re.Match[str]) -> str:
    text = match["price"]
    whole, _, fraction = text.replace(" ", "").rpartition(",")
    if not whole:
        whole, fraction = text.replace(" ", ""), ""
        if not re.fullmatch(r"\d{1,3}(?:\.\d{3})+", whole) and "." in whole:
            whole, _, fraction = whole.rpartition(".")
    kroner, ore = int(whole.replace(".", "")), int(fraction.ljust(2, "0") or "0")
    if kroner > LARGEST:
        return f"{digits(str(kroner))} kroner"
    minus = "minus " if match.groupdict().get("minus") else ""
    said_ore = f"{cardinal(ore, neuter=True)} øre"
    if not kroner and ore:
        return minus + said_ore
    said = f"{cardinal(kroner)} {'krone' if kroner == 1 else 'kroner'}"
    return f"{minus}{said} og {said_ore}" if ore else minus + said


def _per(match: re.Match[str]) -> str:
    return f"{match['said']} per {_PER[match['unit'].lower()]}"


def _apart(match: re.Match[str]) -> str:
    """A comma when another figure stands right before: "G35 500 g", "18 % 3 dl"."""
    return ", " if _FIGURE_BEFORE.search(match.string[: match.start()]) else ""


def _multipack(match: re.Match[str]) -> str:
    return f"{_apart(match)}{cardinal(int(match['count']))} ganger {match['rest']}"


def _measure(match: re.Match[str]) -> str:
    one, many, neuter = _UNITS[match["unit"].lower()]
    number = _number(match["number"])
    said = _apart(match) + _amount(match["number"], neuter)
    if match["upper"]:
        return f"{said} til {_amount(match['upper'], neuter)} {many}"
    return f"{said} {one if number <= Decimal('1.5') else many}"


def _pack(match: re.Match[str]) -> str:
    return f"{cardinal(int(match['number']))}pakning"


def _percent(match: re.Match[str]) -> str:
    upper = f" til {decimal(_number(match['upper']))}" if match["upper"] else ""
    return f"{decimal(_number(match['number']))}{upper} prosent"


def _thousands(match: re.Match[str]) -> str:
    number = int(match.group().replace(" ", ""))
    return cardinal(number) if number <= LARGEST else digits(str(number))


def _range(match: re.Match[str]) -> str:
    return f"{_plain(match['number'])} til {_plain(match['upper'])}"


def _plain(text: str) -> str:
    if len(re.sub(r"\D.*", "", text)) > 4:
        return digits(text)
    return decimal(_number(text))


def _noun_number(match: re.Match[str]) -> str:
    if len(match["number"]) > 4:
        return match["number"]
    neuter = bool(_NEUTER.search(match["noun"]))
    return f"{_amount(match['number'], neuter)} "


def _left(match: re.Match[str]) -> str:
    """A number that nothing else explained."""
    text = match.group()
    number = _plain(text.replace(" ", ""))
    before = " " if match.start() and match.string[match.start() - 1].isalnum() else ""
    after = " " if match.end() < len(match.string) and match.string[match.end()].isalnum() else ""
    return before + number + after


def _reference(match: re.Match[str]) -> str:
    return f"{match['letters'].replace('-', ' ').strip()} {digits(match['number'], 3)}"


def _abbreviation(match: re.Match[str]) -> str:
    short = match.group()
    said = _ABBREVIATIONS[short.lower()]
    ends = short.endswith(".") and not match.string[match.end() :].strip()
    return said + "." if ends else said


_Say = Callable[[re.Match[str]], str] | str


def _step(pattern: str, say: Callable[[re.Match[str]], str] | str) -> tuple[re.Pattern[str], _Say]:
    return re.compile(pattern, re.IGNORECASE), say


_MINUS = r"(?P<minus>(?<![\w)])-)?"
_SHORT = "|".join(
    re.escape(short) + ("" if short.endswith("/") else _END if short[-1] != "." else "")
    for short in sorted(_ABBREVIATIONS, key=len, reverse=True)
)
_STEPS: list[tuple[re.Pattern[str], _Say]] = [
    # Signs that only the eye needs.
    _step(r"[«»\"“”„*_#•●▪→✓✔]", " "),
    _step(r"\s*&\s*", " og "),
    # Times and dates.
    *(
        _step(rf"(?<={before})(?P<hour>\d{{1,2}})\.(?P<minute>\d\d)(?!\d)(?P<until>)", _time)
        for before in (r"\bklokken ", r"\bklokka ", r"\bkl\. ", r"\bkl ")
    ),
    _step(r"\b(?P<year>(?:19|20)\d\d)-(?P<month>\d\d)-(?P<day>\d\d)\b", _iso_date),
    _step(
        r"(?<![\d.,])(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?:(?P<year>(?:19|20)\d\d)\b)?(?!\d)",
        _iso_date,
    ),
    _step(
        rf"(?<![\d.,])(?P<day>\d{{1,2}})\.? (?P<month>{_MONTH})\b\.?"
        r"(?: (?P<year>(?:19|20)\d\d)\b)?",
        _month_date,
    ),
    _step(rf"\b(?P<day>{'|'.join(_DAYS)})\.(?= )", lambda match: _DAYS[match["day"].lower()]),
    _step(
        r"(?<![\d.,:])(?P<hour>\d{1,2}):(?P<minute>\d\d)(?!\d)"
        r"(?P<until> ?[-–] ?(?P<until_hour>\d{1,2}):(?P<until_minute>\d\d)(?!\d))?",
        _time,
    ),
    # Phone numbers: eight digits, or whatever follows "ring" or "telefon".
    _step(
        r"(?<![\d,.])(?:\+(?P<country>\d{2}) ?)?"
        r"(?P<number>\d\d(?: \d\d){3}|\d{3} \d\d \d{3}|\d{8})(?![\d,]|\.\d)(?! ?kr\b)",
        _phone,
    ),
    _step(r"(?<=\bring )(?P<country>)(?P<number>\d{3,})(?![\d,.]\d)", _phone),
    # Prices.
    _step(rf"{_MINUS}\bkr\.? ?(?P<price>{_PRICE})(?:,-)?", _price),
    _step(
        rf"{_MINUS}{_START}(?P<price>{_PRICE}) ?"
        rf"(?:kroner|krone|kr\.(?= {_LOWER})|kr{_END}|NOK{_END})",
        _price,
    ),
    _step(rf"{_START}(?P<price>{_PRICE}),-{_END}", _price),
    _step(
        rf"(?P<said>kroner|krone|øre) ?(?:/|pr\.? |per ) ?(?P<unit>{'|'.join(_PER)}){_END}"
        rf"(?:\.(?= {_LOWER}))?",
        _per,
    ),
    # Sizes and amounts.
    _step(r"\bnr\.?(?=\d)", "nummer "),
    _step(rf"(?<=\d)( ?(?:cm|mm|m)) ?x ?(?={_N} ?(?:cm|mm|m){_END})", r"\1 ganger "),
    _step(r"(?<![\w/])(\d+)/(\d+)(?![\w/])", r"\1-\2"),
    _step(rf"{_START}(?P<count>\d{{1,3}}) ?x ?(?P<rest>{_N} ?(?:{_UNIT}){_END})", _multipack),
    _step(rf"{_START}(?P<number>\d{{1,2}})-?(?:pk|pack|pakning){_END}", _pack),
    _step(
        rf"{_START}(?P<number>{_N})(?: ?[-–] ?(?P<upper>{_N}))? ?(?P<unit>{_UNIT}){_END}"
        rf"(?:\.(?= {_LOWER}))?",
        _measure,
    ),
    _step(rf"{_START}(?P<number>{_N})(?: ?[-–] ?(?P<upper>{_N}))? ?%", _percent),
    _step(r"%", " prosent "),
    _step(rf"{_START}(?P<count>\d{{1,3}}) ?x (?P<rest>)(?=\w)", lambda match: f"{match['count']} "),
    # References such as K-10023, and long figures, digit by digit in threes.
    _step(r"\b(?P<letters>[a-zæøå]{1,4}-?)(?P<number>\d{4,})\b", _reference),
    _step(r"(?<![\w,.])(?P<letters>)(?P<number>\d{5,})(?![\w]|[,.]\d)", _reference),
    # What is left.
    _step(rf"{_START}\d{{1,3}}(?: \d{{3}})+(?![\w]|[,.]\d)", _thousands),
    _step(
        rf"(?<![\w,.])(?P<number>\d{{1,2}})\.(?= {_LOWER})",
        lambda match: (
            ordinal(int(match["number"]))
            if int(match["number"]) < 60
            else cardinal(int(match["number"]))
        ),
    ),
    _step(rf"{_START}(?P<number>{_N}) ?[-–] ?(?P<upper>{_N})(?![\w])", _range),
    _step(rf"{_START}(?P<number>{_N}) (?=(?P<noun>[a-zæøå]+))", _noun_number),
    _step(_N, _left),
    _step(rf"(?<![\w.])(?:{_SHORT})", _abbreviation),
    _step(r"\bog/eller\b", "eller"),
    _step(r"(?<=\w)/(?=\w)", " eller "),
    _step(r"[\[\](){}<>|^~=\\/+]", " "),
    _step(r"[^\S\n]+", " "),
    _step(r"(?: [-–—]+)+ ", ", "),
]
