"""Words of wares by what they say: a kind that people name, a cut, a brand, or nothing."""

from __future__ import annotations

from bot.ordering.lemmas import basic_forms, word_set
from bot.ordering.phrase import SOFT

#: Kinds of a ware that a person says when they want them; unsaid they count against a product.
MARKED = word_set(
    """
    økologisk laktosefri laktoseredusert glutenfri sukkerfri usaltet koffeinfri alkoholfri
    melkefri light lettere zero max vegan vegansk vegetar plantebasert protein proteinrik
    langtidsholdbar mini xl xxl baby barn junior diabetes lavkarbo fettfri eggfri nøttefri
    halal rå røkt gravet krydret marinert chili jalapeno hvitløk urter sitron pesto panert
    hermetisk tørket syrnet kondensert valp kattunge dekaf decaf
    """
)
#: Words of a product that nobody says and nobody misses.
MINOR = word_set(
    """
    malt filtermalt kullsyre skorpefri løsvekt nett kurv original originale classic klassisk
    klassiske naturell norsk norge norske ca cirka pk pakning storpakk familiepakning kg g l
    stk boks pose beger glass tube flaske kartong gårdsfrisk fett pant kvalitet klasse danmark
    spania italia sverige nederland tyskland marokko chile brasil peru colombia guatemala
    costarica israel polen frankrike basis god vanlig enkel førsteklasses nybakt sprø utvalgte
    prima hverdag
    """
)
#: With or without one of these it is the same ware.
_SAME_WARE = word_set(
    """
    original originale classic klassisk klassiske løsvekt nett kurv skorpefri pk pakning storpakk
    familiepakning ca cirka kvalitet klasse
    """
)
#: Sauerkraut in a tin is another ware than in a bag.
_PACKED = word_set("boks glass tube flaske")
#: After one of these the name says what is in the ware, not what it is.
ADJUNCT = word_set(
    """
    med m i uten u av på til fra à & og som for
    """
)
WITHOUT = frozenset(("uten", "u"))
AND = frozenset(("og", "&"))
#: Tails that only say how a ware is cut or what form it has.
CUTS = word_set(
    """
    filet fileter pulver kjerner kjerne biter skiver stykker terninger flak granulat blad blader
    plater
    """
)

#: Chains' own brands: who wants one says so, and nobody gets one who did not.
STORE_BRANDS = tuple(
    frozenset(brand.split())
    for brand in (
        "first price",
        "eldorado",
        "folkets",
        "unik",
        "spar",
        "jacobs",
        "rema 1000",
        "xtra",
        "x tra",
        "coop",
        "prima",
        "landlord",
        "gartner",
        "go eco",
        "lillego",
        "fiskemannen",
        "euroshopper",
        "änglamark",
        "seidel",
    )
)

#: How a ware is cut or kept.
STATES = frozenset(
    ("skivet", "skiver", "oppskåret", "skåret", "oppdelt", "halv", "fersk", "frossen")
)
#: English words on Norwegian packs, as people say them.
IN_NORWEGIAN = {
    "red": "rød", "white": "hvit", "blue": "blå", "black": "svart", "green": "grønn",
    "gold": "gull", "silver": "sølv", "peach": "fersken", "lemon": "sitron", "apple": "eple",
    "orange": "appelsin", "raspberry": "bringebær", "strawberry": "jordbær",
    "blueberry": "blåbær", "chicken": "kylling", "garlic": "hvitløk", "cinnamon": "kanel",
    "coconut": "kokos", "caramel": "karamell", "chocolate": "sjokolade", "vanilla": "vanilje",
    "mint": "mynte", "soft": "myk", "sensitive": "sensitiv", "double": "dobbel",
    "light": "lett", "zero": "sukkerfri", "large": "stor", "small": "liten", "cheese": "ost",
    "hot": "sterk", "sweet": "søt",
}  # fmt: skip

#: Words of fruit and vegetables that are kept: they are what they were.
PRESERVED = word_set(
    """
    frossen tørket hermetisk boks glass skive skiver bit biter lake saft hakket knust flådd halv
    hel syltet saltet røkt kokt revet skrelt delt terning terninger stav staver løsvekt nett
    økologisk fersk pakke pose rå kjerne
    """
)
PRESERVED_ONLY = PRESERVED - word_set(
    "fersk pakke pose løsvekt nett halv hel skive skiver bit biter delt økologisk rå hakket"
)
#: Words of the departments whose wares are fresh when nothing else is said.
FRESH_SHELVES = word_set("frukt bær grønnsaker poteter brød rundstykker fersk kjøtt kylling")


_COLOURS_AND_SIZES = word_set(
    """
    lett hel skummet grov grove grovt fin fine fint halvgrov stor store stort liten lille små
    rød røde rødt grønn grønne grønt gul gule gult blå hvit hvite hvitt brun brune brunt svart
    sort fersk ferske frosne kokt kokte stekt stekte røkt røkte gravet malt filtermalt kokmalt
    hakket revet mager magre moden mild milde sterk mørk mørke lys lyse myk tynn tynne tykk
    tykke rund runde extra ekstra super deluxe premium first price lagret vellagret saftig
    saftige søt søte sur sure salt ung unge gammeldags gammeldagse hjemmelaget tradisjonell
    tradisjonelle luftig frisk friske
    """
)


def is_state(word: str) -> bool:
    """Whether a word only says how a ware is cut or kept: "skivet", "frossen"."""
    return any(form in STATES for form in basic_forms(word))


def is_adjective(word: str) -> bool:
    """Whether a word only says which kind of a ware is meant."""
    forms = basic_forms(word)
    if any(form in MARKED or form in MINOR or form in STATES for form in forms):
        return True
    return word in _COLOURS_AND_SIZES or (
        len(word) > 5 and word.endswith(("ede", "iske", "isk", "fri", "frie", "fritt", "ige"))
    )


def is_minor(word: str) -> bool:
    """Whether it is the same ware with or without the word."""
    return (word in SOFT and word not in _PACKED) or word in _SAME_WARE
