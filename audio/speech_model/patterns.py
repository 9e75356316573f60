"""How people put a request: patterns from which order sentences are made.

The sentences train the language model of the graph and are spoken by the synthetic voices. The
patterns are written from how people talk at home and on the phone; ``{}`` slots are filled here.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

AMOUNTS: tuple[str, ...] = (
    "en", "et", "ei", "ett", "to", "tre", "fire", "fem", "seks", "sju", "syv", "åtte", "ni", "ti",
    "elleve", "tolv", "femten", "tjue", "tyve", "tretti", "et par", "en halv", "halvannen",
    "en og en halv", "et dusin", "noen", "litt", "mange",
)  # fmt: skip

_AMOUNT_WEIGHTS = (9, 7, 4, 2, 9, 8, 6, 5, 5, 2, 2, 2, 2, 3, *([1] * (len(AMOUNTS) - 14)))

NUMBERS: tuple[str, ...] = (
    "null", "en", "to", "tre", "fire", "fem", "seks", "sju", "syv", "sjau", "åtte", "otte", "ni",
    "ti", "elleve", "elve", "tolv", "tretten", "fjorten", "femten", "seksten", "sytten", "søtten",
    "atten", "nitten", "tjue", "tyve", "tjueen", "tjueto", "tjuetre", "tjuefire", "tjuefem",
    "tjueseks", "tjuesju", "tjueåtte", "tjueni", "tretti", "tredve", "førti", "førr", "femti",
    "seksti", "sytti", "åtti", "nitti", "hundre", "ett hundre", "to hundre", "fem hundre", "tusen",
    "en og tjue", "fem og tyve", "femogtyve", "fem og tjue", "fem og tredve", "femogførr",
    "ein", "eit", "eitt", "tvo", "én", "halvanna", "halvannet", "halv", "halvt", "halve",
    "et halvt dusin", "snes", "en kvart",
)  # fmt: skip

UNITS: tuple[str, ...] = (
    "liter", "kilo", "pakke", "pakker", "flaske", "flasker", "boks", "bokser", "pose", "poser",
    "kartong", "kartonger", "glass", "beger", "begre", "gram", "hekto", "stykk", "stykker",
    "rull", "ruller", "tube", "brett", "bunt", "klase", "eske", "esker", "halvliter", "halvkilo",
    "desiliter", "desi", "skiver", "pakka", "pakk", "sekspakning",
)  # fmt: skip

_UNIT_WEIGHTS = (9, 6, 6, 8, 3, 4, 3, 4, 4, 4, 3, 2, 3, 2, 1, *([1] * (len(UNITS) - 15)))

#: What begins a request; "" is a bare list.
OPENINGS: tuple[str, ...] = (
    "", "", "", "", "jeg vil ha", "jeg vil gjerne ha", "jeg skal ha", "jeg trenger", "kan jeg få",
    "kan du legge til", "legg til", "og", "så vil jeg ha", "og så", "ta med", "bestill",
    "kunne jeg få", "jeg må ha", "jeg ønsker", "vi trenger", "vi skal ha", "få", "ha meg",
    "jeg tar", "sett opp", "jeg vil bestille", "jeg vil kjøpe", "kjøp", "i dag vil jeg ha",
    "hei jeg vil ha", "ja jeg vil ha", "gjerne", "kan du sette opp", "eg vil ha", "eg skal ha",
    "eg treng", "æ vil ha", "æ ska ha", "æ treng", "i ska ha", "je vil ha", "jeg ska ha",
    "kan æ få", "kan eg få", "jeg sku ha", "eh jeg vil ha", "også", "pluss", "nei jeg vil ha",
)  # fmt: skip

ENDINGS: tuple[str, ...] = (
    "", "", "", "", "", "", "", "takk", "er du snill", "vær så snill", "også", "og det var alt",
)  # fmt: skip

#: A product said in another way than to be added.
OTHERS: tuple[str, ...] = (
    "fjern {p}", "ta bort {p}", "ta vekk {p}", "stryk {p}", "slett {p}", "ikke {p}",
    "ikke {p} likevel", "jeg vil ikke ha {p}", "jeg trenger ikke {p}", "ikkje {p}", "itj {p}",
    "bytt {p} med {r}", "bytt ut {p} med {r}", "heller {p}", "heller {p} enn {r}",
    "{r} i stedet for {p}", "i staden for {p} vil eg ha {r}", "nei {a} {p}", "nei jeg mente {p}",
    "to nei {a} {p}", "{a} {p} nei {r}", "hva koster {p}", "ka koste {p}", "har dere {p}",
    "hvor mye koster {p}", "{p} eller {r}", "det skal være {p}", "jeg mente {p}",
    "endre {p} til {a}", "sett {p} til {a}", "bare {a} {p}", "{a} {p} til", "en {p} til",
    "mer {p}", "mindre {p}", "dobbelt så mye {p}", "den billigste {p}", "den vanlige {p}",
    "den største {p}", "stor {p}", "liten {p}", "{p} er greit", "ja {p}", "nei {p}",
    "{p} med {r}", "hvor mange {p} har jeg", "er det {p} i kurven",
)  # fmt: skip

#: Whole utterances of the dialogue without a product.
ACTS: tuple[str, ...] = (
    "ja", "ja takk", "ja det er riktig", "ja det stemmer", "jo", "jo takk", "jau", "jada", "jepp",
    "mm", "javisst", "riktig", "stemmer", "det stemmer", "det er riktig", "det er greit", "greit",
    "gjerne", "fint", "det er fint", "det er bra", "ok", "okei", "bekreft", "ja send bestillingen",
    "send bestillingen", "send", "nei", "nei takk", "nei ikke det", "næi", "neida", "ikke det",
    "nei det er feil", "det er feil", "det er galt", "ikkje det", "itj det", "ikke noe mer",
    "ikke mer", "det var alt", "det var alt takk", "det va det", "det var det", "det er alt",
    "det er nok", "nei det var alt", "ferdig", "jeg er ferdig", "eg er ferdig", "bra nå",
    "ikkje meir", "itj nåkka meir", "nei takk det var alt", "takk det var alt", "hva sa du",
    "ka sa du", "kva sa du", "hæ", "kva", "hva", "si det igjen", "gjenta", "en gang til",
    "ein gong til", "kan du gjenta det", "kan du si det igjen", "jeg hørte ikke", "saktere",
    "snakk saktere", "litt saktere", "saktare", "seinere", "høyere", "snakk høyere", "avbryt",
    "glem det", "stopp", "stopp nå", "vent", "vent litt", "stryk alt", "fjern alt", "slett alt",
    "tøm kurven", "angre", "angre det", "ta bort det siste", "ta bort det", "fjern den siste",
    "ikke det siste", "som vanlig", "det vanlige", "det samme som sist", "som sist",
    "same som sist", "samme som forrige gang", "fast handleliste", "min vanlige bestilling",
    "jeg vil ha det vanlige", "et menneske", "menneske", "hjemmehjelpen",
    "jeg vil snakke med hjemmehjelpen", "jeg vil snakke med et menneske", "en å snakke med",
    "betjening", "kan jeg få snakke med noen", "hjelp", "hjelp meg", "hva kan jeg si",
    "hva kan du", "hva kan du gjøre", "hei", "hallo", "god dag", "god morgen", "god kveld", "hade",
    "ha det", "ha det bra", "takk", "tusen takk", "takk for hjelpen", "takk skal du ha",
    "hva har jeg i kurven", "hva ligger i kurven", "hva er i kurven", "ka har æ i kurven",
    "les opp kurven", "les opp", "les bestillingen", "les opp bestillingen", "hva koster det",
    "hva koster alt", "hva blir det", "hvor mye blir det", "hva er summen", 
    "hva koster det til sammen",
        "når kommer det", "når kommer varene", "når kommer maten", "når blir det levert",
    "kan dere levere i morgen", "i morgen", "i dag", "på mandag", "på tirsdag", "på onsdag",
    "på torsdag", "på fredag", "på lørdag", "på søndag", "om formiddagen", "om ettermiddagen",
    "om kvelden", "den første", "den andre", "den tredje", "den siste", "første", "andre",
    "tredje", "nummer en", "nummer to", "nummer tre", "alternativ en", "alternativ to",
    "alternativ tre", "den billigste", "den dyreste", "den største", "den minste", "den store",
    "den lille", "den vanlige", "den jeg pleier å ha", "den jeg hadde sist", "ingen av dem",
    "ingen av delene", "det spiller ingen rolle", "det er det samme", "vet ikke", "jeg vet ikke",
    "begge deler", "begge to", "bytt", "endre", "jeg vil endre", "jeg vil endre bestillingen",
    "jeg vil bestille mat", "jeg vil bestille varer", "jeg skal handle", "jeg vil handle",
    "kan du hjelpe meg", "er du der", "hører du meg", "det var ikke det jeg sa", "det sa jeg ikke",
    "nei nei", "ja ja", "la meg tenke", "et øyeblikk", "null",
)  # fmt: skip


_TALK_FILE = Path(__file__).with_name("talk_nb.txt")


@lru_cache(maxsize=1)
def talk() -> tuple[str, ...]:
    """Return what people say around an order: about themselves, the shop, what they meant."""
    return tuple(_TALK_FILE.read_text(encoding="utf-8").splitlines())


def _amount(rng: random.Random) -> str:
    return rng.choices(AMOUNTS, _AMOUNT_WEIGHTS)[0]


def _line(rng: random.Random, phrase: str) -> str:
    """Return a product with its amount as one line of a list."""
    kind = rng.random()
    if kind < 0.25:
        return phrase
    if kind < 0.55:
        return f"{_amount(rng)} {phrase}"
    if kind < 0.93:
        return f"{_amount(rng)} {rng.choices(UNITS, _UNIT_WEIGHTS)[0]} {phrase}"
    if kind < 0.97:
        return f"{phrase} {_amount(rng)} {rng.choices(UNITS, _UNIT_WEIGHTS)[0]}"
    return f"{phrase} {_amount(rng)} stykker"


def request(rng: random.Random, phrase: str, others: Sequence[str]) -> str:
    """Return one utterance that names *phrase* and perhaps one or two of *others*."""
    if rng.random() < 0.22:
        pattern = rng.choice(OTHERS)
        return pattern.format(p=phrase, r=rng.choice(others), a=_amount(rng))
    lines = [_line(rng, phrase)]
    while len(lines) < 3 and rng.random() < 0.35:
        lines.append(_line(rng, rng.choice(others)))
    rng.shuffle(lines)
    text = lines[0]
    for line in lines[1:]:
        text += rng.choice((" og ", " og ", " ", " så ", " også ")) + line
    return " ".join(f"{rng.choice(OPENINGS)} {text} {rng.choice(ENDINGS)}".split())


def requests(phrases: Sequence[str], each: int, seed: int) -> Iterator[str]:
    """Return *each* utterances for every phrase, then every dialogue act and number.

    The same arguments give the same utterances.
    """
    rng = random.Random(seed)
    for phrase in phrases:
        for _ in range(each):
            yield request(rng, phrase, phrases)
    yield from ACTS
    yield from NUMBERS
    for amount in (*AMOUNTS, *NUMBERS):
        for unit in UNITS:
            yield f"{amount} {unit}"
