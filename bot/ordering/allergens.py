"""The names of allergens and diets, as staff and grocers write them, and their keys.

The keys are the fourteen substances that must be declared in the EEA (regulation 1169/2011, annex
II). A name that is not known is refused where it is typed: a misspelt allergy would protect nobody.
"""

import re
from collections.abc import Callable, Iterable, Iterator

#: Key -> what it is also called. A grocer's "kan inneholde spor av …" counts as containing.
ALLERGENS: dict[str, tuple[str, ...]] = {
    "gluten": ("hvete", "rug", "bygg", "havre", "spelt", "cøliaki", "hvetegluten", "durumhvete"),
    "skalldyr": ("krepsdyr", "reker", "krabbe", "hummer"),
    "egg": ("eggehvite",),
    "fisk": (),
    "peanøtter": ("peanøtt", "peanut", "jordnøtter"),
    "soya": ("soyabønner", "soyaprotein"),
    "melk": ("melkeprotein", "melkepulver", "myse", "fløte", "smør", "kumelk"),
    "laktose": (),
    "nøtter": ("nøtt", "mandler", "mandel", "hasselnøtter", "valnøtter", "cashewnøtter",
               "pekannøtter", "paranøtter", "pistasjnøtter", "macadamianøtter"),
    "selleri": (),
    "sennep": (),
    "sesam": ("sesamfrø",),
    "sulfitt": ("sulfitter", "svoveldioksid"),
    "lupin": (),
    "bløtdyr": ("blåskjell", "blekksprut", "skjell"),
    # Anything else that somebody does not tolerate: no grocer declares it, so nothing is known.
    "annet": (),
}  # fmt: skip

#: An allergy to the key also forbids these: in doubt the wider meaning holds.
ALSO = {
    "skalldyr": ("bløtdyr",),
    "nøtter": ("peanøtter",),
    "laktose": ("melk",),
    "melk": ("laktose",),
}

#: Key -> what it is also called.
DIETS: dict[str, tuple[str, ...]] = {
    "vegetar": ("vegetarisk", "vegetarianer"),
    "uten svin": ("svinefri", "uten svinekjøtt", "svinekjøtt", "ikke svin"),
    "halal": (),
    "diabetes": ("diabetiker", "sukkersyke"),
    "myk kost": ("mykost", "konsistens", "moset kost", "konsistenstilpasset"),
}

_TRACES = re.compile(r"^(?:kan inneholde\s+)?(?:spor av\s+)?")


def _keys(table: dict[str, tuple[str, ...]]) -> dict[str, str]:
    return {name: key for key, names in table.items() for name in (key, *names)}


_ALLERGEN_KEYS, _DIET_KEYS = _keys(ALLERGENS), _keys(DIETS)


def allergen_key(name: str) -> str | None:
    """The key of an allergen, or None when nobody calls one that."""
    return _ALLERGEN_KEYS.get(_TRACES.sub("", _plain(name)))


def diet_key(name: str) -> str | None:
    """The key of a diet, or None when nobody calls one that."""
    return _DIET_KEYS.get(_plain(name))


def read_declared(cell: str, diets: bool = False) -> frozenset[str] | None:
    """What a catalogue's cell declares: a list with semicolons between, or "ingen".

    Returns:
        Keys; None for an empty cell: nothing is known, which is not the same as nothing.

    Raises:
        ValueError: a name is unknown; its text is the name.
    """
    names = [each for each in re.split(r"[;,|]", cell) if each.strip()]
    if not names:
        return None
    if [_plain(each) for each in names] == ["ingen"]:
        return frozenset()
    return frozenset(_known(names, diet_key if diets else allergen_key))


def _known(names: Iterable[str], key_of: Callable[[str], str | None]) -> Iterator[str]:
    for name in names:
        key = key_of(name)
        if key is None:
            raise ValueError(name.strip())
        yield key


def _plain(name: str) -> str:
    return " ".join(name.casefold().replace("-", " ").replace("_", " ").split())
