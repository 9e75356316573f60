"""When somebody wants their goods: a weekday and a part of the day, read from what they say."""

import re

_DAYS = {
    "mandag": ("mandag", "måndag", "mandan", "måndan"),
    "tirsdag": ("tirsdag", "tysdag", "tirsdan"),
    "onsdag": ("onsdag", "onsdan"),
    "torsdag": ("torsdag", "tåssdag", "torsdan", "hossdag"),
    "fredag": ("fredag", "fredan"),
    "lørdag": ("lørdag", "laurdag", "lørdan"),
    "søndag": ("søndag", "sundag", "søndan"),
}
_PARTS = {
    "formiddag": ("formiddag", "formiddagen", "føremiddag", "formiddan", "morgen", "morgenen"),
    "ettermiddag": ("ettermiddag", "ettermiddagen", "ettermiddan"),
    "kveld": ("kveld", "kvelden", "kvell", "aften", "kveldstid"),
}
_WORD = re.compile(r"[^\W\d_]+")


def read_wish(text: str) -> str | None:
    """The delivery time that is asked for, such as `torsdag kveld`; None when none is named.

    "i morgen" is no part of the day: without a clock here it cannot become a weekday, so it is
    left to the question that follows.
    """
    words = [word.casefold() for word in _WORD.findall(text)]
    words = [
        w
        for w, before in zip(words, ["", *words], strict=False)
        if not (w == "morgen" and before == "i")
    ]
    day = _first(words, _DAYS)
    part = _first(words, _PARTS)
    return " ".join(found for found in (day, part) if found) or None


def _first(words: list[str], table: dict[str, tuple[str, ...]]) -> str | None:
    for word in words:
        for name, forms in table.items():
            if word in forms or any(word == form + "s" for form in forms):
                return name
    return None
