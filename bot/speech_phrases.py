"""What the recogniser must be able to hear: the shop's words as people say them."""

import re
from collections import defaultdict
from collections.abc import Container, Iterable
from pathlib import Path

import yaml

from bot.ordering.shop import Shop

_ABOUT_THE_BASKET = ("ta bort", "fjern", "ta vekk", "ikke", "bytt", "dropp")
_NAMED = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_WORDS_ONLY = re.compile(r"[a-zæøåéèòô]+(?: [a-zæøåéèòô]+)*")
#: What is no order: its words would only be heard for wares.
_NOT_ORDERING = "out_of_scope"
_PRINTED_ONLY = re.compile(r"\([^)]*\)|[®™]")


def product_phrases(shop: Shop) -> list[str]:
    """Names, brands and everyday words of the shop, each once, in a stable order.

    Sizes stay out of the names: people say "to liter lettmelk", and the patterns of the speech
    model know amounts already. The many spellings in the synonyms stay out: "jogurt" sounds like
    "yoghurt", and every word that sounds like another makes both harder to hear (word errors on
    voices that were not trained on rose from 7 to 11 % with them).
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
    phrases.update(dict.fromkeys(" ".join(words) for words in _everyday(shop)))
    return [phrase for phrase in phrases if phrase]


def product_sentences(shop: Shop) -> list[str]:
    """Sentences about what is in the basket already: that is where people say "kaffen".

    The definite forms stand in sentences and not among the phrases, because they sound so much
    like the plain ones that they would be heard everywhere ("dopapiret" for "dopapir").
    """
    nouns = [words[0] for words in _everyday(shop) if len(words) == 1 and words[0].isalpha()]
    forms = dict.fromkeys(_definite(nouns))
    return [f"{opening} {form}" for form in forms for opening in _ABOUT_THE_BASKET]


def talk_sentences(nlu: Path, known: Container[str]) -> list[str]:
    """What people say in an order besides the wares, each once: what the bot learns acts from.

    Only sentences of *known* words: a misspelling is no other sound, and would only be in the way.

    Args:
        nlu: the folder of the bot's training examples (Rasa's YAML).
        known: words whose pronunciation somebody has written down.
    """
    found: dict[str, None] = {}
    for file in sorted(nlu.glob("*.yml")):
        for part in yaml.safe_load(file.read_text("utf-8")).get("nlu", ()):
            if part.get("intent", _NOT_ORDERING) == _NOT_ORDERING:
                continue
            for line in part["examples"].splitlines():
                text = _NAMED.sub(r"\1", line.removeprefix("- ")).strip().lower()
                if _WORDS_ONLY.fullmatch(text) and all(word in known for word in text.split()):
                    found[text] = None
    return list(found)


def everyday_words(shop: Shop) -> list[str]:
    """The shop's most bought wares in single words, for an engine that takes hot words."""
    return [words[0] for words in _everyday(shop) if len(words) == 1]


def _everyday(shop: Shop) -> list[tuple[str, ...]]:
    """The bare words for what everybody buys, and for kinds of it ("pålegg")."""
    synonyms = shop.synonyms
    return [each for each in synonyms.phrases if synonyms.staple(each) or synonyms.vague(each)]


def _definite(nouns: Iterable[str]) -> Iterable[str]:
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
        found = forms.get(noun, ())
        neuter = any(form.endswith("et") and form != noun for form in found)
        for form in found:
            if form == noun or form.endswith("ene"):
                continue
            if form.endswith(("en", "et")):
                yield form
            elif form.endswith("a") and not neuter:  # "melka"; the table lacks "melken"
                yield form
                yield form[:-1] + "en"
        if noun.endswith("er"):
            for base in table.get(noun, ()):
                yield from (form for form in forms[base] if form.endswith("ene"))
