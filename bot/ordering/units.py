"""Measures and pack words as people say them, and what they come down to."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from bot.ordering.numbers import read_number_word

_MEASURE_ROWS = """
l 1: lidder lidden lidrar liter litter littr litr litær leter lita litar
l 1: litern literen literer litra lit liter. lite' l ltr
l 0.1: desi desiliter desiliteren dl desien
l 0.01: centiliter cl
l 0.001: milliliter ml
kg 1: kilo killo kilå kjilo kiloen kiloer kilogram kg kg. kjilo kile'
kg 0.1: hekto hektoen hektogram hg
kg 0.001: gram gramm grm grammet gramma g gr gr.
kg 0.5: halvkilo halvkiloen halvkilos
"""
# Genitive measures name a size of the pack ("en 400 grams boks"), not how much is wanted.
_GENITIVE = {
    "liters": "l",
    "literes": "l",
    "kilos": "kg",
    "grams": "kg",
    "desiliters": "l",
    "hektos": "kg",
    "litrers": "l",
}
MEASURES: dict[str, tuple[str, Decimal]] = {}
for _row in _MEASURE_ROWS.strip().splitlines():
    _head, _words = _row.split(":")
    _base, _factor = _head.split()
    for _word in _words.split():
        MEASURES[_word] = (_base, Decimal(_factor))
GENITIVE_MEASURES = frozenset(_GENITIVE)
#: Sizes that stay with the product, because packs are called so: "to halvliter cola".
SIZE_WORDS = frozenset({"halvliter", "halvliters", "halvlitere", "halvlitern", "halvlitra"})
PERCENT = frozenset({"%", "prosent", "prosents", "prosentig", "prosenten", "prosenta"})

_PACK_ROWS = """
pakke: pakkke pakkr packe pake pakken pakka pakker pakkene pakk
pakke: pagge pagger pakkar pakkan pakki pk pkt pakkje pakkjer pake paker
pakke: pakning pakningen pakninger pakningar pakninga
boks: båks boksen bokser boksene boksa boksar boks' bokx båks båksa bokse hermetikkboks
flaske: flakse flasek flasken flaska flasker flaskene flaskor flaskar flasku flask flaskå flaske'
kartong: kartongen kartonger kartongar kartongan kartång kartånger
pose: posen posa poser posene posar posan pos'
boks: bx bks
flaske: fl fla
pose: ps
kartong: krt krtg
glass: gl
brett: brettet bretter bretta
beger: begeret begre begere begra begeren bæger begar
glass: glasset glassene glas glaset
tube: tuben tuba tuber tubene tubar tubo
rull: rullen ruller rullene rulla rullar rulle
bunt: bunten bunter bunta buntar
klase: klasen klaser klasa klasar
stk: stk. stykk stykker stykke stykkje stykkjer stykka styk styck stykket stk's stykken stykkan
eske: esken eska esker eskene eskjer øskje øskjer eskje
kasse: ks kassen kassa kasser kassar
nett: nettet netter
spann: spannet
bøtte: bøtta bøtter bøttar
sekk: sekken sekker sekkar
krukke: krukka krukker
kanne: kanna kanner
dunk: dunken dunker
plate: plata platen plater platar plada
stang: stanga stenger
skive: skiva skiver skivene skivar
hode: hoder hovud hodet
fedd: feddet
knippe: knipper
skål: skåla skåler
rør: røret
dåse: dåsa dåser
potte: potta potter
kurv: kurver
bit: biten biter
porsjon: porsjoner porsjonar
par': par'
"""
PACKS: dict[str, str] = {}
for _row in _PACK_ROWS.strip().splitlines():
    _lemma, _words = _row.split(":")
    for _word in (_lemma, *_words.split()):
        if not _word.endswith("'"):
            PACKS.setdefault(_word, _lemma)
# Pack words that are as often wares, flavours or other words: only a unit right after a number
# and right before a ware.
CAUTIOUS_PACKS = frozenset(
    {
        "glass", "glas", "plate", "plata", "plater", "kurv", "kurver", "skål", "skåla", "skåler",
        "bit", "biten", "biter", "hode", "hodet", "hoder", "hovud", "fedd", "skive", "skiver",
        "skiva", "skivene", "stang", "stenger", "stanga", "potte", "potter", "rør", "dunk",
        "kanne", "kanner", "krukke", "krukker", "nett", "pake", "paker", "sekk", "sekker",
        "kasse", "kassa", "kassen", "kasser", "rulle", "bunta", "porsjon", "porsjoner",
        "bøtte", "bøtter", "poser", "bokser", "flasker",
    }
)  # fmt: skip

_PACK_TAIL = re.compile(
    r"^(?P<count>\d{1,2}|[a-zæøå]+?)-?"
    r"(?:pakning|pakninger|pakningar|pakningen|pakninga|pakk|pakke|pakker|pk|pack|packs|"
    r"packen|pakken|pakka|stykkspakning|bokspakning|stykks)$"
)


@lru_cache(maxsize=4096)
def pack_of(word: str) -> int | None:
    """How many pieces a pack of the name holds: "sekspakning", "sixpack", "12-pk" -> 6, 6, 12."""
    if word in ("sixpack", "six-pack", "sikspakk", "sikspæk", "sixpacks", "sixpacken", "sixpakk"):
        return 6
    match = _PACK_TAIL.match(word)
    if match is None:
        return None
    count = match.group("count").rstrip("-")
    if count.isdecimal():
        pieces = int(count)
    else:
        found = read_number_word(count)
        if found is None:
            return None
        pieces = found
    return pieces if 2 <= pieces <= 100 else None
