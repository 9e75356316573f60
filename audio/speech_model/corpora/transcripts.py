"""Norwegian transcripts to the words that were said: abbreviations, years, ordinals."""

from __future__ import annotations

import re

from audio.speech_model.spelling import number_words, spoken_words

_ABBREVIATIONS: dict[str, str] = {
    "bl.a.": "blant annet", "f.eks.": "for eksempel", "osv.": "og så videre", "dvs.": "det vil si",
    "d.v.s.": "det vil si", "m.m.": "med mer", "mv.": "med videre", "m.v.": "med videre",
    "ca.": "cirka", "kl.": "klokka", "nr.": "nummer", "pst.": "prosent", "mill.": "millioner",
    "mrd.": "milliarder", "kr.": "kroner", "jf.": "jamfør", "iht.": "i henhold til",
    "ift.": "i forhold til", "pga.": "på grunn av", "p.g.a.": "på grunn av", "evt.": "eventuelt",
    "inkl.": "inklusive", "ekskl.": "eksklusive", "maks.": "maksimum", "min.": "minimum",
    "tlf.": "telefon", "dr.": "doktor", "st.meld.": "stortingsmelding", "o.l.": "og lignende",
    "e.l.": "eller lignende", "etc.": "et cetera", "vs.": "versus", "s.k.": "såkalt",
}  # fmt: skip

_ORDINALS = {
    1: "første", 2: "andre", 3: "tredje", 4: "fjerde", 5: "femte", 6: "sjette", 7: "sjuende",
    8: "åttende", 9: "niende", 10: "tiende", 11: "ellevte", 12: "tolvte", 13: "trettende",
    14: "fjortende", 15: "femtende", 16: "sekstende", 17: "syttende", 18: "attende",
    19: "nittende", 20: "tjuende", 30: "trettiende",
}  # fmt: skip
_SHORT = re.compile(
    r"(?<!\w)(?:" + "|".join(re.escape(short) for short in _ABBREVIATIONS) + r")(?!\w)",
    re.IGNORECASE,
)
#: "17. mai", "2. plass": a number with a full stop and a small letter after it.
_ORDINAL = re.compile(r"(?<![\d.,])(\d{1,2})\.(?=\s+[a-zæøå])")
#: Years are said in pairs until 1999.
_YEAR = re.compile(r"(?<![\d.,])(1[1-9])(\d\d)(?![\d.,]?\d)(?!\s*(?:kroner|kr|meter|kilo|gram)\b)")


def said_words(text: str) -> list[str]:
    """Return the lower-case words that were said for a transcript as people write it."""
    text = _SHORT.sub(lambda found: _ABBREVIATIONS[found.group(0).lower()], text)
    text = _ORDINAL.sub(lambda found: _ordinal(int(found.group(1))), text)
    text = _YEAR.sub(_year, text)
    return spoken_words(text)


def _ordinal(number: int) -> str:
    if number in _ORDINALS:
        return _ORDINALS[number]
    tens, ones = divmod(number, 10)
    if ones == 0:
        return number_words(number) + "ende"
    return number_words(tens * 10) + _ORDINALS[ones]


def _year(found: re.Match[str]) -> str:
    century, rest = int(found.group(1)), int(found.group(2))
    if rest == 0:
        return f"{number_words(century)} hundre"
    return f"{number_words(century)} {'null ' if rest < 10 else ''}{number_words(rest)}"
