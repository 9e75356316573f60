"""Whether a product suits what a person tolerates and eats; unknown is never taken for fine.

What a product contains must come from the grocer's own declaration (docs/diet.md). Where that is
missing, the answer is `UNKNOWN`, and a human being looks at it before the order is sent. Two small
tables make an exception, for what a name settles: see `_PLAIN` and `_NOT_EATEN`.
"""

import re
from dataclasses import dataclass
from enum import Enum

from bot.ordering.allergens import ALSO
from bot.ordering.catalogue import Product, Restriction
from bot.ordering.lemmas import word_set

#: Fresh fruit and vegetables that are sold whole: one ingredient, nothing of annex II in them.
#: Left out on purpose: celery and lupin (allergens), nuts, anything cut, mixed, dried or seasoned.
_PLAIN = word_set(
    """
    agurk ananas appelsin appelsiner aubergine banan bananer blomkål blåbær bringebær brokkoli drue
    druer eple epler gresskar grapefrukt gulrot gulrøtter hodekål hvitkål hvitløk isbergsalat
    jordbær kiwi klementin klementiner kålrot lime løk mais mango mandarin mandariner melon nektarin
    nektariner nepe nypotet nypoteter paprika pastinakk plomme plommer potet poteter purre purreløk
    pære pærer rabarbra reddik rips rosenkål rødbeter rødkål rødløk sitron sitroner spinat squash
    sukkererter tomat tomater vannmelon
    """
)
#: Words that may stand beside one of those without making it something else.
_HARMLESS = word_set(
    """
    gul gule grønn grønne rød røde hvit hvite stor store små liten norsk norske økologisk økologiske
    fersk ferske søt søte vanlig ca stk kg g løs løsvekt pose nett i tidlige
    """
)
_FRESH = re.compile(r"frukt|grønnsak|grønt|bær|potet")
_PREPARED = re.compile(r"hermeti|tørket|frosne|frossen|frys|dessert|nøtt|snack|gull|blanding|suppe")

#: Departments whose goods nobody eats or rubs into the skin.
_NOT_EATEN = re.compile(
    r"lyspære|batteri|toalettpapir|tørkerull|avis|blader|poser|folie|fyrstikk|renhold|klesvask|bleie"
    r"|bind og|inkontinens|husholdning"
)

_MEAT = re.compile(
    r"kjøtt|\bbiff|pølse|bacon|spekemat|kylling|kalkun|fjærkre|leverpostei|karbonade|skinke|salami"
    r"|svin|lam|storfe|vilt|hamburger"
)
_FISH = re.compile(r"fisk|skalldyr|laks|torsk|\bsei\b|reke|makrell|kaviar|sild|tunfisk|krabbe")
_PORK = re.compile(r"svin|bacon|skinke|ribbe|flesk|pølse|salami|servelat|spekemat")
_SEAFOOD = frozenset(("fisk", "skalldyr", "bløtdyr"))
_PLAIN_DIETS = frozenset(("vegetar", "uten svin", "halal"))


class Verdict(Enum):
    """What is known of a product and a person: `CONTAINS` what they must not have, or nothing."""

    FINE = "fine"
    UNKNOWN = "unknown"
    CONTAINS = "contains"


_WORST = (Verdict.CONTAINS, Verdict.UNKNOWN, Verdict.FINE)


@dataclass(frozen=True, slots=True)
class Needs:
    """What one person does not tolerate and how they eat; keys of `bot.ordering.allergens`."""

    allergies: frozenset[str] = frozenset()
    diets: frozenset[str] = frozenset()

    def of(self, product: Product) -> Verdict:
        """Whether the product suits the person."""
        found = {_tolerates(allergy, product) for allergy in self.allergies}
        found |= {_fits(diet, product) for diet in self.diets}
        return next((verdict for verdict in _WORST if verdict in found), Verdict.FINE)

    def reasons(self, product: Product, verdict: Verdict) -> tuple[str, ...]:
        """The allergies that lead to the verdict, sorted; empty when a diet does."""
        return tuple(
            sorted(each for each in self.allergies if _tolerates(each, product) is verdict)
        )


NO_NEEDS = Needs()


def _tolerates(allergy: str, product: Product) -> Verdict:
    if _NOT_EATEN.search(product.category.casefold()):
        return Verdict.FINE
    if product.allergens is None or allergy == "annet":
        plain = _is_plain(product) and allergy not in ("sulfitt", "annet")
        return Verdict.FINE if plain else Verdict.UNKNOWN
    if allergy == "laktose" and "laktosefri" in product.name.casefold():
        return Verdict.CONTAINS if "laktose" in product.allergens else Verdict.FINE
    forbidden = {allergy, *ALSO.get(allergy, ())}
    return Verdict.CONTAINS if forbidden & product.allergens else Verdict.FINE


def _fits(diet: str, product: Product) -> Verdict:
    if _NOT_EATEN.search(product.category.casefold()):
        return Verdict.FINE
    if product.suits is not None and diet in product.suits:
        return Verdict.FINE
    if product.suits is None and diet in _PLAIN_DIETS and _is_plain(product):
        return Verdict.FINE
    # What the grocer declares is all that it suits: a diet that is not among it, it does not suit.
    if product.suits is not None or _is_against(diet, product):
        return Verdict.CONTAINS
    return Verdict.UNKNOWN


def _is_against(diet: str, product: Product) -> bool:
    """Whether name or department already say that it is not for this diet."""
    words = f"{product.name} {product.category}".casefold()
    if diet == "vegetar":
        declared = _SEAFOOD & (product.allergens or frozenset())
        return bool(declared or _MEAT.search(words) or _FISH.search(words))
    if diet == "uten svin":
        return bool(_PORK.search(words)) and "kylling" not in words and "kalkun" not in words
    if diet == "halal":
        return product.restricted is Restriction.ALCOHOL or _is_against("uten svin", product)
    return False


def _is_plain(product: Product) -> bool:
    department = product.category.casefold()
    if not _FRESH.search(department) or _PREPARED.search(department):
        return False
    words = re.findall(r"[^\W\d]+", product.name.casefold())
    known = [word for word in words if word in _PLAIN]
    return bool(known) and all(word in _PLAIN or word in _HARMLESS for word in words)
