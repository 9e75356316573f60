"""Word forms: which basic forms an inflected Norwegian word may have, and how a word sounds.

Two words are the same word when their sets of basic forms meet: "gulrøttene" and "gulrot",
"melka" and "melk". Most catalogue words are compounds and brands, which no dictionary lists, so
endings are taken off by rule and only what the rules cannot derive (vowel change, dropped e) is
listed. The rules are checked against spaCy's Norwegian lemma table in the tests; the table itself
is not read at run time, because it takes 1.7 s and 200 MB to load and lists 484,000 simple forms.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache


def word_set(text: str) -> frozenset[str]:
    """The words of a text, for word lists that stay readable in the source."""
    return frozenset(text.split())


#: Ends of words with vowel change, plural -> singular; they hold inside compounds too.
_IRREGULAR_ENDS: dict[str, str] = {
    "røtter": "rot",
    "røttene": "rot",
    "røttane": "rot",
    "rotter": "rot",
    "gulerøtter": "gulrot",
    "gulerøttene": "gulrot",
    "nøttene": "nøtt",
    "nøtter": "nøtt",
    "bøker": "bok",
    "bøkene": "bok",
    "tenner": "tann",
    "tennene": "tann",
    "ender": "and",
    "stenger": "stang",
    "stengene": "stang",
    "hender": "hånd",
    "føtter": "fot",
    "klær": "klede",
    "knær": "kne",
    "trær": "tre",
    "menn": "mann",
    "øyne": "øye",
    "kjøtt": "kjøtt",
    "kjøttet": "kjøtt",
    "kjøttene": "kjøtt",
}

#: Adjectives with their forms: a stem rule would take "lett" and "lette" for different words.
_ADJECTIVES: dict[str, str] = {
    form: base
    for base, forms in {
        "lett": "lette lettere",
        "hel": "hele helt heil heile heilt",
        "skummet": "skumma skummede",
        "grov": "grove grovt grovere",
        "halvgrov": "halvgrove halvgrovt",
        "ekstragrov": "ekstragrove ekstragrovt",
        "fin": "fine fint",
        "stor": "store stort større størst største",
        "liten": "lite lita lille små smått mindre minste minst",
        "rød": "røde rødt raud raude raudt",
        "grønn": "grønne grønt grøn grøne",
        "gul": "gule gult",
        "blå": "blåe blått",
        "hvit": "hvite hvitt kvit kvite kvitt",
        "brun": "brune brunt",
        "svart": "svarte sort sorte",
        "rosa": "",
        "oransje": "",
        "fersk": "ferske ferskt",
        "frossen": "frosne frossent fryst fryste frosset",
        "tørr": "tørre tørt",
        "tørket": "tørkede tørka",
        "søt": "søte søtt",
        "sur": "sure surt",
        "salt": "salte saltet salta",
        "usaltet": "usalta usaltede",
        "kokt": "kokte kokte",
        "stekt": "stekte",
        "røkt": "røkte røykt røykte røket røkede",
        "gravet": "gravede grava gravd",
        "malt": "malte",
        "filtermalt": "filtermalte",
        "kokmalt": "kokmalte",
        "presset": "pressa pressede",
        # However it is said, it comes in slices.
        "skivet": (
            "skiva skivede skiver skivene skivar oppskåret oppskårne oppskåren oppskjært "
            "oppskore oppskoren skåret skårne skåren ferdigskåret ferdigskårne oppskjæren"
        ),
        "hakket": "hakka hakkede",
        "revet": "revne revede",
        "mager": "magre magert",
        "moden": "modne modent",
        "norsk": "norske",
        "økologisk": "økologiske øko",
        "laktosefri": "laktosefritt laktosefrie laktosefrii",
        "glutenfri": "glutenfritt glutenfrie",
        "sukkerfri": "sukkerfritt sukkerfrie",
        "alkoholfri": "alkoholfritt alkoholfrie",
        "melkefri": "melkefritt melkefrie",
        "koffeinfri": "koffeinfritt koffeinfrie",
        "laktoseredusert": "laktosereduserte",
        "billig": "billige billigste billigst",
        "vanlig": "vanlige",
        "mild": "milde mildt",
        "sterk": "sterke sterkt",
        "mørk": "mørke mørkt",
        "lys": "lyse lyst",
        "flytende": "",
        "myk": "myke mykt",
        "hard": "harde hardt",
        "rund": "runde rundt",
        "lang": "lange langt",
        "tynn": "tynne tynt",
        "tykk": "tykke tykt",
        "rå": "råe rått",
        "ren": "rene rent",
        "ny": "nye nytt",
        "gammel": "gamle gammelt",
        "god": "gode godt",
    }.items()
    for form in (base, *forms.split())
}

#: Endings of nouns with what may stand in their place, longest first.
_NOUN_ENDINGS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("ene", ("", "e")),
    ("ane", ("", "e")),
    ("an", ("", "e")),
    ("er", ("", "e")),
    ("ar", ("", "e")),
    ("et", ("", "e")),
    ("en", ("", "e")),
    ("a", ("", "e")),
    ("n", ("",)),
    ("r", ("",)),
)
_VOWELS = "aeiouyæøåéè"
_MIN_STEM = 2
#: Words that look inflected and are not, or whose shorter form is another ware.
_BASIC = word_set(
    """
    pasta sukker pepper smør vann is te ris løk fisk vin lim lime mat bacon sennep ingefær
    pizza cola salsa feta chia kola nutella paprika mokka kefir servelat salat spinat tomat
    potet kjeks majones soda soya tortilla papaya mango havre eple egg ost rømme prim kaker
    koriander
    melon sitron timian oregano mandarin klementin nektarin rosin chorizo burger hummer
    ketchup bleier mager wiener karbonade center inger anker lammer kremet rasp raps
    vegan parmesan marsipan safran mascarpan merian maran
    aspargesen lefse lompe finn ovn lakken bønne banan ananas kokos
    """
)


@lru_cache(maxsize=65536)
def basic_forms(word: str) -> tuple[str, ...]:
    """The basic forms that a lower-case word may have, the most likely first.

    The word itself is always the first. A wrong extra form costs little: two different words are
    only taken for one when a shop has both and they meet in a form.
    """
    forms = {word: None}
    if word in _ADJECTIVES:
        forms[_ADJECTIVES[word]] = None
        return tuple(forms)
    for end, base in _IRREGULAR_ENDS.items():
        if word.endswith(end):
            forms[word[: -len(end)] + base] = None
            return tuple(forms)
    if word in _BASIC or len(word) < 4:
        return tuple(forms)
    for ending, replacements in _NOUN_ENDINGS:
        if not word.endswith(ending):
            continue
        stem = word[: -len(ending)]
        if ending in ("n", "r") and not stem.endswith("e"):
            continue
        if len(stem) < _MIN_STEM or not any(letter in _VOWELS for letter in stem):
            continue
        for replacement in replacements:
            forms[stem + replacement] = None
        if len(stem) > 3 and stem[-1] == stem[-2] == "m" and ending in ("et", "en", "ene"):
            forms[stem[:-1]] = None  # rommet -> rom
        if ending == "en" and len(stem) > 4 and stem[-1] in "lkp":
            forms[stem + "t"] = None  # kokmalen -> kokmalt, as they say it in nynorsk
        if ending in ("er", "ene", "ane", "ar") and len(stem) > 2:
            # vafler -> vaffel, nøkler -> nøkkel: the e that the plural drops, with its doubling.
            if stem[-1] in "lnr" and stem[-2] not in _VOWELS:
                forms[f"{stem[:-1]}e{stem[-1]}"] = None
                forms[f"{stem[:-1]}{stem[-2]}e{stem[-1]}"] = None
            if word.endswith("ere"):
                forms[word[:-1]] = None
    if word.endswith("ande"):
        forms[word[:-4] + "ende"] = None  # nynorsk: frittgåande, flytande
    # hakkede -> hakket, norske -> norsk, stekte -> stekt, naturlige -> naturlig
    if word.endswith("ede"):
        forms[word[:-2] + "t"] = None
    elif word.endswith(("ske", "kte", "lte", "rte", "ste", "ige", "frie", "fritt", "ert")):
        forms[word.removesuffix("tt").removesuffix("e")] = None
    if word.endswith("ka") and len(word) > 5:
        forms[word[:-1] + "et"] = None
    return tuple(forms)


_FOLDS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"aa", "å"),
        (r"[éèêë]", "e"),
        (r"[áàâã]", "a"),
        (r"(?<=[^aeiouyæøå])e$", ""),
        (r"[eæ]i?g$", "ei"),
        (r"ü|û", "y"),
        (r"[íîï]", "i"),
        (r"ñ", "n"),
        (r"ç", "s"),
        (r"^hv|^kv|(?<=[aeiouyæøå])hv", "v"),
        (r"^hj|^gj|^lj", "j"),
        (r"skj|sj|stj|sch|sh|rs(?=[lmnt])|^sk(?=[iyeø])", "S"),
        (r"kj|tj|ch", "S"),
        (r"^k(?=[iy])", "S"),
        (r"^g(?=[iy])", "j"),
        (r"mj|mi(?=[eøæ])", "m"),
        (r"(?<=[bdfgklnprtv])j", "i"),
        (r"æ", "e"),
        (r"ä", "e"),
        (r"ö", "ø"),
        (r"ø[iy]|øy|øu", "ø"),
        (r"e[iy]|æ[iy]", "e"),
        (r"au", "o"),
        (r"å", "o"),
        (r"ie", "i"),
        (r"ph", "f"),
        (r"th", "t"),
        (r"ck|cc|qu|[cqg](?=[aou])|c", "k"),
        (r"w", "v"),
        (r"x", "ks"),
        (r"z", "s"),
        (r"d\b|(?<=[lnr])d", ""),
        (r"ig\b", "i"),
        (r"t\b(?<=et)", ""),
        (r"(?<=.)h", ""),
        (r"[bp]", "p"),
        (r"[dt]", "t"),
        (r"[gk]", "k"),
        (r"y", "i"),
        (r"(.)\1+", r"\1"),
    )
)


@lru_cache(maxsize=65536)
def sound(word: str) -> str:
    """A rough key of how a word sounds: "skjinke" and "sjinke", "mælk" and "melk" are one.

    Norwegian spelling mistakes and recognisers confuse voiced and unvoiced stops, single and
    double consonants, e and æ, o and å, sj- and kj-spellings and silent letters; so does this key.
    """
    for pattern, replacement in _FOLDS:
        word = pattern.sub(replacement, word)
    return word


_KEYBOARD = str.maketrans({"ø": "o", "å": "a", "æ": "a", "ö": "o", "ä": "a", "é": "e", "ü": "u"})


def without_marks(word: str) -> str:
    """The word as typed on a keyboard without Norwegian letters: "smør" -> "smor"."""
    return word.translate(_KEYBOARD)


def indefinite(phrase: str, names: Sequence[str]) -> str:
    """A phrase without the definite ending of its last word: "kaffen" -> "kaffe".

    For asking "hva slags kaffe vil du ha?". The ending does not tell "kaffe-n" from "melk-en", so
    only a form is taken in which a word of `names` (the wares to choose from) ends.
    """
    *before, last = phrase.split() or [""]
    word = last.lower()
    spelled = [part for name in names for part in name.lower().split()]
    if word.endswith(("en", "et", "a")):
        for form in (word[:-1], word[:-2]):
            if len(form) > 1 and any(part.endswith(form) for part in spelled):
                return " ".join([*before, form])
    return phrase
