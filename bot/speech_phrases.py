"""What the recogniser must be able to hear: the shop's words as people say them."""

import re
from collections import defaultdict
from collections.abc import Iterable

from bot.ordering.shop import Shop

_PRINTED_ONLY = re.compile(r"\([^)]*\)|[®™]")


def product_phrases(shop: Shop) -> list[str]:
    """Names, brands and sayings of the shop, each once, in a stable order.

    Sizes stay out of the names: people say "to liter lettmelk", and the patterns of the speech
    model know amounts already. Everyday nouns come in their definite forms too, because people say
    "ta bort kaffen".
    """
    phrases: dict[str, None] = {}
    for product in shop.catalogue:
        name = _PRINTED_ONLY.sub(" ", product.name).strip()
        brand = product.brand.strip()
        phrases[name] = None
        if brand:
            phrases[brand] = None
            if brand.casefold() not in name.casefold():
                phrases[f"{brand} {name}"] = None
    for words in (*shop.synonyms.phrases, *((each,) for each in sorted(shop.synonyms.known_words))):
        phrases[" ".join(words)] = None
    nouns = [phrase.casefold() for phrase in phrases if phrase.isalpha() and len(phrase) > 2]
    phrases.update(dict.fromkeys(_inflected(nouns)))
    return [phrase for phrase in phrases if phrase]


def _inflected(nouns: Iterable[str]) -> Iterable[str]:
    """The definite forms of Norwegian nouns, from spaCy's table of the dictionary's forms.

    "kaffe" gives "kaffen", "poteter" gives "potetene"; forms that nobody says of groceries
    ("kaffene") would only be misheard.
    """
    from spacy.lookups import load_lookups

    table = load_lookups("nb", ["lemma_exc"]).get_table("lemma_exc").get("noun") or {}
    forms: dict[str, list[str]] = defaultdict(list)
    for form, bases in table.items():
        for base in bases:
            forms[base].append(form)
    for noun in nouns:
        for form in forms.get(noun, ()):
            if form.endswith(("en", "et", "a")) and form != noun:
                yield form
                # The table has one of "melka" and "melken"; people say both.
                if form.endswith("a"):
                    yield form[:-1] + "en"
        if noun.endswith("er"):
            for base in table.get(noun, ()):
                yield from (form for form in forms[base] if form.endswith("ene"))
